"""Looks over the controls of a window as an assistive technology would."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)


def nameless(root: QWidget) -> list[str]:
    """The controls within a widget that the keyboard reaches and that a screen reader could not name."""
    return [
        _described(control)
        for control in root.findChildren(QWidget)
        if control.isVisibleTo(root) and _lacks_name(control)
    ]


def _lacks_name(control: QWidget) -> bool:
    if not isinstance(control, _CONTROLS) or control.focusPolicy() == Qt.FocusPolicy.NoFocus:
        return False
    if control.metaObject().className().startswith("QComboBox") and not isinstance(control, QComboBox):
        return False  # the inside of a combo box's list, which carries the box's name
    if isinstance(control.parentWidget(), QAbstractSpinBox):
        return False  # likewise
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return not (control.accessibleName() or text)


def _described(control: QWidget) -> str:
    parent = control.parentWidget()
    return f"{control.metaObject().className()} in {parent.metaObject().className() if parent else 'nothing'}"
