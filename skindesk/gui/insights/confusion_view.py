"""A confusion matrix as a table whose cells are tinted by how many of their row they hold."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from skindesk.domain.insights import Cases, Confusion, Level, Reader, Why
from skindesk.gui.insights.words import Names, cases_words, category_word, reader_word
from skindesk.gui.theme import current, notifier, tabular
from skindesk.gui.theme.fonts import SECONDARY_PX
from skindesk.gui.widgets.words import translate

CASES_ROLE = Qt.ItemDataRole.UserRole
_TINT_ROLE = Qt.ItemDataRole.UserRole + 1
_COLOUR_ROLE = Qt.ItemDataRole.UserRole + 2
_NAMES_PX, _HEADER_PX, _LEAST_CELL_PX, _MOST_CELL_PX, _ROW_PX = 116, 104, 22, 72, 34
_FRAME_PX = 3
_SHEET = "QHeaderView::section:vertical { padding: 2px 8px; }"
_TINT = (0.06, 0.42)
_AGREES = "accent"
_NOTHING_SAID = frozenset(why.value for why in Why)
_Index = QModelIndex | QPersistentModelIndex


class ConfusionModel(QAbstractTableModel):
    """Rows are final diagnoses, columns what was said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._confusion = Confusion(Reader.NETWORK, Level.GROUP, (), (), {})
        self._names: Names = {}

    def show_confusion(self, confusion: Confusion, names: Names) -> None:
        """Show this one; `names` is what label codes mean."""
        self.beginResetModel()
        self._confusion, self._names = confusion, names
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many final diagnoses there are."""
        return 0 if parent.isValid() else len(self._confusion.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many things were said."""
        return 0 if parent.isValid() else len(self._confusion.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row or column stands for."""
        sections = self._confusion.columns if orientation is Qt.Orientation.Horizontal else self._confusion.rows
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or section >= len(sections):
            return None
        return category_word(sections[section], self._confusion.level, self._names)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """How many cases; under CASES_ROLE which."""
        if not index.isValid():
            return None
        row, column = self._confusion.rows[index.row()], self._confusion.columns[index.column()]
        cases = self._confusion.cells.get((row, column), ())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(len(cases)) if cases else "\N{MIDDLE DOT}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._sentence(row, column, cases)
        if role == CASES_ROLE:
            return cases
        if role == _TINT_ROLE:
            return len(cases) / self._total(row)
        return _colour(row, column) if role == _COLOUR_ROLE else None

    def _total(self, row: str) -> int:
        return max(1, sum(len(self._confusion.cells.get((row, column), ())) for column in self._confusion.columns))

    def _sentence(self, row: str, column: str, cases: Cases) -> str:
        words = translate("insights", "Final diagnosis {row}, {reader} {column}: {cases}")
        level, names = self._confusion.level, self._names
        return words.format(
            row=category_word(row, level, names),
            reader=reader_word(self._confusion.reader).lower(),
            column=category_word(column, level, names),
            cases=cases_words(len(cases)),
        )


class ConfusionView(QTableView):
    """Enter and a click open the cases of a cell. It is as high as its rows."""

    cases_wanted = Signal(object, str)
    """The user wants to see these Cases, of which this is to be said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ConfusionModel(self)
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Confusion matrix: final diagnoses by what was said"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Tinted(self))
        self.setHorizontalHeader(_UprightHeader(self))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(_LEAST_CELL_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.verticalHeader().setFixedWidth(_NAMES_PX)
        self.verticalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFont(tabular(self.font(), SECONDARY_PX))
        self.setStyleSheet(_SHEET)
        self.activated.connect(self._open)
        self.clicked.connect(self._open)
        notifier().changed.connect(self.viewport().update)

    def show_confusion(self, confusion: Confusion, names: Names) -> None:
        """Show this one; `names` is what label codes mean."""
        self._model.show_confusion(confusion, names)
        self.setFixedHeight(_HEADER_PX + _ROW_PX * self._model.rowCount() + 16)
        self._fit()

    def resizeEvent(self, event: Any) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        count = self._model.columnCount()
        if count:
            room = self.width() - _NAMES_PX - 2 * _FRAME_PX
            width = max(_LEAST_CELL_PX, min(_MOST_CELL_PX, room // count))
            for column in range(count):
                self.setColumnWidth(column, width)

    def _open(self, index: QModelIndex) -> None:
        cases = index.data(CASES_ROLE)
        if cases:
            self.cases_wanted.emit(cases, index.data(Qt.ItemDataRole.ToolTipRole))


def _colour(row: str, column: str) -> str:
    """The token of a cell: whether what was said is the final diagnosis, another one, or nothing."""
    if column in _NOTHING_SAID:
        return "novel"
    return _AGREES if row == column else "premalignant"


class _Tinted(QStyledItemDelegate):
    """Paints a count over its tint, and a frame where what was said is the final diagnosis."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        tokens = current()
        rect: QRect = option.rect.adjusted(1, 1, -1, -1)
        share, colour = index.data(_TINT_ROLE), index.data(_COLOUR_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = QColor(getattr(tokens, colour))
        if share:
            least, most = _TINT
            tint.setAlphaF(least + share * (most - least))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(rect, 4, 4)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if colour == _AGREES or focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2 if focused else 1))
            painter.drawRoundedRect(rect, 4, 4)
        painter.setFont(tabular(option.font, SECONDARY_PX))
        painter.setPen(QColor(tokens.text if share else tokens.muted))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, index.data())
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A small cell; the view shares out the rest."""
        return QSize(_LEAST_CELL_PX, _ROW_PX)


class _UprightHeader(QHeaderView):
    """Column names written upwards, so that many columns find room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFixedHeight(_HEADER_PX)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw one name from below."""
        name = self.model().headerData(logicalIndex, Qt.Orientation.Horizontal)
        if not name:
            return
        font = tabular(self.font(), SECONDARY_PX)
        painter.save()
        painter.setFont(font)
        painter.fillRect(rect, QColor(current().surface))
        painter.setPen(QColor(current().muted))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, rect.height() - 8)
        painter.translate(rect.left(), rect.bottom() - 4)
        painter.rotate(-90)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, rect.height() - 8, rect.width()), middle, shown)
        painter.restore()
