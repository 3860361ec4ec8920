"""The whole program with the keyboard alone, for a screen reader, and for poor sight: one tour for each theme."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QIcon, QImage, QKeyEvent, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.body_position import BodyView
from skindesk.domain.case import Patient, PatientDetails
from skindesk.domain.insights import Reader, Share
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.region import Region
from skindesk.gui.app import enlarge
from skindesk.gui.background import Background
from skindesk.gui.batch.progress_panel import ProgressPanel
from skindesk.gui.batch.review_keys import ReviewKeys
from skindesk.gui.body_map.canvas import BodyCanvas
from skindesk.gui.body_map.mark import BodyMark
from skindesk.gui.compare import ComparedPicture, CompareView
from skindesk.gui.compare.view import Mode
from skindesk.gui.examine.patient_picker import PatientPicker
from skindesk.gui.examine.strip import PictureStrip
from skindesk.gui.examine.strip_item import StripItem
from skindesk.gui.examine.strip_thumb import StripThumb
from skindesk.gui.incoming.live_view import LiveView
from skindesk.gui.insights.calibration_plot import CalibrationPlot
from skindesk.gui.insights.plot import Point
from skindesk.gui.report.preview import PageView
from skindesk.gui.report.rendering import PageFacts
from skindesk.gui.settings import SettingsWorkspace
from skindesk.gui.shortcuts.places import Place, place_of
from skindesk.gui.shortcuts.registry import shortcuts
from skindesk.gui.theme import apply_theme, is_motion_reduced, reduce_motion
from skindesk.gui.tools.crop import CropTool
from skindesk.gui.tools.outline import OutlineTool
from skindesk.gui.tools.ruler import RulerLine, RulerTool
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.canvas_layers import Mark
from skindesk.gui.widgets.canvas_tool import CanvasTool
from skindesk.gui.widgets.linked_text import LinkedText
from skindesk.gui.widgets.patient_band import PatientBand
from skindesk.gui.widgets.screen_picture import screen_picture
from skindesk.gui.widgets.segmented import Segmented
from skindesk.imaging.body_map import centre_of
from skindesk.system.settings import Theme, load_settings
from tests.conftest import ROOT
from tests.support import looking_over
from tests.support.tour import Stop, Tour, cheap_workspace

Check = Callable[[QWidget], list[str]]
Key = tuple[Place, str]

FOR_THE_KEYBOARD: dict[str, Check] = {
    "nameless": looking_over.nameless,
    "tips_without_words": looking_over.tips_without_words,
    "out_of_reach": looking_over.out_of_reach,
    "clashes": looking_over.clashes,
    "wordless_icons": looking_over.wordless_icons,
    "clipped": looking_over.clipped,
}
AROUND: dict[str, Check] = {
    "traps": looking_over.traps,
    "astray": looking_over.astray,
    "leaps": looking_over.leaps,
}
_USUAL_SIZE, _LEAST_SIZE = QSize(1280, 800), QSize(960, 600)
BY_TOOLS = frozenset({"examine: crop", "examine: ruler", "examine: outline"})
"""Here Tab belongs to the tool until Esc."""

NATIVE: frozenset[Key] = frozenset(
    {
        (Place.EVERYWHERE, "Tab"),
        (Place.EVERYWHERE, "Shift+Tab"),
        (Place.EVERYWHERE, "Space"),
        (Place.EVERYWHERE, "Esc"),
        (Place.EXAMINE, "Return"),
        (Place.SAVE, "Return"),
        (Place.CAMERA, "Return"),
        (Place.CASES, "Down"),
        (Place.CASES, "Return"),
        (Place.WORKLIST, "Return"),
        (Place.BATCH, "Return"),
    }
)
"""Keys of Qt's own: buttons, default buttons, fields and tables, which the pages' tests press."""


@dataclass
class Walked:
    """What a tour came upon: faults by the name of the check, and the keys that Qt listens for."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    keys: set[Key] = field(default_factory=set)
    stops: int = 0

    def look(self, stop: Stop, checks: dict[str, Check]) -> None:
        for name, check in checks.items():
            self.faults.setdefault(name, []).extend(f"{stop.name}: {fault}" for fault in check(stop.window))


