"""The drawn body: whose figure is shown for a patient, and the regions that have names."""

from collections.abc import Iterator
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


_MIDDLE = {
    Site.HEAD_NECK: {
        "face": "face",
        "forehead": "forehead",
        "nose": "nose",
        "mouth": "mouth",
        "chin": "chin",
        "scalp-front": "scalp, front",
        "scalp-back": "scalp, back",
        "neck-front": "neck, front",
        "nape": "nape of the neck",
    },
    Site.ANTERIOR_TORSO: {"pubic-area": "pubic area"},
}
"""The regions across the middle: their names by key and site."""

_PAIRED = {
    Site.HEAD_NECK: {
        "scalp-side": "scalp, {} side",
        "face-side": "face, {} side",
        "forehead-side": "forehead, {} side",
        "temple": "{} temple",
        "temple-front": "{} temple, front",
        "eyelids": "{} eyelids",
        "eyelids-side": "{} eyelids, outer side",
        "nose-side": "nose, {} side",
        "cheek": "{} cheek",
        "cheek-side": "{} cheek, outer side",
        "mouth-side": "mouth, {} side",
        "chin-side": "chin, {} side",
        "jaw": "{} jaw",
        "jaw-side": "{} jaw, outer side",
        "ear": "{} ear",
        "ear-front": "{} ear, front",
        "ear-back": "{} ear, back",
        "neck-side": "neck, {} side",
    },
    Site.UPPER_EXTREMITY: {
        "shoulder-front": "{} shoulder, front",
        "shoulder-side": "{} shoulder, outer side",
        "shoulder-back": "{} shoulder, back",
        "upper-arm-front": "{} upper arm, front",
        "upper-arm-side": "{} upper arm, outer side",
        "upper-arm-back": "{} upper arm, back",
        "elbow-front": "crook of the {} elbow",
        "elbow-side": "{} elbow, outer side",
        "elbow-back": "{} elbow",
        "forearm-front": "{} forearm, front",
        "forearm-side": "{} forearm, outer side",
        "forearm-back": "{} forearm, back",
        "wrist-palm": "{} wrist, palm side",
        "wrist-back": "{} wrist, back",
        "hand-side": "{} hand, outer side",
        "hand-back": "back of the {} hand",
        "thumb-back": "{} thumb, back",
        "index-finger-back": "{} index finger, back",
        "middle-finger-back": "{} middle finger, back",
        "ring-finger-back": "{} ring finger, back",
        "little-finger-back": "{} little finger, back",
    },
    Site.LOWER_EXTREMITY: {
        "hip": "{} hip",
        "thigh-front": "{} thigh, front",
        "thigh-side": "{} thigh, outer side",
        "thigh-back": "{} thigh, back",
        "knee-front": "{} knee",
        "knee-side": "{} knee, outer side",
        "knee-back": "hollow of the {} knee",
        "shin": "{} shin",
        "lower-leg-side": "{} lower leg, outer side",
        "calf": "{} calf",
        "ankle-front": "{} ankle, front",
        "heel": "{} heel, back",
        "foot-side": "{} foot, outer side",
        "foot-top": "back of the {} foot",
        "big-toe-top": "{} big toe, back",
        "second-toe-top": "{} second toe, back",
        "third-toe-top": "{} third toe, back",
        "fourth-toe-top": "{} fourth toe, back",
        "fifth-toe-top": "{} little toe, back",
    },
    Site.ANTERIOR_TORSO: {
        "upper-chest": "{} upper chest",
        "breast": "{} breast",
        "breast-side": "{} breast, outer side",
        "upper-abdomen": "{} upper abdomen",
        "lower-abdomen": "{} lower abdomen",
        "abdomen-side": "{} abdomen, outer side",
    },
    Site.LATERAL_TORSO: {"chest-side": "{} side of the chest", "flank": "{} flank"},
    Site.POSTERIOR_TORSO: {
        "upper-back": "{} upper back",
        "upper-back-side": "{} upper back, outer side",
        "middle-back": "{} middle back",
        "lower-back": "{} lower back",
        "lower-back-side": "{} lower back, outer side",
        "buttock": "{} buttock",
        "buttock-side": "{} buttock, outer side",
    },
    Site.PALMS_SOLES: {
        "hand-palm": "{} palm",
        "thumb-palm": "{} thumb, palm side",
        "index-finger-palm": "{} index finger, palm side",
        "middle-finger-palm": "{} middle finger, palm side",
        "ring-finger-palm": "{} ring finger, palm side",
        "little-finger-palm": "{} little finger, palm side",
        "heel-sole": "{} heel, sole",
        "arch": "arch of the {} foot",
        "ball": "ball of the {} foot",
        "big-toe-sole": "{} big toe, sole side",
        "second-toe-sole": "{} second toe, sole side",
        "third-toe-sole": "{} third toe, sole side",
        "fourth-toe-sole": "{} fourth toe, sole side",
        "fifth-toe-sole": "{} little toe, sole side",
    },
}
"""The regions that each side has; their keys begin with "left-" or "right-"."""


def _regions() -> Iterator[BodyRegion]:
    for site, names in _MIDDLE.items():
        for key, name in names.items():
            yield BodyRegion(key, name, site)
    for site, names in _PAIRED.items():
        for key, name in names.items():
            for side in ("left", "right"):
                yield BodyRegion(f"{side}-{key}", name.format(side), site)


REGIONS = {region.key: region for region in _regions()}
"""Every region by its key, as the drawings name it."""
