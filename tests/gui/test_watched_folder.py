"""New pictures of the watched folder: told quietly, opened when the user wants, never waited for."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from skindesk.gui.incoming.arrivals_bar import ArrivalsBar
from skindesk.gui.incoming.folder_watcher import Arrivals, FolderWatcher
from skindesk.services.watching import FolderWatch, NewPicture
from skindesk.system.settings import Settings
from tests.gui.controls import nameless

EVERY_S = 0.05


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "DERMASCOPE"
    made.mkdir()
    return made


@pytest.fixture
def watcher(qtbot: QtBot) -> Iterator[FolderWatcher]:
    made = FolderWatcher(every_s=EVERY_S)
    yield made
    made.stop()


@pytest.fixture
def bar(qtbot: QtBot, watcher: FolderWatcher) -> ArrivalsBar:
    made = ArrivalsBar()
    qtbot.addWidget(made)
    made.resize(800, made.sizeHint().height())
    watcher.changed.connect(made.show_arrivals)
    made.passed_over.connect(watcher.pass_over)
    return made


def waiting(watcher: FolderWatcher) -> list[str]:
    return [] if watcher.waiting is None else [path.name for path in watcher.waiting.paths]


def test_a_new_picture_is_told_quietly_and_opened_on_demand(
    bar: ArrivalsBar, watcher: FolderWatcher, folder: Path, qtbot: QtBot
) -> None:
    watcher.follow(folder)
    assert bar.text() == ""
    (folder / "IMG_1.JPG").write_bytes(b"picture")
    qtbot.waitUntil(lambda: bar.text() == "1 new picture in DERMASCOPE")
    assert not bar.all_button.isVisible()
    with qtbot.waitSignal(bar.open_wanted) as wished:
        bar.newest_button.click()
    assert wished.args == [(folder / "IMG_1.JPG",)]
    assert bar.text(), "the page says what it has opened"
    watcher.opened(wished.args[0])
    assert bar.text() == ""
    assert not bar.isVisible()


def test_the_newest_or_all_can_be_opened(bar: ArrivalsBar, watcher: FolderWatcher, folder: Path, qtbot: QtBot) -> None:
    watcher.follow(folder)
    for name in ("IMG_1.JPG", "IMG_2.JPG", "IMG_3.JPG"):
        (folder / name).write_bytes(b"picture")
    qtbot.waitUntil(lambda: bar.text() == "3 new pictures in DERMASCOPE")
    newest = waiting(watcher)[0]
    with qtbot.waitSignal(bar.open_wanted) as wished:
        bar.newest_button.click()
    assert [path.name for path in wished.args[0]] == [newest]
    watcher.opened(wished.args[0])
    assert bar.text() == "2 new pictures in DERMASCOPE"
    with qtbot.waitSignal(bar.open_wanted) as wished:
        bar.all_button.click()
    assert len(wished.args[0]) == 2
    assert nameless(bar) == []


def test_many_pictures_are_offered_as_far_as_an_examination_holds_them(bar: ArrivalsBar, qtbot: QtBot) -> None:
    pictures = tuple(NewPicture(number, f"/card/{number}.jpg", 1) for number in range(40, 0, -1))
    bar.show_arrivals(Arrivals(Path("/card"), pictures))
    assert bar.all_button.text() == "Open the newest 12"
    with qtbot.waitSignal(bar.open_wanted) as wished:
        bar.all_button.click()
    assert [path.name for path in wished.args[0]] == [f"{number}.jpg" for number in range(40, 28, -1)]


def test_what_was_passed_over_is_not_told_again(
    bar: ArrivalsBar, watcher: FolderWatcher, folder: Path, qtbot: QtBot
) -> None:
    watcher.follow(folder)
    (folder / "IMG_1.JPG").write_bytes(b"picture")
    qtbot.waitUntil(lambda: bool(bar.text()))
    bar.close_button.click()
    assert bar.text() == ""
    (folder / "IMG_2.JPG").write_bytes(b"picture")
    qtbot.waitUntil(lambda: bar.text() == "1 new picture in DERMASCOPE")
    assert waiting(watcher) == ["IMG_2.JPG"]


def test_a_picture_that_was_opened_comes_again_once_it_has_changed(
    watcher: FolderWatcher, folder: Path, qtbot: QtBot
) -> None:
    watcher.follow(folder)
    capture = folder / "capture.jpg"
    capture.write_bytes(b"picture")
    qtbot.waitUntil(lambda: waiting(watcher) == ["capture.jpg"])
    watcher.opened([capture])
    assert waiting(watcher) == []
    capture.write_bytes(b"the next one")
    qtbot.waitUntil(lambda: waiting(watcher) == ["capture.jpg"])


def test_the_same_folder_goes_on_being_watched(watcher: FolderWatcher, folder: Path, qtbot: QtBot) -> None:
    watcher.follow(folder)
    (folder / "IMG_1.JPG").write_bytes(b"picture")
    qtbot.waitUntil(lambda: waiting(watcher) == ["IMG_1.JPG"])
    watcher.apply_settings(Settings(watched_folder=str(folder), batch_workers=3))
    assert waiting(watcher) == ["IMG_1.JPG"]
    watcher.apply_settings(Settings())
    assert watcher.waiting is None


def test_another_folder_takes_the_place_of_the_first(
    watcher: FolderWatcher, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    watcher.follow(folder)
    (folder / "IMG_1.JPG").write_bytes(b"picture")
    qtbot.waitUntil(lambda: waiting(watcher) == ["IMG_1.JPG"])
    other = tmp_path / "CARD"
    other.mkdir()
    watcher.follow(other)
    assert waiting(watcher) == []
    (other / "IMG_9.JPG").write_bytes(b"picture")
    qtbot.waitUntil(lambda: waiting(watcher) == ["IMG_9.JPG"])


def test_a_dead_drive_holds_up_nothing(
    watcher: FolderWatcher, folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    hangs, begun = threading.Event(), threading.Event()

    def look(_watch: FolderWatch) -> tuple[NewPicture, ...]:
        begun.set()
        hangs.wait(30)
        return ()

    monkeypatch.setattr(FolderWatch, "look", look)
    watcher.follow(folder)
    assert begun.wait(10)
    began_s = time.monotonic()
    watcher.stop()
    watcher.follow(None)
    assert time.monotonic() - began_s < 5, "nobody waited for the drive"
    (hanging,) = (thread for thread in threading.enumerate() if thread.name == "watched folder")
    assert hanging.daemon, "the program can end while it hangs"
    hangs.set()
    hanging.join(10)
    assert not hanging.is_alive()


@pytest.mark.parametrize("end", [FolderWatcher.stop, FolderWatcher.deleteLater])
def test_the_thread_ends_with_the_watching(end: Callable[[FolderWatcher], None], folder: Path, qtbot: QtBot) -> None:
    watcher = FolderWatcher(every_s=EVERY_S)
    watcher.follow(folder)
    end(watcher)
    qtbot.waitUntil(lambda: not any(thread.name == "watched folder" for thread in threading.enumerate()))
