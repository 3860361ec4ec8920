"""A row of choices of which at most one is taken."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from skindesk.gui.widgets.spoken_role import Spoken, speak_as
from skindesk.gui.widgets.tab_order import lead_to_taken

T = TypeVar("T")


class Segmented(QWidget, Generic[T]):
    """Joined buttons; arrow keys move between them. `value` is None until one is chosen."""

    chosen = Signal(object)
    """The user, or `choose`, has taken another value."""

    def __init__(self, name: str, options: Sequence[tuple[T, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        speak_as(self, Spoken.GROUP)
        self._values = [value for value, _ in options]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (_, text) in enumerate(options):
            row.addWidget(self._button(index, text, f"{name}: {text}", len(options)))
        lead_to_taken(self._group)
        self._group.idToggled.connect(self._toggled)

    def value(self) -> T | None:
        """The choice, or None."""
        index = self._group.checkedId()
        return None if index < 0 else self._values[index]

    def choose(self, value: T | None) -> None:
        """Take a value, or none."""
        if value is not None:
            self._group.button(self._values.index(value)).setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def button(self, value: T) -> QAbstractButton:
        """The button of a value."""
        return self._group.button(self._values.index(value))

    def _button(self, index: int, text: str, accessible: str, count: int) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setAccessibleName(accessible)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        place = "first" if index == 0 else "last" if index == count - 1 else "middle"
        button.setProperty("segment", place)
        self._group.addButton(button, index)
        return button

    def _toggled(self, index: int, checked: bool) -> None:
        if checked:
            self.chosen.emit(self._values[index])
