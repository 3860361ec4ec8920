"""Whether the pictures of late are unlike those that the network learned from, more often than chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skindesk.domain.insights import Cases, NoveltyReading
from skindesk.services.models import ModelLibrary
from skindesk.services.statistics import at_least
from skindesk.storage.case_log import CaseLog

WINDOW = 50
"""How many pictures of late are looked at."""
LEAST_PICTURES = 20
"""Of fewer pictures nothing is said."""
ALARM_P = 0.001
"""An alarm is given where chance alone would refuse as many with a probability under this, by the exact binomial test.

Looked at after every picture, at 3 % refused by chance, it came in 6 % of simulated series of 1,000 pictures; once 24 %
were refused, after 24 of them at the median. At 0.01 it came in 26 %, and after 19.
"""
_LATEST_ANSWERS = 400
"""Among so many answers of late the pictures are looked for, several answers a visit."""


@dataclass(frozen=True)
class Drift:
    """One network's pictures of late. `expected_share` is None where the network is not installed in this version.

    `refused` and `others` are the cases of the pictures, latest first; a case occurs as often as its visits were looked
    at. `p` is the chance of as many or more refused ones.
    """

    model_id: str
    version: str
    refused: Cases
    others: Cases
    expected_share: float | None
    p: float | None

    @property
    def pictures(self) -> int:
        """How many were looked at."""
        return len(self.refused) + len(self.others)

    @property
    def is_alarm(self) -> bool:
        """Whether more were refused than chance explains."""
        return self.p is not None and self.p < ALARM_P


def latest_drifts(log: CaseLog, models: ModelLibrary) -> tuple[Drift, ...]:
    """The pictures of late in a case log, as `drifts` has them.

    What each installed network refuses of pictures like the training pictures is what its contract measured on the
    validation part. Raises CaseLogUnavailableError where the log cannot be read.
    """
    rules = {(model.model_id, model.contract.version): model.contract.novelty for model in models.installed()}
    expected = {network: rule.validation_refused for network, rule in rules.items() if rule is not None}
    return drifts(log.record.latest_novelty(_LATEST_ANSWERS), expected)


def drifts(latest: Sequence[NoveltyReading], expected: Mapping[tuple[str, str], float]) -> tuple[Drift, ...]:
    """For each network that measured novelty, its latest pictures; the network used last comes first.

    `latest` are one picture a visit, latest first, since pictures of one visit are refused together. `expected` has the
    share of pictures like the training pictures that a network refuses, by model id and version.
    """
    by_network: dict[tuple[str, str], list[NoveltyReading]] = {}
    for reading in latest:
        by_network.setdefault((reading.model_id, reading.version), []).append(reading)
    return tuple(_drift(*network, found[:WINDOW], expected.get(network)) for network, found in by_network.items())


def _drift(model_id: str, version: str, found: Sequence[NoveltyReading], expected_share: float | None) -> Drift:
    refused = tuple(reading.case_id for reading in found if reading.refused)
    others = tuple(reading.case_id for reading in found if not reading.refused)
    p = None
    if expected_share is not None and len(found) >= LEAST_PICTURES:
        p = at_least(len(refused), len(found), expected_share)
    return Drift(model_id, version, refused, others, expected_share, p)
