"""Which of a run's outcomes the table shows, and in what order."""

from enum import Enum, auto

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.domain.prediction import Decision
from skindesk.gui.batch.outcome_model import OutcomeModel


class Showing(Enum):
    """The choices of rows."""

    ALL = auto()
    ABSTAINED = auto()
    REJECTED = auto()
    OVER_THRESHOLD = auto()


class OutcomeFilter(QSortFilterProxyModel):
    """Rows of one kind. `threshold` is a malignant sum, 0 to 1, and counts in OVER_THRESHOLD only."""

    def __init__(self, model: OutcomeModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._showing = Showing.ALL
        self._threshold = 0.2
        self.setSourceModel(model)

    def show_only(self, showing: Showing, threshold: float) -> None:
        """Choose the rows."""
        self.beginFilterChange()
        self._showing, self._threshold = showing, threshold
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether a row is of the chosen kind."""
        if self._showing is Showing.ALL:
            return True
        return self._accepts(self._model.outcome_at(source_row))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Let the model sort its rows; here each of the many comparisons would be a call from Qt into Python."""
        self._model.sort(column, order)

    def _accepts(self, outcome: Outcome) -> bool:
        if isinstance(outcome, Rejected):
            return self._showing is Showing.REJECTED
        match self._showing:
            case Showing.ABSTAINED:
                return outcome.prediction.decision is Decision.ABSTAINED
            case Showing.OVER_THRESHOLD:
                return isinstance(outcome, Classified) and outcome.prediction.malignant_sum > self._threshold
            case _:
                return False
