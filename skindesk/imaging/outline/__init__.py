"""Where a lesion ends: traced where that is sure, proposed where it is not, or drawn by hand."""

from skindesk.imaging.outline.drawn import MOST_POINTS, outline_from_points
from skindesk.imaging.outline.proposing import propose_outline
from skindesk.imaging.outline.tracing import trace_outline
from skindesk.imaging.outline.values import NoOutline, Outline, Point, Points, ProposedOutline

__all__ = [
    "MOST_POINTS",
    "NoOutline",
    "Outline",
    "Point",
    "Points",
    "ProposedOutline",
    "outline_from_points",
    "propose_outline",
    "trace_outline",
]
