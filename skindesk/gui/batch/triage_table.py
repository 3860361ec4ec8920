"""The rows as a table."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from skindesk.gui.batch.arranging import Deciding, Order, SortKey, Wanted
from skindesk.gui.batch.triage_model import TriageColumn, TriageModel
from skindesk.gui.widgets.fitting_table import Columns, FittingTable

ROW_HEIGHT_PX = 36
_LEAST_PX: dict[int, int] = {
    TriageColumn.FILE: 128,
    TriageColumn.FIRST: 124,
    TriageColumn.SECOND: 160,
    TriageColumn.MALIGNANT_SUM: 104,
    TriageColumn.NOVELTY: 76,
    TriageColumn.QUALITY: 92,
    TriageColumn.DECISION: 120,
    TriageColumn.REVIEW: 96,
}
_COLUMNS = Columns(
    _LEAST_PX,
    by_importance=(
        TriageColumn.FILE,
        TriageColumn.FIRST,
        TriageColumn.MALIGNANT_SUM,
        TriageColumn.REVIEW,
        TriageColumn.DECISION,
        TriageColumn.QUALITY,
        TriageColumn.NOVELTY,
        TriageColumn.SECOND,
    ),
    growing=frozenset({TriageColumn.FILE, TriageColumn.FIRST, TriageColumn.SECOND, TriageColumn.DECISION}),
    whole=frozenset({TriageColumn.FILE}),
)
_REASONS_FIRST = replace(_COLUMNS, by_importance=(TriageColumn.FILE, TriageColumn.DECISION, TriageColumn.REVIEW))
_SORTS = {
    TriageColumn.FILE: SortKey.PATH,
    TriageColumn.MALIGNANT_SUM: SortKey.MALIGNANT_SUM,
    TriageColumn.NOVELTY: SortKey.NOVELTY,
    TriageColumn.QUALITY: SortKey.QUALITY,
}


class TriageTable(FittingTable):
    """One row of text for each picture; the names of some columns sort by them."""

    moved = Signal()
    """Another row has become the current one."""
    chosen_changed = Signal()
    """Other rows are chosen."""
    sort_wanted = Signal(object)
    """The SortKey of a column whose name was clicked."""

    def __init__(self, model: TriageModel, parent: QWidget | None = None) -> None:
        super().__init__(model, _COLUMNS, ROW_HEIGHT_PX, parent)
        self.setAccessibleName(self.tr("Results"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().sectionClicked.connect(self._click)
        # Scrolled to beyond the last row, Qt 6.11 measures all rows for the columns' widths: seconds of a large run.
        model.modelAboutToBeReset.connect(lambda: self.verticalScrollBar().setValue(0))

    def show_wanted(self, wanted: Wanted) -> None:
        """Mark the column by which the rows are sorted; where all are rejected, why says more than any answer."""
        self.use_columns(_REASONS_FIRST if wanted.deciding is Deciding.REJECTED or wanted.reason else _COLUMNS)
        column = next((column for column, sort in _SORTS.items() if sort is wanted.sort), None)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(column is not None)
        if column is not None:
            descending = Qt.SortOrder.DescendingOrder if wanted.descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(column, descending)

    def current_place(self) -> int | None:
        """The place of the current row; None where there is none."""
        index = self.currentIndex()
        return index.row() if index.isValid() else None

    def chosen_places(self) -> Order:
        """The places of the chosen rows, from the top."""
        return places_in(self.selectionModel().selection())

    def choose(self, place: int) -> None:
        """Make a row the current and the only chosen one."""
        index = self.model().index(place, 0)
        self.setCurrentIndex(index)
        self.selectRow(place)

    def offset_of(self, place: int) -> int:
        """How far below the top edge a row stands, in pixels."""
        return place * ROW_HEIGHT_PX - self.verticalScrollBar().value()

    def put_at(self, place: int, offset_px: int) -> None:
        """Scroll so that a row stands so far below the top edge."""
        self.verticalScrollBar().setValue(place * ROW_HEIGHT_PX - offset_px)

    def first_place(self) -> int:
        """The place of the topmost row in sight."""
        return self.verticalScrollBar().value() // ROW_HEIGHT_PX

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell that another row has become the current one."""
        super().currentChanged(current, previous)
        self.moved.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other rows are chosen."""
        super().selectionChanged(selected, deselected)
        self.chosen_changed.emit()

    def _click(self, column: int) -> None:
        sort = _SORTS.get(TriageColumn(column))
        if sort is not None:
            self.sort_wanted.emit(sort)


def places_in(selection: QItemSelection) -> Order:
    """The rows of a model that a selection touches, each once and from the top."""
    ranges = ((chosen.top(), chosen.bottom()) for chosen in selection.toList())
    parts = [np.arange(top, bottom + 1, dtype=np.int32) for top, bottom in ranges]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int32)
