"""Warns while somebody types that a patient may be in the log already."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import Patient, PatientDetails
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel, text_label
from skindesk.gui.widgets.words import patient_line

_PAUSE_MS = 250
_AT_MOST = 3

FindSimilar = Callable[[PatientDetails], tuple[Patient, ...]]
"""Patients who may be the same person; slow, so called in the background only."""


class SimilarPatients(QFrame):
    """A card that shows itself as soon as there is somebody to warn of. `but` is the patient who is being corrected."""

    wanted = Signal(object)
    """It is this Patient who is meant."""
    changed = Signal()
    """The card has come, gone or changed, and so has the room that it takes."""

    def __init__(
        self,
        find: FindSimilar,
        background: Background,
        action: str,
        but: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setProperty("tone", "premalignant")
        self._find, self._action, self._but = find, action, but
        self._latest = Latest(background, self)
        self._details: PatientDetails | None = None
        self._found: tuple[Patient, ...] = ()
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._look)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._title = text_label(self.tr("Somebody like this is in the case log already:"), "strong", wrap=True)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(IconLabel("users", "premalignant"))
        heading.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(heading)
        column.addLayout(self._rows)
        self.hide()

    @property
    def found(self) -> tuple[Patient, ...]:
        """Whom the card warns of."""
        return self._found

    def follow(self, details: PatientDetails | None) -> None:
        """Look for patients like this one once the typing pauses; None takes the card away."""
        self._details = details
        if details is None:
            self._pause.stop()
            self._latest.forget()
            self._show(())
        else:
            self._pause.start()

    def buttons(self) -> list[QPushButton]:
        """One for each patient, to say that it is them."""
        return self.findChildren(QPushButton)

    def _look(self) -> None:
        if self._details is not None:
            self._latest.ask(partial(self._find, self._details), self._show, self._cannot_tell)

    def _cannot_tell(self, _error: Exception) -> None:
        """The dialog itself says so as soon as it needs the case log."""

    def _show(self, found: tuple[Patient, ...]) -> None:
        shown = tuple(patient for patient in found if patient.patient_id != self._but)[:_AT_MOST]
        if shown == self._found:
            return
        self._found = shown
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.setParent(None)
                row.deleteLater()
        for patient in shown:
            self._rows.addWidget(self._row(patient))
        self.setVisible(bool(shown))
        self.changed.emit()

    def _row(self, patient: Patient) -> QWidget:
        line = patient_line(patient, date.today())
        button = QPushButton(self._action)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{self._action}: {line}")
        button.clicked.connect(partial(self.wanted.emit, patient))
        row = QWidget()
        columns = QHBoxLayout(row)
        columns.setContentsMargins(28, 0, 0, 0)
        columns.setSpacing(12)
        columns.addWidget(ElidedLabel(line), 1)
        columns.addWidget(button)
        return row
