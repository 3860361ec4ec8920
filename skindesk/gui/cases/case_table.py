"""The table view of cases, which shows as many columns as it has room for, the most telling ones first."""

from PySide6.QtCore import QAbstractItemModel, QItemSelection, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from skindesk.domain.case import CaseSummary
from skindesk.gui.cases.case_model import CASE_ROLE, CaseColumn

ROW_HEIGHT_PX = 40
_LEAST_WIDTH_PX = {
    CaseColumn.PATIENT: 144,
    CaseColumn.IDENTIFIER: 80,
    CaseColumn.BIRTH_DATE: 96,
    CaseColumn.LESION: 156,
    CaseColumn.LAST_VISIT: 96,
    CaseColumn.PICTURES: 76,
    CaseColumn.NETWORK: 184,
    CaseColumn.MALIGNANT_SUM: 104,
    CaseColumn.IMPRESSION: 144,
}
_BY_IMPORTANCE = (
    CaseColumn.PATIENT,
    CaseColumn.LESION,
    CaseColumn.LAST_VISIT,
    CaseColumn.MALIGNANT_SUM,
    CaseColumn.IDENTIFIER,
    CaseColumn.IMPRESSION,
    CaseColumn.NETWORK,
    CaseColumn.BIRTH_DATE,
    CaseColumn.PICTURES,
)
_GROWING = frozenset({CaseColumn.PATIENT, CaseColumn.LESION, CaseColumn.NETWORK, CaseColumn.IMPRESSION})


class CaseTable(QTableView):
    """One line a case. The arrow keys choose, Enter opens; a row's tooltip has the columns that did not fit."""

    case_chosen = Signal(object)
    """A CaseSummary has become the current row."""
    case_entered = Signal()
    """Enter was pressed on the current row."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(self.tr("Cases"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def chosen(self) -> CaseSummary | None:
        """The case of the selected row."""
        rows = self.selectionModel().selectedRows()
        case = rows[0].data(CASE_ROLE) if rows else None
        return case if isinstance(case, CaseSummary) else None

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which case was chosen."""
        super().selectionChanged(selected, deselected)
        case = self.chosen()
        if case is not None:
            self.case_chosen.emit(case)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves on to the chosen case."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen() is not None:
            self.case_entered.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns for which there is room."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        room = self.viewport().width()
        shown: set[CaseColumn] = set()
        for column in _BY_IMPORTANCE:
            if _LEAST_WIDTH_PX[column] > room:
                break
            shown.add(column)
            room -= _LEAST_WIDTH_PX[column]
        growing = shown & _GROWING
        for column in CaseColumn:
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, _LEAST_WIDTH_PX[column] + (room // len(growing) if column in growing else 0))
