"""The button with three dots: what is needed less often stands in its menu."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from skindesk.gui.theme import set_icon

_SHEET = "QToolButton { padding: 0px; } QToolButton::menu-indicator { image: none; }"


def more_button(name: str, actions: Sequence[QAction], side_px: int = 36) -> QToolButton:
    """A square button with a menu of these actions; hidden where whoever is at work may do none of them."""
    button = QToolButton()
    menu = QMenu(button)
    menu.addActions(list(actions))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    button.setStyleSheet(_SHEET)
    button.setFixedSize(side_px, side_px)
    button.setAccessibleName(name)
    button.setToolTip(name)
    set_icon(button, "dots-three-vertical", "muted")
    if not any(action.isVisible() for action in actions):
        button.hide()
    return button
