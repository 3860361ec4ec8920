"""What is to happen in an invented clinic, as values: who comes when, with what, and how it ends."""

from dataclasses import dataclass
from datetime import datetime

from skindesk.domain.case import LesionDetails, PatientDetails, ReviewDetails
from skindesk.domain.final_diagnosis import FinalDiagnosisDetails


@dataclass(frozen=True)
class PlannedVisit:
    """One visit for one lesion. Diagnoses are codes of `DISEASES`.

    `grown` is the lesion's radius against that of the first visit. Each of `cameras` takes one picture. Where the
    network is sure by `sway` or more (0 to 1) of something else, the clinician follows it.
    """

    visited_at: datetime
    grown: float
    cameras: tuple[int, ...]
    review: ReviewDetails
    sway: float


@dataclass(frozen=True)
class PlannedLesion:
    """What is painted under which `seed`, and what becomes of it."""

    details: LesionDetails
    code: str
    seed: int
    visits: tuple[PlannedVisit, ...]
    outcome: FinalDiagnosisDetails | None


@dataclass(frozen=True)
class PlannedPatient:
    """An invented patient; `remark` is added to the record some time after the first visit."""

    details: PatientDetails
    lesions: tuple[PlannedLesion, ...]
    remark: str = ""
