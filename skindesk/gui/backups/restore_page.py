"""Puts a backup into the case log's place, after saying plainly what that means."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import AccessRefusedError, BackupIncompleteError, SkinDeskError
from skindesk.domain.people import OWNER, Permission
from skindesk.gui.access.fields import PassphraseField
from skindesk.gui.access.people_choice import PeopleChoice
from skindesk.gui.access.sheet import Sheet
from skindesk.gui.background import Background
from skindesk.gui.backups.watched import Step, Tell, Watched
from skindesk.gui.backups.words import holding, standing
from skindesk.gui.widgets.labels import field_label, text_label
from skindesk.gui.widgets.words import local_minute

if TYPE_CHECKING:
    from skindesk.services.backups import Restored, Unlock
    from skindesk.services.rescue import Rescue
    from skindesk.storage.keyring import Keyring
    from skindesk.storage.sealing import DataKey


class RestorePage(Sheet):
    """For a case log that is damaged, with the `trouble`, or for one that is to go back to a chosen backup.

    The case log is closed meanwhile.
    """

    restored = Signal()
    """The backup is the case log now; it has to be opened, or signed in to."""
    left = Signal()
    """Everything stays as it is."""
    abandoned = Signal()
    """Nobody has touched the program for a while, and somebody is signed in."""
    somebody_else = Signal()
    """Whoever is signed in may not restore; somebody else wants to sign in."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        trouble: SkinDeskError | None = None,
        folder: Path | None = None,
        name: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._workspace, self._background, self._trouble = workspace, background, trouble
        chosen = workspace.settings.backup_folder
        self._folder = folder if folder is not None or chosen is None else Path(chosen)
        self._name = name
        self._rescue: Rescue | None = None
        self._work = Watched(background, self)
        self.title.setText(self.tr("The case log is damaged") if trouble else self.tr("Restore a backup"))
        self.offer = text_label("", wrap=True)
        self.meaning = text_label("", "secondary", wrap=True)
        self.passphrase = PassphraseField(self.tr("Passphrase"))
        self.who: PeopleChoice | None = None
        self.accept_box = QCheckBox(self.tr("Restore it all the same: what is missing is lost"))
        self.progress = text_label("", "secondary", wrap=True)
        self.go = QPushButton(self.tr("Restore this backup"))
        self.go.setProperty("kind", "primary")
        self.other_folder = QPushButton(self.tr("Another folder…"))
        self.other_person = QPushButton(self.tr("Sign in as somebody else"))
        self.leave = QPushButton(self.tr("Leave everything as it is") if trouble else self.tr("Not now"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self._lay_out()
        self._connect()
        self.begin_at(self.go)
        self._look()

    def submit(self) -> None:
        """Restore the backup that is offered."""
        if self._rescue is None or not self.go.isEnabled():
            return
        unlock = None if self.who is None else partial(_unlock, self.who.person_id(), self.passphrase.text())
        self._set_busy(True)
        self._work.start(partial(self._restore, self._rescue, unlock, self.accept_box.isChecked()))

    def choose_folder(self) -> None:
        """Look for a backup somewhere else."""
        found = QFileDialog.getExistingDirectory(self, self.tr("Folder of the backups"), str(self._folder or ""))
        if found:
            self._folder, self._name = Path(found), None
            self._look()

    def leave_alone(self) -> None:
        """A passphrase that was typed goes, and so does whoever is signed in, unless a backup is being restored."""
        self.passphrase.clear()
        if self.stop_button.isHidden() and self._is_signed_in():
            self.abandoned.emit()

    def _look(self) -> None:
        self.notice.clear()
        self.accept_box.setChecked(False)
        self.accept_box.hide()
        self._show_rescue(None)
        if self._folder is None:
            self.offer.setText(self.tr("No backup folder was chosen. If there is a backup, choose its folder."))
            return
        self.offer.setText(self.tr("Looking for a backup in {folder}…").format(folder=self._folder))
        self._background.start(self._find, self._found, self._not_found)

    def _find(self) -> "Rescue | None":
        from skindesk.services.rescue import find_rescue

        assert self._folder is not None
        return find_rescue(self._workspace.profile, self._workspace.access, self._folder, self._name)

    def _found(self, rescue: "Rescue | None") -> None:
        if rescue is None:
            self.offer.setText(self.tr("There is no backup in {folder}.").format(folder=self._folder))
        self._show_rescue(rescue)

    def _not_found(self, error: Exception) -> None:
        self.offer.setText(self.tr("No backup could be looked at."))
        self.notice.show_error(error)

    def _show_rescue(self, rescue: "Rescue | None") -> None:
        self._rescue = rescue
        refused = rescue is not None and not self._may_restore()
        self._ask_passphrase(rescue)
        self.go.setEnabled(rescue is not None and rescue.entry.manifest is not None and not refused)
        self.other_person.setVisible(refused)
        self.meaning.setVisible(rescue is not None)
        if rescue is None:
            return
        words = self.tr("The backup of {at}: {holding}; {standing}. It lies in {folder}.")
        self.offer.setText(
            words.format(
                at=local_minute(rescue.made_at),
                holding=holding(rescue.entry),
                standing=self.tr("a passphrase is needed to prove it") if rescue.people else standing(rescue.entry),
                folder=rescue.folder,
            )
        )
        self.meaning.setText("\n\n".join(self._consequences(rescue, refused)))

    def _consequences(self, rescue: "Rescue", refused: bool) -> list[str]:
        """What restoring does, and what is lost by it."""
        told = [self.tr("Everything that was saved after it is not in it.")]
        if rescue.changed_at is not None and rescue.changed_at > rescue.made_at:
            words = self.tr("What was saved after it is not in it; the log of now was last written {at}.")
            told = [words.format(at=local_minute(rescue.changed_at))]
        aside = self.tr(
            "The backup is checked in full first. Then the log of now is set aside whole, under a name beginning with "
            "“caselog.replaced” in {folder}; nothing of it is deleted."
        )
        told.append(aside.format(folder=self._workspace.profile.root))
        if rescue.entry.own:
            told.append(self.tr("People and passphrases stay as they are now."))
        else:
            told.append(self.tr("People and passphrases are those of the backup's own time afterwards."))
        if refused:
            told.append(self.tr("Only an administrator may restore a backup."))
        return told

    def _is_signed_in(self) -> bool:
        try:
            return self._workspace.access.person != OWNER
        except SkinDeskError:
            return False

    def _may_restore(self) -> bool:
        try:
            return self._workspace.access.person.may(Permission.ADMINISTER)
        except SkinDeskError:
            return True  # nobody can sign in: whoever opens the backup may restore it

    def _ask_passphrase(self, rescue: "Rescue | None") -> None:
        """Of a backup that the key at hand does not open."""
        if self.who is not None:
            self._fields.removeWidget(self.who)
            self.who.deleteLater()
            self.who = None
        people = () if rescue is None else rescue.people
        if people:
            self.who = PeopleChoice(self.tr("Who opens the backup"), people)
            self._fields.insertWidget(0, self.who)
        self._secret.setVisible(bool(people))
        self.begin_at(self.passphrase if people else self.go)
        if people and self.isVisible():
            self.passphrase.setFocus()

    def _restore(self, rescue: "Rescue", unlock: "Unlock | None", accept_losses: bool, tell: Tell) -> "Restored":
        """On a thread."""
        from skindesk.services.backups import Backups, open_ring

        return Backups(self._workspace.profile, self._workspace.access).restore(
            rescue.folder,
            rescue.entry.snapshot.name,
            unlock or open_ring,
            accept_losses,
            tell(self.tr("Copying pictures")),
        )

    def _show_step(self, step: Step) -> None:
        if step.done < step.total:
            self.progress.setText(f"{step.stage}: {step.done:,} / {step.total:,}")
        else:
            self.progress.setText(self.tr("Checking every byte of the restored log…"))

    def _is_restored(self, restored: "Restored") -> None:
        self._set_busy(False)
        for gone in (self._secret, self.meaning, self.other_folder, self.other_person, self.leave, self.accept_box):
            gone.hide()
        if self.who is not None:
            self.who.hide()
        self.title.setText(self.tr("The backup is restored"))
        words = self.tr("The case log is as it was on {at}: {n} cases, checked in full.")
        told = [words.format(at=local_minute(restored.snapshot.made_at), n=f"{restored.manifest.cases:,}")]
        if restored.old_log is not None:
            told.append(self.tr("The log of before is kept whole in {folder}.").format(folder=restored.old_log))
        if restored.flaws:
            told.append(self.tr("Missing in the backup: {n} pictures.").format(n=len(restored.flaws)))
        self.offer.setText("\n\n".join(told))
        self.go.setText(self.tr("Go on"))
        self.go.clicked.disconnect(self.submit)
        self.go.clicked.connect(self.restored)
        self.go.setFocus()

    def _stopped(self) -> None:
        self._set_busy(False)
        self.notice.show_information(self.tr("Stopped: nothing was changed."))

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)
        self.accept_box.setVisible(isinstance(error, BackupIncompleteError))
        if isinstance(error, AccessRefusedError) and self.who is not None:
            self.passphrase.mark_wrong()

    def _set_busy(self, busy: bool) -> None:
        if busy:
            self.notice.clear()
            self.progress.setText(self.tr("Opening the backup…"))
        for control in (self.go, self.other_folder, self.other_person, self.leave, self._secret, self.accept_box):
            control.setEnabled(not busy)
        if self.who is not None:
            self.who.setEnabled(not busy)
        self.progress.setVisible(busy)
        self.stop_button.setVisible(busy)

    def _connect(self) -> None:
        self._work.stepped.connect(self._show_step)
        self._work.finished.connect(self._is_restored)
        self._work.stopped.connect(self._stopped)
        self._work.failed.connect(self._failed)
        self.passphrase.entered.connect(self.submit)
        self.go.clicked.connect(self.submit)
        self.stop_button.clicked.connect(self._work.stop)
        self.other_folder.clicked.connect(self.choose_folder)
        self.other_person.clicked.connect(self.somebody_else)
        self.leave.clicked.connect(self.left)

    def _lay_out(self) -> None:
        if self._trouble is not None:
            self.add_text(self._trouble.what)
        self._secret = self._passphrase_group()
        self._fields = QVBoxLayout()
        self._fields.setSpacing(8)
        self._fields.addWidget(self._secret)
        self.column.addWidget(self.offer)
        self.column.addWidget(self.meaning)
        self.column.addLayout(self._fields)
        for part in (self.notice, self.accept_box, self.progress, self.stop_button, self.go):
            self.column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.leave, self.other_folder, self.other_person):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        for button in (self.go, self.stop_button, self.leave, self.other_folder, self.other_person):
            button.setAccessibleName(button.text())
        for hidden in (self.accept_box, self.progress, self.stop_button, self.other_person):
            hidden.hide()

    def _passphrase_group(self) -> QWidget:
        group = QWidget()
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        label: QLabel = field_label(self.tr("Their passphrase when the backup was made"), self.passphrase)
        column.addWidget(label)
        column.addWidget(self.passphrase)
        return group


def _unlock(person_id: str, passphrase: str, ring: "Keyring") -> "DataKey":
    return ring.unlock(person_id, passphrase)
