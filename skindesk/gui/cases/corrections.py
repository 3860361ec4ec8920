"""The dialogs that correct who a patient is and where a lesion is."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from skindesk.domain.case import Lesion, LesionDetails, Patient, PatientDetails
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.background import Background
from skindesk.gui.examine.case_forms import PatientForm, PlaceForm
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import set_role, text_label
from skindesk.gui.widgets.words import short_lesion

if TYPE_CHECKING:
    from skindesk.services.casework import Casework

_WIDTH_PX = 600

OpenCasework = Callable[[], "Casework"]
"""Opens the case log where it is not open yet; slow, so called in the background only."""


class CorrectPatientDialog(FormDialog):
    """Starts from what is recorded; its work returns the Patient as corrected."""

    def __init__(
        self, casework: OpenCasework, patient: Patient, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(background, parent, _WIDTH_PX)
        self.entitle(self.tr("Correct patient"), self.tr("Correct"))
        self._casework, self._patient = casework, patient
        self.identifier = QLineEdit(patient.details.identifier)
        self.identifier.setAccessibleName(self.tr("Identifier"))
        self.identifier.textChanged.connect(self._forgive)
        self.form = PatientForm()
        self.form.fill(patient.details)
        self.add_field(self.tr("Identifier"), self.identifier)
        self.column.addWidget(self.form)
        self.column.addSpacing(8)
        self.column.addWidget(_audit_label(self))
        self.form.family.setFocus()

    def work(self) -> Callable[[], Any]:
        """An identifier and, where it is stated, a birth date of a living patient."""
        if not self.identifier.text().strip():
            set_role(self.identifier, "true", "invalid")
        return partial(self._correct, self.form.details(self.identifier.text().strip()))

    def mark(self, error: Exception) -> None:
        """The log refuses only an identifier that is another patient's."""
        if isinstance(error, InvalidCaseError):
            set_role(self.identifier, "true", "invalid")
            self.identifier.setFocus()

    def _correct(self, details: PatientDetails) -> Patient:
        return self._casework().correct_patient(self._patient.patient_id, details)

    def _forgive(self) -> None:
        set_role(self.identifier, "false", "invalid")


class CorrectLesionDialog(FormDialog):
    """Starts from what is recorded; its work returns the Lesion as corrected."""

    def __init__(
        self, casework: OpenCasework, lesion: Lesion, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(background, parent, _WIDTH_PX)
        self.entitle(self.tr("Correct lesion {lesion}").format(lesion=short_lesion(lesion)), self.tr("Correct"))
        self._casework, self._lesion = casework, lesion
        self.form = PlaceForm()
        self.form.fill(lesion.details)
        self.column.addWidget(self.form)
        self.column.addSpacing(8)
        self.column.addWidget(_audit_label(self))
        self.form.site.setFocus()

    def work(self) -> Callable[[], Any]:
        """Everything may be left empty."""
        return partial(self._correct, self.form.details())

    def _correct(self, details: LesionDetails) -> Lesion:
        return self._casework().correct_lesion(self._lesion.case_id, details)


def _audit_label(dialog: QWidget) -> QWidget:
    words = dialog.tr("The old value is kept in the audit, with your name and the time; administrators can read it.")
    return text_label(words, "secondary", wrap=True)
