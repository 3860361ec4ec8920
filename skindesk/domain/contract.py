"""The contract between a network and the program: everything needed to run the one with the other.

It is written as JSON into the ONNX file by the exporter and read back by the program, so that label order,
preprocessing, temperature and thresholds are stated once.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from skindesk.domain.errors import ContractError
from skindesk.domain.labels import Label, MalignancyGroup

SCHEMA_VERSION = 2
_READABLE_VERSIONS = (1, SCHEMA_VERSION)
"""Version 1 had no novelty rule; the rest is the same."""
METADATA_KEY = "skindesk.contract"


class Modality(StrEnum):
    """The kind of picture that a network was trained on."""

    DERMOSCOPIC = "dermoscopic"
    CLINICAL = "clinical"


class Geometry(StrEnum):
    """How a picture of any shape becomes the network's square."""

    SQUASH = "squash"
    """The whole frame, scaled independently in both directions."""
    FIT = "fit"
    """The largest centred square, scaled evenly."""


class Resampling(StrEnum):
    """Antialiased resampling filters, as Pillow names them."""

    BOX = "box"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"


@dataclass(frozen=True)
class Preprocessing:
    """From an upright sRGB picture to the network's input: uint8, (height_px, width_px, 3), values 0 to 255."""

    width_px: int
    height_px: int
    geometry: Geometry
    resampling: Resampling


@dataclass(frozen=True)
class OutputNames:
    """The graph's output tensors.

    `probabilities` is float32 (n, classes) and sums to 1; `cam` is float32 (n, rows, columns, classes), the
    class-activation map in logits; `embedding` is float32 (n, features), the pooled features.
    """

    probabilities: str
    cam: str
    embedding: str


@dataclass(frozen=True)
class DecisionRule:
    """When the network's answer may be shown as supported.

    It abstains where the two leading probabilities are closer than `min_margin`, which was set on the
    validation part so that `validation_coverage` of its pictures were answered, of which
    `validation_accuracy` were right.
    """

    min_margin: float
    validation_coverage: float
    validation_accuracy: float


@dataclass(frozen=True)
class NoveltyRule:
    """When a picture counts as unlike the training data: where the graph's output `output` is above `threshold`.

    `output` is the name of a tensor float32 (n,), larger for stranger pictures. `method` names how it is computed,
    such as "relative_mahalanobis", for information: the parameters are inside the graph. `threshold` was set on the
    validation part, of whose pictures the share `validation_refused`, 0 to 1, lies above it.
    """

    output: str
    method: str
    threshold: float
    validation_refused: float


@dataclass(frozen=True)
class TrainingRecord:
    """Where a network came from: enough to make it again and to know what it may be used for."""

    dataset: str
    licence: str
    split_digest: str
    git_commit: str
    trained_at: str
    architecture: str


