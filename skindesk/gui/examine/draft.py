"""What is begun in Examine as a draft: in plain JSON, and back."""

from typing import Any

from skindesk.domain.case import Confidence, Lesion, Patient, Plan
from skindesk.gui.drafts.kept import CASE_ID, PATIENT_ID
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.panel import ExaminePanel

Target = tuple[Patient, Lesion | None]
"""Whom the picture is aimed at, and which of the lesions; None for a new one."""


def values_of(examination: Examination, panel: ExaminePanel, target: Target | None) -> dict[str, Any]:
    """What was said of the picture so far; the picture's bytes are kept beside it."""
    confidence = panel.impression.confidence()
    values: dict[str, Any] = {
        "file_name": examination.picture.name,
        "modality": panel.picture.modality().value,
        "impression": panel.impression.line().text(),
        "confidence": None if confidence is None else confidence.value,
        "plan": (panel.plan.value() or Plan.NONE).value,
        "again_months": panel.again.value(),
        "notes": panel.notes.toPlainText(),
        "revealed": examination.revealed,
        "blind_impression": examination.blind_impression,
    }
    if target is not None:
        values[PATIENT_ID] = target[0].patient_id
        if target[1] is not None:
            values[CASE_ID] = target[1].case_id
    return values


def fill(examination: Examination, panel: ExaminePanel, values: dict[str, Any]) -> None:
    """Say of the picture what a draft says, and whether the network had spoken before."""
    confidence = values["confidence"]
    panel.impression.take(values["impression"], None if confidence is None else Confidence(confidence))
    panel.plan.choose(Plan(values["plan"]))
    panel.again.choose(values.get("again_months"))
    panel.notes.setPlainText(values["notes"])
    examination.revealed = values["revealed"]
    examination.blind_impression = values["blind_impression"]
