"""The fast twin of an exported network: its convolutions in 8-bit integers, accepted on the validation part only.

Static quantisation with unsigned activations and signed weights per channel (Jacob et al. 2018, arXiv 1712.05877;
onnxruntime's QDQ format). The first convolutions, the head, the probabilities and the novelty score stay in float32.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import METADATA_KEY, DecisionRule, ModelContract, NoveltyRule
from skindesk.inference.bundle import read_card, read_network
from skindesk.inference.classifier import Classifier
from training import metrics
from training.cache import Cache
from training.calibrate import Calibration, calibration_at
from training.card import card_json, card_text
from training.config import NetworkConfig
from training.conversion import in_parallel
from training.errors import TrainingError
from training.evaluate import Foreign, Judge, measure_network
from training.export import golden, write_bundle
from training.metrics import Floats, Integers
from training.novelty import threshold_of
from training.report import write_report
from training.runs import Run, write_json
from training.split import Part

LARGEST_LOSS = 0.01
"""How much balanced accuracy the fast network may lose on the validation part."""
LEAST_AGREEMENT = 0.97
"""The share of validation pictures on which both networks must give the same first answer."""
_IN_FLOAT = 3
"""The stem and the first block, whose few channels differ the most: of MobileNetV2's answers on the validation part
98.6 % stay as they were with them in float32 and 94.4 % without, and it takes no longer."""
_CALIBRATING_PICTURES = 256
_SMALLEST_PROBABILITY = 1e-12


def quantise(content: bytes, pictures: NDArray[np.uint8]) -> bytes:
    """An exported ONNX file with its backbone's convolutions, but for the first few, in 8 bits.

    `pictures`, uint8 (n, height, width, 3) of the training part, tell the range of each activation. The contract is
    carried over unchanged.
    """
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    model = onnx.load_from_string(content)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    contract = ModelContract.from_json(metadata[METADATA_KEY])

    class Reader(CalibrationDataReader):  # type: ignore[misc] # onnxruntime ships no types
        def __init__(self) -> None:
            self.remaining: Iterator[NDArray[np.uint8]] = iter(pictures)

        def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
            picture = next(self.remaining, None)
            return None if picture is None else {contract.input_name: picture[None]}

    with tempfile.TemporaryDirectory() as folder:
        plain, prepared, quick = (Path(folder) / name for name in ("plain.onnx", "prepared.onnx", "quick.onnx"))
        plain.write_bytes(content)
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            quick,
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_kept(onnx.load(prepared), contract),
        )
        result = onnx.load(quick)
    onnx.helper.set_model_props(result, metadata)
    return bytes(result.SerializeToString())


def write_fast_bundle(
    config: NetworkConfig,
    cache: Cache,
    folder: Path,
    models: Path,
    run: Run,
    quick: bool = False,
    foreign: Foreign | None = None,
) -> Path:
    """Quantise the network of the bundle `folder` and write `models/<name of the run's folder>`; returns that folder.

    Margin and novelty threshold are set anew on the validation part, and `run` receives the figures and the report.
    Raises TrainingError, and writes no bundle, where the fast network loses more than LARGEST_LOSS of balanced
    accuracy on the validation part or gives its parent's first answer less often than LEAST_AGREEMENT.
    """
    parent, card, (content, _) = Classifier.load(folder), read_card(folder), read_network(folder)
    if parent.contract.training.split_digest != cache.split_digest:
        raise TrainingError(f"{folder} was trained on another split than the prepared archive has.", "Export it again.")
    train, validation = cache.where(Part.TRAIN), cache.where(Part.VALIDATION)
    quantised = quantise(content, cache.images[train[:: max(1, len(train) // _CALIBRATING_PICTURES)]])
    fast = _classifier(quantised, parent.contract.model_id)
    answers, expected = (_answers(network, cache.images[validation]) for network in (fast, parent))
    compared = compare(answers.logits, expected.logits, cache.targets[validation], parent.contract.class_mix)
    _accept(compared)
    twin = {"parent": parent.ref.model_id, "parent_digest": parent.ref.digest, "validation": compared}
    contract, rule, calibration = _contract(parent.contract, run.folder.name, answers, cache.targets[validation])
    content = with_contract(quantised, contract)
    fast = _classifier(content, contract.model_id)
    judge = Judge(
        lambda pictures: _answers(fast, pictures).logits, lambda pictures: _answers(fast, pictures).novelty,
        rule, calibration,
    )  # fmt: skip
    named = replace(config, model=replace(config.model, id=contract.model_id))
    figures, evidence = measure_network(judge, named, cache, quick, None, (foreign or Foreign()).measured)
    figures |= {"weights_digest": fast.ref.digest, "quantised": twin}
    write_json(run.figures, figures)
    write_report(run, figures, evidence)
    fresh = card_json(contract, cache, fast.ref.digest, figures, [card.raw["metrics"]], card.raw["training"], twin)
    return write_bundle(models / contract.model_id, content, fresh, card_text(contract, fresh), golden(fast))


def compare(fast: Floats, parent: Floats, targets: Integers, class_mix: Sequence[float]) -> dict[str, float]:
    """What quantising costs, from both networks' balanced logits (n, classes) and the true labels (n,).

    Balanced accuracy is under a balanced mix, the agreement of first answers under `class_mix`, as the program shows.
    """
    balanced = [metrics.balanced_accuracy(metrics.unweighted(logits, targets)) for logits in (parent, fast)]
    shown = [(logits + np.log(class_mix)).argmax(axis=1) for logits in (parent, fast)]
    return {
        "pictures": len(targets),
        "balanced_accuracy_parent": balanced[0],
        "balanced_accuracy": balanced[1],
        "agreement": float((shown[0] == shown[1]).mean()),
    }


def _accept(compared: dict[str, float]) -> None:
    lost = compared["balanced_accuracy_parent"] - compared["balanced_accuracy"]
    if lost > LARGEST_LOSS or compared["agreement"] < LEAST_AGREEMENT:
        raise TrainingError(
            f"The 8-bit network loses {lost:.3f} balanced accuracy on the validation part and gives its parent's answer"
            f" for {compared['agreement']:.1%}; allowed are {LARGEST_LOSS} and at least {LEAST_AGREEMENT:.0%}.",
            "Ship the parent alone, or train it further.",
        )


@dataclass(frozen=True)
class _Answers:
    """Balanced logits (n, classes), and novelty scores (n,)."""

    logits: Floats
    novelty: Floats


def _answers(network: Classifier, pictures: NDArray[np.uint8]) -> _Answers:
    """What the program's classifier says, with the class mix taken out of its probabilities again."""
    found = in_parallel(network.run, pictures)
    probabilities = np.stack([output.probabilities for output in found]).astype(np.float64)
    logits = np.log(np.maximum(probabilities, _SMALLEST_PROBABILITY)) - np.log(network.contract.class_mix)
    return _Answers(logits, np.array([output.novelty for output in found], np.float64))


