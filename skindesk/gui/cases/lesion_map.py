"""The body map of a patient, with a line above it that leads through placing a new lesion."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.body_position import BodyPosition
from skindesk.domain.case import CaseSummary, Site
from skindesk.gui.body_map import BodyMap, BodyMark
from skindesk.gui.cases.patient_record import PatientRecord
from skindesk.gui.cases.words import state_word
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.words import lesion_line

_LEAST_PX = (300, 360)


class LesionMap(QWidget):
    """Marks the lesions that have a place. While placing, a click says where the new one is."""

    lesion_chosen = Signal(int)
    """The user has chosen this lesion on the map: its number of the case."""
    lesion_opened = Signal(int)
    lesion_moved = Signal(int, object)
    """This lesion was dragged to this BodyPosition."""
    lesion_placed = Signal(object)
    """A new lesion is at this BodyPosition."""
    lesion_unplaced = Signal(object)
    """A new lesion is at this Site, which has no place on the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = BodyMap()
        self.map.setMinimumSize(*_LEAST_PX)
        self.map.selected.connect(self.lesion_chosen)
        self.map.opened.connect(self.lesion_opened)
        self.map.moved.connect(self.lesion_moved)
        self.map.placed.connect(self._placed)
        self.map.site_chosen.connect(self._placed_elsewhere)
        self._hint = self._made_hint()
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.end_placing)
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._hint)
        column.addWidget(self.map, 1)

    @property
    def is_placing(self) -> bool:
        """Whether a new lesion is being placed."""
        return not self._hint.isHidden()

    def show_record(self, record: PatientRecord) -> None:
        """Show a patient's body and lesions."""
        self.end_placing()
        self.map.show_figure(record.figure(date.today()))
        placed = [entry for entry in record.lesions if entry.lesion.details.position is not None]
        self.map.show_marks([mark for entry in placed if (mark := _mark(entry)) is not None])
        self.map.select(record.case_id if any(entry.case_id == record.case_id for entry in placed) else None)

    def begin_placing(self) -> None:
        """Have a click on the body place a new lesion."""
        self._hint.show()
        self._escape.setEnabled(True)
        self.map.begin_placing()
        self.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def end_placing(self) -> None:
        """Place nothing any more."""
        if self.is_placing:
            self._hint.hide()
            self._escape.setEnabled(False)
            self.map.end_placing()

    def _placed(self, position: BodyPosition) -> None:
        self.end_placing()
        self.lesion_placed.emit(position)

    def _placed_elsewhere(self, site: Site) -> None:
        self.end_placing()
        self.lesion_unplaced.emit(site)

    def _made_hint(self) -> QFrame:
        hint = QFrame(self)
        hint.setProperty("role", "notice")
        self.elsewhere_button = QPushButton(self.tr("Not on the map"))
        self.elsewhere_button.setAccessibleName(self.tr("The new lesion has no place on the map"))
        self.elsewhere_button.clicked.connect(lambda: self._placed_elsewhere(Site.UNKNOWN))
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAccessibleName(self.tr("Place no lesion"))
        cancel.setToolTip(self.tr("Esc"))
        cancel.clicked.connect(self.end_placing)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.elsewhere_button)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(hint)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        words = self.tr("Click where the new lesion is, or move with the arrow keys and press Enter.")
        column.addWidget(text_label(words, wrap=True))
        column.addLayout(buttons)
        hint.hide()
        return hint


def _mark(entry: CaseSummary) -> BodyMark | None:
    lesion = entry.lesion
    if lesion.details.position is None:
        return None
    words = f"{lesion_line(lesion)}, {state_word(lesion.state)}"
    return BodyMark(entry.case_id, str(lesion.number), lesion.details.position, lesion.state, words)
