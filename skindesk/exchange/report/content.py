"""What a report is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skindesk.domain.audit import AuditHead
from skindesk.domain.case import Case


@dataclass(frozen=True)
class Letterhead:
    """The clinic as it stands at the head of a report; what is empty or None is left out.

    `address` may have several lines; `logo` holds the bytes of a picture file.
    """

    name: str = ""
    address: str = ""
    logo: bytes | None = None


@dataclass(frozen=True)
class SkinTypeEvidence:
    """How a network did on the test pictures of one skin type; `accuracy` as value, low and high end, 0 to 1.

    `accuracy` is None where there were too few pictures to tell.
    """

    skin_type: str
    pictures: int
    accuracy: tuple[float, float, float] | None


@dataclass(frozen=True)
class NetworkFacts:
    """What a network's card and contract say of it.

    `min_margin` and `novelty_limit` are the limits under and over which it gives no answer, 0 to 1 and on a scale of
    its own.
    """

    title: str
    trained_on: str
    facts: tuple[str, ...]
    intended_use: str
    limits: tuple[str, ...]
    skin_types: tuple[SkinTypeEvidence, ...]
    min_margin: float
    novelty_limit: float | None


@dataclass(frozen=True)
class LostPicture:
    """Why a picture of the case cannot be printed, as a sentence."""

    why: str


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report says.

    `pictures` has an entry for each picture of the case by its digest: the file's bytes, or why there are none.
    `network` is None where the network of the newest answer is not installed as it was. `made_at` is aware and in the
    zone in which the report tells times; `made_by` is who was at work, empty where nobody signs in.
    """

    case: Case
    pictures: Mapping[str, bytes | LostPicture]
    letterhead: Letterhead
    network: NetworkFacts | None
    audit_head: AuditHead | None
    program_version: str
    made_at: datetime
    made_by: str = ""


@dataclass(frozen=True)
class Report:
    """A report's PDF, and what in it is not as it should be, as sentences."""

    pdf: bytes
    cautions: tuple[str, ...]
