"""Looking through a run's rows: their order, what is narrowed down, the keys, and what is decoded for them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from skindesk.domain.errors import ImageRejectedError, RejectionReason
from skindesk.gui.background import Background
from skindesk.gui.batch import thumbnails
from skindesk.gui.batch.arranging import Deciding, SortKey, Wanted, arrange
from skindesk.gui.batch.rows import (
    FLAGS,
    ROW,
    BatchRows,
    MarkCode,
    Piece,
    Status,
    flags_of,
    joined,
    piece_of,
    shown_name,
    shown_path,
)
from skindesk.gui.batch.thumbnails import Thumbnails
from skindesk.gui.batch.triage import Showing, Triage
from skindesk.gui.batch.triage_model import TriageColumn
from skindesk.gui.batch.words import duration, quality_words
from skindesk.imaging.decode import PictureFile, read_picture_file
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, classify_item
from skindesk.services.batch.reviews import NOT_REVIEWED, Mark, Review, ReviewFile
from tests.gui.clinic import EXAMPLES, visible_words
from tests.support.pictures import write_picture
from tests.support.tiny_bundle import tiny_contract

NAMES = ("b.jpg", "A.jpg", "d.jpg", "c.jpg")
SUMS = (0.2, 0.9, np.nan, 0.5)


def piece(
    names: Sequence[str] = NAMES, sums: Sequence[float] = SUMS, folder: str = "/scans", **fields: object
) -> Piece:
    """Rows of these malignant sums; no number stands for a damaged file."""
    rows = np.zeros(len(names), ROW)
    rows["malignant_sum"], rows["novelty"] = sums, 1 - np.array(sums)
    rows["first_probability"], rows["second"] = 0.6, 1
    rejected = np.isnan(rows["malignant_sum"])
    rows["status"] = np.where(rejected, Status.REJECTED, Status.SUPPORTED)
    rows["first"] = np.where(rejected, -1, 0)
    rows["reason"] = np.where(rejected, list(RejectionReason).index(RejectionReason.DAMAGED), 0)
    for name, values in fields.items():
        rows[name] = values
    return Piece(tuple(f"{folder}/{name}\0" for name in names), rows)


def rows_of(*pieces: Piece) -> BatchRows:
    rows = BatchRows()
    for each in pieces:
        rows.add(each)
    return rows


@pytest.fixture
def triage(background: Background, tmp_path: Path, qtbot: QtBot) -> Triage:
    made = Triage(lambda row: read_picture_file(EXAMPLES[row % len(EXAMPLES)]), background)
    qtbot.addWidget(made)
    made.resize(760, 560)
    made.show()
    for model in (made.model, made.grid.cells):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    made.begin(tiny_contract(), False, ReviewFile(tmp_path / "run.reviews"))
    return made


def shown(triage: Triage) -> list[str]:
    return [triage.model.index(row, TriageColumn.FILE).data() for row in range(triage.model.rowCount())]


def wait_for(triage: Triage, names: list[str], qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: shown(triage) == names)


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        (Wanted(), [0, 1, 2, 3]),
        (Wanted(descending=True), [3, 2, 1, 0]),
        (Wanted(SortKey.MALIGNANT_SUM), [0, 3, 1, 2]),
        (Wanted(SortKey.MALIGNANT_SUM, True), [1, 3, 0, 2]),
        (Wanted(SortKey.NOVELTY), [1, 3, 0, 2]),
        (Wanted(SortKey.QUALITY, True), [3, 0, 1, 2]),
        (Wanted(SortKey.PATH), [1, 0, 3, 2]),
        (Wanted(SortKey.PATH, True), [2, 3, 0, 1]),
        (Wanted(deciding=Deciding.REJECTED), [2]),
        (Wanted(deciding=Deciding.SUPPORTED), [0, 1, 3]),
        (Wanted(deciding=Deciding.ABSTAINED), []),
        (Wanted(first=0, malignant_from=0.5), [1, 3]),
        (Wanted(reason=RejectionReason.DAMAGED), [2]),
        (Wanted(reason=RejectionReason.EMPTY), []),
        (Wanted(mark=MarkCode.NONE), [0, 1, 2]),
        (Wanted(mark=MarkCode.FLAGGED), [3]),
        (Wanted(text="SCANS/a"), [1]),
    ],
)
def test_rows_are_sorted_and_narrowed_down(wanted: Wanted, order: list[int]) -> None:
    rows = rows_of(piece(badness=[0, 0, 0, 3], mark=[0, 0, 0, MarkCode.FLAGGED]))

    assert arrange(rows.snapshot(), wanted).tolist() == order


def test_many_paths_sort_as_all_at_once() -> None:
    names = [f"{number * 7919 % 5000:04}.jpg" for number in range(5000)]
    rows = rows_of(piece(names, [0.5] * 5000))

    order = arrange(rows.snapshot(), Wanted(SortKey.PATH)).tolist()

    assert [shown_name(rows.key(row)) for row in order] == sorted(names)


def test_a_later_outcome_replaces_the_earlier_and_keeps_what_was_decided() -> None:
    rows = rows_of(piece())
    rows.set_review(1, Review(Mark.FLAGGED, "look"))

    replaced = rows.add(piece(["A.jpg", "new.jpg"], [0.1, 0.3]))

    assert replaced
    assert len(rows) == 5
    assert rows.cells(1).malignant_sum == pytest.approx(0.1)
    assert (rows.cells(1).mark, rows.cells(1).has_note) == (MarkCode.FLAGGED, True)


def test_rows_grow_beyond_their_first_room() -> None:
    rows = rows_of(*(piece([f"{at}.jpg"], [0.25]) for at in range(1500)), piece(["last.jpg"], [0.75]))

    assert len(rows) == 1501
    assert (rows.cells(0).malignant_sum, rows.cells(1500).malignant_sum) == (0.25, 0.75)


def test_outcomes_become_rows(tmp_path: Path, tiny_classifier: Classifier) -> None:
    red, grey = (
        write_picture(tmp_path / "red.png", (250, 10, 10)),
        write_picture(tmp_path / "grey.png", (128, 127, 126)),
    )
    (tmp_path / "damaged.png").write_bytes(b"\x89PNG")
    results = [classify_item(Item(path), tiny_classifier) for path in (red, grey, tmp_path / "damaged.png")]

    rows = rows_of(piece_of(results, lambda key: Review(Mark.ACCEPTED) if "red" in key else NOT_REVIEWED))

    first, second, third = (rows.cells(row) for row in range(3))
    assert (first.status, first.first, first.mark) == (Status.SUPPORTED, 0, MarkCode.ACCEPTED)
    assert first.malignant_sum > 0.9
    assert second.status == Status.CLASSES_TOO_CLOSE
    assert third.status == Status.REJECTED
    assert np.isnan(third.malignant_sum)


def test_flags_are_named_worst_first() -> None:
    bits = 1 << FLAGS.index("low_resolution") | 1 << FLAGS.index("blurred") | 1 << FLAGS.index("remark_hair")

    assert flags_of(bits) == ("blurred", "remark_hair", "low_resolution")
    cells = rows_of(piece(["a.jpg"], [0.5], flags=bits, badness=18)).cells(0)
    assert quality_words(cells, judged=True) == "out of focus, hair +1"
    assert quality_words(cells._replace(flags=0), judged=True) == "ok"
    assert quality_words(cells._replace(flags=0), judged=False) == "–"


@pytest.mark.parametrize(
    ("key", "path", "name"),
    [
        ("/a/b.jpg\0", "/a/b.jpg", "b.jpg"),
        ("/a/cd.zip\0x/y.jpg", "/a/cd.zip/x/y.jpg", "y.jpg"),
        ("b.jpg\0", "b.jpg", "b.jpg"),
    ],
)
def test_keys_read_as_paths(key: str, path: str, name: str) -> None:
    assert (shown_path(key), shown_name(key)) == (Path(path), name)


def test_rows_that_come_are_sorted_in(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.want(Wanted(SortKey.MALIGNANT_SUM, True))
    wait_for(triage, ["A.jpg", "c.jpg", "b.jpg", "d.jpg"], qtbot)

    triage.add(piece(["high.jpg", "low.jpg"], [0.99, 0.01]))

    wait_for(triage, ["high.jpg", "A.jpg", "c.jpg", "b.jpg", "low.jpg", "d.jpg"], qtbot)


def test_rows_that_come_are_narrowed_down_at_once(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.want(Wanted(malignant_from=0.5))
    wait_for(triage, ["A.jpg", "c.jpg"], qtbot)

    triage.add(piece(["high.jpg", "low.jpg"], [0.99, 0.01]))

    assert shown(triage) == ["A.jpg", "c.jpg", "high.jpg"]


def test_the_current_row_stays_while_others_are_sorted_in(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.want(Wanted(SortKey.MALIGNANT_SUM, True))
    wait_for(triage, ["A.jpg", "c.jpg", "b.jpg", "d.jpg"], qtbot)
    triage.table.choose(2)
    told: list[object] = []
    triage.current_changed.connect(told.append)

    triage.add(piece([f"{at}.jpg" for at in range(300)], np.linspace(0.01, 0.8, 300).tolist()))
    qtbot.waitUntil(lambda: triage.model.rowCount() == 304)

    assert triage.current == 0
    assert triage.table.currentIndex().data() == "b.jpg"
    assert triage.table.offset_of(triage.table.currentIndex().row()) == 2 * 36
    assert told == []


def test_rows_wait_while_several_are_chosen(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.want(Wanted(SortKey.MALIGNANT_SUM, True))
    wait_for(triage, ["A.jpg", "c.jpg", "b.jpg", "d.jpg"], qtbot)
    triage.table.selectAll()

    triage.add(piece(["high.jpg"], [0.99]))
    triage._arrange_again()

    assert triage.chosen() == [1, 3, 0, 2]
    triage.table.choose(0)
    triage._arrange_again()
    qtbot.waitUntil(lambda: shown(triage)[0] == "high.jpg")


def test_a_click_on_a_name_sorts_and_another_turns_it(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    header = triage.table.horizontalHeader()

    for names in (["A.jpg", "c.jpg", "b.jpg", "d.jpg"], ["b.jpg", "c.jpg", "A.jpg", "d.jpg"]):
        header.sectionClicked.emit(TriageColumn.MALIGNANT_SUM)
        wait_for(triage, names, qtbot)
    assert triage.sort_box.currentData() is SortKey.MALIGNANT_SUM


def test_the_panel_and_the_search_narrow_down(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    panel = triage.filter_panel

    panel.reason_box.setCurrentIndex(panel.reason_box.findData(RejectionReason.DAMAGED))
    wait_for(triage, ["d.jpg"], qtbot)
    assert triage.filter_button.text() == "Filter (1)"
    panel.clear_button.click()
    wait_for(triage, list(NAMES), qtbot)
    QTest.keyClicks(triage.search, "nowhere")
    wait_for(triage, [], qtbot)
    assert "No row is like that" in visible_words(triage)
    triage._nothing_here.button.click()
    wait_for(triage, list(NAMES), qtbot)
    assert triage.search.text() == ""


@pytest.mark.parametrize("showing", list(Showing))
def test_keys_decide_and_go_on_to_the_next(triage: Triage, showing: Showing, tmp_path: Path, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.show_as(showing)
    triage.view.choose(0)

    for key in (Qt.Key.Key_A, Qt.Key.Key_F, Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_F):
        QTest.keyClick(triage.view, key)

    marks = [triage.model.rows_of_run.cells(row).mark for row in range(4)]
    assert marks == [MarkCode.ACCEPTED, MarkCode.FLAGGED, MarkCode.FLAGGED, MarkCode.NONE]
    assert triage.current == 3
    qtbot.waitUntil(lambda: len(ReviewFile(tmp_path / "run.reviews").all) == 3)


def test_a_decision_is_taken_back(triage: Triage, tmp_path: Path, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.table.choose(0)
    QTest.keyClick(triage.table, Qt.Key.Key_A)
    triage.table.selectAll()
    QTest.keyClick(triage.table, Qt.Key.Key_F)

    QTest.keyClick(triage.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [triage.model.rows_of_run.cells(row).mark for row in range(4)] == [MarkCode.ACCEPTED, 0, 0, 0]
    QTest.keyClick(triage.table, Qt.Key.Key_U)

    assert triage.current == 0
    qtbot.waitUntil(lambda: ReviewFile(tmp_path / "run.reviews").get("/scans/b.jpg\0") == NOT_REVIEWED)


def test_an_accepted_row_leaves_those_that_are_to_be_reviewed(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.want(Wanted(mark=MarkCode.NONE))
    wait_for(triage, list(NAMES), qtbot)
    triage.table.choose(1)

    QTest.keyClick(triage.table, Qt.Key.Key_A)

    wait_for(triage, ["b.jpg", "d.jpg", "c.jpg"], qtbot)
    assert triage.table.currentIndex().data() == "d.jpg"


def test_a_note_is_written_and_shown(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.table.choose(1)
    QTest.keyClick(triage.table, Qt.Key.Key_N)
    dialog = triage.dialog
    assert dialog is not None

    dialog.field.setPlainText("  take again ")
    dialog.keep_button.click()

    assert triage.reviewing.review_of(1) == Review(None, "take again")
    assert triage.model.index(1, TriageColumn.REVIEW).data() == "note"


def test_reviews_that_cannot_be_written_are_told_and_kept(triage: Triage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "run.reviews").mkdir()
    triage.add(piece())
    triage.table.choose(0)

    with qtbot.waitSignal(triage.reviewing.trouble) as told:
        QTest.keyClick(triage.table, Qt.Key.Key_A)

    assert "cannot be written" in str(told.args[0])
    (tmp_path / "run.reviews").rmdir()
    QTest.keyClick(triage.table, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: len(ReviewFile(tmp_path / "run.reviews").all) == 2)


def test_g_switches_and_the_current_row_stays(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece())
    triage.table.choose(3)

    QTest.keyClick(triage.table, Qt.Key.Key_G)

    assert triage.showing is Showing.GRID
    assert triage.grid.isVisible()
    assert triage.grid.current_place() == 3
    assert triage.chosen() == [3]


def test_arrow_keys_go_from_line_to_line_in_the_grid(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece([f"{at}.jpg" for at in range(20)], [0.5] * 20))
    triage.show_as(Showing.GRID)
    across = triage.grid.cells.columnCount()
    triage.grid.choose(across - 1)

    QTest.keyClick(triage.grid, Qt.Key.Key_Right)
    assert triage.current == across
    QTest.keyClick(triage.grid, Qt.Key.Key_Left)
    QTest.keyClick(triage.grid, Qt.Key.Key_Down)
    assert triage.current == 2 * across - 1


def test_all_pictures_of_the_grid_are_chosen_and_none_beyond(triage: Triage) -> None:
    triage.add(piece())
    triage.show_as(Showing.GRID)
    triage.grid.selectAll()

    assert sorted(triage.chosen()) == [0, 1, 2, 3]


def test_only_what_is_in_view_is_decoded(triage: Triage, qtbot: QtBot) -> None:
    triage.add(piece([f"{at}.jpg" for at in range(2000)], [0.5] * 2000))
    triage.show_as(Showing.GRID)

    qtbot.waitUntil(lambda: triage.thumbnails.picture(0) is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not triage.thumbnails._under_way, timeout=20_000)

    assert triage.thumbnails.count < 60
    triage.grid.verticalScrollBar().setValue(triage.grid.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: triage.thumbnails.picture(1999) is not None, timeout=20_000)


def test_only_so_many_thumbnails_are_kept(
    background: Background, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "MOST_KEPT", 3)
    made = Thumbnails(lambda row: read_picture_file(EXAMPLES[row]), background)

    made.want(range(5))
    qtbot.waitUntil(lambda: made.picture(4) is not None)

    assert made.count == 3
    assert made.picture(0) is None


def test_a_picture_that_cannot_be_read_is_not_asked_for_again(background: Background, qtbot: QtBot) -> None:
    asked: list[int] = []

    def read(row: int) -> PictureFile:
        asked.append(row)
        raise ImageRejectedError(RejectionReason.MISSING, "gone.jpg does not exist.", "Check the path.")

    made = Thumbnails(read, background)
    made.want([7])
    qtbot.waitUntil(lambda: made.has_failed(7))
    made.want([7])

    assert asked == [7]


def test_nothing_is_decoded_for_a_run_that_is_not_shown_any_more(background: Background, qtbot: QtBot) -> None:
    made = Thumbnails(lambda row: read_picture_file(EXAMPLES[row]), background)
    made.want([0])
    made.forget()
    with qtbot.waitSignal(made.ready):
        made.want([1])

    assert made.picture(0) is None


def test_pieces_are_joined() -> None:
    both = joined([piece(["a.jpg"], [0.1]), piece(["b.jpg"], [0.2])])

    assert both.keys == ("/scans/a.jpg\0", "/scans/b.jpg\0")
    assert both.rows["malignant_sum"].tolist() == pytest.approx([0.1, 0.2])


def test_what_is_wanted_counts_what_narrows_it_down() -> None:
    wanted = Wanted(SortKey.NOVELTY, True, Deciding.ABSTAINED, first=0, malignant_from=0.2)

    assert wanted.filter_count == 3
    assert replace(wanted, text="a").filter_count == 3


@pytest.mark.parametrize(("seconds", "words"), [(44.6, "45 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")])
def test_durations_read_as_a_clock_would_say(seconds: float, words: str) -> None:
    assert duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == words
