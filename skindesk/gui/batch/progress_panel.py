"""How far a run has come, in a bar and in words, with what pauses and stops it."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from skindesk.gui.batch.words import duration
from skindesk.gui.theme import is_motion_reduced, set_icon
from skindesk.gui.widgets.labels import ElidedLabel, text_label
from skindesk.services.batch import Progress


class ProgressPanel(QFrame):
    """A card with what runs, the bar, done of total, rate, time left, the rejected, Pause and Stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._source = ElidedLabel("", "strong")
        self.state_label = text_label("", "secondary")
        self.facts_label = text_label("", "secondary", wrap=True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Pictures classified"))
        self.pause_button = QPushButton(self)
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.stop_button.setAccessibleName(self.tr("Stop classifying"))
        set_icon(self.stop_button, "stop")
        self.go_on_button = QPushButton(self.tr("Continue"), self)
        self.go_on_button.setAccessibleName(self.tr("Continue this run"))
        set_icon(self.go_on_button, "play")
        self.offer_pause(paused=False)
        self._lay_out()

    def begin(self, source: str) -> None:
        """A run over `source` has been started; how much there is is not known yet."""
        self.show_source(source)
        self.bar.setRange(0, 1 if is_motion_reduced() else 0)
        self.facts_label.setText(self.tr("Looking for pictures…"))

    def show_source(self, source: str) -> None:
        """Name what the run is over."""
        self._source.set_full_text(source)

    def offer_pause(self, paused: bool) -> None:
        """Let the button pause the run, or end the pause."""
        words = self.tr("Go on") if paused else self.tr("Pause")
        self.pause_button.setText(words)
        self.pause_button.setAccessibleName(self.tr("Go on classifying") if paused else self.tr("Pause classifying"))
        set_icon(self.pause_button, "play" if paused else "pause")

    def show_progress(self, at: Progress, rejected: int, moving: bool, watching: bool) -> None:
        """Show how far the run is; while it moves, also how long it will take."""
        done = at.kept + at.done
        if watching:
            self.bar.setRange(0, 0 if moving and not is_motion_reduced() else 1)
            parts = [self.tr("{0} pictures so far").format(f"{done:,}")]
        elif at.total is None:
            parts = [self.tr("{0} pictures, counting…").format(f"{done:,}")]
        else:
            self.bar.setRange(0, max(1, at.total))
            self.bar.setValue(done if at.total else 1)
            parts = [self.tr("{0} of {1} pictures").format(f"{done:,}", f"{at.total:,}")]
        if moving and at.rate_per_s:
            parts.append(self.tr("{0} images/s").format(_rate(at.rate_per_s)))
        if moving and not watching and at.left_s is not None:
            parts.append(self.tr("{0} left").format(duration(at.left_s)))
        parts.append(self.tr("{0} rejected").format(f"{rejected:,}"))
        self.facts_label.setText("  ·  ".join(parts))

    def show_summary(self, summary: str) -> None:
        """Say how a run has ended."""
        self.bar.setRange(0, 1)
        self.bar.setValue(1)
        self.facts_label.setText(summary)

    def _lay_out(self) -> None:
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
        line.setSpacing(8)
        line.addLayout(words, 1)
        line.addSpacing(8)
        line.addWidget(self.go_on_button)
        line.addWidget(self.pause_button)
        line.addWidget(self.stop_button)


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}" if per_second < 10 else f"{per_second:,.0f}"
