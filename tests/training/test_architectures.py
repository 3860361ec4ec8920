"""Every architecture learns, starts from a weights file, and answers in the program as it does in Keras."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from skindesk.inference.classifier import Classifier
from tests.training.conftest import TINY_CONFIG
from training.architectures import SMALLEST_PX, build_network
from training.architectures.network import Network
from training.batches import TrainingBatches
from training.cache import Cache
from training.calibrate import calibrate
from training.config import Config, Stage, load_config
from training.errors import TrainingError
from training.export import TOLERANCE, check_agreement, make_contract, sample_files, serving_model, to_onnx
from training.fit import _Trainer
from training.runs import Run

QUICK = ("sequential", "vit-tiny", "mobilenetv2", "efficientnetv2-b0")
EVERY = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow_networks) for name in SMALLEST_PX]
FOURTH = slice(None, None, 4)
"""Of the archive's pictures, enough to measure statistics on."""
WITHOUT_NORMALISATION = ("vit-tiny", "vgg19")


def normalisations(network: Network) -> list[Any]:
    return [layer for layer in network.feature_extractor.layers if isinstance(layer, keras.layers.BatchNormalization)]


def moving_means(network: Network) -> list[NDArray[np.float32]]:
    return [keras.ops.convert_to_numpy(layer.moving_mean).copy() for layer in normalisations(network)]


def values(layers: list[Any]) -> list[NDArray[np.float32]]:
    return [np.array(weight) for layer in layers for weight in layer.get_weights()]


def differ(before: list[NDArray[np.float32]], after: list[NDArray[np.float32]]) -> list[bool]:
    return [not np.array_equal(was, now) for was, now in zip(before, after, strict=True)]


def settle(network: Network, pictures: NDArray[np.float32]) -> None:
    """Give BatchNorm these pictures' statistics and logits a spread of one, so that random weights tell them apart."""
    for layer in normalisations(network):
        layer.momentum = 0.0
    network.training_model(pictures, training=True)
    logits = np.asarray(network.training_model(pictures, training=False))
    kernel, bias = network.head.get_weights()
    network.head.set_weights([kernel / logits.std(), bias])


def pictures_of(cache: Cache, size_px: int) -> NDArray[np.float32]:
    return np.asarray(keras.ops.image.resize(cache.images[FOURTH].astype(np.float32), (size_px, size_px)))


def saved_backbone(network: Network, folder: Path, name: str) -> Path:
    path = folder / f"{name}.weights.h5"
    network.feature_extractor.save_weights(path)
    return path


def train_one_step(name: str, network: Network, config: Config, cache: Cache, folder: Path) -> float:
    """One step at the smallest size, compiled by the trainer; returns the loss."""
    stage = Stage(SMALLEST_PX[name], 1, mixup=0.2)
    config = replace(config, recipe=replace(config.recipe, stages=(stage,)))
    trainer = _Trainer(config, cache, Run(folder), network, {"stage": 0, "epochs_done": 0, "best": -1.0})
    trainer._compile(range(1))
    batches = TrainingBatches(cache, trainer.train_part, stage, config.recipe, config.augmentation)
    return float(network.training_model.train_on_batch(*batches[0]))


@pytest.mark.parametrize("name", EVERY)
def test_one_step_trains_the_whole_network(name: str, config_path: Path, cache: Cache, tmp_path: Path) -> None:
    network = build_network(name, 7, 0.1, None)
    assert network.backbone is None
    trained = [layer for layer in network.feature_extractor.layers if layer.trainable_weights]
    first, last, head = values(trained[:1]), values(trained[-1:]), values([network.head])
    statistics = moving_means(network)
    assert np.isfinite(train_one_step(name, network, load_config(config_path), cache, tmp_path))
    assert any(differ(first, values(trained[:1])))
    assert any(differ(last, values(trained[-1:])))
    assert all(differ(head, values([network.head])))
    assert bool(statistics) == (name not in WITHOUT_NORMALISATION)
    assert all(differ(statistics, moving_means(network)))


@pytest.mark.parametrize("name", EVERY)
def test_only_statistics_and_random_states_are_kept_from_training(name: str) -> None:
    fixed = {weight.name for weight in build_network(name, 7, 0.1, None).training_model.non_trainable_weights}
    assert fixed <= {"moving_mean", "moving_variance", "seed_generator_state"}


@pytest.mark.parametrize("name", ["sequential", "mobilenetv2"])
def test_batchnorm_of_a_pretrained_backbone_stays_as_it_was(
    name: str, config_path: Path, cache: Cache, tmp_path: Path
) -> None:
    first = build_network(name, 7, 0.1, None)
    settle(first, pictures_of(cache, SMALLEST_PX[name]))
    network = build_network(name, 7, 0.1, str(saved_backbone(first, tmp_path, name)))
    convolution = next(layer for layer in network.backbone.layers if isinstance(layer, keras.layers.Conv2D))
    norms, kernels = values(normalisations(network)), values([convolution])
    train_one_step(name, network, load_config(config_path), cache, tmp_path)
    assert not any(differ(norms, values(normalisations(network))))
    assert all(differ(kernels, values([convolution])))


