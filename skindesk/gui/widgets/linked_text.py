"""Text whose links are reached, one after the other, with Tab and with Shift+Tab."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLabel, QWidget

_BY_TAB = {Qt.FocusReason.TabFocusReason: True, Qt.FocusReason.BacktabFocusReason: False}


class LinkedText(QLabel):
    """Enter follows the link that is marked; a ring around the text says that one is.

    Qt 6.11.3 stops on the text before its first link, where nothing shows the focus, and goes round the links with
    Shift+Tab and never leaves them.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "linked")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the first link, or from below the last."""
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and self.selectionStart() < 0:
            super().focusNextPrevChild(_BY_TAB[event.reason()])

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next link, or on from the last one; likewise backwards."""
        before = self.selectionStart()
        if super().focusNextPrevChild(forward) and (forward or 0 <= self.selectionStart() < before):
            return True
        return QWidget.focusNextPrevChild(self, forward)
