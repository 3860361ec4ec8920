"""The strip of an examination's pictures."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from skindesk.domain.contract import Modality
from skindesk.gui.examine.strip import PictureStrip
from skindesk.gui.examine.strip_item import THUMB, PictureState, StripItem, strip_image
from skindesk.gui.incoming.room import MOST_PICTURES
from skindesk.gui.widgets.screen_picture import screen_picture
from tests.gui.controls import nameless


def red() -> QImage:
    made = QImage(THUMB, QImage.Format.Format_RGB32)
    made.fill(QColor("red"))
    return made


ITEMS = (
    StripItem("IMG_1.JPG", PictureState.ANSWERED, Modality.DERMOSCOPIC, red()),
    StripItem("IMG_2.JPG", PictureState.ABSTAINED, Modality.CLINICAL, red()),
    StripItem("IMG_3.JPG", PictureState.UNREADABLE, trouble="IMG_3.JPG is damaged."),
)


@pytest.fixture
def strip(qtbot: QtBot) -> PictureStrip:
    made = PictureStrip()
    qtbot.addWidget(made)
    made.resize(808, made.height())
    with qtbot.waitActive(made):
        made.show_items(ITEMS, 0)
    return made


def test_without_a_picture_there_is_no_strip(strip: PictureStrip) -> None:
    assert strip.isVisible()
    strip.show_items((), 0)
    assert not strip.isVisible()


def test_every_picture_says_its_place_kind_and_state(strip: PictureStrip) -> None:
    assert [thumb.accessibleName() for thumb in strip.thumbs] == [
        "Picture 1 of 3, IMG_1.JPG, dermoscopic, answered",
        "Picture 2 of 3, IMG_2.JPG, clinical, no answer",
        "Picture 3 of 3, IMG_3.JPG, IMG_3.JPG is damaged.",
    ]
    assert "Alt+3" in strip.thumbs[2].toolTip()
    assert nameless(strip) == []


def test_a_generated_picture_is_named_as_one(strip: PictureStrip) -> None:
    strip.show_items((replace(ITEMS[0], generated=True),), 0)
    assert "generated picture, not a patient" in strip.thumbs[0].accessibleName()


def test_a_click_wishes_for_a_picture_and_the_page_decides(strip: PictureStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.chosen) as wished:
        QTest.mouseClick(strip.thumbs[1], Qt.MouseButton.LeftButton)
    assert wished.args == [1]
    assert [thumb.isChecked() for thumb in strip.thumbs] == [True, False, False]
    strip.show_items(ITEMS, 1)
    assert [thumb.isChecked() for thumb in strip.thumbs] == [False, True, False]


def test_the_chosen_picture_is_marked_by_a_bar_and_not_by_colour_alone(strip: PictureStrip) -> None:
    below = [thumb.grab().toImage().pixelColor(34, thumb.height() - 2) for thumb in strip.thumbs]
    assert below[0] != below[1]
    assert below[1] == below[2]


def test_arrow_keys_go_along_the_strip_and_stop_at_its_ends(strip: PictureStrip, qtbot: QtBot) -> None:
    strip.thumbs[0].setFocus()
    with qtbot.assertNotEmitted(strip.chosen):
        QTest.keyClick(strip.thumbs[0], Qt.Key.Key_Left)
    with qtbot.waitSignal(strip.chosen) as wished:
        QTest.keyClick(strip.thumbs[0], Qt.Key.Key_Right)
    assert wished.args == [1]
    strip.show_items(ITEMS, 1)
    assert strip.thumbs[1].hasFocus()


def test_alt_and_a_number_show_a_picture_from_anywhere_on_the_page(strip: PictureStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.chosen) as wished:
        QTest.keyClick(strip, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert wished.args == [2]
    with qtbot.assertNotEmitted(strip.chosen):
        QTest.keyClick(strip, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)


def test_a_picture_is_taken_out_by_delete_or_its_cross(strip: PictureStrip, qtbot: QtBot) -> None:
    strip.thumbs[0].setFocus()
    with qtbot.waitSignal(strip.removed) as wished:
        QTest.keyClick(strip.thumbs[0], Qt.Key.Key_Delete)
    assert wished.args == [0]
    assert strip.thumbs[0].cross.isVisible()
    assert not strip.thumbs[2].cross.isVisible()
    strip.thumbs[2].setFocus()
    with qtbot.waitSignal(strip.removed) as wished:
        QTest.mouseClick(strip.thumbs[2].cross, Qt.MouseButton.LeftButton)
    assert wished.args == [2]


def test_pictures_can_be_added_until_there_are_twelve(strip: PictureStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.add_wanted):
        strip.add_button.click()
    strip.show_items(ITEMS * 4, 11)
    assert len(strip.thumbs) == MOST_PICTURES
    assert not strip.add_button.isEnabled()
    assert "12 pictures" in strip.add_button.toolTip()
    strip.show_items(ITEMS, 0)
    assert strip.add_button.isEnabled()


def test_the_chosen_picture_is_in_sight_where_not_all_have_room(strip: PictureStrip, qtbot: QtBot) -> None:
    strip.resize(500, strip.height())
    strip.show_items(ITEMS * 4, 11)
    qtbot.waitUntil(lambda: strip.thumbs[11].visibleRegion().boundingRect() == strip.thumbs[11].rect())
    assert strip.thumbs[0].visibleRegion().isEmpty()
    assert strip.add_button.visibleRegion().boundingRect() == strip.add_button.rect()


def test_the_lesion_stands_beside_its_pictures(strip: PictureStrip) -> None:
    strip.show_caption("L3 · left forearm")
    assert strip.caption() == "L3 · left forearm"


@pytest.mark.parametrize("shape", [(1200, 1600), (1600, 300), (40, 60)])
def test_a_thumbnail_shows_the_middle_of_the_picture(shape: tuple[int, int]) -> None:
    height, width = shape
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[height // 2 - height // 8 : height // 2 + height // 8, width // 2 - width // 8 : width // 2 + width // 8, 0] = (
        255
    )
    image = strip_image(screen_picture(rgb))
    assert image.size() == THUMB * 2
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() > 200
