"""How common each class is where a picture comes from, and what that does to calibrated probabilities.

A network's probabilities are calibrated to the class mix of the archive it was trained on, which its contract
states. Where the classes are otherwise common, Bayes' rule asks for another prior: each probability is multiplied
by the ratio of the two shares, and the sum made 1 again (Saerens, Latinne and Decaestecker 2002, "Adjusting the
outputs of a classifier to new a priori probabilities", Neural Computation 14, 21-41).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import ClassMixError

ARCHIVE, BALANCED = "archive", "balanced"
"""The mixes that every network has: its archive's own, and every class equally common."""
LEAST_SHARE = 1e-6
"""No class may be rarer: a share of nothing would forbid a diagnosis whatever the picture shows."""


@dataclass(frozen=True)
class ClassMix:
    """The share of each class, by the name under which results state it.

    `name` is `archive`, `balanced`, or that of the clinic's own mix. `shares` stand in the order of the network's
    labels and sum to 1; they are empty for an answer of the time before mixes were recorded, which was the
    archive's.
    """

    name: str
    shares: tuple[float, ...]

    @property
    def is_archives(self) -> bool:
        """Whether probabilities are as the network gives them."""
        return self.name == ARCHIVE


UNRECORDED_MIX = ClassMix(ARCHIVE, ())
"""The mix of answers that were given before mixes were recorded."""


def archive_mix(contract: ModelContract) -> ClassMix:
    """The mix to which a network is calibrated."""
    return ClassMix(ARCHIVE, contract.class_mix)


def balanced_mix(contract: ModelContract) -> ClassMix:
    """Every class of a network equally common."""
    count = len(contract.labels)
    return ClassMix(BALANCED, (1 / count,) * count)


def own_mix(name: str, weights: Mapping[str, float], contract: ModelContract) -> ClassMix:
    """A clinic's own mix for a network, from a weight for each label code; counts and percentages will do.

    Raises ClassMixError where the name is taken, the codes are not exactly the network's, or a weight is not a
    positive number or less than a millionth of all.
    """
    if name in (ARCHIVE, BALANCED):
        raise ClassMixError(f"A class mix of one's own cannot be called {name!r}.", "Rename its file.")
    missing = [code for code in contract.codes if code not in weights]
    unknown = [code for code in weights if code not in contract.codes]
    expected = f"Name exactly the labels of {contract.model_id}: {', '.join(contract.codes)}."
    if missing:
        raise ClassMixError(f"The class mix {name} lacks {', '.join(missing)}.", expected)
    if unknown:
        raise ClassMixError(
            f"The class mix {name} names {', '.join(unknown)}, which {contract.model_id} does not know.", expected
        )
    for code, weight in weights.items():
        if not (math.isfinite(weight) and weight > 0):
            raise ClassMixError(
                f"The share of {code} in the class mix {name} is {weight:g}.", "Every share must be a positive number."
            )
    total = math.fsum(weights.values())
    shares = tuple(weights[code] / total for code in contract.codes)
    if not min(shares) >= LEAST_SHARE:
        raise ClassMixError(
            f"The class mix {name} leaves a class less than a millionth of all pictures.", "Give it a larger share."
        )
    return ClassMix(name, shares)


def shift(probabilities: tuple[float, ...], trained: tuple[float, ...], wanted: ClassMix) -> tuple[float, ...]:
    """Probabilities calibrated to the shares `trained`, as they are under another mix.

    All in the order of the labels; the result sums to 1. Under the archive's mix nothing changes, to the last bit.
    What is no number stays none.
    """
    if wanted.is_archives:
        return probabilities
    weighted = [p * new / old for p, new, old in zip(probabilities, wanted.shares, trained, strict=True)]
    total = math.fsum(weighted)
    return tuple(weight / total for weight in weighted)
