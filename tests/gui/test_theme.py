from dataclasses import asdict

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from skindesk.domain.labels import MalignancyGroup
from skindesk.gui.theme import apply_theme, current, notifier, set_icon
from skindesk.gui.theme.stylesheet import stylesheet
from skindesk.gui.theme.tokens import DARK, LIGHT, Tokens, group_token
from skindesk.system.settings import Theme

TEXT = ("text", "muted", "accent", "malignant", "premalignant", "benign", "novel", "error", "done")
GROUNDS = ("bg", "surface", "raised", "chosen")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    shade = QColor(colour)
    return 0.2126 * linear(shade.redF()) + 0.7152 * linear(shade.greenF()) + 0.0722 * linear(shade.blueF())


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


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
        assert contrast(tokens.border, tokens.surface) >= 3

    def test_the_stylesheet_is_filled_in_completely(self, tokens: Tokens, qapp: QApplication) -> None:
        assert "$" not in stylesheet(tokens)

    def test_no_result_is_green(self, tokens: Tokens) -> None:
        hue = QColor(getattr(tokens, group_token(MalignancyGroup.BENIGN))).hue()
        assert not 80 <= hue <= 170


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
