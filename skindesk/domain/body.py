"""The drawn body: whose figure is shown for a patient, and the regions that have names."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skindesk.domain.case import Sex, Site

_ADULT_FIGURE_FROM_YEARS = 12


class BodyFigure(StrEnum):
    """Whose body is drawn. The neutral adult stands between the male and the female one."""

    MALE = "male"
    FEMALE = "female"
    CHILD = "child"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class BodyRegion:
    """A part of the body's surface; `name` is in words such as "left forearm, front", left being the patient's."""

    key: str
    name: str
    site: Site


def figure_for(sex: Sex, birth_date: date | None, today: date) -> BodyFigure:
    """The figure to draw for a patient: the child below 12 years, else by sex; neutral where that is not known."""
    if birth_date is not None and _years(birth_date, today) < _ADULT_FIGURE_FROM_YEARS:
        return BodyFigure.CHILD
    return {Sex.MALE: BodyFigure.MALE, Sex.FEMALE: BodyFigure.FEMALE}.get(sex, BodyFigure.NEUTRAL)


def _years(birth_date: date, today: date) -> int:
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
