"""A case log of plainly coloured pictures, which the networks of the tests answer in a way that can be foreseen."""

import hashlib
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from PIL import Image

from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.prediction import Prediction
from skindesk.services.casework import Casework
from tests.support.tiny_bundle import tiny_contract

SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
COLOURS = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


def swapped_contract(model_id: str = "swapped-3", version: str = "1.0.0") -> ModelContract:
    """Of the network that takes red for green and green for red."""
    contract = tiny_contract(model_id, version=version)
    red, green, blue = contract.labels
    return replace(contract, labels=(green, red, blue))


def picture_of(colour: str, number: int = 0) -> bytes:
    """A picture file of one colour; each number gives another file."""
    red, green, blue = COLOURS[colour]
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (red + number % 8, green + number // 8 % 8, blue + number // 64)).save(buffer, "PNG")
    return buffer.getvalue()


def save_picture(
    casework: Casework,
    number: int,
    content: bytes,
    answer: Prediction | None = None,
    modality: Modality = Modality.DERMOSCOPIC,
) -> int:
    """Save a new patient with one lesion and this picture of it; returns the case's number."""
    details = PictureDetails(hashlib.sha256(content).hexdigest(), f"{number}.png", "image/png", 64, 48, modality)
    draft = CaseDraft(
        PatientDetails(f"P-{number:05}", f"Family{number}"),
        LesionDetails(),
        (DraftPicture(details, content, answer),),
        None,
        SEEN + timedelta(minutes=number),
    )
    return casework.save_case(draft).case_id


def close_as(casework: Casework, case_id: int, diagnosis: str, group: MalignancyGroup) -> None:
    """Record a case's final diagnosis, on a day after it was seen."""
    details = FinalDiagnosisDetails(diagnosis, group, ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20))
    casework.log.record.diagnose(case_id, details)