def _contract(
    parent: ModelContract, model_id: str, answers: _Answers, targets: Integers
) -> tuple[ModelContract, NoveltyRule, Calibration]:
    """The parent's contract with thresholds set on the fast network's own validation answers.

    The calibration is for logits that the temperature was already applied to, inside the graph.
    """
    if parent.novelty is None:
        raise TrainingError(f"{parent.model_id} does not measure novelty.", "Evaluate and export it again.")
    class_mix = np.array(parent.class_mix)
    calibration = calibration_at(1.0, metrics.softmax_with_prior(answers.logits, class_mix, 1.0), targets, class_mix)
    threshold, refused = threshold_of(answers.novelty)
    rule = replace(parent.novelty, threshold=threshold, validation_refused=refused)
    contract = replace(
        parent,
        model_id=model_id,
        title=f"{parent.title}, fast",
        decision=DecisionRule(calibration.min_margin, calibration.validation_coverage, calibration.validation_accuracy),
        novelty=rule,
    )
    return contract, rule, calibration


def _classifier(content: bytes, name: str) -> Classifier:
    return Classifier.from_bytes(content, name, hashlib.sha256(content).hexdigest())


def with_contract(content: bytes, contract: ModelContract) -> bytes:
    """The same graph under another contract."""
    import onnx

    model = onnx.load_from_string(content)
    onnx.helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return bytes(model.SerializeToString())


def _kept(model: Any, contract: ModelContract) -> list[str]:
    """The names of the backbone's first convolutions, and of every node between its feature map and an output."""
    maker = {name: node for node in model.graph.node for name in node.output}
    backbone = _behind(contract.outputs.cam, maker).keys() & _behind(contract.outputs.embedding, maker).keys()
    behind = (_behind(output.name, maker).keys() for output in model.graph.output)
    first = [node.name for node in model.graph.node if node.op_type == "Conv" and node.name in backbone][:_IN_FLOAT]
    return first + sorted(set().union(*behind) - backbone)


def _behind(tensor: str, maker: Mapping[str, Any]) -> dict[str, Any]:
    """Every node, by name, that a tensor is computed from."""
    found: dict[str, Any] = {}
    pending = [tensor]
    while pending:
        node = maker.get(pending.pop())
        if node is not None and node.name not in found:
            found[node.name] = node
            pending.extend(node.input)
    return found
