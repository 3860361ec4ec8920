"""Two pictures of one lesion compared: side by side, laid over each other, or blinking."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QPolygonF, QShortcut, QTransform
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk.gui.background import Background
from skindesk.gui.compare.blinker import Blinker
from skindesk.gui.compare.controls import Blending, BlinkControls, OverlayControls
from skindesk.gui.compare.layers import Layer, LayeredCanvas
from skindesk.gui.compare.panel import ChangePanel
from skindesk.gui.compare.pictures import ComparedPicture, Comparison, ReadPicture, compare, read
from skindesk.gui.compare.sides import SideChoice
from skindesk.gui.compare.words import misfit_words
from skindesk.gui.latest import Latest
from skindesk.gui.theme import is_motion_reduced, set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import sentence


class Mode(Enum):
    """The ways to compare."""

    SIDE_BY_SIDE = auto()
    OVERLAY = auto()
    BLINK = auto()


class CompareView(QWidget):
    """Shows two of a lesion's pictures, the right one aligned with the left, and what has changed between them.

    Keys: 1, 2 and 3 choose the mode, A aligns, O shows outlines, L locks zoom and place, S swaps, W changes between
    fading and wiping, Space pauses blinking, Esc closes; + and - zoom, 0 fits, arrows move.
    """

    closed = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading = Latest(background, self)
        self._measuring = Latest(background, self)
        self._pictures: tuple[ComparedPicture, ...] = ()
        self._read: dict[int, ReadPicture] = {}
        self._comparison: Comparison | None = None
        self._compared: tuple[int, int] | None = None
        self.notice = Notice(self)
        self.sides = SideChoice(self)
        self.sides.changed.connect(self._show_sides)
        self.left, self.right = LayeredCanvas(self), LayeredCanvas(self)
        self.left.view_changed.connect(partial(self._follow, self.left, self.right))
        self.right.view_changed.connect(partial(self._follow, self.right, self.left))
        self.panel = ChangePanel(self)
        self.blinker = Blinker(self)
        self.blinker.blinked.connect(self._draw)
        self.overlay_controls = OverlayControls(self)
        self.overlay_controls.changed.connect(self._draw)
        self.blink_controls = BlinkControls(self.blinker, self)
        self.mode_choice = self._make_mode_choice()
        self.align_box = self._box(self.tr("Align  A"), self.tr("Lay the right picture on the left one (A)"), True)
        self.outline_box = self._box(self.tr("Outlines  O"), self.tr("Show the outlines (O)"), False)
        self.lock_box = self._box(self.tr("Lock  L"), self.tr("Zoom and move both pictures together (L)"), True)
        self._lay_out()
        self._make_shortcuts()
        self._draw()

    def show_pictures(self, pictures: Sequence[ComparedPicture], left_key: int, right_key: int) -> None:
        """Compare two of a lesion's pictures, which are given from the earliest to the latest.

        Raises ValueError where the two keys are one, or one of them names no picture.
        """
        if left_key == right_key or not {left_key, right_key} <= {picture.key for picture in pictures}:
            raise ValueError(f"pictures {left_key} and {right_key} cannot be compared")
        self._pictures = tuple(pictures)
        self._read.clear()
        self._compared = None
        self.sides.offer(pictures, left_key, right_key)
        self._show_sides()
        self.left.setFocus()

    def mode(self) -> Mode:
        """How the pictures are compared now."""
        return self.mode_choice.value() or Mode.SIDE_BY_SIDE

    @property
    def comparison(self) -> Comparison | None:
        """What was measured of the two pictures; None until it has been, or where it could not."""
        return self._comparison

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing blinks unseen."""
        super().hideEvent(event)
        if self.blinker.running:
            self.blinker.pause()

    def _show_sides(self) -> None:
        """Read what is not there yet; swapping needs nothing to be read or measured again."""
        keys = self.sides.keys
        missing = [picture for picture in self._pictures if picture.key in keys and picture.key not in self._read]
        self._read = {key: picture for key, picture in self._read.items() if key in keys}
        if not missing:
            self._show_read([])
            return
        self.notice.clear()
        self._measuring.forget()
        self._comparison = self._compared = None
        self.panel.show_dates("", "")
        self._draw()
        self._reading.ask(lambda: [read(picture) for picture in missing], self._show_read, self._show_unread)

    def _show_read(self, pictures: list[ReadPicture]) -> None:
        self._read |= {picture.about.key: picture for picture in pictures}
        if self._compared != self._in_time():
            self._measure()
        self._draw()

    def _show_unread(self, error: Exception) -> None:
        self.notice.show_error(error)

    def _in_time(self) -> tuple[int, int]:
        """The two keys, the earlier picture's first."""
        earlier, later = (picture.key for picture in self._pictures if picture.key in self.sides.keys)
        return earlier, later

    def _measure(self) -> None:
        self._compared = self._in_time()
        self._comparison = None
        earlier, later = (self._read[key] for key in self._compared)
        self.panel.show_dates(earlier.about.date_text, later.about.date_text)
        self.panel.show_busy()
        self._measuring.ask(partial(compare, earlier, later), self._show_comparison, self._show_unmeasured)

    def _show_comparison(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self.panel.show_comparison(comparison)
        self._tell_alignment()
        self._draw()

    def _show_unmeasured(self, error: Exception) -> None:
        self.panel.show_failure(sentence(error))

    def _tell_alignment(self) -> None:
        """Say where the pictures are not aligned though that was wished."""
        found = self._comparison
        if found is not None and not found.alignment.found and self.align_box.isChecked():
            self.notice.show_information(misfit_words(found.alignment))
        else:
            self.notice.clear()

    def _toggle_alignment(self) -> None:
        self._tell_alignment()
        self._draw()

    def _draw(self) -> None:
        """Show the two pictures as mode and controls say."""
        self.right.setVisible(self.mode() is Mode.SIDE_BY_SIDE)
        left, right = (self._read.get(key) for key in self.sides.keys)
        if left is None or right is None:
            self.left.clear()
            self.right.clear()
            return
        lower, upper = self._layer(left, QTransform()), self._layer(right, self._onto_left(left, right))
        if self.mode() is Mode.SIDE_BY_SIDE:
            self.left.show_layers(left.screen, [lower], left.about.date_text)
            self.right.show_layers(left.screen, [upper], right.about.date_text)
        elif self.mode() is Mode.BLINK:
            seen, layer = (right, upper) if self.blinker.shows_second else (left, lower)
            self.left.show_layers(left.screen, [layer], seen.about.date_text)
        else:
            self._draw_overlay(left, right, lower, upper)

    def _draw_overlay(self, left: ReadPicture, right: ReadPicture, lower: Layer, upper: Layer) -> None:
        part = self.overlay_controls.part
        dates = left.about.date_text, right.about.date_text
        if self.overlay_controls.blending.value() is Blending.WIPE:
            upper = Layer(**{**vars(upper), "wiped_to": 1 - part})
            label = self.tr("left of the line {0}, right of it {1}").format(*dates)
        else:
            upper = Layer(**{**vars(upper), "opacity": part})
            shares = f"{100 - round(100 * part)}\u00a0%", f"{round(100 * part)}\u00a0%"
            label = f"{dates[0]} {shares[0]} · {dates[1]} {shares[1]}"
        self.left.show_layers(left.screen, [lower, upper], label)

    def _layer(self, picture: ReadPicture, onto: QTransform) -> Layer:
        is_earlier = picture.about.key == self._in_time()[0]
        outline = self._outline(is_earlier) if self.outline_box.isChecked() else None
        return Layer(picture.screen, onto, outline=outline, is_earlier=is_earlier)

    def _outline(self, of_earlier: bool) -> QPolygonF | None:
        if self._comparison is None:
            return None
        change = self._comparison.change
        lesion = change.before if of_earlier else change.after
        if isinstance(lesion, str):
            return None
        return QPolygonF([QPointF(x, y) for x, y in lesion.outline.points.tolist()])

    def _onto_left(self, left: ReadPicture, right: ReadPicture) -> QTransform:
        """From the right picture's pixels to the left one's: aligned, or else fitted into it."""
        found = None if self._comparison is None else self._comparison.alignment.matrix
        if found is None or not self.align_box.isChecked():
            return _fitted(right, left)
        (a, b, x), (c, d, y) = found.tolist()
        onto_earlier = QTransform(a, c, b, d, x, y)
        if left.about.key == self._in_time()[0]:
            return onto_earlier
        return onto_earlier.inverted()[0]

    def _choose_mode(self, mode: Mode) -> None:
        self._mode_controls.setCurrentIndex(list(Mode).index(mode))
        self.lock_box.setEnabled(mode is Mode.SIDE_BY_SIDE)
        self._space.setEnabled(mode is Mode.BLINK)
        if mode is Mode.BLINK and not is_motion_reduced():
            self.blinker.start()
        else:
            self.blinker.pause()
        self._draw()

    def _follow(self, moved: LayeredCanvas, other: LayeredCanvas) -> None:
        if self.lock_box.isChecked() and not other.isHidden():
            other.show_view(moved.view())

    def _toggle_lock(self) -> None:
        self._follow(self.left, self.right)

    def _make_mode_choice(self) -> Segmented[Mode]:
        options = (
            (Mode.SIDE_BY_SIDE, self.tr("Side by side  1")),
            (Mode.OVERLAY, self.tr("Overlay  2")),
            (Mode.BLINK, self.tr("Blink  3")),
        )
        choice = Segmented[Mode](self.tr("Compare by"), options, self)
        choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        choice.choose(Mode.SIDE_BY_SIDE)
        choice.chosen.connect(self._choose_mode)
        return choice

    def _box(self, text: str, tip: str, checked: bool) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setToolTip(tip)
        box.setAccessibleName(tip)
        box.setChecked(checked)
        return box

    def _make_shortcuts(self) -> None:
        self.align_box.toggled.connect(self._toggle_alignment)
        self.outline_box.toggled.connect(self._draw)
        self.lock_box.toggled.connect(self._toggle_lock)
        for key, mode in zip("123", Mode, strict=True):
            self._shortcut(key, partial(self.mode_choice.choose, mode))
        self._shortcut("A", self.align_box.toggle)
        self._shortcut("O", self.outline_box.toggle)
        self._shortcut("L", self.lock_box.click)
        self._shortcut("S", self.sides.swap)
        self._shortcut("W", self.overlay_controls.toggle)
        self._shortcut("Esc", self.closed.emit)
        self._space = self._shortcut("Space", self.blink_controls.toggle)
        self._space.setEnabled(False)

    def _shortcut(self, key: str, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
        return shortcut

    def _lay_out(self) -> None:
        canvases = QHBoxLayout()
        canvases.setSpacing(2)
        canvases.addWidget(self.left, 1)
        canvases.addWidget(self.right, 1)
        left_column = QVBoxLayout()
        left_column.setSpacing(0)
        left_column.addWidget(self.notice)
        left_column.addLayout(canvases, 1)
        left_column.addWidget(self._footer())
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left_column, 1)
        body.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top_bar())
        column.addWidget(self._side_bar())
        column.addLayout(body, 1)

    def _top_bar(self) -> QFrame:
        back = QPushButton(self.tr("Back  Esc"), self)
        back.setProperty("kind", "quiet")
        back.setAccessibleName(self.tr("Close the comparison"))
        set_icon(back, "arrow-left", "accent")
        back.clicked.connect(self.closed)
        bar, row = _bar("toolbar")
        for widget in (back, text_label(self.tr("Compare"), "section"), self.mode_choice):
            row.addWidget(widget)
        row.addStretch()
        for box in (self.align_box, self.outline_box, self.lock_box):
            row.addWidget(box)
        return bar

    def _side_bar(self) -> QFrame:
        bar, row = _bar("toolbar")
        row.addWidget(self.sides)
        return bar

    def _footer(self) -> QFrame:
        self._mode_controls = QStackedWidget(self)
        hint = text_label(self.tr("Wheel or + and − zoom, drag moves, 0 fits"), "secondary")
        for controls in (hint, self.overlay_controls, self.blink_controls):
            self._mode_controls.addWidget(controls)
        bar, row = _bar("footer")
        row.addWidget(self._mode_controls, 1)
        return bar


def _bar(role: str) -> tuple[QFrame, QHBoxLayout]:
    bar = QFrame()
    bar.setProperty("role", role)
    row = QHBoxLayout(bar)
    row.setContentsMargins(16, 8, 16, 8)
    row.setSpacing(16)
    return bar, row


def _fitted(picture: ReadPicture, frame: ReadPicture) -> QTransform:
    """In the middle of the frame, as large as it goes."""
    height, width = picture.rgb.shape[:2]
    frame_height, frame_width = frame.rgb.shape[:2]
    scale = min(frame_width / width, frame_height / height)
    left, top = (frame_width - scale * width) / 2, (frame_height - scale * height) / 2
    return QTransform(scale, 0, 0, scale, left, top)
