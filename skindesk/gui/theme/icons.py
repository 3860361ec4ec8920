"""Icons of one family, Phosphor, in the colours of the theme."""

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QApplication

from skindesk.gui.theme.tokens import current

ICON_PX = 20
_NAME, _COLOUR = "iconName", "iconColour"


def icon(name: str, colour: str = "text") -> QIcon:
    """An icon such as `icon("folder-open")` or `icon("ph.folder-open", "accent")`.

    `colour` names a token. The icon keeps the colour of the theme it was made in: use `set_icon` for buttons,
    and ask again on `notifier().changed` elsewhere.
    """
    tokens = current()
    full_name = name if name.startswith("ph.") else f"ph.{name}"
    made: QIcon = qtawesome.icon(full_name, color=getattr(tokens, colour), color_disabled=tokens.border)
    return made


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
