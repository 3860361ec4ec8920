"""What a tool for a picture has to bring along so that it can be used on a canvas."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from skindesk.gui.widgets.canvas_layers import CanvasLayer
from skindesk.gui.widgets.projection import NOWHERE, Projection

Action = Callable[[], object]

FINE = Qt.KeyboardModifier.ControlModifier
_STEP_PX = 8.0
_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CanvasTool(QObject):
    """Draws over the picture and is the first to have the left button and the keys.

    Points that it is given are the widget's; `view` carries them to the picture and back, and `room` is where on the
    widget words can stand. The canvas renews both before each call.
    """

    changed = Signal()
    """It looks different now, or says something else of itself."""
    finished = Signal()
    """It is no longer needed: the canvas puts it away."""
    put_away = Signal()
    """It was taken off the canvas, by itself or for another tool or picture."""

    hides: frozenset[CanvasLayer] = frozenset()
    """The layers that it shows itself while it is used."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view: Projection = NOWHERE
        self.room = QRectF()

    def start(self) -> None:
        """It was put on a canvas."""

    def hint(self) -> str:
        """Its keys, in one line."""
        raise NotImplementedError

    def state(self) -> str:
        """What it shows, for those who do not see it."""
        raise NotImplementedError

    def holds_tab(self) -> bool:
        """Whether Tab is for the tool now; with Esc the keyboard always gets away from it."""
        return False

    def cursor_at(self, at: QPointF) -> Qt.CursorShape:
        """What the pointer looks like at a point."""
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter) -> None:
        """Draw it."""
        raise NotImplementedError

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The left button went down."""
        raise NotImplementedError

    def drag(self, at: QPointF) -> None:
        """The pointer was moved with the button held."""
        raise NotImplementedError

    def release(self, at: QPointF) -> None:
        """The button was let go."""
        raise NotImplementedError

    def action(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Action | None:
        """What a key does now; None leaves it to the canvas."""
        raise NotImplementedError

    def arrow_step(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> tuple[float, float] | None:
        """How far an arrow key moves things, in the picture's pixels: a little on the screen, with Ctrl one pixel."""
        way = _WAYS.get(key)
        if way is None:
            return None
        step = 1.0 if modifiers & FINE else max(1.0, round(_STEP_PX / self.view.scale))
        return way[0] * step, way[1] * step


def keys_line(*parts: str) -> str:
    """The hint that tells these, broken only after a dot where it does not fit into one line."""
    return "\u00a0· ".join(parts)
