"""A finished network teaches the next: its answers to the very same pictures count in the targets."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.conftest import TINY_CONFIG, Trained
from training.__main__ import main
from training.batches import TrainingBatches
from training.calibrate import load_calibration
from training.fit import LayerwiseAdamW
from training.phantoms import write_dataset
from training.runs import Run, read_json
from training.split import Part
from training.teacher import Teacher, write_teacher
from training.trained import load_network


@pytest.fixture
def teacher(trained: Trained, tmp_path: Path) -> Teacher:
    network = load_network(trained.config, len(trained.cache.labels), trained.run)
    path = write_teacher(network, load_calibration(trained.run), Run(tmp_path))
    return Teacher(path, trained.cache.class_mix())


@pytest.mark.parametrize("size_px", [32, 48])
def test_teacher_says_what_its_network_says_at_any_size(trained: Trained, teacher: Teacher, size_px: int) -> None:
    network = load_network(trained.config, len(trained.cache.labels), trained.run)
    pictures = np.random.default_rng(0).uniform(0, 255, (3, size_px, size_px, 3)).astype(np.float32)
    logits = np.asarray(network.training_model(pictures, training=False), np.float64)
    expected = load_calibration(trained.run).probabilities(logits)
    np.testing.assert_allclose(teacher.answer(pictures), expected, atol=1e-4)


def test_answers_to_the_same_pictures_count_by_their_share(trained: Trained, teacher: Teacher) -> None:
    recipe = replace(trained.config.recipe, teacher_share=0.25)
    train = trained.cache.where(Part.TRAIN)
    arguments = trained.cache, train, recipe.stages[0], recipe, trained.config.augmentation
    (pictures, targets), (same, taught) = TrainingBatches(*arguments)[0], TrainingBatches(*arguments, teacher)[0]
    np.testing.assert_array_equal(same, pictures)
    np.testing.assert_allclose(taught, 0.75 * targets + 0.25 * teacher.answer(pictures), atol=1e-6)
    np.testing.assert_allclose(taught.sum(axis=1), 1, atol=1e-5)


@pytest.fixture
def workplace(tmp_path: Path, archive_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the prepared archive where the commands look for it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").write_text(TINY_CONFIG.replace('"phantom-7"', '"own"'))
    assert main(["prepare", "own.toml", "--data", str(archive_folder)]) == 0
    return tmp_path


def test_pupil_is_trained_by_the_commands(
    trained: Trained, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    teacher = Run(workplace / "runs" / "phantom-7")
    teacher.folder.mkdir()
    for file in (trained.run.best, trained.run.calibration):
        shutil.copy(file, teacher.folder)
    taught = f'[recipe]\nteacher = "{trained.config_path}"'
    (workplace / "own.toml").write_text(TINY_CONFIG.replace('"phantom-7"', '"own"').replace("[recipe]", taught))
    assert main(["fit", "own.toml"]) == 2
    assert "Run `python -m training teacher` on the teacher first." in capsys.readouterr().err
    assert main(["teacher", str(trained.config_path)]) == 0
    assert main(["fit", "own.toml"]) == 0
    record = read_json(Run(workplace / "runs" / "own").record, "")
    assert record["teacher_digest"] == hashlib.sha256(teacher.teacher.read_bytes()).hexdigest()


def test_archive_to_train_on_must_hold_out_the_same_pictures(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_dataset(workplace / "more", per_class=20, seed=3, size=(80, 60))
    assert main(["prepare", "own.toml", "--data", str(workplace / "more"), "--cache", "runs/cache/more-48"]) == 0
    config = workplace / "own.toml"
    config.write_text(config.read_text().replace("[data]", '[data]\ntrains_on = "more"'))
    assert main(["fit", "own.toml"]) == 2
    assert "more holds out other pictures than ham10000." in capsys.readouterr().err


def test_variables_learn_at_their_own_rates() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, name="slow"), keras.layers.Dense(2, name="fast")]
    )
    before = [np.asarray(weight) for weight in model.get_weights()]
    model.compile(optimizer=LayerwiseAdamW(0.1, weight_decay=0.0, factors=[0.0, 0.0, 1.0, 1.0]), loss="mse")
    model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
    moved = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert moved == [False, False, True, True]
