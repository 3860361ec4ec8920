"""What a lesion was in the end, and how that is known."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.labels import MalignancyGroup


class ConfirmedBy(StrEnum):
    """How a diagnosis was confirmed: `diagnosis_confirm_type` of the ISIC Archive's metadata dictionary."""

    HISTOPATHOLOGY = "histopathology"
    CONFOCAL_MICROSCOPY = "confocal microscopy with consensus dermoscopy"
    SERIAL_IMAGING = "serial imaging showing no change"
    EXPERT_CONSENSUS = "single image expert consensus"
    CLINICAL_ASSESSMENT = "single contributor clinical assessment"


MAX_ATTACHMENT_MB = 20


@dataclass(frozen=True)
class Attachment:
    """A file that came with a diagnosis, such as the laboratory's letter; its bytes are kept as pictures are."""

    sha256: str
    file_name: str
    media_type: str


@dataclass(frozen=True)
class FinalDiagnosisDetails:
    """The diagnosis itself. `diagnosis` is a label's code or free text; `text` is the report's.

    Raises InvalidCaseError where it is empty.
    """

    diagnosis: str
    group: MalignancyGroup
    confirmed_by: ConfirmedBy
    decided_on: date
    text: str = ""
    attachment: Attachment | None = None

    def __post_init__(self) -> None:
        if not self.diagnosis.strip():
            raise InvalidCaseError("The final diagnosis is missing.", "Type or pick one.")


@dataclass(frozen=True)
class FinalDiagnosis:
    """A final diagnosis in the log; the one that was recorded last counts. `created_at` is aware UTC."""

    final_diagnosis_id: int
    details: FinalDiagnosisDetails
    created_at: datetime
