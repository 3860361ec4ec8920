"""The table of a run's rows, of which it shows those that are wanted, in the order that was made for them."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from skindesk.domain.contract import ModelContract
from skindesk.gui.batch.arranging import Order, Wanted, matching
from skindesk.gui.batch.rows import BatchRows, Cells, MarkCode, Piece, Status, shown_name, shown_path
from skindesk.gui.batch.words import (
    decision_words,
    first_line,
    novelty_words,
    quality_words,
    review_words,
    second_line,
    sum_words,
)
from skindesk.gui.theme import current, icon
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.services.batch.reviews import Review

_NOTHING_TO_SHOW = np.empty(0, np.int32)
_ANSWERED = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)


class TriageColumn(IntEnum):
    """The columns from left to right."""

    FILE = 0
    FIRST = 1
    SECOND = 2
    MALIGNANT_SUM = 3
    NOVELTY = 4
    QUALITY = 5
    DECISION = 6
    REVIEW = 7


class TriageModel(TableModel):
    """Rows are known by their number of arrival; `order` says which of them stands in which place.

    What has come stays while the model is concealed, and nothing of it can be seen.
    """

    figures = frozenset({TriageColumn.MALIGNANT_SUM, TriageColumn.NOVELTY})
    reviewed = Signal()
    """Something was decided on a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows_of_run = BatchRows()
        self.order: Order = _NOTHING_TO_SHOW
        self.wanted = Wanted()
        self.contract: ModelContract | None = None
        self.judged = False
        """Whether the run judges the pictures' quality."""
        self.is_concealed = False
        self._texts: dict[int, Callable[[Cells], str]] = {
            TriageColumn.SECOND: lambda cells: self._named(cells, second_line),
            TriageColumn.FIRST: lambda cells: self._named(cells, first_line),
            TriageColumn.MALIGNANT_SUM: sum_words,
            TriageColumn.NOVELTY: novelty_words,
            TriageColumn.QUALITY: lambda cells: quality_words(cells, self.judged),
            TriageColumn.DECISION: decision_words,
            TriageColumn.REVIEW: review_words,
        }

    def begin(self, contract: ModelContract | None, judged: bool = False) -> None:
        """Forget all rows; those of a run with this network follow."""
        self.beginResetModel()
        self.rows_of_run, self.order = BatchRows(), _NOTHING_TO_SHOW
        self.contract, self.judged = contract, judged
        self.endResetModel()

    @property
    def total(self) -> int:
        """How many rows there are, also those that are not shown."""
        return len(self.rows_of_run)

    def conceal(self, concealed: bool) -> None:
        """Show no row at all for a while, and the wanted ones in no particular order afterwards.

        A search of all paths takes its time: its rows have to be shown by `show_order`.
        """
        self.is_concealed = concealed
        shows_none = concealed or self.wanted.text
        self.show_order(_NOTHING_TO_SHOW if shows_none else matching(self.rows_of_run.snapshot(), self.wanted))

    def add(self, piece: Piece) -> bool:
        """Take rows in. Returns whether the order must be made anew, for they belong elsewhere than at the end."""
        first = self.total
        replaces = self.rows_of_run.add(piece)
        if self.is_concealed:
            return False
        if replaces:
            self._tell_changed()
        if not self.wanted.is_as_it_comes:
            return True
        self.append(matching(self.rows_of_run.snapshot(), self.wanted, first))
        return replaces and self.wanted.filter_count > 0

    def show_order(self, order: Order) -> None:
        """Show rows in an order that was made for them; places in the table mean other rows from then on."""
        self.beginResetModel()
        self.order = order
        self.endResetModel()

    def set_review(self, row: int, review: Review) -> None:
        """Show what was decided on a row."""
        self.rows_of_run.set_review(row, review)

    def tell_reviewed(self) -> None:
        """Something was decided on rows: look at them again."""
        self._tell_changed()
        self.reviewed.emit()

    def row_at(self, place: int) -> int | None:
        """The row that stands in a place; None where there is none."""
        return int(self.order[place]) if 0 <= place < len(self.order) else None

    def place_of(self, row: int | None) -> int | None:
        """The place in which a row stands; None where it is not shown."""
        if row is None:
            return None
        found = np.flatnonzero(self.order == row)
        return int(found[0]) if len(found) else None

    def rows(self) -> Sequence[object]:
        """The rows as they are shown."""
        return self.order  # type: ignore[return-value]  # it has the length that is asked for

    def column_names(self) -> tuple[str, ...]:
        """In the order of TriageColumn."""
        return (
            self.tr("File"),
            self.tr("First"),
            self.tr("Second"),
            self.tr("Malignant or\npremalignant"),
            self.tr("Novelty"),
            self.tr("Quality"),
            self.tr("Decision"),
            self.tr("Review"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, colour and icon; as the tool tip what may be cut off."""
        if role not in _ANSWERED:  # most questions, at every turn
            return None
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(column)
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(self.rows_of_run.cells(row)) if column == TriageColumn.DECISION else None
        if role == Qt.ItemDataRole.DecorationRole:
            return mark_icon(self.rows_of_run.cells(row).mark) if column == TriageColumn.REVIEW else None
        if role == Qt.ItemDataRole.ToolTipRole:
            path = str(shown_path(self.rows_of_run.key(row)))
            return path if column == TriageColumn.FILE else self._text(row, column)
        return None

    def _text(self, row: int, column: int) -> str:
        if column == TriageColumn.FILE:
            return shown_name(self.rows_of_run.key(row))
        return self._texts[column](self.rows_of_run.cells(row))

    def _named(self, cells: Cells, line: Callable[[Cells, ModelContract], str]) -> str:
        return "" if self.contract is None else line(cells, self.contract)

    def append(self, rows: Order) -> None:
        """Show rows below all others."""
        if not len(rows):
            return
        first = len(self.order)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self.order = np.concatenate((self.order, rows))
        self.endInsertRows()

    def _tell_changed(self) -> None:
        if len(self.order):
            last = self.index(len(self.order) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DisplayRole])


def mark_icon(mark: int) -> QIcon | None:
    """The icon beside the word for what was decided."""
    match mark:
        case MarkCode.ACCEPTED:
            return icon("check-circle", "done")
        case MarkCode.FLAGGED:
            return icon("flag", "premalignant")
    return None


def _colour(cells: Cells) -> QColor | None:
    """The word says it; the colour makes it found quickly in a long table."""
    if cells.status == Status.SUPPORTED:
        return None
    return QColor(current().error if cells.status == Status.REJECTED else current().novel)
