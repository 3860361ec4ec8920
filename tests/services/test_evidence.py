import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skindesk.domain.case import Site, SkinType
from skindesk.domain.contract import ModelContract
from skindesk.domain.evidence import EvidenceWeight
from skindesk.inference.bundle import read_contract
from skindesk.services.evidence import evidence_for

MODELS = Path(__file__).parents[2] / "models"
SHIPPED = ("dermoscopy-7", "dermoscopy-7-fast", "clinical-6", "isic-9")
UNKNOWN = (SkinType.UNKNOWN, None, Site.UNKNOWN)


def _card(model_id: str) -> Any:
    return json.loads((MODELS / model_id / "card.json").read_text(encoding="utf-8"))


def _contract(model_id: str) -> ModelContract:
    return read_contract(MODELS / model_id)


def _said(model_id: str, skin_type: SkinType, age: int | None, site: Site) -> list[str]:
    return [line.text for line in evidence_for(_card(model_id), _contract(model_id), skin_type, age, site)]


@pytest.mark.parametrize(
    ("model_id", "sentences"),
    [
        (
            "dermoscopy-7",
            [
                "No evidence for skin types V and VI: the training pictures show fair skin almost only.",
                "Tested on 1,453 lesions; malignant AUC 0.91 [0.89, 0.93].",
            ],
        ),
        (
            "dermoscopy-7-fast",
            [
                "No evidence for skin types V and VI: the training pictures show fair skin almost only.",
                "Tested on 1,453 lesions; malignant AUC 0.90 [0.88, 0.92].",
            ],
        ),
        (
            "clinical-6",
            [
                "Squamous cell carcinoma / Bowen's disease was not told from the rest: AUC 0.59 [0.41, 0.74].",
                "Few test pictures: melanoma 5, squamous cell carcinoma / Bowen's disease 11.",
                "Skin types I, IV, V and VI: 11 of 128 patients in the test part, too few to judge.",
                "Tested on 128 patients; malignant AUC 0.97 [0.95, 0.99].",
            ],
        ),
        (
            "isic-9",
            [
                "No evidence for any skin type: its card does not tell whose skin was tested.",
                "Few test pictures: actinic keratosis 12.",
                "Tested on 324 lesions; malignant AUC 0.90 [0.86, 0.93].",
            ],
        ),
    ],
)
def test_of_an_unknown_patient_only_what_holds_always_is_said(model_id: str, sentences: list[str]) -> None:
    assert _said(model_id, *UNKNOWN) == sentences


@pytest.mark.parametrize(
    ("model_id", "skin_type", "sentence"),
    [
        (
            "dermoscopy-7",
            SkinType.VI,
            "No evidence for skin types V and VI: the training pictures show fair skin almost only.",
        ),
        (
            "dermoscopy-7",
            SkinType.II,
            "No evidence for skin type II by itself: its archive, of mostly fair skin, records no type.",
        ),
        ("isic-9", SkinType.IV, "No evidence for skin type IV: its card does not tell whose skin was tested."),
        ("clinical-6", SkinType.II, "Skin type II: tested on 43 patients; malignant AUC 0.97 [0.89, 1.00]."),
        (
            "clinical-6",
            SkinType.III,
            "Skin type III: tested on 28 patients, 25 with a malignant lesion: too few to judge malignancy.",
        ),
        ("clinical-6", SkinType.IV, "Skin type IV: 4 patients in the test part, too few to judge."),
        ("clinical-6", SkinType.V, "No evidence for skin type V: none in the test part."),
        ("clinical-6", SkinType.VI, "Skin type VI: 1 patient in the test part, too few to judge."),
    ],
)
def test_skin_type_is_told_as_the_card_knows_it(model_id: str, skin_type: SkinType, sentence: str) -> None:
    assert sentence in _said(model_id, skin_type, None, Site.UNKNOWN)


@pytest.mark.parametrize(
    ("model_id", "age", "sentence"),
    [
        ("dermoscopy-7", 29, "Age under 30: tested on 80 lesions, 1 malignant: too few to judge malignancy."),
        ("dermoscopy-7", 30, "Age 30 to 49: tested on 538 lesions; malignant AUC 0.92 [0.88, 0.95]."),
        ("dermoscopy-7", 69, "Age 50 to 69: tested on 560 lesions; malignant AUC 0.90 [0.87, 0.93]."),
        ("dermoscopy-7", 70, "Age 70 and over: tested on 263 lesions; malignant AUC 0.85 [0.80, 0.91]."),
        ("clinical-6", 20, "Age under 30: 13 patients in the test part, too few to judge."),
        ("isic-9", 17, "Not meant for children: its card names adults only."),
    ],
)
def test_age_is_told_by_the_band_of_the_card(model_id: str, age: int, sentence: str) -> None:
    assert sentence in _said(model_id, SkinType.UNKNOWN, age, Site.UNKNOWN)


