"""The Batch page: every file becomes one row, a run ends in one state and is kept, and the export tells all of it."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.domain.outcome import Classified
from skindesk.exchange.rows import RowFile
from skindesk.gui.background import Background
from skindesk.gui.batch import BatchWorkspace
from skindesk.gui.batch.arranging import Deciding, Wanted
from skindesk.gui.batch.kept_runs import KeptRuns
from skindesk.gui.batch.save_dialog import Saved, SaveSelectedDialog, patients_in
from skindesk.gui.batch.triage_model import TriageColumn
from skindesk.gui.batch.workspace import BatchState
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Job, Options, Search, classify_items, find_items
from skindesk.services.batch.reviews import ReviewFile
from skindesk.services.class_mixes import mix_for
from skindesk.system.paths import Profile
from skindesk.system.settings import Settings
from tests.gui.clinic import EXAMPLES, visible_words
from tests.gui.controls import nameless
from tests.support.pictures import write_picture
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle


@pytest.fixture
def workspace(workspace: Workspace, tiny_bundle: Path) -> Workspace:
    shutil.copytree(tiny_bundle, workspace.profile.models / "colours-3")
    workspace.change_settings(Settings(model_id="colours-3", batch_workers=1))
    return workspace


@pytest.fixture
def page(workspace: Workspace, background: Background, qtbot: QtBot) -> BatchWorkspace:
    return opened(workspace, background, qtbot)


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


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Far more pictures than are classified while a test lasts."""
    made = tmp_path / "many"
    made.mkdir()
    shutil.copy(EXAMPLES[0], tmp_path / "one.jpg")
    for number in range(4000):
        os.link(tmp_path / "one.jpg", made / f"{number:04}.jpg")
    return made


def opened(workspace: Workspace, background: Background, qtbot: QtBot) -> BatchWorkspace:
    made = BatchWorkspace(workspace, background)
    qtbot.addWidget(made)
    made.resize(1208, 760)
    made.show()
    for model in (made.model, made.triage.grid.cells):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


def run(page: BatchWorkspace, qtbot: QtBot, *paths: Path) -> None:
    page.start(paths)
    qtbot.waitUntil(lambda: not page.is_running)


def cells(page: BatchWorkspace, column: TriageColumn) -> list[str]:
    return [page.model.index(row, column).data() for row in range(page.model.rowCount())]


def files(page: BatchWorkspace) -> list[str]:
    return cells(page, TriageColumn.FILE)


def choose(page: BatchWorkspace, qtbot: QtBot, name: str) -> None:
    page.triage.view.choose(files(page).index(name))
    qtbot.waitUntil(lambda: name in visible_words(page.view))


def test_every_picture_becomes_one_row(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)

    assert page.state is BatchState.DONE
    assert sorted(files(page)) == sorted(["damaged.jpg", "inner.jpg", *(example.name for example in EXAMPLES)])
    summary = page.progress.facts_label.text().replace("\N{NO-BREAK SPACE}", " ")
    assert "12 pictures" in summary
    assert "1 rejected" in summary
    assert nameless(page) == []


def test_folders_within_are_left_out_on_wish(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    page.options.recursive_box.setChecked(False)

    run(page, qtbot, folder)

    assert "inner.jpg" not in files(page)


def test_archives_and_lists_are_classified_where_they_lie(page: BatchWorkspace, tmp_path: Path, qtbot: QtBot) -> None:
    with ZipFile(tmp_path / "cd.zip", "w") as archive:
        archive.write(EXAMPLES[0], "scans/first.jpg")
    (tmp_path / "list.csv").write_text(f"file,patient\n{EXAMPLES[1]},10482\n")

    run(page, qtbot, tmp_path / "cd.zip", tmp_path / "list.csv")

    assert files(page) == ["first.jpg", EXAMPLES[1].name]
    choose(page, qtbot, "first.jpg")
    qtbot.waitUntil(page.view.canvas.has_picture)


def test_a_rejected_row_says_why_in_a_sentence(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)
    page.triage.want(Wanted(deciding=Deciding.REJECTED))
    qtbot.waitUntil(lambda: files(page) == ["damaged.jpg"])

    choose(page, qtbot, "damaged.jpg")

    assert cells(page, TriageColumn.DECISION) == ["Rejected: damaged"]
    assert page.view.rejection.isVisible()
    assert page.view.rejection.text() == "damaged.jpg is damaged or cut off after 9 kB. Copy it from the camera again."


def test_a_chosen_row_shows_its_picture(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)

    choose(page, qtbot, EXAMPLES[1].name)

    qtbot.waitUntil(page.view.canvas.has_picture)
    assert "Generated picture, not a patient" in visible_words(page.view)


def test_a_picture_that_has_gone_since_is_told_beside_its_answer(
    page: BatchWorkspace, folder: Path, qtbot: QtBot
) -> None:
    run(page, qtbot, folder)
    (folder / EXAMPLES[1].name).unlink()

    choose(page, qtbot, EXAMPLES[1].name)

    qtbot.waitUntil(lambda: any("does not exist" in word for word in visible_words(page.view)))


def test_stop_answers_at_once_and_ends_in_one_state(page: BatchWorkspace, many: Path, qtbot: QtBot) -> None:
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


def test_a_paused_run_waits_and_goes_on(page: BatchWorkspace, many: Path, qtbot: QtBot) -> None:
    page.start([many])
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)

    page.progress.pause_button.click()
    qtbot.waitUntil(lambda: page.state is BatchState.PAUSED)
    assert "Paused" in visible_words(page)
    begun = page._begun
    assert begun is not None
    assert begun.job.control.paused
    page.progress.pause_button.click()
    before = page.model.rowCount()
    qtbot.waitUntil(lambda: page.model.rowCount() > before)

    page.stop()
    qtbot.waitUntil(lambda: not page.is_running)


