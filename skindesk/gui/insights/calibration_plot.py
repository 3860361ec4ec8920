"""The calibration curve: what the network gave as malignant in sum, and how many of the lesions were."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from skindesk.domain.insights import COUNTS_ONLY_UNDER, Calibration, Reader
from skindesk.gui.insights.plot import Plot, Point
from skindesk.gui.insights.words import counts, share_interval, share_value
from skindesk.gui.theme import current
from skindesk.gui.widgets.words import percent, translate

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 52, 24, 8, 44
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def calibration_points(calibration: Calibration) -> tuple[Point, ...]:
    """A point for each bin; none of too few answers."""
    if len(calibration.cases) < COUNTS_ONLY_UNDER:
        return ()
    words = translate("insights", "{mean} malignant in sum at the mean: {count} were malignant, {share} ({interval})")
    return tuple(
        Point(
            Reader.NETWORK_SUM,
            percent(each.mean_sum),
            each.observed,
            words.format(
                mean=percent(each.mean_sum),
                count=counts(each.observed),
                share=share_value(each.observed),
                interval=share_interval(each.observed),
            ),
            each.mean_sum,
        )
        for each in calibration.bins
    )


class CalibrationPlot(Plot):
    """Both axes from 0 to 1. On the diagonal, the sums mean what they say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Calibration curve"))

    def place(self, point: Point) -> QPointF:
        """By the mean sum and the share that was malignant."""
        interval = point.share.interval
        return self._at(point.x, 0.0 if interval is None else interval.value)

    def paint_around(self, painter: QPainter) -> None:
        """The frame, its ticks and the diagonal."""
        frame, tokens = self._frame(), current()
        for tick in _TICKS:
            painter.setPen(QPen(QColor(tokens.hairline), 1))
            painter.drawLine(self._at(0, tick), self._at(1, tick))
            painter.setPen(QColor(tokens.muted))
            left = QRectF(0, self._at(0, tick).y() - 9, _LEFT_PX - 8, 18)
            painter.drawText(left, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(tick))
            below = QRectF(self._at(tick, 0).x() - 24, frame.bottom() + 4, 48, 16)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, percent(tick))
        painter.setPen(QPen(QColor(tokens.border), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self._at(0, 0), self._at(1, 1))
        painter.setPen(QColor(tokens.muted))
        name = QRectF(frame.left(), frame.bottom() + 22, frame.width(), 18)
        painter.drawText(name, Qt.AlignmentFlag.AlignHCenter, self.tr("Malignant in sum"))

    def paint_interval(self, painter: QPainter, point: Point) -> None:
        """Upright, through the point."""
        interval = point.share.interval
        if interval is not None and interval.low is not None and interval.high is not None:
            painter.drawLine(self._at(point.x, interval.low), self._at(point.x, interval.high))

    def _frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT_PX, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)

    def _at(self, x: float, y: float) -> QPointF:
        frame = self._frame()
        return QPointF(frame.left() + x * frame.width(), frame.bottom() - y * frame.height())
