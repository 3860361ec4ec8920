"""What the page's plots have in common: points that the pointer and the keyboard reach, and that open their cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from skindesk.domain.insights import Cases, Reader, Share
from skindesk.gui.theme import current, notifier, tabular
from skindesk.gui.theme.fonts import SECONDARY_PX
from skindesk.gui.widgets.spoken_role import Spoken, speak_as

RADIUS_PX = 5.0
_NEAR_PX = 14.0
_SIZE_PX = QSize(300, 264)


@dataclass(frozen=True)
class Point:
    """One share of a plot: whose, under which name, and where on the axis it was measured."""

    reader: Reader
    name: str
    share: Share
    words: str
    """The whole point in a sentence, for the tool tip, screen readers and the list of its cases."""
    x: float = 0.0

    @property
    def cases(self) -> Cases:
        """The cases behind it."""
        return self.share.cases


class Plot(QWidget):
    """Points in the theme's colours. The arrow keys walk, Enter and a click open the cases.

    A subclass says where each point is and paints what stands around them.
    """

    cases_wanted = Signal(object, str)
    """The user wants to see these Cases, of which this is to be said."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._points: tuple[Point, ...] = ()
        self._chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        speak_as(self, Spoken.CHART)
        notifier().changed.connect(self.update)

    @property
    def points(self) -> tuple[Point, ...]:
        """What is shown."""
        return self._points

    def show_points(self, points: Sequence[Point]) -> None:
        """Show these in the place of the last ones."""
        self._points = tuple(points)
        self._chosen = min(self._chosen, max(0, len(points) - 1))
        self._describe()
        self.updateGeometry()
        self.update()

    def place(self, point: Point) -> QPointF:
        """Where a point is, in pixels."""
        raise NotImplementedError

    def paint_around(self, painter: QPainter) -> None:
        """Paint the axes."""
        raise NotImplementedError

    def paint_interval(self, painter: QPainter, point: Point) -> None:
        """Paint a point's interval."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        """Enough to read it."""
        return _SIZE_PX

    def minimumSizeHint(self) -> QSize:
        """Never less than what can be read."""
        return _SIZE_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, intervals and points, and a ring around the chosen one while the keyboard is here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small())
        self.paint_around(painter)
        for point in self._points:
            painter.setPen(QPen(QColor(colour_of(point.reader)), 1.6))
            self.paint_interval(painter, point)
        for place, point in enumerate(self._points):
            paint_mark(painter, self.place(point), point.reader)
            if self.hasFocus() and place == self._chosen:
                painter.setPen(QPen(QColor(current().accent), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(self.place(point), RADIUS_PX + 5, RADIUS_PX + 5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys, Home and End; Enter and Space open the chosen point's cases."""
        key, last = event.key(), len(self._points) - 1
        steps = {
            Qt.Key.Key_Right: self._chosen + 1,
            Qt.Key.Key_Down: self._chosen + 1,
            Qt.Key.Key_Left: self._chosen - 1,
            Qt.Key.Key_Up: self._chosen - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if not self._points:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self._points[self._chosen])
        elif key in steps:
            self._choose(max(0, min(last, steps[Qt.Key(key)])))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a point opens its cases."""
        place = self._near(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)
            self._open(self._points[place])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a point can be clicked."""
        over = self._near(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """The tool tip is that of the point below the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._near(QPointF(event.pos()))
            if place is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._points[place].words, self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the chosen point."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show none."""
        super().focusOutEvent(event)
        self.update()

    def small(self) -> QFont:
        """The type of the axes."""
        return tabular(self.font(), SECONDARY_PX)

    def _open(self, point: Point) -> None:
        self.cases_wanted.emit(point.cases, point.words)

    def _choose(self, place: int) -> None:
        self._chosen = place
        self._describe()
        point = self._points[place]
        if self.hasFocus():
            QToolTip.showText(self.mapToGlobal(self.place(point).toPoint()), point.words, self)
        self.update()

    def _describe(self) -> None:
        chosen = self._points[self._chosen].words if self._points else ""
        self.setAccessibleDescription(chosen)

    def _near(self, position: QPointF) -> int | None:
        """The point at a position, if there is one."""
        apart = [(position - self.place(point)).manhattanLength() for point in self._points]
        nearest = min(range(len(apart)), key=apart.__getitem__, default=None)
        return nearest if nearest is not None and apart[nearest] <= _NEAR_PX else None


def colour_of(reader: Reader) -> str:
    """A reader's colour; its mark has a shape of its own, too."""
    return current().accent if reader in (Reader.NETWORK, Reader.NETWORK_SUM) else current().premalignant


def paint_mark(painter: QPainter, at: QPointF, reader: Reader) -> None:
    """A disc for the network, a square for clinicians."""
    painter.setPen(QPen(QColor(current().surface), 1.5))
    painter.setBrush(QColor(colour_of(reader)))
    if reader in (Reader.NETWORK, Reader.NETWORK_SUM):
        painter.drawEllipse(at, RADIUS_PX, RADIUS_PX)
    else:
        painter.drawRect(QRectF(at.x() - RADIUS_PX, at.y() - RADIUS_PX, 2 * RADIUS_PX, 2 * RADIUS_PX))
