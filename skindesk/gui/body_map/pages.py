"""What stands together on one page of the body map, and how a page is painted."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

from skindesk.domain.body import BodyFigure, BodyRegion
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.gui.theme import Tokens
from skindesk.imaging.body_map import BodyColours, drawing, point_of, position_at, recoloured, region_on


@dataclass(frozen=True)
class Page:
    """Views beside and below each other, `columns` in a row, each with its own words where there are several."""

    name: str
    views: tuple[BodyView, ...]
    columns: int = 1
    captions: tuple[str, ...] = ()

    def places(self, figure: BodyFigure) -> Iterator[tuple[BodyView, QRectF]]:
        """Each view with its rectangle in the page's units."""
        for index, view in enumerate(self.views):
            drawn = drawing(figure, view)
            row, column = divmod(index, self.columns)
            yield view, QRectF(column * drawn.width, row * drawn.height, drawn.width, drawn.height)

    def size(self, figure: BodyFigure) -> QSizeF:
        """The page's width and height in its units."""
        whole = QRectF()
        for _, place in self.places(figure):
            whole = whole.united(place)
        return whole.size()

    def point_of(self, figure: BodyFigure, position: BodyPosition) -> QPointF | None:
        """Where a position lies on the page; None where its view is on another."""
        for view, place in self.places(figure):
            if view is position.view:
                return place.topLeft() + QPointF(*point_of(figure, position))
        return None

    def position_at(self, figure: BodyFigure, point: QPointF) -> tuple[BodyPosition, BodyRegion] | None:
        """The position at a place of the page, with its region; None beside the body."""
        for view, place in self.places(figure):
            if place.contains(point):
                within = point - place.topLeft()
                there = (within.x(), within.y())
                region = region_on(drawing(figure, view), there)
                return None if region is None else (position_at(figure, view, there), region)
        return None

    def paint(self, painter: QPainter, figure: BodyFigure, colours: BodyColours) -> None:
        """Draw every view in the page's units."""
        for view, place in self.places(figure):
            _renderer(figure, view, colours).render(painter, place)


FRONT = Page("Front", (BodyView.FRONT,))
BACK = Page("Back", (BodyView.BACK,))
LEFT = Page("Left", (BodyView.LEFT_SIDE,))
RIGHT = Page("Right", (BodyView.RIGHT_SIDE,))
HEAD = Page(
    "Head",
    (BodyView.HEAD_FRONT, BodyView.HEAD_BACK, BodyView.HEAD_RIGHT, BodyView.HEAD_LEFT),
    columns=2,
    captions=("Front", "Back", "Right", "Left"),
)
HANDS = Page("Hands", (BodyView.PALMS, BodyView.HANDS_BACK), captions=("Palms", "Backs"))
FEET = Page("Feet", (BodyView.FEET_BACK, BodyView.SOLES), captions=("Backs", "Soles"))
PAGES = (FRONT, BACK, LEFT, RIGHT, HEAD, HANDS, FEET)


def page_of(view: BodyView) -> Page:
    """The page on which a view stands."""
    return next(page for page in PAGES if view in page.views)


def body_colours(tokens: Tokens) -> BodyColours:
    """What the body is painted with in a theme."""
    return BodyColours(
        skin=tokens.raised,
        seam=_between(tokens.raised, tokens.border, 0.3),
        hair=_between(tokens.raised, tokens.border, 0.45),
        shade=_between(tokens.raised, tokens.border, 0.16),
        line=_between(tokens.muted, tokens.border, 0.15),
        detail=_between(tokens.raised, tokens.muted, 0.6),
    )


def silhouette(colour: str, hair: str) -> BodyColours:
    """One colour for the whole body, with another for the hair."""
    return BodyColours(skin=colour, seam=colour, hair=hair, shade=colour, line=colour, detail=colour)


def _between(one: str, other: str, share: float) -> str:
    """A colour that is `share` of the way from one to the other."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(one), _channels(other), strict=True))
    return QColor(*mixed).name()


def _channels(colour: str) -> tuple[int, int, int]:
    shade = QColor(colour)
    return shade.red(), shade.green(), shade.blue()


@cache
def _renderer(figure: BodyFigure, view: BodyView, colours: BodyColours) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(recoloured(drawing(figure, view), colours).encode()))
