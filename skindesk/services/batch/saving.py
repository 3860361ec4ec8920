"""Saves pictures of a batch into the case log, each as a lesion of its own under the patient who is named for it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
)
from skindesk.domain.contract import Modality
from skindesk.domain.errors import ImageRejectedError, InvalidCaseError
from skindesk.domain.outcome import Classified
from skindesk.domain.quality import QualityIssue
from skindesk.imaging.decode import decode
from skindesk.services.batch.engine import Result
from skindesk.services.batch.items import Item
from skindesk.services.casework import Casework
from skindesk.storage.saving import SavedCase

_ENOUGH_PX = 64
"""The sizes are those of the original however small it is decoded."""


@dataclass(frozen=True)
class SavedPicture:
    """A picture that is in the case log now."""

    item: Item
    case: SavedCase


@dataclass(frozen=True)
class NotSaved:
    """A picture that is not, and why, in a sentence."""

    item: Item
    message: str


def identifier_in_list(item: Item) -> str:
    """The patient's identifier as a list or a DICOMDIR gave it; empty where there is none."""
    return item.patient


def save_selected(
    chosen: Iterable[Result],
    casework: Casework,
    modality: Modality,
    identifier_of: Callable[[Item], str] = identifier_in_list,
    visited_at: datetime | None = None,
) -> Iterator[SavedPicture | NotSaved]:
    """Save each chosen result as a new case: one lesion with one picture, its prediction and no review.

    `identifier_of` names the patient, who is made with the identifier alone where the log does not know it; the
    lesion's description is the list's name for it. `visited_at` is aware, and now where it is None. Nothing is saved of
    what was rejected, has no identifier, has changed since it was classified, or is in a case of the same patient
    already. One picture that cannot be saved does not stop the others. Raises
    AccessRefusedError where whoever is at work may not record, and CaseLogUnavailableError where the log cannot be
    written; what came before is saved then.
    """
    for result in chosen:
        try:
            draft = _draft(result, casework, modality, identifier_of(result.item).strip(), visited_at)
        except (ImageRejectedError, InvalidCaseError) as error:
            yield NotSaved(result.item, str(error))
            continue
        try:
            saved = casework.save_case(draft)
        except InvalidCaseError as error:
            yield NotSaved(result.item, str(error))
        else:
            yield SavedPicture(result.item, saved)


def _draft(
    result: Result, casework: Casework, modality: Modality, identifier: str, visited_at: datetime | None
) -> CaseDraft:
    """Raises ImageRejectedError or InvalidCaseError."""
    outcome, item = result.outcome, result.item
    if not isinstance(outcome, Classified):
        raise InvalidCaseError(outcome.message)
    name = item.shown.name
    if not identifier:
        raise InvalidCaseError(f"No patient is named for {name}.", "Enter the patient's identifier.")
    file = item.read()
    if file.sha256 != outcome.prediction.image_digest:
        raise InvalidCaseError(f"{name} has changed since it was classified.", "Classify it again.")
    known = casework.log.patient_by_identifier(identifier)
    if known and known.patient_id in {owner.patient_id for owner in casework.log.patients_with_picture(file.sha256)}:
        raise InvalidCaseError(f"{name} is in a case of patient {identifier} already.")
    image = decode(file, _ENOUGH_PX)
    details = PictureDetails(
        file.sha256,
        name,
        image.media_type,
        image.original_width_px,
        image.original_height_px,
        modality,
        image.capture,
        tuple(finding.issue for finding in result.findings) or _issues(outcome.quality_flags),
    )
    return CaseDraft(
        patient=known.patient_id if known else PatientDetails(identifier),
        lesion=LesionDetails(description=item.lesion),
        pictures=(DraftPicture(details, file.content, outcome.prediction, result.embedding),),
        review=None,
        visited_at=visited_at or datetime.now(UTC),
    )


def _issues(flags: Iterable[str]) -> tuple[QualityIssue, ...]:
    """The quality gate's issues among a job's flags, which hold remarks on decoding, too."""
    found = []
    for flag in flags:
        with suppress(ValueError):
            found.append(QualityIssue(flag.removeprefix("remark_")))
    return tuple(found)
