"""The backups of a folder, one of which can be chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QRadioButton, QVBoxLayout, QWidget

from skindesk.gui.backups.words import holding, standing
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.tab_order import lead_to_taken
from skindesk.gui.widgets.words import local_minute
from skindesk.services.backup_entries import BackupEntry

_FIRST = 5
_UNDER_THE_TEXT_PX = 30


class BackupList(QWidget):
    """The newest few, all of them on demand; each with when it was made, what it holds and how far it is proven."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[BackupEntry, ...] = ()
        self._all = False
        self.choices: tuple[QRadioButton, ...] = ()
        self._group = QButtonGroup(self)
        lead_to_taken(self._group)
        self._group.idToggled.connect(lambda _number, on: self.chosen_changed.emit() if on else None)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self._held = QWidget()
        self._held.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.all_button = QPushButton()
        self.all_button.setProperty("kind", "quiet")
        self.all_button.clicked.connect(self._show_all)
        self.all_button.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._held)
        whole.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def chosen(self) -> BackupEntry | None:
        """The chosen one; the newest where nobody has chosen."""
        number = self._group.checkedId()
        return self._entries[number] if 0 <= number < len(self._entries) else None

    def show_entries(self, entries: Sequence[BackupEntry]) -> None:
        """Show these, the newest first; the one that was chosen stays so where it is still there."""
        chosen = self.chosen()
        self._entries = tuple(entries)
        self._list(0 if chosen is None else self._place_of(chosen.snapshot.name))

    def _place_of(self, name: str) -> int:
        return next((place for place, entry in enumerate(self._entries) if entry.snapshot.name == name), 0)

    def _list(self, chosen: int) -> None:
        for choice in self.choices:
            self._group.removeButton(choice)
        while (item := self._column.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        shown = self._entries if self._all else self._entries[:_FIRST]
        self.choices = tuple(self._add(place, entry) for place, entry in enumerate(shown))
        if self.choices:
            self.choices[min(chosen, len(shown) - 1)].setChecked(True)
        self.all_button.setVisible(len(shown) < len(self._entries))
        self.all_button.setText(self.tr("Show all {n}").format(n=len(self._entries)))
        self.all_button.setAccessibleName(self.all_button.text())
        self.setVisible(bool(shown))
        self.chosen_changed.emit()

    def _add(self, number: int, entry: BackupEntry) -> QRadioButton:
        at, told = local_minute(entry.snapshot.made_at), f"{holding(entry)} · {standing(entry)}"
        choice = QRadioButton(at)
        choice.setAccessibleName(f"{at}, {told}")
        words = text_label(told, "secondary", wrap=True)
        words.setContentsMargins(_UNDER_THE_TEXT_PX, 0, 0, 0)
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(choice)
        column.addWidget(words)
        self._group.addButton(choice, number)
        self._column.addWidget(row)
        return choice

    def _show_all(self) -> None:
        self._all = True
        self._list(max(0, self._group.checkedId()))
