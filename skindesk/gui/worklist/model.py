"""The rows of the worklist: a heading for each reason, and below it the cases that wait for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import groupby
from typing import Any

from PySide6.QtCore import QObject, Qt

from skindesk.domain.worklist import Due, WorklistCounts, WorklistItem
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.gui.widgets.words import (
    NOTHING,
    differential_line,
    impression_name,
    lesion_line,
    local_day,
    patient_name,
    percent,
)
from skindesk.gui.worklist.words import group_hint, group_words, since_words, what_words

ITEM_ROLE = Qt.ItemDataRole.UserRole
"""The row's WorklistItem; None of a heading."""
HINT_ROLE = ITEM_ROLE + 1


class WorkColumn(IntEnum):
    """The columns from left to right."""

    SINCE = 0
    WHAT = 1
    PATIENT = 2
    IDENTIFIER = 3
    BIRTH_DATE = 4
    LESION = 5
    NETWORK = 6
    MALIGNANT_SUM = 7
    IMPRESSION = 8
    LAST_VISIT = 9


@dataclass(frozen=True)
class Heading:
    """Stands over the cases of one reason; `count` is of all that there are, shown or not."""

    due: Due
    count: int

    @property
    def words(self) -> str:
        """The reason and how many cases it has."""
        return f"{group_words(self.due)} · {self.count:,}"


class WorklistModel(TableModel):
    """Shows what it is given. Headings cannot be chosen."""

    figures = frozenset({WorkColumn.MALIGNANT_SUM})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Heading | WorklistItem] = []
        self._names: Mapping[str, str] = {}
        self._today = date.today()

    def show_items(self, items: Sequence[WorklistItem], counts: WorklistCounts, today: date) -> None:
        """Show these items, in their order, in the place of the last ones."""
        self.beginResetModel()
        self._today = today
        self._rows = []
        for due, group in groupby(items, lambda item: item.due):
            self._rows += [Heading(due, _count(counts, due)), *group]
        self.endResetModel()

    def name_impressions(self, names: Mapping[str, str]) -> None:
        """Show these names in the place of label codes."""
        self._names = names
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(WorkColumn) - 1))

    def rows(self) -> Sequence[Heading | WorklistItem]:
        """Headings and items."""
        return self._rows

    def items(self) -> list[WorklistItem]:
        """The items without the headings."""
        return [row for row in self._rows if isinstance(row, WorklistItem)]

    def row_of(self, case_id: int) -> int | None:
        """The row of a case."""
        rows = enumerate(self._rows)
        return next((at for at, row in rows if isinstance(row, WorklistItem) and row.case.case_id == case_id), None)

    def column_names(self) -> tuple[str, ...]:
        """In the order of WorkColumn."""
        return (
            self.tr("When"),
            self.tr("What"),
            self.tr("Patient"),
            self.tr("ID"),
            self.tr("Born"),
            self.tr("Lesion"),
            self.tr("Network"),
            self.tr("Malignant or\npremalignant"),
            self.tr("Own impression"),
            self.tr("Last visit"),
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only cases can be chosen."""
        if not index.isValid() or isinstance(self._rows[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; the tool tip has the whole row."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if isinstance(row, Heading):
            return self._of_heading(row, index.column(), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, WorkColumn(index.column()))
        if role == ITEM_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            names = self.column_names()
            return "\n".join(f"{names[each].replace(chr(10), ' ')}: {self._text(row, each)}" for each in WorkColumn)
        return None

    def _of_heading(self, heading: Heading, column: int, role: int) -> Any:
        if column != 0:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return heading.words
        return group_hint(heading.due) if role in (HINT_ROLE, Qt.ItemDataRole.AccessibleDescriptionRole) else None

    def _text(self, item: WorklistItem, column: WorkColumn) -> str:
        case, who = item.case, item.case.patient.details
        match column:
            case WorkColumn.SINCE:
                return since_words(item, self._today)
            case WorkColumn.WHAT:
                return what_words(item.due)
            case WorkColumn.PATIENT:
                return patient_name(case.patient)
            case WorkColumn.IDENTIFIER:
                return who.identifier
            case WorkColumn.BIRTH_DATE:
                return NOTHING if who.birth_date is None else who.birth_date.isoformat()
            case WorkColumn.LESION:
                return lesion_line(case.lesion)
            case WorkColumn.NETWORK:
                if case.top_name is None or case.top_probability is None:
                    return NOTHING
                return differential_line(case.top_probability, case.top_name)
            case WorkColumn.MALIGNANT_SUM:
                return NOTHING if case.malignant_sum is None else percent(case.malignant_sum)
            case WorkColumn.IMPRESSION:
                return impression_name(case.impression, self._names) if case.impression else NOTHING
            case WorkColumn.LAST_VISIT:
                return local_day(case.last_visit_at)


def _count(counts: WorklistCounts, due: Due) -> int:
    return {
        Due.FOLLOW_UP_OVERDUE: counts.overdue,
        Due.FOLLOW_UP_TODAY: counts.today,
        Due.RESULT_PENDING: counts.pending,
        Due.FOLLOW_UP_SOON: counts.soon,
    }[due]
