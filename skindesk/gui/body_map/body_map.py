"""The body map as a page uses it: the strip of pages, the body, and one line that tells what is pointed at."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.body import BodyFigure
from skindesk.domain.body_position import BodyView
from skindesk.domain.case import Site
from skindesk.gui.body_map.canvas import BodyCanvas
from skindesk.gui.body_map.legend import Legend
from skindesk.gui.body_map.mark import BodyMark
from skindesk.gui.body_map.page_strip import PageStrip
from skindesk.gui.body_map.pages import Page, page_of
from skindesk.gui.widgets.labels import ElidedLabel


class BodyMap(QWidget):
    """A figure with a patient's lesions. It changes nothing by itself: its signals tell what the user wishes."""

    placed = Signal(object)
    """The BodyPosition that was clicked while placing; placing goes on until `end_placing`."""
    site_chosen = Signal(object)
    """A Site that has no place on the drawings was chosen instead of one, while placing."""
    moved = Signal(int, object)
    """A mark was dragged: its key, and the BodyPosition. It goes back until `show_marks` tells otherwise."""
    selected = Signal(int)
    """The user has chosen the mark with this key."""
    opened = Signal(int)
    """The user wants to see the lesion of the mark with this key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[BodyMark, ...] = ()
        self.strip = PageStrip()
        self.canvas = BodyCanvas()
        self.canvas.setAccessibleName(self.tr("Body map"))
        self.told = ElidedLabel(role="secondary")
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.unmapped = QPushButton(self.tr("Mouth or genital"))
        self.unmapped.setProperty("kind", "quiet")
        self.unmapped.setAccessibleName(self.tr("The lesion is in the mouth or on the genitals"))
        self.unmapped.hide()
        self.legend = Legend()
        self._lay_out()
        self._connect()
        self._tell("")

    def show_figure(self, figure: BodyFigure) -> None:
        """Draw another figure."""
        self.canvas.show_figure(figure)
        self.strip.show_figure(figure)

    def show_marks(self, marks: Sequence[BodyMark]) -> None:
        """Show these marks and no others; a mark that stays chosen keeps its ring."""
        self._marks = tuple(marks)
        self.canvas.show_marks(self._marks)
        self.strip.show_counts(Counter(page_of(mark.position.view).name for mark in self._marks))
        self.legend.show_states(mark.state for mark in self._marks)
        self._tell("")

    def select(self, key: int | None) -> None:
        """Highlight a mark and show where it is, without a signal; None highlights none."""
        self.canvas.select(key)

    def begin_placing(self) -> None:
        """Let the next clicks on the body, or Enter, place a lesion."""
        self.canvas.set_placing(True)
        self.unmapped.show()
        self.canvas.setFocus()

    def end_placing(self) -> None:
        """Let clicks choose again."""
        self.canvas.set_placing(False)
        self.unmapped.hide()

    def show_view(self, view: BodyView) -> None:
        """Turn to the page on which a view stands."""
        self.canvas.show_page(page_of(view))

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.unmapped)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.strip)
        column.addWidget(self.canvas, 1)
        column.addLayout(foot)
        column.addWidget(self.legend)
        self.legend.show_states(())

    def _connect(self) -> None:
        self.strip.chosen.connect(self._turn_to)
        self.canvas.page_changed.connect(self.strip.show_page)
        self.canvas.placed.connect(self.placed)
        self.canvas.moved.connect(self.moved)
        self.canvas.selected.connect(self.selected)
        self.canvas.opened.connect(self.opened)
        self.canvas.pointed.connect(self._tell)
        self.unmapped.clicked.connect(lambda: self.site_chosen.emit(Site.ORAL_GENITAL))

    def _turn_to(self, page: Page) -> None:
        self.canvas.show_page(page)

    def _tell(self, words: str) -> None:
        self.told.set_full_text(words[:1].upper() + words[1:] if words else self._hint())

    def _hint(self) -> str:
        if self.canvas.placing:
            return self.tr("Click on the body to place the lesion")
        if not self._marks:
            return self.tr("No lesion is placed yet")
        return self.tr("Click a pin to choose its lesion, drag it to move it")
