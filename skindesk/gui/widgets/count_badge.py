"""A number in a button's corner: so many things wait behind it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from skindesk.gui.theme import current, tabular

_HEIGHT_PX, _LEFT_PX, _TOP_PX, _PADDING_PX = 18, 34, 2, 5
_FONT_PX = 11
_MOST = 99


class CountBadge(QWidget):
    """Hidden while there is nothing to count. It takes no clicks; whoever shows it says in words what it means."""

    def __init__(self, button: QWidget) -> None:
        super().__init__(button)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self.hide()

    def show_count(self, count: int) -> None:
        """Show a number; beyond two figures, that there are more."""
        self._text = f"{count}" if count <= _MOST else f"{_MOST}+"
        width_px = QFontMetrics(self._font()).horizontalAdvance(self._text) + 2 * _PADDING_PX
        self.setGeometry(_LEFT_PX, _TOP_PX, max(_HEIGHT_PX, width_px), _HEIGHT_PX)
        self.setVisible(count > 0)
        self.update()

    def text(self) -> str:
        """What the badge says; nothing while it is hidden."""
        return "" if self.isHidden() else self._text

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number on the accent's colour, ringed by the rail's so that it stands out from the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current().surface), 1))
        painter.setBrush(QColor(current().accent))
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        painter.setPen(QColor(current().on_accent))
        painter.setFont(self._font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    def _font(self) -> QFont:
        return tabular(self.font(), _FONT_PX, QFont.Weight.DemiBold)
