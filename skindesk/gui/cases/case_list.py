"""The searchable list of cases, with a word for each way in which it can be empty."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.gui.background import Background
from skindesk.gui.cases.case_model import CaseTableModel
from skindesk.gui.cases.case_table import CaseTable
from skindesk.gui.cases.filter_bar import FilterBar
from skindesk.gui.theme import icon, notifier
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label

if TYPE_CHECKING:
    from skindesk.storage.case_log import CaseLog

SEARCH_DELAY_MS = 150
"""Long enough that a name typed at speed asks the log once or twice, short enough to feel immediate."""


class CaseList(QWidget):
    """A search field and filters over the table of cases. Down in the field goes to the table."""

    trouble = Signal(object)
    answered = Signal()

    def __init__(
        self,
        open_log: "Callable[[], CaseLog]",
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = CaseTableModel(open_log, background, self)
        self.model.answered.connect(self._show_answer)
        self.model.counted.connect(self._show_count)
        self.model.failed.connect(self._show_failure)
        self.table = CaseTable(self.model, self)
        self.search_field = _SearchField(self)
        self.search_field.setPlaceholderText(self.tr("Search everything"))
        self.search_field.setAccessibleName(self.tr("Search everything"))
        self.search_field.setToolTip(
            self.tr("Beginnings of names, IDs, words of notes, diagnoses, dates, states, networks (Ctrl+F)")
        )
        self.filters = FilterBar(lambda: open_log().record, background, self)
        self._delay = QTimer(self, interval=SEARCH_DELAY_MS, singleShot=True)
        self._delay.timeout.connect(self.refresh)
        self.search_field.textChanged.connect(self._typed)
        self.search_field.down_pressed.connect(self._enter_table)
        self.filters.changed.connect(self.refresh)
        self.filters.words_wanted.connect(self._take_words)
        self.filters.store.trouble.connect(self.trouble)
        self.count_label = text_label("", "secondary")
        self._asked, self._place = EVERY_CASE, 0
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._focus_search)
        self._build()

    def refresh(self) -> None:
        """Read the cases that match what stands in the search field, and the filters."""
        self._delay.stop()
        words = self.search_field.text().strip()
        self._place = self.table.verticalScrollBar().value()
        self._asked, before = replace(self.filters.wanted, words=words), self._asked
        if self._asked != before:
            self._place = 0
            self.filters.follow_words(words)
        self.model.search(self._asked)

    @property
    def is_filtered(self) -> bool:
        """Whether more is asked for than the words of the search field."""
        return self.filters.wanted != EVERY_CASE

    def apply(self, wanted: CaseFilter) -> None:
        """Show the cases that fit a filter, as its words and chips say."""
        self.filters.apply(wanted)

    def choose(self, case_id: int) -> None:
        """Select a case's row, if it is loaded, without telling that it was chosen."""
        row = self.model.row_of(case_id)
        current = self.table.chosen()
        if row is None:
            self.table.clearSelection()
        elif current is None or current.case_id != case_id:
            self.table.blockSignals(True)
            self.table.selectRow(row)
            self.table.blockSignals(False)

    def _typed(self, _text: str) -> None:
        self._delay.start()

    def _take_words(self, words: str) -> None:
        self.search_field.setText(words)
        self._delay.stop()  # the filter that the words came with asks at once

    def _show_every_case(self) -> None:
        self.apply(EVERY_CASE)

    def _show_answer(self) -> None:
        if self.model.rowCount():
            self._pages.setCurrentWidget(self.table)
            self.table.verticalScrollBar().setValue(self._place)
        else:
            self._pages.setCurrentWidget(self._no_cases if self.model.wanted == EVERY_CASE else self._no_match)
        self.count_label.setText(self.tr("about to count…"))
        self.answered.emit()

    def _show_count(self) -> None:
        count = self.model.count
        self.count_label.setText(self.tr("1 case") if count == 1 else self.tr("{0} cases").format(f"{count or 0:,}"))

    def _show_failure(self, error: Exception) -> None:
        if not self.model.rowCount():
            self.count_label.clear()
            self._pages.setCurrentWidget(self._unreadable)
        self.trouble.emit(error)

    def _focus_search(self) -> None:
        self.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_field.selectAll()

    def _enter_table(self) -> None:
        if self._pages.currentWidget() is self.table and self.model.rowCount():
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
            if self.table.chosen() is None:
                self.table.selectRow(0)

    def _build(self) -> None:
        self._no_cases = EmptyState(
            "clipboard-text", self.tr("No cases yet"), self.tr("Open a picture in Examine and save it to a case.")
        )
        self._no_match = EmptyState(
            "magnifying-glass",
            self.tr("No case matches"),
            self.tr("Type the beginnings of fewer words, or take a filter away."),
            self.tr("Show all cases"),
        )
        self._unreadable = EmptyState(
            "warning-circle",
            self.tr("The case log cannot be read"),
            self.tr("The message above says why. Nothing has been changed."),
            self.tr("Try again"),
        )
        self._unreadable.activated.connect(self.refresh)
        self._no_match.activated.connect(self._show_every_case)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(QWidget(self))
        for page in (self.table, self._no_cases, self._no_match, self._unreadable):
            self._pages.addWidget(page)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.filters.button)
        below.addWidget(self.filters.store)
        below.addStretch(1)
        below.addWidget(self.count_label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search_field)
        column.addLayout(below)
        column.addWidget(self.filters.chips)
        column.addWidget(self._pages, 1)


class _SearchField(QLineEdit):
    """A line to search in, with a magnifying glass and a cross that empties it."""

    down_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._cross = QAction(self.tr("Empty the search field"), self)
        self._cross.triggered.connect(self.clear)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self.textChanged.connect(self._show_cross)
        self._show_cross("")
        self._colour()
        notifier().changed.connect(self._colour)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter go on to the results."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down_pressed.emit()
            return
        super().keyPressEvent(event)

    def _show_cross(self, text: str) -> None:
        self._cross.setVisible(bool(text))

    def _colour(self) -> None:
        self._cross.setIcon(icon("x", "muted"))
        self._glass.setIcon(icon("magnifying-glass", "muted"))
