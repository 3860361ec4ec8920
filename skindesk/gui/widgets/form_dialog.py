"""A dialog with a form, whose work is done in the background while it stays open."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.errors import SkinDeskError
from skindesk.gui.background import Background
from skindesk.gui.shortcuts import offer_shortcuts
from skindesk.gui.widgets.labels import field_label, text_label
from skindesk.gui.widgets.notice import Notice

_WIDTH_PX = 480


class FormDialog(QDialog):
    """Stays open with what was typed until its work is done or the user cancels.

    A subclass fills `column` and says in `work` what is to be done.
    """

    finished_work = Signal(object)
    """The work is done; with what it returned."""

    def __init__(self, background: Background, parent: QWidget | None = None, width_px: int = _WIDTH_PX) -> None:
        super().__init__(parent)
        self.setFixedWidth(width_px)
        self._background, self._busy = background, False
        self.notice = Notice(closable=False)
        self._title = text_label("", "page-title", wrap=True)
        self.go = QPushButton()
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.submit)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(self.cancel.text())
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.column = QVBoxLayout()
        self.column.setSpacing(4)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.setSpacing(16)
        whole.addWidget(self._title)
        whole.addLayout(self.column)
        whole.addWidget(self.notice)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        whole.addLayout(row)
        offer_shortcuts(self)

    @property
    def busy(self) -> bool:
        """Whether the work is under way."""
        return self._busy

    def work(self) -> Callable[[], Any]:
        """What is to be done on a thread. Raises SkinDeskError where what was typed will not do."""
        raise NotImplementedError

    def mark(self, error: Exception) -> None:
        """The work was refused: a subclass marks the field that is wrong, where it can be told."""

    def submit(self) -> None:
        """Do the work; a refusal is told, and the dialog stays."""
        if self._busy:
            return
        self.notice.clear()
        try:
            work = self.work()
        except SkinDeskError as error:
            self.notice.show_error(error)
            self.fit()
            return
        self._set_busy(True)
        self._background.start(work, self._done, self._failed)

    def reject(self) -> None:
        """Close without doing anything; not while the work is under way."""
        if not self._busy:
            super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        """Only in sight is it known how high wrapped text is."""
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """Be as high as what is on it needs."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def entitle(self, title: str, action: str) -> None:
        """Say what the dialog is about and what its button does."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self.go.setText(action)
        self.go.setAccessibleName(action)

    def add_field(self, name: str, field: QWidget) -> None:
        """A field under its name."""
        self.column.addWidget(field_label(name, field))
        self.column.addWidget(field)
        self.column.addSpacing(8)

    def _done(self, result: object) -> None:
        self._set_busy(False)
        self.finished_work.emit(result)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)
        self.mark(error)
        self.fit()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.go.setEnabled(not busy)
        self.cancel.setEnabled(not busy)