@pytest.mark.parametrize("name", EVERY)
def test_weights_file_brings_the_features_back(name: str, cache: Cache, tmp_path: Path) -> None:
    pictures = pictures_of(cache, SMALLEST_PX[name])
    first = build_network(name, 7, 0.1, None)
    settle(first, pictures)
    again = build_network(name, 7, 0.1, str(saved_backbone(first, tmp_path, name)))
    expected = np.asarray(first.features_model(pictures, training=False))
    assert again.backbone is not None
    assert expected.std() > 0
    np.testing.assert_array_equal(np.asarray(again.features_model(pictures, training=False)), expected)


@pytest.mark.parametrize("name", EVERY)
def test_weights_of_another_architecture_are_refused(name: str, tmp_path: Path) -> None:
    other = "vit-tiny" if name == "sequential" else "sequential"
    wrong = saved_backbone(build_network(other, 7, 0.1, None), tmp_path, other)
    with pytest.raises(TrainingError, match=rf"does not hold the weights of a {name} backbone.*without its top"):
        build_network(name, 7, 0.1, str(wrong))


@pytest.mark.parametrize("name", ["none.weights.h5", "text.weights.h5", "text.pdf"])
def test_file_that_holds_no_weights_is_refused(name: str, tmp_path: Path) -> None:
    if name.startswith("text"):
        (tmp_path / name).write_text("not weights")
    for architecture in QUICK:
        with pytest.raises(TrainingError, match="does not hold the weights"):
            build_network(architecture, 7, 0.1, str(tmp_path / name))


@pytest.mark.parametrize("name", EVERY)
def test_program_answers_as_keras_does(name: str, config_path: Path, cache: Cache) -> None:
    size = max(96, 2 * SMALLEST_PX[name])  # statistics of too few places make random weights amplify rounding
    config = load_config(config_path)
    config = replace(
        config,
        model=replace(config.model, architecture=name),
        data=replace(config.data, width_px=size, height_px=size),
    )
    network = build_network(name, 7, 0.1, None)
    pictures = pictures_of(cache, size)
    settle(network, pictures)
    logits = np.asarray(network.training_model(pictures, training=False), np.float64)
    calibration = calibrate(logits, cache.targets[FOURTH], cache.class_mix())
    contract = make_contract(config, cache, calibration, {"git_commit": "0" * 40, "started_at": "2026-01-01T00:00:00Z"})
    serving = serving_model(network, calibration, contract)
    classifier = Classifier.from_bytes(to_onnx(serving, contract), name, "digest")
    agreement = check_agreement(serving, classifier, sample_files(cache, 4))
    assert agreement["largest_difference"] <= TOLERANCE

    pixels = pictures[:8].round().astype(np.uint8)
    maps = np.stack([classifier.run(picture).cam for picture in pixels])
    assert maps.std(axis=0).max() > 100 * TOLERANCE * np.abs(maps).max(), "the answers must differ to prove anything"
    np.testing.assert_allclose(maps, serving.predict_on_batch(pixels)[1], atol=10 * TOLERANCE * np.abs(maps).max())


@pytest.mark.parametrize("size_px", [64, 112])
def test_vision_transformer_keeps_a_places_position_when_the_picture_grows(size_px: int) -> None:
    from training.architectures.vit import Positions

    rows = size_px // 16
    small = np.asarray(Positions()(np.zeros((1, rows, rows, 8), np.float32)))[0]
    grown = np.asarray(Positions()(np.zeros((1, 3 * rows, 3 * rows, 8), np.float32)))[0]
    np.testing.assert_allclose(grown[1::3, 1::3], small, atol=1e-5)
    assert len(np.unique(small.reshape(rows * rows, 8).round(4), axis=0)) == rows * rows


def test_unknown_architecture_is_named() -> None:
    with pytest.raises(TrainingError, match=r"no architecture 'resnet51'.*resnet50"):
        build_network("resnet51", 7, 0.1, None)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('"sequential"', '"inceptionv3"', "inceptionv3 needs pictures of at least 75 px"),
        ('"sequential"', '"resnet51"', "no architecture 'resnet51'"),
        ("width_px = 48", "width_px = 24", "sequential needs pictures of at least 32 px"),
    ],
)
def test_configuration_of_too_small_pictures_is_refused(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    path = tmp_path / "small.toml"
    path.write_text(TINY_CONFIG.replace(before, after))
    with pytest.raises(TrainingError, match=complaint):
        load_config(path)
