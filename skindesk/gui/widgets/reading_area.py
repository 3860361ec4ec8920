"""A column to read that may be longer than the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_SHEET = """
QScrollArea { border: 2px solid transparent; border-radius: 8px; }
QScrollArea:focus { border: 2px solid palette(highlight); }
"""


class ReadingArea(QScrollArea):
    """Scrolls up and down only, also by the keyboard, and then shows that it has the focus."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setStyleSheet(_SHEET)

    def hold(self, content: QWidget) -> None:
        """Show a column in the place of the last one."""
        content.setProperty("role", "scrolled")
        self.setWidget(content)
