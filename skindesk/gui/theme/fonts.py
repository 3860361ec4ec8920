"""The system's interface font, with figures of equal width where numbers stand; the stylesheet has all its sizes."""

from PySide6.QtGui import QFont, QFontDatabase

BODY_PX, SECONDARY_PX = 13, 12

_PLAIN_FALLBACKS = frozenset({"Sans", "Sans Serif", "Sans-Serif", "DejaVu Sans"})
"""What Qt names where no desktop has chosen an interface font."""


def body_font() -> QFont:
    """The system's interface font at body size; Inter where a minimal system has chosen none."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if font.family() in _PLAIN_FALLBACKS:
        font.setFamilies(["Inter", font.family()])
    font.setPixelSize(BODY_PX)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def tabular(font: QFont, size_px: int | None = None, weight: QFont.Weight | None = None) -> QFont:
    """A copy whose figures are all equally wide, so that columns of numbers line up."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    if size_px is not None:
        copy.setPixelSize(size_px)
    if weight is not None:
        copy.setWeight(weight)
    return copy
