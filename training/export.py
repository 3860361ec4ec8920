"""Writes a run as a model bundle: ONNX file with its contract, card, golden outputs.

Nothing is written unless Keras and the program's own classifier agree, from file bytes on.
"""

import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.domain.contract import METADATA_KEY, DecisionRule, ModelContract, OutputNames, TrainingRecord
from skindesk.imaging.decode import PictureFile, picture_from_bytes, read_picture_file
from skindesk.imaging.preprocess import decode_for_input, preprocess
from skindesk.inference.bundle import CARD_FILE, CARD_TEXT, GOLDEN_FILE, MODEL_FILE, Golden, write_sums
from skindesk.inference.classifier import Classifier
from training.architectures.network import Network
from training.cache import Cache
from training.calibrate import Calibration, load_calibration
from training.card import card_json, card_text
from training.config import NetworkConfig
from training.conversion import convert
from training.errors import TrainingError
from training.novelty import Novelty, load_novelty
from training.phantoms import KINDS, generate
from training.runs import Run, read_json, write_json
from training.trained import load_network, weights_digest

TOLERANCE = 1e-4
"""The largest difference in any probability between Keras and the program's classifier."""

_OUTPUTS = OutputNames(probabilities="probabilities", cam="cam", embedding="embedding")
_INPUT = "picture"


def export(
    config: NetworkConfig,
    cache: Cache,
    run: Run,
    models: Path,
    compared: Iterable[Run] = (),
    beside: Iterable[Path] = (),
) -> Path:
    """Write the bundle into `models/<id>` and return that folder.

    The figures of the runs `compared` stand in its card; the files `beside`, such as an ablation table, are copied
    into its folder. Raises TrainingError, and leaves what was there, where the run is not evaluated as it is now, was
    trained on another split, or Keras and the program differ by more than TOLERANCE on any sample.
    """
    record = read_json(run.record, "Run `python -m training fit` first.")
    figures = read_json(run.figures, "Run `python -m training evaluate` first.")
    if record["held_out_digest"] != cache.held_out_digest:
        raise TrainingError("The run was trained on another split than the prepared archive has.", "Train again.")
    if figures.get("weights_digest") != weights_digest(run) or figures["split_digest"] != cache.split_digest:
        raise TrainingError(
            "The run's figures are of other weights than it has now.", "Run `python -m training evaluate` again."
        )
    network = load_network(config, len(cache.labels), run)
    calibration, novelty = load_calibration(run), load_novelty(run)
    contract = make_contract(config, cache, calibration, record, novelty)
    serving = serving_model(network, calibration, contract, novelty)
    content = to_onnx(serving, contract)
    digest = hashlib.sha256(content).hexdigest()
    classifier = Classifier.from_bytes(content, config.model.id, digest)
    agreement = check_agreement(serving, classifier, sample_files(cache))
    comparisons = [
        _with_times(other, read_json(other.figures, f"Evaluate {other.folder} first.")) for other in compared
    ]
    card = card_json(contract, cache, digest, _with_times(run, figures), comparisons, record, agreement)
    text = card_text(contract, card)
    return write_bundle(models / config.model.id, content, card, text, golden(classifier), beside)


def _with_times(run: Run, figures: dict[str, Any]) -> dict[str, Any]:
    return {**figures, "times": read_json(run.times, "")} if run.times.exists() else figures


def make_contract(
    config: NetworkConfig,
    cache: Cache,
    calibration: Calibration,
    record: dict[str, Any],
    novelty: Novelty | None = None,
) -> ModelContract:
    """The contract of a trained and calibrated network; a resumed run is dated by when it was resumed last."""
    latest = record.get("resumed", [record])[-1]
    return ModelContract(
        model_id=config.model.id,
        version=config.model.version,
        title=config.model.title,
        modality=config.model.modality,
        labels=cache.labels,
        preprocessing=config.data.preprocessing,
        input_name=_INPUT,
        outputs=_OUTPUTS,
        temperature=calibration.temperature,
        class_mix=calibration.class_mix,
        decision=DecisionRule(
            min_margin=calibration.min_margin,
            validation_coverage=calibration.validation_coverage,
            validation_accuracy=calibration.validation_accuracy,
        ),
        novelty=None if novelty is None else novelty.rule,
        training=TrainingRecord(
            dataset=cache.dataset_title,
            licence=config.model.licence or cache.licence,
            split_digest=cache.split_digest,
            git_commit=latest["git_commit"],
            trained_at=latest["started_at"],
            architecture=config.model.architecture,
        ),
    )


