"""What a report draws: bars of probabilities, and the place of a lesion on the body."""

import io
from datetime import date
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Rect
from reportlab.lib.colors import Color, white
from svglib.svglib import svg2rlg

from skindesk.domain.body import BodyFigure, figure_for
from skindesk.domain.body_position import BodyPosition
from skindesk.domain.case import Patient
from skindesk.exchange.report.style import GRID_PT, TRACK
from skindesk.imaging.body_map import drawing, point_of, region_at

BAR_PT = 2 * GRID_PT
_HATCH_PT = 3.0
_MARK_PT = 4.0


def bar(probability: float, colour: Color, hatched: bool, width_pt: float) -> Any:
    """A probability, 0 to 1, as a bar on its track; hatched where the network gave no answer."""
    made = Drawing(width_pt, BAR_PT)
    made.add(Rect(0, 0, width_pt, BAR_PT, fillColor=TRACK, strokeColor=None))
    filled_pt = max(1.0, width_pt * min(1.0, probability))
    if not hatched:
        made.add(Rect(0, 0, filled_pt, BAR_PT, fillColor=colour, strokeColor=None))
        return made
    made.add(Rect(0.25, 0.25, filled_pt - 0.5, BAR_PT - 0.5, fillColor=None, strokeColor=colour, strokeWidth=0.5))
    at = -BAR_PT + _HATCH_PT
    while at < filled_pt:
        left, right = max(at, 0.0), min(at + BAR_PT, filled_pt)
        made.add(Line(left, left - at, right, right - at, strokeColor=colour, strokeWidth=0.5))
        at += _HATCH_PT
    return made


def figure_of(patient: Patient, today: date) -> BodyFigure:
    """Whose body is drawn for a patient."""
    return figure_for(patient.details.sex, patient.details.birth_date, today)


def region_name(figure: BodyFigure, position: BodyPosition) -> str:
    """The part of the body on which a position lies; empty beside the body."""
    region = region_at(figure, position)
    return "" if region is None else region.name


def body_map(figure: BodyFigure, position: BodyPosition, colour: Color, box_pt: tuple[float, float]) -> Any:
    """The drawing of a body that fits a box, with a lesion's place on it in this colour."""
    drawn = drawing(figure, position.view)
    read: Any = svg2rlg(io.BytesIO(drawn.svg.encode()))
    scale = min(box_pt[0] / read.width, box_pt[1] / read.height)
    width_pt, height_pt = read.width * scale, read.height * scale
    x, y = point_of(figure, position)
    at = (x / drawn.width * width_pt, height_pt - y / drawn.height * height_pt)
    made = Drawing(width_pt, height_pt)
    made.add(Group(*read.contents, transform=(scale, 0, 0, scale, 0, 0)))
    made.add(Circle(*at, _MARK_PT, fillColor=white, strokeColor=colour, strokeWidth=1.5))
    made.add(Circle(*at, _MARK_PT / 2.5, fillColor=colour, strokeColor=None))
    return made
