"""Which entries of the audit are wanted: whose, of what kind, and about which patient."""

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from skindesk.domain.audit import AuditAction
from skindesk.domain.audit_reading import AuditFilter
from skindesk.domain.people import OWNER
from skindesk.gui.audit.entry_model import EntryQuery
from skindesk.gui.audit.words import action_word, person_word
from skindesk.gui.widgets.labels import text_label

_TYPING_MS = 250
_PATIENT_PX = 200


class EntryFilters(QWidget):
    """Two lists and a field, each under its name."""

    changed = Signal()

    def __init__(self, names: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.who = _combo(self.tr("Who"), self.tr("Everybody"))
        for person_id in (*names, OWNER.person_id):
            self.who.addItem(person_word(person_id, names), person_id)
        self.what = _combo(self.tr("What"), self.tr("Everything"))
        for action in AuditAction:
            self.what.addItem(action_word(action), action.value)
        self.patient = QLineEdit()
        self.patient.setAccessibleName(self.tr("Patient identifier"))
        self.patient.setPlaceholderText(self.tr("whole ID"))
        self.patient.setClearButtonEnabled(True)
        self.patient.setFixedWidth(_PATIENT_PX)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.who.currentIndexChanged.connect(self.changed)
        self.what.currentIndexChanged.connect(self.changed)
        self.patient.textChanged.connect(lambda _text: self._typing.start())
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addLayout(_named(self.tr("Who"), self.who))
        line.addLayout(_named(self.tr("What"), self.what))
        line.addLayout(_named(self.tr("Patient identifier"), self.patient))
        line.addStretch(1)

    def query(self) -> EntryQuery:
        """What is chosen."""
        return EntryQuery(AuditFilter(self.who.currentData(), self.what.currentData()), self.patient.text().strip())

    def clear(self) -> None:
        """Want everything; `changed` follows once."""
        for combo in (self.who, self.what):
            combo.blockSignals(True)
            combo.setCurrentIndex(0)
            combo.blockSignals(False)
        self.patient.clear()
        self._typing.stop()
        self.changed.emit()


def _combo(name: str, everything: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.addItem(everything, None)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo


def _named(name: str, control: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    label = text_label(name, "label")
    label.setBuddy(control)
    column.addWidget(label)
    column.addWidget(control)
    return column
