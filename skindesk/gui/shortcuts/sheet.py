"""The sheet with all keys of the program: what is in sight first, and a search."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from skindesk.gui.shortcuts.key_caps import KeyCaps, spoken
from skindesk.gui.shortcuts.places import Place, places_in_sight
from skindesk.gui.shortcuts.registry import Shortcut, place_name, shortcuts
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.reading_area import ReadingArea

_WIDTH_PX, _HEIGHT_PX = 920, 720
_LEAST_HEIGHT_PX = 360
_AROUND_PX = 32
"""So much of the window stays in sight around the sheet."""
_KEYS_PX = 148
_MARGIN_PX = 24


def offer_shortcuts(window: QWidget) -> None:
    """Let F1 show the sheet over a window or dialog."""
    QShortcut(QKeySequence("F1"), window, lambda: show_shortcuts(window))


def show_shortcuts(window: QWidget) -> "ShortcutSheet":
    """Show the sheet over a window; it goes when it is closed."""
    sheet = ShortcutSheet(places_in_sight(window), window)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.open()
    return sheet


class ShortcutSheet(QDialog):
    """All keys in two columns; what does not match the search is hidden. Esc and F1 close it."""

    def __init__(self, in_sight: frozenset[Place] = frozenset(), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search a key, or what it does"))
        self.search.setAccessibleName(self.tr("Search a key, or what it does"))
        self.search.setClearButtonEnabled(True)
        self._page = QWidget()
        self.groups = _groups(in_sight, self._page)
        self.close_button = QPushButton(self.tr("Close  Esc"))
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setAutoDefault(False)
        self._nothing = text_label(self.tr("No key does that. Everything else is reached with Tab."), "secondary")
        self._columns = (QVBoxLayout(), QVBoxLayout())
        self._area = ReadingArea(self.tr("All keys"))
        self._lay_out()
        self.search.textChanged.connect(self._look)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence("F1"), self, self.reject)
        self._look("")
        self._fit(parent)

    def _look(self, text: str) -> None:
        """Show what matches every word."""
        words = text.casefold().split()
        for group in self.groups:
            group.filter(words)
        shown = [group for group in self.groups if group.count]
        self._nothing.setVisible(not shown)
        self._arrange(shown)
        self._area.verticalScrollBar().setValue(0)

    def _arrange(self, shown: Sequence["_Group"]) -> None:
        """Fill the left column until it has half of the lines, then the right one."""
        half, taken = sum(group.lines for group in shown) / 2, 0
        for group in shown:
            for held in self._columns:
                held.removeWidget(group)
            column = self._columns[0 if taken + group.lines / 2 <= half else 1]
            column.insertWidget(column.count() - 1, group)
            taken += group.lines

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.setSpacing(16)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(text_label(self.tr("Keys"), "page-title"))
        head.addWidget(self.search, 1)
        head.addWidget(self.close_button)
        whole.addLayout(head)
        inner = QVBoxLayout(self._page)
        inner.setContentsMargins(4, 4, 4, 4)
        inner.addWidget(self._nothing)
        row = QHBoxLayout()
        row.setSpacing(32)
        for column in self._columns:
            column.setSpacing(_MARGIN_PX)
            column.addStretch(1)
            row.addLayout(column, 1)
        inner.addLayout(row)
        self._area.hold(self._page)
        whole.addWidget(self._area, 1)

    def _fit(self, parent: QWidget | None) -> None:
        """Be no larger than the window behind, but where that is a small dialog."""
        window = None if parent is None else parent.window()
        room_px = _HEIGHT_PX if window is None else window.height() - 2 * _AROUND_PX
        self.resize(_WIDTH_PX, max(_LEAST_HEIGHT_PX, min(_HEIGHT_PX, room_px)))


class _Group(QWidget):
    """The keys of one place under its name."""

    def __init__(self, place: Place, entries: Sequence[Shortcut], parent: QWidget) -> None:
        super().__init__(parent)
        name = place_name(place)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(text_label(name, "section"))
        self._rows: list[tuple[QWidget, str]] = []
        for entry in entries:
            row = _row(entry)
            self._rows.append((row, f"{name} {spoken(entry.keys)} {entry.words}".casefold()))
            column.addWidget(row)
        self.count = len(self._rows)

    @property
    def lines(self) -> int:
        """How many lines it takes, its name and the gap below it included."""
        return self.count + 2

    def filter(self, words: Sequence[str]) -> None:
        """Show the lines that have all words."""
        self.count = 0
        for row, text in self._rows:
            matches = all(word in text for word in words)
            row.setVisible(matches)
            self.count += matches
        self.setVisible(self.count > 0)


def _groups(in_sight: frozenset[Place], page: QWidget) -> tuple[_Group, ...]:
    """One for each place: those in sight, then what holds everywhere, then the others."""

    def rank(place: Place) -> tuple[bool, bool, int]:
        return place not in in_sight, place is not Place.EVERYWHERE, place.value

    entries = shortcuts()
    return tuple(
        _Group(place, [entry for entry in entries if entry.place is place], page) for place in sorted(Place, key=rank)
    )


def _row(entry: Shortcut) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    caps = KeyCaps(entry.keys)
    caps.setMinimumWidth(_KEYS_PX)
    row.addWidget(caps, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text_label(entry.words, wrap=True), 1)
    return made
