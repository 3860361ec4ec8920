from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from skindesk.domain.insights import Reader
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.body_map.mark import Pin
from skindesk.gui.insights.plot import paint_mark
from skindesk.gui.theme import apply_theme, current, notifier, set_icon
from skindesk.gui.theme.stylesheet import stylesheet
from skindesk.gui.theme.tokens import DARK, LIGHT, Tokens, group_token, set_current
from skindesk.gui.widgets.differential import Bar
from skindesk.gui.widgets.labels import IconLabel
from skindesk.gui.widgets.notice import Notice
from skindesk.system.settings import Theme
from tests.support.colour_vision import Vision, apart
from tests.support.contrast import contrast

TEXT = ("text", "muted", "accent", "malignant", "premalignant", "benign", "novel", "error", "done")
GROUNDS = ("bg", "surface", "raised", "chosen")
GROUPS = ("malignant", "premalignant", "benign", "novel", "muted")
CLEARLY_APART = 10.0
"""CIEDE2000; ten times what is just noticed side by side."""


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize("ground", GROUNDS)
    @pytest.mark.parametrize("text", TEXT)
    def test_text_is_readable_on_every_ground(self, tokens: Tokens, text: str, ground: str) -> None:
        assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5

    def test_words_on_the_accent_and_on_the_canvas_are_readable(self, tokens: Tokens) -> None:
        assert contrast(tokens.on_accent, tokens.accent) >= 4.5
        assert contrast(tokens.on_accent, tokens.accent_strong) >= 4.5
        assert contrast(tokens.on_canvas, tokens.canvas) >= 4.5

    def test_borders_of_controls_can_be_seen(self, tokens: Tokens) -> None:
        for ground in (tokens.bg, tokens.surface, tokens.raised):
            assert contrast(tokens.border, ground) >= 3

    def test_what_is_disabled_can_still_be_made_out(self, tokens: Tokens) -> None:
        """WCAG asks nothing of it; its words have the colour of borders, a field's that of secondary text."""
        assert contrast(tokens.border, tokens.surface) >= 3
        assert contrast(tokens.muted, tokens.raised) >= 4.5

    def test_the_stylesheet_is_filled_in_completely(self, tokens: Tokens, qapp: QApplication) -> None:
        assert "$" not in stylesheet(tokens)

    def test_no_result_is_green(self, tokens: Tokens) -> None:
        hue = QColor(getattr(tokens, group_token(MalignancyGroup.BENIGN))).hue()
        assert not 80 <= hue <= 170

    def test_bodies_of_buttons_and_ticks_stand_out_from_what_is_around(self, tokens: Tokens) -> None:
        for ground in (tokens.bg, tokens.surface, tokens.raised):
            assert contrast(tokens.accent, ground) >= 3
            assert contrast(tokens.muted, ground) >= 3

    @pytest.mark.parametrize("vision", list(Vision), ids=lambda vision: vision.name.lower())
    @pytest.mark.parametrize(("one", "other"), list(combinations(GROUPS, 2)), ids="-".join)
    def test_groups_differ_for_every_kind_of_colour_vision(
        self, tokens: Tokens, one: str, other: str, vision: Vision
    ) -> None:
        assert apart(getattr(tokens, one), getattr(tokens, other), vision) >= CLEARLY_APART

    @pytest.mark.parametrize("vision", list(Vision), ids=lambda vision: vision.name.lower())
    def test_readers_of_a_plot_differ_for_every_kind_of_colour_vision(self, tokens: Tokens, vision: Vision) -> None:
        assert apart(tokens.accent, tokens.premalignant, vision) >= CLEARLY_APART


def one_colour(name: str) -> Tokens:
    """A theme in which all that carries meaning has the same colour."""
    same = ("accent", "malignant", "premalignant", "benign", "novel", "error", "done", "muted", "border")
    return replace(LIGHT, name=name, **dict.fromkeys(same, "#4A5666"))


def drawn(paint: Callable[[QPainter], None]) -> QImage:
    image = QImage(48, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def all_different(images: list[QImage]) -> bool:
    return all(one != other for one, other in combinations(images, 2))


def test_states_on_the_body_map_differ_without_colour() -> None:
    pin = Pin(QPointF(24, 44), small=True, chosen=False)
    tokens = one_colour("states")
    assert all_different([drawn(lambda on, state=state: pin.paint(on, "", state, tokens)) for state in LesionState])


def test_readers_of_a_plot_differ_without_colour() -> None:
    set_current(one_colour("readers"))
    marks = [
        drawn(lambda on, reader=reader: paint_mark(on, QPointF(24, 24), reader))
        for reader in (Reader.NETWORK, Reader.FIRST)
    ]
    set_current(LIGHT)
    assert all_different(marks)


def test_an_abstention_is_hatched_and_not_only_of_another_colour(qtbot: QtBot) -> None:
    bars = [Bar(0.6, "novel", hatched) for hatched in (False, True)]
    for bar in bars:
        qtbot.addWidget(bar)
        bar.resize(120, 8)
    assert all_different([bar.grab().toImage() for bar in bars])


def test_tones_of_a_notice_differ_without_colour(qtbot: QtBot, qapp: QApplication) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    show: tuple[Callable[[str], object], ...] = (
        notice.show_error,
        notice.show_done,
        notice.show_information,
        notice.show_warning,
    )
    set_current(one_colour("tones"))
    seen = []
    for say in show:
        say("Said")
        icon_label = notice.findChild(IconLabel)
        seen.append(icon_label.grab().toImage())
    set_current(LIGHT)
    assert all_different(seen)


def test_the_surround_of_pictures_is_the_same_neutral_grey_in_both_themes() -> None:
    shade = QColor(LIGHT.canvas)
    assert LIGHT.canvas == DARK.canvas
    assert shade.red() == shade.green() == shade.blue()


def test_both_themes_state_every_token() -> None:
    assert asdict(LIGHT).keys() == asdict(DARK).keys()


def test_changing_the_theme_tells_widgets_and_renews_icons(qtbot: QtBot, qapp: QApplication) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_icon(button, "folder-open")
    before = button.icon().pixmap(20, 20).toImage()
    with qtbot.waitSignal(notifier().changed):
        apply_theme(qapp, Theme.DARK)
    assert current() is DARK
    assert button.icon().pixmap(20, 20).toImage() != before


def test_system_theme_follows_the_systems_colours(qapp: QApplication) -> None:
    apply_theme(qapp, Theme.SYSTEM)
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    assert current() is (DARK if dark else LIGHT)
