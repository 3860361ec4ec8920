"""One network, ready to answer: from an upright picture to a calibrated prediction, map and embedding."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.class_mix import ClassMix, archive_mix, shift
from skindesk.domain.contract import ModelContract
from skindesk.domain.embedding import Embedding
from skindesk.domain.errors import ModelUnavailableError
from skindesk.domain.prediction import ModelRef, Prediction, decide
from skindesk.domain.region import Region
from skindesk.imaging.decode import DecodedImage
from skindesk.imaging.preprocess import preprocess
from skindesk.inference import bundle

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

GOLDEN_TOLERANCE = 1e-4
"""The largest difference in probability that processors of different makes may show on the golden pictures."""
NOVELTY_TOLERANCE = 1e-3
"""Likewise in novelty, relative to the larger of the score, its threshold and 1: a difference of large distances."""


@dataclass(frozen=True)
class NetworkOutput:
    """One run's raw outputs.

    `probabilities` float32 (classes,) sum to 1, under the archive's class mix; `cam` float32 (rows, columns,
    classes) in logits; `embedding` float32 (features,); `novelty` None where the network does not measure it.
    """

    probabilities: NDArray[np.float32]
    cam: NDArray[np.float32]
    embedding: NDArray[np.float32]
    novelty: float | None


@dataclass(frozen=True)
class Answer:
    """A prediction with the map and embedding of the same run."""

    prediction: Prediction
    cam: NDArray[np.float32]
    embedding: NDArray[np.float32]


def embedding_of(answer: Answer) -> Embedding:
    """An answer's features as the case log keeps them."""
    return Embedding(answer.prediction.model.digest, answer.embedding.astype("<f2").tobytes())


