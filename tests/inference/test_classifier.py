import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skindesk.domain.class_mix import archive_mix, own_mix, shift
from skindesk.domain.errors import ModelUnavailableError
from skindesk.domain.prediction import AbstentionReason, Decision
from skindesk.imaging.decode import decode
from skindesk.imaging.preprocess import preprocess
from skindesk.inference.bundle import CARD_FILE, GOLDEN_FILE, MODEL_FILE, read_golden
from skindesk.inference.classifier import Classifier
from tests.support.pictures import BLUE, GREEN, RED, picture, plain
from tests.support.tiny_bundle import SHARPNESS, tiny_contract, tiny_network


@pytest.fixture
def bundle_copy(tiny_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_bundle, tmp_path / tiny_bundle.name))


def test_answer_is_the_networks_arithmetic(tiny_classifier: Classifier) -> None:
    answer = tiny_classifier.classify(decode(picture(plain(RED))))
    logits = SHARPNESS * np.array(RED) / 255
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(answer.prediction.probabilities, expected, rtol=1e-4)
    np.testing.assert_allclose(answer.embedding, np.array(RED) / 255, rtol=1e-4)
    assert answer.cam.shape == (32, 32, 3)
    assert answer.prediction.top.label.code == "red"
    assert answer.prediction.decision is Decision.SUPPORTED


def test_prediction_names_its_network_and_picture(tiny_classifier: Classifier, tiny_bundle: Path) -> None:
    file = picture(plain(RED))
    prediction = tiny_classifier.classify(decode(file)).prediction
    assert prediction.image_digest == file.sha256
    assert prediction.model.digest == hashlib.sha256((tiny_bundle / MODEL_FILE).read_bytes()).hexdigest()
    assert prediction.created_at.tzinfo is not None


def test_network_abstains_where_its_contract_says_so(tiny_classifier: Classifier) -> None:
    prediction = tiny_classifier.classify(decode(picture(plain((120, 120, 0))))).prediction
    assert prediction.decision is Decision.ABSTAINED
    assert prediction.abstention_reason is AbstentionReason.CLASSES_TOO_CLOSE


def test_network_abstains_on_a_picture_unlike_its_training_data(tiny_classifier: Classifier) -> None:
    prediction = tiny_classifier.classify(decode(picture(plain((255, 240, 240))))).prediction
    assert prediction.novelty == pytest.approx(245 / 255, abs=1e-3)
    assert prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING


def test_class_mix_moves_probabilities_and_the_decision_with_them(tiny_classifier: Classifier) -> None:
    image, contract = decode(picture(plain((120, 60, 60)))), tiny_classifier.contract
    as_trained = tiny_classifier.classify(image).prediction
    mix = own_mix("clinic", {"red": 0.1, "green": 0.8, "blue": 0.1}, contract)
    prediction = tiny_classifier.classify(image, mix).prediction
    assert (as_trained.class_mix, prediction.class_mix) == (archive_mix(contract), mix)
    assert (as_trained.decision, prediction.decision) == (Decision.SUPPORTED, Decision.ABSTAINED)
    assert prediction.probabilities == shift(as_trained.probabilities, contract.class_mix, mix)


def test_archives_mix_leaves_the_networks_own_numbers(tiny_classifier: Classifier) -> None:
    image = decode(picture(plain((120, 60, 60))))
    own = tiny_classifier.run(preprocess(image.rgb, tiny_classifier.contract.preprocessing)).probabilities
    assert tiny_classifier.classify(image).prediction.probabilities == tuple(map(float, own))


def test_network_without_a_novelty_output_answers_without_one() -> None:
    contract = replace(tiny_contract(), novelty=None)
    classifier = Classifier.from_bytes(tiny_network(contract), "plain", "digest")
    prediction = classifier.classify(decode(picture(plain((255, 255, 0))))).prediction
    assert prediction.novelty is None
    assert prediction.abstention_reason is not AbstentionReason.UNLIKE_TRAINING


def test_many_threads_get_the_answers_that_one_gets(tiny_classifier: Classifier) -> None:
    pictures = [decode(picture(plain(colour))) for colour in (RED, GREEN, BLUE)] * 60
    alone = [tiny_classifier.classify(image).prediction.probabilities for image in pictures]
    with ThreadPoolExecutor(8) as pool:
        together = [answer.prediction.probabilities for answer in pool.map(tiny_classifier.classify, pictures)]
    assert together == alone


def test_golden_outputs_hold(tiny_classifier: Classifier, tiny_bundle: Path) -> None:
    tiny_classifier.check_golden(read_golden(tiny_bundle))


def test_wrong_golden_output_is_refused(bundle_copy: Path) -> None:
    golden = read_golden(bundle_copy)
    changed = golden.probabilities[::-1]
    np.savez(bundle_copy / GOLDEN_FILE, pictures=golden.pictures, probabilities=changed, novelty=golden.novelty)
    with pytest.raises(ModelUnavailableError, match="other answers than it should"):
        Classifier.load(bundle_copy).check_golden(read_golden(bundle_copy))


