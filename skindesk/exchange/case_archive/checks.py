"""What has to hold of a case that comes from outside, beyond the kinds of its values."""

import math
import re
from collections.abc import Iterator, Sequence

from skindesk.domain.case import Case, StoredPicture, Visit
from skindesk.domain.final_diagnosis import Attachment
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.measurement import Measurement
from skindesk.domain.merging import day_of
from skindesk.domain.prediction import Prediction

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,127}/[\w.+-]{1,127}", re.ASCII)
"""RFC 6838, section 4.2."""
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")
"""Without folders and control characters, and no longer than a drive takes."""
_SUM_TOLERANCE = 1e-3
"""Probabilities are kept as the network gave them, in single precision."""


def troubles_with(case: Case) -> Iterator[str]:
    """What no case log would hold, each as the rest of a sentence that begins with where it stands."""
    if case.lesion.patient_id != case.patient.patient_id:
        yield "lesion.patient_id is another patient's"
    if case.lesion.number < 1:
        yield "lesion.number is less than 1"
    if case.lesion.state is LesionState.CLOSED and case.lesion.follow_up_on is not None:
        yield "lesion.follow_up_on is set, and its case is closed"
    if len({day_of(visit) for visit in case.visits}) != len(case.visits):
        yield "visits has two of the same day"
    for at, visit in enumerate(case.visits):
        yield from _with_visit(visit, f"visits[{at}]")
    for at, diagnosis in enumerate(case.final_diagnoses):
        if diagnosis.details.attachment is not None:
            yield from _with_attachment(diagnosis.details.attachment, f"final_diagnoses[{at}].details.attachment")


def _with_visit(visit: Visit, place: str) -> Iterator[str]:
    if len({picture.details.sha256 for picture in visit.pictures}) != len(visit.pictures):
        yield f"{place}.pictures has one picture twice"
    for at, picture in enumerate(visit.pictures):
        yield from _with_picture(picture, f"{place}.pictures[{at}]")


def _with_picture(picture: StoredPicture, place: str) -> Iterator[str]:
    details = picture.details
    if not _SHA256.fullmatch(details.sha256):
        yield f"{place}.details.sha256 is no SHA-256"
    if min(details.width_px, details.height_px) < 1:
        yield f"{place}.details has a picture without pixels"
    scale = details.capture.mm_per_px
    if scale is not None and not 0 < scale < math.inf:
        yield f"{place}.details.capture.mm_per_px is no length"
    if details.measurement is not None:
        yield from _with_measurement(details.measurement, f"{place}.details.measurement")
    for at, prediction in enumerate(picture.predictions):
        here = f"{place}.predictions[{at}]"
        if prediction.image_digest != details.sha256:
            yield f"{here}.image_digest is another picture's"
        if prediction.region is not None and not prediction.region.lies_within(details.width_px, details.height_px):
            yield f"{here}.region lies outside the picture"
        yield from _with_prediction(prediction, here)


def _with_measurement(measurement: Measurement, place: str) -> Iterator[str]:
    lengths = (measurement.diameter_px, measurement.area_px, measurement.perimeter_px)
    if len(measurement.outline) < 3 or not all(
        math.isfinite(value) for point in measurement.outline for value in point
    ):
        yield f"{place}.outline goes around nothing"
    if not all(0 <= length < math.inf for length in lengths):
        yield f"{place} has a size that is none"


def _with_attachment(attachment: Attachment, place: str) -> Iterator[str]:
    """Whoever saves a copy of it is offered its name, which therefore leads nowhere else."""
    if not _SHA256.fullmatch(attachment.sha256):
        yield f"{place}.sha256 is no SHA-256"
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        yield f"{place}.media_type is no media type"
    if not _FILE_NAME.fullmatch(attachment.file_name) or attachment.file_name in (".", ".."):
        yield f"{place}.file_name is no name of a file"


def _with_prediction(prediction: Prediction, place: str) -> Iterator[str]:
    count = len(prediction.labels)
    if not count or len({label.code for label in prediction.labels}) != count:
        yield f"{place}.labels is empty or has one label twice"
    if len(prediction.probabilities) != count:
        yield f"{place}.probabilities has {len(prediction.probabilities)} values for {count} labels"
    if not _are_shares(prediction.probabilities):
        yield f"{place}.probabilities are not each from 0 to 1 and 1 in sum"
    shares = prediction.class_mix.shares
    if shares and (len(shares) != count or not _are_shares(shares)):
        yield f"{place}.class_mix.shares are not one for each label, from 0 to 1 and 1 in sum"
    if prediction.novelty is not None and math.isnan(prediction.novelty):
        yield f"{place}.novelty is no number"


def _are_shares(values: Sequence[float]) -> bool:
    """From 0 to 1, and 1 in sum. Where a network found no number, the log keeps that too."""
    if any(math.isnan(value) for value in values):
        return True
    return all(0 <= value <= 1 for value in values) and abs(math.fsum(values) - 1) <= _SUM_TOLERANCE
