"""The runs that are kept: each can be continued or looked through again, and removed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from skindesk.gui.batch.kept_runs import KeptRun
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel, text_label
from skindesk.gui.widgets.words import local_minute

_MOST_SHOWN = 3


class EarlierRuns(QFrame):
    """Takes no room while there are none; the latest come first, and the rest is in sight once those are removed."""

    wanted = Signal(object)
    """This KeptRun is to be gone on with."""
    removal_wanted = Signal(object)
    """This KeptRun is to be removed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.buttons: list[QPushButton] = []
        self.remove_buttons: list[QToolButton] = []
        self._lines = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(4)
        self._column.addWidget(text_label(self.tr("Earlier runs"), "strong"))
        self._column.addWidget(self._lines)
        about = self.tr("Kept in this profile, unencrypted, with the paths of the files, until you remove them.")
        self._column.addWidget(text_label(about, "secondary", wrap=True))
        self.hide()

    def show_runs(self, runs: Sequence[KeptRun]) -> None:
        """Show these, or as many of them as there is room for."""
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.buttons, self.remove_buttons = [], []
        for run in runs[:_MOST_SHOWN]:
            column.addWidget(self._line(run))
        self._column.replaceWidget(self._lines, lines)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = lines
        self.setVisible(bool(runs))

    def _line(self, run: KeptRun) -> QWidget:
        words = self.tr("{0} pictures").format(f"{run.rows:,}") if run.finished else self.tr("not finished")
        when = local_minute(run.begun_at)
        button = QPushButton(self.tr("Open") if run.finished else self.tr("Continue"))
        button.setAccessibleName(f"{button.text()}: {run.source}, {when}")
        button.clicked.connect(partial(self.wanted.emit, run))
        remove = QToolButton()
        set_icon(remove, "trash", "muted")
        remove.setAccessibleName(self.tr("Remove the run of {0} for good").format(when))
        remove.setToolTip(self.tr("Remove this run and its reviews for good"))
        remove.clicked.connect(partial(self.removal_wanted.emit, run))
        self.buttons.append(button)
        self.remove_buttons.append(remove)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(ElidedLabel(run.source), 1)
        row.addWidget(text_label(f"{when} · {words}", "secondary"))
        row.addWidget(button)
        row.addWidget(remove)
        return line
