"""Tells screen readers what a widget is that paints itself: Qt knows the roles of its own widgets only."""

from enum import Enum
from functools import cache
from typing import Any

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

_PROPERTY = "spokenRole"


class Spoken(Enum):
    """What a widget is taken for."""

    PICTURE = QAccessible.Role.Graphic
    CHART = QAccessible.Role.Chart
    PAGE = QAccessible.Role.Document
    GROUP = QAccessible.Role.Grouping


def speak_as(widget: QWidget, spoken: Spoken) -> None:
    """Let a screen reader take a widget for this from now on; its name and description are those of any widget."""
    _offer_interfaces()
    widget.setProperty(_PROPERTY, spoken.name)


@cache
def _offer_interfaces() -> None:
    QAccessible.installFactory(_interface)


def _interface(_class_name: str, spoken_of: Any) -> QAccessibleWidget | None:
    """What speaks of an object; None leaves it to Qt. Asked only while a screen reader is there."""
    name = spoken_of.property(_PROPERTY) if isinstance(spoken_of, QWidget) else None
    return None if name is None else QAccessibleWidget(spoken_of, Spoken[name].value)
