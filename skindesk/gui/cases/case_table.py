"""The table view of cases."""

from PySide6.QtCore import QAbstractItemModel, QItemSelection, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from skindesk.domain.case import CaseSummary
from skindesk.gui.cases.case_model import CASE_ROLE, CaseColumn
from skindesk.gui.widgets.fitting_table import Columns, FittingTable

ROW_HEIGHT_PX = 40
_COLUMNS = Columns(
    least_px={
        CaseColumn.PATIENT: 144,
        CaseColumn.IDENTIFIER: 72,
        CaseColumn.BIRTH_DATE: 104,
        CaseColumn.LESION: 120,
        CaseColumn.LAST_VISIT: 104,
        CaseColumn.PICTURES: 76,
        CaseColumn.NETWORK: 168,
        CaseColumn.MALIGNANT_SUM: 104,
        CaseColumn.IMPRESSION: 128,
    },
    by_importance=(
        CaseColumn.PATIENT,
        CaseColumn.LESION,
        CaseColumn.LAST_VISIT,
        CaseColumn.MALIGNANT_SUM,
        CaseColumn.IDENTIFIER,
        CaseColumn.IMPRESSION,
        CaseColumn.NETWORK,
        CaseColumn.BIRTH_DATE,
        CaseColumn.PICTURES,
    ),
    growing=frozenset({CaseColumn.PATIENT, CaseColumn.LESION, CaseColumn.NETWORK, CaseColumn.IMPRESSION}),
    whole=frozenset({CaseColumn.IDENTIFIER}),
)


class CaseTable(FittingTable):
    """One line a case. The arrow keys choose, Enter opens; a row's tooltip has the columns that did not fit."""

    case_chosen = Signal(object)
    """A CaseSummary has become the chosen one."""
    case_entered = Signal()
    """Enter was pressed on the chosen row."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(model, _COLUMNS, ROW_HEIGHT_PX, parent)
        self.setAccessibleName(self.tr("Cases"))

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
