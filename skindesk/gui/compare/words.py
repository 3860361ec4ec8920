"""How an alignment and a measured change read, with their limits."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from skindesk.gui.widgets.words import translate

if TYPE_CHECKING:
    from skindesk.imaging.change import Change, Lesion
    from skindesk.imaging.registration import Alignment

_MINUS, _SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def misfit_words(alignment: "Alignment") -> str:
    """Why two pictures could not be aligned, and what follows."""
    reasons = {
        "too_few_matches": translate("compare", "too few places look alike"),
        "implausible_scale": translate("compare", "the likeliest sizes differ too much to be believed"),
        "too_little_overlap": translate("compare", "they share too little of the skin"),
        "too_little_agreement": translate("compare", "only {part} of the places fit together").format(
            part=_percent(alignment.agreement)
        ),
    }
    words = translate("compare", "The pictures could not be aligned: {why}. They are shown as they are.")
    return words.format(why=reasons[str(alignment.misfit)])


def alignment_words(alignment: "Alignment") -> str:
    """How the later picture was laid on the earlier one."""
    if not alignment.found:
        return misfit_words(alignment)
    words = translate(
        "compare",
        "Aligned: turned by {turn}°, enlarged {scale} times. {part} of the places fit together, off by {off} of the "
        "width on average.",
    )
    turn, off = f"{alignment.rotation_deg:+.0f}".replace("-", _MINUS), f"{100 * alignment.residual:.1f}{_SPACE}%"
    return words.format(turn=turn, scale=f"{alignment.scale:.2f}", part=_percent(alignment.agreement), off=off)


def change_rows(change: "Change") -> list[tuple[str, str, str]]:
    """Area, diameter and colour: the name, the number that matters, and the values it comes from."""
    if isinstance(change.before, str) or isinstance(change.after, str):
        return []
    before, after = change.before, change.after
    return [
        (translate("compare", "Area"), _growth(change.area), _pair(before, after, _area)),
        (translate("compare", "Longest diameter"), _growth(change.diameter), _pair(before, after, _diameter)),
        (translate("compare", "Colour against the skin"), _contrast(change.contrast), _pair(before, after, _colour)),
    ]


def change_limits(change: "Change", error: float) -> list[str]:
    """What a reader of the numbers should know; `error` is that of an area, in parts."""
    missing = _missing_outlines(change)
    if missing:
        return [*missing, translate("compare", "Nothing is measured without both outlines.")]
    told = [
        translate("compare", "The outlines were found by the program: check them (O). Dashed: earlier, solid: later.")
    ]
    if change.measure is None:
        told.append(
            translate("compare", "Sizes are not compared: the pictures are not aligned and their scale is not known.")
        )
    elif change.measure == "skin":
        told.append(
            translate(
                "compare",
                "Sizes are compared by the skin, which the alignment matches. Stretched skin puts them off.",
            )
        )
    else:
        told.append(translate("compare", "Sizes are compared by the scale that is known of each picture."))
    if change.area is not None and abs(change.area) < error:
        words = translate("compare", "A change of area under {error} cannot be told from none.")
        told.append(words.format(error=_percent(error)))
    told.append(translate("compare", "Colour is the difference ΔE (CIEDE2000) of lesion and surrounding skin."))
    return told


def _missing_outlines(change: "Change") -> list[str]:
    reasons = {
        "no_lesion": translate("compare", "no lesion stands out"),
        "too_little_contrast": translate("compare", "it differs too little from the skin"),
        "cut_off": translate("compare", "it goes on beyond the picture"),
        "not_clear": translate("compare", "its border is not clear"),
    }
    earlier = translate("compare", "No outline in the earlier picture: {why}.")
    later = translate("compare", "No outline in the later picture: {why}.")
    sides = ((change.before, earlier), (change.after, later))
    return [words.format(why=reasons[str(found)]) for found, words in sides if isinstance(found, str)]


def _pair(before: "Lesion", after: "Lesion", value: "Callable[[Lesion], str]") -> str:
    values = value(before), value(after)
    return f"{values[0]} → {values[1]}" if all(values) else ""


def _area(lesion: "Lesion") -> str:
    return "" if lesion.area_mm2 is None else f"{lesion.area_mm2:.1f}{_SPACE}mm²"


def _diameter(lesion: "Lesion") -> str:
    return "" if lesion.diameter_mm is None else f"{lesion.diameter_mm:.1f}{_SPACE}mm"


def _colour(lesion: "Lesion") -> str:
    return "" if lesion.contrast is None else f"ΔE{_SPACE}{lesion.contrast:.0f}"


def _growth(growth: float | None) -> str:
    return translate("compare", "not compared") if growth is None else f"{_signed(100 * growth)}{_SPACE}%"


def _contrast(difference: float | None) -> str:
    return translate("compare", "not compared") if difference is None else f"{_signed(difference)}{_SPACE}ΔE"


def _signed(value: float) -> str:
    whole = round(value)
    return "±0" if whole == 0 else f"{whole:+d}".replace("-", _MINUS)


def _percent(part: float) -> str:
    return f"{100 * part:.0f}{_SPACE}%"
