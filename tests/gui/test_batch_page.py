"""The Batch page: every file becomes one row, a run ends in one state, and the export is the command line's."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.domain.outcome import Classified, Rejected
from skindesk.exchange.rows import RowFile
from skindesk.gui.background import Background
from skindesk.gui.batch import BatchWorkspace
from skindesk.gui.batch.outcome_filter import OutcomeFilter, Showing
from skindesk.gui.batch.outcome_model import OutcomeColumn, OutcomeModel
from skindesk.gui.batch.pace import Pace, duration
from skindesk.gui.batch.workspace import BatchState
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Options, Search, classify_items, find_items
from skindesk.services.classify import classify_file
from skindesk.system.settings import Settings
from tests.gui.clinic import EXAMPLES, visible_words
from tests.support.pictures import write_picture
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle


@pytest.fixture
def workspace(workspace: Workspace, tiny_bundle: Path) -> Workspace:
    shutil.copytree(tiny_bundle, workspace.profile.models / "colours-3")
    workspace.change_settings(Settings(model_id="colours-3", batch_workers=1))
    return workspace


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> BatchWorkspace:
    made = BatchWorkspace(workspace, background)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    made.show()
    for model in (made.model, made.table.filter):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples, a damaged picture, one in a folder within, and a letter that is none of them."""
    made = tmp_path / "clinic"
    (made / "within").mkdir(parents=True)
    for example in EXAMPLES:
        shutil.copy(example, made)
    shutil.copy(EXAMPLES[0], made / "within" / "inner.jpg")
    (made / "damaged.jpg").write_bytes(EXAMPLES[0].read_bytes()[:9000])
    (made / "letter.txt").write_text("not a picture")
    return made


def run(page: BatchWorkspace, qtbot: QtBot, *paths: Path) -> None:
    page.start(paths)
    qtbot.waitUntil(lambda: not page.is_running)


def cells(page: BatchWorkspace, column: OutcomeColumn) -> list[str]:
    shown = page.table.filter
    return [shown.index(row, column).data() for row in range(shown.rowCount())]


def test_every_picture_becomes_one_row(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)

    assert page.state is BatchState.DONE
    assert sorted(cells(page, OutcomeColumn.FILE)) == sorted(
        ["damaged.jpg", "inner.jpg", *(example.name for example in EXAMPLES)]
    )
    assert "12 of 12 pictures" in page.progress.facts_label.text()
    assert "1 rejected" in page.progress.facts_label.text()


def test_folders_within_are_left_out_on_wish(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    page.recursive_box.setChecked(False)

    run(page, qtbot, folder)

    assert "inner.jpg" not in cells(page, OutcomeColumn.FILE)


def test_a_rejected_row_says_why_in_a_sentence(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)
    page.table.showing_box.setCurrentIndex(page.table.showing_box.findData(Showing.REJECTED))

    page.table.view.selectRow(0)

    assert cells(page, OutcomeColumn.FILE) == ["damaged.jpg"]
    assert page.view.rejection.isVisible()
    assert page.view.rejection.text() == "damaged.jpg is damaged or cut off after 9 kB. Copy it from the camera again."


def test_a_chosen_row_shows_its_picture(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)

    page.table.view.selectRow(cells(page, OutcomeColumn.FILE).index(EXAMPLES[1].name))

    qtbot.waitUntil(page.view.canvas.has_picture)
    assert EXAMPLES[1].name in visible_words(page.view)
    assert "Generated picture, not a patient" in visible_words(page.view)


def test_a_picture_that_has_gone_since_is_told_beside_its_answer(
    page: BatchWorkspace, folder: Path, qtbot: QtBot
) -> None:
    run(page, qtbot, folder)
    (folder / EXAMPLES[1].name).unlink()

    page.table.view.selectRow(cells(page, OutcomeColumn.FILE).index(EXAMPLES[1].name))

    qtbot.waitUntil(lambda: any("does not exist" in word for word in visible_words(page.view)))


def test_stop_answers_at_once_and_ends_in_one_state(page: BatchWorkspace, tmp_path: Path, qtbot: QtBot) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(4000):
        os.link(shutil.copy(EXAMPLES[0], tmp_path / "one.jpg"), many / f"{number:04}.jpg")
    states: list[BatchState] = []
    page.state_changed.connect(states.append)
    page.start([many])
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)

    page.progress.stop_button.click()

    assert page.progress.state_label.text() == "Stopping…"
    qtbot.waitUntil(lambda: not page.is_running)
    assert states == [BatchState.RUNNING, BatchState.STOPPING, BatchState.STOPPED]
    assert 0 < page.model.rowCount() < 4000
    assert "Stopped" in visible_words(page)


