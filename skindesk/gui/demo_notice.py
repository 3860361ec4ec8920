"""Says, as long as the window is open, that nothing in it is real, and fills the generated clinic meanwhile."""

from collections.abc import Callable
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from skindesk.bootstrap import Workspace, furnish_demo
from skindesk.gui.background import Background
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.words import sentence
from skindesk.services.demo_clinic.mark import is_complete, is_demo

_TOLD_EVERY = 12
"""After so many patients the pages are brought up to date, and after the first one and the last."""


class DemoNotice(Notice):
    """Hidden in every profile but one for a generated clinic; nobody can close it."""

    grown = Signal()
    """More patients are there than the pages show."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent, closable=False)
        self._workspace = workspace

    def go_on(self, background: Background) -> None:
        """Say what this is, and add the patients who are not there yet; the case log is open."""
        if not is_demo(self._workspace.profile):
            return
        self._say("")
        if not is_complete(self._workspace.profile):
            background.stream(self._furnish, self._progressed, self._finished, self._failed)

    def _furnish(self, emit: Callable[[tuple[int, int]], None], stop: Event) -> None:
        furnish_demo(self._workspace, lambda there, count: emit((there, count)), stop)

    def _progressed(self, told: list[tuple[int, int]]) -> None:
        there, count = told[-1]
        self._say(self.tr("{there} of {count} patients are there so far.").format(there=there, count=count))
        if any(number == 1 or number % _TOLD_EVERY == 0 for number, _ in told):
            self.grown.emit()

    def _finished(self) -> None:
        self._say("")
        self.grown.emit()

    def _failed(self, error: Exception) -> None:
        self._say(sentence(error))

    def _say(self, more: str) -> None:
        words = self.tr("Demo: generated patients, drawn pictures. Nothing here is real.")
        self.show_information(f"{words} {more}".strip())
