"""Settings: whether the case log needs a passphrase, and who can sign in."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QPushButton, QSpinBox, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import SkinDeskError
from skindesk.domain.people import OWNER, Permission, Person, Role
from skindesk.gui.access.dialogs import (
    AddPersonDialog,
    ChangePassphraseDialog,
    GivePassphraseDialog,
    NewRecoveryKeyDialog,
)
from skindesk.gui.access.words import role_word
from skindesk.gui.background import Background
from skindesk.gui.settings.person_row import PersonRow
from skindesk.gui.settings.section import Section
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import hairline, set_role, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.tab_order import follow_layout
from skindesk.system.settings import LONGEST_LOCK_AFTER_MIN


class Protection(Section):
    """A log without a passphrase can be protected; in a protected one an administrator manages the people."""

    protection_wanted = Signal()
    audit_wanted = Signal()
    """An administrator wants to see who did what."""
    own_role_changed = Signal()
    """Whoever is at work may do other things now; the pages have to be made anew."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        may_leave: Callable[[], bool] = lambda: True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(QCoreApplication.translate("Protection", "People and protection"), parent)
        self._workspace, self._background, self._may_leave = workspace, background, may_leave
        self.notice = Notice(self)
        self.dialog: QDialog | None = None
        self.rows: tuple[PersonRow, ...] = ()
        self.lock_after = self._lock_after()
        self.protect_button = self._button(self.tr("Protect this log…"))
        self.protect_button.clicked.connect(self.protection_wanted)
        self.passphrase_button = self._button(self.tr("Change…"))
        self.passphrase_button.clicked.connect(self._change_passphrase)
        self.passphrase_button.setAccessibleName(self.tr("Change my passphrase"))
        self.recovery_button = self._button(self.tr("New key…"))
        self.recovery_button.clicked.connect(self._renew_recovery_key)
        self.recovery_button.setAccessibleName(self.tr("Make a new recovery key"))
        self.add_button = self._button(self.tr("Add a person…"))
        self.add_button.clicked.connect(self._add_person)
        set_icon(self.add_button, "user-plus")
        self.audit_button = self._button(self.tr("Audit trail…"))
        self.audit_button.clicked.connect(self.audit_wanted)
        self._people = QVBoxLayout()
        self._people.setSpacing(8)
        self.column.addWidget(self.notice)
        self._build()

    def _build(self) -> None:
        try:
            person = self._workspace.access.person
        except SkinDeskError as error:
            self.column.addWidget(text_label(str(error), "secondary", wrap=True))
            self.lock_after.hide()
            return
        if person == OWNER:
            why = self.tr(
                "Whoever can read the profile folder can read its patients. Protected, it needs a passphrase at each "
                "start, and several people can work with it."
            )
            self.add_setting(self.tr("This log needs no passphrase"), why, self.protect_button)
            self.lock_after.hide()
            self._offer_audit()
            return
        why = self.tr("Signed in as {name}, {role}.").format(name=person.name, role=role_word(person.role).lower())
        self.add_setting(self.tr("My passphrase"), why, self.passphrase_button)
        why = self.tr("When mouse and keyboard were not touched for so many minutes. Ctrl+L locks at once.")
        self.add_setting(self.tr("Lock by itself after"), why, self.lock_after)
        self.column.addWidget(hairline())
        if person.may(Permission.ADMINISTER):
            self._administer()
        else:
            self._leave_to_administrators()

    def _administer(self) -> None:
        self.column.addWidget(text_label(self.tr("People"), "strong"))
        self.column.addLayout(self._people)
        line = QHBoxLayout()
        line.addWidget(self.add_button)
        line.addStretch(1)
        self.column.addLayout(line)
        self.column.addWidget(hairline())
        why = self.tr("It opens the log when a passphrase is forgotten. A new key makes the printed one useless.")
        self.add_setting(self.tr("Recovery key"), why, self.recovery_button)
        self._offer_audit()
        self._list_people()

    def _offer_audit(self) -> None:
        self.column.addWidget(hairline())
        why = self.tr("Who did what with the case log and when, and whether anybody tampered with that record.")
        self.add_setting(self.tr("Audit"), why, self.audit_button)

    def _leave_to_administrators(self) -> None:
        reason = self.tr("An administrator decides on people, recovery key and when the log locks.")
        self.column.addWidget(text_label(reason, "secondary", wrap=True))
        self.lock_after.setEnabled(False)
        self.lock_after.setToolTip(reason)

    def _list_people(self) -> None:
        for row in self.rows:
            self._people.removeWidget(row)
            row.deleteLater()
        access = self._workspace.access
        people = access.people()
        administrators = sum(person.role is Role.ADMINISTRATOR for person in people)
        rows = []
        for person in people:
            last = person.role is Role.ADMINISTRATOR and administrators == 1
            row = PersonRow(person, person.person_id == access.person.person_id, last)
            row.role_wanted.connect(partial(self._give_role, person))
            row.passphrase_button.clicked.connect(partial(self._give_passphrase, person))
            row.remove_button.clicked.connect(partial(self._remove, person))
            self._people.addWidget(row)
            rows.append(row)
        self.rows = tuple(rows)
        follow_layout(self)

    def _change_passphrase(self) -> None:
        words = self.tr("Your passphrase is changed.")
        self._ask(ChangePassphraseDialog(self._workspace.access, self._background, self), words)

    def _give_passphrase(self, person: Person) -> None:
        words = self.tr("{name} has a new passphrase.").format(name=person.name)
        self._ask(GivePassphraseDialog(self._workspace.access, person, self._background, self), words)

    def _add_person(self) -> None:
        words = self.tr("Somebody new can sign in.")
        self._ask(AddPersonDialog(self._workspace.access, self._background, self), words)

    def _renew_recovery_key(self) -> None:
        folder = self._workspace.profile.root
        words = self.tr("The old recovery key opens nothing any more.")
        self._ask(NewRecoveryKeyDialog(self._workspace.access, folder, self._background, self), words)

    def _ask(self, dialog: FormDialog, words: str) -> None:
        self.notice.clear()
        self.dialog = dialog
        dialog.finished_work.connect(lambda _result: self._changed(words))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _give_role(self, person: Person, role: Role) -> None:
        if person.person_id == self._workspace.access.person.person_id:
            self._change_own_role(person, role)
            return
        words = self.tr("{name}'s role is changed; it counts from the next sign-in.").format(name=person.name)
        self._change(partial(self._workspace.access.give_role, person.person_id, role), words)

    def _change_own_role(self, person: Person, role: Role) -> None:
        if role is person.role or not self._may_leave():
            self._list_people()
            return
        self.setEnabled(False)
        work = partial(self._workspace.access.give_role, person.person_id, role)
        self._background.start(work, self._own_role_changed, self._refused)

    def _own_role_changed(self, _nothing: None) -> None:
        self.setEnabled(True)
        self.own_role_changed.emit()

    def _remove(self, person: Person) -> None:
        if self._sure_to_remove(person):
            words = self.tr("{name} can sign in no more.").format(name=person.name)
            self._change(partial(self._workspace.access.remove_person, person.person_id), words)

    def _sure_to_remove(self, person: Person) -> bool:
        question = QMessageBox(self)
        question.setWindowTitle(self.tr("Remove {name}").format(name=person.name))
        question.setText(self.tr("{name} can sign in no more.").format(name=person.name))
        question.setInformativeText(self.tr("The cases they recorded stay."))
        keep = question.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        remove = question.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        set_role(remove, "danger", "kind")
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        question.exec()
        return question.clickedButton() is remove

    def _change(self, work: Callable[[], object], words: str) -> None:
        self.setEnabled(False)
        self._background.start(work, lambda _result: self._changed(words), self._refused)

    def _changed(self, words: str) -> None:
        self.setEnabled(True)
        self.notice.show_done(words)
        if self.rows:
            self._list_people()

    def _refused(self, error: Exception) -> None:
        self.setEnabled(True)
        self._list_people()
        self.notice.show_error(error)

    def _lock_after(self) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(self.tr("Minutes until the case log locks by itself"))
        box.setRange(0, LONGEST_LOCK_AFTER_MIN)
        box.setSuffix(self.tr(" min"))
        box.setSpecialValueText(self.tr("Never"))
        box.setFixedSize(144, 36)
        box.lineEdit().setTextMargins(8, 0, 0, 0)
        return box

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)  # without a parent, so that what has no place is not seen
        button.setAccessibleName(words)
        return button
