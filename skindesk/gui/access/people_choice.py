"""Chooses one of the people who can sign in."""

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QComboBox, QRadioButton, QVBoxLayout, QWidget

from skindesk.domain.people import Person
from skindesk.gui.widgets.tab_order import lead_to_taken

_MOST_BUTTONS = 5


class PeopleChoice(QWidget):
    """Buttons for a few people, a list for more."""

    def __init__(self, name: str, people: Sequence[Person], chosen: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._ids = [person.person_id for person in people]
        self.buttons = QButtonGroup(self)
        self.combo = QComboBox()
        self.combo.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        few = len(people) <= _MOST_BUTTONS
        for index, person in enumerate(people):
            if few:
                button = QRadioButton(person.name)
                button.setAccessibleName(f"{name}: {person.name}")
                self.buttons.addButton(button, index)
                column.addWidget(button)
            else:
                self.combo.addItem(person.name)
        if not few:
            column.addWidget(self.combo)
        lead_to_taken(self.buttons)
        self.choose(chosen if chosen in self._ids else self._ids[0])

    def person_id(self) -> str:
        """Who is chosen."""
        index = self.buttons.checkedId() if self.buttons.buttons() else self.combo.currentIndex()
        return self._ids[index]

    def choose(self, person_id: str) -> None:
        """Choose somebody."""
        index = self._ids.index(person_id)
        if self.buttons.buttons():
            self.buttons.button(index).setChecked(True)
        else:
            self.combo.setCurrentIndex(index)
