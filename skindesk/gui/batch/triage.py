"""Looking through a run's rows: as a table or as pictures, narrowed down, sorted, and decided on by key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from time import monotonic

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from skindesk.domain.contract import ModelContract
from skindesk.gui.background import Background
from skindesk.gui.batch.arranging import Order, SortKey, Wanted, arrange, matching
from skindesk.gui.batch.filter_panel import FilterPanel
from skindesk.gui.batch.note_dialog import NoteDialog
from skindesk.gui.batch.review_keys import ReviewKeys, ReviewWish
from skindesk.gui.batch.reviewing import Reviewing
from skindesk.gui.batch.rows import Piece, Snapshot, shown_name
from skindesk.gui.batch.thumbnails import ReadPicture, Thumbnails
from skindesk.gui.batch.triage_grid import TriageGrid
from skindesk.gui.batch.triage_model import TriageModel
from skindesk.gui.batch.triage_table import TriageTable
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import ElidedLabel, set_role
from skindesk.services.batch.reviews import Mark, ReviewFile

_TYPING_MS = 200
_ARRANGE_EVERY_MS = 500
_ARRANGING_SHARE = 5
"""While rows come, making their order anew takes a fifth of the time at most."""


class Showing(Enum):
    """How the rows are shown."""

    TABLE = auto()
    GRID = auto()


@dataclass(frozen=True)
class _Arranged:
    """An order, what it was made for, and of how many rows; it took so long."""

    order: Order
    wanted: Wanted
    count: int
    took_s: float


class Triage(QWidget):
    """Sorts and filters in the background, in rows as they were then; what has come since follows in its turn."""

    current_changed = Signal(object)
    """The row that is looked at, by its number of arrival; None where there is none."""
    chosen_changed = Signal()
    """Other rows are chosen."""

    def __init__(self, read: ReadPicture, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TriageModel(self)
        self.thumbnails = Thumbnails(read, background, self)
        self.table = TriageTable(self.model, self)
        self.grid = TriageGrid(self.model, self.thumbnails, self)
        self.reviewing = Reviewing(self.model, background, self)
        self.filter_panel = FilterPanel(self)
        self.showing = Showing.TABLE
        self.dialog: NoteDialog | None = None
        """The dialog that was opened last; it may be closed by now."""
        self._latest = Latest(background, self)
        self._views, self._pages = QStackedWidget(), QStackedWidget()
        self._current: int | None = None
        self._is_arranging = self._is_stale = self._stays = False
        self._soon = QTimer(self, interval=_ARRANGE_EVERY_MS, singleShot=True)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._keys = ReviewKeys(self)
        self._make_bar()
        self._lay_out()
        self._connect()
        self.show_as(Showing.TABLE)

    def begin(self, contract: ModelContract | None, judged: bool, reviews: ReviewFile | None) -> None:
        """Show another run, whose rows follow; what was wanted of the last one stays, but for its class."""
        self._forget_current()
        self.thumbnails.forget()
        self.model.begin(contract, judged)
        self.reviewing.begin(reviews)
        self.filter_panel.offer_classes(contract)
        self._want(replace(self.wanted, first=None))

    def add(self, piece: Piece) -> None:
        """Take rows in; where they are not in the order of their arrival, their places follow soon."""
        if self.model.add(piece):
            self._is_stale = True
            self._arrange_soon()
        self._count()

    def conceal(self) -> None:
        """Show no row and no path; what comes meanwhile is taken in."""
        self._forget_current()
        self._latest.forget()
        self._is_arranging = False
        self.thumbnails.forget()
        self.model.conceal(True)
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.reject()
        with QSignalBlocker(self.search):
            self.search.clear()
        self._count()

    def reveal(self) -> None:
        """Show again what was concealed."""
        self.model.conceal(False)
        with QSignalBlocker(self.search):
            self.search.setText(self.wanted.text)
        self._arrange()

    @property
    def wanted(self) -> Wanted:
        """What is to be shown."""
        return self.model.wanted

    @property
    def view(self) -> TriageTable | TriageGrid:
        """The table or the grid, whichever is in sight."""
        return self.table if self.showing is Showing.TABLE else self.grid

    @property
    def current(self) -> int | None:
        """The row that is looked at."""
        return self._current

    def chosen(self) -> list[int]:
        """The chosen rows, in the order in which they are shown."""
        order: list[int] = self.model.order[self.view.chosen_places()].tolist()
        return order

    def show_as(self, showing: Showing) -> None:
        """Show a table or pictures; the current row stays the current one."""
        focused = self.view.hasFocus()
        self.showing = showing
        self._views.setCurrentWidget(self.view)
        is_table = showing is Showing.TABLE
        set_icon(self.switch_button, "grid-four" if is_table else "list")
        words = self.tr("Show pictures") if is_table else self.tr("Show a table")
        self.switch_button.setAccessibleName(words)
        self.switch_button.setToolTip(f"{words} (G)")
        place = self.model.place_of(self._current)
        if place is not None:
            self.view.choose(place)
        if focused:
            self.view.setFocus()

    def want(self, wanted: Wanted) -> None:
        """Show other rows, or in another order."""
        if wanted != self.wanted:
            self._want(wanted)

    def go_to(self, row: int) -> None:
        """Make a row the current one, where it is shown."""
        place = self.model.place_of(row)
        if place is not None:
            self.view.choose(place)

    def do(self, wish: ReviewWish) -> None:
        """Do what a key or a button stands for."""
        match wish:
            case ReviewWish.ACCEPT:
                self._mark(Mark.ACCEPTED)
            case ReviewWish.FLAG:
                self._mark(Mark.FLAGGED)
            case ReviewWish.NOTE:
                self._write_note()
            case ReviewWish.NEXT:
                self._step(1)
            case ReviewWish.PREVIOUS:
                self._step(-1)
            case ReviewWish.UNDO:
                self._undo()
            case ReviewWish.SWITCH:
                self.show_as(Showing.GRID if self.showing is Showing.TABLE else Showing.TABLE)

    def _mark(self, mark: Mark) -> None:
        """Decide on what is chosen; one picture alone leads on to the next."""
        rows = self.chosen()
        if not rows:
            return
        self.reviewing.mark(rows, mark)
        if len(rows) == 1:
            self._step(1)
        self._follow_reviews()

    def _undo(self) -> None:
        row = self.reviewing.undo()
        if row is not None:
            self.go_to(row)
            self._follow_reviews()

    def _write_note(self) -> None:
        row = self._current
        if row is None:
            return
        name = shown_name(self.model.rows_of_run.key(row))
        self.dialog = NoteDialog(name, self.reviewing.review_of(row).note, self)
        self.dialog.written.connect(partial(self.reviewing.note, row))
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    def _follow_reviews(self) -> None:
        if self.wanted.mark is not None:
            self._arrange()

    def _step(self, step: int) -> None:
        place = self.view.current_place()
        wanted = 0 if place is None else place + step
        if 0 <= wanted < len(self.model.order):
            self.view.choose(wanted)

    def _want(self, wanted: Wanted) -> None:
        self.model.wanted = wanted
        self.filter_panel.show_wanted(wanted)
        count = wanted.filter_count
        self.filter_button.setText(self.tr("Filter ({0})").format(count) if count else self.tr("Filter"))
        set_role(self.filter_button, "true" if count else "false", "active")
        with QSignalBlocker(self.sort_box):
            self.sort_box.setCurrentIndex(self.sort_box.findData(wanted.sort))
        self._name_direction(wanted.descending)
        self.table.show_wanted(wanted)
        self._arrange()

    def _name_direction(self, descending: bool) -> None:
        set_icon(self.direction_button, "sort-descending" if descending else "sort-ascending")
        words = self.tr("Sorted descending") if descending else self.tr("Sorted ascending")
        self.direction_button.setAccessibleName(words)
        self.direction_button.setToolTip(words)

    def _sort_by(self, sort: SortKey) -> None:
        """By another thing, most telling first; by the same one, the other way round."""
        if sort is self.wanted.sort:
            self.want(replace(self.wanted, descending=not self.wanted.descending))
        else:
            self.want(replace(self.wanted, sort=sort, descending=sort not in (SortKey.ARRIVAL, SortKey.PATH)))

    def _arrange_soon(self) -> None:
        if not self._soon.isActive() and not self._is_arranging:
            self._soon.start()

    def _arrange_again(self) -> None:
        """Rows have come that have no place yet; not while somebody chooses several, which would be lost."""
        if len(self.view.chosen_places()) > 1:
            self._soon.start()
        else:
            self._arrange(stays=True)

    def _arrange(self, stays: bool = False) -> None:
        """`stays` says that what is in sight should not move, as nobody has asked for another order."""
        self._soon.stop()
        self._stays = stays
        if self.model.is_concealed:
            return
        self._is_arranging, self._is_stale = True, False
        rows = self.model.rows_of_run.snapshot()
        self._latest.ask(partial(_arranged, rows, self.wanted), self._swap, self._arranging_failed)

    def _arranging_failed(self, _error: Exception) -> None:
        """A bug, which the log has whole; the rows stay as they are."""
        self._is_arranging = False

    def _swap(self, arranged: _Arranged) -> None:
        self._is_arranging = False
        anchor, offset_px = self._anchor()
        late = matching(self.model.rows_of_run.snapshot(), arranged.wanted, arranged.count)
        self.model.show_order(arranged.order)
        if arranged.wanted.is_as_it_comes:
            self.model.append(late)
        elif len(late):
            self._is_stale = True
        self._restore(anchor, offset_px)
        self._count()
        self._soon.setInterval(max(_ARRANGE_EVERY_MS, round(1000 * _ARRANGING_SHARE * arranged.took_s)))
        if self._is_stale:
            self._arrange_soon()

    def _anchor(self) -> tuple[int | None, int]:
        """The row that is to stay where it is on the screen, and how far below the top edge that is."""
        place = self.model.place_of(self._current)
        if place is not None and 0 <= self.view.offset_of(place) < self.view.viewport().height():
            return self._current, self.view.offset_of(place)
        first = self.view.first_place()
        if not self._stays or not first:
            return None, 0
        return self.model.row_at(first), self.view.offset_of(first)

    def _restore(self, anchor: int | None, offset_px: int) -> None:
        """The current row stays the current one, where it is still shown."""
        current = self.model.place_of(self._current)
        if current is None:
            self._forget_current()
        else:
            self.view.choose(current)
        place = self.model.place_of(anchor)
        if place is not None:
            self.view.put_at(place, offset_px)
        elif self._stays:
            self.view.put_at(0, 0)

    def _moved(self) -> None:
        place = self.view.current_place()
        row = None if place is None else self.model.row_at(place)
        if row is not None and row != self._current:
            self._current = row
            self.current_changed.emit(row)

    def _forget_current(self) -> None:
        if self._current is not None:
            self._current = None
            self.current_changed.emit(None)

    def _count(self) -> None:
        """Say how many of the rows are shown."""
        shown, total = len(self.model.order), 0 if self.model.is_concealed else self.model.total
        words = self.tr("{0} rows").format(f"{total:,}")
        if shown != total:
            words = self.tr("{0} of {1} rows").format(f"{shown:,}", f"{total:,}")
        self.shown_label.set_full_text("" if self.model.is_concealed else words)
        nothing = self._hidden if self.model.is_concealed else self._nothing_here if total else None
        self._pages.setCurrentWidget(nothing if nothing is not None and shown == 0 else self._views)

    def _type(self) -> None:
        self.want(replace(self.wanted, text=self.search.text().strip()))

    def _show_all(self) -> None:
        with QSignalBlocker(self.search):
            self.search.clear()
        self.want(Wanted(self.wanted.sort, self.wanted.descending))

    def _connect(self) -> None:
        for view in (self.table, self.grid):
            self._keys.watch(view)
            view.moved.connect(self._moved)
            view.chosen_changed.connect(self.chosen_changed)
        self.table.sort_wanted.connect(self._sort_by)
        self._keys.wished.connect(self.do)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._type)
        self._soon.timeout.connect(self._arrange_again)
        self.filter_button.clicked.connect(lambda: self.filter_panel.open_below(self.filter_button))
        self.filter_panel.changed.connect(self.want)
        self.sort_box.currentIndexChanged.connect(lambda _at: self._sort_by(self.sort_box.currentData()))
        self.direction_button.clicked.connect(lambda: self._sort_by(self.wanted.sort))
        self.switch_button.clicked.connect(lambda: self.do(ReviewWish.SWITCH))
        self._nothing_here.activated.connect(self._show_all)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)

    def _make_bar(self) -> None:
        self.search = QLineEdit()
        self.search.setAccessibleName(self.tr("Part of the path"))
        self.search.setPlaceholderText(self.tr("Part of the path"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(96)
        self.search.setMaximumWidth(240)
        self.filter_button = QPushButton(self.tr("Filter"))
        self.filter_button.setAccessibleName(self.tr("Filter the rows"))
        set_icon(self.filter_button, "funnel")
        self.sort_box = QComboBox()
        self.sort_box.setAccessibleName(self.tr("Sort by"))
        for words, sort in _sorts(self):
            self.sort_box.addItem(words, sort)
        self.direction_button, self.switch_button = QToolButton(), QToolButton()
        self.shown_label = ElidedLabel("", "secondary")
        self._name_direction(False)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search, 100)
        bar.addWidget(self.filter_button)
        bar.addWidget(self.sort_box)
        bar.addWidget(self.direction_button)
        bar.addWidget(self.switch_button)
        bar.addStretch(1)
        self._views.addWidget(self.table)
        self._views.addWidget(self.grid)
        self._nothing_here = EmptyState(
            "funnel",
            self.tr("No row is like that"),
            self.tr("Every row of this run is hidden by the filter or the search."),
            self.tr("Show all rows"),
        )
        self._pages.addWidget(self._views)
        self._hidden = EmptyState(
            "lock-simple",
            self.tr("Hidden while the case log is locked"),
            self.tr("The names of files may be those of patients. A run goes on meanwhile."),
        )
        self._pages.addWidget(self._nothing_here)
        self._pages.addWidget(self._hidden)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self._pages, 1)
        column.addWidget(self.shown_label)


def _arranged(rows: Snapshot, wanted: Wanted) -> _Arranged:
    since = monotonic()
    order = arrange(rows, wanted)
    return _Arranged(order, wanted, len(rows), monotonic() - since)


def _sorts(page: QWidget) -> Sequence[tuple[str, SortKey]]:
    return (
        (page.tr("As they came"), SortKey.ARRIVAL),
        (page.tr("Malignant sum"), SortKey.MALIGNANT_SUM),
        (page.tr("Novelty"), SortKey.NOVELTY),
        (page.tr("Quality"), SortKey.QUALITY),
        (page.tr("Path"), SortKey.PATH),
    )
