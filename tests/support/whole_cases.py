"""Cases in which every field says something, whatever fields there are, and pictures that can be decoded."""

import hashlib
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from PIL import Image

from skindesk.domain.case import Case, Lesion, Patient, PictureDetails, Review, StoredPicture, Visit
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.final_diagnosis import Attachment, FinalDiagnosis
from skindesk.domain.labels import Label
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.measurement import Abcd, Measurement, Scale
from skindesk.domain.prediction import Prediction
from skindesk.domain.region import Region
from skindesk.exchange.case_archive.layout import files_of
from skindesk.imaging.decode import PictureFile
from tests.support.pictures import picture

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, UTC)


_MADE: dict[str, bytes] = {}


@cache
def picture_of(number: int, side_px: int = 40) -> PictureFile:
    """A picture that no other number has."""
    noise = np.random.default_rng(number).integers(0, 256, (side_px, side_px, 3), np.uint8)
    made = picture(Image.fromarray(noise), "PNG")
    _MADE[made.sha256] = made.content
    return made


def attachment_of(number: int) -> Attachment:
    """A laboratory's letter that no other number has."""
    content = f"%PDF-1.7 letter {number}\n".encode() * 20
    sha256 = hashlib.sha256(content).hexdigest()
    _MADE[sha256] = content
    return Attachment(sha256, f"letter {number}.pdf", "application/pdf")


def filled(kind: Any, number: int = 1) -> Any:
    """A value of any kind that a case holds, its fields other than their defaults."""
    if isinstance(kind, UnionType):
        return filled(next(each for each in get_args(kind) if each is not NoneType), number)
    if get_origin(kind) is tuple:
        one, other = get_args(kind)
        return (filled(one, number), filled(one if other is ... else other, number + 1))
    if kind is Measurement:
        return measurement_of(number)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{entry.name: filled(hints[entry.name], number) for entry in fields(kind)})  # type: ignore[operator]
    if issubclass(kind, Enum):
        return list(kind)[1 + number % (len(kind) - 1)]
    return {
        str: f"text {number} – Größe",
        int: number,
        float: number / (number + 8),
        bool: True,
        datetime: NOON + timedelta(days=number),
        date: date(1961, 4, 1) + timedelta(days=number),
    }[kind]


def whole_case(
    number: int = 1, lesion: int = 1, days: tuple[int, ...] = (0, 7), first_picture: int | None = None
) -> Case:
    """A lesion of patient `number`, with a visit on each of the days, each with two pictures, and two final diagnoses.

    Its pictures are those from `first_picture` on, without which no two lesions share one.
    """
    base = 1000 * number + 100 * lesion if first_picture is None else first_picture
    key = 10 * number + lesion
    patient: Patient = filled(Patient, number)
    spot: Lesion = filled(Lesion, key)
    visits = tuple(visit_of(base + 10 * at, day) for at, day in enumerate(days))
    details = replace(patient.details, identifier=f"P-{number}")
    follow_up_on = None if spot.state is LesionState.CLOSED else spot.follow_up_on
    return Case(
        Patient(number, details),
        replace(spot, case_id=key, patient_id=number, number=lesion, follow_up_on=follow_up_on),
        visits,
        tuple(diagnosis_of(base + at, NOON + timedelta(days=8, minutes=at)) for at in range(2)),
    )


def diagnosis_of(number: int, at: datetime) -> FinalDiagnosis:
    """A final diagnosis, which comes with a letter where the number is odd."""
    made: FinalDiagnosis = filled(FinalDiagnosis, number)
    attachment = attachment_of(number) if number % 2 else None
    return replace(made, details=replace(made.details, attachment=attachment), created_at=at)


def visit_of(number: int, day: int) -> Visit:
    """A visit `day` days after the first, with two pictures and two reviews."""
    visit: Visit = filled(Visit, number)
    at = NOON + timedelta(days=day)
    reviews: tuple[Review, ...] = filled(tuple[Review, ...], number)
    return replace(
        visit,
        visited_at=at,
        pictures=(stored_picture(number, at), stored_picture(number + 1, at)),
        reviews=tuple(replace(review, created_at=at + timedelta(minutes=n)) for n, review in enumerate(reviews)),
    )


def measurement_of(number: int) -> Measurement:
    """What was measured on a triangle."""
    outline = ((4.0, 4.0), (4.0 + number % 30, 4.0), (4.0, 30.5))
    return Measurement(outline, True, 31.0, 400.0, 90.0, filled(Abcd, number), filled(Scale, number))


def stored_picture(number: int, at: datetime = NOON) -> StoredPicture:
    """A picture with two predictions."""
    kept: StoredPicture = filled(StoredPicture, number)
    sha256 = picture_of(number).sha256
    details: PictureDetails = replace(kept.details, sha256=sha256, media_type="image/png", width_px=40, height_px=40)
    predictions = tuple(_prediction(number, sha256, at + timedelta(seconds=n)) for n in range(2))
    return replace(kept, details=details, predictions=predictions)


def contents_of(*cases: Case) -> dict[str, bytes]:
    """The bytes of the cases' pictures and attachments, by their digests."""
    return {file.sha256: _MADE[file.sha256] for case in cases for file, _ in files_of(case)}


def without_keys(value: Any) -> Any:
    """A value without the keys that a log gives, which differ from log to log."""
    if isinstance(value, tuple):
        return tuple(map(without_keys, value))
    if not is_dataclass(value):
        return value
    keys = {"patient_id", "case_id", "visit_id", "image_id", "review_id", "final_diagnosis_id"}
    return tuple(
        (entry.name, without_keys(getattr(value, entry.name))) for entry in fields(value) if entry.name not in keys
    )


def _prediction(number: int, sha256: str, at: datetime) -> Prediction:
    said: Prediction = filled(Prediction, number)
    labels: tuple[Label, ...] = filled(tuple[Label, ...], number)
    return replace(
        said,
        image_digest=sha256,
        labels=labels,
        probabilities=(0.1 + number % 7 / 10, 0.9 - number % 7 / 10),
        class_mix=ClassMix("own", (0.25, 0.75)),
        created_at=at,
        region=Region(number % 4, 2, 30, 24),
    )
