"""A lesion's state as its shape on the body map, with its word."""

from datetime import date

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from skindesk.domain.case import Lesion
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.body_map.mark import fill_state, head
from skindesk.gui.cases.words import due_words, state_word
from skindesk.gui.theme import current
from skindesk.gui.widgets.labels import text_label

_SHAPE_PX = 16
_RADIUS_SHARE = 0.36


def paint_state(painter: QPainter, state: LesionState, room: QRectF) -> None:
    """Draw a state's shape in the middle of a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill_state(painter, head(state, room.center(), room.height() * _RADIUS_SHARE), state, current())
    painter.restore()


class StateIcon(QIconEngine):
    """A state's shape as an icon, in the theme's present colours."""

    def __init__(self, state: LesionState) -> None:
        super().__init__()
        self._state = state

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the shape."""
        paint_state(painter, self._state, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The shape on nothing."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Another one of the same state."""
        return StateIcon(self._state)


class _Shape(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.state = LesionState.NEW
        self.setFixedSize(_SHAPE_PX, _SHAPE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_state(painter, self.state, QRectF(QPointF(), self.size().toSizeF()))
        painter.end()


class StateBadge(QFrame):
    """Says where a lesion stands and when it is looked at again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        self._shape = _Shape(self)
        self._words = text_label("", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 12, 4)
        row.setSpacing(6)
        row.addWidget(self._shape)
        row.addWidget(self._words)

    def show_lesion(self, lesion: Lesion) -> None:
        """Show a lesion's state."""
        words = state_word(lesion.state)
        if lesion.follow_up_on is not None:
            words += " · " + due_words(lesion.follow_up_on, date.today())
        self._shape.state = lesion.state
        self._words.setText(words)
        self.setAccessibleName(words)
        self._shape.update()

    def text(self) -> str:
        """What the badge says."""
        return self._words.text()
