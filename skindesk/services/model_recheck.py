"""Whether a stored answer can be had again: the very network, the picture, the class mix and the part it was given."""

from dataclasses import dataclass
from enum import StrEnum

from skindesk.domain.errors import ModelUnavailableError
from skindesk.domain.prediction import Prediction
from skindesk.imaging.decode import picture_from_bytes
from skindesk.inference.classifier import GOLDEN_TOLERANCE, NOVELTY_TOLERANCE
from skindesk.services.classify import answer_for
from skindesk.services.models import ModelLibrary


class Sameness(StrEnum):
    """What asking again has come to."""

    SAME = "same"
    OTHER = "other"
    NETWORK_GONE = "network gone"


@dataclass(frozen=True)
class Recheck:
    """A stored answer and what the same network says now; `now` is None where it is gone or cannot be run.

    `difference` is the largest one of a probability, None where there are none to compare.
    """

    stored: Prediction
    now: Prediction | None
    sameness: Sameness
    difference: float | None = None
    why: str = ""


def recheck(stored: Prediction, name: str, content: bytes, models: ModelLibrary) -> Recheck:
    """Run the network that gave a stored answer on the picture's bytes again, as it was run then.

    Any installed version that has the digest will do, whether it answers now or not. Raises ImageRejectedError where
    the picture cannot be read any more.
    """
    model = models.with_digest(stored.model.digest)
    if model is None:
        why = f"{stored.model.model_id} {stored.model.version} ({stored.model.digest[:12]}) is not installed any more."
        return Recheck(stored, None, Sameness.NETWORK_GONE, why=why)
    try:
        classifier = models.opened(model)
    except ModelUnavailableError as error:
        return Recheck(stored, None, Sameness.NETWORK_GONE, why=str(error))
    picture = picture_from_bytes(name, content)
    now = answer_for(picture, classifier, stored.class_mix, stored.region).answer.prediction
    return _compared(stored, now)


def _compared(stored: Prediction, now: Prediction) -> Recheck:
    if [label.code for label in stored.labels] != [label.code for label in now.labels]:
        return Recheck(stored, now, Sameness.OTHER, why="The classes are others.")
    pairs = zip(stored.probabilities, now.probabilities, strict=True)
    difference = max(abs(then - since) for then, since in pairs)
    equal = difference <= GOLDEN_TOLERANCE and _same_novelty(stored.novelty, now.novelty)
    decided = (stored.decision, stored.abstention_reason) == (now.decision, now.abstention_reason)
    return Recheck(stored, now, Sameness.SAME if equal and decided else Sameness.OTHER, difference)


def _same_novelty(then: float | None, since: float | None) -> bool:
    if then is None or since is None:
        return then is since
    return abs(then - since) <= NOVELTY_TOLERANCE * max(1.0, abs(then), abs(since))
