"""Signing in: who it is, and their passphrase."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import WrongSecretError
from skindesk.domain.people import Person
from skindesk.gui.access.countdown import Countdown
from skindesk.gui.access.fields import PassphraseField
from skindesk.gui.access.people_choice import PeopleChoice
from skindesk.gui.access.sheet import Sheet
from skindesk.gui.background import Background


class SignInPage(Sheet):
    """Enter signs in; a wrong passphrase is told, and after several the next attempt has to wait."""

    signed_in = Signal()
    forgotten = Signal(str)
    """Somebody, by id, has forgotten their passphrase."""

    def __init__(
        self, workspace: Workspace, background: Background, last: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.title.setText(self.tr("Sign in"))
        self._access, self._background = workspace.access, background
        self.who = PeopleChoice(self.tr("Name"), self._access.people(), last)
        self.passphrase = PassphraseField(self.tr("Passphrase"))
        self.go = QPushButton()
        self.go.setProperty("kind", "primary")
        self.forgot = QPushButton(self.tr("Forgot the passphrase?"))
        self.forgot.setProperty("kind", "quiet")
        self._countdown = Countdown(self.go, self.tr("Sign in"))
        self._lay_out()
        self.passphrase.entered.connect(self.submit)
        self.go.clicked.connect(self.submit)
        self.forgot.clicked.connect(lambda: self.forgotten.emit(self.who.person_id()))
        self.who.buttons.idClicked.connect(self._somebody_else)
        self.who.combo.activated.connect(self._somebody_else)
        self.begin_at(self.passphrase)
        self._count_down()

    def submit(self) -> None:
        """Try the passphrase, unless it is too soon."""
        if not self.go.isEnabled():
            return
        self._set_busy(True)
        work = partial(self._access.sign_in, self.who.person_id(), self.passphrase.text())
        self._background.start(work, self._is_in, self._refused)

    def leave_alone(self) -> None:
        """Nobody is there any more: what was typed goes."""
        self.passphrase.clear()

    def _is_in(self, _person: Person) -> None:
        self.signed_in.emit()

    def _refused(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)
        if isinstance(error, WrongSecretError):
            self.passphrase.mark_wrong()
        self._count_down()

    def _somebody_else(self) -> None:
        self.notice.clear()
        self.passphrase.clear()
        self.passphrase.setFocus()
        self._count_down()

    def _count_down(self) -> None:
        self._countdown.start(self._access.wait_s(self.who.person_id()))

    def _set_busy(self, busy: bool) -> None:
        for control in (self.who, self.passphrase, self.forgot, self.go):
            control.setEnabled(not busy)
        if busy:
            self.notice.clear()
            self.go.setText(self.tr("Signing in…"))
        else:
            self._countdown.start(0)

    def _lay_out(self) -> None:
        self.column.addWidget(self.who)
        self.add_field(self.tr("Passphrase"), self.passphrase)
        self.column.addWidget(self.notice)
        self.column.addWidget(self.go)
        self.column.addWidget(self.forgot, 0, Qt.AlignmentFlag.AlignLeft)
