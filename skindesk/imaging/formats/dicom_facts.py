"""What a DICOM photograph tells of how it was taken, and of whom (PS3.3, C.7.1.1, C.8.12.13 and 10.5)."""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from skindesk.domain.capture import Capture, DermoscopicType, PictureKind
from skindesk.domain.case import Sex
from skindesk.domain.offered import OfferedFacts
from skindesk.imaging.formats.body_sites import site_of
from skindesk.imaging.formats.cleaning import plain_text, plausible_birth_date, plausible_moment
from skindesk.imaging.formats.dicom_head import DERMOSCOPIC, DicomHead, value_of
from skindesk.imaging.formats.exif import camera_name

_LONGEST_IDENTIFIER, _LONGEST_NAME, _LONGEST_PLACE = 64, 64, 100
_FINEST_MM, _COARSEST_MM = 1e-5, 2.0
"""Between these lies the scale of every photograph of skin, from a microscope's to a whole body's."""
_SQUARE = 0.01
_LIGHT = {
    ("POLARIZED", "CONTACT"): DermoscopicType.CONTACT_POLARIZED,
    ("NON_POLARIZED", "CONTACT"): DermoscopicType.CONTACT_NON_POLARIZED,
    ("POLARIZED", "NON_CONTACT"): DermoscopicType.NON_CONTACT_POLARIZED,
}
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER}
_SIDES = {"L": "left", "R": "right"}
_LEFT_AND_RIGHT = {"7771000": "left", "24028007": "right", "G-A101": "left", "G-A100": "right"}
"""SNOMED CT, and the codes that older devices write for it (PS3.16, CID 244)."""
_CLOCK = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)?(\d\d)?(?:\.\d+)?)?([+-]\d{4})?")
"""A day, and the time of day and the offset from UTC where they are told (PS3.5, 6.2: DA, TM and DT)."""
_DAY = re.compile(r"(\d{4})[.-]?(\d\d)[.-]?(\d\d)")


def capture_of(head: DicomHead) -> Capture:
    """How a picture was taken."""
    light = (head.text("LightSourcePolarization"), head.text("ContactMethod"))
    return Capture(
        kind=PictureKind.DERMOSCOPIC if head.sop_class == DERMOSCOPIC else None,
        dermoscopic_type=_LIGHT.get(light),
        taken_at=_taken_at(head),
        device=camera_name(head.value("Manufacturer"), head.value("ManufacturerModelName")),
        mm_per_px=_scale(head),
    )


def offered_of(head: DicomHead) -> OfferedFacts:
    """Whom and what part of them it shows."""
    family_name, given_name = _names(head.value("PatientName"))
    place = _place(head)
    return OfferedFacts(
        identifier=plain_text(head.value("PatientID"), _LONGEST_IDENTIFIER),
        family_name=family_name,
        given_name=given_name,
        birth_date=_birth_date(head.text("PatientBirthDate")),
        sex=_SEXES.get(head.text("PatientSex"), Sex.UNKNOWN),
        site=site_of(place),
        description=place,
    )


def _taken_at(head: DicomHead) -> str:
    """The moment of acquisition, else that of the content; of the day alone where no time is told."""
    zone = head.text("TimezoneOffsetFromUTC")
    clocks = [head.text("AcquisitionDateTime")]
    clocks += [head.text(f"{what}Date") + head.text(f"{what}Time") for what in ("Acquisition", "Content")]
    return next((found for clock in clocks if (found := _moment(clock + zone) or _moment(clock))), "")


def _moment(words: str) -> str:
    found = _CLOCK.fullmatch(words.replace(":", ""))
    if found is None:
        return ""
    *numbers, zone = found.groups()
    try:
        offset = datetime.strptime(zone, "%z").tzinfo if zone else None
        moment = plausible_moment(datetime(*(int(number or 0) for number in numbers), tzinfo=offset))  # type: ignore[arg-type,misc]  # six numbers
    except ValueError:
        return ""
    return moment if numbers[3] else moment[: len("2024-05-06")]


def _scale(head: DicomHead) -> float | None:
    """Millimetres on the lesion for one pixel, where it is square.

    Spacing on the sensor becomes that by the optical magnification, and says nothing without it.
    """
    magnification = _length(head.value("OpticalMagnificationFactor"))
    spacings = ((head.value("PixelSpacing"), 1.0), (head.value("ImagerPixelSpacing"), magnification))
    for spacing, larger in spacings:
        if isinstance(spacing, Sequence) and len(spacing) == 2:
            down, across = (_length(side) / larger if larger else math.nan for side in spacing)
            if _FINEST_MM <= across <= _COARSEST_MM and abs(down - across) <= _SQUARE * across:
                return across
    return None


def _length(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _names(name: Any) -> tuple[str, str]:
    """Family and given name; the letters before the ideograms, where a name comes in several scripts (PS3.5, 6.2.1)."""
    scripts = plain_text(name, 8 * _LONGEST_NAME).split("=")
    whole = next((script for script in scripts if script.strip("^ ")), "")
    family_name, _, rest = whole.partition("^")
    given_name = " ".join(rest.split("^")[:2])
    return plain_text(family_name, _LONGEST_NAME), plain_text(given_name, _LONGEST_NAME)


def _birth_date(words: str) -> date | None:
    found = _DAY.fullmatch(words)
    if found is None:
        return None
    try:
        return plausible_birth_date(date(*(int(number) for number in found.groups())))
    except ValueError:
        return None


def _place(head: DicomHead) -> str:
    """Where on the body, in words such as "left forearm"."""
    region = _first_item(head.value("AnatomicRegionSequence"))
    words = plain_text(None if region is None else value_of(region, "CodeMeaning"), _LONGEST_PLACE)
    words = words.removeprefix("Skin of ") or head.text("BodyPartExamined").lower()
    side = _side(head, region)
    return f"{side} {words}".strip()[:_LONGEST_PLACE] if words and side not in words.casefold().split() else words


def _side(head: DicomHead, region: Any) -> str:
    """Left or right; empty where it is neither or not told."""
    modifier = None if region is None else _first_item(value_of(region, "AnatomicRegionModifierSequence"))
    code = "" if modifier is None else plain_text(value_of(modifier, "CodeValue"), _LONGEST_NAME)
    letters = (head.text("ImageLaterality"), head.text("Laterality"))
    return _LEFT_AND_RIGHT.get(code) or next((_SIDES[letter] for letter in letters if letter in _SIDES), "")


def _first_item(items: Any) -> Any:
    return items[0] if isinstance(items, Sequence) and not isinstance(items, str) and items else None
