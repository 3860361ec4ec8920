"""What came of comparing two networks: agreement, who was right in closed cases, and what would change."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk.domain.shadow import Comparison
from skindesk.gui.models.change_model import ChangeTable
from skindesk.gui.models.words import mean_words, rate_words, share_words
from skindesk.gui.theme import is_motion_reduced, set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import percent
from skindesk.services.model_shadow import MOST_PICTURES

LIMITS = (100, MOST_PICTURES, 0)
"""How many of the newest pictures can be compared; 0 for all."""
_FIRST_LIMIT = MOST_PICTURES
_BESIDE_FROM_PX = 700
"""Narrower than this, the figures stand one below the other."""
_VALUE_COLUMNS = 2
_LEAST_TABLE_PX = 164


class _Listing(StrEnum):
    CHANGES = "changes"
    SKIPPED = "skipped"


class ComparisonView(QWidget):
    """Says how to begin, then how far it is, then what came of it."""

    case_wanted = Signal(int)
    """The user wants to see this case."""
    stop_wanted = Signal()
    """What is under way is to end; what is done will be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Comparison | None = None
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Pictures compared"))
        self.progress_label = text_label("", "secondary")
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setAccessibleName(self.tr("Stop comparing"))
        set_icon(self.stop_button, "stop")
        self.stop_button.clicked.connect(self._stop)
        self.limit = QComboBox(self)
        self.limit.setAccessibleName(self.tr("Pictures to compare on"))
        for limit in LIMITS:
            self.limit.addItem(self._limit_word(limit), limit)
        self.limit.setCurrentIndex(LIMITS.index(_FIRST_LIMIT))
        self.summary = text_label("", "secondary", wrap=True)
        self.listing = Segmented[_Listing](self.tr("Show"), [(_Listing.CHANGES, ""), (_Listing.SKIPPED, "")], self)
        self.listing.choose(_Listing.CHANGES)
        self.listing.chosen.connect(self._list)
        self.table = ChangeTable(self)
        self.table.case_opened.connect(self.case_wanted)
        self._figures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.show_nothing()

    def wanted_limit(self) -> int | None:
        """On how many of the newest pictures to compare; None for all."""
        return self.limit.currentData() or None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the figures beside or below each other."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE_FROM_PX
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._figures.setDirection(direction)

    def show_nothing(self, active: bool = False) -> None:
        """Nothing has been compared yet, or the network is the one with which others are compared."""
        self._found = None
        if active:
            title, text = self.tr("This network answers now"), self.tr("Choose another one to compare it with this.")
        else:
            title = self.tr("Nothing compared yet")
            text = self.tr("Compare asks this network and the one that answers now about your newest pictures.")
        self._nothing.set_words(title, text)
        self._pages.setCurrentWidget(self._nothing)
        self._running.hide()

    def show_progress(self, done: int, total: int) -> None:
        """So many of so many pictures are done; the last result goes out of sight."""
        if self._running.isHidden():
            self.stop_button.setEnabled(True)
            self._running.show()
            self._pages.setCurrentWidget(self._waiting)
        self.bar.setRange(0, max(total, int(is_motion_reduced())))  # up to 0 it would move by itself
        self.bar.setValue(done)
        if self.stop_button.isEnabled():
            words = self.tr("{done} of {total} pictures") if total else self.tr("Looking for pictures…")
            self.progress_label.setText(words.format(done=f"{done:,}", total=f"{total:,}"))

    def show_comparison(self, found: Comparison) -> None:
        """What came of it."""
        self._found = found
        self._running.hide()
        if not found.answered and not found.skipped:
            self._pages.setCurrentWidget(self._no_pictures)
            return
        self.summary.setText(self._summary_words(found))
        self._show_figures(found)
        self._name(_Listing.CHANGES, self.tr("Would change  {count}"), len(found.changes))
        self._name(_Listing.SKIPPED, self.tr("Skipped  {count}"), len(found.skipped))
        self.listing.choose(_Listing.CHANGES)
        self._list()
        self._pages.setCurrentWidget(self._result)

    def _stop(self) -> None:
        self.stop_button.setEnabled(False)
        self.progress_label.setText(self.tr("Stopping…"))
        self.stop_wanted.emit()

    def _summary_words(self, found: Comparison) -> str:
        words = self.tr("{count} pictures answered by {before} (now) and {after} (in its shadow); nothing is kept.")
        parts = [
            words.format(
                count=f"{found.answered:,}",
                before=f"{found.before.model_id} {found.before.version}",
                after=f"{found.after.model_id} {found.after.version}",
            )
        ]
        if not found.shared:
            parts.append(self.tr("They have no class in common, so only the malignant sums are compared."))
        return " ".join(parts)

    def _show_figures(self, found: Comparison) -> None:
        while (item := self._figures.takeAt(0)) is not None:
            card = item.widget()
            if card is not None:
                card.deleteLater()
        self._figures.addWidget(self._agreement(found), 2)
        self._figures.addWidget(self._records(found), 3)

    def _agreement(self, found: Comparison) -> QFrame:
        card, grid = _card(self.tr("Agreement"))
        leading = self.tr("Leading class, of {count} in common").format(count=len(found.shared))
        side = self.tr("Side of {threshold} malignant in sum").format(threshold=percent(found.threshold))
        lines = (
            (leading, found.same_leading),
            (self.tr("Answered or not"), found.same_decision),
            (side, found.same_side),
        )
        for place, (name, rate) in enumerate(lines, 1):
            _add_line(grid, place, name, (rate_words(rate),))
        grid.setRowStretch(len(lines) + 1, 1)
        return card

    def _records(self, found: Comparison) -> QFrame:
        before, after = found.records
        cases = before.sensitivity.total + before.specificity.total
        if not cases:
            card, grid = _card(self.tr("In closed cases"))
            words = self.tr("None of these pictures is of a closed case, so nobody knows which network was right.")
            grid.addWidget(text_label(words, "secondary", wrap=True), 1, 0)
            grid.setRowStretch(2, 1)
            return card
        card, grid = _card(self.tr("In {count} closed cases").format(count=f"{cases:,}"))
        for column, name in enumerate((self.tr("now"), self.tr("with the other")), 1):
            grid.addWidget(text_label(name, "label"), 0, column)
        threshold = percent(found.threshold)
        lines = (
            (self.tr("Leading class right"), share_words(before.accuracy), share_words(after.accuracy)),
            (
                self.tr("Mean over diagnoses"),
                mean_words(before.balanced_accuracy),
                mean_words(after.balanced_accuracy),
            ),
            (
                self.tr("Sensitivity from {threshold}").format(threshold=threshold),
                share_words(before.sensitivity),
                share_words(after.sensitivity),
            ),
            (
                self.tr("Specificity from {threshold}").format(threshold=threshold),
                share_words(before.specificity),
                share_words(after.specificity),
            ),
        )
        for place, (name, *values) in enumerate(lines, 1):
            _add_line(grid, place, name, values)
        words = self.tr("Only the other is right in {mended}, only the present one in {spoilt}")
        told = words.format(mended=len(found.mended), spoilt=len(found.spoilt))
        p = "" if found.p is None else self.tr(" (McNemar's\u00a0p\u00a0{p})").format(p=f"{found.p:.2g}")
        grid.addWidget(text_label(f"{told}{p}.", "secondary", wrap=True), len(lines) + 1, 0, 1, _VALUE_COLUMNS + 2)
        return card

    def _name(self, listing: _Listing, words: str, count: int) -> None:
        button = self.listing.button(listing)
        button.setText(words.format(count=f"{count:,}"))
        button.setAccessibleName(button.text())

    def _list(self) -> None:
        if self._found is None:
            return
        skipped = self.listing.value() is _Listing.SKIPPED
        rows = self._found.skipped if skipped else self._found.changes
        self.table.show_rows(rows, self._found.threshold)
        title = self.tr("No picture was skipped") if skipped else self.tr("Nothing would change")
        text = (
            self.tr("Every picture could be read.")
            if skipped
            else self.tr("Both networks decide alike and lead with the same class for every picture.")
        )
        self._no_rows.set_words(title, text)
        self._rows.setCurrentWidget(self.table if rows else self._no_rows)

    def _lay_out(self) -> None:
        self._nothing = EmptyState("scales", "", "")
        self._no_pictures = EmptyState(
            "image",
            self.tr("No pictures of this kind"),
            self.tr("Save pictures to cases in Examine; then there is something to compare on."),
        )
        self._waiting = EmptyState(
            "hourglass",
            self.tr("Both networks are being asked"),
            self.tr("You can go on working meanwhile. Nothing of this goes into the case record."),
        )
        self._no_rows = EmptyState("check-circle", "", "")
        self._rows = QStackedWidget()
        self._rows.addWidget(self.table)
        self._rows.addWidget(self._no_rows)
        self._result = self._result_page()
        for page in (self._nothing, self._no_pictures, self._waiting, self._result):
            self._pages.addWidget(page)
        self._running = QWidget(self)
        line = QHBoxLayout(self._running)
        line.setContentsMargins(16, 12, 16, 0)
        line.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.bar)
        words.addWidget(self.progress_label)
        line.addLayout(words, 1)
        line.addWidget(self.stop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._running)
        column.addWidget(self._pages, 1)

    def _result_page(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(12)
        self._figures.setSpacing(12)
        column.addLayout(self._figures)
        choice = QHBoxLayout()
        choice.setSpacing(16)
        self.listing.setFixedWidth(280)
        choice.addWidget(self.listing)
        choice.addWidget(self.summary, 1)
        column.addLayout(choice)
        self._rows.setMinimumHeight(_LEAST_TABLE_PX)
        column.addWidget(self._rows, 1)
        page = ReadingArea(self.tr("What came of the comparison"))
        page.hold(content)
        return page

    def _limit_word(self, limit: int) -> str:
        return self.tr("Newest {count}").format(count=limit) if limit else self.tr("All pictures")


def _card(title: str) -> tuple[QFrame, QGridLayout]:
    card = QFrame()
    card.setProperty("role", "card")
    grid = QGridLayout(card)
    grid.setContentsMargins(16, 12, 16, 12)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(_VALUE_COLUMNS + 1, 1)
    grid.addWidget(text_label(title, "strong"), 0, 0)
    return card, grid


def _add_line(grid: QGridLayout, place: int, name: str, values: Sequence[tuple[str, str]]) -> None:
    """What it is, and each value with its counts below it."""
    top = Qt.AlignmentFlag.AlignTop
    grid.addWidget(text_label(name, "secondary", wrap=True), place, 0, top)
    for column, (value, note) in enumerate(values, 1):
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(value, "strong"))
        words.addWidget(text_label(note, "secondary"))
        grid.addLayout(words, place, column, top)
