"""Coming in by the recovery key, with a new passphrase."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import AccessRefusedError, WrongSecretError
from skindesk.gui.access.countdown import Countdown
from skindesk.gui.access.fields import NewPassphrase
from skindesk.gui.access.people_choice import PeopleChoice
from skindesk.gui.access.sheet import Sheet
from skindesk.gui.background import Background
from skindesk.gui.widgets.labels import set_role


class RecoveryPage(Sheet):
    """The recovery key is used up by it; the next one is shown."""

    recovered = Signal(str)
    """Somebody is signed in; with the next recovery key, which is shown once."""
    given_up = Signal()

    def __init__(self, workspace: Workspace, background: Background, who: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self.title.setText(self.tr("New passphrase by the recovery key"))
        self._access, self._background = workspace.access, background
        self.who = PeopleChoice(self.tr("Name"), self._access.people(), who)
        self.key = QLineEdit()
        self.key.setAccessibleName(self.tr("Recovery key"))
        self.key.setPlaceholderText("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX")
        self.passphrase = NewPassphrase(SHORTEST_PASSPHRASE)
        self.go = QPushButton()
        self.go.setProperty("kind", "primary")
        self.back = QPushButton(self.tr("Back"))
        self.back.setAccessibleName(self.tr("Back to signing in"))
        self._countdown = Countdown(self.go, self.tr("Set the new passphrase"))
        self._lay_out()
        self.key.returnPressed.connect(self.passphrase.setFocus)
        self.key.textChanged.connect(self._forgive)
        self.passphrase.entered.connect(self.submit)
        self.go.clicked.connect(self.submit)
        self.back.clicked.connect(self.given_up)
        self.begin_at(self.key)
        self._countdown.start(self._access.wait_s(None))

    def submit(self) -> None:
        """Try the recovery key, unless it is too soon."""
        if not self.go.isEnabled():
            return
        self.notice.clear()
        try:
            passphrase = self.passphrase.value()
        except AccessRefusedError as error:
            self.notice.show_error(error)
            return
        self._set_busy(True)
        work = partial(self._access.recover, self.key.text(), self.who.person_id(), passphrase)
        self._background.start(work, self._is_in, self._refused)

    def leave_alone(self) -> None:
        """Nobody is there any more: what was typed goes."""
        self.key.clear()
        self.passphrase.clear()

    def _is_in(self, recovery_key: str) -> None:
        self.recovered.emit(recovery_key)

    def _refused(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)
        if isinstance(error, WrongSecretError):
            set_role(self.key, "true", "invalid")
            self.key.setFocus()
        self._countdown.start(self._access.wait_s(None))

    def _forgive(self) -> None:
        set_role(self.key, "false", "invalid")

    def _set_busy(self, busy: bool) -> None:
        for control in (self.who, self.key, self.passphrase, self.back, self.go):
            control.setEnabled(not busy)
        if busy:
            self.go.setText(self.tr("Checking the recovery key…"))
        else:
            self._countdown.start(0)

    def _lay_out(self) -> None:
        self.add_text(
            self.tr(
                "Type the key that was printed when the log was set up. Without it, an administrator can give you a "
                "new passphrase in Settings."
            ),
            "secondary",
        )
        self.column.addWidget(self.who)
        self.add_field(self.tr("Recovery key"), self.key)
        self.column.addWidget(self.passphrase)
        self.column.addWidget(self.notice)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.go, 1)
        self.column.addLayout(row)