def test_a_paused_run_does_not_keep_the_window_from_closing(
    page: BatchWorkspace, many: Path, background: Background, qtbot: QtBot
) -> None:
    page.start([many])
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)
    page.pause()

    background.close()

    assert page._stop.is_set()


def test_an_interrupted_run_is_offered_and_continued(
    page: BatchWorkspace, many: Path, workspace: Workspace, background: Background, qtbot: QtBot
) -> None:
    for path in sorted(many.iterdir())[500:]:
        path.unlink()
    page.start([many])
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)
    page.stop()
    qtbot.waitUntil(lambda: not page.is_running)
    before = page.model.rowCount()
    page.again_button.click()
    qtbot.waitUntil(lambda: len(page.earlier.buttons) == 1)
    assert page.earlier.buttons[0].text() == "Continue"

    page.earlier.buttons[0].click()
    qtbot.waitUntil(lambda: not page.is_running)

    assert before < 500
    assert page.model.rowCount() == 500
    assert len(set(files(page))) == 500
    (kept,) = KeptRuns(workspace.profile.root).all()
    assert (kept.finished, kept.rows) == (True, 500)


def test_a_kill_costs_neither_rows_nor_reviews(
    page: BatchWorkspace, many: Path, workspace: Workspace, tmp_path: Path, qtbot: QtBot
) -> None:
    for path in sorted(many.iterdir())[600:]:
        path.unlink()
    page.start([many])
    qtbot.waitUntil(lambda: page.model.rowCount() > 3)
    page.pause()
    page.triage.table.choose(2)
    QTest.keyClick(page.triage.table, Qt.Key.Key_F)
    page.triage.reviewing.note(1, "look again")
    (kept,) = (workspace.profile.root / "batch").iterdir()
    qtbot.waitUntil(lambda: len(ReviewFile(kept / "results.csv.reviews").all) == 2)
    after_the_kill = Workspace(Profile(tmp_path / "after"), None)
    shutil.copytree(workspace.profile.root, after_the_kill.profile.root)
    after_the_kill.settings = workspace.settings
    others = Background()
    again = opened(after_the_kill, others, qtbot)

    qtbot.waitUntil(lambda: len(again.earlier.buttons) == 1)
    again.earlier.buttons[0].click()
    qtbot.waitUntil(lambda: not again.is_running, timeout=20_000)
    others.close()

    assert again.model.total == 600
    assert cells(again, TriageColumn.REVIEW)[1:3] == ["note", "Flagged"]
    assert again.triage.reviewing.review_of(1).note == "look again"


def test_files_that_have_gone_leave_a_continued_run(
    page: BatchWorkspace, folder: Path, workspace: Workspace, qtbot: QtBot
) -> None:
    run(page, qtbot, folder)
    page.again_button.click()
    (folder / EXAMPLES[0].name).unlink()
    (kept,) = KeptRuns(workspace.profile.root).all()

    page.go_on_with(kept)
    qtbot.waitUntil(lambda: not page.is_running)

    qtbot.waitUntil(lambda: EXAMPLES[0].name not in files(page))
    assert page.model.rowCount() == 11


def test_the_job_of_the_command_line_is_continued_when_it_is_opened(
    page: BatchWorkspace, folder: Path, tmp_path: Path, tiny_classifier: Classifier, qtbot: QtBot
) -> None:
    out = tmp_path / "night.csv"
    search = Search.over([folder], recursive=True)
    with Job(out, search, tiny_classifier, mix_for("archive", tiny_classifier.contract)) as job:
        next(job.results())

    run(page, qtbot, tmp_path / "night.csv.part")

    assert page.state is BatchState.DONE
    assert page.model.rowCount() == 12


