"""What stands in the window instead of the pages until somebody may see patients."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import CaseLogDamagedError
from skindesk.gui.access.first_start import FirstStartPage
from skindesk.gui.access.recovery import RecoveryPage
from skindesk.gui.access.recovery_key import RecoveryKeyPage
from skindesk.gui.access.sheet import Sheet
from skindesk.gui.access.sign_in import SignInPage
from skindesk.gui.background import Background


class Gate(QStackedWidget):
    """One page at a time, each made when it is needed and gone with what was typed in it."""

    entered = Signal()
    """The way is free: the log is open, or somebody has signed in."""
    page_shown = Signal()
    """Another page is in sight."""
    abandoned = Signal()
    """The page was left alone, and whoever saw it is signed in still."""
    restored = Signal()
    """A backup is the case log now."""
    left_damaged = Signal(object)
    """The case log stays as it is, with the CaseLogDamagedError that tells how."""
    somebody_else = Signal()
    """Somebody else wants to sign in."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self.page: Sheet | None = None

    def wait(self, words: str) -> None:
        """Say what is under way; there is nothing to do."""
        self._show(Sheet(words))

    def set_up(self, unsealed: bool) -> None:
        """Ask whether the log needs a passphrase; `unsealed` where there is one of SkinDesk 0.1."""
        self._show_first_start(FirstStartPage(self._workspace, self._background, unsealed=unsealed))

    def protect(self) -> None:
        """Have a log protected that has been open so far."""
        self._show_first_start(FirstStartPage(self._workspace, self._background, later=True))

    def sign_in(self, last: str = "", told: str = "") -> None:
        """Ask who it is; `last` is the id of whoever worked with it last, `told` what they should know."""
        page = SignInPage(self._workspace, self._background, last)
        page.signed_in.connect(self._free)
        page.forgotten.connect(self._recover)
        if told:
            page.notice.show_information(told)
        self._show(page)

    def restore(
        self, trouble: CaseLogDamagedError | None = None, folder: Path | None = None, name: str | None = None
    ) -> None:
        """Offer a backup in the place of a damaged log, or of this name; the log is closed."""
        from skindesk.gui.backups.restore_page import RestorePage

        page = RestorePage(self._workspace, self._background, trouble, folder, name)
        page.restored.connect(self.restored)
        page.abandoned.connect(self.abandoned)
        page.somebody_else.connect(self.somebody_else)
        page.left.connect(self._free if trouble is None else partial(self.left_damaged.emit, trouble))
        self._show(page)

    def leave_alone(self) -> None:
        """Nobody is there any more: what was typed or shown goes."""
        if self.page is not None:
            self.page.leave_alone()

    def show_trouble(self, sentence: Exception | str) -> None:
        """Say on the page what went wrong."""
        if self.page is not None:
            self.page.notice.show_error(sentence)

    def _show_first_start(self, page: FirstStartPage) -> None:
        page.protected.connect(self._show_recovery_key)
        page.opened.connect(self._free)
        page.given_up.connect(self._free)
        self._show(page)

    def _recover(self, who: str) -> None:
        page = RecoveryPage(self._workspace, self._background, who)
        page.recovered.connect(self._show_recovery_key)
        page.given_up.connect(lambda: self.sign_in(who))
        self._show(page)

    def _show_recovery_key(self, recovery_key: str) -> None:
        page = RecoveryKeyPage(recovery_key, self._workspace.profile.root)
        page.done.connect(self._free)
        page.abandoned.connect(self.abandoned)
        self._show(page)

    def _free(self) -> None:
        self._show(None)
        self.entered.emit()

    def _show(self, page: Sheet | None) -> None:
        old, self.page = self.page, page
        if page is not None:
            self.addWidget(page)
            self.setCurrentWidget(page)
            page.setFocus()
            self.page_shown.emit()
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()
