"""The comparison of two pictures, driven by keys and controls."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from skindesk.domain.errors import SkinDeskError
from skindesk.gui.background import Background
from skindesk.gui.compare import ComparedPicture, CompareView
from skindesk.gui.compare.blinker import LEAST_MS, Blinker
from skindesk.gui.compare.controls import Blending
from skindesk.gui.compare.view import Mode
from tests.gui.controls import nameless
from tests.support.lesion_pairs import Pair, Picture, paint_skin, placed, take

SEED = 5
TURNED = placed(turned_deg=28, enlarged=1.1, right_px=30, down_px=-20)
DATES = ("2025-03-01", "2025-09-14", "2026-03-14")


@pytest.fixture(scope="module")
def pair() -> Pair:
    """One lesion before and after it grew."""
    return Pair(take(paint_skin(SEED), 4), take(paint_skin(SEED, 1.15), 99, TURNED), TURNED)


@pytest.fixture(scope="module")
def stranger() -> Picture:
    return take(paint_skin(4), 7)


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def pictures(pair: Pair, stranger: Picture) -> list[ComparedPicture]:
    shots = (pair.fixed, pair.moving, stranger)
    scales = (0.02, None, 0.02)
    return [
        ComparedPicture(key, DATES[key - 1], "left forearm", lambda shot=shot: shot, scale)
        for key, shot, scale in zip((1, 2, 3), shots, scales, strict=True)
    ]


@pytest.fixture
def view(qtbot: QtBot, background: Background) -> CompareView:
    made = CompareView(background)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
    return made


@pytest.fixture
def compared(view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot) -> CompareView:
    """The first two pictures, measured."""
    view.show_pictures(pictures, 1, 2)
    wait_for_measure(view, qtbot)
    return view


def wait_for_measure(view: CompareView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.comparison is not None, timeout=20_000)


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def press(view: CompareView, key: str) -> None:
    QTest.keyClick(view.left, getattr(Qt.Key, f"Key_{key}"))


def plain(level: int) -> Picture:
    return np.full((450, 600, 3), level, np.uint8)


def failing(error: Exception) -> Callable[[], Picture]:
    def load() -> Picture:
        raise error

    return load


class TestModes:
    def test_both_dates_stand_side_by_side_at_first(self, compared: CompareView) -> None:
        assert compared.mode() is Mode.SIDE_BY_SIDE
        assert (compared.left.label(), compared.right.label()) == DATES[:2]
        assert compared.right.isVisible()

    def test_keys_choose_the_mode(self, compared: CompareView) -> None:
        press(compared, "2")
        assert compared.mode() is Mode.OVERLAY
        assert not compared.right.isVisible()
        press(compared, "3")
        assert compared.mode() is Mode.BLINK
        press(compared, "1")
        assert compared.mode() is Mode.SIDE_BY_SIDE
        assert compared.right.isVisible()

    def test_the_slider_fades_the_right_picture_over_the_left(self, compared: CompareView) -> None:
        press(compared, "2")
        lower, upper = compared.left.layers()
        assert (lower.opacity, upper.opacity) == (1, 0.5)
        compared.overlay_controls.slider.setValue(0)
        bare = compared.left.grab().toImage()
        assert compared.left.layers()[1].opacity == 0
        compared.overlay_controls.slider.setValue(100)
        assert compared.left.layers()[1].opacity == 1
        assert compared.left.grab().toImage() != bare
        assert "100" in compared.left.label()

    def test_faded_halfway_the_colours_mix(
        self, view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot
    ) -> None:
        black, white = (ComparedPicture(key, "", "", partial(plain, level)) for key, level in ((1, 0), (2, 255)))
        view.show_pictures([black, white], 1, 2)
        wait_for_measure(view, qtbot)
        press(view, "2")
        middle = view.left.grab().toImage().pixelColor(view.left.rect().center())
        assert middle.red() == pytest.approx(128, abs=2)

    def test_w_changes_to_a_dividing_line(self, compared: CompareView) -> None:
        press(compared, "2")
        press(compared, "W")
        assert compared.overlay_controls.blending.value() is Blending.WIPE
        compared.overlay_controls.slider.setValue(30)
        assert compared.left.layers()[1].wiped_to == pytest.approx(0.7)
        assert compared.left.layers()[1].opacity == 1
        press(compared, "W")
        assert compared.left.layers()[1].wiped_to is None

    def test_escape_closes(self, compared: CompareView, qtbot: QtBot) -> None:
        with qtbot.waitSignal(compared.closed):
            press(compared, "Escape")

    def test_every_control_has_a_name(self, compared: CompareView) -> None:
        for mode in Mode:
            compared.mode_choice.choose(mode)
            assert nameless(compared) == []


class TestBlinking:
    def test_pictures_change_places_by_themselves(self, compared: CompareView, qtbot: QtBot) -> None:
        press(compared, "3")
        compared.blink_controls.slider.setValue(LEAST_MS)
        with qtbot.waitSignals([compared.blinker.blinked, compared.blinker.blinked]):
            pass
        seen = compared.left.label()
        with qtbot.waitSignal(compared.blinker.blinked):
            pass
        assert {seen, compared.left.label()} == set(DATES[:2])

    def test_space_pauses_and_goes_on(self, compared: CompareView) -> None:
        press(compared, "3")
        assert compared.blinker.running
        press(compared, "Space")
        assert not compared.blinker.running
        assert "Go on" in compared.blink_controls.pause_button.text()
        press(compared, "Space")
        assert compared.blinker.running

    def test_space_pauses_from_every_control(self, compared: CompareView) -> None:
        press(compared, "3")
        compared.align_box.setFocus()
        QTest.keyClick(compared.align_box, Qt.Key.Key_Space)
        assert not compared.blinker.running
        assert compared.align_box.isChecked()

    def test_it_never_blinks_faster_than_three_times_a_second(self, compared: CompareView) -> None:
        blinker = Blinker()
        blinker.set_interval(10)
        assert 1000 / blinker.interval_ms < 3
        compared.blink_controls.slider.setValue(0)
        assert 1000 / compared.blinker.interval_ms < 3

    def test_it_stops_with_the_mode_and_with_the_window(self, compared: CompareView) -> None:
        press(compared, "3")
        press(compared, "1")
        assert not compared.blinker.running
        press(compared, "3")
        compared.hide()
        assert not compared.blinker.running


class TestLock:
    def test_zoom_and_place_go_together(self, compared: CompareView) -> None:
        press(compared, "Plus")
        press(compared, "Right")
        assert compared.right.view() == compared.left.view()
        assert not compared.right.view().fitted
        QTest.keyClick(compared.right, Qt.Key.Key_Minus)
        assert compared.left.view() == compared.right.view()
        press(compared, "0")
        assert compared.right.view().fitted

    def test_unlocked_each_goes_its_own_way(self, compared: CompareView) -> None:
        press(compared, "L")
        fitted = compared.right.zoom()
        press(compared, "Plus")
        assert compared.right.zoom() == fitted
        assert compared.left.zoom() > fitted
        press(compared, "L")
        assert compared.right.zoom() == compared.left.zoom()

    def test_what_is_in_view_stays_when_the_mode_changes(self, compared: CompareView) -> None:
        press(compared, "Plus")
        press(compared, "Plus")
        zoom = compared.left.zoom()
        press(compared, "3")
        compared.blinker.step()
        assert compared.left.zoom() == zoom


class TestAlignment:
    def test_the_right_picture_is_laid_on_the_left(self, compared: CompareView, pair: Pair) -> None:
        assert compared.comparison is not None
        assert compared.comparison.alignment.found
        onto = compared.right.layers()[0].onto
        matrix = np.array(((onto.m11(), onto.m21(), onto.dx()), (onto.m12(), onto.m22(), onto.dy())))
        assert pair.error(matrix) < 0.01
        assert "Aligned: turned by" in said(compared.panel)
        assert compared.notice.text() == ""

    def test_swapped_sides_lie_on_each_other_too(self, compared: CompareView, pair: Pair) -> None:
        found = compared.comparison
        press(compared, "S")
        assert (compared.left.label(), compared.right.label()) == (DATES[1], DATES[0])
        assert compared.comparison is found
        back = compared.right.layers()[0].onto
        assert (back.m11(), back.m12()) == pytest.approx(
            (np.linalg.inv(pair.truth[:, :2])[0, 0], np.linalg.inv(pair.truth[:, :2])[1, 0]), abs=0.02
        )
        assert f"From {DATES[0]} to {DATES[1]}" in said(compared.panel)

    def test_alignment_can_be_switched_off(self, compared: CompareView) -> None:
        press(compared, "A")
        assert not compared.align_box.isChecked()
        assert compared.right.layers()[0].onto.isIdentity()

    def test_a_failure_is_said_and_the_pictures_stay_as_they_are(
        self, view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot
    ) -> None:
        view.show_pictures(pictures, 1, 3)
        wait_for_measure(view, qtbot)
        assert "could not be aligned" in view.notice.text()
        assert view.right.layers()[0].onto.isIdentity()
        press(view, "A")
        assert view.notice.text() == ""

    def test_a_picture_of_another_size_is_fitted_where_it_cannot_be_aligned(
        self, view: CompareView, pictures: list[ComparedPicture], stranger: Picture, qtbot: QtBot
    ) -> None:
        small = ComparedPicture(9, "2026-05-01", "", lambda: stranger[::3, ::3])
        view.show_pictures([pictures[0], small], 1, 9)
        wait_for_measure(view, qtbot)
        assert view.right.layers()[0].onto.m11() == pytest.approx(3)


class TestChange:
    def test_growth_is_told_with_its_limits(self, compared: CompareView) -> None:
        words = said(compared.panel)
        assert f"From {DATES[0]} to {DATES[1]}" in words
        assert "Area\n+" in words
        assert "The outlines were found by the program: check them" in words
        assert "Sizes are compared by the skin" in words

    def test_sizes_are_in_millimetres_where_the_scale_is_known(
        self, view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot
    ) -> None:
        view.show_pictures(pictures, 1, 3)
        wait_for_measure(view, qtbot)
        assert "mm²" in said(view.panel)
        assert "compared by the scale that is known" in said(view.panel)

    def test_without_alignment_and_scale_sizes_are_not_compared(
        self, view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot
    ) -> None:
        view.show_pictures(pictures, 2, 3)
        wait_for_measure(view, qtbot)
        assert "Area\nnot compared" in said(view.panel)
        assert "Sizes are not compared" in said(view.panel)

    def test_a_missing_outline_is_told_with_its_reason(
        self, view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot
    ) -> None:
        bare = ComparedPicture(8, "2026-04-01", "", partial(plain, 190))
        view.show_pictures([pictures[0], bare], 1, 8)
        wait_for_measure(view, qtbot)
        words = said(view.panel)
        assert "No outline in the later picture: no lesion stands out." in words
        assert "Nothing is measured without both outlines." in words

    def test_outlines_are_drawn_when_they_are_wanted(self, compared: CompareView) -> None:
        assert compared.left.layers()[0].outline is None
        press(compared, "O")
        left, right = compared.left.layers()[0], compared.right.layers()[0]
        assert left.outline is not None
        assert right.outline is not None
        assert (left.is_earlier, right.is_earlier) == (True, False)


class TestChoice:
    def test_another_date_can_be_chosen_for_each_side(self, compared: CompareView, qtbot: QtBot) -> None:
        compared.sides.right.setCurrentIndex(2)
        wait_for_measure(compared, qtbot)
        assert (compared.left.label(), compared.right.label()) == (DATES[0], DATES[2])

    def test_choosing_the_other_sides_picture_swaps_them(self, compared: CompareView) -> None:
        compared.sides.left.setCurrentIndex(1)
        assert compared.sides.keys == (2, 1)

    def test_an_unreadable_picture_is_told(
        self, view: CompareView, pictures: list[ComparedPicture], qtbot: QtBot
    ) -> None:
        lost = ComparedPicture(7, "2024-01-01", "", failing(SkinDeskError("The picture is missing.", "Restore it.")))
        view.show_pictures([lost, *pictures], 7, 1)
        qtbot.waitUntil(lambda: view.notice.text() != "")
        assert view.notice.text() == "The picture is missing. Restore it."
        assert not view.left.has_picture()

    def test_generated_pictures_say_so(self, view: CompareView, pair: Pair, qtbot: QtBot) -> None:
        drawn = ComparedPicture(1, DATES[0], "", lambda: pair.fixed, generated=lambda: True)
        photograph = ComparedPicture(2, DATES[1], "", lambda: pair.moving)
        view.show_pictures([drawn, photograph], 1, 2)
        wait_for_measure(view, qtbot)
        assert view.left.badge() == "Generated picture, not a patient"
        assert view.right.badge() == ""
        press(view, "2")
        assert view.left.badge() != ""

    @pytest.mark.parametrize("keys", [(1, 1), (1, 99)])
    def test_two_pictures_that_are_there_have_to_be_named(
        self, view: CompareView, pictures: list[ComparedPicture], keys: tuple[int, int]
    ) -> None:
        with pytest.raises(ValueError, match="cannot be compared"):
            view.show_pictures(pictures, *keys)
