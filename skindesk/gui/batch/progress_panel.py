"""How far a run has come, in a bar and in words."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from skindesk.gui.batch.pace import Pace, duration
from skindesk.gui.theme import is_motion_reduced, set_icon
from skindesk.gui.widgets.labels import ElidedLabel, text_label


class ProgressPanel(QFrame):
    """A card with what runs, the bar, done of total, rate, time left, the rejected, and Stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._source = ElidedLabel("", "strong")
        self.state_label = text_label("", "secondary")
        self.facts_label = text_label("", "secondary")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Pictures classified"))
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.stop_button.setAccessibleName(self.tr("Stop classifying"))
        set_icon(self.stop_button, "stop")
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._source, 1)
        top.addWidget(self.state_label)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addLayout(top)
        words.addWidget(self.bar)
        words.addWidget(self.facts_label)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 12, 16, 12)
        line.setSpacing(16)
        line.addLayout(words, 1)
        line.addWidget(self.stop_button)

    def begin(self, source: str) -> None:
        """A run over `source` has been started; how much there is is not known yet."""
        self.show_source(source)
        self.bar.setRange(0, 1 if is_motion_reduced() else 0)
        self.facts_label.setText(self.tr("Looking for pictures…"))

    def show_source(self, source: str) -> None:
        """Name what the run is over."""
        self._source.set_full_text(source)

    def show_pace(self, pace: Pace, rejected: int, running: bool) -> None:
        """Show how far the run is; while it runs, also how long it will take."""
        self.bar.setRange(0, max(1, pace.total))
        self.bar.setValue(pace.done if pace.total else 1)
        parts = [self.tr("{0} of {1} pictures").format(f"{pace.done:,}", f"{pace.total:,}")]
        if pace.per_second is not None:
            parts.append(self.tr("{0} images/s").format(_rate(pace.per_second)))
        if running and pace.left_s is not None:
            parts.append(self.tr("{0} left").format(duration(pace.left_s)))
        parts.append(self.tr("{0} rejected").format(f"{rejected:,}"))
        self.facts_label.setText("  ·  ".join(parts))


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}" if per_second < 10 else f"{per_second:,.0f}"
