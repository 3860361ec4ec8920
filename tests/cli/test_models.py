"""Networks from the command line: taken in, chosen, compared in the shadow, and asked again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from skindesk.bootstrap import open_workspace
from skindesk.domain.contract import Modality
from skindesk.domain.labels import MalignancyGroup
from skindesk.imaging.decode import picture_from_bytes
from skindesk.inference.bundle import CARD_TEXT
from skindesk.services.casework import Casework
from skindesk.services.classify import answer_for
from skindesk.system.paths import Profile
from skindesk.system.settings import load_settings
from tests.cli.conftest import Run
from tests.support.colour_log import close_as, picture_of, save_picture, swapped_contract
from tests.support.tiny_bundle import tiny_contract, write_arriving_bundle, write_tiny_bundle


@contextmanager
def case_log(profile: Path) -> Iterator[Casework]:
    workspace = open_workspace(profile)
    if workspace.access.door == "new":
        workspace.access.set_up_open()
    yield workspace.casework
    workspace.close_case_log()


@pytest.fixture
def arriving(tmp_path: Path) -> Path:
    return write_arriving_bundle(tmp_path / "elsewhere", swapped_contract())


def answering(skindesk: Run, modality: str = "dermoscopic") -> list[str]:
    rows = json.loads(skindesk("models", "list", "--json").stdout)
    return [row["name"] for row in rows if row["active"] and row["modality"] == modality]


def test_bundle_is_installed_activated_and_rolled_back(skindesk: Run, arriving: Path, profile: Path) -> None:
    (default,) = answering(skindesk)
    done = skindesk("models", "install", arriving, "--json")
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "swapped-3@1.0.0")
    assert answering(skindesk) == [default]

    done = skindesk("models", "activate", "swapped-3")
    assert (done.returncode, done.stdout) == (0, "swapped-3@1.0.0 answers dermoscopic pictures from now on.\n")
    assert answering(skindesk) == ["swapped-3@1.0.0"]
    assert "answers dermoscopic pictures already" in skindesk("models", "activate", "swapped-3").stdout

    done = skindesk("models", "rollback")
    assert (done.returncode, done.stdout) == (0, f"{default} answers dermoscopic pictures again.\n")
    assert answering(skindesk) == [default]
    done = skindesk("models", "rollback", "--modality", "dermoscopic")
    assert (done.returncode, "not known that another network" in done.stderr) == (3, True)


def test_rollback_asks_which_kind_where_several_were_changed(skindesk: Run, profile: Path) -> None:
    write_tiny_bundle(profile / "models", tiny_contract("photographs-3", modality=Modality.CLINICAL))
    assert skindesk("models", "rollback").returncode == 3
    for name in ("colours-3", "photographs-3"):
        assert skindesk("models", "activate", name).returncode == 0
    done = skindesk("models", "rollback")
    assert (done.returncode, "--modality" in done.stderr) == (3, True)
    assert skindesk("models", "rollback", "--modality", "clinical").returncode == 0
    assert load_settings(Profile(profile)).model_id == "colours-3@1.0.0"


def test_refused_bundle_is_one_sentence_and_changes_nothing(skindesk: Run, arriving: Path, profile: Path) -> None:
    before = skindesk("models", "list", "--json").stdout
    (arriving / CARD_TEXT).write_text("other words")
    done = skindesk("models", "install", arriving)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("skindesk: The bundle of model swapped-3 is damaged: card.md is not what it was.")
    assert skindesk("models", "list", "--json").stdout == before
    assert skindesk("models", "install", "nowhere").returncode == 3
    assert skindesk("models", "activate", "swapped-3").returncode == 3


def test_exported_bundle_is_packed_and_installed(skindesk: Run, tmp_path: Path) -> None:
    exported = write_tiny_bundle(tmp_path / "runs", swapped_contract())
    out = tmp_path / "swapped.zip"
    assert skindesk("models", "pack", exported, "--out", out).returncode == 0
    assert skindesk("models", "pack", exported, "--out", out).returncode == 2
    assert skindesk("models", "install", out).returncode == 0
    verified = skindesk("models", "verify")
    assert "swapped-3@1.0.0: sound" in verified.stdout


def test_networks_are_compared_in_the_shadow(skindesk: Run, arriving: Path, profile: Path) -> None:
    with case_log(profile) as casework:
        cases = [save_picture(casework, at, picture_of(colour)) for at, colour in enumerate(("red", "green", "blue"))]
        close_as(casework, cases[0], "Red", MalignancyGroup.MALIGNANT)
    skindesk("models", "install", arriving)
    skindesk("models", "activate", "colours-3")

    done = skindesk("models", "shadow", "swapped-3", "--json")

    found = json.loads(done.stdout)
    assert (done.returncode, found["answered"], found["same_side"]["count"]) == (0, 3, 1)
    lost, new = found["changes"]
    assert (lost["case_id"], lost["diagnosis"]) == (cases[0], "Red")
    assert (lost["before"]["leading"], lost["after"]["leading"]) == ("red", "green")
    assert new["case_id"] == cases[1]
    assert found["spoilt"] == [cases[0]]
    told = skindesk("models", "shadow", "swapped-3", "--limit", 2).stdout
    assert told.startswith("colours-3 1.0.0 answers now; swapped-3 1.0.0 in its shadow. 2 pictures, class mix archive.")
    assert "nobody knows which network was right" in told
    table = skindesk("models", "shadow", "swapped-3").stdout
    assert "1 closed cases" in table
    assert "95 % -> 9 %" in table or "95% -> 9%" in table


def test_shadow_says_what_it_could_not_read(skindesk: Run, profile: Path) -> None:
    with case_log(profile) as casework:
        case_id = save_picture(casework, 1, b"no picture")
    done = skindesk("models", "shadow", "colours-3")
    assert done.returncode == 1
    assert f"case {case_id}: 1.png" in done.stdout


def test_network_that_answers_is_not_compared_with_itself(skindesk: Run, profile: Path) -> None:
    with case_log(profile):
        pass
    skindesk("models", "activate", "colours-3")
    done = skindesk("models", "shadow", "colours-3")
    assert (done.returncode, "answers dermoscopic pictures now" in done.stderr) == (3, True)


def test_stored_answers_are_had_again_until_their_network_is_gone(skindesk: Run, profile: Path) -> None:
    workspace = open_workspace(profile)
    content = picture_of("red")
    answer = answer_for(picture_from_bytes("a.png", content), workspace.models.open("colours-3")).answer.prediction
    with case_log(profile) as casework:
        case_id = save_picture(casework, 1, content, answer)

    done = skindesk("models", "recheck", case_id)
    assert (done.returncode, "colours-3 1.0.0: the same again" in done.stdout) == (0, True)
    (profile / "models" / "colours-3").rename(profile / "taken away")
    done = skindesk("models", "recheck", case_id, "--json")
    (row,) = json.loads(done.stdout)
    assert (done.returncode, row["result"]) == (1, "network gone")
    assert skindesk("models", "recheck", 999).returncode == 2
