"""Puts a theme on the whole program, and follows the system's light or dark where that was chosen."""

from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from skindesk.gui.theme.fonts import body_font
from skindesk.gui.theme.icons import renew_icons
from skindesk.gui.theme.stylesheet import stylesheet
from skindesk.gui.theme.tokens import DARK, LIGHT, Tokens, current, set_current
from skindesk.system.settings import Theme

_SCHEMES = {
    Theme.SYSTEM: Qt.ColorScheme.Unknown,
    Theme.LIGHT: Qt.ColorScheme.Light,
    Theme.DARK: Qt.ColorScheme.Dark,
}


class ThemeNotifier(QObject):
    """Tells widgets that paint for themselves that the colours have changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chosen = Theme.SYSTEM
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _system_changed(self) -> None:
        application = QApplication.instance()
        if self.chosen is Theme.SYSTEM and isinstance(application, QApplication):
            _show(application, _tokens_for(Theme.SYSTEM))


@cache
def notifier() -> ThemeNotifier:
    """The one notifier; its `changed` fires after each change of the theme."""
    return ThemeNotifier()


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Show the whole program in a theme, now and until the next call."""
    holder = notifier()
    holder.chosen = theme
    QGuiApplication.styleHints().setColorScheme(_SCHEMES[theme])
    _show(app, _tokens_for(theme))


def _tokens_for(theme: Theme) -> Tokens:
    if theme is Theme.SYSTEM:
        return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if theme is Theme.DARK else LIGHT


def _show(app: QApplication, tokens: Tokens) -> None:
    if app.styleSheet() and tokens == current():
        return
    set_current(tokens)
    if not app.styleSheet():
        app.setStyle("Fusion")
    app.setFont(body_font())
    app.setPalette(_palette(tokens))
    app.setStyleSheet(stylesheet(tokens))
    renew_icons()
    notifier().changed.emit()


def _palette(tokens: Tokens) -> QPalette:
    """The same colours for what a stylesheet does not reach."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.bg,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.raised,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.ToolTipBase: tokens.text,
        role.ToolTipText: tokens.surface,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Accent: tokens.accent,
        role.Light: tokens.raised,
        role.Midlight: tokens.hairline,
        role.Mid: tokens.border,
        role.Dark: tokens.border,
        role.Shadow: tokens.hairline,
    }
    palette = QPalette()
    for entry, colour in colours.items():
        palette.setColor(entry, QColor(colour))
    for entry in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, entry, QColor(tokens.border))
    return palette
