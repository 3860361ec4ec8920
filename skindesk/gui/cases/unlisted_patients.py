"""Patients who have no lesion yet, and so no row in the table of cases."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from skindesk.domain.case import Patient
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.words import patient_line, patient_name

if TYPE_CHECKING:
    from skindesk.storage.case_log import CaseLog


class UnlistedPatients(QFrame):
    """A few buttons; takes no room while there is nobody to show."""

    patient_chosen = Signal(int)
    """The log's key of the patient."""

    def __init__(
        self, open_log: "Callable[[], CaseLog]", background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._open_log = open_log
        self._latest = Latest(background, self)
        self._buttons: list[QToolButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 8, 8)
        self._column.setSpacing(0)
        self._column.addWidget(text_label(self.tr("Patients without a lesion"), "label"))
        self.hide()

    def look(self, query: str) -> None:
        """Show those who match the words of a search, and the newest where there are none."""
        self._latest.ask(lambda: self._open_log().patients_without_cases(query), self._show, self._cannot_tell)

    def rest(self) -> None:
        """Show nobody: what is asked for, no patient without a lesion has."""
        self._latest.forget()
        self._show(())

    def buttons(self) -> list[QToolButton]:
        """One for each patient."""
        return self._buttons

    def _show(self, patients: tuple[Patient, ...]) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(patient) for patient in patients]
        for button in self._buttons:
            self._column.addWidget(button)
        self.setVisible(bool(patients))

    def _cannot_tell(self, _error: Exception) -> None:
        """The table beside says what is wrong with the case log."""

    def _button(self, patient: Patient) -> QToolButton:
        line = patient_line(patient, date.today())
        button = QToolButton()
        button.setProperty("role", "tool")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setText(f"{patient_name(patient)} · {patient.details.identifier}")
        button.setToolTip(line)
        button.setAccessibleName(self.tr("Open the record of {patient}").format(patient=line))
        set_icon(button, "user", "muted")
        button.clicked.connect(partial(self.patient_chosen.emit, patient.patient_id))
        return button
