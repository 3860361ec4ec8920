"""The whole way: phantoms, cache, training, evaluation, export, and the program that runs the result."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skindesk.domain.outcome import Classified
from skindesk.inference.bundle import read_golden
from skindesk.inference.classifier import Classifier
from tests.support.classified import classify_file
from tests.training.conftest import Trained
from training.batches import TrainingBatches
from training.calibrate import calibrate, load_calibration
from training.config import Stage
from training.errors import TrainingError
from training.export import (
    TOLERANCE,
    check_agreement,
    export,
    make_contract,
    sample_files,
    serving_model,
    to_onnx,
    write_bundle,
)
from training.figures import MIXES
from training.fit import fit
from training.predict import predict
from training.runs import Run, read_json, write_json
from training.split import Part
from training.trained import load_network


@pytest.fixture(scope="module")
def bundle(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    return export(trained.config, trained.cache, trained.run, models, [trained.run])


def test_training_is_recorded_epoch_by_epoch(trained: Trained) -> None:
    with trained.run.history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["epoch"], row["size_px"]) for row in rows] == [("1", "32"), ("2", "48"), ("3", "48")]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])


def test_evaluation_writes_figures_with_intervals_and_a_report(trained: Trained) -> None:
    figures = read_json(trained.run.figures, "")
    for mix in MIXES:
        for name in ("accuracy", "balanced_accuracy", "macro_auc"):
            interval = figures[mix][name]
            assert interval["low"] <= interval["value"] <= interval["high"]
        assert len(figures[mix]["per_class"]) == 7
    assert sum(map(sum, figures["archive_mix"]["confusion"])) == figures["images"]
    assert figures["robustness"]["images"] == figures["images"]
    assert set(figures["eight_views"]) == set(MIXES)
    page = trained.run.report.read_text("utf-8")
    assert f"{figures['archive_mix']['accuracy']['value']:.3f}" in page
    for anchor in ("summary", "classes", "calibration", "abstention", "groups", "robustness", "training"):
        assert f'<section id="{anchor}">' in page


def test_program_accepts_the_bundle_and_its_golden_outputs(bundle: Path) -> None:
    Classifier.load(bundle).check_golden(read_golden(bundle))
    card = json.loads((bundle / "card.json").read_text("utf-8"))
    assert card["agreement"]["largest_difference"] <= TOLERANCE
    assert card["agreement"]["files"] > 50
    assert read_golden(bundle).novelty is not None
    assert "## Not for" in (bundle / "card.md").read_text("utf-8")


def test_program_gives_the_probabilities_that_evaluation_measured(trained: Trained, bundle: Path) -> None:
    classifier = Classifier.load(bundle)
    calibration = load_calibration(trained.run)
    network = load_network(trained.config, 7, trained.run)
    at = trained.cache.where(Part.TEST)[:8]
    logits = network.training_model.predict_on_batch(trained.cache.images[at].astype(np.float32))
    expected = calibration.probabilities(np.asarray(logits, np.float64))
    for row, index in zip(expected, at, strict=True):
        outcome = classify_file(trained.cache.paths[index], classifier)
        assert isinstance(outcome, Classified)
        np.testing.assert_allclose(outcome.prediction.probabilities, row, atol=TOLERANCE)


def test_trainers_own_prediction_reads_files_as_the_program_does(trained: Trained, bundle: Path) -> None:
    path = trained.cache.paths[0]
    outcome = classify_file(path, Classifier.load(bundle))
    assert isinstance(outcome, Classified)
    top = outcome.prediction.top
    (line,) = predict(trained.config, trained.cache, trained.run, [path])
    assert line.startswith(f"{path.name}: {top.label.code} {top.probability:.1%}")


def test_figures_of_other_weights_are_not_exported(trained: Trained, tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    shutil.copytree(trained.run.folder, run.folder)
    figures = read_json(run.figures, "")
    write_json(run.figures, {**figures, "weights_digest": "0" * 64})
    with pytest.raises(TrainingError, match="other weights"):
        export(trained.config, trained.cache, run, tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_bundle_that_cannot_be_replaced_stays(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(bundle, tmp_path / bundle.name))
    move = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target == folder and self.name == folder.name:
            raise PermissionError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    content = (folder / "model.onnx").read_bytes()
    card = json.loads((folder / "card.json").read_text("utf-8"))
    with pytest.raises(PermissionError):
        write_bundle(folder, content, card, "# new", read_golden(folder))
    Classifier.load(folder).check_golden(read_golden(folder))
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_export_refuses_a_network_that_differs_from_keras(trained: Trained) -> None:
    network = load_network(trained.config, 7, trained.run)
    calibration = load_calibration(trained.run)
    contract = make_contract(trained.config, trained.cache, calibration, read_json(trained.run.record, ""))
    serving = serving_model(network, calibration, contract)
    other = serving_model(network, replace(calibration, temperature=calibration.temperature * 1.05), contract)
    classifier = Classifier.from_bytes(to_onnx(other, contract), "other", "digest")
    with pytest.raises(TrainingError, match="Keras and the program differ"):
        check_agreement(serving, classifier, sample_files(trained.cache, 4))


def test_run_cut_short_resumes_where_it_was(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import training.fit as fitting

    run = Run(tmp_path / "run")
    finished = fitting._EpochKeeper.on_epoch_end
    ended = []

    def cut(self: object, epoch: int, logs: dict[str, float] | None = None) -> None:
        finished(self, epoch, logs)  # type: ignore[arg-type]
        ended.append(epoch)
        if len(ended) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(fitting._EpochKeeper, "on_epoch_end", cut)
    with pytest.raises(KeyboardInterrupt):
        fit(trained.config, trained.config_path, trained.cache, run, None, resume=False)
    with pytest.raises(TrainingError, match="--resume"):
        fit(trained.config, trained.config_path, trained.cache, run, None, resume=False)
    fit(trained.config, trained.config_path, trained.cache, run, None, resume=True)
    with run.history.open(newline="") as resumed, trained.run.history.open(newline="") as unbroken:
        after, before = list(csv.DictReader(resumed)), list(csv.DictReader(unbroken))
    assert [row["epoch"] for row in after] == ["1", "2", "3"]
    assert len(read_json(run.record, "")["resumed"]) == 1
    assert [float(row["loss"]) for row in after] == pytest.approx([float(row["loss"]) for row in before], rel=1e-3)


def test_batches_follow_from_seed_epoch_and_step(trained: Trained) -> None:
    recipe, augmentation = trained.config.recipe, trained.config.augmentation
    batches = TrainingBatches(
        trained.cache, trained.cache.where(Part.TRAIN), Stage(32, 1, mixup=0.2), recipe, augmentation
    )
    first, again = batches[0], batches[0]
    batches.epoch = 1
    later = batches[0]
    np.testing.assert_array_equal(first[0], again[0])
    assert (first[0] != later[0]).any()
    np.testing.assert_allclose(first[1].sum(axis=1), 1, rtol=1e-5)


def test_temperature_cools_overconfident_logits() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(4000, 3))
    share = np.exp(truth) / np.exp(truth).sum(axis=1, keepdims=True)
    targets = np.array([rng.choice(3, p=row) for row in share])
    calibration = calibrate(truth * 3, targets, np.full(3, 1 / 3))
    assert calibration.temperature == pytest.approx(3, rel=0.1)
    assert calibration.validation_coverage == pytest.approx(0.9, abs=0.01)
