"""Pins for lesions: what they say, and how they are painted so that a state is never told by colour alone."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from skindesk.domain.body_position import BodyPosition
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.theme import Tokens, body_font, tabular

_RADIUS_PX, _SMALL_RADIUS_PX = 11.0, 8.5
_CHOSEN_SCALE = 1.25
_STEM_RADII = 1.75
"""How far the middle of a pin's head is above its tip."""


@dataclass(frozen=True)
class BodyMark:
    """A lesion on the map. `label` stands in the pin, such as "3"; `words` tell the rest to a screen reader."""

    key: int
    label: str
    position: BodyPosition
    state: LesionState
    words: str


@dataclass(frozen=True)
class Pin:
    """A mark's pin on the widget: its tip lies on the lesion."""

    tip: QPointF
    small: bool
    chosen: bool

    @property
    def radius(self) -> float:
        """Half the width of the head in pixels."""
        return (_SMALL_RADIUS_PX if self.small else _RADIUS_PX) * (_CHOSEN_SCALE if self.chosen else 1.0)

    @property
    def middle(self) -> QPointF:
        """The middle of the head."""
        return self.tip - QPointF(0, _STEM_RADII * self.radius)

    def holds(self, point: QPointF) -> bool:
        """Whether a point is on the head or its stem."""
        away = point - self.middle
        on_stem = abs(away.x()) <= self.radius / 2 and 0 <= away.y() <= _STEM_RADII * self.radius + 2
        return on_stem or QPointF.dotProduct(away, away) <= (self.radius + 1) ** 2

    def paint(self, painter: QPainter, label: str, state: LesionState, tokens: Tokens) -> None:
        """Draw the pin in the colour and shape of a state, ringed where it is chosen."""
        shape = _stem(self.tip, self.middle, self.radius).united(head(state, self.middle, self.radius)).simplified()
        if self.chosen:
            painter.strokePath(shape, _line(tokens.surface, 8))
            painter.strokePath(shape, _line(tokens.text, 5))
        painter.strokePath(shape, _line(tokens.surface, 3))
        fill_state(painter, shape, state, tokens)
        painter.setFont(tabular(body_font(), round(self.radius * (1.05 if len(label) < 3 else 0.85))))
        painter.setPen(QColor(state_text(state, tokens)))
        around = QRectF(-20, -20, 40, 40).translated(self.middle)
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, label)


def head(state: LesionState, middle: QPointF, radius: float) -> QPainterPath:
    """The shape of a state: new round, watched square, biopsy pending a diamond, closed round and hollow."""
    path = QPainterPath()
    if state is LesionState.WATCHED:
        side = radius * 0.92
        path.addRoundedRect(QRectF(-side, -side, 2 * side, 2 * side).translated(middle), radius * 0.3, radius * 0.3)
    elif state is LesionState.BIOPSY_PENDING:
        reach = radius * 1.24
        corners = (QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0))
        path.addPolygon(QPolygonF([middle + corner for corner in corners]))
        path.closeSubpath()
    else:
        path.addEllipse(middle, radius, radius)
    return path


def fill_state(painter: QPainter, shape: QPainterPath, state: LesionState, tokens: Tokens) -> None:
    """Fill a shape as its state is filled: closed is an outline, the others are solid."""
    if state is LesionState.CLOSED:
        painter.fillPath(shape, QColor(tokens.surface))
        painter.strokePath(shape, _line(tokens.muted, 1.6))
    else:
        painter.fillPath(shape, QColor(_colour(state, tokens)))


def state_text(state: LesionState, tokens: Tokens) -> str:
    """The colour of words on a state's shape."""
    return tokens.muted if state is LesionState.CLOSED else tokens.surface


def _colour(state: LesionState, tokens: Tokens) -> str:
    return {
        LesionState.NEW: tokens.accent,
        LesionState.WATCHED: tokens.premalignant,
        LesionState.BIOPSY_PENDING: tokens.malignant,
        LesionState.CLOSED: tokens.muted,
    }[state]


def _stem(tip: QPointF, middle: QPointF, radius: float) -> QPainterPath:
    half = QPointF(radius * 0.55, 0)
    below = middle + QPointF(0, radius * 0.7)
    path = QPainterPath(tip)
    path.lineTo(below + half)
    path.lineTo(below - half)
    path.closeSubpath()
    return path


def _line(colour: str, width: float) -> QPen:
    return QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
