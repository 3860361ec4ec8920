"""A dot in a button's corner: something wants to be looked at behind it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from skindesk.gui.theme import current

_SIZE_PX, _RIGHT_PX, _TOP_PX = 12, 44, 4


class Dot(QWidget):
    """Hidden at first. It takes no clicks; whoever shows it says in words what it means."""

    def __init__(self, button: QWidget) -> None:
        super().__init__(button)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(_RIGHT_PX - _SIZE_PX // 2, _TOP_PX, _SIZE_PX, _SIZE_PX)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot, ringed by the rail's colour so that it stands out from the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current().surface), 2))
        painter.setBrush(QColor(current().malignant))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
