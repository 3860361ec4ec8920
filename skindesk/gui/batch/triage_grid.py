"""The rows as a grid of small pictures."""

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QModelIndex,
    QObject,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from skindesk.gui.batch.arranging import Order
from skindesk.gui.batch.rows import REASONS, Cells, Status, shown_path
from skindesk.gui.batch.thumbnails import GENERATED, Thumbnails
from skindesk.gui.batch.triage_model import TriageColumn, TriageModel, mark_icon
from skindesk.gui.batch.words import mark_word, reason_word, sum_words
from skindesk.gui.theme import current, icon, tabular
from skindesk.gui.theme.fonts import SECONDARY_PX
from skindesk.gui.widgets.table_model import Index

CELL_HEIGHT_PX = 200
_CELL_PX = 152
"""The least; what is left of a line is shared out."""
_GAP_PX, _RADIUS_PX = 6, 8
_PICTURE_PX = 124
_LINE_PX = 17
_BADGE_PX = 24
_LOOK_AGAIN_MS = 30
_AROUND = 1
"""So many lines of pictures are decoded beyond those in sight."""


class TriageGrid(QTableView):
    """As many pictures beside each other as there is room for; arrow keys go on from one line to the next."""

    moved = Signal()
    """Another picture has become the current one."""
    chosen_changed = Signal()
    """Other pictures are chosen."""

    def __init__(self, model: TriageModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.cells = _GridModel(model, self)
        self.setModel(self.cells)
        self.setItemDelegate(_CellDelegate(self.cells, thumbnails, self))
        self.setAccessibleName(self.tr("Results as pictures"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.hide()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(CELL_HEIGHT_PX)
        self._looking = QTimer(self, interval=_LOOK_AGAIN_MS, singleShot=True)
        self._looking.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(self._look_soon)
        for signal in (self.cells.modelReset, self.cells.rowsInserted, self.cells.dataChanged):
            signal.connect(self._look_soon)
        thumbnails.ready.connect(self._repaint)

    def current_place(self) -> int | None:
        """The place of the current picture; None where there is none."""
        index = self.currentIndex()
        return self.cells.place_at(index) if index.isValid() else None

    def chosen_places(self) -> Order:
        """The places of the chosen pictures, from the first on."""
        across = self.cells.columnCount()
        parts = [
            row * across + np.arange(chosen.left(), chosen.right() + 1, dtype=np.int32)
            for chosen in self.selectionModel().selection().toList()
            for row in range(chosen.top(), chosen.bottom() + 1)
        ]
        if not parts:
            return np.empty(0, np.int32)
        places = np.unique(np.concatenate(parts))
        return places[places < self.cells.count]

    def choose(self, place: int) -> None:
        """Make a picture the current and the only chosen one."""
        self.setCurrentIndex(self.cells.index_of(place))

    def offset_of(self, place: int) -> int:
        """How far below the top edge a picture stands, in pixels."""
        return place // self.cells.columnCount() * CELL_HEIGHT_PX - self.verticalScrollBar().value()

    def put_at(self, place: int, offset_px: int) -> None:
        """Scroll so that a picture stands so far below the top edge."""
        self.verticalScrollBar().setValue(place // self.cells.columnCount() * CELL_HEIGHT_PX - offset_px)

    def first_place(self) -> int:
        """The place of the first picture in sight."""
        return self.verticalScrollBar().value() // CELL_HEIGHT_PX * self.cells.columnCount()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Left and right go on in the line before and after."""
        step = {
            QAbstractItemView.CursorAction.MoveLeft: -1,
            QAbstractItemView.CursorAction.MoveRight: 1,
            QAbstractItemView.CursorAction.MovePrevious: -1,
            QAbstractItemView.CursorAction.MoveNext: 1,
        }.get(action)
        place = self.current_place()
        if step is None or place is None:
            return super().moveCursor(action, modifiers)
        return self.cells.index_of(min(max(place + step, 0), self.cells.count - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many pictures beside each other as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow what has changed while the grid was out of sight."""
        super().showEvent(event)
        self._fit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell that another picture has become the current one."""
        super().currentChanged(current, previous)
        self.moved.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other pictures are chosen."""
        super().selectionChanged(selected, deselected)
        self.chosen_changed.emit()

    def _fit(self) -> None:
        room = self.viewport().width()
        across = max(1, room // _CELL_PX)
        if across != self.cells.columnCount():
            place, first = self.current_place(), self.first_place()
            self.cells.set_across(across)
            if place is not None and place < self.cells.count:
                self.choose(place)
            self.put_at(first, 0)
        self.horizontalHeader().setDefaultSectionSize(room // across)
        self._look_soon()

    def _look_soon(self) -> None:
        """Soon and not at every turn. A timer, connected to signals itself, would take their values for times."""
        if not self._looking.isActive():
            self._looking.start()

    def _look(self) -> None:
        """Have what is in sight decoded, and a little around it."""
        if not self.isVisible():
            return
        across, line = self.cells.columnCount(), self.verticalScrollBar().value() // CELL_HEIGHT_PX
        lines = self.viewport().height() // CELL_HEIGHT_PX + 2
        in_sight = self._rows(line * across, (line + lines) * across)
        after = self._rows((line + lines) * across, (line + lines + _AROUND) * across)
        before = self._rows(max(0, line - _AROUND) * across, line * across)
        self._thumbnails.want((*in_sight, *after, *before))

    def _rows(self, first: int, end: int) -> list[int]:
        """The rows in these places that have pictures."""
        source = self.cells.source
        rows = source.order[first:end].tolist()
        return [row for row in rows if source.rows_of_run.cells(row).status != Status.REJECTED]

    def _repaint(self, row: int) -> None:
        first = self.first_place()
        end = first + (self.viewport().height() // CELL_HEIGHT_PX + 2) * self.cells.columnCount()
        found = np.flatnonzero(self.cells.source.order[first:end] == row)
        if self.isVisible() and len(found):
            self.update(self.cells.index_of(first + int(found[0])))


class _GridModel(QAbstractTableModel):
    """The places of the triage's model, laid out in lines."""

    def __init__(self, source: TriageModel, parent: QObject) -> None:
        super().__init__(parent)
        self.source = source
        self._across = 1
        source.modelAboutToBeReset.connect(self.beginResetModel)
        source.modelReset.connect(self.endResetModel)
        source.rowsAboutToBeInserted.connect(self._begin_insertion)
        source.rowsInserted.connect(self._end_insertion)
        source.dataChanged.connect(self._tell_changed)
        self._inserting = False

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self.source.order)

    def set_across(self, across: int) -> None:
        """Put so many pictures beside each other."""
        self.beginResetModel()
        self._across = across
        self.endResetModel()

    def place_at(self, index: Index) -> int:
        """The place that a cell shows."""
        return index.row() * self._across + index.column()

    def index_of(self, place: int) -> QModelIndex:
        """The cell of a place."""
        return self.index(*divmod(place, self._across))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many lines there are."""
        return 0 if parent.isValid() else -(-self.count // self._across)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many pictures stand beside each other."""
        return 0 if parent.isValid() else self._across

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What follows the last picture in its line cannot be chosen."""
        inside = index.isValid() and self.place_at(index) < self.count
        return super().flags(index) if inside else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a screen reader says of a picture; as the tool tip its path."""
        place = self.place_at(index)
        row = self.source.row_at(place) if index.isValid() else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(shown_path(self.source.rows_of_run.key(row)))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            columns = (TriageColumn.FILE, TriageColumn.FIRST, TriageColumn.DECISION, TriageColumn.REVIEW)
            said = (self.source.index(place, column).data() for column in columns)
            return ", ".join(filter(None, said))
        return None

    def _begin_insertion(self, _parent: QModelIndex, first: int, last: int) -> None:
        lines, wanted = self.rowCount(), -(-(last + 1) // self._across)
        self._inserting = wanted > lines
        if self._inserting:
            self.beginInsertRows(QModelIndex(), lines, wanted - 1)

    def _end_insertion(self, _parent: QModelIndex, first: int, _last: int) -> None:
        if self._inserting:
            self.endInsertRows()
        line = first // self._across
        self.dataChanged.emit(self.index(line, 0), self.index(line, self._across - 1))

    def _tell_changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self._across - 1))


class _CellDelegate(QStyledItemDelegate):
    """Draws a picture on neutral grey, its name, the leading class, the malignant sum and what was decided."""

    def __init__(self, cells: _GridModel, thumbnails: Thumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._cells, self._thumbnails = cells, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All cells are of one size."""
        return QSize(_CELL_PX, CELL_HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell; nothing beyond the last picture."""
        place = self._cells.place_at(index)
        row = self._cells.source.row_at(place)
        if row is None:
            return
        rect = QRectF(option.rect).adjusted(_GAP_PX, _GAP_PX, -_GAP_PX, -_GAP_PX)
        state = option.state
        cells = self._cells.source.rows_of_run.cells(row)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_ground(painter, rect, state)
        frame = QRectF(rect.left(), rect.top(), rect.width(), _PICTURE_PX)
        self._draw_picture(painter, frame, row, cells)
        self._draw_mark(painter, frame, cells)
        self._draw_words(painter, rect.adjusted(8, _PICTURE_PX + 4, -8, 0), place, cells)
        painter.restore()

    def _draw_ground(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
        tokens = current()
        chosen, focused = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_HasFocus
        painter.setPen(QPen(QColor(tokens.accent if focused else tokens.hairline), 2 if focused else 1))
        painter.setBrush(QColor(tokens.chosen if chosen else tokens.surface))
        painter.drawRoundedRect(rect, _RADIUS_PX, _RADIUS_PX)

    def _draw_picture(self, painter: QPainter, frame: QRectF, row: int, cells: Cells) -> None:
        inner = frame.adjusted(1, 1, -1, 0)
        outline = QPainterPath()
        outline.addRoundedRect(inner.adjusted(0, 0, 0, _RADIUS_PX), _RADIUS_PX - 1, _RADIUS_PX - 1)
        painter.save()
        painter.setClipRect(inner)
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        painter.fillRect(inner, QColor(current().canvas))
        image = self._thumbnails.picture(row)
        if image is not None:
            painter.drawImage(_centred(image, inner), image)
            if image.text(GENERATED):
                _label(painter, inner, self.tr("Generated"))
        else:
            self._draw_absence(painter, inner, row, cells)
        painter.restore()

    def _draw_absence(self, painter: QPainter, frame: QRectF, row: int, cells: Cells) -> None:
        rejected = cells.status == Status.REJECTED
        failed = rejected or self._thumbnails.has_failed(row)
        word = self.tr("Loading…")
        if failed:
            word = reason_word(REASONS[cells.reason]) if rejected else self.tr("Cannot be shown")
            square = QRectF(frame.center().x() - 14, frame.center().y() - 28, 28, 28)
            icon("file-x", "on_canvas").paint(painter, square.toRect())
        painter.setPen(QColor(current().on_canvas))
        painter.setFont(tabular(painter.font(), SECONDARY_PX))
        painter.drawText(frame.adjusted(4, 24 if failed else 0, -4, 0), Qt.AlignmentFlag.AlignCenter, word)

    def _draw_mark(self, painter: QPainter, frame: QRectF, cells: Cells) -> None:
        drawn = mark_icon(cells.mark)
        if drawn is None:
            return
        tokens, word = current(), mark_word(cells.mark)
        painter.setFont(tabular(painter.font(), SECONDARY_PX))
        width = _BADGE_PX + painter.fontMetrics().horizontalAdvance(word) + 8
        badge = QRectF(frame.left() + 6, frame.top() + 6, width, _BADGE_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(badge, _RADIUS_PX, _RADIUS_PX)
        drawn.paint(painter, badge.adjusted(4, 4, 0, -4).toRect().adjusted(0, 0, int(20 - width), 0))
        painter.setPen(QColor(tokens.text))
        painter.drawText(badge.adjusted(_BADGE_PX, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, word)

    def _draw_words(self, painter: QPainter, rect: QRectF, place: int, cells: Cells) -> None:
        tokens, source = current(), self._cells.source
        rejected = cells.status == Status.REJECTED
        abstained = cells.status in (Status.UNLIKE_TRAINING, Status.CLASSES_TOO_CLOSE)
        painter.setFont(tabular(painter.font(), SECONDARY_PX))
        metrics = painter.fontMetrics()
        answer = TriageColumn.DECISION if cells.status != Status.SUPPORTED else TriageColumn.FIRST
        colour = tokens.error if rejected else tokens.novel if abstained else tokens.text
        lines = (
            (source.index(place, TriageColumn.FILE).data(), tokens.muted),
            (source.index(place, answer).data(), colour),
            ("" if rejected else self.tr("Malignant in sum {0}").format(sum_words(cells)), tokens.muted),
        )
        for number, (words, ink) in enumerate(lines):
            line = QRectF(rect.left(), rect.top() + number * _LINE_PX, rect.width(), _LINE_PX)
            painter.setPen(QColor(ink))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _elided(metrics, words, line.width()))


def _elided(metrics: QFontMetrics, words: str, width: float) -> str:
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(width))


def _label(painter: QPainter, frame: QRectF, word: str) -> None:
    strip = QRectF(frame.left(), frame.bottom() - _LINE_PX, frame.width(), _LINE_PX)
    ground = QColor(current().canvas)
    ground.setAlphaF(0.85)
    painter.fillRect(strip, ground)
    painter.setPen(QColor(current().on_canvas))
    painter.setFont(tabular(painter.font(), SECONDARY_PX))
    painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, word)


def _centred(image: QImage, frame: QRectF) -> QRectF:
    """Where a picture of this shape lies whole within the frame."""
    scale = min(frame.width() / image.width(), frame.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    return QRectF(frame.center().x() - width / 2, frame.center().y() - height / 2, width, height)