def test_a_run_without_its_network_says_which_is_missing(
    page: BatchWorkspace, folder: Path, workspace: Workspace, qtbot: QtBot
) -> None:
    run(page, qtbot, folder)
    (kept,) = KeptRuns(workspace.profile.root).all()
    shutil.rmtree(workspace.profile.models / "colours-3")

    page.go_on_with(kept)
    qtbot.waitUntil(lambda: page.state is BatchState.FAILED)

    assert "colours-3 1.0.0, which is not installed" in page.notice.text()


def test_a_kept_run_is_removed_for_good(
    page: BatchWorkspace, folder: Path, workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(page, qtbot, folder)
    page.again_button.click()
    qtbot.waitUntil(lambda: len(page.earlier.remove_buttons) == 1)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)

    page.earlier.remove_buttons[0].click()

    qtbot.waitUntil(lambda: not page.earlier.isVisible())
    assert KeptRuns(workspace.profile.root).all() == ()
    assert list((workspace.profile.root / "batch").iterdir()) == []


def test_a_second_run_replaces_the_first(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)
    run(page, qtbot, EXAMPLES[0])

    assert files(page) == [EXAMPLES[0].name]


def test_a_watched_folder_is_classified_as_it_fills(page: BatchWorkspace, tmp_path: Path, qtbot: QtBot) -> None:
    watched = tmp_path / "camera"
    watched.mkdir()
    shutil.copyfile(EXAMPLES[0], watched / "first.jpg")
    os.utime(watched / "first.jpg", (1, 1))
    page.options.watch_box.setChecked(True)
    page.start([watched])
    qtbot.waitUntil(lambda: files(page) == ["first.jpg"], timeout=20_000)
    assert "Watching" in visible_words(page)

    shutil.copyfile(EXAMPLES[1], watched / "second.jpg")
    os.utime(watched / "second.jpg", (1, 1))

    qtbot.waitUntil(lambda: files(page) == ["first.jpg", "second.jpg"], timeout=20_000)
    page.stop()
    qtbot.waitUntil(lambda: not page.is_running)


def test_another_network_can_be_chosen_for_one_run(
    page: BatchWorkspace, workspace: Workspace, folder: Path, qtbot: QtBot
) -> None:
    write_tiny_bundle(workspace.profile.models, tiny_contract("other-3"))
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: page.options.model_box.findData("other-3@1.0.0") > 0)
    page.options.model_box.setCurrentIndex(page.options.model_box.findData("other-3@1.0.0"))

    run(page, qtbot, folder)

    assert any("other-3" in words for words in visible_words(page))


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_the_export_is_what_the_command_line_writes_and_what_was_decided(
    page: BatchWorkspace, folder: Path, tmp_path: Path, tiny_classifier: Classifier, qtbot: QtBot, name: str
) -> None:
    run(page, qtbot, folder)
    choose(page, qtbot, EXAMPLES[1].name)
    QTest.keyClick(page.triage.table, Qt.Key.Key_F)

    with qtbot.waitSignal(page.exported) as told:
        page.export_to(tmp_path / name)

    expected = tmp_path / f"expected-{name}"
    with RowFile(expected, tiny_classifier.contract.codes) as file:
        items = find_items(Search.over([folder], recursive=True))
        for result in classify_items(items, tiny_classifier, options=Options(workers=1)):
            file.write(result.outcome)
    written, reviews = without_reviews(tmp_path / name)
    assert written == without_reviews(expected)[0]
    assert reviews == {str(folder / EXAMPLES[1].name): "flagged"}
    assert told.args[0].rows == 12
    assert page.notice.text() == f"Wrote 12 rows to {tmp_path / name}."


