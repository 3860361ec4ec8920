"""How lengths and areas read: always with their unit, in millimetres where the scale is known and else in pixels."""

_SPACE = "\u00a0"


def length_words(length_px: float, mm_per_px: float | None) -> str:
    """A length, such as `412 px` or `6.4 mm`."""
    return pixels(length_px) if mm_per_px is None else millimetres(length_px * mm_per_px)


def area_words(area_px: float, mm_per_px: float | None) -> str:
    """An area, such as `133,120 px²` or `32.1 mm²`."""
    return f"{pixels(area_px)}²" if mm_per_px is None else f"{millimetres(area_px * mm_per_px**2)}²"


def pixels(value: float) -> str:
    """Whole pixels."""
    return f"{value:,.0f}{_SPACE}px"


def millimetres(value: float) -> str:
    """Tenths of a millimetre, and hundredths below one."""
    return f"{value:.1f}{_SPACE}mm" if value >= 1 else f"{value:.2f}{_SPACE}mm"
