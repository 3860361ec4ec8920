"""A page that takes the place of the steps beside a picture for a while, so that the picture stays in sight."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.reading_area import ReadingArea

WIDTH_PX = 400
_MARGIN_PX = 24


class SideSheet(QFrame):
    """A title with a way back, above `body`, which scrolls. Esc goes back as well."""

    closed = Signal()
    """The user wants to go back to the steps."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(title)
        self.back = QToolButton()
        self.back.setProperty("role", "tool")
        set_icon(self.back, "arrow-left")
        self.back.setAccessibleName(self.tr("Back to the steps"))
        self.back.setToolTip(self.tr("Back to the steps (Esc)"))
        self.back.clicked.connect(self.closed)
        self._title = text_label(title, "section", wrap=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.area = ReadingArea(title)
        self._lay_out()

    def set_title(self, title: str) -> None:
        """Say what the page is about."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let the keyboard scroll the page that came into sight."""
        super().focusInEvent(event)
        self.area.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(_MARGIN_PX - 12, 12, _MARGIN_PX, 12)
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self._title, 1)
        column.addLayout(head)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(_MARGIN_PX, 8, _MARGIN_PX, _MARGIN_PX)
        inner.addLayout(self.body)
        inner.addStretch(1)
        self.area.hold(page)
        column.addWidget(self.area, 1)
