import json
from dataclasses import replace

import pytest

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import ContractError
from tests.support.tiny_bundle import tiny_contract


def changed(**changes: object) -> str:
    return json.dumps({**json.loads(tiny_contract().to_json()), **changes})


def test_contract_survives_writing_and_reading() -> None:
    contract = tiny_contract()
    assert ModelContract.from_json(contract.to_json()) == contract


def test_contract_of_a_newer_program_is_refused_in_plain_words() -> None:
    with pytest.raises(ContractError, match="version 2; this program reads version 1"):
        ModelContract.from_json(changed(schema_version=2))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("not json", "not valid JSON"),
        ("[]", "not a JSON object"),
        (changed(modality="x-ray"), "x-ray"),
        (changed(outputs={"probabilities": "p"}), "cannot be read"),
        (changed(class_mix=[0.5, 0.5]), "does not match its labels"),
        (changed(class_mix=[0.5, 0.6, 0.2]), "not a distribution"),
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
