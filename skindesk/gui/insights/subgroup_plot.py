"""Sensitivity in each subgroup, with its interval: the network's, and the clinicians' below it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from skindesk.domain.insights import COUNTS_ONLY_UNDER, Reader, Subgroup
from skindesk.gui.insights.plot import Plot, Point
from skindesk.gui.insights.words import counts, reader_word, share_interval, share_value, subgroup_word
from skindesk.gui.theme import current
from skindesk.gui.widgets.words import percent, translate

READERS = (Reader.NETWORK, Reader.FIRST)
_NAMES_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 112, 24, 4, 24
_ROW_PX, _HALF_GAP_PX = 32, 7
_TICKS = (0.0, 0.5, 1.0)


def subgroup_points(subgroups: Sequence[Subgroup]) -> tuple[Point, ...]:
    """The sensitivity of each reader in each subgroup, whatever its size."""
    words = translate("insights", "{group}, {reader}: sensitivity {share}, {count} malignant lesions")
    points = []
    for group in subgroups:
        name = subgroup_word(group.dimension, group.name)
        for reader in READERS:
            share = group.insights.detection(reader).sensitivity
            value = share_value(share) if share.total >= COUNTS_ONLY_UNDER else "\N{EN DASH}"
            interval = share_interval(share)
            said = words.format(
                group=name,
                reader=reader_word(reader).lower(),
                share=f"{value} ({interval})" if interval else value,
                count=counts(share),
            )
            points.append(Point(reader, name, share, said))
    return tuple(points)


class SubgroupPlot(Plot):
    """One row a subgroup, from 0 to 1. Of too few lesions the counts stand in the place of a point."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Sensitivity by subgroup"))

    def minimumSizeHint(self) -> QSize:
        """Room for every row."""
        least = super().minimumSizeHint()
        return QSize(least.width(), max(least.height(), _TOP_PX + _BOTTOM_PX + _ROW_PX * len(self._names())))

    def sizeHint(self) -> QSize:
        """Room for every row."""
        return self.minimumSizeHint()

    def place(self, point: Point) -> QPointF:
        """In its subgroup's row; at the left where there are only counts."""
        interval = point.share.interval
        enough = interval is not None and point.share.total >= COUNTS_ONLY_UNDER
        return QPointF(self._x(interval.value if interval is not None and enough else 0.0), self._y(point))

    def paint_around(self, painter: QPainter) -> None:
        """The axis, the subgroups' names, and counts of too few lesions."""
        tokens, bottom = current(), self.height() - _BOTTOM_PX
        for tick in _TICKS:
            painter.setPen(QPen(QColor(tokens.hairline), 1))
            painter.drawLine(QPointF(self._x(tick), _TOP_PX), QPointF(self._x(tick), bottom))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(
                QRectF(self._x(tick) - 28, bottom + 4, 56, 16), Qt.AlignmentFlag.AlignHCenter, percent(tick)
            )
        painter.setPen(QColor(tokens.text))
        measured = QFontMetricsF(painter.font())
        for row, name in enumerate(self._names()):
            room = QRectF(0, self._row_y(row) - 9, _NAMES_PX - 8, 18)
            shown = measured.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def paint_interval(self, painter: QPainter, point: Point) -> None:
        """Level, through the point; the counts where these are all there is."""
        interval, y = point.share.interval, self._y(point)
        if point.share.total < COUNTS_ONLY_UNDER or interval is None:
            painter.setPen(QColor(current().muted))
            room = QRectF(self._x(0) + 12, y - 9, 160, 18)
            words = counts(point.share) if point.share.total else self.tr("none")
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        elif interval.low is not None and interval.high is not None:
            painter.drawLine(QPointF(self._x(interval.low), y), QPointF(self._x(interval.high), y))

    def _names(self) -> list[str]:
        return list(dict.fromkeys(point.name for point in self.points))

    def _row_y(self, row: int) -> float:
        rows = max(1, len(self._names()))
        height = min(1.6 * _ROW_PX, (self.height() - _TOP_PX - _BOTTOM_PX) / rows)
        return _TOP_PX + height * (row + 0.5)

    def _x(self, share: float) -> float:
        return _NAMES_PX + share * (self.width() - _NAMES_PX - _RIGHT_PX)

    def _y(self, point: Point) -> float:
        middle = self._row_y(self._names().index(point.name))
        return middle + (_HALF_GAP_PX if point.reader in READERS[1:] else -_HALF_GAP_PX)
