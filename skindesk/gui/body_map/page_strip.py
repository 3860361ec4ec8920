"""The row of small bodies with which a page of the body map is chosen."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from skindesk.domain.body import BodyFigure
from skindesk.gui.body_map.pages import PAGES, Page, silhouette
from skindesk.gui.theme import body_font, current, notifier, tabular
from skindesk.gui.widgets.tab_order import lead_to_taken

_ICON_PX = QSize(38, 40)
_COUNT_PX = 15
_SHARPNESS = 2.0
"""Pixels drawn for each pixel of the icon, so that it is sharp on fine screens too."""


class PageStrip(QWidget):
    """One button for each page; those with marks carry their number."""

    chosen = Signal(object)
    """The user has taken another Page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Part of the body"))
        self._figure = BodyFigure.NEUTRAL
        self._counts: dict[str, int] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, page in enumerate(PAGES):
            row.addWidget(self._button(index, page))
        lead_to_taken(self._group)
        self._group.idClicked.connect(lambda index: self.chosen.emit(PAGES[index]))
        notifier().changed.connect(self._draw)
        self.show_page(PAGES[0])
        self._draw()

    def show_figure(self, figure: BodyFigure) -> None:
        """Draw the small bodies as another figure."""
        self._figure = figure
        self._draw()

    def show_page(self, page: Page) -> None:
        """Mark a page as the one that is shown."""
        self.button(page).setChecked(True)
        self._draw()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """How many marks each page has, by its name."""
        self._counts = dict(counts)
        self._draw()

    def button(self, page: Page) -> QToolButton:
        """The button of a page."""
        button = self._group.button(PAGES.index(page))
        assert isinstance(button, QToolButton)
        return button

    def _button(self, index: int, page: Page) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setText(self.tr(page.name))
        button.setIconSize(_ICON_PX)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(38)
        button.setProperty("role", "body-page")
        button.toggled.connect(self._draw)
        self._group.addButton(button, index)
        return button

    def _draw(self) -> None:
        for page in PAGES:
            button, count = self.button(page), self._counts.get(page.name, 0)
            button.setIcon(self._icon(page, button.isChecked(), count))
            lesions = self.tr("one lesion") if count == 1 else self.tr("{} lesions").format(count)
            button.setAccessibleName(f"{self.tr(page.name)}, {lesions}" if count else self.tr(page.name))

    def _icon(self, page: Page, checked: bool, count: int) -> QIcon:
        tokens = current()
        made = QPixmap(_ICON_PX * _SHARPNESS)
        made.setDevicePixelRatio(_SHARPNESS)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = page.size(self._figure)
        scale = min(_ICON_PX.width() / size.width(), _ICON_PX.height() / size.height())
        painter.save()
        painter.translate(
            (_ICON_PX.width() - size.width() * scale) / 2, (_ICON_PX.height() - size.height() * scale) / 2
        )
        painter.scale(scale, scale)
        page.paint(
            painter,
            self._figure,
            silhouette(*((tokens.accent, tokens.accent_strong) if checked else (tokens.border, tokens.muted))),
        )
        painter.restore()
        if count:
            self._paint_count(painter, count)
        painter.end()
        return QIcon(made)

    def _paint_count(self, painter: QPainter, count: int) -> None:
        tokens = current()
        badge = QRectF(_ICON_PX.width() - _COUNT_PX - 0.5, 0.5, _COUNT_PX, _COUNT_PX)
        painter.setPen(QColor(tokens.surface))
        painter.setBrush(QColor(tokens.text))
        painter.drawEllipse(badge)
        painter.setFont(tabular(body_font(), 10))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(count) if count < 100 else "99")
