"""What is asked of a clinic's closed cases, and the figures that answer it.

Every figure names the cases behind it. Nothing here holds a patient's name or identifier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skindesk.domain.case import Site, SkinType
from skindesk.domain.contract import Modality
from skindesk.domain.final_diagnosis import ConfirmedBy
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.prediction import Prediction

Cases = tuple[int, ...]
"""The numbers of the cases behind a figure, each once."""

COUNTS_ONLY_UNDER = 5
"""Of fewer cases than this, only counts are shown: an interval over nearly everything tells nothing."""
SMALL_UNDER = 30
"""Of fewer cases than this, a share is said to rest on few cases."""
NO_AGE = "unknown"
_AGE_BANDS = ((40, "under 40"), (60, "40 to 59"), (80, "60 to 79"), (200, "80 and over"))


@dataclass(frozen=True)
class Reading:
    """What clinicians thought at one visit, as label codes or free text.

    `blind` says whether `first` was given before the network's answer was on the screen. `standing` is what was thought
    when the visit was over.
    """

    first: str
    blind: bool
    standing: str


@dataclass(frozen=True)
class ClosedCase:
    """A closed case with its final diagnosis, and what had been said before that was known.

    `answer` and `reading` are of the latest visit before the diagnosis that has both; where none has both, they are of
    the latest visit that has the one or the other, and `same_visit` is False. `answer` is of that visit's picture with
    the highest malignant sum. `age_years` is the patient's at that visit.
    """

    case_id: int
    outcome: str
    group: MalignancyGroup
    confirmed_by: ConfirmedBy
    decided_on: date
    site: Site
    skin_type: SkinType
    age_years: int | None
    modality: Modality | None
    answer: Prediction | None
    reading: Reading | None
    same_visit: bool


@dataclass(frozen=True)
class NoveltyReading:
    """How strange a network found a picture, and whether it refused to answer for that."""

    case_id: int
    model_id: str
    version: str
    novelty: float
    refused: bool


@dataclass(frozen=True)
class InsightFilter:
    """Closed cases that fit everything that is given. `decided_from` is included; `model` as `model_name` has it."""

    modality: Modality | None = None
    model: str = ""
    decided_from: date | None = None
    histology_only: bool = False

    def fits(self, case: ClosedCase) -> bool:
        """Whether a case is asked for."""
        return (
            self.modality in (None, case.modality)
            and self.model in ("", model_name(case))
            and (self.decided_from is None or case.decided_on >= self.decided_from)
            and (not self.histology_only or case.confirmed_by is ConfirmedBy.HISTOPATHOLOGY)
        )


class Dimension(StrEnum):
    """By what cases are divided into subgroups."""

    SKIN_TYPE = "skin type"
    AGE = "age"
    SITE = "site"
    MODALITY = "kind of picture"
    MODEL = "network"


def subgroup(case: ClosedCase, dimension: Dimension) -> str:
    """The subgroup that a case is in; what is not known makes a subgroup of its own, "unknown" or empty."""
    match dimension:
        case Dimension.SKIN_TYPE:
            return case.skin_type.value
        case Dimension.AGE:
            return _age_band(case.age_years)
        case Dimension.SITE:
            return case.site.value
        case Dimension.MODALITY:
            return "" if case.modality is None else case.modality.value
        case Dimension.MODEL:
            return model_name(case)


def subgroups_in_order(dimension: Dimension) -> tuple[str, ...]:
    """The subgroups that are known beforehand, as they are to be listed; others follow by name."""
    match dimension:
        case Dimension.SKIN_TYPE:
            return tuple(SkinType)
        case Dimension.AGE:
            return (*(name for _, name in _AGE_BANDS), NO_AGE)
        case Dimension.SITE:
            return tuple(Site)
        case Dimension.MODALITY:
            return tuple(Modality)
        case Dimension.MODEL:
            return ()


def model_name(case: ClosedCase) -> str:
    """The network that answered, with its version; empty where none did."""
    return "" if case.answer is None else f"{case.answer.model.model_id} {case.answer.model.version}"


class Reader(StrEnum):
    """Who said something of a lesion, and how that is read."""

    NETWORK = "network, leading class"
    """The leading class of an answer that the network's contract supports."""
    NETWORK_SUM = "network, malignant in sum"
    """Whether the malignant sum of any answer, supported or not, reaches a threshold: the sum is always shown."""
    FIRST = "clinicians, first impression"
    """The first impression, where it was given before the network's answer was seen."""
    STANDING = "clinicians, standing impression"
    """What was thought in the end, mostly with the network's answer known."""
    OUTCOME = "final diagnosis"