def test_grown_ups_are_not_called_children() -> None:
    assert "Not meant for children: its card names adults only." not in _said("isic-9", SkinType.I, 18, Site.UNKNOWN)


@pytest.mark.parametrize(
    ("model_id", "site", "sentences"),
    [
        (
            "dermoscopy-7",
            Site.HEAD_NECK,
            [
                "Ear, scalp and neck: 54 pictures in the test part, too few to judge.",
                "Face: tested on 84 lesions; malignant AUC 0.85 [0.76, 0.93].",
            ],
        ),
        (
            "dermoscopy-7",
            Site.LOWER_EXTREMITY,
            [
                "Foot: tested on 33 lesions, 4 malignant: too few to judge malignancy.",
                "Lower extremity: tested on 320 lesions; malignant AUC 0.90 [0.86, 0.94].",
            ],
        ),
        ("dermoscopy-7", Site.PALMS_SOLES, ["Palms and soles: 2 lesions in the test part, too few to judge."]),
        ("isic-9", Site.ORAL_GENITAL, ["Genital skin: 1 lesion in the test part, too few to judge."]),
        (
            "dermoscopy-7",
            Site.LATERAL_TORSO,
            ["Trunk without its side: tested on 243 lesions, 4 malignant: too few to judge malignancy."],
        ),
        ("clinical-6", Site.PALMS_SOLES, ["No evidence for palms and soles: none in the test part."]),
        ("clinical-6", Site.LATERAL_TORSO, ["No evidence for the lateral torso: none in the test part."]),
        (
            "clinical-6",
            Site.UPPER_EXTREMITY,
            ["Arm, forearm and hand: 46 pictures in the test part, too few to judge."],
        ),
        ("clinical-6", Site.POSTERIOR_TORSO, ["Back: 22 patients in the test part, too few to judge."]),
    ],
)
def test_site_is_told_in_the_words_of_its_archive(model_id: str, site: Site, sentences: list[str]) -> None:
    always = _said(model_id, *UNKNOWN)
    assert [text for text in _said(model_id, SkinType.UNKNOWN, None, site) if text not in always] == sentences


@pytest.mark.parametrize("model_id", SHIPPED)
def test_every_site_of_a_shipped_card_belongs_to_some_site(model_id: str) -> None:
    counted = _card(model_id)["metrics"]["groups"]["site"]
    said = " ".join(text for site in Site for text in _said(model_id, SkinType.UNKNOWN, None, site)).casefold()
    named = {"acral": "palms and soles", "not stated": ""}
    assert [part for part in counted if named.get(part, part) not in said] == []


@pytest.mark.parametrize("model_id", SHIPPED)
def test_what_is_missing_comes_first_and_the_patient_before_the_rest(model_id: str) -> None:
    lines = evidence_for(_card(model_id), _contract(model_id), SkinType.V, 75, Site.PALMS_SOLES)
    assert [line.weight for line in lines] == sorted(line.weight for line in lines)
    assert lines[0].weight is EvidenceWeight.NONE
    assert lines[0].weight.is_warning
    assert "skin type" in lines[0].text or "palms and soles" in lines[0].text
    assert not lines[-1].weight.is_warning


def test_card_of_a_users_own_network_may_be_silent() -> None:
    contract = replace(_contract("dermoscopy-7"), model_id="a-clinics-own")
    said = [line.text for line in evidence_for({}, contract, SkinType.IV, 40, Site.LOWER_EXTREMITY)]
    assert said == [
        "Its card says nothing of age.",
        "Its card says nothing of body sites.",
        "No evidence for skin type IV: its card does not tell whose skin was tested.",
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"metrics": []},
        {"metrics": {"groups": {"site": {"face": 3}, "age_band": None, "skin_type": {"II": {"lesions": "many"}}}}},
        {"metrics": {"archive_mix": {"per_class": {"mel": {"images": None, "auc": "high"}}, "malignant": 1}}},
        {"metrics": {"lesions": True, "archive_mix": {"malignant": {"auc": {"value": 0.9, "low": None, "high": 1}}}}},
        {"limits": "fair skin", "intended_use": None},
    ],
)
def test_odd_card_is_read_as_silent(odd: dict[str, Any]) -> None:
    for age in (None, 5, 50):
        lines = evidence_for(odd, _contract("dermoscopy-7"), SkinType.II, age, Site.HEAD_NECK)
        assert lines
        assert all(line.weight.is_warning for line in lines)
