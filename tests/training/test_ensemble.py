"""An ensemble is one network: its logits are its members' weighted mean, and it goes the whole way to a bundle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skindesk.inference.bundle import read_golden
from skindesk.inference.classifier import Classifier
from tests.training.conftest import TINY_CONFIG, Trained
from training.architectures import build_network
from training.config import EnsembleConfig, load_config, load_network_config
from training.ensemble import join, put_together
from training.errors import TrainingError
from training.evaluate import evaluate
from training.export import export
from training.runs import Run, read_json

ENSEMBLE = TINY_CONFIG[: TINY_CONFIG.index("[recipe]")].replace('"sequential"', '"sequential+sequential"')


@pytest.fixture
def ensemble_path(tmp_path: Path) -> Path:
    path = tmp_path / "pair.toml"
    path.write_text('members = ["first", "second"]\n' + ENSEMBLE.replace("phantom-7", "pair"))
    return path


def test_joint_logits_are_the_weighted_mean_of_the_members() -> None:
    members = [build_network(name, 3, 0.0, None) for name in ("sequential", "mobilenetv2")]
    joint = build_network("sequential+mobilenetv2", 3, 0.0, None)
    join(joint, members, [0.25, 1.5])
    pictures = np.random.default_rng(0).uniform(0, 255, (4, 64, 64, 3)).astype(np.float32)
    first, second = (np.asarray(member.training_model(pictures, training=False)) for member in members)
    np.testing.assert_allclose(
        np.asarray(joint.training_model(pictures, training=False)), 0.25 * first + 1.5 * second, atol=1e-4
    )


def test_ensemble_of_runs_becomes_a_bundle(trained: Trained, ensemble_path: Path, tmp_path: Path) -> None:
    config = load_network_config(ensemble_path)
    assert isinstance(config, EnsembleConfig)
    run = Run(tmp_path / "pair")
    members = [(trained.config, trained.run), (trained.config, trained.run)]
    weights = put_together(config, ensemble_path, trained.cache, run, members)
    assert sum(weights) == pytest.approx(1)
    record = read_json(run.record, "")
    assert [member["config"] for member in record["members"]] == ["phantom-7.toml", "phantom-7.toml"]
    joint = evaluate(config, trained.cache, run, quick=True)
    alone = read_json(trained.run.figures, "")
    assert joint["archive_mix"]["macro_auc"]["value"] == pytest.approx(alone["archive_mix"]["macro_auc"]["value"])
    folder = export(config, trained.cache, run, tmp_path / "models")
    Classifier.load(folder).check_golden(read_golden(folder))
    assert "sequential+sequential" in (folder / "card.md").read_text("utf-8")


def test_members_must_share_split_and_input(trained: Trained, ensemble_path: Path, tmp_path: Path) -> None:
    config = load_network_config(ensemble_path)
    assert isinstance(config, EnsembleConfig)
    other = replace(trained.config, data=replace(trained.config.data, width_px=64))
    with pytest.raises(TrainingError, match="another split or other input"):
        put_together(config, ensemble_path, trained.cache, Run(tmp_path / "pair"), [(other, trained.run)])


def test_ensemble_is_not_trained_itself(ensemble_path: Path) -> None:
    with pytest.raises(TrainingError, match="Train its members"):
        load_config(ensemble_path)
