"""What is begun in Examine as a draft: in plain JSON, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skindesk.domain.case import Confidence, Lesion, Patient, Plan
from skindesk.domain.contract import Modality
from skindesk.domain.measurement import Measurement, Scale
from skindesk.domain.plain_values import from_plain, to_plain
from skindesk.domain.region import Region
from skindesk.gui.drafts.kept import CASE_ID, PATIENT_ID
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.examine.panel import ExaminePanel

Target = tuple[Patient, Lesion | None]
"""Whom the pictures are aimed at, and which of the lesions; None for a new one."""


@dataclass(frozen=True)
class Begun:
    """What had been said and drawn on one picture."""

    file_name: str
    modality: Modality
    region: Region | None = None
    measurement: Measurement | None = None
    scale: Scale | None = None


def values_of(examination: Examination, panel: ExaminePanel, target: Target | None) -> dict[str, Any]:
    """What was said of the pictures so far; their bytes are kept beside it, in the same order."""
    confidence, blind = panel.impression.confidence(), examination.blind_confidence
    values: dict[str, Any] = {
        "file_name": examination.pictures[0].file.name,
        "pictures": [_plain_picture(picture) for picture in examination.pictures],
        "impression": panel.impression.line().text(),
        "confidence": None if confidence is None else confidence.value,
        "plan": (panel.plan.value() or Plan.NONE).value,
        "again_months": panel.again.value(),
        "notes": panel.notes.toPlainText(),
        "revealed": examination.revealed,
        "blind_impression": examination.blind_impression,
        "blind_confidence": None if blind is None else blind.value,
        "asked_first": examination.asked_first,
    }
    if target is not None:
        values[PATIENT_ID] = target[0].patient_id
        if target[1] is not None:
            values[CASE_ID] = target[1].case_id
    return values


def pictures_in(values: Mapping[str, Any]) -> tuple[Begun, ...]:
    """What a draft says of its pictures, in their order."""
    if "pictures" not in values:  # a draft of an earlier version had one picture
        return (Begun(str(values["file_name"]), Modality(values["modality"])),)
    return tuple(from_plain(Begun, plain, complete=False) for plain in values["pictures"])


def fill(examination: Examination, panel: ExaminePanel, values: Mapping[str, Any]) -> None:
    """Say of the pictures what a draft says, and whether the network had spoken before."""
    panel.impression.take(values["impression"], _confidence(values["confidence"]))
    panel.plan.choose(Plan(values["plan"]))
    panel.again.choose(values.get("again_months"))
    panel.notes.setPlainText(values["notes"])
    examination.revealed = values["revealed"]
    examination.blind_impression = values["blind_impression"]
    examination.blind_confidence = _confidence(values.get("blind_confidence"))
    examination.asked_first = values.get("asked_first", False)


def _plain_picture(picture: ExaminedPicture) -> Any:
    return to_plain(Begun(picture.file.name, picture.modality, picture.region, picture.measurement, picture.set_scale))


def _confidence(value: str | None) -> Confidence | None:
    return None if value is None else Confidence(value)
