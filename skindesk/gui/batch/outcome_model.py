"""The table of a run's outcomes, which grows by chunks while the run goes on."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from skindesk.domain.contract import ModelContract
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.domain.prediction import Decision, Prediction, RankedLabel
from skindesk.gui.theme import current
from skindesk.gui.widgets.table_model import Index, TableModel
from skindesk.gui.widgets.words import NOTHING, differential_line, percent, why_abstained

OUTCOME_ROLE = Qt.ItemDataRole.UserRole


class OutcomeColumn(IntEnum):
    """The columns from left to right."""

    FILE = 0
    TOP = 1
    SECOND = 2
    MALIGNANT_SUM = 3
    DECISION = 4
    REASON = 5


class _Row(NamedTuple):
    """An outcome with its cells made ready, so that sorting ten thousand of them asks for no text twice.

    `number` tells in which place it came; the keys of one column compare with each other.
    """

    number: int
    outcome: Outcome
    texts: tuple[str, ...]
    keys: tuple[str | float, ...]


class OutcomeModel(TableModel):
    """Outcomes in the order in which they came, or sorted by a column."""

    figures = frozenset({OutcomeColumn.MALIGNANT_SUM})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._concealed = False
        self._sorted_by = -1
        self._order = Qt.SortOrder.AscendingOrder
        self.rejected_count = 0
        self.contract: ModelContract | None = None
        """The contract of the run's network; set before the first outcome."""

    def clear(self) -> None:
        """Forget all outcomes."""
        self.beginResetModel()
        self._rows = []
        self.rejected_count = 0
        self.endResetModel()

    @property
    def total(self) -> int:
        """How many outcomes there are, also while they are concealed."""
        return len(self._rows)

    def conceal(self, concealed: bool) -> None:
        """Show no rows at all for a while; they and those that are added meanwhile come back afterwards."""
        self.beginResetModel()
        self._concealed = concealed
        self._put_in_order()
        self.endResetModel()

    def append(self, outcomes: Sequence[Outcome]) -> None:
        """Add rows, in their place where the table is sorted."""
        if not outcomes:
            return
        first = len(self._rows)
        rows = [self._row(number, outcome) for number, outcome in enumerate(outcomes, first)]
        self.rejected_count += sum(isinstance(outcome, Rejected) for outcome in outcomes)
        if self._concealed:
            self._rows.extend(rows)
            return
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self._rows.extend(rows)
        self.endInsertRows()
        if self._sorted_by >= 0:
            self._sort()

    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes, in the order in which they came."""
        return tuple(row.outcome for row in sorted(self._rows, key=_number))

    def outcome_at(self, row: int) -> Outcome:
        """One row's outcome."""
        return self._rows[row].outcome

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now and as rows are added; column -1 restores the order in which they came."""
        self._sorted_by, self._order = column, order
        if not self._concealed:
            self._sort()

    def rows(self) -> Sequence[object]:
        """The rows as they are shown."""
        return () if self._concealed else self._rows

    def column_names(self) -> tuple[str, ...]:
        """In the order of OutcomeColumn."""
        return (
            self.tr("File"),
            self.tr("First"),
            self.tr("Second"),
            self.tr("Malignant or\npremalignant"),
            self.tr("Decision"),
            self.tr("Reason"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text; under OUTCOME_ROLE the row's outcome."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[column]
        if role == OUTCOME_ROLE:
            return row.outcome
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(row.outcome, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(row.outcome.path) if column == OutcomeColumn.FILE else row.texts[column]
        return None

    def _sort(self) -> None:
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        numbers = [self._rows[index.row()].number for index in held]
        self._put_in_order()
        places = {row.number: place for place, row in enumerate(self._rows)} if held else {}
        moved = [self.index(places[number], index.column()) for number, index in zip(numbers, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _put_in_order(self) -> None:
        column = self._sorted_by
        key = _number if column < 0 else (lambda row: row.keys[column])
        self._rows.sort(key=key, reverse=column >= 0 and self._order == Qt.SortOrder.DescendingOrder)

    def _row(self, number: int, outcome: Outcome) -> _Row:
        name = outcome.path.name
        if isinstance(outcome, Rejected):
            rejected = self.tr("Rejected")
            texts: tuple[str, ...] = (name, NOTHING, NOTHING, NOTHING, rejected, outcome.message)
            return _Row(number, outcome, texts, (name.casefold(), -1.0, -1.0, -1.0, rejected, outcome.message))
        return self._classified(number, outcome, name)

    def _classified(self, number: int, outcome: Classified, name: str) -> _Row:
        prediction = outcome.prediction
        first, second = prediction.ranked[:2]
        total = prediction.malignant_sum
        decision, reason = self._decision(prediction)
        texts = (name, _line(first), _line(second), percent(total), decision, reason)
        keys = (name.casefold(), first.probability, second.probability, total, decision, reason)
        return _Row(number, outcome, texts, keys)

    def _decision(self, prediction: Prediction) -> tuple[str, str]:
        if prediction.decision is Decision.ABSTAINED:
            reason = why_abstained(prediction, self.contract)
            return self.tr("Abstained"), reason[0].upper() + reason[1:]
        return self.tr("Supported"), ""


def _number(row: _Row) -> int:
    return row.number


def _line(entry: RankedLabel) -> str:
    return differential_line(entry.probability, entry.label.name)


def _colour(outcome: Outcome, column: int) -> QColor | None:
    """The word says it; the colour makes it found quickly in a long table."""
    if column != OutcomeColumn.DECISION:
        return None
    if isinstance(outcome, Rejected):
        return QColor(current().error)
    return QColor(current().novel) if outcome.prediction.decision is Decision.ABSTAINED else None
