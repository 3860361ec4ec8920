"""The table of the worklist: groups under headings, and a menu of what can be done with a row."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from skindesk.domain.worklist import WorklistItem
from skindesk.gui.theme import current
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.worklist.model import HINT_ROLE, ITEM_ROLE, Heading, WorkColumn, WorklistModel

ROW_HEIGHT_PX, HEADING_HEIGHT_PX = 40, 48
_INDENT_PX, _GAP_PX = 12, 12
_HEADING_PX, _HINT_PX = 14, 12
_COLUMNS = Columns(
    least_px={
        WorkColumn.SINCE: 136,
        WorkColumn.WHAT: 104,
        WorkColumn.PATIENT: 144,
        WorkColumn.IDENTIFIER: 72,
        WorkColumn.BIRTH_DATE: 104,
        WorkColumn.LESION: 176,
        WorkColumn.NETWORK: 168,
        WorkColumn.MALIGNANT_SUM: 104,
        WorkColumn.IMPRESSION: 128,
        WorkColumn.LAST_VISIT: 104,
    },
    by_importance=(
        WorkColumn.SINCE,
        WorkColumn.PATIENT,
        WorkColumn.LESION,
        WorkColumn.IDENTIFIER,
        WorkColumn.BIRTH_DATE,
        WorkColumn.NETWORK,
        WorkColumn.IMPRESSION,
        WorkColumn.WHAT,
        WorkColumn.MALIGNANT_SUM,
        WorkColumn.LAST_VISIT,
    ),
    growing=frozenset({WorkColumn.PATIENT, WorkColumn.LESION, WorkColumn.NETWORK, WorkColumn.IMPRESSION}),
    whole=frozenset({WorkColumn.IDENTIFIER, WorkColumn.SINCE}),
)


class WorklistTable(FittingTable):
    """The arrow keys choose a case, Enter or a double click opens it."""

    case_opened = Signal(object)
    """This WorklistItem was opened."""
    item_chosen = Signal(object)
    """Another WorklistItem is the chosen one, or None."""
    menu_wanted = Signal(QPoint)
    """A menu for the chosen row is wanted at this place of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.work = WorklistModel()
        super().__init__(self.work, _COLUMNS, ROW_HEIGHT_PX, parent)
        self.work.setParent(self)
        self.setAccessibleName(self.tr("Worklist"))
        self.setItemDelegate(_Delegate(self))
        self.work.modelReset.connect(self._show_headings)
        self.selectionModel().selectionChanged.connect(lambda: self.item_chosen.emit(self.chosen()))

    def chosen(self) -> WorklistItem | None:
        """The item of the selected row."""
        rows = self.selectionModel().selectedRows()
        item = rows[0].data(ITEM_ROLE) if rows else None
        return item if isinstance(item, WorklistItem) else None

    def choose(self, row: int) -> None:
        """Select the case of a row, or the nearest one below or else above."""
        items = [at for at, each in enumerate(self.work.rows()) if isinstance(each, WorklistItem)]
        below = [at for at in items if at >= row]
        if items:
            self.selectRow(below[0] if below else items[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen case; the menu key shows what else can be done."""
        item = self.chosen()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.case_opened.emit(item)
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the case."""
        item = self.indexAt(event.position().toPoint()).data(ITEM_ROLE)
        if isinstance(item, WorklistItem):
            self.case_opened.emit(item)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a row."""
        mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if mouse else self.currentIndex()
        if isinstance(index.data(ITEM_ROLE), WorklistItem):
            self.selectRow(index.row())
            below = self.visualRect(index).bottomLeft()
            self.menu_wanted.emit(event.globalPos() if mouse else self.viewport().mapToGlobal(below))

    def _show_headings(self) -> None:
        self.clearSpans()
        for row, each in enumerate(self.work.rows()):
            heading = isinstance(each, Heading)
            self.setRowHeight(row, HEADING_HEIGHT_PX if heading else ROW_HEIGHT_PX)
            if heading:
                self.setSpan(row, 0, 1, len(WorkColumn))


class _Delegate(QStyledItemDelegate):
    """Draws headings over the whole width; cases as every table does."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if isinstance(index.data(ITEM_ROLE), WorklistItem):
            super().paint(painter, option, index)
            return
        painter.save()
        rect = option.rect.adjusted(_INDENT_PX, 0, -_INDENT_PX, 0)
        words, hint = index.data(), index.data(HINT_ROLE)
        painter.setFont(_font(option.font, _HEADING_PX, QFont.Weight.DemiBold))
        painter.setPen(current().text)
        drawn = painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(_font(option.font, _HINT_PX, QFont.Weight.Normal))
        painter.setPen(current().muted)
        painter.drawText(rect.adjusted(drawn.width() + _GAP_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, hint)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """A heading asks for no width of its column."""
        if isinstance(index.data(ITEM_ROLE), WorklistItem):
            return super().sizeHint(option, index)
        return QSize(0, HEADING_HEIGHT_PX)


def _font(font: QFont, size_px: int, weight: QFont.Weight) -> QFont:
    copy = QFont(font)
    copy.setPixelSize(size_px)
    copy.setWeight(weight)
    return copy
