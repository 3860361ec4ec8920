"""The list of networks: under a heading for each kind of picture, with a mark on the one that answers it."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from skindesk.gui.models.words import answers_now, kind_heading, origin_word, title_of, versioned
from skindesk.gui.theme import current, icon, notifier
from skindesk.services.models import InstalledModel

_MODEL = Qt.ItemDataRole.UserRole
_ACTIVE = _MODEL + 1
_ROW_PX, _HEADING_PX = 60, 36
_INDENT_PX, _ICON_PX, _RADIUS_PX = 12, 20, 6
_PRIMARY_PX, _SECONDARY_PX = 13, 12


class ModelList(QListWidget):
    """The arrow keys choose a network; headings cannot be chosen."""

    model_chosen = Signal(object)
    """Another InstalledModel is the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Installed networks"))
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(self._tell)
        notifier().changed.connect(self.viewport().update)

    def show_models(self, models: Sequence[InstalledModel], active: Collection[str]) -> None:
        """List these, with a mark on the active ones by their names; what was chosen stays so where it is there."""
        chosen = self.chosen()
        self.blockSignals(True)
        self.clear()
        for place, model in enumerate(models):
            if not place or models[place - 1].modality is not model.modality:
                self._add_heading(kind_heading(model.modality))
            self._add(model, model.name in active)
        self.blockSignals(False)
        self.choose(chosen.name if chosen is not None else "")

    def chosen(self) -> InstalledModel | None:
        """The chosen network."""
        item = self.currentItem()
        found = None if item is None else item.data(_MODEL)
        return found if isinstance(found, InstalledModel) else None

    def choose(self, name: str) -> None:
        """Choose a network by its name; where it is not there, the first one that answers."""
        rows = [row for row in range(self.count()) if self._model(row) is not None]
        wanted = [row for row in rows if self._name(row) == name]
        active = [row for row in rows if self.item(row).data(_ACTIVE)]
        for row in (wanted or active or rows)[:1]:
            self.setCurrentRow(-1)
            self.setCurrentRow(row)

    def names(self) -> list[str]:
        """The networks by name, from the top."""
        return [self._name(row) for row in range(self.count()) if self._model(row) is not None]

    def active_names(self) -> list[str]:
        """Those that are marked."""
        return [self._name(row) for row in range(self.count()) if self.item(row).data(_ACTIVE)]

    def _model(self, row: int) -> InstalledModel | None:
        found = self.item(row).data(_MODEL)
        return found if isinstance(found, InstalledModel) else None

    def _name(self, row: int) -> str:
        model = self._model(row)
        return "" if model is None else model.name

    def _add_heading(self, words: str) -> None:
        item = QListWidgetItem(words, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(0, _HEADING_PX))

    def _add(self, model: InstalledModel, active: bool) -> None:
        item = QListWidgetItem(title_of(model), self)
        item.setData(_MODEL, model)
        item.setData(_ACTIVE, active)
        item.setSizeHint(QSize(0, _ROW_PX))
        facts = _facts(model, active)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, facts)
        item.setToolTip(f"{title_of(model)}\n{facts}")

    def _tell(self) -> None:
        model = self.chosen()
        if model is not None:
            self.model_chosen.emit(model)


class _Delegate(QStyledItemDelegate):
    """Draws a network in two lines with its mark, and headings in small letters."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model, rect = index.data(_MODEL), option.rect.adjusted(_INDENT_PX, 0, -_INDENT_PX, 0)
        painter.save()
        if isinstance(model, InstalledModel):
            _draw_background(painter, option)
            _draw_model(painter, option.font, rect, model, bool(index.data(_ACTIVE)))
        else:
            painter.setFont(_font(option.font, _SECONDARY_PX, QFont.Weight.Medium))
            painter.setPen(current().muted)
            painter.drawText(rect.adjusted(0, 0, 0, -6), Qt.AlignmentFlag.AlignBottom, index.data())
        painter.restore()


def _draw_background(painter: QPainter, option: QStyleOptionViewItem) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    if selected or option.state & QStyle.StateFlag.State_MouseOver:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current().chosen if selected else current().raised))
        painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), _RADIUS_PX, _RADIUS_PX)


def _draw_model(painter: QPainter, font: QFont, rect: QRect, model: InstalledModel, active: bool) -> None:
    mark = icon("check-circle" if active else "circle", "accent" if active else "muted")
    mark.paint(painter, QRect(rect.left(), rect.center().y() - _ICON_PX // 2, _ICON_PX, _ICON_PX))
    lines = rect.adjusted(_ICON_PX + _INDENT_PX, 10, 0, -10)
    painter.setFont(_font(font, _PRIMARY_PX, QFont.Weight.DemiBold))
    painter.setPen(current().text)
    _draw_line(painter, lines, Qt.AlignmentFlag.AlignTop, title_of(model))
    painter.setFont(_font(font, _SECONDARY_PX, QFont.Weight.Normal))
    painter.setPen(current().muted)
    _draw_line(painter, lines, Qt.AlignmentFlag.AlignBottom, _facts(model, active))


def _facts(model: InstalledModel, active: bool) -> str:
    """Its version, and what sets it apart from those that came with the program."""
    state = answers_now() if active else "" if model.shipped else origin_word(model)
    return " · ".join(part for part in (versioned(model), state) if part)


def _draw_line(painter: QPainter, rect: QRect, where: Qt.AlignmentFlag, words: str) -> None:
    painter.drawText(rect, where, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width()))


def _font(font: QFont, size_px: int, weight: QFont.Weight) -> QFont:
    copy = QFont(font)
    copy.setPixelSize(size_px)
    copy.setWeight(weight)
    return copy
