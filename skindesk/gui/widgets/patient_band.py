"""The band that says whose data is on the screen, so that two patients are never mistaken for each other."""

from datetime import date

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from skindesk.domain.case import Patient
from skindesk.domain.patient_colour import LIGHTNESS, SATURATION, hue_deg
from skindesk.gui.theme import current, set_icon
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel, set_role
from skindesk.gui.widgets.spoken_role import Spoken, speak_as
from skindesk.gui.widgets.words import patient_line

HEIGHT_PX = 40
_STRIPE_PX = 8


class PatientBand(QFrame):
    """40 px with a stripe in a colour of the patient's own; without a patient it says that nothing is saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "band")
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Patient"))
        speak_as(self, Spoken.GROUP)
        self._patient: Patient | None = None
        self._icon = IconLabel("user", "muted")
        self._text = ElidedLabel()
        self.lock_button = QPushButton(self.tr("Lock"))
        """Hidden unless somebody has signed in."""
        self.lock_button.setProperty("kind", "band")
        set_icon(self.lock_button, "lock-simple", "muted")
        self.lock_button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(_STRIPE_PX + 16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self.lock_button)
        self.show_patient(None)

    @property
    def patient(self) -> Patient | None:
        """Whose band it is now."""
        return self._patient

    def text(self) -> str:
        """The whole line, even where it is elided."""
        return self._text.full_text()

    def show_person(self, name: str | None) -> None:
        """Offer to lock where somebody has signed in."""
        self.lock_button.setVisible(name is not None)
        self.lock_button.setToolTip(self.tr("Signed in: {name}. Lock (Ctrl+L)").format(name=name))
        self.lock_button.setAccessibleName(self.tr("Lock the case log"))

    def show_patient(self, patient: Patient | None, without: str = "") -> None:
        """Show a patient, or that there is none, in the words `without` where the page has its own."""
        self._patient = patient
        nobody = without or self.tr("No patient: nothing is saved yet")
        line = nobody if patient is None else patient_line(patient, date.today())
        self._icon.set_icon("user", "muted" if patient is None else "text")
        set_role(self._text, "secondary" if patient is None else "strong")
        self._text.set_full_text(line)
        self.setAccessibleDescription(line)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stripe beside what the stylesheet draws."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, 0, _STRIPE_PX, self.height() - 1, self._stripe())

    def _stripe(self) -> QColor:
        if self._patient is None:
            return QColor(current().hairline)
        saturation = round(SATURATION * 255)
        lightness = 165 if current().name == "dark" else round(LIGHTNESS * 255)
        return QColor.fromHsl(hue_deg(self._patient), saturation, lightness)
