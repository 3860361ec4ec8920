"""The drawn body itself: it is zoomed and moved, and its pins are placed, dragged and chosen."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from skindesk.domain.body import BodyFigure
from skindesk.domain.body_position import BodyPosition
from skindesk.gui.body_map.camera import Camera
from skindesk.gui.body_map.mark import BodyMark, Pin
from skindesk.gui.body_map.pages import FRONT, Page, body_colours, page_of
from skindesk.gui.theme import body_font, current, notifier
from skindesk.gui.widgets.spoken_role import Spoken, speak_as
from skindesk.imaging.body_map import drawing

_ZOOM_STEP = 1.25
_STEP_PX, _FINE_STEP_PX = 12.0, 2.0
_NARROW_PX = 420
"""Below this width pins are small."""
_CURSOR_PX = 9.0
_CORNER_PX = 8.0


class BodyCanvas(QWidget):
    """One page of the body with its pins."""

    placed = Signal(object)
    """A BodyPosition was clicked, or taken with Enter, while placing."""
    moved = Signal(int, object)
    """A mark's key, and the BodyPosition to which it was dragged."""
    selected = Signal(int)
    """A mark was chosen by the user."""
    opened = Signal(int)
    """A mark was double-clicked, or Enter was pressed on it."""
    pointed = Signal(str)
    """What is under the pointer or the placing cursor, in words; empty beside the body."""
    page_changed = Signal(object)
    """Another Page is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 260)
        speak_as(self, Spoken.PICTURE)
        self._figure = BodyFigure.NEUTRAL
        self._page = FRONT
        self._camera = Camera()
        self._camera.look_at(self._page.size(self._figure))
        self._marks: tuple[BodyMark, ...] = ()
        self._chosen: int | None = None
        self._placing = False
        self._cursor = self._page_middle()
        self._region_key: str | None = None
        self._pressed_at: QPointF | None = None
        self._held: BodyMark | None = None
        self._grip = QPointF()
        self._dragged_to: QPointF | None = None
        self._panning = False
        self._body: QPixmap | None = None
        notifier().changed.connect(self._redraw)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._page

    @property
    def placing(self) -> bool:
        """Whether a click on the body places a lesion."""
        return self._placing

    @property
    def zoom(self) -> float:
        """How much larger the body is than when it fits."""
        return self._camera.zoom

    def show_figure(self, figure: BodyFigure) -> None:
        """Draw another figure; the marks stay on their places of the body."""
        self._figure = figure
        self._look_at_page()

    def show_page(self, page: Page) -> None:
        """Show another page, whole."""
        if page is not self._page:
            self._page = page
            self._look_at_page()
            self.page_changed.emit(page)

    def show_marks(self, marks: Sequence[BodyMark]) -> None:
        """Show these marks and no others."""
        self._marks = tuple(marks)
        self._let_go()
        if self._chosen not in [mark.key for mark in self._marks]:
            self._chosen = None
        self.update()

    def select(self, key: int | None) -> None:
        """Highlight a mark and bring it into view; None highlights none."""
        self._chosen = key
        mark = self._chosen_mark()
        if mark is not None:
            self.show_page(page_of(mark.position.view))
            self._camera.reveal(self._place(mark))
            self._redraw()
        self.update()

    def set_placing(self, placing: bool) -> None:
        """Let clicks place a lesion, or no longer."""
        self._placing = placing
        self._cursor = self._page_middle()
        if placing:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self._point_at(self._cursor if placing else None)

    def pin(self, key: int) -> Pin:
        """The pin of a mark of this page. Raises KeyError where there is none."""
        for mark in self._shown():
            if mark.key == key:
                return self._pin(mark)
        raise KeyError(key)

    def to_widget(self, position: BodyPosition) -> QPointF:
        """Where a position of this page lies on the widget. Raises KeyError for another page's."""
        point = self._page.point_of(self._figure, position)
        if point is None:
            raise KeyError(position.view)
        return self._camera.to_widget(point)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom at a point of the widget, or at its middle."""
        self._camera.zoom_at(QRectF(self.rect()).center() if at is None else at, factor)
        self._redraw()

    def fit(self) -> None:
        """Show the whole page again."""
        self._camera.fit()
        self._redraw()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the body, the region that is pointed at, the pins, the cursor and the focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._body is None:
            self._body = self._painted_body()
        painter.drawPixmap(0, 0, self._body)
        self._paint_region(painter)
        for mark in sorted(self._shown(), key=lambda mark: mark.key == self._chosen):
            self._pin(mark).paint(painter, mark.label, mark.state, current())
        if self._placing and self.hasFocus():
            self._paint_cursor(painter, self._camera.to_widget(self._cursor))
        if self.hasFocus():
            painter.setPen(QPen(QColor(current().accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _CORNER_PX, _CORNER_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep showing the same part."""
        super().resizeEvent(event)
        self._camera.resize(QSizeF(self.size()))
        self._redraw()

    def _painted_body(self) -> QPixmap:
        """The part of the page that is seen, without anything that moves."""
        ratio = self.devicePixelRatioF()
        made = QPixmap((QSizeF(self.size()) * ratio).toSize())
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER_PX, _CORNER_PX)
        painter.fillPath(ground, QColor(current().surface))
        painter.strokePath(ground, QPen(QColor(current().hairline), 1))
        painter.setClipPath(ground)
        self._to_page(painter)
        self._page.paint(painter, self._figure, body_colours(current()))
        painter.end()
        self._paint_captions(made)
        return made

    def _paint_captions(self, made: QPixmap) -> None:
        painter = QPainter(made)
        painter.setFont(body_font())
        painter.setPen(QColor(current().muted))
        for (_, place), words in zip(self._page.places(self._figure), self._page.captions, strict=False):
            top = self._camera.to_widget(QPointF(place.center().x(), place.top()))
            painter.drawText(QRectF(top.x() - 60, top.y(), 120, 18), Qt.AlignmentFlag.AlignCenter, self.tr(words))
        painter.end()

    def _paint_region(self, painter: QPainter) -> None:
        if self._region_key is None:
            return
        for view, place in self._page.places(self._figure):
            for each in drawing(self._figure, view).regions:
                if f"{view}/{each.region.key}" == self._region_key:
                    painter.save()
                    self._to_page(painter)
                    tint = QColor(current().accent)
                    tint.setAlphaF(0.22)
                    painter.setBrush(tint)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.drawPolygon([place.topLeft() + QPointF(x, y) for x, y in each.outline])
                    painter.restore()

    def _paint_cursor(self, painter: QPainter, at: QPointF) -> None:
        for colour, width in ((current().surface, 4), (current().accent, 2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, _CURSOR_PX, _CURSOR_PX)
            for way in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
                painter.drawLine(at + way * _CURSOR_PX * 0.4, at + way * _CURSOR_PX * 1.6)

    def _to_page(self, painter: QPainter) -> None:
        painter.translate(self._camera.to_widget(QPointF()))
        painter.scale(self._camera.scale, self._camera.scale)

    # The pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_by(_ZOOM_STEP**turns, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a pin, or of the body."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed_at = event.position()
        self._held = self._mark_at(event.position())
        if self._held is not None:
            self._grip = self._pin(self._held).tip - event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a pin or the body; otherwise tell what is under the pointer."""
        at = event.position()
        if self._pressed_at is None:
            self._hover(at)
        elif self._held is not None:
            if self._dragged_to is not None or self._far_from_press(at):
                self._dragged_to = at + self._grip
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._point_at(self._camera.to_page(self._dragged_to))
        elif self._panning or self._far_from_press(at):
            self._panning = True
            self._camera.pan(at - self._pressed_at)
            self._pressed_at = at
            self._redraw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, choose a pin, or place a lesion."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        held, dropped, panned = self._held, self._dragged_to, self._panning
        self._let_go()
        if held is not None:
            self._released(held, dropped)
        elif self._placing and not panned:
            self._place_at(self._camera.to_page(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a pin, or show the whole page again."""
        mark = self._mark_at(event.position())
        if mark is not None:
            self.opened.emit(mark.key)
        elif not self._placing:
            self.fit()

    def leaveEvent(self, event: object) -> None:
        """Nothing is pointed at any more."""
        if not self._placing:
            self._point_at(None)

    def _released(self, mark: BodyMark, dropped: QPointF | None) -> None:
        if dropped is None:
            self._choose(mark.key)
            return
        found = self._page.position_at(self._figure, self._camera.to_page(dropped))
        if found is not None:
            self.moved.emit(mark.key, found[0])

    def _hover(self, at: QPointF) -> None:
        mark = self._mark_at(at)
        self._point_at(self._camera.to_page(at))
        if mark is not None:
            self._tell(mark.words)
        if not self._placing:
            self.setCursor(Qt.CursorShape.ArrowCursor if mark is None else Qt.CursorShape.PointingHandCursor)

    def _far_from_press(self, at: QPointF) -> bool:
        assert self._pressed_at is not None
        return (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()

    def _let_go(self) -> None:
        self._pressed_at, self._held, self._dragged_to, self._panning = None, None, None, False
        self.setCursor(Qt.CursorShape.CrossCursor if self._placing else Qt.CursorShape.ArrowCursor)
        self.update()

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the placing cursor, go through the marks, place, open and zoom."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self._dragged_to is not None:
            self._let_go()
            self._point_at(None)
            return
        act = self._placing_keys(event).get(key) if self._placing else self._choosing_keys().get(key)
        act = act or self._zoom_keys().get(key)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring and the cursor."""
        super().focusInEvent(event)
        self.update()

    def _placing_keys(self, event: QKeyEvent) -> "dict[Qt.Key, partial[None]]":
        step = _FINE_STEP_PX if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_PX
        return {
            Qt.Key.Key_Left: partial(self._move_cursor, QPointF(-step, 0)),
            Qt.Key.Key_Right: partial(self._move_cursor, QPointF(step, 0)),
            Qt.Key.Key_Up: partial(self._move_cursor, QPointF(0, -step)),
            Qt.Key.Key_Down: partial(self._move_cursor, QPointF(0, step)),
            Qt.Key.Key_Return: partial(self._place_at_cursor),
            Qt.Key.Key_Enter: partial(self._place_at_cursor),
        }

    def _choosing_keys(self) -> "dict[Qt.Key, partial[None]]":
        return {
            Qt.Key.Key_Left: partial(self._choose_next, -1),
            Qt.Key.Key_Right: partial(self._choose_next, 1),
            Qt.Key.Key_Return: partial(self._open_chosen),
            Qt.Key.Key_Enter: partial(self._open_chosen),
        }

    def _zoom_keys(self) -> "dict[Qt.Key, partial[None]]":
        return {
            Qt.Key.Key_Plus: partial(self.zoom_by, _ZOOM_STEP),
            Qt.Key.Key_Equal: partial(self.zoom_by, _ZOOM_STEP),
            Qt.Key.Key_Minus: partial(self.zoom_by, 1 / _ZOOM_STEP),
            Qt.Key.Key_0: partial(self.fit),
        }

    def _move_cursor(self, by_px: QPointF) -> None:
        size = self._page.size(self._figure)
        moved = self._cursor + by_px / self._camera.scale
        self._cursor = QPointF(min(max(moved.x(), 0.0), size.width()), min(max(moved.y(), 0.0), size.height()))
        self._camera.reveal(self._cursor)
        self._redraw()
        self._point_at(self._cursor)

    def _place_at_cursor(self) -> None:
        self._place_at(self._cursor)

    def _place_at(self, point: QPointF) -> None:
        found = self._page.position_at(self._figure, point)
        if found is not None:
            self._cursor = point
            self.placed.emit(found[0])

    def _choose_next(self, by: int) -> None:
        keys = [mark.key for mark in self._marks]
        if keys:
            index = keys.index(self._chosen) + by if self._chosen in keys else (0 if by > 0 else -1)
            self._choose(keys[index % len(keys)])

    def _open_chosen(self) -> None:
        if self._chosen is not None:
            self.opened.emit(self._chosen)

    # What is where

    def _choose(self, key: int) -> None:
        self.select(key)
        mark = self._chosen_mark()
        if mark is not None:
            self._tell(mark.words)
        self.selected.emit(key)

    def _chosen_mark(self) -> BodyMark | None:
        return next((mark for mark in self._marks if mark.key == self._chosen), None)

    def _shown(self) -> list[BodyMark]:
        """The marks of this page."""
        return [mark for mark in self._marks if mark.position.view in self._page.views]

    def _mark_at(self, point: QPointF) -> BodyMark | None:
        over = [mark for mark in self._shown() if self._pin(mark).holds(point)]
        return next((mark for mark in over if mark.key == self._chosen), over[-1] if over else None)

    def _pin(self, mark: BodyMark) -> Pin:
        dragged = self._held is mark and self._dragged_to is not None
        tip = self._dragged_to if dragged and self._dragged_to else self._camera.to_widget(self._place(mark))
        return Pin(tip, self.width() < _NARROW_PX, mark.key == self._chosen)

    def _place(self, mark: BodyMark) -> QPointF:
        point = self._page.point_of(self._figure, mark.position)
        assert point is not None, "only marks of this page have a place on it"
        return point

    def _page_middle(self) -> QPointF:
        size = self._page.size(self._figure)
        return QPointF(size.width() / 2, size.height() * 0.3)

    def _point_at(self, point: QPointF | None) -> None:
        """Tint and tell the region at a place of the page."""
        found = None if point is None else self._page.position_at(self._figure, point)
        self._region_key = None if found is None else f"{found[0].view}/{found[1].key}"
        self._tell("" if found is None else found[1].name)
        self.update()

    def _tell(self, words: str) -> None:
        self.setAccessibleDescription(words)
        self.pointed.emit(words)

    def _look_at_page(self) -> None:
        self._camera.look_at(self._page.size(self._figure))
        self._cursor = self._page_middle()
        self._point_at(self._cursor if self._placing else None)
        self._redraw()

    def _redraw(self) -> None:
        """Paint the body again: its size, place, figure or colours are others."""
        self._body = None
        self.update()
