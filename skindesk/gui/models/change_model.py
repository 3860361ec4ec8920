"""The table of what another network would change, and of the pictures that were skipped."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from skindesk.domain.shadow import Change, Skipped
from skindesk.gui.models.words import effect_word, said
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.gui.widgets.words import NOTHING, local_day, percent

CASE_ROLE = Qt.ItemDataRole.UserRole
"""The number of the row's case."""
_ROW_PX = 36


class ChangeColumn(IntEnum):
    """The columns from left to right; of a skipped picture the effect is the reason."""

    CASE = 0
    SEEN = 1
    EFFECT = 2
    BEFORE = 3
    AFTER = 4
    SUM_BEFORE = 5
    SUM_AFTER = 6
    DIAGNOSIS = 7


_COLUMNS = Columns(
    least_px={
        ChangeColumn.CASE: 52,
        ChangeColumn.SEEN: 92,
        ChangeColumn.EFFECT: 192,
        ChangeColumn.BEFORE: 128,
        ChangeColumn.AFTER: 128,
        ChangeColumn.SUM_BEFORE: 84,
        ChangeColumn.SUM_AFTER: 84,
        ChangeColumn.DIAGNOSIS: 112,
    },
    by_importance=(
        ChangeColumn.CASE,
        ChangeColumn.EFFECT,
        ChangeColumn.SUM_BEFORE,
        ChangeColumn.SUM_AFTER,
        ChangeColumn.DIAGNOSIS,
        ChangeColumn.AFTER,
        ChangeColumn.BEFORE,
        ChangeColumn.SEEN,
    ),
    growing=frozenset({ChangeColumn.EFFECT, ChangeColumn.BEFORE, ChangeColumn.AFTER, ChangeColumn.DIAGNOSIS}),
)
_REASONS_ONLY = Columns(
    least_px=_COLUMNS.least_px,
    by_importance=(ChangeColumn.CASE, ChangeColumn.SEEN, ChangeColumn.EFFECT),
    growing=frozenset({ChangeColumn.EFFECT}),
)


class ChangeModel(TableModel):
    """Shows what it is given."""

    figures = frozenset({ChangeColumn.SUM_BEFORE, ChangeColumn.SUM_AFTER})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Change | Skipped] = ()
        self._threshold = 0.0

    def show_rows(self, rows: Sequence[Change | Skipped], threshold: float) -> None:
        """Show these in the place of the last ones; the threshold is of the malignant sum."""
        self.beginResetModel()
        self._rows, self._threshold = rows, threshold
        self.endResetModel()

    def rows(self) -> Sequence[Change | Skipped]:
        """The changes or the skipped pictures."""
        return self._rows

    def column_names(self) -> tuple[str, ...]:
        """In the order of ChangeColumn."""
        return (
            self.tr("Case"),
            self.tr("Seen"),
            self.tr("What would change"),
            self.tr("Now"),
            self.tr("With the other"),
            self.tr("Malignant\nnow"),
            self.tr("Malignant\nwith other"),
            self.tr("Final diagnosis"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; the tool tip has the whole row."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, ChangeColumn(index.column()))
        if role == CASE_ROLE:
            return _picture(row).case_id
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            texts = zip(self.column_names(), (self._text(row, each) for each in ChangeColumn), strict=True)
            return "\n".join(f"{name.replace(chr(10), ' ')}: {text}" for name, text in texts if text)
        return None

    def _text(self, row: Change | Skipped, column: ChangeColumn) -> str:
        if column is ChangeColumn.CASE:
            return str(_picture(row).case_id)
        if column is ChangeColumn.SEEN:
            return local_day(_picture(row).seen_at)
        if isinstance(row, Skipped):
            return row.why if column is ChangeColumn.EFFECT else ""
        before, after = row.answers.before, row.answers.after
        match column:
            case ChangeColumn.EFFECT:
                return effect_word(row.effects[0], self._threshold)
            case ChangeColumn.BEFORE:
                return said(before)
            case ChangeColumn.AFTER:
                return said(after)
            case ChangeColumn.SUM_BEFORE:
                return percent(before.malignant_sum)
            case ChangeColumn.SUM_AFTER:
                return percent(after.malignant_sum)
            case ChangeColumn.DIAGNOSIS:
                return row.diagnosis or NOTHING


class ChangeTable(FittingTable):
    """The arrow keys choose a row, Enter or a double click opens its case."""

    case_opened = Signal(int)
    """This case is to be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.changes = ChangeModel()
        super().__init__(self.changes, _COLUMNS, _ROW_PX, parent)
        self.changes.setParent(self)
        self.setAccessibleName(self.tr("What the other network would change"))
        self.doubleClicked.connect(lambda index: self.case_opened.emit(index.data(CASE_ROLE)))

    def show_rows(self, rows: Sequence[Change | Skipped], threshold: float) -> None:
        """Show changes, or skipped pictures with the reasons."""
        self.use_columns(_REASONS_ONLY if rows and isinstance(rows[0], Skipped) else _COLUMNS)
        self.changes.show_rows(rows, threshold)
        if rows:
            self.selectRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen row's case."""
        rows = self.selectionModel().selectedRows()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and rows:
            self.case_opened.emit(rows[0].data(CASE_ROLE))
            return
        super().keyPressEvent(event)


def _picture(row: Change | Skipped) -> Any:
    return row.picture if isinstance(row, Skipped) else row.answers.picture
