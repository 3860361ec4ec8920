"""The report's typeface, and what of a text it can print."""

import unicodedata
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from skindesk.system.paths import bundled

PLAIN, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MOST_PER_EM = 8
"""No word has more letters in the width of its size."""
_DROPPED = frozenset({"Cc", "Cf"})
"""Controls and marks that have no shape of their own, such as those that turn the direction of writing."""
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
"""The typeface has some of these letters, but they would stand in the wrong order and unjoined."""


@cache
def register() -> frozenset[int]:
    """Make the typeface known to reportlab, once; returns the code points that both of its weights have."""
    covered = []
    for name in (PLAIN, BOLD):
        font = TTFont(name, bundled("resources", "fonts", f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        covered.append(frozenset(font.face.charToGlyph))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    return covered[0] & covered[1]


class PrintableText:
    """Makes texts printable: what the typeface lacks is shown as �, and noted in `replaced`."""

    def __init__(self) -> None:
        self._covered = register()
        self.replaced: set[str] = set()

    def __call__(self, text: str) -> str:
        """The text composed (NFC), with line breaks, without other controls."""
        lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
        return "".join(map(self._printable, lines))

    def width(self, text: str, font: str, size_pt: float) -> float:
        """How wide a printable line is, in points."""
        return float(pdfmetrics.stringWidth(text, font, size_pt))

    def fitted(self, text: str, font: str, size_pt: float, width_pt: float) -> str:
        """One printable line that is no wider than this; what does not fit ends in an ellipsis."""
        line = " ".join(self(text).split())
        if self.width(line, font, size_pt) <= width_pt:
            return line
        line = line[: int(width_pt / size_pt * _MOST_PER_EM)]
        while line and self.width(f"{line}…", font, size_pt) > width_pt:
            line = line[:-1]
        return f"{line.rstrip()}…"

    def _printable(self, character: str) -> str:
        if character == "\n":
            return character
        if unicodedata.category(character) in _DROPPED:
            return ""
        if ord(character) in self._covered and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT:
            return character
        self.replaced.add(character)
        return REPLACEMENT
