"""Words and numbers that the window and the report must say alike."""

import math
from collections.abc import Iterable
from datetime import date

from skindesk.domain.case import Patient
from skindesk.domain.measurement import Measurement
from skindesk.domain.quality import QualityIssue

INTENDED_USE = "Decision support for research and second opinion. Not a cleared medical device."

NO_SUPPORT_BELOW = 0.05
"""A malignant sum under this reads as "no support for malignancy". It chooses words only: the sum is always shown."""


_REMARKED = {
    QualityIssue.NO_SKIN: "no skin to be seen",
    QualityIssue.BLURRED: "out of focus",
    QualityIssue.UNDEREXPOSED: "underexposed",
    QualityIssue.OVEREXPOSED: "overexposed",
    QualityIssue.GLARE: "glare",
    QualityIssue.COLOUR_CAST: "colour cast",
    QualityIssue.HAIR: "hair",
    QualityIssue.RULER: "ruler",
    QualityIssue.PEN: "pen marks",
    QualityIssue.BUBBLES: "bubbles",
    QualityIssue.CUT_OFF: "lesion cut off",
    QualityIssue.TOO_SMALL: "lesion small in the frame",
}


def remarks(issues: Iterable[QualityIssue]) -> str:
    """What was remarked on a picture's quality, in a few words; empty where nothing was."""
    return ", ".join(_REMARKED[issue] for issue in issues)


def size_words(measurement: Measurement) -> str:
    """How large a lesion is: in millimetres where the scale of its picture is known."""
    diameter, area = measurement.diameter_mm, measurement.area_mm2
    if diameter is None or area is None:
        return f"diameter {measurement.diameter_px:.0f}\u00a0px, no scale"
    return f"diameter {diameter:.1f}\u00a0mm, area {area:.1f}\u00a0mm²"


def percent(probability: float) -> str:
    """A probability in whole percent; what is not quite 0 or 1 never reads as 0 % or 100 %."""
    if 0 < probability <= 0.005:  # 0.5 % rounds to the even 0 %
        return "<\u20091\u00a0%"
    if 0.995 <= probability < 1:
        return ">\u200999\u00a0%"
    return f"{probability * 100:.0f}\u00a0%"


def patient_name(patient: Patient) -> str:
    """FAMILY NAME, Given; the identifier where no name is known."""
    details = patient.details
    parts = [details.family_name.strip().upper(), details.given_name.strip()]
    return ", ".join(part for part in parts if part) or details.identifier


def age(born: date, on: date) -> int:
    """Whole years between a birth date and a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def novelty_and_limit(novelty: float | None, limit: float | None) -> tuple[str, str]:
    """A novelty and its limit with so many digits that they differ; each is empty where it is not known."""
    if novelty is None or not math.isfinite(novelty):
        return "", ""
    if limit is None:
        return f"{novelty:.3g}", ""
    for digits in range(3, 8):  # "novelty 3.00, limit 3.00" would puzzle
        shown, most = f"{novelty:.{digits}g}", f"{limit:.{digits}g}"
        if shown != most:
            break
    return shown, most


def lead_and_limit(lead: float, limit: float | None) -> tuple[str, str]:
    """A lead of 0 to 1 and its limit in points of percent, so that they differ; the limit is empty where unknown."""
    digits = 1 if limit is not None and round(lead * 100) >= round(limit * 100) else 0  # "52 is under 52" would puzzle
    return f"{lead * 100:.{digits}f}", "" if limit is None else f"{limit * 100:.{digits}f}"
