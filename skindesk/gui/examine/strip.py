"""The pictures of one examination in a row below the picture, and the way to add another."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from skindesk.gui.examine.strip_item import StripItem
from skindesk.gui.examine.strip_thumb import NUMBERED, SIZE, StripThumb
from skindesk.gui.incoming.room import MOST_PICTURES
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel
from skindesk.gui.widgets.spoken_role import Spoken, speak_as

HEIGHT_PX = 73
"""A pixel of it is the line above."""
_GAP_PX, _CAPTION_PX = 6, 120


class PictureStrip(QFrame):
    """Hidden while there is no picture. It shows what it is given: the page decides which picture is the chosen one."""

    chosen = Signal(int)
    """The user wants to see the picture of this index."""
    removed = Signal(int)
    """The user wants the picture of this index out of the examination."""
    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Pictures of this examination"))
        speak_as(self, Spoken.GROUP)
        self.thumbs: list[StripThumb] = []
        self._at = 0
        self._row = _Row()
        self.add_button = QToolButton()
        set_icon(self.add_button, "plus")
        self.add_button.setFixedSize(QSize(40, 40))
        self.add_button.setAccessibleName(self.tr("Add a picture"))
        self.add_button.clicked.connect(self.add_wanted)
        self._caption = ElidedLabel("", "secondary")
        self._caption.setMinimumWidth(_CAPTION_PX)
        self._lay_out()
        for number in range(NUMBERED):
            QShortcut(QKeySequence(f"Alt+{number + 1}"), self, partial(self._wish, number))
        self.hide()

    def show_items(self, items: Sequence[StripItem], chosen: int) -> None:
        """Show these pictures, at most MOST_PICTURES, of which one is on the screen."""
        focused = any(thumb.hasFocus() for thumb in self.thumbs)
        self._make(len(items))
        self._at = chosen
        for index, (thumb, item) in enumerate(zip(self.thumbs, items, strict=True)):
            thumb.show_item(item, index + 1, len(items), index == chosen)
        full = len(items) >= MOST_PICTURES
        self.add_button.setEnabled(not full)
        most = self.tr("An examination holds {most} pictures").format(most=MOST_PICTURES)
        self.add_button.setToolTip(most if full else self.tr("Add a picture of this lesion (Ctrl+O)"))
        self.setVisible(bool(items))
        if items:
            if focused:
                self.thumbs[chosen].setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, self, self._bring_into_view)  # once it is laid out

    def show_caption(self, words: str) -> None:
        """Say of which lesion the pictures are, as "L3 · left forearm"."""
        self._caption.set_full_text(words)

    def caption(self) -> str:
        """What is said of the lesion."""
        return self._caption.full_text()

    def _wish(self, index: int) -> None:
        if 0 <= index < len(self.thumbs) and index != self._at:
            self.chosen.emit(index)

    def _step(self, by: int) -> None:
        self._wish(self._at + by)

    def _make(self, count: int) -> None:
        """Have so many thumbnails."""
        while len(self.thumbs) > count:
            self._row.take(self.thumbs.pop())
        while len(self.thumbs) < count:
            index = len(self.thumbs)
            thumb = StripThumb()
            thumb.clicked.connect(partial(self._wish, index))
            thumb.removed.connect(partial(self.removed.emit, index))
            thumb.stepped.connect(self._step)
            self.thumbs.append(thumb)
            self._row.add(thumb)
        self._row.setMaximumWidth(count * (SIZE.width() + _GAP_PX))

    def _bring_into_view(self) -> None:
        if self._at < len(self.thumbs):
            self._row.ensureWidgetVisible(self.thumbs[self._at], SIZE.width() // 2, 0)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 16, 4)
        line.setSpacing(_GAP_PX)
        line.addWidget(self._row, 100)
        line.addWidget(self.add_button)
        line.addSpacing(8)
        line.addWidget(self._caption, 1)


class _Row(QScrollArea):
    """Goes sideways with the wheel where there is no room for all."""

    def __init__(self) -> None:
        super().__init__()
        self._held = QWidget()
        self._held.setProperty("role", "scrolled")
        self._line = QHBoxLayout(self._held)
        self._line.setContentsMargins(0, 0, _GAP_PX, 0)
        self._line.setSpacing(_GAP_PX)
        self._line.addStretch(1)
        self.setWidget(self._held)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(SIZE.width())
        self.setFixedHeight(SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add(self, thumb: StripThumb) -> None:
        self._line.insertWidget(self._line.count() - 1, thumb)

    def take(self, thumb: StripThumb) -> None:
        self._line.removeWidget(thumb)
        thumb.hide()
        thumb.deleteLater()

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (event.angleDelta().y() or event.angleDelta().x()))
        event.accept()
