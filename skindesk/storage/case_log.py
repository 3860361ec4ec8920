"""The case log as its callers see it: domain values in, domain values out, one transaction per call."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Engine, exists, select

from skindesk.domain.audit import AuditAction, AuditEntry, AuditEvent, AuditFinding, AuditHead, Subject
from skindesk.domain.audit_reading import ALL_ENTRIES, AuditFilter
from skindesk.domain.case import (
    Case,
    CaseCursor,
    CaseDraft,
    CasePage,
    CaseSummary,
    Lesion,
    LesionDetails,
    Patient,
    PatientDetails,
)
from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.domain.errors import CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.people import OWNER, Person
from skindesk.domain.prediction import Prediction
from skindesk.domain.transfer import ImportedCase, ImportOutcome, Rights
from skindesk.storage.audit import AuditTrail, entries_before, head_of
from skindesk.storage.audit_check import audit_findings
from skindesk.storage.correcting import correct_lesion, correct_patient
from skindesk.storage.embeddings import Embeddings
from skindesk.storage.engine import open_engine
from skindesk.storage.erasing import (
    ErasedPatient,
    erase_rows,
    has_files_to_remove,
    leave_no_remains,
    remove_files,
)
from skindesk.storage.full_text import index_everything, is_behind
from skindesk.storage.image_store import ImageStore
from skindesk.storage.importing import carry_out, foreseen, plans_for
from skindesk.storage.integrity import Finding, audit_trouble, findings
from skindesk.storage.place import database_of
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.record import Record
from skindesk.storage.rows import WHOLE_CASE, ImageRow, LesionRow, PatientRow, VisitRow
from skindesk.storage.saving import SavedCase, add_prediction, case_of, refresh_case, save_draft
from skindesk.storage.schema import bring_up_to_date
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.storage.search import identifier_key
from skindesk.storage.summaries import cases_of_patient, count_of_cases, matching, page_of_cases
from skindesk.storage.transactions import Transactions, again_where_crossed
from skindesk.storage.values import to_case, to_patient
from skindesk.storage.whole_cases import patients_after, whole_cases
from skindesk.system.paths import LogFolder

VIEW_TOLD_FOR_S = 300.0
"""Somebody who looks at a patient again within this time is not told to the audit again."""
_NEWEST_PATIENTS = 200
_log = logging.getLogger(__name__)


def open_case_log(folder: LogFolder, key: DataKey | None, at_work: Callable[[], Person] = lambda: OWNER) -> "CaseLog":
    """Open a case log; create it where there is none, bring an older one up to date, finish an interrupted erasure.

    With a data key the database and the pictures are encrypted, and an audit tells what whoever is `at_work` does;
    without one they are plain files and there is no audit. Of a log on a server the pictures alone are encrypted. An
    older file is copied first. Raises CaseLogUnavailableError, and changes nothing, where the file or database is no
    case log, is damaged, was written by a newer SkinDesk, or cannot be written or reached.
    """
    database = database_of(folder, key)
    bring_up_to_date(database, folder.earlier)
    log = CaseLog(
        open_engine(database),
        ImageStore(folder.images, None if key is None else PictureSealer(key)),
        None if key is None else AuditTrail(folder, key, at_work),
        folder.earlier,
    )
    try:
        log.take_up()
    except BaseException:
        log.close()
        raise
    return log


class CaseLog:
    """Patients and their cases.

    What a method has written when it returns survives a kill and a power cut; where it raises, nothing was
    written. With an audit, its entries are written in the same transaction as what they tell. Every method raises
    CaseLogUnavailableError where the disk or the database refuses. Safe to share between threads. Close it when done.
    """

    def __init__(
        self, engine: Engine, images: ImageStore, audit: AuditTrail | None = None, earlier: Path | None = None
    ) -> None:
        self._engine = engine
        self._images = images
        self._audit = audit
        self._earlier = earlier
        self._work = Transactions(engine, audit)
        self.record = Record(self._work, images)
        self.embeddings = Embeddings(self._work)
        self._viewed_at_s: dict[tuple[str, int], float] = {}

    def take_up(self) -> None:
        """Begin the audit where there is none yet, and finish what an interrupted erasure has left."""
        with self._work.reading() as session:
            interrupted, unindexed = has_files_to_remove(session), is_behind(session)
        if interrupted:
            try:
                self._remove_erased_files()
            except CaseLogUnavailableError:
                _log.warning("the files of an erased patient could not be removed yet", exc_info=True)
        if unindexed:
            with self._work.untold() as session:
                if is_behind(session):  # still: another program may have been faster
                    index_everything(session)
        if self._audit is not None:
            with self._work.untold() as session:
                head = self._audit.begin(session)
            self._work.publish(head)

    def close(self) -> None:
        """Release the database file."""
        if self._audit is not None:
            self._audit.close()
        self._engine.dispose()

    @again_where_crossed
    def save(self, draft: CaseDraft) -> SavedCase:
        """Save a draft in one transaction.

        A save on the same lesion and UTC day joins the same visit, and the same picture there is kept once, so
        that saving the very same draft again changes nothing. Raises InvalidCaseError where a new patient's
        identifier is taken, or a known patient or lesion is not in the log or they do not belong together.
        The bytes of the pictures must match their digests.
        """
        with self._work.writing() as (session, tell):
            return save_draft(session, self._images, draft, tell)

    @again_where_crossed
    def append_prediction(self, image_id: int, prediction: Prediction) -> None:
        """Add what a network says of a picture that is already in the log.

        Raises InvalidCaseError where the picture is not in the log, or the prediction is of another picture.
        """
        with self._work.writing() as (session, tell):
            image = session.get(ImageRow, image_id)
            if image is None or image.sha256 != prediction.image_digest:
                raise InvalidCaseError("The prediction is not of this picture.", "Classify the picture again.")
            lesion = case_of(session, image)
            add_prediction(session, image, prediction, lesion.patient_id, tell)
            refresh_case(session, lesion)

    @again_where_crossed
    def correct_patient(self, patient_id: int, details: PatientDetails, seen: PatientDetails | None = None) -> Patient:
        """Correct who a patient is; the audit keeps the old values.

        Raises InvalidCaseError where the patient is not in the log, or the identifier is another patient's, and
        ChangedMeanwhileError where the record is not as the user has `seen` it.
        """
        with self._work.writing() as (session, tell):
            return correct_patient(session, patient_id, details, tell, seen)

    @again_where_crossed
    def correct_lesion(self, case_id: int, details: LesionDetails, seen: LesionDetails | None = None) -> Lesion:
        """Correct where a lesion is; the audit keeps the old values.

        Raises InvalidCaseError for an unknown case, ChangedMeanwhileError where it is not as the user has `seen` it.
        """
        with self._work.writing() as (session, tell):
            return correct_lesion(session, case_id, details, tell, seen)

    def erase_patient(self, patient_id: int) -> ErasedPatient:
        """Erase a patient with every lesion, visit, picture, prediction and review, for good.

        Nothing of them stays in free pages, in copies from before migrations or among the picture files; pictures that
        another patient's case has, too, stay with that case. The audit keeps its entries, which hold only ids, and
        says who erased. Raises InvalidCaseError where the patient is not in the log. Where CaseLogUnavailableError
        says that files could not be removed, the patient is erased, and the next opening removes them.
        """
        with self._work.writing() as (session, tell):
            erased = erase_rows(session, patient_id)
            tell(AuditEvent(AuditAction.PATIENT_ERASED, Subject.PATIENT, str(patient_id), patient_id))
        try:
            self._remove_erased_files()
        except CaseLogUnavailableError as error:
            raise CaseLogUnavailableError(
                f"The patient is erased from the case log, but not all of their files could be removed. {error.what}",
                "SkinDesk removes the rest when it next opens the case log.",
            ) from error
        with in_plain_words():
            if not leave_no_remains(self._engine):
                _log.warning("another program reads the case log; what was erased leaves its files later")
        return erased

    def page(self, wanted: CaseFilter = EVERY_CASE, after: CaseCursor | None = None, limit: int = 50) -> CasePage:
        """Up to `limit` cases that fit, latest visit first, from just after the cursor on."""
        with self._work.reading() as session:
            return page_of_cases(session, wanted, after, limit)

    def count(self, wanted: CaseFilter = EVERY_CASE) -> int:
        """How many cases `page` would list in all. At a million cases this takes up to a second."""
        with self._work.reading() as session:
            return count_of_cases(session, wanted)

    def case(self, case_id: int) -> Case:
        """One case with all its visits, which is told to the audit as a view of the patient.

        Raises InvalidCaseError where there is no such case.
        """
        with self._work.reading() as session:
            row = session.scalar(select(LesionRow).where(LesionRow.id == case_id).options(*WHOLE_CASE))
            if row is None:
                raise InvalidCaseError(f"The case log has no case {case_id}.", "Search for the patient instead.")
            case = to_case(row)
        self._tell_view(case.patient.patient_id)
        return case

    def patients_after(self, patient_id: int, query: str = "", limit: int = 50) -> tuple[Patient, ...]:
        """Up to `limit` patients who match as in `page`, by the log's keys, from just after this one on."""
        with self._work.reading() as session:
            return patients_after(session, patient_id, query, limit)

    def whole_cases(self, patient_ids: Collection[int]) -> tuple[Case, ...]:
        """All cases of these patients with all their visits, by the patients' keys and lesion number.

        The caller tells the audit why.
        """
        with self._work.reading() as session:
            return whole_cases(session, patient_ids)

    @again_where_crossed
    def import_case(
        self, cases: Sequence[Case], at: int, content: Callable[[str], bytes], source: str, rights: Rights
    ) -> ImportedCase:
        """Take one of a patient's cases of another log into this one, in one transaction, unless it is refused.

        `cases` are all that the `source` has of the patient. What is there already is not repeated: see `plans_for`.
        `content` gives the bytes of a picture or an attachment by their digest.
        """
        with self._work.writing() as (session, tell):
            plan = plans_for(session, cases, rights)[at]
            writes = plan.outcome in (ImportOutcome.IMPORTED, ImportOutcome.EXTENDED)
            return foreseen(plan, carry_out(session, self._images, plan, content, source, tell) if writes else None)

    def foresee_import(self, cases: Sequence[Case], rights: Rights) -> tuple[ImportedCase, ...]:
        """What `import_case` would come to for each of a patient's cases; nothing is written."""
        with self._work.reading() as session:
            return tuple(map(foreseen, plans_for(session, cases, rights)))

    def cases_of(self, patient_id: int) -> tuple[CaseSummary, ...]:
        """All cases of one patient, latest visit first; none where the patient is not in the log.

        Told to the audit as a view of the patient.
        """
        with self._work.reading() as session:
            cases = cases_of_patient(session, patient_id)
        if cases:
            self._tell_view(patient_id)
        return cases

    def patient(self, patient_id: int) -> Patient:
        """A patient with or without lesions, told to the audit as a view.

        Raises InvalidCaseError where the patient is not in the log.
        """
        patient = self.record.patient(patient_id)
        self._tell_view(patient_id)
        return patient

    def patients_without_cases(self, query: str = "", limit: int = 5) -> tuple[Patient, ...]:
        """Up to `limit` patients who match as in `patients` and have no lesion yet, the newest first.

        Without a query only the patients added last are looked at, so that a long list of patients holds up nothing.
        """
        found = select(PatientRow).where(~exists().where(LesionRow.patient_id == PatientRow.id))
        if query.strip():
            found = found.where(*matching(PatientRow.id, query))
        else:
            newest = select(PatientRow.id).order_by(PatientRow.id.desc()).limit(_NEWEST_PATIENTS)
            found = found.where(PatientRow.id.in_(newest.scalar_subquery()))
        with self._work.reading() as session:
            return tuple(map(to_patient, session.scalars(found.order_by(PatientRow.id.desc()).limit(limit))))

    def patients(self, query: str = "", limit: int = 50) -> tuple[Patient, ...]:
        """Up to `limit` patients who match as in `page`, by family name, then given name."""
        found = select(PatientRow).where(*matching(PatientRow.id, query)).limit(limit)
        with self._work.reading() as session:
            return tuple(map(to_patient, session.scalars(found.order_by(PatientRow.name_key, PatientRow.id))))

    def patient_by_identifier(self, identifier: str) -> Patient | None:
        """The patient with exactly this identifier, ignoring case and blanks around it."""
        found = select(PatientRow).where(PatientRow.identifier_key == identifier_key(identifier))
        with self._work.reading() as session:
            row = session.scalar(found)
            return None if row is None else to_patient(row)

    def patients_with_picture(self, sha256: str) -> tuple[Patient, ...]:
        """Everybody in whose cases this very picture file is, by family name, then given name."""
        owners = (
            select(LesionRow.patient_id)
            .join(VisitRow, VisitRow.lesion_id == LesionRow.id)
            .join(ImageRow, ImageRow.visit_id == VisitRow.id)
            .where(ImageRow.sha256 == sha256)
        )
        found = select(PatientRow).where(PatientRow.id.in_(owners)).order_by(PatientRow.name_key, PatientRow.id)
        with self._work.reading() as session:
            return tuple(map(to_patient, session.scalars(found)))

    def picture(self, sha256: str) -> bytes:
        """A picture file's bytes, checked against their digest.

        Raises CaseLogUnavailableError where the file is missing or has changed.
        """
        return self._images.read(sha256)

    def check(self, full: bool = False) -> tuple[Finding, ...]:
        """What is wrong with the log: the database's structure, its references and missing picture files.

        With `full`, which reads every picture and the audit's whole chain, also changed pictures, files that no case
        refers to, and tampering with the audit. An empty answer means that all is well.
        """
        with self._work.reading() as session:
            found = tuple(findings(session, self._images, full))
        return found + (audit_trouble(self.verify_audit()) if full else ())

    @again_where_crossed
    def tell(self, *events: AuditEvent) -> None:
        """Enter into the audit what was done elsewhere, such as an export or a sign-in."""
        with self._work.writing() as (_, tell):
            for event in events:
                tell(event)

    def audit_entries(
        self, before: int | None = None, limit: int = 50, only: AuditFilter = ALL_ENTRIES
    ) -> tuple[AuditEntry, ...]:
        """Up to `limit` entries of the audit that pass the filter, newest first, from just before entry `before` on."""
        with self._work.reading() as session:
            return entries_before(session, before, limit, only)

    def identifiers(self, patient_ids: Collection[int]) -> Mapping[int, str]:
        """The identifiers of these patients, by the log's key; of those who were erased there is none."""
        found = select(PatientRow.id, PatientRow.identifier).where(PatientRow.id.in_(patient_ids))
        with self._work.reading() as session:
            return {row.id: row.identifier for row in session.execute(found)}

    def audit_head(self) -> AuditHead | None:
        """Where the audit ends now, to be written into a backup or report; None where there is no audit."""
        with self._work.reading() as session:
            return head_of(session)

    def verify_audit(self, known: AuditHead | None = None) -> tuple[AuditFinding, ...]:
        """Everything that shows tampering with the audit; nothing where there is none, or no audit.

        `known` is a head that was kept elsewhere, which the chain must still contain.
        """
        if self._audit is None:
            return ()
        with self._work.reading() as session:
            return tuple(audit_findings(session, self._audit.chain, self._audit.file, known))

    def _tell_view(self, patient_id: int) -> None:
        """Enter that whoever is at work looks at a patient, unless that was entered a short while ago."""
        if self._audit is None:
            return
        view, now_s = (self._audit.person_id, patient_id), time.monotonic()
        if now_s - self._viewed_at_s.get(view, -VIEW_TOLD_FOR_S) < VIEW_TOLD_FOR_S:
            return
        self.tell(AuditEvent(AuditAction.PATIENT_VIEWED, Subject.PATIENT, str(patient_id), patient_id))
        self._viewed_at_s[view] = now_s

    @again_where_crossed
    def _remove_erased_files(self) -> None:
        with self._work.untold() as session:
            remove_files(session, self._images, self._earlier)
