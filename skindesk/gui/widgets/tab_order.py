"""Lets Tab go through a page as it is laid out, whatever came to it first."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget


def follow_layout(page: QWidget) -> None:
    """From now on Tab goes from each control of a page to the next one of its layout.

    The page must be in its window, whose order counts. Call it again when controls have come.
    """
    controls = (control for control in _controls(page) if control is not page)
    for before, after in pairwise((page, *controls)):
        QWidget.setTabOrder(before, after)


def lead_to_taken(group: QButtonGroup) -> None:
    """Let Tab lead to the button of a group that is taken, or else to the first, and the arrow keys to the others."""
    group.idToggled.connect(lambda _index, _taken: _lead(group))
    _lead(group)


def _lead(group: QButtonGroup) -> None:
    wanted = group.checkedButton() or next(iter(group.buttons()), None)
    for button in group.buttons():
        policy = Qt.FocusPolicy.StrongFocus if button is wanted else Qt.FocusPolicy.ClickFocus
        button.setFocusPolicy(policy)


def _controls(widget: QWidget) -> Iterator[QWidget]:
    """What can have the keyboard, the choices of a group that Tab leads past now among them."""
    if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None:
        yield widget
    for held in _held(widget):
        yield from _controls(held)


def _held(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QScrollArea):
        inner = widget.widget()
        if inner is not None:
            yield inner
    elif isinstance(widget, QStackedWidget | QSplitter):
        yield from (held for index in range(widget.count()) if (held := widget.widget(index)) is not None)
    else:
        layout = widget.layout()
        if layout is not None:
            yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if item is None:
            continue
        held, inner = item.widget(), item.layout()
        if held is not None:
            yield held
        elif inner is not None:
            yield from _laid_out(inner)
