"""Icons of one family, Phosphor, in the colours of the theme.

The typeface is the one that comes with qtawesome. It is read here without that package, whose import (140 ms, and
another 35 ms for its other typefaces) would be a third of the time until the window is on the screen.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication

from skindesk.gui.theme.tokens import current
from skindesk.system.paths import bundled

ICON_PX = 20
_NAME, _COLOUR = "iconName", "iconColour"
_SHARE = 0.875
"""How much of an icon's square its glyph fills."""


def icon(name: str, colour: str = "text") -> QIcon:
    """An icon such as `icon("folder-open", "accent")`; `colour` names a token.

    The icon keeps the colour of the theme it was made in: use `set_icon` for buttons, and ask again on
    `notifier().changed` elsewhere.
    """
    tokens = current()
    return QIcon(_Glyph(_characters()[name], QColor(getattr(tokens, colour)), QColor(tokens.border)))


def set_icon(button: QAbstractButton, name: str, colour: str = "text") -> None:
    """Give a button an icon that follows the theme."""
    button.setProperty(_NAME, name)
    button.setProperty(_COLOUR, colour)
    button.setIcon(icon(name, colour))
    button.setIconSize(QSize(ICON_PX, ICON_PX))


def renew_icons() -> None:
    """Draw every icon given by `set_icon` again in the current theme's colours."""
    for widget in QApplication.allWidgets():
        name = widget.property(_NAME)
        if name and isinstance(widget, QAbstractButton):
            widget.setIcon(icon(name, widget.property(_COLOUR)))


class _Glyph(QIconEngine):
    """Draws one character of the typeface at any size."""

    def __init__(self, character: str, colour: QColor, disabled: QColor) -> None:
        super().__init__()
        self._character, self._colour, self._disabled = character, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        font = QFont(_family())
        font.setPixelSize(max(1, round(rect.height() * _SHARE)))
        painter.save()
        painter.setFont(font)
        painter.setPen(self._disabled if mode is QIcon.Mode.Disabled else self._colour)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        if made.isNull():
            return made  # of a control that a layout has squeezed to nothing
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Glyph(self._character, self._colour, self._disabled)


@cache
def _characters() -> dict[str, str]:
    """The character of each icon by its name."""
    codes = json.loads(_newest("phosphor-charmap-*.json").read_text(encoding="utf-8"))
    return {name: chr(int(code, 16)) for name, code in codes.items()}


@cache
def _family() -> str:
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(_newest("phosphor-[0-9]*.ttf"))))[
        0
    ]


def _newest(pattern: str) -> Path:
    package = find_spec("qtawesome")
    # A frozen program has the package's typefaces and not its modules.
    folder = bundled("qtawesome") if package is None or package.origin is None else Path(package.origin).parent
    return max((folder / "fonts").glob(pattern))
