"""Asks whose picture it is and of which lesion, and saves it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import CaseDraft, CaseSummary, Lesion, LesionDetails, Patient, PatientDetails
from skindesk.domain.errors import SkinDeskError
from skindesk.domain.offered import OfferedFacts
from skindesk.gui.background import Background
from skindesk.gui.examine.case_forms import LesionForm, PatientForm
from skindesk.gui.examine.patient_picker import PatientPicker
from skindesk.gui.examine.similar_patients import SimilarPatients
from skindesk.gui.shortcuts import offer_shortcuts
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.words import patient_line, patient_name

if TYPE_CHECKING:
    from skindesk.services.casework import Casework
    from skindesk.storage.saving import SavedCase

WIDTH_PX = 600

MakeDraft = Callable[[int | PatientDetails, int | LesionDetails], CaseDraft]


@dataclass(frozen=True)
class _Owners:
    """The same picture is already in these patients' cases."""

    patients: tuple[Patient, ...]


class SaveDialog(QDialog):
    """Stays open with everything that was typed until the case is saved or the user cancels."""

    saved = Signal(object)
    """The SavedCase: whose the picture is now, and of which lesion."""

    def __init__(
        self, casework: "Callable[[], Casework]", background: Background, make_draft: MakeDraft, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save to case"))
        self.setFixedWidth(WIDTH_PX)
        self._casework, self._background, self._make_draft = casework, background, make_draft
        self._busy = False
        self._known: Patient | None = None
        self._lesion_to_take: Lesion | None = None
        self.picker = PatientPicker(self._find, background)
        self.form = PatientForm()
        self.similar = SimilarPatients(self._find_similar, background, self.tr("Save to that record"))
        self.lesion = LesionForm()
        self.notice = Notice()
        self.confirm = QCheckBox()
        self.save_button = QPushButton()
        self._lay_out()
        self.picker.changed.connect(self._patient_chosen)
        self.picker.failed.connect(self.notice.show_error)
        self.similar.wanted.connect(self.picker.take)
        self.similar.changed.connect(self.adjustSize)
        for line in (self.form.family, self.form.given, self.form.born):
            line.textChanged.connect(self._look_for_others)
        self._patient_chosen()
        offer_shortcuts(self)
        self.picker.line.setFocus()

    def take(self, patient: Patient, lesion: Lesion | None) -> None:
        """Start from a patient and lesion that are already chosen."""
        self._lesion_to_take = lesion
        self.picker.take(patient)
        if lesion is not None:
            self.lesion.take(lesion)  # at once, since the list of lesions is still on its way
        self.save_button.setFocus()

    def values(self) -> dict[str, Any]:
        """What was typed of the patient and the lesion, as plain JSON."""
        place = self.lesion.place
        return {
            "identifier": self.picker.line.text(),
            "patient": self.form.values(),
            "site": place.site.currentIndex(),
            "description": place.description.text(),
        }

    def restore(self, values: dict[str, Any]) -> None:
        """Go on with what was typed before."""
        self.picker.line.setText(values["identifier"])
        self.form.restore(values["patient"])
        self.lesion.place.site.setCurrentIndex(values["site"])
        self.lesion.place.description.setText(values["description"])

    def begin_with(self, offered: OfferedFacts) -> None:
        """Fill in what the picture's file tells of its patient, for the user to check."""
        self.picker.line.setText(offered.identifier)
        details = PatientDetails(
            offered.identifier or "?", offered.family_name, offered.given_name, offered.birth_date, offered.sex
        )
        self.form.fill(details)
        place = self.lesion.place
        place.site.setCurrentIndex(max(0, place.site.findData(offered.site)))
        place.description.setText(offered.description)

    def reject(self) -> None:
        """Close without saving; not while saving is under way."""
        if not self._busy:
            super().reject()

    def _find(self, query: str) -> tuple[Patient, ...]:
        """The patients that match; called on a background thread, which may have to open the log first."""
        return self._casework().log.patients(query)

    def _find_similar(self, details: PatientDetails) -> tuple[Patient, ...]:
        return self._casework().log.record.similar_patients(details)

    def _look_for_others(self) -> None:
        """Warn before a second record is made of somebody who has one."""
        new = self.picker.is_new()
        self.similar.follow(self.form.known_so_far(self.picker.identifier()) if new else None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text_label(self.tr("Save to case"), "page-title"))
        column.addWidget(self.picker)
        column.addWidget(self.form)
        column.addWidget(self.similar)
        column.addWidget(hairline())
        column.addWidget(self.lesion)
        column.addWidget(self.notice)
        self.confirm.setText(self.tr("It is this patient's picture all the same"))
        self.confirm.setAccessibleName(self.confirm.text())
        self.confirm.hide()
        column.addWidget(self.confirm)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAccessibleName(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.save_button.setProperty("kind", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._save)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.save_button)
        return row

    def _patient_chosen(self) -> None:
        """The forms and the button follow the highlighted row."""
        patient = self.picker.patient()
        self.form.setVisible(patient is None)
        self._look_for_others()
        self.save_button.setEnabled(not self._busy and (patient is not None or self.picker.is_new()))
        self._word_button(patient)
        if patient != self._known:
            self._known = patient
            self._forget_warning()
            self.lesion.offer(())
            if patient is not None:
                self._fetch_lesions(patient)
        self.adjustSize()

    def _word_button(self, patient: Patient | None) -> None:
        if patient is not None:
            text = self.tr("Save to {name}").format(name=patient_name(patient))
        elif self.picker.is_new():
            text = self.tr("Save as new patient {id}").format(id=self.picker.identifier())
        else:
            text = self.tr("Choose a patient")
        self.save_button.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, WIDTH_PX // 2))
        self.save_button.setAccessibleName(text)

    def _fetch_lesions(self, patient: Patient) -> None:
        casework, key = self._casework, patient.patient_id
        offer = partial(self._offer_lesions, patient)
        self._background.start(lambda: casework().log.cases_of(key), offer, self.notice.show_error)

    def _offer_lesions(self, patient: Patient, cases: tuple[CaseSummary, ...]) -> None:
        if self.picker.patient() != patient:
            return
        self.lesion.offer(cases)
        wanted = self._lesion_to_take
        if wanted is not None and any(case.lesion.case_id == wanted.case_id for case in cases):
            self.lesion.take(wanted)

    def _save(self) -> None:
        if self._busy:
            return
        self.notice.clear()
        patient = self.picker.patient()
        try:
            target = self.form.details(self.picker.identifier()) if patient is None else patient.patient_id
            draft = self._make_draft(target, self.lesion.value())
        except SkinDeskError as error:
            self._show_error(error)
            return
        self._set_busy(True)
        casework, confirmed = self._casework, self.confirm.isChecked()
        self._background.start(lambda: _save_draft(casework(), draft, confirmed), self._ended, self._failed)

    def _ended(self, end: "SavedCase | _Owners") -> None:
        self._set_busy(False)
        if isinstance(end, _Owners):
            self._warn(end.patients)
            return
        self.saved.emit(end)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._show_error(error)

    def _warn(self, owners: tuple[Patient, ...]) -> None:
        today = date.today()
        names = "; ".join(patient_line(owner, today) for owner in owners)
        self.notice.show_error(
            self.tr("This very picture file already belongs to another patient: {names}. Nothing is saved yet.").format(
                names=names
            )
        )
        self.confirm.show()
        self.confirm.setFocus()
        self.adjustSize()

    def _forget_warning(self) -> None:
        self.confirm.setChecked(False)
        self.confirm.hide()
        self.notice.clear()

    def _show_error(self, error: Exception) -> None:
        self.notice.show_error(error)
        self.adjustSize()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.save_button.setEnabled(not busy)


def _save_draft(casework: "Casework", draft: CaseDraft, confirmed: bool) -> "SavedCase | _Owners":
    """Save a draft unless its picture is another patient's and nobody has said that this is right."""
    known = draft.patient if isinstance(draft.patient, int) else None
    owners = casework.others_with_pictures([picture.details.sha256 for picture in draft.pictures], known)
    if owners and not confirmed:
        return _Owners(owners)
    return casework.save_case(draft)
