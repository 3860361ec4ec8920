"""Says at the start what SkinDesk is for, until that is accepted."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from skindesk.bootstrap import Workspace
from skindesk.gui.background import Background
from skindesk.gui.widgets.notice import Notice


class IntendedUse(Notice):
    """Shown at the first start and, where the acceptance could not be kept, at the next one."""

    trouble = Signal(str)
    """The acceptance could not be kept; with a sentence."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent, closable=False)
        self._workspace, self._background = workspace, background

    def ask(self) -> None:
        """Say it, unless it was accepted once."""
        if not self._workspace.settings.notice_accepted:
            words = self.tr("Decision support for research and second opinion. Not a cleared medical device.")
            self.show_information(words, self.tr("Accept"), self._accept)

    def _accept(self) -> None:
        accepted = replace(self._workspace.settings, notice_accepted=True)
        self._background.start(lambda: self._workspace.change_settings(accepted), self._accepted, self._not_kept)

    def _accepted(self, _nothing: None) -> None:
        self.clear()

    def _not_kept(self, _error: Exception) -> None:
        self.clear()
        self.trouble.emit(self.tr("The profile folder cannot be written. SkinDesk will ask again at the next start."))
