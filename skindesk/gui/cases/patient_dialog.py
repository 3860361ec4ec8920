"""The dialog in which a patient is added or corrected."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from skindesk.domain.case import Patient, PatientDetails
from skindesk.domain.errors import ChangedMeanwhileError, InvalidCaseError
from skindesk.gui.cases.drafted_dialog import Desk, DraftedDialog
from skindesk.gui.drafts import Form
from skindesk.gui.drafts.kept import PATIENT_ID
from skindesk.gui.examine.case_forms import PatientForm
from skindesk.gui.examine.similar_patients import SimilarPatients
from skindesk.gui.widgets.labels import set_role, text_label


class PatientDialog(DraftedDialog):
    """Without a patient it adds one. Its work returns the Patient as recorded."""

    record_wanted = Signal(object)
    """It is this Patient, who is in the log already."""

    def __init__(self, desk: Desk, patient: Patient | None = None, parent: QWidget | None = None) -> None:
        super().__init__(desk, Form.NEW_PATIENT if patient is None else Form.PATIENT, parent)
        self._patient = patient
        self.identifier = QLineEdit()
        self.identifier.setAccessibleName(self.tr("Identifier"))
        self.identifier.setPlaceholderText(self.tr("the number used in your own records"))
        self.identifier.textChanged.connect(self._forgive)
        self.form = PatientForm(texts=True)
        self.add_field(self.tr("Identifier"), self.identifier)
        self.column.addWidget(self.form)
        self.similar = SimilarPatients(
            self._find_similar,
            desk.background,
            self.tr("Open that record"),
            but=None if patient is None else patient.patient_id,
        )
        self.column.addSpacing(8)
        self.column.addWidget(self.similar)
        if patient is None:
            self.entitle(self.tr("New patient"), self.tr("Add patient"))
        else:
            self._start_from(patient)
        self.similar.wanted.connect(self._open_other)
        self.similar.changed.connect(self.fit)
        self.keep_drafts()
        for line in (self.identifier, self.form.family, self.form.given, self.form.born):
            line.textChanged.connect(self._look_for_others)
        self.identifier.setFocus()

    def work(self) -> Callable[[], Any]:
        """An identifier and, where it is stated, a birth date of a living patient."""
        identifier = self.identifier.text().strip()
        if not identifier:
            set_role(self.identifier, "true", "invalid")
            self.identifier.setFocus()
        return partial(self._record, self.form.details(identifier))

    def mark(self, error: Exception) -> None:
        """The log refuses only an identifier that is another patient's, and what somebody else has changed."""
        if isinstance(error, InvalidCaseError) and not isinstance(error, ChangedMeanwhileError):
            set_role(self.identifier, "true", "invalid")
            self.identifier.setFocus()

    def values(self) -> dict[str, Any]:
        """Every field as it was typed."""
        whose = {} if self._patient is None else {PATIENT_ID: self._patient.patient_id}
        return {**whose, "identifier": self.identifier.text(), **self.form.values()}

    def restore(self, values: dict[str, Any]) -> None:
        """Fill every field."""
        self.identifier.setText(values["identifier"])
        self.form.restore(values)

    def _start_from(self, patient: Patient) -> None:
        self.entitle(self.tr("Correct patient"), self.tr("Correct"))
        self.identifier.setText(patient.details.identifier)
        self.form.fill(patient.details)
        words = self.tr("The old value is kept in the audit, with your name and the time; administrators can read it.")
        self.column.addSpacing(8)
        self.column.addWidget(text_label(words, "secondary", wrap=True))

    def _record(self, details: PatientDetails) -> Patient:
        editing = self.desk.casework().editing
        if self._patient is None:
            return editing.add_patient(details)
        return editing.correct_patient(self._patient.patient_id, details, self._patient.details)

    def _find_similar(self, details: PatientDetails) -> tuple[Patient, ...]:
        return self.desk.casework().log.record.similar_patients(details)

    def _look_for_others(self) -> None:
        self.similar.follow(self.form.known_so_far(self.identifier.text()))

    def _open_other(self, patient: Patient) -> None:
        self.reject()
        self.record_wanted.emit(patient)

    def _forgive(self) -> None:
        set_role(self.identifier, "false", "invalid")
