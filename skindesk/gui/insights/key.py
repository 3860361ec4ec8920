"""What a plot's marks stand for."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from skindesk.domain.insights import Reader
from skindesk.gui.insights.plot import RADIUS_PX, paint_mark
from skindesk.gui.insights.words import reader_word
from skindesk.gui.theme import current, notifier, tabular
from skindesk.gui.theme.fonts import SECONDARY_PX

_HEIGHT_PX, _GAP_PX = 20, 20


class Key(QWidget):
    """Each reader's mark and name, in one line."""

    def __init__(self, readers: Sequence[Reader], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readers = tuple(readers)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)
        notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw marks and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = tabular(self.font(), SECONDARY_PX)
        painter.setFont(font)
        left = 0
        for reader in self._readers:
            name, width = reader_word(reader), QFontMetrics(font).horizontalAdvance(reader_word(reader))
            paint_mark(painter, QPointF(left + RADIUS_PX + 1, _HEIGHT_PX / 2), reader)
            painter.setPen(QColor(current().muted))
            room = QRect(left + 18, 0, width + 4, _HEIGHT_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            left += 18 + width + _GAP_PX