def walk(theme: Theme, size: QSize, folder: Path) -> Walked:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, theme)
    workspace = cheap_workspace(folder)
    walked, tour, looked_at = Walked(), Tour(workspace, folder, size), set[str]()
    try:
        for stop in tour.stops():
            walked.stops += 1
            walked.look(stop, {"faint_words": looking_over.faint_words})
            if isinstance(stop.window, QMenu):
                continue
            walked.look(stop, FOR_THE_KEYBOARD)
            walked.keys |= {(placed(bound), bound.key) for bound in looking_over.bound_keys(stop.window)}
            if stop.name in BY_TOOLS:
                walked.look(stop, {"tools": held_by_a_tool})
            else:
                walked.look(stop, {**AROUND, "without_ring": lambda it: looking_over.without_ring(it, looked_at)})
    finally:
        tour.close()
        workspace.close_case_log()
        apply_theme(application, Theme.LIGHT)
    return walked


def placed(bound: looking_over.Bound) -> Place:
    """Where a key belongs; that for the sheet itself is bound by every window."""
    return Place.EVERYWHERE if bound.key == "F1" else place_of(bound.widget)


def held_by_a_tool(window: QWidget) -> list[str]:
    """Esc puts the tool away, and then Tab leads on."""
    canvas = next(each for each in window.findChildren(PictureCanvas) if each.isVisible() and each.tool is not None)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    if canvas.tool is not None:
        return ["Esc does not put the tool away"]
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    return ["Tab stays on the picture"] if window.focusWidget() is canvas else []


@pytest.fixture(
    scope="module", params=[(Theme.LIGHT, _USUAL_SIZE), (Theme.DARK, _LEAST_SIZE)], ids=["light", "dark and small"]
)
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Walked:
    return walk(*request.param, tmp_path_factory.mktemp("tour"))


class TestTour:
    @pytest.mark.parametrize(
        "name", [*FOR_THE_KEYBOARD, *AROUND, "tools", "without_ring", "faint_words"], ids=lambda name: name
    )
    def test_no_page_dialog_or_sheet_has_faults(self, walked: Walked, name: str) -> None:
        assert walked.faults[name] == []

    def test_it_leads_through_the_whole_program(self, walked: Walked) -> None:
        assert walked.stops > 50

    def test_every_key_is_on_the_sheet(self, walked: Walked) -> None:
        assert walked.keys - registered() == set()

    def test_every_key_of_the_sheet_exists(self, walked: Walked) -> None:
        assert registered() - walked.keys - NATIVE - taken_by_widgets() == set()


def registered() -> set[Key]:
    return {(entry.place, key) for entry in shortcuts() for key in entry.keys}


def test_everything_fits_a_large_screen_at_250_per_cent() -> None:
    script = [sys.executable, "-m", "tests.support.scaled_tour", "2.5", "1536", "864"]
    ended = subprocess.run(script, capture_output=True, text=True, cwd=ROOT, timeout=240)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == ""


# Keys that widgets take themselves


def picture(tool: CanvasTool | None = None) -> PictureCanvas:
    canvas = PictureCanvas()
    canvas.resize(400, 300)
    canvas.show_picture(screen_picture(np.full((120, 160, 3), 90, np.uint8)))
    canvas.show()
    if tool is not None:
        canvas.take_tool(tool)
    return canvas


def body(placing: bool) -> BodyCanvas:
    canvas = BodyCanvas()
    place = centre_of(BodyView.FRONT, "left-forearm-front")
    canvas.show_marks([BodyMark(1, "1", place, LesionState.NEW, "L1")])
    canvas.set_placing(placing)
    return canvas


