"""The sheet with all keys: what it shows first, how it is searched, and how it comes and goes."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from skindesk.gui.shortcuts import ShortcutSheet, offer_shortcuts
from skindesk.gui.shortcuts.key_caps import spoken
from skindesk.gui.shortcuts.places import Place, places_in_sight
from skindesk.gui.shortcuts.registry import place_name, shortcuts
from skindesk.gui.widgets.canvas import PictureCanvas


def headings(sheet: QWidget) -> list[str]:
    """The places that the sheet shows, down the left column and then the right one."""
    shown = [label for label in sheet.findChildren(QLabel) if label.property("role") == "section" and label.isVisible()]
    at = {label: label.mapTo(sheet, label.rect().topLeft()) for label in shown}
    return [
        label.text() for label in sorted(shown, key=lambda label: (at[label].x() > sheet.width() / 2, at[label].y()))
    ]


@pytest.fixture
def sheet(qtbot: QtBot) -> ShortcutSheet:
    made = ShortcutSheet(frozenset({Place.WORKLIST}))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_what_is_in_sight_comes_first_and_nothing_is_left_out(sheet: ShortcutSheet) -> None:
    assert headings(sheet)[:2] == ["Worklist", "Everywhere"]
    assert sorted(headings(sheet)) == sorted(place_name(place) for place in Place)


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("zoom in", ["On a picture", "Body map"]),
        ("BLINK space", ["Compare"]),
        ("ctrl+shift+f", ["Cases"]),
        ("worklist postpone", ["Worklist"]),
        ("arrow keys crop", ["Cropping"]),
    ],
)
def test_search_finds_keys_what_they_do_and_where(
    qtbot: QtBot, sheet: ShortcutSheet, typed: str, places: list[str]
) -> None:
    QTest.keyClicks(sheet.search, typed)
    qtbot.waitUntil(lambda: headings(sheet) == places)


def test_search_that_finds_nothing_says_so(sheet: ShortcutSheet) -> None:
    sheet.search.setText("no such thing")
    assert headings(sheet) == []
    assert "No key does that." in "".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisible())
    sheet.search.clear()
    assert len(headings(sheet)) == len(Place)


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_f1_opens_the_sheet_over_a_window_and_f1_or_esc_closes_it(qtbot: QtBot, key: Qt.Key) -> None:
    window, line = QDialog(), QLineEdit()
    QVBoxLayout(window).addWidget(line)
    offer_shortcuts(window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    QTest.keyClick(line, Qt.Key.Key_F1)
    (sheet,) = window.findChildren(ShortcutSheet)
    qtbot.waitUntil(sheet.search.hasFocus)
    QTest.keyClick(sheet.search, key)
    qtbot.waitUntil(lambda: not isValid(sheet))
    assert window.focusWidget() is line


def test_only_what_can_be_seen_is_in_sight(qtbot: QtBot) -> None:
    window = QWidget()
    canvas = PictureCanvas(window)
    qtbot.addWidget(window)
    assert places_in_sight(window) == frozenset()
    window.show()
    assert places_in_sight(window) == {Place.PICTURE}
    canvas.hide()
    assert places_in_sight(window) == frozenset()


def test_every_key_is_one_and_does_one_thing_in_its_place() -> None:
    entries = shortcuts()
    assert all(QKeySequence(key).count() == 1 for entry in entries for key in entry.keys)
    while_placing = Counter({("Body map", "Left"): 1, ("Body map", "Right"): 1})
    said = Counter((place_name(entry.place), key) for entry in entries for key in entry.keys)
    assert all(count == 1 for count in (said - while_placing).values())


def test_arrows_are_read_out_in_words() -> None:
    assert spoken(("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down")) == "Shift+arrow keys"
    assert spoken(("Left", "Right")) == "Left, Right"
