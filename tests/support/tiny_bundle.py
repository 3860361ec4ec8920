"""A complete model bundle of three classes that anybody can compute in the head: which colour is strongest."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from skindesk.domain.contract import (
    METADATA_KEY,
    DecisionRule,
    Geometry,
    Modality,
    ModelContract,
    NoveltyRule,
    OutputNames,
    Preprocessing,
    Resampling,
    TrainingRecord,
)
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.inference.bundle import CARD_FILE, CARD_TEXT, GOLDEN_FILE, MODEL_FILE, write_sums
from skindesk.inference.classifier import Classifier

SIZE_PX = 32
SHARPNESS = 4.0
BRIGHTEST = 0.9
"""What is brighter on the whole is unlike anything that this network claims to have seen."""


def tiny_contract(
    model_id: str = "colours-3",
    min_margin: float = 0.1,
    modality: Modality = Modality.DERMOSCOPIC,
    version: str = "1.0.0",
) -> ModelContract:
    return ModelContract(
        model_id=model_id,
        version=version,
        title="Strongest colour",
        modality=modality,
        labels=(
            Label("red", "Red", MalignancyGroup.MALIGNANT),
            Label("green", "Green", MalignancyGroup.BENIGN),
            Label("blue", "Blue", MalignancyGroup.PREMALIGNANT),
        ),
        preprocessing=Preprocessing(SIZE_PX, SIZE_PX, Geometry.SQUASH, Resampling.BILINEAR),
        input_name="picture",
        outputs=OutputNames("probabilities", "cam", "embedding"),
        temperature=1.0,
        class_mix=(0.2, 0.5, 0.3),
        decision=DecisionRule(min_margin, 0.9, 0.9),
        training=TrainingRecord("none", "CC0-1.0", "0" * 64, "none", "2026-01-01T00:00:00+00:00", "arithmetic"),
        novelty=NoveltyRule("novelty", "brightness", BRIGHTEST, 0.01),
    )


def tiny_network(contract: ModelContract) -> bytes:
    """Mean colour in 0 to 1 as embedding, the scaled picture as map, softmax(4 x mean colour), mean brightness."""
    nodes = [
        helper.make_node("Cast", ["picture"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["float", "scale"], ["cam"]),
        helper.make_node("ReduceMean", ["cam"], ["embedding"], axes=[1, 2], keepdims=0),
        helper.make_node("Mul", ["embedding", "sharpness"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=-1),
        helper.make_node("ReduceMean", ["embedding"], ["novelty"], axes=[1], keepdims=0),
    ]
    classes = 3
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("picture", TensorProto.UINT8, ["n", SIZE_PX, SIZE_PX, 3])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", classes]),
            helper.make_tensor_value_info("cam", TensorProto.FLOAT, ["n", SIZE_PX, SIZE_PX, classes]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", classes]),
            helper.make_tensor_value_info("novelty", TensorProto.FLOAT, ["n"]),
        ],
        [
            numpy_helper.from_array(np.float32(255), "scale"),
            numpy_helper.from_array(np.float32(SHARPNESS), "sharpness"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, contract.to_json()
    return bytes(model.SerializeToString())


def write_arriving_bundle(folder: Path, contract: ModelContract | None = None) -> Path:
    """Write the bundle with its sums, ready to be installed."""
    target = write_tiny_bundle(folder, contract)
    write_sums(target)
    return target


def write_tiny_bundle(folder: Path, contract: ModelContract | None = None) -> Path:
    """Write the bundle into `folder/<model id>` and return that."""
    contract = contract or tiny_contract()
    target = folder / contract.model_id
    target.mkdir(parents=True)
    content = tiny_network(contract)
    digest = hashlib.sha256(content).hexdigest()
    (target / MODEL_FILE).write_bytes(content)
    card = {"model_id": contract.model_id, "version": contract.version, "title": contract.title, "digest": digest}
    (target / CARD_FILE).write_text(json.dumps({**card, "licence": "CC0-1.0"}), "utf-8")
    (target / CARD_TEXT).write_text(f"# {contract.title}\n", "utf-8")
    pictures = np.random.default_rng(0).integers(0, 256, (3, SIZE_PX, SIZE_PX, 3)).astype(np.uint8)
    classifier = Classifier.from_bytes(content, contract.model_id, digest)
    outputs = [classifier.run(picture) for picture in pictures]
    expected = {"probabilities": np.stack([output.probabilities for output in outputs])}
    if contract.novelty is not None:
        expected["novelty"] = np.array([output.novelty for output in outputs], np.float32)
    np.savez(target / GOLDEN_FILE, pictures=pictures, **expected)
    return target
