"""The dialogs in which people and passphrases are changed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from skindesk.domain.errors import WrongSecretError
from skindesk.domain.people import Person, Role
from skindesk.gui.access.fields import NewPassphrase, PassphraseField
from skindesk.gui.access.recovery_key import RecoveryKeyView
from skindesk.gui.access.words import role_sentence, role_word
from skindesk.gui.background import Background
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import field_label, text_label

if TYPE_CHECKING:
    from skindesk.services.access import Access


class ChangePassphraseDialog(FormDialog):
    """Changes one's own passphrase."""

    def __init__(self, access: "Access", background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self.entitle(self.tr("Change my passphrase"), self.tr("Change it"))
        self._access = access
        self.old = PassphraseField(self.tr("Present passphrase"))
        self.new = NewPassphrase(SHORTEST_PASSPHRASE)
        self.add_field(self.tr("Present passphrase"), self.old)
        self.column.addWidget(self.new)
        self.old.setFocus()

    def work(self) -> Callable[[], Any]:
        """The old passphrase opens, the new one is the same twice."""
        return partial(self._access.change_passphrase, self.old.text(), self.new.value())

    def mark(self, error: Exception) -> None:
        """Only the old passphrase can be wrong; the new one is looked at before."""
        _mark_if_wrong(self.old, error)


class GivePassphraseDialog(FormDialog):
    """Gives somebody else a new passphrase."""

    def __init__(self, access: "Access", person: Person, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, parent)
        from skindesk.storage.keyring import SHORTEST_PASSPHRASE

        self.entitle(self.tr("New passphrase for {name}").format(name=person.name), self.tr("Give it"))
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

        self.entitle(self.tr("Let somebody in"), self.tr("Add"))
        self._access = access
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.role = role_combo(Role.CLINICIAN)
        self._told = text_label("", "secondary", wrap=True)
        self.role.currentIndexChanged.connect(self._tell_role)
        self.new = NewPassphrase(SHORTEST_PASSPHRASE)
        self.add_field(self.tr("Name"), self.name)
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
        self.entitle(self.tr("New recovery key"), self.tr("Make a new key"))
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

    def mark(self, error: Exception) -> None:
        """The passphrase is wrong."""
        _mark_if_wrong(self.passphrase, error)

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
        self.view.show()  # or the dialog would be as high as without it
        self.cancel.hide()
        self.entitle(self.windowTitle(), self.tr("Done"))
        self.go.setEnabled(False)
        self.finished_work.emit(result)
        self.fit()


def role_combo(role: Role) -> QComboBox:
    """A list of the roles."""
    combo = QComboBox()
    combo.setAccessibleName(combo.tr("Role"))
    for entry in Role:
        combo.addItem(role_word(entry), entry)
    combo.setCurrentIndex(combo.findData(role))
    return combo


def _mark_if_wrong(field: PassphraseField, error: Exception) -> None:
    if isinstance(error, WrongSecretError):
        field.mark_wrong()
