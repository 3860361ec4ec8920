"""Small pieces of text and line that every page is made of."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from skindesk.gui.theme import icon
from skindesk.gui.theme.icons import ICON_PX


def text_label(text: str, role: str = "body", wrap: bool = False) -> QLabel:
    """A label of the type scale; `role` as the stylesheet knows it. Plain text only: what is shown is data."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    return made


def field_label(name: str, field: QWidget) -> QLabel:
    """The name above a field."""
    label = text_label(name, "label")
    label.setBuddy(field)
    return label


def set_role(widget: QWidget, value: str, name: str = "role") -> None:
    """Change a dynamic property and let the stylesheet look again."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def hairline() -> QFrame:
    """A thin line between groups."""
    line = QFrame()
    line.setProperty("role", "hairline")
    return line


class ElidedLabel(QLabel):
    """One line of text that gives way: what does not fit ends in an ellipsis and is whole in the tool tip."""

    def __init__(self, text: str = "", role: str = "body", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_full_text(text)

    def full_text(self) -> str:
        """The whole text."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show a text, elided as needed."""
        self._full = text
        self.setAccessibleName(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide for the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class IconLabel(QWidget):
    """An icon that follows the theme. It decorates a word beside it, so screen readers skip it."""

    def __init__(self, name: str, colour: str = "text", size_px: int = ICON_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour, self._size_px = name, colour, size_px
        self.setFixedSize(size_px, size_px)

    def set_icon(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._name, self._colour = name, colour
        self.update()

    def sizeHint(self) -> QSize:
        """The icon's own size."""
        return QSize(self._size_px, self._size_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon in the theme's present colour."""
        icon(self._name, self._colour).paint(QPainter(self), self.rect())


class PixmapLabel(QWidget):
    """A picture of fixed size that decorates, such as the program's mark."""

    def __init__(self, picture: QIcon, size_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.setFixedSize(size_px, size_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture."""
        self._picture.paint(QPainter(self), self.rect())
