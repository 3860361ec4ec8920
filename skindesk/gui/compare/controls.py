"""The controls of each way of comparing: how far the overlay is faded or wiped, how fast the pictures blink."""

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSlider, QWidget

from skindesk.gui.compare.blinker import LEAST_MS, MOST_MS, Blinker
from skindesk.gui.theme import is_motion_reduced, set_icon, tabular
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.segmented import Segmented

_SLIDER_PX = (120, 260)
_VALUE_PX = 64


class Blending(Enum):
    """How the right picture is laid over the left one."""

    FADE = auto()
    WIPE = auto()


class OverlayControls(QWidget):
    """Fade or wipe, and how much of the right picture is seen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        options = ((Blending.FADE, self.tr("Fade")), (Blending.WIPE, self.tr("Wipe")))
        self.blending = Segmented[Blending](self.tr("Overlay by (W)"), options, self)
        self.blending.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.blending.setToolTip(self.tr("Fade or wipe (W)"))
        self.blending.choose(Blending.FADE)
        self.blending.chosen.connect(lambda _blending: self.changed.emit())
        self.slider = _slider(self.tr("Part of the right picture"), 0, 100, 50)
        self._value = text_label("", "secondary")
        self._value.setFont(tabular(self._value.font()))
        self._value.setFixedWidth(_VALUE_PX)
        self.slider.valueChanged.connect(self._show_value)
        self._show_value(self.slider.value())
        row = _row(self)
        for widget in (self.blending, text_label(self.tr("W"), "muted"), self.slider, self._value):
            row.addWidget(widget)
        row.addStretch()

    @property
    def part(self) -> float:
        """How much of the right picture is seen, 0 to 1."""
        return self.slider.value() / 100

    def toggle(self) -> None:
        """From fading to wiping, or back."""
        wipes = self.blending.value() is Blending.WIPE
        self.blending.choose(Blending.FADE if wipes else Blending.WIPE)

    def _show_value(self, value: int) -> None:
        self._value.setText(f"{value}\u00a0%")
        self.changed.emit()


class BlinkControls(QWidget):
    """The pace, and a pause."""

    def __init__(self, blinker: Blinker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blinker = blinker
        self.pause_button = QPushButton(self)
        self.pause_button.clicked.connect(self.toggle)
        self.slider = _slider(self.tr("How long each picture stands"), LEAST_MS, MOST_MS, blinker.interval_ms)
        self._value = text_label("", "secondary")
        self._value.setFont(tabular(self._value.font()))
        self.slider.valueChanged.connect(self._show_pace)
        self._show_pace(blinker.interval_ms)
        blinker.paused_changed.connect(self._show_paused)
        self._show_paused(True)
        row = _row(self)
        for widget in (self.pause_button, text_label(self.tr("Each picture"), "muted"), self.slider, self._value):
            row.addWidget(widget)
        row.addStretch()

    def toggle(self) -> None:
        """Pause, or go on; with reduced motion show the other picture, which stands."""
        if is_motion_reduced():
            self._blinker.step()
        elif self._blinker.running:
            self._blinker.pause()
        else:
            self._blinker.start()

    def _show_pace(self, interval_ms: int) -> None:
        self._blinker.set_interval(interval_ms)
        self._value.setText(self.tr("{0} s").format(f"{interval_ms / 1000:.1f}"))

    def _show_paused(self, paused: bool) -> None:
        by_hand = is_motion_reduced()
        self.slider.setEnabled(not by_hand)
        if by_hand:
            text, name, icon_name = self.tr("Other picture  Space"), self.tr("Show the other picture"), "swap"
        elif paused:
            text, name, icon_name = self.tr("Go on  Space"), self.tr("Go on blinking"), "play"
        else:
            text, name, icon_name = self.tr("Pause  Space"), self.tr("Pause blinking"), "pause"
        self.pause_button.setText(text)
        self.pause_button.setAccessibleName(name)
        set_icon(self.pause_button, icon_name)


def _slider(name: str, least: int, most: int, value: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, most)
    slider.setSingleStep(max(1, (most - least) // 20))
    slider.setPageStep(max(1, (most - least) // 5))
    slider.setValue(value)
    slider.setMinimumWidth(_SLIDER_PX[0])
    slider.setMaximumWidth(_SLIDER_PX[1])
    slider.setAccessibleName(name)
    return slider


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    return row