def test_a_second_run_replaces_the_first(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)
    run(page, qtbot, EXAMPLES[0])

    assert cells(page, OutcomeColumn.FILE) == [EXAMPLES[0].name]


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_the_export_is_what_the_command_line_writes(
    page: BatchWorkspace, folder: Path, tmp_path: Path, tiny_classifier: Classifier, qtbot: QtBot, name: str
) -> None:
    run(page, qtbot, folder)

    with qtbot.waitSignal(page.exported) as told:
        page.export_to(tmp_path / name)

    expected = tmp_path / f"expected-{name}"
    with RowFile(expected, tiny_classifier.contract.codes) as file:
        items = find_items(Search.over([folder], recursive=True))
        for result in classify_items(items, tiny_classifier, options=Options(workers=1)):
            file.write(result.outcome)
    assert (tmp_path / name).read_bytes() == expected.read_bytes()
    assert told.args[0].rows == 12
    assert page.notice.text() == f"Wrote 12 rows to {tmp_path / name}."


def test_nothing_is_exported_while_there_is_nothing(page: BatchWorkspace, tmp_path: Path) -> None:
    page.export_to(tmp_path / "out.csv")

    assert "nothing to export" in page.notice.text()
    assert not (tmp_path / "out.csv").exists()


def test_an_unwritable_place_is_told_and_the_rows_stay(
    page: BatchWorkspace, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    run(page, qtbot, folder)

    page.export_to(tmp_path / "nowhere" / "out.csv")

    qtbot.waitUntil(lambda: "cannot be written" in page.notice.text())
    assert page.model.rowCount() == 12
    assert page.export_button.isEnabled()


def test_without_a_network_the_run_is_refused_in_a_sentence(
    page: BatchWorkspace, workspace: Workspace, folder: Path, qtbot: QtBot
) -> None:
    workspace.change_settings(Settings(model_id="gone-1"))

    run(page, qtbot, folder)

    assert page.state is BatchState.FAILED
    assert "There is no model 'gone-1'." in page.notice.text()
    assert page.drop_zone.isVisible()


def test_a_folder_without_pictures_says_so(page: BatchWorkspace, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()

    run(page, qtbot, tmp_path / "empty")

    assert "No pictures were found" in page.notice.text()


@pytest.fixture
def outcomes(tmp_path: Path, tiny_classifier: Classifier) -> list[Classified | Rejected]:
    """One red, one nearly grey, one blue picture, and a damaged one."""
    made = []
    for name, colour in (("red", (250, 10, 10)), ("grey", (128, 127, 126)), ("green", (10, 250, 10))):
        path = tmp_path / f"{name}.png"
        Image.fromarray(np.full((64, 64, 3), colour, np.uint8)).save(path)
        made.append(classify_file(path, tiny_classifier))
    (tmp_path / "damaged.png").write_bytes(b"\x89PNG")
    return [*made, classify_file(tmp_path / "damaged.png", tiny_classifier)]


@pytest.mark.parametrize(
    ("showing", "threshold", "files"),
    [
        (Showing.ALL, 0.2, ["red.png", "grey.png", "green.png", "damaged.png"]),
        (Showing.ABSTAINED, 0.2, ["grey.png"]),
        (Showing.REJECTED, 0.2, ["damaged.png"]),
        (Showing.OVER_THRESHOLD, 0.2, ["red.png", "grey.png"]),
        (Showing.OVER_THRESHOLD, 0.9, ["red.png"]),
    ],
)
def test_the_filter_shows_the_rows_of_its_kind(
    qapp: object, outcomes: list[Classified | Rejected], showing: Showing, threshold: float, files: list[str]
) -> None:
    model = OutcomeModel()
    shown = OutcomeFilter(model)
    model.append(outcomes)

    shown.show_only(showing, threshold)

    assert [shown.index(row, OutcomeColumn.FILE).data() for row in range(shown.rowCount())] == files


def test_sums_sort_as_numbers_and_rejected_rows_last(qapp: object, outcomes: list[Classified | Rejected]) -> None:
    model = OutcomeModel()
    shown = OutcomeFilter(model)
    shown.sort(OutcomeColumn.MALIGNANT_SUM, Qt.SortOrder.DescendingOrder)
    model.append(outcomes)

    files = [shown.index(row, OutcomeColumn.FILE).data() for row in range(shown.rowCount())]

    assert files == ["red.png", "grey.png", "green.png", "damaged.png"]


def test_ten_thousand_rows_fit_while_they_are_sorted(qapp: object, outcomes: list[Classified | Rejected]) -> None:
    model = OutcomeModel()
    shown = OutcomeFilter(model)
    shown.sort(OutcomeColumn.MALIGNANT_SUM, Qt.SortOrder.DescendingOrder)

    for _ in range(100):
        model.append(outcomes * 25)

    assert shown.rowCount() == 10_000
    assert model.rejected_count == 2_500
    assert shown.index(0, OutcomeColumn.FILE).data() == "red.png"


def test_a_rate_waits_until_it_means_something() -> None:
    assert Pace(done=5, total=100, elapsed_s=0.1).per_second is None
    assert Pace(done=50, total=100, elapsed_s=2.0).left_s == pytest.approx(2.0)


@pytest.mark.parametrize(("seconds", "words"), [(44.6, "45 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")])
def test_durations_read_as_a_clock_would_say(seconds: float, words: str) -> None:
    assert duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == words


def test_the_chosen_row_stays_chosen_while_others_are_sorted_in(
    page: BatchWorkspace, outcomes: list[Classified | Rejected]
) -> None:
    page.model.append(outcomes)
    page.table.view.sortByColumn(OutcomeColumn.MALIGNANT_SUM, Qt.SortOrder.AscendingOrder)
    page.table.view.selectRow(cells(page, OutcomeColumn.FILE).index("red.png"))

    page.model.append(outcomes)

    (index,) = page.table.view.selectionModel().selectedRows(OutcomeColumn.FILE)
    assert index.data() == "red.png"
    assert cells(page, OutcomeColumn.FILE)[:2] == ["damaged.png", "damaged.png"]


def test_the_export_keeps_the_order_in_which_the_rows_came(qapp: object, outcomes: list[Classified | Rejected]) -> None:
    model = OutcomeModel()
    model.append(outcomes)
    model.sort(OutcomeColumn.FILE, Qt.SortOrder.DescendingOrder)

    assert list(model.outcomes()) == outcomes
    model.sort(-1)
    assert [model.outcome_at(row) for row in range(4)] == outcomes


def test_kind_of_pictures_decides_which_network_classifies_a_folder(
    workspace: Workspace, background: Background, qtbot: QtBot, tmp_path: Path
) -> None:
    write_tiny_bundle(workspace.profile.models, tiny_contract("photographs-3", modality=Modality.CLINICAL))
    workspace.change_settings(
        Settings(model_id="colours-3", clinical_model_id="photographs-3", clinical_class_mix="balanced")
    )
    page = BatchWorkspace(workspace, background)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.modality_choice.isVisible)
    picture = write_picture(tmp_path / "white.png", (255, 250, 250))

    qtbot.mouseClick(page.modality_choice.button(Modality.CLINICAL), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("photographs-3" in text for text in visible_words(page)))
    run(page, qtbot, picture)

    (outcome,) = page.model.outcomes()
    assert isinstance(outcome, Classified)
    assert outcome.prediction.model.model_id == "photographs-3"
    assert outcome.prediction.class_mix.name == "balanced"
    assert page.model.index(0, OutcomeColumn.REASON).data().startswith("Unlike those the network learned from (novelty")


def test_kind_of_pictures_is_not_asked_for_where_there_is_one(
    page: BatchWorkspace, workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace.models, "modalities", lambda: (Modality.DERMOSCOPIC,))
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: any("colours-3" in text for text in visible_words(page)))
    assert not page.modality_choice.isVisible()