def serving_model(
    network: Network, calibration: Calibration, contract: ModelContract, novelty: Novelty | None = None
) -> Any:
    """The network as it ships: uint8 in; probabilities, class-activation map, embedding and, if given, novelty out."""
    spec = contract.preprocessing
    pixels = keras.Input((spec.height_px, spec.width_px, 3), dtype="uint8", name=contract.input_name)
    features = network.features_model(keras.layers.Rescaling(1.0, name="to_float")(pixels), training=False)
    weights = network.head.get_weights()
    cam_layer = keras.layers.Conv2D(len(contract.labels), 1, name=contract.outputs.cam)
    cam = cam_layer(features)
    cam_layer.set_weights(weights)
    embedding = keras.layers.GlobalAveragePooling2D(name=contract.outputs.embedding)(features)
    logits = keras.layers.GlobalAveragePooling2D(name="logits")(cam)
    prior = np.log(calibration.class_mix).astype(np.float32).tolist()
    scaled = keras.layers.Rescaling(1 / calibration.temperature, offset=prior, name="calibrate")(logits)
    probabilities = keras.layers.Softmax(name=contract.outputs.probabilities)(scaled)
    measured = [] if novelty is None else [novelty.attach(embedding)]
    return keras.Model(pixels, [probabilities, cam, embedding, *measured])


def to_onnx(serving: Any, contract: ModelContract) -> bytes:
    """The ONNX file, with the contract in its metadata. Raises TrainingError on other backends than TensorFlow."""
    model = convert(serving, contract.input_name)
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, contract.to_json()
    return bytes(model.SerializeToString())


def sample_files(cache: Cache, count: int = 200) -> list[PictureFile]:
    """Files spread over the whole archive, and phantoms as JPEG in a camera's shape. Raises ImageRejectedError."""
    at = np.unique(np.linspace(0, len(cache.paths) - 1, count).astype(int))
    archive = [read_picture_file(cache.paths[index]) for index in at]
    return archive + [_as_jpeg(generate(kind, seed=1).rgb, f"{kind}.jpg") for kind in KINDS]


def check_agreement(serving: Any, classifier: Classifier, files: Sequence[PictureFile]) -> dict[str, float]:
    """From file bytes on: how many files, and the largest difference in any probability to Keras.

    Raises TrainingError where it is over TOLERANCE or not a number.
    """
    largest = 0.0
    for file in files:
        image = decode_for_input(file, classifier.contract.preprocessing)
        pixels = preprocess(image.rgb, classifier.contract.preprocessing)
        ours = np.array(classifier.classify(image).prediction.probabilities)
        theirs = np.asarray(serving.predict_on_batch(pixels[None])[0])[0]
        difference = float(np.abs(ours - theirs).max())
        if not difference <= TOLERANCE:
            raise TrainingError(
                f"Keras and the program differ by {difference:.2g} on {file.name}.", "Nothing was written."
            )
        largest = max(largest, difference)
    return {"files": len(files), "largest_difference": largest}


def golden(classifier: Classifier) -> Golden:
    """Generated pictures, one of each kind, with the probabilities and novelty this network gives them."""
    spec = classifier.contract.preprocessing
    pictures = np.stack([preprocess(generate(kind, seed=2).rgb, spec) for kind in KINDS])
    found = [classifier.run(picture) for picture in pictures]
    measured = [output.novelty for output in found if output.novelty is not None]
    return Golden(
        pictures,
        np.stack([output.probabilities for output in found]),
        np.array(measured, np.float32) if measured else None,
    )


def _as_jpeg(rgb: NDArray[np.uint8], name: str) -> PictureFile:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=92)
    return picture_from_bytes(name, buffer.getvalue())


def write_bundle(
    folder: Path, content: bytes, card: dict[str, Any], text: str, answers: Golden, beside: Iterable[Path] = ()
) -> Path:
    """Write all files beside the old bundle, then put the whole folder in its place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        fresh = Path(temporary) / folder.name
        fresh.mkdir()
        (fresh / MODEL_FILE).write_bytes(content)
        (fresh / CARD_TEXT).write_text(text, "utf-8")
        write_json(fresh / CARD_FILE, card)
        stored = {name: value for name, value in vars(answers).items() if value is not None}
        np.savez_compressed(fresh / GOLDEN_FILE, **stored)
        for path in beside:
            shutil.copyfile(path, fresh / path.name)
        write_sums(fresh)
        Classifier.load(fresh)
        old = Path(temporary) / "old"
        if folder.exists():
            folder.replace(old)
        try:
            fresh.replace(folder)
        except OSError:
            if old.exists():
                old.replace(folder)
            raise
    return folder