class Classifier:
    """A network on one single-thread session, which any number of threads may call at once.

    One thread a session and one picture a call is the fastest arrangement measured: two workers that share the
    session answer 1.9 times as many pictures as one, where two threads inside the session reach 1.3 times.
    """

    def __init__(self, session: "InferenceSession", contract: ModelContract, ref: ModelRef) -> None:
        self._session = session
        self.contract = contract
        self.ref = ref
        outputs = contract.outputs
        self._outputs = [outputs.probabilities, outputs.cam, outputs.embedding]
        if contract.novelty is not None:
            self._outputs.append(contract.novelty.output)
        self._check_graph()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a bundle's network.

        Raises ModelUnavailableError where a file is missing or damaged, the network does not match its card or
        its contract; ContractError where the contract cannot be used.
        """
        card = bundle.read_card(folder)
        content, digest = bundle.read_network(folder)
        if digest != card.digest:
            raise ModelUnavailableError(
                f"The network of model {folder.name} is not the one its card describes.", "Install the model again."
            )
        return cls.from_bytes(content, folder.name, digest)

    @classmethod
    def from_bytes(cls, content: bytes, name: str, digest: str) -> Self:
        """Load a network that is at hand as bytes; raises as `load` does."""
        session = _open_session(content, name)
        contract = bundle.parse_contract(dict(session.get_modelmeta().custom_metadata_map), name)
        return cls(session, contract, bundle.reference(contract, digest))

    def run(self, picture: NDArray[np.uint8]) -> NetworkOutput:
        """Run the network on one preprocessed picture, uint8 (height, width, 3) of the contract's size."""
        found = self._session.run(self._outputs, {self.contract.input_name: picture[None]})
        probabilities, cam, embedding = found[:3]
        novelty = None if self.contract.novelty is None else float(found[3][0])
        return NetworkOutput(probabilities[0], cam[0], embedding[0], novelty)

    def classify(self, image: DecodedImage, mix: ClassMix | None = None, region: Region | None = None) -> Answer:
        """Preprocess an upright picture as the contract says, run the network and apply the contract's rules.

        Probabilities, and with them the lead that the decision needs, are those under `mix`; None means the
        archive's. `region` says which part of the upright original the picture is; None is the whole.
        """
        contract = self.contract
        mix = mix or archive_mix(contract)
        output = self.run(preprocess(image.rgb, contract.preprocessing))
        probabilities = shift(tuple(float(value) for value in output.probabilities), contract.class_mix, mix)
        decision, reason = decide(probabilities, contract.decision, output.novelty, contract.novelty)
        prediction = Prediction(
            model=self.ref,
            image_digest=image.sha256,
            labels=contract.labels,
            probabilities=probabilities,
            decision=decision,
            abstention_reason=reason,
            novelty=output.novelty,
            class_mix=mix,
            created_at=datetime.now(UTC),
            region=region,
        )
        return Answer(prediction, output.cam, output.embedding)

    def check_golden(self, golden: bundle.Golden) -> None:
        """Prove that this machine computes what the exporter did.

        Raises ModelUnavailableError where it does not, or where the golden outputs prove nothing of this network.
        """
        spec, count = self.contract.preprocessing, len(golden.pictures)
        fits = golden.pictures.dtype == np.uint8 and golden.pictures.shape == (count, spec.height_px, spec.width_px, 3)
        fits = fits and golden.probabilities.shape == (count, len(self.contract.labels))
        if not count or not fits or _shape(golden.novelty) != (None if self.contract.novelty is None else (count,)):
            raise ModelUnavailableError(
                f"The golden outputs of model {self.ref.model_id} are of another network.", "Install the model again."
            )
        for at, picture in enumerate(golden.pictures):
            output = self.run(picture)
            difference = float(np.abs(output.probabilities - golden.probabilities[at]).max())
            if not difference <= GOLDEN_TOLERANCE:
                raise self._differs("gives other answers than it should", difference)
            if golden.novelty is not None:
                difference = self._novelty_difference(output.novelty, float(golden.novelty[at]))
                if not difference <= NOVELTY_TOLERANCE:
                    raise self._differs("measures novelty otherwise than it should", difference)

    def _novelty_difference(self, found: float | None, expected: float) -> float:
        rule = self.contract.novelty
        if found is None or rule is None:
            return float("inf")
        return abs(found - expected) / max(1.0, abs(expected), abs(rule.threshold))

    def _differs(self, how: str, difference: float) -> ModelUnavailableError:
        return ModelUnavailableError(
            f"Model {self.ref.model_id} {how} (difference {difference:.4f}).",
            "Install it again; if that does not help, this computer cannot run it.",
        )

    def _check_graph(self) -> None:
        spec = self.contract.preprocessing
        inputs = {entry.name: entry for entry in self._session.get_inputs()}
        outputs = {entry.name: entry for entry in self._session.get_outputs()}
        problems = []
        if set(inputs) != {self.contract.input_name}:
            problems.append(f"its inputs are {sorted(inputs)}")
        elif inputs[self.contract.input_name].type != "tensor(uint8)":
            problems.append(f"its input is {inputs[self.contract.input_name].type}")
        elif list(inputs[self.contract.input_name].shape[1:]) != [spec.height_px, spec.width_px, 3]:
            problems.append(f"its input has the shape {inputs[self.contract.input_name].shape}")
        missing = set(self._outputs) - set(outputs)
        if missing:
            problems.append(f"it lacks the outputs {sorted(missing)}")
        elif outputs[self.contract.outputs.probabilities].shape[1:] != [len(self.contract.labels)]:
            problems.append("its number of classes differs")
        elif self.contract.novelty is not None:
            novelty = outputs[self.contract.novelty.output]
            if novelty.type != "tensor(float)" or len(novelty.shape) != 1:
                problems.append(f"its novelty is {novelty.type} of the shape {novelty.shape}")
        if problems:
            raise ModelUnavailableError(
                f"The network {self.contract.model_id} does not match its contract: {'; '.join(problems)}.",
                "Export it again.",
            )


def _shape(array: NDArray[np.float32] | None) -> tuple[int, ...] | None:
    return None if array is None else array.shape


def _open_session(content: bytes, name: str) -> "InferenceSession":
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    # onnxruntime raises classes of its own, which derive from Exception and nothing narrower.
    except Exception as error:
        raise ModelUnavailableError(
            f"The network of model {name} is damaged or not supported.", "Install the model again."
        ) from error