@dataclass(frozen=True)
class ModelContract:
    """Everything that the program must know of a network.

    `class_mix` is the share of each label in the data to which the probabilities are calibrated; `temperature`
    is recorded for information, since it is already applied inside the graph. Without `novelty` the network
    cannot tell that a picture is unlike its training data.
    """

    model_id: str
    version: str
    title: str
    modality: Modality
    labels: tuple[Label, ...]
    preprocessing: Preprocessing
    input_name: str
    outputs: OutputNames
    temperature: float
    class_mix: tuple[float, ...]
    decision: DecisionRule
    training: TrainingRecord
    novelty: NoveltyRule | None = None
    schema_version: int = field(default=SCHEMA_VERSION)

    def __post_init__(self) -> None:
        _check(self)

    @property
    def codes(self) -> tuple[str, ...]:
        """The label codes, in the order of the network's outputs."""
        return tuple(label.code for label in self.labels)

    def to_json(self) -> str:
        """The contract as one JSON object with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ModelContract":
        """Parse a contract.

        Raises ContractError where it is not JSON, lacks a field, holds an impossible value, or was written
        for a newer program.
        """
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise ContractError("The model's contract is not valid JSON.", "Export the model again.") from error
        if not isinstance(raw, dict):
            raise ContractError("The model's contract is not a JSON object.", "Export the model again.")
        version = raw.get("schema_version")
        if version not in _READABLE_VERSIONS:
            raise ContractError(
                f"The model's contract has version {version!r}; this program reads versions up to {SCHEMA_VERSION}.",
                "Update SkinDesk, or export the model again with the trainer of this version.",
            )
        try:
            return _parse(raw)
        except KeyError as error:
            raise ContractError(f"The model's contract lacks {error}.", "Export the model again.") from error
        except (TypeError, ValueError) as error:
            raise ContractError(f"The model's contract cannot be read: {error}.", "Export the model again.") from error


def _parse(raw: dict[str, Any]) -> ModelContract:
    return ModelContract(
        model_id=str(raw["model_id"]),
        version=str(raw["version"]),
        title=str(raw["title"]),
        modality=Modality(raw["modality"]),
        labels=tuple(Label(**{**entry, "group": MalignancyGroup(entry["group"])}) for entry in raw["labels"]),
        preprocessing=Preprocessing(
            width_px=int(raw["preprocessing"]["width_px"]),
            height_px=int(raw["preprocessing"]["height_px"]),
            geometry=Geometry(raw["preprocessing"]["geometry"]),
            resampling=Resampling(raw["preprocessing"]["resampling"]),
        ),
        input_name=str(raw["input_name"]),
        outputs=OutputNames(**raw["outputs"]),
        temperature=float(raw["temperature"]),
        class_mix=tuple(float(share) for share in raw["class_mix"]),
        decision=DecisionRule(**{key: float(value) for key, value in raw["decision"].items()}),
        training=TrainingRecord(**raw["training"]),
        novelty=_parse_novelty(raw.get("novelty")) if raw["schema_version"] > 1 else None,
        schema_version=int(raw["schema_version"]),
    )


def _parse_novelty(raw: dict[str, Any] | None) -> NoveltyRule | None:
    if raw is None:
        return None
    return NoveltyRule(
        output=str(raw["output"]),
        method=str(raw["method"]),
        threshold=float(raw["threshold"]),
        validation_refused=float(raw["validation_refused"]),
    )


def _check(contract: ModelContract) -> None:
    """Refuse a contract that could not be executed as it stands."""
    problems = []
    if len(contract.labels) < 2:
        problems.append("it has fewer than two labels")
    if len(set(contract.codes)) != len(contract.codes):
        problems.append("a label code occurs twice")
    if len(contract.class_mix) != len(contract.labels):
        problems.append("its class mix does not match its labels")
    elif not abs(sum(contract.class_mix) - 1) <= 1e-3 or min(contract.class_mix) <= 0:
        problems.append("its class mix is not a distribution")
    if min(contract.preprocessing.width_px, contract.preprocessing.height_px) < 1:
        problems.append("its input has no size")
    if not contract.temperature > 0:
        problems.append("its temperature is not positive")
    if not 0 <= contract.decision.min_margin <= 1:
        problems.append("its decision margin is not between 0 and 1")
    if contract.novelty is not None:
        problems.extend(_novelty_problems(contract.novelty, contract.outputs))
    if problems:
        raise ContractError(
            f"The contract of model {contract.model_id} is not usable: {'; '.join(problems)}.", "Export it again."
        )


def _novelty_problems(rule: NoveltyRule, outputs: OutputNames) -> list[str]:
    problems = []
    if rule.output in ("", outputs.probabilities, outputs.cam, outputs.embedding):
        problems.append("its novelty has no output of its own")
    if not math.isfinite(rule.threshold):
        problems.append("its novelty threshold is not a number")
    if not 0 <= rule.validation_refused <= 1:
        problems.append("its share of refused validation pictures is not between 0 and 1")
    return problems
