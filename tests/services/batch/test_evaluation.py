"""Measuring a network by what the pictures are said to show, in the trainer's own figures."""

from pathlib import Path

import numpy as np
import pytest

from skindesk.domain.errors import OutputUnavailableError
from skindesk.inference.classifier import Classifier
from skindesk.inference.figures import measure
from skindesk.services.batch import Item, Result, Search, classify_items, find_items
from skindesk.services.batch.evaluation import Said, evaluate, labels_from_table, said_by_item
from tests.support.pictures import BLUE, GREEN, RED, write_picture

COLOURS = {"red": RED, "green": GREEN, "blue": BLUE}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four pictures in a folder of each class; the first of each shows the next class."""
    names = [*COLOURS]
    for at, name in enumerate(names):
        (tmp_path / "sorted" / name).mkdir(parents=True)
        for number in range(4):
            shown = names[(at + 1) % 3] if number == 0 else name
            write_picture(tmp_path / "sorted" / name / f"{name}-{number}.png", COLOURS[shown])
    return tmp_path / "sorted"


def results(classifier: Classifier, *sources: Path, by_folder: bool = False) -> list[Result]:
    search = Search(tuple(map(str, sources)), recursive=True, label_by_folder=by_folder)
    return list(classify_items(find_items(search), classifier))


def test_folders_named_by_class_give_the_trainers_figures(tiny_classifier: Classifier, folder: Path) -> None:
    found = evaluate(results(tiny_classifier, folder, by_folder=True), tiny_classifier.contract)
    assert (found["images"], found["lesions"], found["unknown_labels"]) == (12, 12, {})
    assert found["figures"]["confusion"] == [[3, 1, 0], [0, 3, 1], [1, 0, 3]]
    assert found["figures"]["accuracy"]["value"] == pytest.approx(0.75)
    assert found["figures"]["accuracy"]["low"] < 0.75 < found["figures"]["accuracy"]["high"]
    answers = {result.item.shown: result for result in results(tiny_classifier, folder)}
    ordered = sorted(answers)
    probabilities = np.array([answers[path].outcome.prediction.probabilities for path in ordered])  # type: ignore[union-attr]
    targets = np.array([[*COLOURS].index(path.parent.name) for path in ordered])
    expected = measure(probabilities, targets, tuple(f"{at:09}" for at in range(12)), tiny_classifier.contract.labels)
    assert found["figures"] == expected


def test_table_names_labels_by_file_and_lesions_draw_together(
    tiny_classifier: Classifier, folder: Path, tmp_path: Path
) -> None:
    rows = [f"{name}-{number},{name.upper()},L-{name}" for name in COLOURS for number in range(4)]
    (tmp_path / "truth.csv").write_text("\n".join(["image_id,dx,lesion_id", *rows]), "utf-8")
    label_of = labels_from_table(tmp_path / "truth.csv")
    found = evaluate(results(tiny_classifier, folder), tiny_classifier.contract, label_of)
    assert (found["images"], found["lesions"]) == (12, 3)
    assert "lesions or patients" in found["interval"]
    assert found["figures"]["accuracy"]["value"] == pytest.approx(0.75)


@pytest.mark.parametrize("name", ["whole path", "path in the folder", "file name", "stem"])
def test_picture_is_found_in_a_table_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    picture = tmp_path / "deep" / "a.png"
    written = {"whole path": str(picture), "path in the folder": "deep/a.png", "file name": "a.png", "stem": "a"}[name]
    (tmp_path / "truth.csv").write_text(f"file,label\n{written},mel\n", "utf-8")
    assert labels_from_table(tmp_path / "truth.csv")(Item(picture)) == Said("mel")
    assert labels_from_table(tmp_path / "truth.csv")(Item(tmp_path / "b.png")) == Said("")


def test_member_of_an_archive_is_found_by_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("file,label\nmel/a.png,mel\nnv/a.png,nv\n", "utf-8")
    label_of = labels_from_table(tmp_path / "truth.csv")
    assert label_of(Item(Path("all.zip"), "nv/a.png")) == Said("nv")


def test_what_cannot_be_judged_is_counted_and_left_out(tiny_classifier: Classifier, folder: Path) -> None:
    (folder / "red" / "broken.png").write_bytes(b"\x89PNG")
    (folder / "naevus").mkdir()
    write_picture(folder / "naevus" / "n.png")
    loose = write_picture(folder.parent / "loose.png")
    judged = [*results(tiny_classifier, folder, by_folder=True), *results(tiny_classifier, loose)]
    found = evaluate(judged, tiny_classifier.contract)
    assert (found["images"], found["rejected"], found["unlabelled"]) == (12, 1, 1)
    assert found["unknown_labels"] == {"naevus": 1}


def test_nothing_labelled_gives_no_figures(tiny_classifier: Classifier, folder: Path) -> None:
    assert evaluate(results(tiny_classifier, folder), tiny_classifier.contract)["figures"] is None


@pytest.mark.parametrize("content", [b"a.png\nb.png\n", b"", b"\xff\xfe\x00", b'path,label\n"' + b"x" * 2_000_000])
def test_table_without_labels_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "truth.csv").write_bytes(content)
    with pytest.raises(OutputUnavailableError, match=r"truth\.csv"):
        labels_from_table(tmp_path / "truth.csv")


def test_list_says_lesion_before_patient() -> None:
    item = Item(Path("a"), label="mel", patient="P", lesion="L")
    assert said_by_item(item) == Said("mel", "L")
    assert said_by_item(Item(Path("a"), label="mel", patient="P")) == Said("mel", "P")
