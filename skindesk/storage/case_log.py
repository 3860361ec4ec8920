"""The case log as its callers see it: domain values in, domain values out, one transaction per call."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from skindesk.domain.case import Case, CaseCursor, CaseDraft, CasePage, CaseSummary, Patient
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.prediction import Prediction
from skindesk.storage.engine import DatabaseFile, for_writing, open_engine
from skindesk.storage.image_store import ImageStore
from skindesk.storage.integrity import Finding, findings
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.rows import ImageRow, LesionRow, PatientRow, VisitRow
from skindesk.storage.saving import SavedCase, add_prediction, save_draft
from skindesk.storage.schema import bring_up_to_date
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.storage.search import identifier_key
from skindesk.storage.summaries import cases_of_patient, count_of_cases, matching, page_of_cases
from skindesk.storage.values import to_case, to_patient
from skindesk.system.paths import LogFolder


def open_case_log(folder: LogFolder, key: DataKey | None) -> "CaseLog":
    """Open a case log; create it where there is none, bring an older one up to date.

    With a data key the database and the pictures are encrypted; without one they are plain files. An older one is
    copied first. Raises CaseLogUnavailableError, and changes nothing, where the file is no case log, is damaged, was
    written by a newer SkinDesk, or cannot be written.
    """
    database = DatabaseFile(folder.database, None if key is None else key.database)
    bring_up_to_date(database, folder.earlier)
    return CaseLog(open_engine(database), ImageStore(folder.images, None if key is None else PictureSealer(key)))


class CaseLog:
    """Patients and their cases.

    What a method has written when it returns survives a kill and a power cut; where it raises, nothing was
    written. Every method raises CaseLogUnavailableError where the disk or the database refuses. Safe to share
    between threads. Close it when done.
    """

    def __init__(self, engine: Engine, images: ImageStore) -> None:
        self._engine = engine
        self._images = images

    def close(self) -> None:
        """Release the database file."""
        self._engine.dispose()

    def save(self, draft: CaseDraft) -> SavedCase:
        """Save a draft in one transaction.

        A save on the same lesion and UTC day joins the same visit, and the same picture there is kept once, so
        that saving the very same draft again changes nothing. Raises InvalidCaseError where a new patient's
        identifier is taken, or a known patient or lesion is not in the log or they do not belong together.
        `draft.content` must match its digest.
        """
        with self._writing() as session:
            return save_draft(session, self._images, draft)

    def append_prediction(self, image_id: int, prediction: Prediction) -> None:
        """Add what a network says of a picture that is already in the log.

        Raises InvalidCaseError where the picture is not in the log, or the prediction is of another picture.
        """
        with self._writing() as session:
            image = session.get(ImageRow, image_id)
            if image is None or image.sha256 != prediction.image_digest:
                raise InvalidCaseError("The prediction is not of this picture.", "Classify the picture again.")
            add_prediction(session, image, prediction)

    def page(self, query: str = "", after: CaseCursor | None = None, limit: int = 50) -> CasePage:
        """Up to `limit` cases, latest visit first, from just after the cursor on.

        Every word of the query must begin a word of the patient's family name, given name or identifier, without
        regard to case and accents.
        """
        with self._reading() as session:
            return page_of_cases(session, query, after, limit)

    def count(self, query: str = "") -> int:
        """How many cases `page` would list in all."""
        with self._reading() as session:
            return count_of_cases(session, query)

    def case(self, case_id: int) -> Case:
        """One case with all its visits. Raises InvalidCaseError where there is no such case."""
        with self._reading() as session:
            row = session.scalar(select(LesionRow).where(LesionRow.id == case_id).options(*_WHOLE_CASE))
            if row is None:
                raise InvalidCaseError(f"The case log has no case {case_id}.", "Search for the patient instead.")
            return to_case(row)

    def cases_of(self, patient_id: int) -> tuple[CaseSummary, ...]:
        """All cases of one patient, latest visit first; none where the patient is not in the log."""
        with self._reading() as session:
            return cases_of_patient(session, patient_id)

    def patients(self, query: str = "", limit: int = 50) -> tuple[Patient, ...]:
        """Up to `limit` patients who match as in `page`, by family name, then given name."""
        found = select(PatientRow).where(*matching(PatientRow.id, query)).limit(limit)
        with self._reading() as session:
            return tuple(map(to_patient, session.scalars(found.order_by(PatientRow.name_key, PatientRow.id))))

    def patient_by_identifier(self, identifier: str) -> Patient | None:
        """The patient with exactly this identifier, ignoring case and blanks around it."""
        found = select(PatientRow).where(PatientRow.identifier_key == identifier_key(identifier))
        with self._reading() as session:
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
        with self._reading() as session:
            return tuple(map(to_patient, session.scalars(found)))

    def picture(self, sha256: str) -> bytes:
        """A picture file's bytes, checked against their digest.

        Raises CaseLogUnavailableError where the file is missing or has changed.
        """
        return self._images.read(sha256)

    def check(self, full: bool = False) -> tuple[Finding, ...]:
        """What is wrong with the log: the database's structure, its references and missing picture files.

        With `full`, which reads every picture, also changed pictures and files that no case refers to. An empty
        answer means that all is well.
        """
        with self._reading() as session:
            return tuple(findings(session, self._images, full))

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with in_plain_words(), Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with in_plain_words(), Session(for_writing(self._engine)) as session, session.begin():
            yield session


_WHOLE_CASE = (
    selectinload(LesionRow.patient),
    selectinload(LesionRow.visits).options(
        selectinload(VisitRow.reviews),
        selectinload(VisitRow.images).selectinload(ImageRow.predictions),
    ),
)
