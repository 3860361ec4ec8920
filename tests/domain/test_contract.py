import json
from dataclasses import replace

import pytest

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import ContractError
from tests.support.tiny_bundle import tiny_contract

NOVELTY = {"output": "novelty", "method": "brightness", "threshold": 0.9, "validation_refused": 0.01}


def changed(**changes: object) -> str:
    return json.dumps({**json.loads(tiny_contract().to_json()), **changes})


def test_contract_survives_writing_and_reading() -> None:
    contract = tiny_contract()
    assert ModelContract.from_json(contract.to_json()) == contract


def test_contract_of_a_newer_program_is_refused_in_plain_words() -> None:
    with pytest.raises(ContractError, match="version 3; this program reads versions up to 2"):
        ModelContract.from_json(changed(schema_version=3))


def test_contract_of_the_first_version_is_read_and_knows_no_novelty() -> None:
    raw = json.loads(tiny_contract().to_json())
    del raw["novelty"]
    contract = ModelContract.from_json(json.dumps({**raw, "schema_version": 1}))
    assert contract == replace(tiny_contract(), novelty=None, schema_version=1)


def test_network_without_a_novelty_score_has_a_contract_too() -> None:
    contract = replace(tiny_contract(), novelty=None)
    assert ModelContract.from_json(contract.to_json()) == contract


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("not json", "not valid JSON"),
        ("[]", "not a JSON object"),
        (changed(modality="x-ray"), "x-ray"),
        (changed(outputs={"probabilities": "p"}), "cannot be read"),
        (changed(class_mix=[0.5, 0.5]), "does not match its labels"),
        (changed(class_mix=[0.5, 0.6, 0.2]), "not a distribution"),
        (changed(class_mix=[0.5, float("nan"), 0.2]), "not a distribution"),
        (changed(novelty={"output": "novelty"}), "lacks 'method'"),
        (changed(novelty="brightness"), "cannot be read"),
        (changed(novelty={**NOVELTY, "output": "cam"}), "no output of its own"),
        (changed(novelty={**NOVELTY, "threshold": float("nan")}), "novelty threshold"),
        (changed(novelty={**NOVELTY, "validation_refused": 1.2}), "refused validation pictures"),
        (changed(temperature=0), "temperature"),
        (changed(labels=[]), "fewer than two labels"),
    ],
)
def test_unusable_contract_is_refused_with_its_fault(text: str, complaint: str) -> None:
    with pytest.raises(ContractError, match=complaint):
        ModelContract.from_json(text)


def test_missing_field_is_named() -> None:
    raw = json.loads(tiny_contract().to_json())
    del raw["temperature"]
    with pytest.raises(ContractError, match="lacks 'temperature'"):
        ModelContract.from_json(json.dumps(raw))


def test_label_may_not_occur_twice() -> None:
    contract = tiny_contract()
    with pytest.raises(ContractError, match="occurs twice"):
        replace(contract, labels=(contract.labels[0], *contract.labels[:2]))
