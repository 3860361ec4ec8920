"""The table of outcomes with the choice of rows above it."""

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from skindesk.gui.batch.outcome_filter import OutcomeFilter, Showing
from skindesk.gui.batch.outcome_model import OUTCOME_ROLE, OutcomeColumn, OutcomeModel
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.widgets.labels import text_label

ROW_HEIGHT_PX = 36
_LEAST_PX: dict[int, int] = {
    OutcomeColumn.FILE: 128,
    OutcomeColumn.TOP: 160,
    OutcomeColumn.SECOND: 160,
    OutcomeColumn.MALIGNANT_SUM: 104,
    OutcomeColumn.DECISION: 92,
    OutcomeColumn.REASON: 224,
}
_GROWING: frozenset[int] = frozenset(
    {OutcomeColumn.FILE, OutcomeColumn.TOP, OutcomeColumn.SECOND, OutcomeColumn.REASON}
)
_ANSWERS_FIRST = Columns(
    _LEAST_PX,
    by_importance=(
        OutcomeColumn.FILE,
        OutcomeColumn.TOP,
        OutcomeColumn.MALIGNANT_SUM,
        OutcomeColumn.DECISION,
        OutcomeColumn.SECOND,
        OutcomeColumn.REASON,
    ),
    growing=_GROWING,
    whole=frozenset({OutcomeColumn.FILE}),
)
_REASONS_ONLY = Columns(
    _LEAST_PX,
    by_importance=(OutcomeColumn.FILE, OutcomeColumn.REASON),
    growing=frozenset({OutcomeColumn.REASON}),
    whole=frozenset({OutcomeColumn.FILE}),
)


class OutcomeTable(QWidget):
    """Shows the model's rows, filtered and sorted; tells which outcome is chosen."""

    outcome_chosen = Signal(object)
    """The chosen Outcome, or None."""

    def __init__(self, model: OutcomeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = OutcomeFilter(model, self)
        self._model = model
        self.showing_box = self._showing_box()
        self.threshold_box = self._threshold_box()
        self.shown_label = text_label("", "secondary")
        self.view = _View(self.filter, self)
        self.view.chosen.connect(self.outcome_chosen)
        self.showing_box.currentIndexChanged.connect(self._filter)
        self.threshold_box.valueChanged.connect(self._filter)
        self._lay_out()
        self._filter()

    def count_rows(self) -> None:
        """Say how many of the rows are shown."""
        shown, total = self.filter.rowCount(), self._model.rowCount()
        self.shown_label.setText(
            self.tr("{0} rows").format(f"{total:,}")
            if shown == total
            else self.tr("{0} of {1} rows").format(f"{shown:,}", f"{total:,}")
        )

    def _filter(self) -> None:
        showing = self.showing_box.currentData()
        self._threshold_words.setVisible(showing is Showing.OVER_THRESHOLD)
        self.threshold_box.setVisible(showing is Showing.OVER_THRESHOLD)
        self.view.use_columns(_REASONS_ONLY if showing is Showing.REJECTED else _ANSWERS_FIRST)
        self.filter.show_only(showing, self.threshold_box.value() / 100)
        self.count_rows()

    def _showing_box(self) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(self.tr("Which rows to show"))
        box.addItem(self.tr("All rows"), Showing.ALL)
        box.addItem(self.tr("Abstained"), Showing.ABSTAINED)
        box.addItem(self.tr("Rejected"), Showing.REJECTED)
        box.addItem(self.tr("Malignant or premalignant in sum"), Showing.OVER_THRESHOLD)
        return box

    def _threshold_box(self) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(self.tr("Malignant or premalignant in sum over, in per cent"))
        box.setRange(0, 99)
        box.setValue(20)
        box.setSuffix("\N{NO-BREAK SPACE}%")
        box.setFixedSize(96, 36)
        box.lineEdit().setTextMargins(8, 0, 0, 0)
        return box

    def _lay_out(self) -> None:
        self._threshold_words: QLabel = text_label(self.tr("over"), "body")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.showing_box)
        top.addWidget(self._threshold_words)
        top.addWidget(self.threshold_box)
        top.addStretch()
        top.addWidget(self.shown_label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.view, 1)


class _View(FittingTable):
    """Rows to choose and columns to sort by."""

    chosen = Signal(object)

    def __init__(self, model: OutcomeFilter, parent: QWidget) -> None:
        super().__init__(model, _ANSWERS_FIRST, ROW_HEIGHT_PX, parent)
        self.setAccessibleName(self.tr("Results"))
        # Without a sorted column the rows stand in the order in which they came; a click on a header sorts.
        self.horizontalHeader().setSortIndicatorClearable(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which row is chosen now."""
        super().selectionChanged(selected, deselected)
        rows = self.selectionModel().selectedRows()
        self.chosen.emit(rows[0].data(OUTCOME_ROLE) if rows else None)