class Why(StrEnum):
    """Why a case does not count in a figure."""

    NO_ANSWER = "no answer before the diagnosis"
    ABSTAINED = "the network abstained"
    NO_IMPRESSION = "no impression before the diagnosis"
    NOT_BLIND = "given after the network's answer"
    NOT_CLASSIFIABLE = "not classifiable"
    """Free text that no label explains."""


class Level(StrEnum):
    """How finely diagnoses are told apart."""

    MALIGNANCY = "malignant or premalignant"
    GROUP = "group"
    DIAGNOSIS = "diagnosis"


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its 95 % interval; the ends are None where no interval can be given."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Share:
    """How many of some cases are `hits`; with Wilson's interval, None where there are no cases at all."""

    hits: Cases
    others: Cases
    interval: Interval | None

    @property
    def count(self) -> int:
        """How many are hits."""
        return len(self.hits)

    @property
    def total(self) -> int:
        """Of how many."""
        return len(self.hits) + len(self.others)

    @property
    def cases(self) -> Cases:
        """All of them."""
        return self.hits + self.others


@dataclass(frozen=True)
class Detection:
    """How well a reader tells lesions that count as malignant from the others.

    `threshold` is of the malignant sum, for NETWORK_SUM only. `left_out` says which cases do not count, and why.
    """

    reader: Reader
    threshold: float | None
    sensitivity: Share
    specificity: Share
    left_out: Mapping[Why, Cases]


@dataclass(frozen=True)
class Confusion:
    """What a reader said, for each final diagnosis.

    `rows` are final diagnoses and `columns` what was said, both as group values or label codes; the last columns may be
    values of Why. An empty row is a final diagnosis that is no label. `cells` has the cases by (row, column).
    """

    reader: Reader
    level: Level
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cases]


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa between two readers; None where it is not defined, such as where both always say the same."""

    one: Reader
    other: Reader
    level: Level
    kappa: Interval | None
    cases: Cases


@dataclass(frozen=True)
class ChangesOfMind:
    """What became of blind first impressions once the network's answer was known.

    `changed` are the cases whose standing impression is another diagnosis. `better` were wrong first and right then,
    `worse` the other way round, at `level`. `p` is of McNemar's exact test; None where there is neither.
    """

    level: Level
    changed: Share
    better: Cases
    worse: Cases
    stayed_right: Cases
    stayed_wrong: Cases
    p: float | None


@dataclass(frozen=True)
class CalibrationBin:
    """Answers of similar malignant sums: their mean, and how many of the lesions did count as malignant."""

    mean_sum: float
    observed: Share


@dataclass(frozen=True)
class Calibration:
    """How the malignant sums compare with what the lesions were; `brier` and `ece` are None where nothing was answered.

    `ece` is the expected calibration error over the bins.
    """

    bins: tuple[CalibrationBin, ...]
    brier: Interval | None
    ece: float | None
    cases: Cases


@dataclass(frozen=True)
class Insights:
    """Every figure over some closed cases."""

    cases: Cases
    detections: tuple[Detection, ...]
    confusions: tuple[Confusion, ...]
    agreements: tuple[Agreement, ...]
    changes: tuple[ChangesOfMind, ...]
    calibration: Calibration

    def detection(self, reader: Reader, threshold: float | None = None) -> Detection:
        """One reader's; the first that was computed where no threshold is named."""
        return next(
            found for found in self.detections if found.reader is reader and threshold in (None, found.threshold)
        )

    def confusion(self, reader: Reader, level: Level) -> Confusion:
        """One reader's."""
        return next(found for found in self.confusions if (found.reader, found.level) == (reader, level))

    def agreement(self, one: Reader, other: Reader, level: Level) -> Agreement:
        """Between two readers."""
        return next(found for found in self.agreements if (found.one, found.other, found.level) == (one, other, level))

    def changes_at(self, level: Level) -> ChangesOfMind:
        """Judged at one level."""
        return next(found for found in self.changes if found.level is level)


@dataclass(frozen=True)
class Subgroup:
    """The figures over one subgroup."""

    dimension: Dimension
    name: str
    insights: Insights


def _age_band(age_years: int | None) -> str:
    if age_years is None:
        return NO_AGE
    return next(name for below, name in _AGE_BANDS if age_years < below)
