"""Says quietly that new pictures have come, and offers to open them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from skindesk.gui.incoming.folder_watcher import Arrivals
from skindesk.gui.incoming.room import MOST_PICTURES
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel


class ArrivalsBar(QFrame):
    """Hidden while nothing waits. It never opens anything by itself, and never takes the keyboard."""

    open_wanted = Signal(object)
    """The user wants to see these files, a tuple of Path, the newest first."""
    passed_over = Signal()
    """The user does not want what waits now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "toolbar")
        self._waiting: tuple[Path, ...] = ()
        self._text = ElidedLabel()
        self.newest_button = QPushButton()
        self.newest_button.clicked.connect(lambda: self._open(self._waiting[:1]))
        self.all_button = QPushButton()
        self.all_button.clicked.connect(lambda: self._open(self._waiting[:MOST_PICTURES]))
        self.close_button = QToolButton()
        set_icon(self.close_button, "x", "muted")
        self.close_button.setAccessibleName(self.tr("Do not open the new pictures"))
        self.close_button.setToolTip(self.tr("Not now; you can still open them with Ctrl+O"))
        self.close_button.clicked.connect(self.passed_over)
        self._lay_out()
        self.hide()

    def text(self) -> str:
        """What it says; empty while nothing waits."""
        return "" if self.isHidden() else self._text.full_text()

    def show_arrivals(self, arrivals: Arrivals | None) -> None:
        """Show what waits now; None where no folder is watched."""
        self._waiting = () if arrivals is None else arrivals.paths
        if arrivals is not None and self._waiting:
            self._say(arrivals.folder, len(self._waiting))
        self.setVisible(bool(self._waiting))

    def _say(self, folder: Path, count: int) -> None:
        words = self.tr("1 new picture in {folder}") if count == 1 else self.tr("{n} new pictures in {folder}")
        self._text.set_full_text(words.format(n=f"{count:,}", folder=folder.name or str(folder)))
        _name(self.newest_button, self.tr("Open") if count == 1 else self.tr("Open the newest"))
        several = self.tr("Open all {n}") if count <= MOST_PICTURES else self.tr("Open the newest {n}")
        _name(self.all_button, several.format(n=min(count, MOST_PICTURES)))
        self.all_button.setToolTip(self.tr("As pictures of one lesion"))
        self.all_button.setVisible(count > 1)

    def _open(self, paths: Sequence[Path]) -> None:
        if paths:
            self.open_wanted.emit(tuple(paths))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(IconLabel("image", "accent"))
        row.addWidget(self._text, 1)
        for button in (self.newest_button, self.all_button):
            button.setProperty("kind", "band")
            row.addWidget(button)
        row.addWidget(self.close_button)


def _name(button: QPushButton, words: str) -> None:
    button.setText(words)
    button.setAccessibleName(words)
