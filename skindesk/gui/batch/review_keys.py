"""The keys with which a run is reviewed, the same in the table and in the grid."""

from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class ReviewWish(Enum):
    """What somebody wants to do with the current picture, or the chosen ones."""

    ACCEPT = auto()
    FLAG = auto()
    NOTE = auto()
    NEXT = auto()
    PREVIOUS = auto()
    UNDO = auto()
    SWITCH = auto()


_PLAIN = Qt.KeyboardModifier.NoModifier
_KEYS = {
    (Qt.Key.Key_A, _PLAIN): ReviewWish.ACCEPT,
    (Qt.Key.Key_F, _PLAIN): ReviewWish.FLAG,
    (Qt.Key.Key_N, _PLAIN): ReviewWish.NOTE,
    (Qt.Key.Key_J, _PLAIN): ReviewWish.NEXT,
    (Qt.Key.Key_K, _PLAIN): ReviewWish.PREVIOUS,
    (Qt.Key.Key_U, _PLAIN): ReviewWish.UNDO,
    (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier): ReviewWish.UNDO,
    (Qt.Key.Key_G, _PLAIN): ReviewWish.SWITCH,
}


class ReviewKeys(QObject):
    """Hears the keys of the views it watches; theirs come before those of the window, such as its own Ctrl+Z."""

    wished = Signal(object)
    """A ReviewWish."""

    def watch(self, view: QWidget) -> None:
        """Hear the keys of a view."""
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that are wishes, and no others."""
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        wish = _KEYS.get((Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier))
        if wish is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.wished.emit(wish)
        return True
