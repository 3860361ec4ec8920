"""What can be done with the record on the screen: opens the dialogs, and makes the edits that need none."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from skindesk.domain.body import BodyFigure
from skindesk.domain.body_position import BodyPosition
from skindesk.domain.case import Case, Lesion, LesionDetails, Patient, Site, StoredPicture, Visit
from skindesk.domain.labels import Label
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.cases.diagnosis_dialog import DiagnosisDialog
from skindesk.gui.cases.drafted_dialog import Desk, DraftedDialog
from skindesk.gui.cases.lesion_dialog import LesionDialog, details_at
from skindesk.gui.cases.merge_dialog import MergeDialog, MergedPatients
from skindesk.gui.cases.patient_dialog import PatientDialog
from skindesk.gui.cases.patient_record import PatientRecord
from skindesk.gui.cases.review_dialog import ReviewDialog
from skindesk.gui.drafts import Form
from skindesk.gui.drafts.kept import Offer
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.words import local_day, patient_name
from skindesk.imaging.body_map import region_at

if TYPE_CHECKING:
    from skindesk.services.editing import Editing


class RecordActions(QObject):
    """Works on the record that it was given last. Edits are made in the background; none is made twice at a time."""

    edited = Signal(str)
    """The record has changed: what was done, as a sentence."""
    patient_wanted = Signal(int, str)
    """This patient is to be shown, because of what the sentence says."""
    case_wanted = Signal(int, str)
    """This lesion is to be shown, likewise."""
    patient_followed = Signal(object)
    """The Patient is recorded otherwise now."""
    lesion_followed = Signal(object)
    """The Lesion, likewise."""
    trouble = Signal(object)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self._record: PatientRecord | None = None
        self._labels: tuple[Label, ...] = ()
        self._busy = False
        self.dialog: QDialog | None = None
        """The dialog that was opened last; it may be closed by now."""

    def work_on(self, record: PatientRecord | None) -> None:
        """From now on, this is the record."""
        self._record = record

    def offer_labels(self, labels: tuple[Label, ...]) -> None:
        """Complete diagnoses from these labels."""
        self._labels = labels

    def add_patient(self) -> None:
        """Ask who the new patient is."""
        self._open_patient_dialog(None)

    def correct_patient(self) -> None:
        """Ask who the patient is."""
        if self._record is not None:
            self._open_patient_dialog(self._record.patient)

    def merge(self) -> None:
        """Ask which other record is of the same person."""
        if self._record is not None:
            dialog = MergeDialog(self._desk, self._record.patient, self._page)
            dialog.finished_work.connect(self._merged)
            self._open(dialog)

    def add_lesion(self, position: BodyPosition) -> None:
        """Ask for what a click on the body map has not said of the new lesion."""
        if self._record is not None:
            dialog = self._lesion_dialog(self._record.patient, None)
            dialog.start_at(position, region_at(self._figure(), position))
            self._open(dialog)

    def add_lesion_elsewhere(self, site: Site) -> None:
        """Ask where a new lesion is that has no place on the body map."""
        if self._record is not None:
            dialog = self._lesion_dialog(self._record.patient, None)
            dialog.form.fill(LesionDetails(site))
            self._open(dialog)

    def correct_lesion(self) -> None:
        """Ask where the chosen lesion is."""
        case = self._case()
        if case is not None:
            self._open(self._lesion_dialog(case.patient, case.lesion))

    def move_lesion(self, case_id: int, position: BodyPosition) -> None:
        """Put a lesion's mark elsewhere on the body; its site follows."""
        if self._record is None:
            return
        found = next((entry.lesion for entry in self._record.lesions if entry.case_id == case_id), None)
        if found is None:
            return
        figure, old = self._figure(), found.details.position
        before = None if old is None else region_at(figure, old)
        region = region_at(figure, position)
        details = details_at(found.details, position, region, before)
        place = self.tr("its new place") if region is None else region.name
        words = self.tr("L{number} moved to {place}.").format(number=found.number, place=place)
        self._edit(lambda editing: editing.correct_lesion(case_id, details, found.details), words)

    def review(self) -> None:
        """Ask what the clinician thinks of the chosen lesion."""
        case = self._case()
        if case is not None:
            self._open(self._review_dialog(case))

    def diagnose(self) -> None:
        """Ask what the chosen lesion was in the end."""
        case = self._case()
        if case is not None:
            self._open(self._diagnosis_dialog(case))

    def close_or_reopen(self) -> None:
        """Close the chosen lesion's case, or take it up again as a new one."""
        case = self._case()
        if case is None:
            return
        lesion = case.lesion
        closed = lesion.state is LesionState.CLOSED
        state = LesionState.NEW if closed else LesionState.CLOSED
        words = self.tr("L{number} is open again.") if closed else self.tr("The case of L{number} is closed.")
        change: Callable[[Editing], object] = lambda editing: editing.change_state(  # noqa: E731
            lesion.case_id, state, None, seen=lesion
        )
        self._edit(change, words.format(number=lesion.number))

    def remove_picture(self, picture: StoredPicture, visit: Visit) -> None:
        """Show a picture no more."""
        case = self._case()
        if case is None:
            return
        words = self.tr("The picture of {day} is removed from L{number}; it stays in the case log.")
        told = words.format(day=local_day(visit.visited_at), number=case.lesion.number)
        case_id = case.lesion.case_id
        self._edit(lambda editing: editing.remove_picture(case_id, picture.image_id), told)

    def go_on(self, offer: Offer) -> None:
        """Go on with the draft of a dialog on the record that it belongs to, which is on the screen by now."""
        dialog = self._dialog_for(offer)
        if dialog is not None:
            dialog.go_on(offer.draft.values)
            self._open(dialog)

    def _dialog_for(self, offer: Offer) -> DraftedDialog | None:
        if offer.form is Form.NEW_PATIENT:
            return self._patient_dialog(None)
        if self._record is None:
            return None
        if offer.form is Form.PATIENT:
            return self._patient_dialog(self._record.patient)
        if offer.form is Form.LESION:
            return self._lesion_dialog(self._record.patient, offer.lesion)
        case = self._case()
        if case is None:
            return None
        return self._review_dialog(case) if offer.form is Form.REVIEW else self._diagnosis_dialog(case)

    def _open_patient_dialog(self, patient: Patient | None) -> None:
        self._open(self._patient_dialog(patient))

    def _patient_dialog(self, patient: Patient | None) -> PatientDialog:
        dialog = PatientDialog(self._desk, patient, self._page)
        dialog.record_wanted.connect(lambda other: self.patient_wanted.emit(other.patient_id, ""))
        dialog.finished_work.connect(self._patient_added if patient is None else self._patient_corrected)
        return dialog

    def _lesion_dialog(self, patient: Patient, lesion: Lesion | None) -> LesionDialog:
        dialog = LesionDialog(self._desk, patient, lesion, self._page)
        dialog.finished_work.connect(self._lesion_added if lesion is None else self._lesion_corrected)
        return dialog

    def _review_dialog(self, case: Case) -> ReviewDialog:
        dialog = ReviewDialog(self._desk, case, self._offered(), self._page)
        words = self.tr("Review of L{number} saved.").format(number=case.lesion.number)
        dialog.finished_work.connect(partial(self._done, words))
        return dialog

    def _diagnosis_dialog(self, case: Case) -> DiagnosisDialog:
        dialog = DiagnosisDialog(self._desk, case, self._offered(), self._page)
        words = self.tr("Final diagnosis of L{number} recorded. The case is closed.")
        dialog.finished_work.connect(partial(self._done, words.format(number=case.lesion.number)))
        return dialog

    def _open(self, dialog: FormDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _patient_added(self, patient: Patient) -> None:
        self.patient_wanted.emit(patient.patient_id, self.tr("{name} is added.").format(name=patient_name(patient)))

    def _patient_corrected(self, patient: Patient) -> None:
        self.patient_followed.emit(patient)
        self.edited.emit(self.tr("Corrected. The audit keeps the old value."))

    def _merged(self, merged: MergedPatients) -> None:
        words = self.tr("The record with ID {gone} went into this one.").format(gone=merged.gone.details.identifier)
        self.patient_followed.emit(merged.stays)
        self.patient_wanted.emit(merged.stays.patient_id, words)

    def _lesion_added(self, lesion: Lesion) -> None:
        self.case_wanted.emit(lesion.case_id, self.tr("L{number} is added.").format(number=lesion.number))

    def _lesion_corrected(self, lesion: Lesion) -> None:
        self.lesion_followed.emit(lesion)
        self.edited.emit(self.tr("Corrected. The audit keeps the old value."))

    def _edit(self, edit: "Callable[[Editing], object]", told: str) -> None:
        if self._busy:
            return
        self._busy = True
        self._desk.background.start(
            lambda: edit(self._desk.casework().editing), partial(self._done, told), self._failed
        )

    def _done(self, told: str, _result: object) -> None:
        self._busy = False
        self.edited.emit(told)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.trouble.emit(error)

    def _figure(self) -> BodyFigure:
        return BodyFigure.NEUTRAL if self._record is None else self._record.figure(date.today())

    def _case(self) -> Case | None:
        return None if self._record is None else self._record.chosen

    def _offered(self) -> tuple[Label, ...]:
        return self._labels or (() if self._record is None else self._record.labels())
