"""The 8-bit twin: what it keeps in float, when it is accepted, and that its thresholds are its own."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

import training.quantise as quantising
from skindesk.inference.bundle import read_golden, read_network
from skindesk.inference.classifier import Classifier
from tests.training.conftest import Trained
from training.errors import TrainingError
from training.export import export
from training.quantise import compare, quantise, write_fast_bundle
from training.runs import Run, read_json


@pytest.fixture(scope="module")
def models(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    export(trained.config, trained.cache, trained.run, folder)
    return folder


def test_convolutions_become_integers_and_head_and_novelty_stay_float(trained: Trained, models: Path) -> None:
    content, _ = read_network(models / trained.config.model.id)
    graph = onnx.load_from_string(quantise(content, trained.cache.images[:8])).graph
    weights = {entry.name: entry.data_type for entry in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    kinds = []
    for node in graph.node:
        if node.op_type == "Conv":
            dequantised = makers.get(node.input[1])
            kinds.append("float" if dequantised is None else weights[dequantised.input[0]])
    assert kinds.count(onnx.TensorProto.INT8) == 1
    assert kinds.count("float") == 4
    products = [node for node in graph.node if node.op_type in ("MatMul", "Gemm")]
    assert products
    assert {weights.get(node.input[1]) for node in products} == {onnx.TensorProto.FLOAT}


def test_accepted_twin_is_a_bundle_with_thresholds_of_its_own(
    trained: Trained, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "LEAST_AGREEMENT", 0.5)
    monkeypatch.setattr(quantising, "LARGEST_LOSS", 0.5)
    run = Run(tmp_path / "phantom-7-fast")
    folder = write_fast_bundle(trained.config, trained.cache, models / "phantom-7", models, run, quick=True)
    fast, parent = Classifier.load(folder), Classifier.load(models / trained.config.model.id)
    fast.check_golden(read_golden(folder))
    assert fast.contract.model_id == "phantom-7-fast"
    same = {"class_mix", "labels", "preprocessing", "temperature", "training"}
    assert all(getattr(fast.contract, name) == getattr(parent.contract, name) for name in same)
    assert fast.contract.novelty is not None
    assert fast.contract.novelty != parent.contract.novelty
    figures = read_json(run.figures, "")
    assert 0.5 <= figures["quantised"]["validation"]["agreement"] <= 1
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert card["digest"] == fast.ref.digest != parent.ref.digest
    assert "8-bit twin of phantom-7" in (folder / "card.md").read_text("utf-8")


def test_twin_that_answers_otherwise_is_refused(
    trained: Trained, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "LEAST_AGREEMENT", 1.01)
    with pytest.raises(TrainingError, match="8-bit network loses"):
        write_fast_bundle(
            trained.config, trained.cache, models / "phantom-7", tmp_path / "models", Run(tmp_path / "fast"), quick=True
        )
    assert not any(tmp_path.iterdir())


def test_cost_is_counted_in_balanced_accuracy_and_first_answers() -> None:
    targets = np.array([0, 0, 1, 1])
    parent = np.array([[2.0, 1.0], [2.0, 1.0], [1.0, 2.0], [1.0, 2.0]])
    fast = np.array([[2.0, 1.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    compared = compare(fast, parent, targets, (0.5, 0.5))
    assert compared == {
        "pictures": 4,
        "balanced_accuracy_parent": 1.0,
        "balanced_accuracy": 0.75,
        "agreement": 0.75,
    }