def plot() -> CalibrationPlot:
    made = CalibrationPlot()
    share = Share((1,), (2,), None)
    made.show_points([Point(Reader.NETWORK_SUM, str(at), share, f"point {at}", at / 3) for at in range(3)])
    return made


def thumb() -> StripThumb:
    made = StripThumb()
    made.show_item(StripItem("a.jpg"), 1, 2, True)
    return made


def outline() -> OutlineTool:
    return OutlineTool(((40.0, 40.0), (120.0, 40.0), (120.0, 90.0), (40.0, 90.0)), lambda points: tuple(points))


def begun_crop() -> PictureCanvas:
    canvas = picture(CropTool())
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    return canvas


def reviewed() -> QWidget:
    view = QWidget()
    ReviewKeys(view).watch(view)
    return view


ON: dict[Place, Callable[[], QWidget]] = {
    Place.PICTURE: picture,
    Place.CROP: begun_crop,
    Place.RULER: lambda: picture(RulerTool(proposed=RulerLine((20.0, 60.0), (120.0, 60.0)))),
    Place.OUTLINE: lambda: picture(outline()),
    Place.BODY_MAP: lambda: body(placing=False),
    Place.STRIP: thumb,
    Place.INSIGHTS: plot,
    Place.CAMERA: LiveView,
    Place.BATCH: reviewed,
}
ELSEWHERE = frozenset(
    {
        (Place.INSIGHTS, "Esc"),
        *((Place.STRIP, f"Alt+{number}") for number in range(1, 10)),
        *((Place.BATCH, f"Ctrl+{letter}") for letter in "OPFS"),
    }
)
"""Keys of these places for which Qt listens; the tour comes upon them."""
IN_THE_PICKER = frozenset({(Place.SAVE, "Up"), (Place.SAVE, "Down")})


def taken_by_widgets() -> set[Key]:
    """What widgets must take themselves."""
    theirs = {key for key in registered() if key[0] in ON}
    return (theirs - NATIVE - ELSEWHERE) | IN_THE_PICKER


class Around(QWidget):
    """Hears of the keys that the widget within does not take."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.left: list[int] = []
        widget.setParent(self)
        widget.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.left.append(event.key())


def takes(widget: QWidget, key: str) -> bool:
    around = Around(widget)
    combination = QKeySequence(key)[0]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
    widget.setParent(None)
    return combination.key() not in around.left


@pytest.mark.parametrize("place", list(ON), ids=lambda place: place.name.lower())
def test_what_the_sheet_says_of_a_widgets_keys_holds(qtbot: QtBot, place: Place) -> None:
    for _, key in sorted((each for each in taken_by_widgets() if each[0] is place), key=str):
        widgets = [ON[place](), body(placing=True)] if place is Place.BODY_MAP else [ON[place]()]
        for widget in widgets:
            qtbot.addWidget(widget)
        assert any(takes(widget, key) for widget in widgets), key
        assert not any(takes(widget, "F11") for widget in widgets)


def test_up_and_down_go_through_the_patients_that_were_found(qtbot: QtBot, background: Background) -> None:
    known = [Patient(number, PatientDetails(f"P-{number}", "Lindqvist")) for number in (1, 2)]
    picker = PatientPicker(lambda _query: tuple(known), background)
    qtbot.addWidget(picker)
    qtbot.waitUntil(lambda: picker.list.count() == 2)
    for key, patient in (("Down", known[0]), ("Down", known[1]), ("Up", known[0])):
        QTest.keyClick(picker.line, QKeySequence(key)[0].key())
        assert picker.patient() == patient


# What the tour led to


def test_tabbing_through_the_patients_that_were_found_chooses_none(qtbot: QtBot, background: Background) -> None:
    known = Patient(1, PatientDetails("10482", "Lindqvist", "Ada"))
    picker = PatientPicker(lambda _query: (known,), background)
    qtbot.addWidget(picker)
    with qtbot.waitActive(picker):
        picker.show()
    qtbot.waitUntil(lambda: picker.list.count() == 1)
    picker.line.setFocus()
    with qtbot.assertNotEmitted(picker.changed):
        QTest.keyClick(picker.line, Qt.Key.Key_Tab)
    assert picker.list.hasFocus()
    assert picker.patient() is None
    QTest.keyClick(picker.list, Qt.Key.Key_Down)
    assert picker.patient() == known


def test_links_in_a_text_are_walked_both_ways_and_left(qtbot: QtBot) -> None:
    window = QWidget()
    before, text, after = QPushButton("1"), LinkedText('<a href="x">one</a> and <a href="y">two</a>'), QPushButton("2")
    column = QVBoxLayout(window)
    for widget in (before, text, after):
        column.addWidget(widget)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()

    def way(key: Qt.Key) -> list[str]:
        places = []
        for _ in range(4):
            QTest.keyClick(window.focusWidget(), key)
            places.append(text.selectedText() if text.hasFocus() else window.focusWidget().text())
        return places

    before.setFocus()
    assert way(Qt.Key.Key_Tab) == ["one", "two", "2", "1"]
    after.setFocus()
    assert way(Qt.Key.Key_Backtab) == ["two", "one", "1", "2"]


# For a screen reader


def spoken(widget: QWidget) -> tuple[QAccessible.Role, str, str]:
    """A widget's role, name and description, as a screen reader is told."""
    told = QAccessible.queryAccessibleInterface(widget)
    return told.role(), told.text(QAccessible.Text.Name), told.text(QAccessible.Text.Description)


