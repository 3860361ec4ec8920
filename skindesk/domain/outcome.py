"""What became of one file of a batch: classified, or rejected with a reason. Neither ever ends the run."""

from dataclasses import dataclass
from pathlib import Path

from skindesk.domain.errors import RejectionReason
from skindesk.domain.prediction import Prediction


@dataclass(frozen=True)
class Classified:
    """A file that the network answered. `quality_flags` are short codes such as `low_resolution`."""

    path: Path
    prediction: Prediction
    quality_flags: tuple[str, ...]


@dataclass(frozen=True)
class Rejected:
    """A file that could not be used, with the sentence that says what to do. `sha256` is empty if unreadable."""

    path: Path
    reason: RejectionReason
    message: str
    sha256: str = ""


Outcome = Classified | Rejected