def without_reviews(path: Path) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows of a result file, and by their paths what was decided."""
    text = path.read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines())) if path.suffix == ".csv" else map(json.loads, text.splitlines())
    kept, reviews = [], {}
    for row in rows:
        review = row.pop("review", None)
        row.pop("review_note", None)
        if review:
            reviews[row["path"]] = review
        kept.append(row)
    return kept, reviews


def test_a_stopped_run_exports_the_rows_that_are_shown(
    page: BatchWorkspace, many: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page.start([many])
    qtbot.waitUntil(lambda: page.model.rowCount() > 0)
    page.stop()
    qtbot.waitUntil(lambda: not page.is_running)

    with qtbot.waitSignal(page.exported) as told:
        page.export_to(tmp_path / "out.csv")

    assert told.args[0].rows == page.model.total
    rows, _ = without_reviews(tmp_path / "out.csv")
    assert [Path(row["path"]).name for row in rows] == files(page)


def test_the_page_that_sums_up_is_an_export_too(
    page: BatchWorkspace, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    run(page, qtbot, folder)

    with qtbot.waitSignal(page.exported):
        page.export_to(tmp_path / "out.html")

    assert "results of 12 pictures" in (tmp_path / "out.html").read_text("utf-8")


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


def test_kind_of_pictures_decides_which_network_classifies_a_folder(
    workspace: Workspace, background: Background, qtbot: QtBot, tmp_path: Path
) -> None:
    write_tiny_bundle(workspace.profile.models, tiny_contract("photographs-3", modality=Modality.CLINICAL))
    workspace.change_settings(
        Settings(model_id="colours-3", clinical_model_id="photographs-3", clinical_class_mix="balanced")
    )
    page = opened(workspace, background, qtbot)
    qtbot.waitUntil(lambda: "colours-3" in page.options.model_box.itemText(0))
    picture = write_picture(tmp_path / "white.png", (255, 250, 250))

    qtbot.mouseClick(page.options.modality_choice.button(Modality.CLINICAL), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "photographs-3" in page.options.model_box.itemText(0))
    run(page, qtbot, picture)

    begun = page._begun
    assert begun is not None
    result = begun.reader.result_of(page.model.rows_of_run.key(0))
    assert result is not None
    assert isinstance(result.outcome, Classified)
    assert result.outcome.prediction.model.model_id == "photographs-3"
    assert result.outcome.prediction.class_mix.name == "balanced"
    assert cells(page, TriageColumn.DECISION) == ["Abstained: unlike the training pictures"]


def test_kind_of_pictures_is_not_asked_for_where_there_is_one(
    page: BatchWorkspace, workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace.models, "modalities", lambda: (Modality.DERMOSCOPIC,))
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: "colours-3" in page.options.model_box.itemText(0))
    qtbot.waitUntil(lambda: not page.options.modality_choice.isVisible())


def test_names_are_concealed_and_come_back_with_what_was_found_meanwhile(
    page: BatchWorkspace, folder: Path, qtbot: QtBot
) -> None:
    page.start([folder])
    page.triage.search.setText("damaged")
    qtbot.waitUntil(lambda: page.triage.wanted.text == "damaged")
    page.conceal()
    qtbot.waitUntil(lambda: not page.is_running)

    assert page.model.rowCount() == 0
    assert page.triage.search.text() == ""
    assert not [words for words in visible_words(page) if str(folder) in words or "damaged" in words]
    page.reveal()

    qtbot.waitUntil(lambda: files(page) == ["damaged.jpg"])
    assert page.triage.search.text() == "damaged"
    assert str(folder) in visible_words(page.progress)


def test_chosen_pictures_become_cases_of_the_named_patient(
    page: BatchWorkspace, workspace: Workspace, folder: Path, qtbot: QtBot
) -> None:
    assert workspace.casework is not None
    run(page, qtbot, folder)
    assert not page.save_button.isEnabled()
    page.triage.table.selectAll()
    assert page.save_button.isEnabled()

    saved = save(page, qtbot, lambda dialog: dialog.identifier.setText("10482"))

    assert saved.count == 10
    assert len(saved.refused) == 2
    assert "10 pictures are in the case log." in page.notice.text()
    patient = workspace.casework.log.patient_by_identifier("10482")
    assert patient is not None


def test_a_table_says_whose_the_pictures_are(
    page: BatchWorkspace, workspace: Workspace, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    assert workspace.casework is not None
    table = tmp_path / "patients.csv"
    table.write_text(f"file;patient\n{EXAMPLES[0].name};A-1\n{EXAMPLES[1].name};B-2\n")
    run(page, qtbot, *EXAMPLES[:3])
    page.triage.table.selectAll()

    saved = save(page, qtbot, lambda dialog: dialog.take_table(table))

    assert saved.count == 2
    assert saved.refused == (f"No patient is named for {EXAMPLES[2].name}. Enter the patient's identifier.",)
    for identifier in ("A-1", "B-2"):
        assert workspace.casework.log.patient_by_identifier(identifier) is not None


def save(page: BatchWorkspace, qtbot: QtBot, fill: Callable[[SaveSelectedDialog], None]) -> Saved:
    page.save_button.click()
    assert page.dialog is not None
    fill(page.dialog)
    with qtbot.waitSignal(page.saved, timeout=20_000) as told:
        page.dialog.go.click()
    assert isinstance(told.args[0], Saved)
    return told.args[0]


def test_a_file_name_of_several_patients_is_nobodys(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("file,patient\na/1.jpg,A-1\nb/1.jpg,B-2\nb/2.jpg,B-2\n")

    patients = patients_in(table)

    assert "1.jpg" not in patients
    assert patients["a/1.jpg"] == "A-1"
    assert patients["2.jpg"] == "B-2"


def test_nothing_is_saved_while_the_log_is_locked(page: BatchWorkspace, folder: Path, qtbot: QtBot) -> None:
    run(page, qtbot, folder)
    page.triage.table.selectAll()

    assert not page.save_button.isEnabled()
    page.save_selected()
    assert page.dialog is None
