"""How a report looks: colours, sizes and paragraphs, on a grid of 4 points."""

import colorsys
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from skindesk.domain.case import Patient
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.paper import Paper
from skindesk.domain.patient_colour import LIGHTNESS, SATURATION, hue_deg
from skindesk.exchange.report.typeface import BOLD, PLAIN, PrintableText

GRID_PT = 4
MARGIN_PT = 12 * GRID_PT
FOOT_PT = 14 * GRID_PT
HEAD_PT = 16 * GRID_PT
"""Room above the text of the second and later pages, whose head names the patient."""

TEXT, MUTED, HAIRLINE, TRACK = HexColor("#17202B"), HexColor("#4A5666"), HexColor("#D8DEE6"), HexColor("#EDF0F4")
ABSTAINED = HexColor("#52278A")
_GROUPS = {
    MalignancyGroup.MALIGNANT: HexColor("#8A1A0C"),
    MalignancyGroup.PREMALIGNANT: HexColor("#80640A"),
    MalignancyGroup.BENIGN: HexColor("#2B67A8"),
}
"""As in the window's light theme; a word always stands beside the colour."""

BODY_PT, SMALL_PT = 9, 8


def _style(name: str, size_pt: int, leading_pt: int, font: str = PLAIN, colour: Color = TEXT, **more: Any) -> Any:
    return ParagraphStyle(
        name, fontName=font, fontSize=size_pt, leading=leading_pt, textColor=colour, splitLongWords=1, **more
    )


BODY = _style("body", BODY_PT, 12)
STRONG = _style("strong", BODY_PT, 12, BOLD)
SMALL = _style("small", SMALL_PT, 12, colour=MUTED)
LABEL = _style("label", BODY_PT, 12, colour=MUTED)
NUMBER = _style("number", BODY_PT, 12, alignment=TA_RIGHT)
SUM = _style("sum", 12, 16, BOLD, alignment=TA_RIGHT)
TITLE = _style("title", 16, 20, BOLD)
SUBTITLE = _style("subtitle", BODY_PT, 12, colour=MUTED)
TITLE_RIGHT = _style("title right", 16, 20, BOLD, alignment=TA_RIGHT)
SUBTITLE_RIGHT = _style("subtitle right", BODY_PT, 12, colour=MUTED, alignment=TA_RIGHT)
NAME = _style("name", 12, 16, BOLD)
SECTION = _style("section", 11, 16, BOLD, spaceBefore=4 * GRID_PT, spaceAfter=GRID_PT, keepWithNext=1)
ABSTENTION = _style("abstention", BODY_PT, 12, BOLD, ABSTAINED)
BULLET = _style("bullet", SMALL_PT, 12, colour=TEXT, leftIndent=2 * GRID_PT, bulletIndent=0)


@dataclass(frozen=True)
class Sheet:
    """A size of paper and the room that text has on it, in points."""

    paper: Paper

    @property
    def size_pt(self) -> tuple[float, float]:
        """Width and height of the paper."""
        width_pt, height_pt = LETTER if self.paper is Paper.LETTER else A4
        return float(width_pt), float(height_pt)

    @property
    def width_pt(self) -> float:
        """How wide text may be."""
        return self.size_pt[0] - 2 * MARGIN_PT


class Typesetter:
    """Turns texts into paragraphs. Nothing in a text is markup: what was typed is printed as it was typed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.printable = PrintableText()

    def text(self, text: str, style: Any = BODY) -> Any:
        """A paragraph, with the text's own line breaks."""
        return Paragraph(escape(self.printable(text)).replace("\n", "<br/>"), style)

    def bullet(self, text: str) -> Any:
        """A paragraph of a list."""
        return Paragraph(escape(self.printable(text)), BULLET, bulletText="•")


def group_colour(group: MalignancyGroup) -> Color:
    """A malignancy group's colour."""
    return _GROUPS.get(group, MUTED)


def patient_colour(patient: Patient) -> Color:
    """The colour of the stripe beside a patient's name."""
    return Color(*colorsys.hls_to_rgb(hue_deg(patient) / 360, LIGHTNESS, SATURATION))
