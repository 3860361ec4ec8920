"""The table of one patient's lesions."""

from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QItemSelection, QObject, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QWidget

from skindesk.domain.case import CaseSummary, Lesion
from skindesk.gui.cases.state_badge import StateIcon
from skindesk.gui.cases.words import due_words, state_word
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.gui.widgets.words import NOTHING, lesion_line, local_day, percent, site_word

ROW_HEIGHT_PX = 36
_HEADER_PX = 48
_FRAME_PX = 6
_MOST_ROWS = 5
"""More lesions than these scroll, so that the chosen one stays in sight."""


class LesionColumn(IntEnum):
    """The columns from left to right."""

    LESION = 0
    STATE = 1
    LAST_VISIT = 2
    MALIGNANT_SUM = 3
    NEXT = 4


_COLUMNS = Columns(
    least_px={
        LesionColumn.LESION: 168,
        LesionColumn.STATE: 144,
        LesionColumn.LAST_VISIT: 100,
        LesionColumn.MALIGNANT_SUM: 100,
        LesionColumn.NEXT: 100,
    },
    by_importance=(
        LesionColumn.LESION,
        LesionColumn.STATE,
        LesionColumn.NEXT,
        LesionColumn.MALIGNANT_SUM,
        LesionColumn.LAST_VISIT,
    ),
    growing=frozenset({LesionColumn.LESION}),
)


class LesionModel(TableModel):
    """The lesions by number."""

    figures = frozenset({LesionColumn.MALIGNANT_SUM})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lesions: tuple[CaseSummary, ...] = ()

    def show_lesions(self, lesions: tuple[CaseSummary, ...]) -> None:
        """Show these lesions in the place of the last ones."""
        self.beginResetModel()
        self._lesions = lesions
        self.endResetModel()

    def rows(self) -> Sequence[CaseSummary]:
        """The lesions."""
        return self._lesions

    def column_names(self) -> tuple[str, ...]:
        """In the order of LesionColumn."""
        return (
            self.tr("Lesion"),
            self.tr("State"),
            self.tr("Last visit"),
            self.tr("Malignant or\npremalignant"),
            self.tr("Next"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid():
            return None
        entry, column = self._lesions[index.row()], LesionColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.DecorationRole and column is LesionColumn.STATE:
            return QIcon(StateIcon(entry.lesion.state))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            if column is LesionColumn.LESION:
                return lesion_line(entry.lesion)
            names = self.column_names()
            return "\n".join(f"{names[each].replace(chr(10), ' ')}: {self._text(entry, each)}" for each in LesionColumn)
        return None

    def _text(self, entry: CaseSummary, column: LesionColumn) -> str:
        match column:
            case LesionColumn.LESION:
                return _place(entry.lesion)
            case LesionColumn.STATE:
                return state_word(entry.lesion.state)
            case LesionColumn.LAST_VISIT:
                return local_day(entry.last_visit_at)
            case LesionColumn.MALIGNANT_SUM:
                return NOTHING if entry.malignant_sum is None else percent(entry.malignant_sum)
            case LesionColumn.NEXT:
                due = entry.lesion.follow_up_on
                return NOTHING if due is None else due_words(due, date.today())


class LesionTable(FittingTable):
    """The arrow keys choose a lesion, Enter goes on to its pictures."""

    lesion_chosen = Signal(int)
    """The user has chosen another lesion: its number of the case."""
    lesion_entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.lesions = LesionModel()
        super().__init__(self.lesions, _COLUMNS, ROW_HEIGHT_PX, parent)
        self.lesions.setParent(self)
        self.setAccessibleName(self.tr("Lesions of the patient"))
        self.horizontalHeader().setFixedHeight(_HEADER_PX)
        self._told = True

    def show_lesions(self, lesions: tuple[CaseSummary, ...], chosen: int | None) -> None:
        """Show a patient's lesions and which one is chosen, without telling so."""
        self._told = False
        shown = min(len(lesions), _MOST_ROWS)
        self.setFixedHeight(_HEADER_PX + shown * ROW_HEIGHT_PX + _FRAME_PX)
        if lesions != tuple(self.lesions.rows()):
            self.lesions.show_lesions(lesions)
        self.choose(chosen)
        self._told = True

    def choose(self, case_id: int | None) -> None:
        """Select a lesion's row."""
        rows = [row for row, entry in enumerate(self.lesions.rows()) if entry.case_id == case_id]
        if rows:
            self.selectRow(rows[0])
        else:
            self.clearSelection()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which lesion the user has chosen."""
        super().selectionChanged(selected, deselected)
        rows = self.selectionModel().selectedRows()
        if rows and self._told:
            self.lesion_chosen.emit(self.lesions.rows()[rows[0].row()].case_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves on to the chosen lesion."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.lesion_entered.emit()
            return
        super().keyPressEvent(event)


def _place(lesion: Lesion) -> str:
    """The number, and where the lesion is as closely as it is known."""
    words = lesion.details.description.strip() or site_word(lesion.details.site)
    return f"L{lesion.number} · {words}" if words else f"L{lesion.number}"
