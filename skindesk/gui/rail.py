"""The rail on the window's left: one button a page, with its icon, its word and its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from skindesk.gui.mark import mark
from skindesk.gui.theme import notifier, set_icon
from skindesk.gui.widgets.count_badge import CountBadge
from skindesk.gui.widgets.dot import Dot
from skindesk.gui.widgets.labels import PixmapLabel
from skindesk.gui.widgets.tab_order import lead_to_taken

WIDTH_PX = 72


@dataclass(frozen=True)
class RailEntry:
    """One place on the rail."""

    key: str
    word: str
    icon_name: str


class Rail(QFrame):
    """Ctrl with a digit chooses a place, too; the arrow keys walk."""

    chosen = Signal(str)
    """The key of the place that the user wants."""

    def __init__(self, entries: Sequence[RailEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH_PX)
        self._entries = tuple(entries)
        self._group = QButtonGroup(self)
        self._dots: dict[str, Dot] = {}
        self._counts: dict[str, CountBadge] = {}
        self._group.idClicked.connect(lambda index: self.chosen.emit(self._entries[index].key))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(4)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(PixmapLabel(mark(), 32), 0, centre)
        column.addSpacing(12)
        for index, entry in enumerate(self._entries):
            column.addWidget(self._made(index, entry), 0, centre)
        column.addStretch(1)
        lead_to_taken(self._group)
        notifier().changed.connect(self._colour)

    def button(self, key: str) -> QAbstractButton:
        """The button of a place."""
        return self._group.button([entry.key for entry in self._entries].index(key))

    def mark(self, key: str) -> None:
        """Show where the user is."""
        self.button(key).setChecked(True)
        self._colour()

    def point_out(self, key: str, words: str) -> None:
        """Put a dot on a place, with what it means; without words, take it off."""
        button = self.button(key)
        self._dots[key].setVisible(bool(words))
        button.setAccessibleDescription(words)

    def show_count(self, key: str, count: int, words: str) -> None:
        """Put a number on a place, with what it counts; zero takes it off."""
        self._counts[key].show_count(count)
        self.button(key).setAccessibleDescription(words if count else "")

    def count(self, key: str) -> str:
        """The number on a place, as it reads; empty where there is none."""
        return self._counts[key].text()

    def _made(self, index: int, entry: RailEntry) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "rail")
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setText(entry.word)
        button.setAccessibleName(entry.word)
        keys = f"Ctrl+{index + 1}"
        button.setToolTip(f"{entry.word} ({keys})")
        self._group.addButton(button, index)
        self._dots[entry.key] = Dot(button)
        self._counts[entry.key] = CountBadge(button)
        QShortcut(QKeySequence(keys), self, partial(self.chosen.emit, entry.key))
        return button

    def _colour(self) -> None:
        for index, entry in enumerate(self._entries):
            button = self._group.button(index)
            set_icon(button, entry.icon_name, "accent" if button.isChecked() else "muted")
