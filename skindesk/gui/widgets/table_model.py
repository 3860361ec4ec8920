"""What the program's tables have in common: named columns, figures on the right, one size."""

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """A table that a subclass fills: its rows, its columns' names, and `data` for what the cells show."""

    figures: ClassVar[frozenset[int]] = frozenset()
    """The columns that hold figures; they stand on the right."""
    _columns: int | None = None
    """How many there are: views ask at every turn."""

    def rows(self) -> Sequence[object]:
        """What the rows stand for, from the top."""
        raise NotImplementedError

    def column_names(self) -> tuple[str, ...]:
        """The columns' names, from left to right."""
        raise NotImplementedError

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows())

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many columns there are."""
        if self._columns is None:
            self._columns = len(self.column_names())
        return 0 if parent.isValid() else self._columns

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(section)
        return self.column_names()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Where a column's text stands."""
        return _RIGHT if column in self.figures else _LEFT
