"""The table of cases: a page at a time from the case log, read in the background."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from skindesk.domain.case import CaseCursor, CasePage, CaseSummary
from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.gui.widgets.words import (
    NOTHING,
    differential_line,
    impression_name,
    local_day,
    patient_name,
    percent,
    short_lesion,
)

PAGE_SIZE = 50
_MOST_AT_ONCE = 500
"""So many rows at most are read again at once, so that a list that was scrolled stays where it is."""
_COUNT_DELAY_MS = 300
"""Counting a million cases takes a second and cannot be stopped: it waits until typing pauses."""
CASE_ROLE = Qt.ItemDataRole.UserRole


class CaseSource(Protocol):
    """Where the table's rows come from: the case log, or a slow stand-in for it."""

    def page(
        self, wanted: CaseFilter = EVERY_CASE, after: CaseCursor | None = None, limit: int = PAGE_SIZE
    ) -> CasePage:
        """Up to `limit` cases from just after the cursor on."""

    def count(self, wanted: CaseFilter = EVERY_CASE) -> int:
        """How many cases match in all."""


class CaseColumn(IntEnum):
    """The columns from left to right."""

    PATIENT = 0
    IDENTIFIER = 1
    BIRTH_DATE = 2
    LESION = 3
    LAST_VISIT = 4
    PICTURES = 5
    NETWORK = 6
    MALIGNANT_SUM = 7
    IMPRESSION = 8


class CaseTableModel(TableModel):
    """Cases that fit a filter, latest visit first.

    A newer question makes the answers to older ones void. Rows stay on the screen until the new ones are there.
    """

    figures = frozenset({CaseColumn.PICTURES, CaseColumn.MALIGNANT_SUM})
    answered = Signal()
    """The first page of the newest question is in the table."""
    counted = Signal()
    """`count` is known."""
    failed = Signal(object)
    """The log could not be read; carries the exception."""

    def __init__(
        self, open_source: Callable[[], CaseSource], background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._open_source = open_source
        self._latest = Latest(background, self)
        self._counting = Latest(background, self)
        self._count_soon = QTimer(self, interval=_COUNT_DELAY_MS, singleShot=True)
        self._count_soon.timeout.connect(self._ask_for_count)
        self._rows: list[CaseSummary] = []
        self._impression_names: Mapping[str, str] = {}
        self._cursor: CaseCursor | None = None
        self._busy = False
        self.wanted = EVERY_CASE
        self.count: int | None = None
        """How many cases fit in all; None until they were counted."""

    @property
    def query(self) -> str:
        """The words that were searched for."""
        return self.wanted.words

    def search(self, wanted: CaseFilter) -> None:
        """Ask for the cases that fit; `answered` or `failed` follows, and later `counted`."""
        limit = PAGE_SIZE if wanted != self.wanted else max(PAGE_SIZE, min(len(self._rows), _MOST_AT_ONCE))
        self.wanted = wanted
        self._busy = True
        self._count_soon.stop()
        self._counting.forget()
        self._latest.ask(lambda: self._open_source().page(wanted, None, limit), self._begin, self._give_up)

    def name_impressions(self, names: Mapping[str, str]) -> None:
        """Show these names in place of label codes."""
        self._impression_names = names
        if self._rows:
            column = CaseColumn.IMPRESSION
            self.dataChanged.emit(self.index(0, column), self.index(len(self._rows) - 1, column))

    def row_of(self, case_id: int) -> int | None:
        """The row of a case, if it has been loaded."""
        return next((row for row, case in enumerate(self._rows) if case.case_id == case_id), None)

    def rows(self) -> Sequence[CaseSummary]:
        """The cases that are loaded."""
        return self._rows

    def column_names(self) -> tuple[str, ...]:
        """In the order of CaseColumn."""
        return (
            self.tr("Patient"),
            self.tr("ID"),
            self.tr("Born"),
            self.tr("Lesion"),
            self.tr("Last visit"),
            self.tr("Pictures"),
            self.tr("Network"),
            self.tr("Malignant or\npremalignant"),
            self.tr("Own impression"),
        )

    def canFetchMore(self, parent: Index) -> bool:
        """Whether the log has more; never while an answer is awaited or being inserted."""
        return not parent.isValid() and not self._busy and self._cursor is not None

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page."""
        if not self.canFetchMore(parent):
            return
        self._busy = True
        wanted, cursor = self.wanted, self._cursor
        self._latest.ask(lambda: self._open_source().page(wanted, cursor, PAGE_SIZE), self._continue, self._give_up)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; under CASE_ROLE the row's CaseSummary."""
        if not index.isValid():
            return None
        case = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(case, CaseColumn(index.column()))
        if role == CASE_ROLE:
            return case
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._whole_row(case)
        return None

    def _begin(self, page: CasePage) -> None:
        self.count = None
        self._replace(page)
        self.answered.emit()
        if page.next_cursor is None:
            self._know_count(len(page.cases))
        else:
            self._count_soon.start()

    def _continue(self, page: CasePage) -> None:
        if page.cases:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page.cases) - 1)
            self._rows.extend(page.cases)
            self.endInsertRows()
        self._cursor = page.next_cursor
        self._busy = False  # only now: views ask for more while rows are being inserted
        if page.next_cursor is None:
            self._know_count(len(self._rows))

    def _give_up(self, error: Exception) -> None:
        self._cursor = None
        self._busy = False
        self.failed.emit(error)

    def _replace(self, page: CasePage) -> None:
        self._busy = True
        self.beginResetModel()
        self._rows = list(page.cases)
        self._cursor = page.next_cursor
        self.endResetModel()
        self._busy = False

    def _ask_for_count(self) -> None:
        wanted = self.wanted
        # Where only counting fails, the rows are there all the same, and reading on would tell of the trouble.
        self._counting.ask(lambda: self._open_source().count(wanted), self._know_count, lambda error: None)

    def _know_count(self, count: int) -> None:
        self._count_soon.stop()
        self._counting.forget()
        self.count = count
        self.counted.emit()

    def _text(self, case: CaseSummary, column: CaseColumn) -> str:
        who = case.patient.details
        match column:
            case CaseColumn.PATIENT:
                return patient_name(case.patient)
            case CaseColumn.IDENTIFIER:
                return who.identifier
            case CaseColumn.BIRTH_DATE:
                return NOTHING if who.birth_date is None else who.birth_date.isoformat()
            case CaseColumn.LESION:
                return short_lesion(case.lesion)
            case CaseColumn.LAST_VISIT:
                return local_day(case.last_visit_at)
            case CaseColumn.PICTURES:
                return str(case.picture_count)
            case CaseColumn.NETWORK:
                return _network(case)
            case CaseColumn.MALIGNANT_SUM:
                return NOTHING if case.malignant_sum is None else percent(case.malignant_sum)
            case CaseColumn.IMPRESSION:
                return impression_name(case.impression, self._impression_names) if case.impression else NOTHING

    def _whole_row(self, case: CaseSummary) -> str:
        names = self.column_names()
        return "\n".join(f"{names[column].replace(chr(10), ' ')}: {self._text(case, column)}" for column in CaseColumn)


def _network(case: CaseSummary) -> str:
    if case.top_name is None or case.top_probability is None:
        return NOTHING
    return differential_line(case.top_probability, case.top_name)
