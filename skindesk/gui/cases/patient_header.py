"""Who the patient on the right is, and what can be done with the record."""

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import Patient, Sex
from skindesk.domain.people import Permission, Person
from skindesk.gui.cases.more_button import more_button
from skindesk.gui.cases.patient_record import PatientRecord
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel
from skindesk.gui.widgets.words import patient_name, sex_word

_BESIDE_FROM_PX = 640


class PatientHeader(QFrame):
    """One primary action; what is needed less often stands in the menu."""

    picture_wanted = Signal()
    lesion_wanted = Signal()
    report_wanted = Signal()
    correction_wanted = Signal()
    merging_wanted = Signal()
    erasure_wanted = Signal()

    def __init__(self, person: Person, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel("", "page-title")
        self._about = ElidedLabel("", "secondary")
        self._history = ElidedLabel("", "secondary")
        self._notes = ElidedLabel("", "secondary")
        self.picture_button = self._button(self.tr("New picture…"), "camera", self.picture_wanted)
        self.picture_button.setProperty("kind", "primary")
        set_icon(self.picture_button, "camera", "on_accent")
        self.lesion_button = self._button(self.tr("Add lesion"), "map-pin", self.lesion_wanted)
        self.report_button = self._button(self.tr("Report…"), "file-text", self.report_wanted)
        self.report_button.setVisible(person.may(Permission.EXPORT))
        self.correct_action = self._action(self.tr("Correct patient…"), self.correction_wanted)
        self.merge_action = self._action(self.tr("Merge with another record…"), self.merging_wanted)
        for action in (self.correct_action, self.merge_action):
            action.setVisible(person.may(Permission.CORRECT))
        self.erase_action = self._action(self.tr("Erase patient…"), self.erasure_wanted)
        self.erase_action.setVisible(person.may(Permission.ADMINISTER))
        actions = (self.correct_action, self.merge_action, self.erase_action)
        self.more_button = more_button(self.tr("Correct, merge or erase"), actions)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._about)
        words.addWidget(self._history)
        words.addWidget(self._notes)
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(8)
        self._whole.addLayout(words, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.lesion_button, self.report_button, self.more_button, self.picture_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._whole.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow page the buttons stand below the name."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE_FROM_PX
        self._whole.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def show_record(self, record: PatientRecord) -> None:
        """Show whose record it is."""
        self._name.set_full_text(patient_name(record.patient))
        self._about.set_full_text(self._facts(record.patient, len(record.lesions)))
        self.report_button.setEnabled(record.chosen is not None)
        details = record.patient.details
        self._say(self._history, self.tr("History"), details.history)
        self._say(self._notes, self.tr("Notes"), details.notes)

    def _say(self, label: ElidedLabel, name: str, text: str) -> None:
        label.set_full_text(f"{name}: {' · '.join(text.splitlines())}")
        label.setVisible(bool(text))

    def _facts(self, patient: Patient, lesions: int) -> str:
        details = patient.details
        facts = ["" if details.sex is Sex.UNKNOWN else sex_word(details.sex)]
        count = self.tr("{0} lesions").format(lesions) if lesions else self.tr("no lesion yet")
        facts.append(self.tr("1 lesion") if lesions == 1 else count)
        return " · ".join(fact for fact in facts if fact)

    def _action(self, text: str, wish: SignalInstance) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(wish)
        return action

    def _button(self, text: str, icon_name: str, wish: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setAccessibleName(text.rstrip("…"))
        set_icon(button, icon_name)
        button.clicked.connect(wish)
        return button
