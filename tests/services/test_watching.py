"""What is new in a watched folder, on real files."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from skindesk.services.watching import FolderWatch, NewPicture

LONG_AGO_S = 1_500_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "DERMASCOPE"
    made.mkdir()
    return made


def put(folder: Path, name: str, content: bytes = b"picture", modified_s: float | None = None) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    if modified_s is not None:
        os.utime(path, (modified_s, modified_s))
    return path


def names(found: Iterable[NewPicture]) -> list[str]:
    return [picture.path.name for picture in found]


def test_a_picture_is_new_once_it_has_looked_the_same_twice(folder: Path) -> None:
    watch = FolderWatch(folder)
    assert watch.look() == ()
    put(folder, "IMG_1.JPG")
    assert watch.look() == ()
    assert names(watch.look()) == ["IMG_1.JPG"]
    assert names(watch.look()) == ["IMG_1.JPG"]


def test_what_was_there_before_is_not_new_unless_it_is_younger_than_the_watch(folder: Path) -> None:
    put(folder, "before.jpg", modified_s=LONG_AGO_S)
    put(folder, "since.jpg", modified_s=time.time() + 1)
    watch = FolderWatch(folder, time.time_ns())
    watch.look()
    assert names(watch.look()) == ["since.jpg"]


def test_a_picture_that_comes_with_an_old_date_is_new_all_the_same(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    put(folder, "copied.jpg", modified_s=LONG_AGO_S)
    watch.look()
    assert names(watch.look()) == ["copied.jpg"]


def test_the_newest_comes_first(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    for number in (2, 3, 1):
        put(folder, f"{number}.png", modified_s=LONG_AGO_S + number)
    watch.look()
    assert names(watch.look()) == ["3.png", "2.png", "1.png"]


def test_a_slow_copy_is_new_only_when_it_is_complete(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    with (folder / "slow.jpg").open("wb") as file:
        for _ in range(3):
            file.write(b"part")
            file.flush()
            assert watch.look() == ()
    watch.look()
    (picture,) = watch.look()
    assert picture.size_bytes == 12


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="elsewhere the system does not tell who writes")
def test_a_copy_that_pauses_is_not_new_while_it_is_open(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    with (folder / "paused.jpg").open("wb") as file:
        file.write(b"part")
        file.flush()
        assert [watch.look() for _ in range(4)] == [()] * 4
    assert names(watch.look()) == ["paused.jpg"]


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
def test_writers_are_not_disturbed_and_cannot_end_the_program(folder: Path) -> None:
    """Somebody opens the file for writing again and again while it is looked at; both go on."""
    path = put(folder, "capture.jpg")
    code = (
        f"import sys\nfrom skindesk.system.in_use import is_being_written\nfrom pathlib import Path\n"
        f"while not Path({str(folder / 'stop')!r}).exists():\n    is_being_written(Path({str(path)!r}))\n"
        "print('whole')"
    )
    looker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        path.write_bytes(b"again")
    put(folder, "stop")
    assert looker.communicate(timeout=60)[0].strip() == "whole"
    assert looker.returncode == 0


def test_an_empty_file_waits_for_its_content(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    path = put(folder, "announced.jpg", b"")
    assert [watch.look() for _ in range(3)] == [()] * 3
    path.write_bytes(b"picture")
    watch.look()
    assert names(watch.look()) == ["announced.jpg"]


def test_a_file_that_is_renamed_into_place_is_new_under_its_last_name(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    temporary = put(folder, "IMG_2.jpg.part")
    assert [watch.look(), watch.look()] == [(), ()]
    temporary.rename(folder / "IMG_2.jpg")
    watch.look()
    assert names(watch.look()) == ["IMG_2.jpg"]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.jpg",
        "._IMG_1.jpg",
        "~copying.jpg",
        "IMG_1.jpg.crdownload",
        "IMG_1.part.jpg",
        "IMG_1.tmp.PNG",
        "notes.txt",
    ],
)
def test_temporary_hidden_and_other_files_are_passed_over(folder: Path, name: str) -> None:
    watch = FolderWatch(folder)
    watch.look()
    put(folder, name)
    assert [watch.look(), watch.look()] == [(), ()]


def test_a_picture_that_is_written_again_under_its_name_is_new_again(folder: Path) -> None:
    put(folder, "capture.jpg", modified_s=LONG_AGO_S)
    watch = FolderWatch(folder)
    watch.look()
    for number in (1, 2):
        put(folder, "capture.jpg", b"another", modified_s=LONG_AGO_S + number)
        watch.look()
        (picture,) = watch.look()
        assert picture.modified_ns == (LONG_AGO_S + number) * 10**9


def test_folders_within_are_watched_and_those_within_them_are_not(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    put(folder / "100CANON", "IMG_1.JPG")
    (folder / "100CANON" / "deeper").mkdir()
    put(folder / "100CANON" / "deeper", "IMG_2.JPG")
    put(folder / ".Trash", "IMG_3.JPG")
    watch.look()
    assert names(watch.look()) == ["IMG_1.JPG"]


def test_a_picture_that_is_taken_away_is_no_longer_offered(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    path = put(folder, "IMG_1.jpg")
    watch.look()
    watch.look()
    path.unlink()
    assert watch.look() == ()


def test_a_drive_that_is_plugged_in_again_brings_only_what_is_new(folder: Path, tmp_path: Path) -> None:
    for number in range(5):
        put(folder, f"IMG_{number}.jpg", modified_s=LONG_AGO_S + number)
    watch = FolderWatch(folder)
    watch.look()
    away = tmp_path / "in the camera"
    folder.rename(away)
    assert [watch.look(), watch.look()] == [(), ()]
    put(away, "IMG_5.jpg", modified_s=LONG_AGO_S + 60)  # by a camera whose clock is years behind
    away.rename(folder)
    watch.look()
    assert names(watch.look()) == ["IMG_5.jpg"]


def test_another_card_in_the_same_place_does_not_bring_its_old_pictures(folder: Path) -> None:
    put(folder, "IMG_1.jpg", modified_s=LONG_AGO_S + 100)
    watch = FolderWatch(folder)
    watch.look()
    shutil.rmtree(folder)
    watch.look()
    folder.mkdir()
    put(folder, "IMG_1.jpg", b"others", modified_s=LONG_AGO_S + 50)
    put(folder, "IMG_2.jpg", modified_s=LONG_AGO_S + 60)
    assert [watch.look(), watch.look()] == [(), ()]


def test_a_folder_that_is_not_there_yet_is_watched_once_it_comes(folder: Path) -> None:
    shutil.rmtree(folder)
    watch = FolderWatch(folder)
    assert watch.look() == ()
    folder.mkdir()
    put(folder, "yesterday.jpg", modified_s=LONG_AGO_S)
    put(folder, "now.jpg")
    watch.look()
    assert names(watch.look()) == ["now.jpg"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="whoever may do everything is not refused")
def test_a_folder_within_that_is_closed_to_us_does_not_hide_the_others(folder: Path) -> None:
    watch = FolderWatch(folder)
    watch.look()
    put(folder / "closed", "IMG_1.jpg")
    put(folder / "open", "IMG_2.jpg")
    (folder / "closed").chmod(0)
    try:
        watch.look()
        assert names(watch.look()) == ["IMG_2.jpg"]
    finally:
        (folder / "closed").chmod(0o700)


def test_in_a_large_folder_a_change_of_a_known_picture_is_noticed_too(folder: Path) -> None:
    for number in range(1200):
        put(folder, f"IMG_{number:04}.jpg", modified_s=LONG_AGO_S)
    watch = FolderWatch(folder)
    watch.look()
    put(folder, "IMG_0007.jpg", b"another", modified_s=LONG_AGO_S + 1)
    put(folder, "IMG_1200.jpg", modified_s=LONG_AGO_S + 2)
    watch.look()
    assert names(watch.look()) == ["IMG_1200.jpg"]
    for _ in range(5):
        watch.look()
    assert names(watch.look()) == ["IMG_1200.jpg", "IMG_0007.jpg"]


def test_nothing_in_the_folder_is_changed(folder: Path) -> None:
    put(folder, "IMG_1.jpg")
    watch = FolderWatch(folder, 0)
    before = {path: path.stat().st_mtime_ns for path in (folder, *folder.iterdir())}
    assert [len(watch.look()) for _ in range(3)] == [0, 1, 1]
    assert {path: path.stat().st_mtime_ns for path in (folder, *folder.iterdir())} == before
