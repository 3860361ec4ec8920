"""A table that shows as many columns as it has room for, the most telling ones first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from skindesk.gui.theme import tabular

_HEADER_SHEET = "QHeaderView::section { padding: 8px 11px; }"
"""Cells stand 3 px further in than their padding says; so the names stand over them."""

_MOST_WHOLE_PX = 240
_IN_SIGHT = 0
"""Qt measures the rows in sight, and up to 1,000 others unless told so, which takes 200 ms."""
_CELL_MARGIN_PX = 4
"""Beyond what Qt thinks that a cell needs, so that the last letter is not cut for a fraction of a pixel."""


@dataclass(frozen=True)
class Columns:
    """Every column's least width in pixels, which go first where room is scarce, and which take what is left.

    A column in `whole` is never narrower than its widest cell, up to a limit: an identifier that is cut off is none.
    """

    least_px: Mapping[int, int]
    by_importance: Sequence[int]
    growing: frozenset[int]
    whole: frozenset[int] = frozenset()


class FittingTable(QTableView):
    """Whole rows are chosen, nothing is edited, and there is never a horizontal scroll bar."""

    def __init__(
        self, model: QAbstractItemModel, columns: Columns, row_height_px: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self.setModel(model)
        self.setFont(tabular(self.font()))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height_px)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(_IN_SIGHT)
        self.horizontalHeader().setStyleSheet(_HEADER_SHEET)
        for signal in (model.modelReset, model.rowsInserted, model.layoutChanged, model.dataChanged):
            signal.connect(self._fit)

    def use_columns(self, columns: Columns) -> None:
        """Show other columns, or the same ones in another order of importance."""
        self._columns = columns
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns for which there is room."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """What came while the table was out of sight may want other widths."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self.isVisible():
            return  # Qt would measure all rows, and not only those in sight
        columns, room = self._columns, self.viewport().width()
        wanted = {column: self._content_px(column) for column in columns.by_importance}
        widths: dict[int, int] = {}
        for column in columns.by_importance:
            least = columns.least_px[column]
            if column in columns.whole:
                least = max(least, min(wanted[column], _MOST_WHOLE_PX))
            if widths and least > room:
                break
            widths[column] = least
            room -= least
        # What some columns do not need, and what is left, goes to cells that are cut off, then to columns that grow.
        room += sum(max(0, width - wanted[column]) for column, width in widths.items())
        for column, width in widths.items():
            needed = min(width, wanted[column])
            widths[column] = needed + max(0, min(wanted[column] - needed, room))
            room -= widths[column] - needed
        growing = columns.growing & widths.keys()
        for column in columns.least_px:
            self.setColumnHidden(column, column not in widths)
            extra = max(0, room) // len(growing) if column in growing else 0
            self.setColumnWidth(column, widths.get(column, 0) + extra)

    def _content_px(self, column: int) -> int:
        """What a column's name and its cells in the rows in sight would need."""
        header_px = self.horizontalHeader().sectionSizeHint(column)
        # A name in two lines fits into the least width; Qt would want room for a sort arrow beside it, too.
        header_px = min(header_px, self._columns.least_px[column])
        return max(self.sizeHintForColumn(column) + _CELL_MARGIN_PX, header_px)
