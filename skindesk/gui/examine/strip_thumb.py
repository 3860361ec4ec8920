"""One picture of the strip as a button, which can be taken out again."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QFont, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from skindesk.gui.examine.strip_item import THUMB, StripItem, item_line, kind_letter, state_icon
from skindesk.gui.theme import current, icon, tabular
from skindesk.gui.widgets.words import translate

SIZE = QSize(THUMB.width() + 4, THUMB.height() + 10)
_RADIUS_PX, _BADGE_PX, _CROSS_PX, _BAR_PX = 6, 18, 20, 4
NUMBERED = 9
"""So many pictures have a key of their own, Alt and their number."""
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class StripThumb(QAbstractButton):
    """The picture with its kind and state in the corners; a bar below it says that it is the chosen one."""

    removed = Signal()
    """The user wants the picture out of the examination."""
    stepped = Signal(int)
    """The user goes so many pictures on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = StripItem("")
        self.setFixedSize(SIZE)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.cross = _Cross(self)
        self.cross.clicked.connect(self.removed)

    def show_item(self, item: StripItem, number: int, count: int, chosen: bool) -> None:
        """Show a picture, the so many of so many. Only the chosen one is reached with Tab, the others from there."""
        self._item = item
        self.setChecked(chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)
        line = item_line(item, number, count)
        self.setAccessibleName(line)
        self.setToolTip(f"{line}\n{self._keys(number)}")
        self.cross.setAccessibleName(translate("strip", "Take {name} out").format(name=item.name))
        self.update()

    def nextCheckState(self) -> None:
        """The page decides which picture is the chosen one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the picture out, arrow keys go to its neighbours."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key in _STEPS:
            self.stepped.emit(_STEPS[key])
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer to take it out."""
        super().enterEvent(event)
        self.cross.show()

    def leaveEvent(self, event: QEvent) -> None:
        """Leave the picture alone."""
        super().leaveEvent(event)
        self.cross.setVisible(self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Offer to take it out."""
        super().focusInEvent(event)
        self.cross.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave the picture alone."""
        super().focusOutEvent(event)
        self.cross.setVisible(self.underMouse())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, its corners, and the bar where it is the chosen one."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(2, 2, THUMB.width(), THUMB.height())
        self._paint_picture(painter, frame)
        corner = QRectF(frame.left() + 3, frame.bottom() - _BADGE_PX - 3, _BADGE_PX, _BADGE_PX)
        if self._item.kind is not None:
            self._paint_kind(painter, corner, kind_letter(self._item.kind))
        if self._item.image is not None:
            corner.moveRight(frame.right() - 3)
            self._paint_state(painter, corner)
        if self.isChecked():
            self._paint_bar(painter, frame)
        if self.hasFocus() or self.isChecked():
            painter.setPen(QPen(QColor(current().accent if self.hasFocus() else current().text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        painter.end()

    def _keys(self, number: int) -> str:
        if number > NUMBERED:
            return translate("strip", "Delete takes it out.")
        return translate("strip", "Alt+{number} shows it, Delete takes it out.").format(number=number)

    def _paint_picture(self, painter: QPainter, frame: QRectF) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        painter.fillPath(outline, QColor(current().canvas))
        if self._item.image is not None:
            painter.setClipPath(outline)
            painter.drawImage(frame, self._item.image)
            painter.setClipping(False)
        else:
            room = QRectF(0, 0, 24, 24)
            room.moveCenter(frame.center())
            icon(state_icon(self._item.state), "on_canvas").paint(painter, room.toRect())

    def _paint_kind(self, painter: QPainter, room: QRectF, letter: str) -> None:
        _paint_ground(painter, room)
        painter.setPen(QColor(current().on_canvas))
        painter.setFont(tabular(self.font(), 11, QFont.Weight.DemiBold))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_state(self, painter: QPainter, room: QRectF) -> None:
        _paint_ground(painter, room)
        icon(state_icon(self._item.state), "on_canvas").paint(painter, room.adjusted(2, 2, -2, -2).toRect())

    def _paint_bar(self, painter: QPainter, frame: QRectF) -> None:
        bar = QRectF(frame.left(), self.height() - _BAR_PX, frame.width(), _BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current().accent))
        painter.drawRoundedRect(bar, _BAR_PX / 2, _BAR_PX / 2)


class _Cross(QAbstractButton):
    """In a picture's corner while the pointer or the keyboard is on it; the keyboard has Delete instead."""

    def __init__(self, thumb: StripThumb) -> None:
        super().__init__(thumb)
        self.setGeometry(QRect(thumb.width() - _CROSS_PX - 4, 4, _CROSS_PX, _CROSS_PX))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(translate("strip", "Take it out of this examination (Delete)"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A cross on dark ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current().on_canvas), 1.5 if self.underMouse() else 0))
        painter.setBrush(QColor(current().canvas))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor(current().on_canvas), 1.5))
        middle, arm = QPointF(_CROSS_PX / 2, _CROSS_PX / 2), _CROSS_PX / 5
        for slope in (1, -1):
            offset = QPointF(arm, slope * arm)
            painter.drawLine(middle - offset, middle + offset)
        painter.end()


def _paint_ground(painter: QPainter, room: QRectF) -> None:
    ground = QColor(current().canvas)
    ground.setAlphaF(0.85)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(room, 4, 4)
