"""A result as a job keeps it on the disk, and back: everything but the picture, the map and the embedding."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import RejectionReason
from skindesk.domain.labels import Label
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.services.batch.engine import Result
from skindesk.services.batch.items import Item, Problem, Seen, Span


@dataclass(frozen=True)
class Answerer:
    """Who answers in a job; it is the same for every record, which therefore leaves it out."""

    model: ModelRef
    labels: tuple[Label, ...]
    mix: ClassMix


def to_record(result: Result) -> bytes:
    """A result as JSON. Its number, its file's state, and what a list says of it are kept beside the record."""
    item, outcome = result.item, result.outcome
    record: dict[str, Any] = {"path": str(item.path)}
    if item.member:
        record["member"] = item.member
    if item.span is not None:
        span = item.span
        record["span"] = [span.offset, span.packed_bytes, span.size_bytes, span.deflated, span.crc, span.local_head]
    if isinstance(outcome, Rejected):
        record |= {"sha256": outcome.sha256, "reason": outcome.reason, "message": outcome.message}
        record["unread"] = item.problem is not None
        return json.dumps(record).encode()
    prediction = outcome.prediction
    record |= {
        "sha256": prediction.image_digest,
        "probabilities": prediction.probabilities,
        "decision": prediction.decision,
        "abstention": prediction.abstention_reason,
        "novelty": prediction.novelty,
        "at": prediction.created_at.isoformat(),
        "flags": outcome.quality_flags,
    }
    return json.dumps(record).encode()


def from_record(
    content: bytes, answerer: Answerer, number: int, seen: Seen | None, said: tuple[str, str, str]
) -> Result:
    """The result of a record; `said` is what a list says of it, as label, patient and lesion.

    Raises ValueError, KeyError or TypeError where it is no record.
    """
    record = json.loads(content)
    span = Span(*record["span"]) if "span" in record else None
    label, patient, lesion = said
    problem = Problem(RejectionReason(record["reason"]), record["message"]) if record.get("unread") else None
    item = Item(Path(record["path"]), record.get("member", ""), span, problem, label, patient, lesion)
    return Result(number, item, _outcome(record, item, answerer), seen)


def is_settled(outcome: Outcome) -> bool:
    """Whether the same file would have the same outcome again; trouble with a drive may have passed."""
    passing = (RejectionReason.MISSING, RejectionReason.NOT_READABLE, RejectionReason.INTERNAL)
    return isinstance(outcome, Classified) or outcome.reason not in passing


def _outcome(record: dict[str, Any], item: Item, answerer: Answerer) -> Outcome:
    if "reason" in record:
        return Rejected(item.shown, RejectionReason(record["reason"]), record["message"], record["sha256"])
    prediction = Prediction(
        model=answerer.model,
        image_digest=record["sha256"],
        labels=answerer.labels,
        probabilities=tuple(record["probabilities"]),
        decision=Decision(record["decision"]),
        abstention_reason=None if record["abstention"] is None else AbstentionReason(record["abstention"]),
        novelty=record["novelty"],
        class_mix=answerer.mix,
        created_at=datetime.fromisoformat(record["at"]),
    )
    return Classified(item.shown, prediction, tuple(record["flags"]))
