"""Which files are meant by what is chosen, dropped or pasted."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from skindesk.gui.examine.incoming import choose_files, files_in, first_file, reader_of_image, with_room
from skindesk.gui.incoming.room import MOST_PICTURES
from skindesk.imaging.decode import decode


def dropped(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def touch(folder: Path, *names: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return [folder / name for name in names]


def test_all_dropped_files_are_taken_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    ninth, tenth, first = touch(tmp_path, "IMG_9.jpg", "IMG_10.jpg", "img_1.JPG")
    assert files_in(dropped(tenth, ninth, first)) == (first, ninth, tenth)
    assert first_file(dropped(tenth, ninth, first)) == tenth


def test_a_dropped_folder_stands_for_the_pictures_directly_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "visit"
    one, two = touch(folder, "1.jpg", "2.PNG")
    touch(folder, "notes.txt", ".hidden.jpg")
    touch(folder / "deeper", "3.jpg")
    assert files_in(dropped(folder)) == (one, two)


def test_a_file_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    folder = tmp_path / "visit"
    (one,) = touch(folder, "1.jpg")
    assert files_in(dropped(one, folder)) == (one,)


def test_a_file_without_an_ending_is_taken(tmp_path: Path) -> None:
    (dicom,) = touch(tmp_path, "IM000001")
    assert files_in(dropped(dicom)) == (dicom,)


def test_addresses_of_the_web_are_not_files() -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/1.jpg")])
    assert files_in(data) == ()
    assert first_file(data) is None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="whoever may do everything is not refused")
def test_a_folder_that_is_closed_to_us_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    touch(folder, "1.jpg")
    folder.chmod(0)
    try:
        assert files_in(dropped(folder)) == ()
    finally:
        folder.chmod(0o700)


def test_more_than_an_examination_holds_is_cut_and_said() -> None:
    paths = [Path(f"{number}.jpg") for number in range(40)]
    assert with_room(paths[:MOST_PICTURES]) == (tuple(paths[:MOST_PICTURES]), "")
    taken, words = with_room(paths, there=5)
    assert taken == tuple(paths[: MOST_PICTURES - 5])
    assert words == "Opened 7 of 40: an examination holds 12 pictures. Classify more in Batch."
    assert with_room(paths, there=12) == (
        (),
        "An examination holds 12 pictures. Remove one, or save this case first.",
    )


def test_several_files_can_be_chosen_at_once(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(_parent: QWidget, _title: str, _folder: str, kinds: str) -> tuple[list[str], str]:
        asked.append(kinds)
        return [str(tmp_path / "10.jpg"), str(tmp_path / "9.jpg")], ""

    monkeypatch.setattr("skindesk.gui.examine.incoming.QFileDialog.getOpenFileNames", answer)
    page = QWidget()
    qtbot.addWidget(page)
    assert choose_files(page) == (tmp_path / "9.jpg", tmp_path / "10.jpg")
    assert "*.jpg" in asked[0]


def test_a_copied_picture_is_kept_without_loss(qtbot: QtBot) -> None:
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor(11, 101, 128))
    data = QMimeData()
    data.setImageData(image)
    read = reader_of_image(data, "pasted picture.png")
    assert read is not None
    assert decode(read()).rgb[20, 20].tolist() == [11, 101, 128]
    assert reader_of_image(QMimeData(), "nothing.png") is None
