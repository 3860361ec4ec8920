"""Tells which shape of pin means what."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from skindesk.domain.lesion_state import LesionState
from skindesk.gui.body_map.mark import fill_state, head
from skindesk.gui.theme import current, notifier
from skindesk.gui.widgets.labels import text_label

_SHAPE_PX = 14


class Legend(QWidget):
    """A shape and a word for each state that is on the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        self._entries = {state: self._entry(state) for state in LesionState}
        for entry in self._entries.values():
            row.addWidget(entry)
        row.addStretch(1)

    def show_states(self, states: Iterable[LesionState]) -> None:
        """Tell these states only; nothing where there are none."""
        wanted = set(states)
        for state, entry in self._entries.items():
            entry.setVisible(state in wanted)
        self.setVisible(bool(wanted))

    def _entry(self, state: LesionState) -> QWidget:
        entry = QWidget()
        row = QHBoxLayout(entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(_Shape(state))
        row.addWidget(text_label(self.tr(state.value.capitalize()), "secondary"))
        return entry


class _Shape(QWidget):
    def __init__(self, state: LesionState) -> None:
        super().__init__()
        self._state = state
        self.setFixedSize(QSize(_SHAPE_PX, _SHAPE_PX))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        notifier().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the head of the state's pin."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = head(self._state, QPointF(_SHAPE_PX / 2, _SHAPE_PX / 2), _SHAPE_PX / 2 - 1.7)
        fill_state(painter, shape, self._state, current())
