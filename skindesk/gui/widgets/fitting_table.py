"""A table that shows as many columns as it has room for, the most telling ones first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

_HEADER_SHEET = "QHeaderView::section { padding: 8px 11px; }"
"""Cells stand 3 px further in than their padding says; so the names stand over them."""


@dataclass(frozen=True)
class Columns:
    """Every column's least width in pixels, which go first where room is scarce, and which take what is left."""

    least_px: Mapping[int, int]
    by_importance: Sequence[int]
    growing: frozenset[int]


class FittingTable(QTableView):
    """Whole rows are chosen, nothing is edited, and there is never a horizontal scroll bar."""

    def __init__(
        self, model: QAbstractItemModel, columns: Columns, row_height_px: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self.setModel(model)
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
        self.horizontalHeader().setStyleSheet(_HEADER_SHEET)

    def use_columns(self, columns: Columns) -> None:
        """Show other columns, or the same ones in another order of importance."""
        self._columns = columns
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns for which there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.viewport().width()
        shown: set[int] = set()
        for column in self._columns.by_importance:
            if shown and self._columns.least_px[column] > room:
                break
            shown.add(column)
            room -= self._columns.least_px[column]
        growing = shown & self._columns.growing
        for column, least in self._columns.least_px.items():
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, least + (max(0, room) // len(growing) if column in growing else 0))
