"""A report's pages below one another, each drawn when it comes into sight."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from skindesk.gui.background import Background
from skindesk.gui.report.rendering import PageFacts, page_image
from skindesk.gui.theme import current
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.gui.widgets.spoken_role import Spoken, speak_as

ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Times the size on paper, at 96 pixels an inch."""
_PX_PER_PT = 96 / 72
_MOST_PX_PER_PT = 5.0
"""Sharper than any screen shows; an A4 page then takes 50 MB."""
_MARGIN_PX = 16


class PageView(QWidget):
    """One page; until it is drawn it is white paper."""

    wanted = Signal()
    """The page is in sight and not drawn in its size yet."""

    def __init__(self, facts: PageFacts, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._image: QImage | None = None
        self._asked = False
        self.setAccessibleName(name)
        speak_as(self, Spoken.PAGE)
        self.setAccessibleDescription(facts.text)

    @property
    def image(self) -> QImage | None:
        """What is drawn of the page so far."""
        return self._image

    @property
    def width_pt(self) -> float:
        """How wide the page is on paper."""
        return self._facts.width_pt

    def resize_to(self, px_per_pt: float) -> None:
        """Take the room of the page in this size."""
        self._asked = False
        self.setFixedSize(
            QSize(round(self._facts.width_pt * px_per_pt), round(self._facts.height_pt * px_per_pt)),
        )
        self.update()

    def show_image(self, image: QImage) -> None:
        """Draw this from now on."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page, in the size that is at hand."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is None:
            painter.fillRect(self.rect(), QColor("white"))
        else:
            painter.drawImage(self.rect(), self._image)
        if not self._asked:
            self._asked = True
            self.wanted.emit()


class Preview(ReadingArea):
    """The pages of one PDF; it fits their width until the user zooms."""

    zoomed = Signal(float)
    """The pages are shown in this many times their size on paper."""
    trouble = Signal(object)
    """A page cannot be drawn."""

    def __init__(self, name: str, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._background = background
        self._pdf = b""
        self._zoom: float | None = None
        self.pages: tuple[PageView, ...] = ()

    @property
    def zoom(self) -> float:
        """How many times their size on paper the pages have."""
        if self._zoom is not None or not self.pages:
            return self._zoom or 1.0
        widest_pt = max(page.width_pt for page in self.pages)
        room_px = self.viewport().width() - 2 * _MARGIN_PX
        return float(max(ZOOMS[0] / 2, min(ZOOMS[-1], room_px / (widest_pt * _PX_PER_PT))))

    def show_pdf(self, pdf: bytes, pages: Sequence[PageFacts]) -> None:
        """Show another PDF, in the zoom of the last."""
        self._pdf = pdf
        content = _Ground()
        column = QVBoxLayout(content)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        column.setSpacing(_MARGIN_PX)
        views = []
        for number, facts in enumerate(pages):
            view = PageView(facts, self.tr("Page {0} of {1}").format(number + 1, len(pages)), content)
            view.wanted.connect(partial(self._draw, number, pdf))
            column.addWidget(view, 0, Qt.AlignmentFlag.AlignHCenter)
            views.append(view)
        column.addStretch()
        self.pages = tuple(views)
        self.hold(content)
        self._resize_pages()

    def fit(self) -> None:
        """Fit the pages into the width."""
        self._zoom = None
        self._resize_pages()

    def zoom_in(self) -> None:
        """The next larger size."""
        self._set_zoom(next((zoom for zoom in ZOOMS if zoom > self.zoom + 0.01), ZOOMS[-1]))

    def zoom_out(self) -> None:
        """The next smaller size."""
        self._set_zoom(next((zoom for zoom in reversed(ZOOMS) if zoom < self.zoom - 0.01), ZOOMS[0]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width while the pages fit it."""
        super().resizeEvent(event)
        if self._zoom is None and event.size().width() != event.oldSize().width():
            self._resize_pages()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel zooms."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        if event.angleDelta().y() > 0:
            self.zoom_in()
        elif event.angleDelta().y() < 0:
            self.zoom_out()
        event.accept()

    def _set_zoom(self, zoom: float) -> None:
        self._zoom = zoom
        self._resize_pages()

    def _resize_pages(self) -> None:
        for page in self.pages:
            page.resize_to(self.zoom * _PX_PER_PT)
        self.zoomed.emit(self.zoom)

    def _draw(self, number: int, pdf: bytes) -> None:
        px_per_pt = min(_MOST_PX_PER_PT, self.zoom * _PX_PER_PT * self.devicePixelRatioF())
        self._background.start(
            partial(page_image, pdf, number, px_per_pt),
            partial(self._drawn, number, pdf),
            self.trouble.emit,
        )

    def _drawn(self, number: int, pdf: bytes, image: QImage) -> None:
        if pdf is self._pdf:
            self.pages[number].show_image(image)


class _Ground(QWidget):
    """What the paper lies on: the neutral grey of every picture."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it."""
        QPainter(self).fillRect(self.rect(), QColor(current().canvas))
