"""A plot's points as a table, for whoever reads figures better than pictures."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from skindesk.gui.insights.plot import Point
from skindesk.gui.insights.words import counts, reader_word, share_interval, share_value
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.gui.widgets.words import NOTHING


class PointColumn(IntEnum):
    """The columns from left to right."""

    NAME = 0
    READER = 1
    SHARE = 2
    COUNTS = 3


_LEAST_PX: dict[int, int] = {
    PointColumn.NAME: 84,
    PointColumn.READER: 84,
    PointColumn.SHARE: 148,
    PointColumn.COUNTS: 76,
}
_ROW_PX = 32


class PointModel(TableModel):
    """One row a point."""

    figures = frozenset({PointColumn.SHARE, PointColumn.COUNTS})

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._points: tuple[Point, ...] = ()

    def show_points(self, points: Sequence[Point]) -> None:
        """Show these."""
        self.beginResetModel()
        self._points = tuple(points)
        self.endResetModel()

    def rows(self) -> Sequence[Point]:
        """The points."""
        return self._points

    def column_names(self) -> tuple[str, ...]:
        """In the order of PointColumn."""
        return (self._name, self.tr("Who"), self.tr("Share (95 %)"), self.tr("Counts"))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid():
            return None
        point = self._points[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(point, PointColumn(index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        return point.words if role == Qt.ItemDataRole.ToolTipRole else None


class PointTable(FittingTable):
    """Enter and a double click open a row's cases."""

    cases_wanted = Signal(object, str)
    """The user wants to see these Cases, of which this is to be said."""

    def __init__(self, name: str, column: str, readers: bool, parent: QWidget | None = None) -> None:
        self._points = PointModel(column)
        shown = tuple(each for each in PointColumn if readers or each is not PointColumn.READER)
        super().__init__(self._points, Columns(_LEAST_PX, shown, frozenset({PointColumn.NAME})), _ROW_PX, parent)
        self._points.setParent(self)
        self.setAccessibleName(name)
        self.activated.connect(self._open)

    def show_points(self, points: Sequence[Point]) -> None:
        """Show these in the place of the last ones."""
        self._points.show_points(points)

    def _open(self, index: QModelIndex) -> None:
        point = self._points.rows()[index.row()]
        if point.cases:
            self.cases_wanted.emit(point.cases, point.words)


def _text(point: Point, column: PointColumn) -> str:
    match column:
        case PointColumn.NAME:
            return point.name
        case PointColumn.READER:
            return reader_word(point.reader)
        case PointColumn.SHARE:
            interval = share_interval(point.share)
            return f"{share_value(point.share)} ({interval})" if interval else NOTHING
        case PointColumn.COUNTS:
            return counts(point.share)
