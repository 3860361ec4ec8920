"""Opens the way to the pages and closes it: at the start, on demand, and when nobody is there any more."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import CaseLogDamagedError
from skindesk.domain.people import OWNER, Person
from skindesk.gui.access.gate import Gate
from skindesk.gui.access.idle import IdleWatch
from skindesk.gui.access.recovery_key import RecoveryKeyView
from skindesk.gui.background import Background
from skindesk.gui.pages import Pages

if TYPE_CHECKING:
    from skindesk.services.access import Door
    from skindesk.services.casework import Casework

GRACE_S = 30
"""How long an impression that is not saved holds off the lock for want of input."""
_GATE_MIN = 10
"""What is typed or shown at the gate goes after so many minutes where the pages themselves never lock."""
_ANSWER_FIRST_S = 1.0
_log = logging.getLogger(__name__)


class Locking(QObject):
    """Shows `gate` in the place of the pages whenever nobody may see patients.

    `lasting` works for it and for what outlives the lock; `window` holds the dialogs that go with the pages.
    """

    entered = Signal()
    """The pages may be seen: the log needs no passphrase, or somebody has signed in."""
    opened = Signal()
    """The case log is open, and pages can work with it."""
    hidden = Signal()
    """The pages must be out of sight at once."""
    locked = Signal()
    """The case log is closed, and nothing works with it any more."""
    warned = Signal(str)
    """The lock is near, and something would be lost; with a sentence."""
    reprieved = Signal()
    """Somebody is there after all."""
    trouble = Signal(object)
    """The log or its key cannot be opened; the pages are shown all the same, since pictures can be classified."""

    def __init__(self, workspace: Workspace, pages: Pages, lasting: Background, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._pages, self._lasting, self._window = workspace, pages, lasting, window
        self.person = OWNER
        self.is_entered = False
        self._may_open = Event()
        self._may_open.set()
        self.gate = Gate(workspace, lasting)
        self.idle = IdleWatch(QApplication.instance() or window, self)
        self.gate.entered.connect(self.enter)
        self.gate.page_shown.connect(self.watch)
        self.gate.abandoned.connect(self._lock_without_asking)
        self.gate.restored.connect(self._find_door)
        self.gate.left_damaged.connect(self._go_on_without)
        self.gate.somebody_else.connect(self._let_somebody_else)
        self.idle.idle.connect(self._fell_idle)
        self.idle.gone.connect(self._is_gone)
        self.idle.back.connect(self.reprieved)

    @property
    def is_signed_in(self) -> bool:
        """Whether there is something to lock: somebody has signed in to a protected log."""
        return self.person != OWNER

    def start(self) -> None:
        """Find out how the log can be entered, and lead there."""
        self._find_door()

    def let_answer_first(self) -> None:
        """A picture is to be answered first: the log is opened after `go_on_with_log`, or after a second."""
        self._may_open.clear()

    def go_on_with_log(self) -> None:
        """Nothing has to come before the log any more."""
        self._may_open.set()

    def enter(self) -> None:
        """Show the pages to whoever is at work now, and open the log for them."""
        self._admit(self._workspace.access.person)
        self._pages.background.start(self._open_log, self._log_opened, self._log_not_opened)

    def _open_log(self) -> "Casework":
        """The case log, after the network: both at once would keep the first answer waiting for both."""
        with suppress(Exception):  # Examine says what is wrong with it, and no network keeps the record closed
            self._workspace.first_network()
        self._may_open.wait(_ANSWER_FIRST_S)
        self._may_open.set()  # a later opening, such as after a lock, has nothing to wait for
        return self._workspace.casework

    def follow_person(self) -> None:
        """Make the pages anew where whoever is at work has other rights now."""
        self._admit(self._workspace.access.person)

    def lock(self) -> None:
        """Lock a protected log, unless the user wants to keep what is not saved."""
        if self.is_signed_in and self._may_leave():
            self._lock_without_asking()

    def protect(self) -> None:
        """Have a log protected that needs no passphrase so far, unless the user wants to keep what is not saved."""
        if self._may_leave():
            self.leave(self._workspace.close_case_log, self.tr("Closing the case log…"), self.gate.protect)

    def restore(self, folder: Path, name: str) -> None:
        """Have a backup put in the log's place, unless the user wants to keep what is not saved."""
        if self._may_leave():
            then = partial(self.gate.restore, None, folder, name)
            self.leave(self._workspace.close_case_log, self.tr("Closing the case log…"), then)

    def face_damage(self, error: CaseLogDamagedError) -> None:
        """Show what can be done about a damaged log, unless the user wants to keep what is not saved."""
        if self._may_leave():
            then = partial(self.gate.restore, error)
            self.leave(self._workspace.close_case_log, self.tr("Closing the case log…"), then)
        else:
            self.trouble.emit(error)

    def leave(self, close: Callable[[], None], words: str, then: Callable[[], None]) -> None:
        """Take patients out of sight at once, `close` the log when nothing works with it any more, go on with `then`.

        `close` runs on a thread, `then` follows even where it fails.
        """
        self.is_entered = False
        self.gate.wait(words)
        self.hidden.emit()
        for dialog in filter(QDialog.isVisible, self._window.findChildren(QDialog)):
            dialog.done(QDialog.DialogCode.Rejected)
        QTimer.singleShot(0, self, partial(self._empty, close, then))  # a dialog's own loop ends first

    def watch(self) -> None:
        """Follow the settings: after how many minutes without input the pages, or what is typed at the gate, go."""
        minutes = self._workspace.settings.lock_after_min
        if not self.is_entered:
            minutes = minutes or _GATE_MIN
        elif not self.is_signed_in:
            minutes = 0
        self.idle.watch(60 * minutes, GRACE_S if self.is_entered else 0)

    def _find_door(self) -> None:
        self._lead_to_door("")

    def _lead_to_door(self, told: str) -> None:
        self._lasting.start(lambda: self._workspace.access.door, partial(self._come_to, told), self._no_door)

    def _come_to(self, told: str, door: "Door") -> None:
        """Open the log where no passphrase is needed; have it set up, or ask who it is, otherwise."""
        from skindesk.services.access import Door

        if door in (Door.OPEN, Door.SIGNED_IN):
            self.enter()
        elif door is Door.LOCKED:
            self.gate.sign_in(self.person.person_id if self.is_signed_in else "", told)
        else:
            self.gate.set_up(unsealed=door is Door.UNSEALED)

    def _no_door(self, error: Exception) -> None:
        if isinstance(error, CaseLogDamagedError):
            self.gate.restore(error)
        else:
            self._admit(OWNER)
            self.trouble.emit(error)

    def _go_on_without(self, error: CaseLogDamagedError) -> None:
        """Pictures can be classified without a case log."""
        self._admit(self.person)
        self.trouble.emit(error)

    def _let_somebody_else(self) -> None:
        self._lasting.start(self._workspace.lock, self._locked_out, self._no_door)

    def _locked_out(self, _nothing: None) -> None:
        self._find_door()

    def _admit(self, person: Person) -> None:
        self._pages.make_for(person)
        self.person, self.is_entered = person, True
        self.entered.emit()
        self.watch()

    def _log_opened(self, _casework: object) -> None:
        self.opened.emit()

    def _log_not_opened(self, error: Exception) -> None:
        if isinstance(error, CaseLogDamagedError):
            self.face_damage(error)
        else:
            self.trouble.emit(error)

    def _fell_idle(self) -> None:
        if not self._pages.unsaved:
            self._lock_without_asking()
            return
        words = self.tr(
            "SkinDesk locks in {seconds} seconds, since nothing was touched. What you noted on this picture is not "
            "saved; it is kept as a draft."
        )
        self.warned.emit(words.format(seconds=GRACE_S))

    def _is_gone(self) -> None:
        if self.is_entered:
            self._lock_without_asking()
        else:
            self.gate.leave_alone()
            self.watch()

    def _may_leave(self) -> bool:
        return self.is_entered and self._pages.may_leave()

    def _lock_without_asking(self) -> None:
        told = ""
        if any(not view.kept_box.isChecked() for view in self._window.findChildren(RecoveryKeyView)):
            told = self.tr(
                "The recovery key was taken off the screen, since nothing was touched. If you have not kept it, an "
                "administrator can make a new one in Settings."
            )
        self.leave(self._workspace.lock, self.tr("Locking the case log…"), partial(self._lead_to_door, told))

    def _empty(self, close: Callable[[], None], then: Callable[[], None]) -> None:
        ending = self._pages.empty()

        def end() -> None:
            ending.wait()
            close()

        self._lasting.start(end, partial(self._left, ending, then), partial(self._could_not_leave, ending, then))

    def _left(self, ending: Background, then: Callable[[], None], _nothing: None) -> None:
        ending.deleteLater()
        self.locked.emit()
        then()

    def _could_not_leave(self, ending: Background, then: Callable[[], None], error: Exception) -> None:
        _log.warning("the case log could not be closed in good order", exc_info=error)
        self._left(ending, then, None)
