"""What a network is compared with: a frozen backbone, and its own recipe without one part."""

from pathlib import Path

import numpy as np
import pytest

import training.ablate as ablating
from tests.training.conftest import Trained
from training.ablate import PARTS, WHOLE, ablate
from training.architectures import build_network
from training.config import load_config
from training.probe import probe
from training.runs import Run, read_json


def test_probe_learns_from_frozen_features(trained: Trained, tmp_path: Path) -> None:
    network = build_network(trained.config.model.architecture, 7, 0.0, None)
    weights = tmp_path / "backbone.weights.h5"
    network.feature_extractor.save_weights(weights)
    run = Run(tmp_path / "phantom-7-probe")
    figures = probe(trained.config, trained.cache, weights, run)
    assert figures == read_json(run.figures, "")
    assert figures["model_id"] == "phantom-7-probe"
    assert figures["balanced_mix"]["balanced_accuracy"]["value"] > 2 / 7


@pytest.mark.parametrize("part", PARTS)
def test_leaving_a_part_out_changes_the_recipe(part: str) -> None:
    config = load_config(Path("training/configs/ablation.toml"))
    without = PARTS[part](config)
    assert without != config
    assert without.model == config.model
    assert without.data == config.data


def test_ablation_compares_lesion_by_lesion(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"mixup": PARTS["mixup"], "nothing": lambda config: config}
    monkeypatch.setattr(ablating, "PARTS", parts)
    run = Run(tmp_path / "ablation")
    table = ablate(trained.config, trained.config_path, trained.cache, run, None).read_text("utf-8")
    rows = read_json(run.folder / "ablation.json", "")["rows"]
    assert list(rows) == [WHOLE, *parts]
    nothing = rows["nothing"]["lost"]["negative_log_likelihood"]
    np.testing.assert_allclose([nothing["low"], nothing["value"], nothing["high"]], 0, atol=1e-3)
    assert rows["mixup"]["lost"]["negative_log_likelihood"]["value"] != 0
    assert f"| {WHOLE} |" in table
    assert "| change without mixup |" in table
    history = (run.folder / "mixup" / "history.csv").read_text()
    ablate(trained.config, trained.config_path, trained.cache, run, None)
    assert (run.folder / "mixup" / "history.csv").read_text() == history
