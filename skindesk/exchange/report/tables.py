"""Rows of a report that stand beside one another, and may go on over the page."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import Table

from skindesk.exchange.report.style import BODY, GRID_PT, HAIRLINE, LABEL, STRONG, Typesetter

_LABEL_PT = 22 * GRID_PT
_STRIPE_PT = 2 * GRID_PT
_PADDED = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2 * GRID_PT),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
]


def rows(cells: Sequence[Sequence[Any]], widths_pt: Sequence[float], style: Sequence[Any] = (), **more: Any) -> Any:
    """A table without lines, of which a row that is longer than the page goes on overleaf."""
    return Table(
        [list(row) for row in cells],
        colWidths=list(widths_pt),
        style=[*_PADDED, *style],
        hAlign="LEFT",
        splitInRow=1,
        **more,
    )


def facts(setter: Typesetter, named: Sequence[tuple[str, str]], width_pt: float, strong: str = "") -> Any:
    """Names on the left, what they are on the right, and the one of the name `strong` stands out.

    What is empty is left out; one at least must not be.
    """
    cells = [
        (setter.text(name, LABEL), setter.text(value, STRONG if name == strong else BODY))
        for name, value in named
        if value.strip()
    ]
    return rows(cells, (_LABEL_PT, width_pt - _LABEL_PT))


def striped(pieces: Sequence[Any], colour: Color, width_pt: float) -> Any:
    """Pieces below one another beside a stripe in a colour."""
    style = [("BACKGROUND", (0, 0), (0, -1), colour), ("LEFTPADDING", (1, 0), (1, -1), 2 * GRID_PT)]
    return rows([("", piece) for piece in pieces], (_STRIPE_PT, width_pt - _STRIPE_PT), style)


def ruled(cells: Sequence[Sequence[Any]], widths_pt: Sequence[float]) -> Any:
    """A table with a head, which every page repeats, and a hairline below each row."""
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, HAIRLINE),
        ("TOPPADDING", (0, 0), (-1, -1), GRID_PT),
        ("BOTTOMPADDING", (0, 0), (-1, -1), GRID_PT),
    ]
    return rows(cells, widths_pt, style, repeatRows=1)
