"""What a case log keeps beyond saved pictures: the record that grows from the first visit to the final diagnosis."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, select

from skindesk.domain.case import Lesion, LesionDetails, Patient, PatientDetails, ReviewDetails
from skindesk.domain.case_filter import SavedFilter
from skindesk.domain.contract import Modality
from skindesk.domain.final_diagnosis import FinalDiagnosisDetails
from skindesk.domain.following import Standing
from skindesk.domain.insights import ClosedCase, NoveltyReading
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.shadow import PastPicture
from skindesk.domain.worklist import SOON_DAYS, Due, WorklistCounts, WorklistItem
from skindesk.storage.case_record import (
    Withdrawable,
    bring_back,
    change_state,
    diagnose,
    remove_empty_lesion,
    remove_empty_patient,
    review_case,
    withdraw,
)
from skindesk.storage.closed_cases import closed_cases, latest_novelty
from skindesk.storage.drafts import Draft, draft_of, drop_draft, keep_draft
from skindesk.storage.due import worklist, worklist_counts
from skindesk.storage.filters import filter_to_json, json_to_filter
from skindesk.storage.image_store import ImageStore
from skindesk.storage.merging import Merge, merge_patients, undo_merge
from skindesk.storage.past_pictures import past_pictures
from skindesk.storage.rows import SavedFilterRow
from skindesk.storage.saving import add_lesion, add_patient, lesion_row, patient_row_of, refresh_case
from skindesk.storage.similar import similar_patients
from skindesk.storage.summaries import leading_models
from skindesk.storage.transactions import Transactions, again_where_crossed
from skindesk.storage.values import to_lesion, to_patient


class Record:
    """Each method is one transaction, which the audit is told of; the promises are those of `CaseLog`.

    InvalidCaseError is raised where a patient, a lesion or an entry is not in the log, or what is asked does not fit.
    """

    def __init__(self, work: Transactions, images: ImageStore) -> None:
        self._work = work
        self._images = images

    def patient(self, patient_id: int) -> Patient:
        """A patient as the record is now."""
        with self._work.reading() as session:
            return to_patient(patient_row_of(session, patient_id))

    def lesion(self, case_id: int) -> Lesion:
        """A lesion as it is now."""
        with self._work.reading() as session:
            return to_lesion(lesion_row(session, case_id))

    def similar_patients(self, details: PatientDetails) -> tuple[Patient, ...]:
        """Patients who may be the same person as one who is about to be added: see `similar_patients`."""
        with self._work.reading() as session:
            return similar_patients(session, details)

    @again_where_crossed
    def add_patient(self, details: PatientDetails) -> Patient:
        """A patient without a lesion so far."""
        with self._work.writing() as (session, tell):
            return to_patient(add_patient(session, details, tell))

    @again_where_crossed
    def add_lesion(self, patient_id: int, details: LesionDetails) -> Lesion:
        """A lesion without a picture so far."""
        with self._work.writing() as (session, tell):
            row = add_lesion(session, patient_id, details, datetime.now(UTC), tell)
            refresh_case(session, row)
            return to_lesion(row)

    @again_where_crossed
    def review(self, case_id: int, review: ReviewDetails, at: datetime) -> int | None:
        """Add a review, whose plan sets the lesion's state; its id, or None where it repeats the latest of that day."""
        with self._work.writing() as (session, tell):
            return review_case(session, case_id, review, at, tell)

    @again_where_crossed
    def diagnose(self, case_id: int, details: FinalDiagnosisDetails, file: bytes | None = None) -> int:
        """Record the final diagnosis, which closes the case; returns its id. `file` is the attachment's bytes."""
        with self._work.writing() as (session, tell):
            return diagnose(session, self._images, case_id, details, file, tell)

    @again_where_crossed
    def change_state(
        self,
        case_id: int,
        state: LesionState,
        follow_up_on: date | None,
        reason: str = "",
        seen: Standing | None = None,
    ) -> None:
        """Set a lesion's state and the day of its follow-up by hand; the audit is told the reason.

        Raises ChangedMeanwhileError where it does not stand as the user has `seen`.
        """
        with self._work.writing() as (session, tell):
            change_state(session, case_id, state, follow_up_on, tell, reason, seen)

    @again_where_crossed
    def withdraw(self, what: Withdrawable, row_id: int) -> None:
        """Show something no more; it stays in the log."""
        with self._work.writing() as (session, tell):
            withdraw(session, what, row_id, tell)

    @again_where_crossed
    def bring_back(self, what: Withdrawable, row_id: int) -> None:
        """Show again what was withdrawn."""
        with self._work.writing() as (session, tell):
            bring_back(session, what, row_id, tell)

    @again_where_crossed
    def remove_empty_lesion(self, case_id: int) -> None:
        """Remove a lesion to which nothing was ever added."""
        with self._work.writing() as (session, tell):
            remove_empty_lesion(session, case_id, tell)

    @again_where_crossed
    def remove_empty_patient(self, patient_id: int) -> None:
        """Remove a patient who never had a lesion."""
        with self._work.writing() as (session, tell):
            remove_empty_patient(session, patient_id, tell)

    @again_where_crossed
    def merge(self, keep_id: int, gone_id: int) -> Merge:
        """Make two records of one person one; returns what undoing it needs."""
        with self._work.writing() as (session, tell):
            return merge_patients(session, keep_id, gone_id, tell)

    @again_where_crossed
    def undo_merge(self, merge: Merge) -> None:
        """Make two records of one again."""
        with self._work.writing() as (session, tell):
            undo_merge(session, merge, tell)

    def worklist(
        self,
        today: date,
        limit: int = 200,
        after: WorklistItem | None = None,
        kinds: Collection[Due] = tuple(Due),
        soon_days: int = SOON_DAYS,
    ) -> tuple[WorklistItem, ...]:
        """What is overdue, due today, waits for a result, and is due soon, in this order, oldest first.

        Up to `limit` items of these kinds, from just after the item `after` on.
        """
        with self._work.reading() as session:
            return worklist(session, today, limit, after, kinds, soon_days)

    def worklist_counts(self, today: date) -> WorklistCounts:
        """How many cases stand on the worklist, and why."""
        with self._work.reading() as session:
            return worklist_counts(session, today)

    def closed_cases(self) -> tuple[ClosedCase, ...]:
        """Every closed case with a final diagnosis, and what had been said of it before: see `closed_cases`."""
        with self._work.reading() as session:
            return closed_cases(session)

    def past_pictures(self, modality: Modality, limit: int | None = None) -> tuple[PastPicture, ...]:
        """The pictures of a kind, those that came last first: see `past_pictures`."""
        with self._work.reading() as session:
            return past_pictures(session, modality, limit)

    def latest_novelty(self, limit: int) -> tuple[NoveltyReading, ...]:
        """How strange networks found the pictures of late, among the last `limit` answers: see `latest_novelty`."""
        with self._work.reading() as session:
            return latest_novelty(session, limit)

    def leading_models(self) -> tuple[str, ...]:
        """The networks whose answers lead cases, by id: what a filter can ask for."""
        with self._work.reading() as session:
            return leading_models(session)

    @again_where_crossed
    def keep_draft(self, person_id: str, kind: str, values: dict[str, Any], pictures: Sequence[bytes] = ()) -> None:
        """Keep what a form holds. A `patient_id` among the values lets the draft go with an erased patient."""
        with self._work.untold() as session:
            keep_draft(session, person_id, kind, values, pictures)

    @again_where_crossed
    def drop_draft(self, person_id: str, kind: str) -> None:
        """Forget a draft."""
        with self._work.untold() as session:
            drop_draft(session, person_id, kind)

    def draft(self, person_id: str, kind: str) -> Draft | None:
        """What a form held when it was last kept."""
        with self._work.reading() as session:
            return draft_of(session, person_id, kind)

    @again_where_crossed
    def save_filter(self, kept: SavedFilter) -> None:
        """Keep a filter under its name, in place of one of that name."""
        with self._work.untold() as session:
            session.merge(SavedFilterRow(name=kept.name, criteria=filter_to_json(kept.criteria)))

    @again_where_crossed
    def remove_filter(self, name: str) -> None:
        """Forget a filter."""
        with self._work.untold() as session:
            session.execute(delete(SavedFilterRow).where(SavedFilterRow.name == name))

    def filters(self) -> tuple[SavedFilter, ...]:
        """All kept filters by name."""
        with self._work.reading() as session:
            rows = session.scalars(select(SavedFilterRow).order_by(SavedFilterRow.name))
            return tuple(SavedFilter(row.name, json_to_filter(row.criteria)) for row in rows)
