"""The dialogs in which people and passphrases are changed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.errors import AccessRefusedError
from skindesk.domain.people import Person, Role
from skindesk.gui.access.fields import NewPassphrase, PassphraseField, field_label
from skindesk.gui.access.recovery_key import RecoveryKeyView
from skindesk.gui.access.words import role_sentence, role_word
from skindesk.gui.background import Background
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice

if TYPE_CHECKING:
    from skindesk.services.access import Access

_WIDTH_PX = 480


class FormDialog(QDialog):
    """Stays open with what was typed until its work is done or the user cancels.

    A subclass fills `column` and says in `work` what is to be done.
    """

    finished_work = Signal(object)
    """The work is done; with what it returned."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH_PX)
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

    def work(self) -> Callable[[], Any]:
        """What is to be done on a thread. Raises AccessRefusedError where what was typed will not do."""
        raise NotImplementedError

    def submit(self) -> None:
        """Do the work; a refusal is told, and the dialog stays."""
        if self._busy:
            return
        self.notice.clear()
        try:
            work = self.work()
        except AccessRefusedError as error:
            self.notice.show_error(error)
            return
        self._set_busy(True)
        self._background.start(work, self._done, self._failed)

    def reject(self) -> None:
        """Close without doing anything; not while the work is under way."""
        if not self._busy:
            super().reject()

    def _name(self, title: str, action: str) -> None:
        """Say what the dialog is about and what its button does."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self.go.setText(action)
        self.go.setAccessibleName(action)

    def _add(self, name: str, field: QWidget) -> None:
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
        self.adjustSize()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.go.setEnabled(not busy)
        self.cancel.setEnabled(not busy)


class ChangePassphraseDialog(FormDialog):
    """Changes one's own passphrase."""

    def __init__(self, access: "Access", background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self._name(self.tr("Change my passphrase"), self.tr("Change it"))
        self._access = access
        self.old = PassphraseField(self.tr("Present passphrase"))
        self.new = NewPassphrase(SHORTEST_PASSPHRASE)
        self._add(self.tr("Present passphrase"), self.old)
        self.column.addWidget(self.new)
        self.old.setFocus()

    def work(self) -> Callable[[], Any]:
        """The old passphrase opens, the new one is the same twice."""
        return partial(self._access.change_passphrase, self.old.text(), self.new.value())


class GivePassphraseDialog(FormDialog):
    """Gives somebody else a new passphrase."""

    def __init__(self, access: "Access", person: Person, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self._name(self.tr("New passphrase for {name}").format(name=person.name), self.tr("Give it"))
        self._access, self._person = access, person
        self.new = NewPassphrase(SHORTEST_PASSPHRASE)
        self.column.addWidget(self.new)
        self.new.setFocus()

    def work(self) -> Callable[[], Any]:
        """The new passphrase is the same twice."""
        return partial(self._access.give_passphrase, self._person.person_id, self.new.value())


class AddPersonDialog(FormDialog):
    """Lets somebody in, with a role and a first passphrase."""

    def __init__(self, access: "Access", background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self._name(self.tr("Let somebody in"), self.tr("Add"))
        self._access = access
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.role = role_combo(Role.CLINICIAN)
        self._told = text_label("", "secondary", wrap=True)
        self.role.currentIndexChanged.connect(self._tell_role)
        self.new = NewPassphrase(SHORTEST_PASSPHRASE)
        self._add(self.tr("Name"), self.name)
        self.column.addWidget(field_label(self.tr("Role"), self.role))
        self.column.addWidget(self.role)
        self.column.addWidget(self._told)
        self.column.addSpacing(8)
        self.column.addWidget(self.new)
        self._tell_role()
        self.name.setFocus()

    def work(self) -> Callable[[], Any]:
        """The first passphrase is the same twice."""
        return partial(self._access.add_person, self.name.text(), Role(self.role.currentData()), self.new.value())

    def _tell_role(self) -> None:
        self._told.setText(role_sentence(Role(self.role.currentData())))


class NewRecoveryKeyDialog(FormDialog):
    """Replaces the recovery key, once the user has given their passphrase again, and shows the new one."""

    def __init__(self, access: "Access", folder: Path, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, parent)
        self._name(self.tr("New recovery key"), self.tr("Make a new key"))
        self._access, self._folder = access, folder
        self.view: RecoveryKeyView | None = None
        self._why = text_label(
            self.tr("The printed key opens nothing any more once there is a new one. Have a printer or pen ready."),
            wrap=True,
        )
        self.column.addWidget(self._why)
        self.column.addSpacing(8)
        self.passphrase = PassphraseField(self.tr("My passphrase"))
        self._passphrase_label = field_label(self.tr("My passphrase"), self.passphrase)
        self.column.addWidget(self._passphrase_label)
        self.column.addWidget(self.passphrase)
        self.passphrase.setFocus()

    def work(self) -> Callable[[], Any]:
        """The passphrase opens."""
        return partial(self._access.new_recovery_key, self.passphrase.text())

    def submit(self) -> None:
        """Make the key; once it is there, close."""
        if self.view is None:
            super().submit()
        else:
            self.accept()

    def reject(self) -> None:
        """Close; not before the user has said that they have the new key."""
        if self.view is None or self.view.kept_box.isChecked():
            super().reject()

    def _done(self, result: object) -> None:
        self._set_busy(False)
        for asked in (self._why, self._passphrase_label, self.passphrase):
            asked.hide()
        self.passphrase.line.clear()
        self.view = RecoveryKeyView(str(result), self._folder)
        self.view.kept_changed.connect(self.go.setEnabled)
        self.column.addWidget(self.view)
        self.cancel.hide()
        self._name(self.windowTitle(), self.tr("Done"))
        self.go.setEnabled(False)
        self.finished_work.emit(result)
        self.adjustSize()


def role_combo(role: Role) -> QComboBox:
    """A list of the roles."""
    combo = QComboBox()
    combo.setAccessibleName(combo.tr("Role"))
    for entry in Role:
        combo.addItem(role_word(entry), entry)
    combo.setCurrentIndex(combo.findData(role))
    return combo