def test_a_picture_says_what_lies_on_it_and_what_the_tool_shows(qtbot: QtBot) -> None:
    canvas = picture()
    qtbot.addWidget(canvas)
    canvas.show_marks([Mark(Region(10, 10, 20, 20), "glare")])
    assert spoken(canvas)[:2] == (QAccessible.Role.Graphic, "Picture")
    assert "glare" in spoken(canvas)[2]
    canvas.take_tool(RulerTool(proposed=RulerLine((20.0, 60.0), (120.0, 60.0))))
    assert "Ruler: 100" in spoken(canvas)[2]
    state = QAccessible.queryAccessibleInterface(canvas).state()
    assert state.focusable


def test_a_body_map_says_what_the_cross_or_the_chosen_pin_is_on(qtbot: QtBot) -> None:
    canvas = body(placing=False)
    qtbot.addWidget(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    role, _, description = spoken(canvas)
    assert role is QAccessible.Role.Graphic
    assert "L1" in description


def test_a_plot_is_a_chart_that_says_its_chosen_point(qtbot: QtBot) -> None:
    made = plot()
    qtbot.addWidget(made)
    QTest.keyClick(made, Qt.Key.Key_Right)
    assert spoken(made) == (QAccessible.Role.Chart, "Calibration curve", "point 1")


def test_choices_are_a_group_whose_buttons_say_which_is_taken(qtbot: QtBot) -> None:
    choice = Segmented[int]("Plan", [(1, "watch"), (2, "excise")])
    qtbot.addWidget(choice)
    choice.choose(2)
    told = QAccessible.queryAccessibleInterface(choice)
    assert spoken(choice)[:2] == (QAccessible.Role.Grouping, "Plan")
    buttons = [told.child(index) for index in range(told.childCount())]
    assert [button.text(QAccessible.Text.Name) for button in buttons] == ["Plan: watch", "Plan: excise"]
    assert [button.state().checked for button in buttons] == [0, 1]
    assert all(button.state().checkable for button in buttons)


def test_a_strip_is_a_group_of_pictures_that_say_place_kind_and_state(qtbot: QtBot) -> None:
    strip = PictureStrip()
    qtbot.addWidget(strip)
    strip.show_items([StripItem("a.jpg"), StripItem("b.jpg")], 1)
    assert spoken(strip)[:2] == (QAccessible.Role.Grouping, "Pictures of this examination")
    told = QAccessible.queryAccessibleInterface(strip.thumbs[1])
    assert told.text(QAccessible.Text.Name).startswith("Picture 2 of 2, b.jpg")
    assert (told.state().checkable, told.state().checked) == (1, 1)


def test_the_band_says_whose_data_is_on_the_screen(qtbot: QtBot) -> None:
    band = PatientBand()
    qtbot.addWidget(band)
    band.show_patient(Patient(1, PatientDetails("10482", "Lindqvist", "Ada")))
    role, name, description = spoken(band)
    assert (role, name) == (QAccessible.Role.Grouping, "Patient")
    assert "LINDQVIST, Ada" in description
    assert "10482" in description


def test_a_page_of_a_report_is_read_out(qtbot: QtBot) -> None:
    page = PageView(PageFacts(595, 842, "Melanoma is likely."), "Page 1 of 2")
    qtbot.addWidget(page)
    assert spoken(page) == (QAccessible.Role.Document, "Page 1 of 2", "Melanoma is likely.")


# Motion


@pytest.fixture
def still() -> Iterator[None]:
    reduce_motion(True)
    yield
    reduce_motion(False)


@pytest.fixture
def compared(qtbot: QtBot, background: Background) -> CompareView:
    view = CompareView(background)
    qtbot.addWidget(view)
    shades = (np.full((60, 80, 3), level, np.uint8) for level in (90, 160))
    pictures = [
        ComparedPicture(key, f"2026-0{key}-01", "", lambda shade=shade: shade, None)
        for key, shade in enumerate(shades, start=1)
    ]
    with qtbot.waitActive(view):
        view.show()
    view.show_pictures(pictures, 1, 2)
    qtbot.waitUntil(lambda: bool(view.left.label()))
    return view


@pytest.mark.usefixtures("still")
def test_with_reduced_motion_compared_pictures_change_by_hand_only(qtbot: QtBot, compared: CompareView) -> None:
    QTest.keyClick(compared.left, Qt.Key.Key_3)
    assert compared.mode() is Mode.BLINK
    assert not compared.blinker.running
    first = compared.left.label()
    QTest.keyClick(compared.left, Qt.Key.Key_Space)
    assert compared.left.label() != first
    assert not compared.blinker.running
    assert compared.blink_controls.pause_button.accessibleName() == "Show the other picture"


@pytest.mark.parametrize("reduced", [False, True])
def test_an_unknown_number_of_pictures_moves_a_bar_only_where_motion_is_welcome(qtbot: QtBot, reduced: bool) -> None:
    reduce_motion(reduced)
    panel = ProgressPanel()
    qtbot.addWidget(panel)
    panel.begin("a folder")
    reduce_motion(False)
    moves_by_itself = panel.bar.minimum() == panel.bar.maximum()
    assert moves_by_itself is not reduced


@pytest.mark.usefixtures("still")
def test_reduced_motion_is_a_setting_that_is_kept_and_counts_at_once(
    qtbot: QtBot, workspace: Workspace, background: Background
) -> None:
    page = SettingsWorkspace(workspace, background)
    qtbot.addWidget(page)
    page.motion_box.setChecked(True)
    assert load_settings(workspace.profile).reduce_motion
    page.motion_box.setChecked(False)
    assert not load_settings(workspace.profile).reduce_motion
    assert not is_motion_reduced()


# Size


def test_size_is_a_setting_that_is_kept(qtbot: QtBot, workspace: Workspace, background: Background) -> None:
    page = SettingsWorkspace(workspace, background)
    qtbot.addWidget(page)
    assert page.size_choice.value() == 100
    page.size_choice.button(150).click()
    assert load_settings(workspace.profile).size_percent == 150


def test_a_size_that_is_not_offered_falls_back_to_the_usual_one(workspace: Workspace) -> None:
    workspace.profile.settings.write_text('{"size_percent": 1000}')
    assert load_settings(workspace.profile).size_percent == 100


@pytest.mark.parametrize(("percent", "kept", "scaling"), [(150, None, "1.5"), (100, None, None), (150, "2", "2")])
def test_a_larger_size_is_asked_of_qt_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, percent: int, kept: str | None, scaling: str | None
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", kept or "")
    if kept is None:
        del os.environ["QT_SCALE_FACTOR"]
    enlarge(percent)
    assert os.environ.get("QT_SCALE_FACTOR") == scaling


# That the looking over finds what is wrong


@pytest.fixture
def faulty(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(400, 240)
    qtbot.addWidget(window)
    return window


def shown(qtbot: QtBot, window: QWidget) -> QWidget:
    with qtbot.waitActive(window):
        window.show()
    return window


class TestLookingOver:
    def test_finds_controls_without_a_name(self, qtbot: QtBot, faulty: QWidget) -> None:
        QLineEdit(faulty)
        assert len(looking_over.nameless(shown(qtbot, faulty))) == 1

    def test_finds_icons_without_words(self, qtbot: QtBot, faulty: QWidget) -> None:
        button = QPushButton(faulty)
        pixmap = QImage(16, 16, QImage.Format.Format_RGB32)
        pixmap.fill(Qt.GlobalColor.red)
        button.setIcon(QIcon(QPixmap.fromImage(pixmap)))
        assert len(looking_over.tips_without_words(shown(qtbot, faulty))) == 1

    def test_finds_what_only_the_mouse_can_use(self, qtbot: QtBot, faulty: QWidget) -> None:
        QPushButton("Here", faulty).setFocusPolicy(Qt.FocusPolicy.NoFocus)
        assert len(looking_over.out_of_reach(shown(qtbot, faulty))) == 1

    def test_finds_traps(self, qtbot: QtBot, faulty: QWidget) -> None:
        class Trap(QLineEdit):
            def focusNextPrevChild(self, _forward: bool) -> bool:
                return True

        row = QHBoxLayout(faulty)
        for widget in (QPushButton("One"), Trap(), QPushButton("Two")):
            row.addWidget(widget)
        assert any("caught" in fault for fault in looking_over.traps(shown(qtbot, faulty)))

    def test_finds_leaps(self, qtbot: QtBot, faulty: QWidget) -> None:
        column = QVBoxLayout(faulty)
        buttons = [QPushButton(str(number)) for number in range(4)]
        for index in (2, 0, 3, 1):
            column.addWidget(buttons[index])
        for one, other in pairwise(buttons):
            QWidget.setTabOrder(one, other)
        assert len(looking_over.leaps(shown(qtbot, faulty))) == 1

    def test_finds_keys_that_clash(self, qtbot: QtBot, faulty: QWidget) -> None:
        inner = QWidget(faulty)
        QShortcut(QKeySequence("Ctrl+1"), faulty)
        QShortcut(QKeySequence("Ctrl+1"), inner, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        assert len(looking_over.clashes(shown(qtbot, faulty))) == 1

    def test_finds_a_focus_that_is_not_shown(self, qtbot: QtBot, faulty: QWidget) -> None:
        class Same(QPushButton):
            def paintEvent(self, _event: object) -> None:
                QPainter(self).fillRect(self.rect(), Qt.GlobalColor.gray)

        row = QHBoxLayout(faulty)
        for name in ("One", "Two"):
            row.addWidget(Same(name))
        assert len(looking_over.without_ring(shown(qtbot, faulty), set())) == 1

    def test_finds_faint_words(self, qtbot: QtBot, faulty: QWidget) -> None:
        faulty.setStyleSheet("QLabel { color: #9AA3AF; background: #FFFFFF; }")
        QLabel("Hard to read", faulty)
        assert len(looking_over.faint_words(shown(qtbot, faulty))) == 1

    def test_finds_words_that_are_cut(self, qtbot: QtBot, faulty: QWidget) -> None:
        QLabel("Much too long for so little room", faulty).setFixedWidth(40)
        assert len(looking_over.clipped(shown(qtbot, faulty))) == 1