@pytest.mark.parametrize("novelty", [0.0, float("nan")])
def test_wrong_golden_novelty_is_refused(bundle_copy: Path, novelty: float) -> None:
    golden = read_golden(bundle_copy)
    changed = np.full(len(golden.pictures), novelty, np.float32)
    np.savez(bundle_copy / GOLDEN_FILE, pictures=golden.pictures, probabilities=golden.probabilities, novelty=changed)
    with pytest.raises(ModelUnavailableError, match="measures novelty otherwise"):
        Classifier.load(bundle_copy).check_golden(read_golden(bundle_copy))


def test_golden_outputs_without_the_networks_novelty_are_refused(bundle_copy: Path) -> None:
    golden = read_golden(bundle_copy)
    np.savez(bundle_copy / GOLDEN_FILE, pictures=golden.pictures, probabilities=golden.probabilities)
    with pytest.raises(ModelUnavailableError, match="of another network"):
        Classifier.load(bundle_copy).check_golden(read_golden(bundle_copy))


def test_golden_output_that_is_no_number_is_refused(bundle_copy: Path) -> None:
    golden = read_golden(bundle_copy)
    nothing = golden.probabilities * np.nan
    np.savez(bundle_copy / GOLDEN_FILE, pictures=golden.pictures, probabilities=nothing, novelty=golden.novelty)
    with pytest.raises(ModelUnavailableError, match="other answers than it should"):
        Classifier.load(bundle_copy).check_golden(read_golden(bundle_copy))


@pytest.mark.parametrize("count", [0, 2])
def test_golden_outputs_that_prove_nothing_are_refused(bundle_copy: Path, count: int) -> None:
    golden = read_golden(bundle_copy)
    np.savez(bundle_copy / GOLDEN_FILE, pictures=golden.pictures[:count], probabilities=golden.probabilities[:0])
    with pytest.raises(ModelUnavailableError, match="of another network"):
        Classifier.load(bundle_copy).check_golden(read_golden(bundle_copy))


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_golden_file_cut_off_anywhere_is_refused(bundle_copy: Path, share: float) -> None:
    content = (bundle_copy / GOLDEN_FILE).read_bytes()
    (bundle_copy / GOLDEN_FILE).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelUnavailableError, match="cannot be read"):
        read_golden(bundle_copy)


def test_network_that_differs_from_its_card_by_one_byte_is_refused(bundle_copy: Path) -> None:
    content = bytearray((bundle_copy / MODEL_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle_copy / MODEL_FILE).write_bytes(content)
    with pytest.raises(ModelUnavailableError, match="not the one its card describes"):
        Classifier.load(bundle_copy)


def test_damaged_network_with_a_matching_card_is_refused(bundle_copy: Path) -> None:
    (bundle_copy / MODEL_FILE).write_bytes(b"no network")
    card = json.loads((bundle_copy / CARD_FILE).read_text())
    (bundle_copy / CARD_FILE).write_text(json.dumps({**card, "digest": hashlib.sha256(b"no network").hexdigest()}))
    with pytest.raises(ModelUnavailableError, match="damaged or not supported"):
        Classifier.load(bundle_copy)


@pytest.mark.parametrize("file", [MODEL_FILE, CARD_FILE])
def test_incomplete_bundle_is_refused(bundle_copy: Path, file: str) -> None:
    (bundle_copy / file).unlink()
    with pytest.raises(ModelUnavailableError, match="cannot be read"):
        Classifier.load(bundle_copy)


def test_network_without_a_contract_is_refused() -> None:
    import onnx

    model = onnx.load_from_string(tiny_network(tiny_contract()))
    del model.metadata_props[:]
    with pytest.raises(ModelUnavailableError, match="carries no SkinDesk contract"):
        Classifier.from_bytes(model.SerializeToString(), "stray", "digest")


def test_contract_that_does_not_fit_the_graph_is_refused() -> None:
    contract = tiny_contract()
    wider = replace(contract, preprocessing=replace(contract.preprocessing, width_px=64))
    with pytest.raises(ModelUnavailableError, match="shape"):
        Classifier.from_bytes(tiny_network(wider), "wider", "digest")
    fewer = replace(contract, labels=contract.labels[:2], class_mix=(0.5, 0.5))
    with pytest.raises(ModelUnavailableError, match="number of classes"):
        Classifier.from_bytes(tiny_network(fewer), "fewer", "digest")
    renamed = replace(contract, outputs=replace(contract.outputs, cam="map"))
    with pytest.raises(ModelUnavailableError, match="lacks the outputs"):
        Classifier.from_bytes(tiny_network(renamed), "renamed", "digest")


def test_novelty_that_the_graph_does_not_give_is_refused() -> None:
    contract = tiny_contract()
    assert contract.novelty is not None
    other = replace(contract, novelty=replace(contract.novelty, output="strangeness"))
    with pytest.raises(ModelUnavailableError, match="lacks the outputs"):
        Classifier.from_bytes(tiny_network(other), "other", "digest")


def test_novelty_that_is_no_single_number_is_refused() -> None:
    import onnx

    model = onnx.load_from_string(tiny_network(tiny_contract()))
    (measured,) = (node for node in model.graph.node if node.output[0] == "novelty")
    (keeps,) = (attribute for attribute in measured.attribute if attribute.name == "keepdims")
    keeps.i = 1
    model.graph.output[3].type.tensor_type.shape.dim.add().dim_value = 1
    with pytest.raises(ModelUnavailableError, match=r"its novelty is tensor\(float\) of the shape \['n', 1\]"):
        Classifier.from_bytes(model.SerializeToString(), "wide", "digest")
