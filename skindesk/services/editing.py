"""Every edit of the record, with the rules that a database cannot know, and how each is taken back."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from skindesk.domain.case import Lesion, LesionDetails, Patient, PatientDetails, ReviewDetails
from skindesk.domain.errors import CaseLogUnavailableError, ChangedMeanwhileError, InvalidCaseError
from skindesk.domain.final_diagnosis import FinalDiagnosisDetails
from skindesk.domain.following import standing_of
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import Permission
from skindesk.storage.case_log import CaseLog
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.saving import SavedCase

DEPTH = 100
"""How many edits can be taken back, one after the other."""


class EditKind(StrEnum):
    """What was edited."""

    CASE_SAVED = "case saved"
    PATIENT_ADDED = "patient added"
    PATIENT_CORRECTED = "patient corrected"
    PATIENTS_MERGED = "patients merged"
    LESION_ADDED = "lesion added"
    LESION_CORRECTED = "lesion corrected"
    REVIEWED = "review added"
    DIAGNOSED = "final diagnosis added"
    STATE_CHANGED = "state changed"
    PICTURE_REMOVED = "picture removed"


@dataclass(frozen=True)
class Edit:
    """One edit: what it was, of whom, and how it is taken back and, unless that would give new ids, made again."""

    kind: EditKind
    patient_id: int
    case_id: int | None
    undo: Callable[[], object]
    redo: Callable[[], object] | None


class Editing:
    """Edits of one session of work. Each is one transaction that the audit is told of, and so is its undoing.

    `require` raises AccessRefusedError where whoever is at work may not do something. InvalidCaseError is raised where
    the log refuses a value, or somebody else has changed what is to be taken back; nothing was written then.
    """

    def __init__(self, log: CaseLog, require: Callable[[Permission], None]) -> None:
        self._log = log
        self._record = log.record
        self._require = require
        self._done: deque[Edit] = deque(maxlen=DEPTH)
        self._undone: list[Edit] = []
        self._listeners: list[Callable[[], None]] = []

    @property
    def last(self) -> Edit | None:
        """What `undo` would take back."""
        return self._done[-1] if self._done else None

    @property
    def last_undone(self) -> Edit | None:
        """What `redo` would make again."""
        return self._undone[-1] if self._undone else None

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after each edit, taken back or not, on the edit's own thread; once only, however often asked."""
        if listener not in self._listeners:
            self._listeners.append(listener)

    def undo(self) -> Edit | None:
        """Take back the last edit and return it; None where there is none.

        One that cannot be taken back is dropped, unless it was the disk that refused.
        """
        if not self._done:
            return None
        edit = self._done.pop()
        try:
            edit.undo()
        except CaseLogUnavailableError:
            self._done.append(edit)
            raise
        if edit.redo is None:
            self._undone.clear()
        else:
            self._undone.append(edit)
        self._tell()
        return edit

    def redo(self) -> Edit | None:
        """Make the last edit again that was taken back. One that cannot be made is dropped, as with `undo`."""
        if not self._undone:
            return None
        edit = self._undone.pop()
        try:
            if edit.redo is not None:
                edit.redo()
        except CaseLogUnavailableError:
            self._undone.append(edit)
            raise
        self._done.append(edit)
        self._tell()
        return edit

    def note_saved(self, saved: SavedCase) -> None:
        """A case was saved: taking it back withdraws the pictures and the review that came with it."""
        entries = [(Withdrawable.PICTURE, image_id) for image_id in saved.image_ids]
        if saved.review_id is not None:
            entries.append((Withdrawable.REVIEW, saved.review_id))
        self._add_withdrawable(EditKind.CASE_SAVED, saved.patient_id, saved.case_id, *entries)

    def add_patient(self, details: PatientDetails) -> Patient:
        """Add a patient without a lesion."""
        self._require(Permission.RECORD)
        patient = self._record.add_patient(details)
        patient_id = patient.patient_id
        self._add(EditKind.PATIENT_ADDED, patient_id, None, lambda: self._record.remove_empty_patient(patient_id), None)
        return patient

    def correct_patient(self, patient_id: int, details: PatientDetails, seen: PatientDetails | None = None) -> Patient:
        """Correct who a patient is; the audit keeps the old values. `seen` is what the user corrects."""
        self._require(Permission.CORRECT)
        before = seen or self._record.patient(patient_id).details
        after = self._log.correct_patient(patient_id, details, before)

        def put(wanted: PatientDetails, expected: PatientDetails) -> None:
            with _not_taken_back():
                self._log.correct_patient(patient_id, wanted, expected)

        if after.details != before:
            undo, redo = lambda: put(before, after.details), lambda: put(after.details, before)
            self._add(EditKind.PATIENT_CORRECTED, patient_id, None, undo, redo)
        return after

    def merge(self, keep_id: int, gone_id: int) -> Patient:
        """Make two records of one person one; returns the record that stays."""
        self._require(Permission.CORRECT)
        merge = self._record.merge(keep_id, gone_id)
        undo, redo = lambda: self._record.undo_merge(merge), lambda: self._record.merge(keep_id, gone_id)
        self._add(EditKind.PATIENTS_MERGED, keep_id, None, undo, redo)
        return self._record.patient(keep_id)

    def add_lesion(self, patient_id: int, details: LesionDetails) -> Lesion:
        """Add a lesion without a picture."""
        self._require(Permission.RECORD)
        lesion = self._record.add_lesion(patient_id, details)
        undo = lambda: self._record.remove_empty_lesion(lesion.case_id)  # noqa: E731 - a name for the argument
        self._add(EditKind.LESION_ADDED, patient_id, lesion.case_id, undo, None)
        return lesion

    def correct_lesion(self, case_id: int, details: LesionDetails, seen: LesionDetails | None = None) -> Lesion:
        """Correct where a lesion is, by words or by moving it on the body; the audit keeps the old values.

        `seen` is what the user corrects.
        """
        self._require(Permission.CORRECT)
        before = seen or self._record.lesion(case_id).details
        after = self._log.correct_lesion(case_id, details, before)

        def put(wanted: LesionDetails, expected: LesionDetails) -> None:
            with _not_taken_back():
                self._log.correct_lesion(case_id, wanted, expected)

        if after.details != before:
            undo, redo = lambda: put(before, after.details), lambda: put(after.details, before)
            self._add(EditKind.LESION_CORRECTED, after.patient_id, case_id, undo, redo)
        return after

    def review(self, case_id: int, review: ReviewDetails, at: datetime) -> None:
        """Add the clinician's own reading, whose plan sets the lesion's state."""
        self._require(Permission.REVIEW)
        review_id = self._record.review(case_id, review, at)
        if review_id is not None:
            patient_id = self._record.lesion(case_id).patient_id
            self._add_withdrawable(EditKind.REVIEWED, patient_id, case_id, (Withdrawable.REVIEW, review_id))

    def diagnose(self, case_id: int, details: FinalDiagnosisDetails, file: bytes | None = None) -> None:
        """Record the final diagnosis, which closes the case. `file` is the attachment's bytes."""
        self._require(Permission.REVIEW)
        diagnosis_id = self._record.diagnose(case_id, details, file)
        patient_id = self._record.lesion(case_id).patient_id
        self._add_withdrawable(EditKind.DIAGNOSED, patient_id, case_id, (Withdrawable.FINAL_DIAGNOSIS, diagnosis_id))

    def change_state(
        self,
        case_id: int,
        state: LesionState,
        follow_up_on: date | None,
        reason: str = "",
        seen: Lesion | None = None,
    ) -> None:
        """Close or reopen a case, or set the day of its follow-up; the audit is told the reason.

        `seen` is the lesion as the user has it before them.
        """
        self._require(Permission.REVIEW)
        before = seen or self._record.lesion(case_id)
        self._record.change_state(case_id, state, follow_up_on, reason, standing_of(before))
        after = self._record.lesion(case_id)

        def put(wanted: Lesion, expected: Lesion) -> None:
            with _not_taken_back():
                self._record.change_state(case_id, wanted.state, wanted.follow_up_on, seen=standing_of(expected))

        if after != before:
            undo, redo = lambda: put(before, after), lambda: put(after, before)
            self._add(EditKind.STATE_CHANGED, before.patient_id, case_id, undo, redo)

    def set_follow_up(self, lesion: Lesion, day: date, reason: str) -> None:
        """Look at a lesion again on another day; what waits for a result goes on waiting.

        Raises ChangedMeanwhileError where the lesion's state or day has changed since it was read.
        """
        state = lesion.state if lesion.state is LesionState.BIOPSY_PENDING else LesionState.WATCHED
        self.change_state(lesion.case_id, state, day, reason, lesion)

    def remove_picture(self, case_id: int, image_id: int) -> None:
        """Show a picture no more; it stays in the log."""
        self._require(Permission.CORRECT)
        self._record.withdraw(Withdrawable.PICTURE, image_id)
        self._add(
            EditKind.PICTURE_REMOVED,
            self._record.lesion(case_id).patient_id,
            case_id,
            lambda: self._record.bring_back(Withdrawable.PICTURE, image_id),
            lambda: self._record.withdraw(Withdrawable.PICTURE, image_id),
        )

    def _add_withdrawable(
        self, kind: EditKind, patient_id: int, case_id: int, *entries: tuple[Withdrawable, int]
    ) -> None:
        def undo() -> None:
            for what, row_id in entries:
                self._record.withdraw(what, row_id)

        def redo() -> None:
            for what, row_id in entries:
                self._record.bring_back(what, row_id)

        self._add(kind, patient_id, case_id, undo, redo)

    def _add(
        self,
        kind: EditKind,
        patient_id: int,
        case_id: int | None,
        undo: Callable[[], object],
        redo: Callable[[], object] | None,
    ) -> None:
        self._done.append(Edit(kind, patient_id, case_id, undo, redo))
        self._undone.clear()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


@contextmanager
def _not_taken_back() -> Iterator[None]:
    """Say of what was changed again since that it is not taken back."""
    try:
        yield
    except ChangedMeanwhileError as error:
        raise InvalidCaseError(
            "This was changed again since, so it is not taken back.", "Correct it by hand; the audit has the old value."
        ) from error
