"""Settings: where backups go, whether they are made by themselves, and what can be done with those there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import BackupUnavailableError, SkinDeskError
from skindesk.domain.people import Permission
from skindesk.gui.background import Background
from skindesk.gui.backups.backup_list import BackupList
from skindesk.gui.backups.questions import sure_to_erase_logs, sure_to_remove
from skindesk.gui.backups.setting_row import SettingRow
from skindesk.gui.backups.watched import Step, Tell, Watched
from skindesk.gui.backups.words import size
from skindesk.gui.settings.section import Section
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.words import local_minute
from skindesk.services.backup_entries import BackupEntry, LeftBehind
from skindesk.services.backups import Backups, Created, Examined
from skindesk.services.daily_backup import DailyBackup, Newest
from skindesk.services.set_aside import SetAside, erase_set_aside, logs_set_aside


@dataclass(frozen=True)
class _Found:
    """What is there: the backups of the folder, the newest first, and the logs that were set aside."""

    newest: Newest
    entries: tuple[BackupEntry, ...]
    left: LeftBehind
    aside: tuple[SetAside, ...]
    trouble: BackupUnavailableError | None = None


class BackupSection(Section):
    """Everybody at work may back up and verify; what replaces or removes something is for administrators."""

    folder_wanted = Signal(object)
    """Backups are to go to this folder, a Path."""
    daily_wanted = Signal(bool)
    """They are to be made by themselves, or no more."""
    restore_wanted = Signal(object, str)
    """A backup is to take the case log's place: its folder and its name."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("BackupSection", "Backups"), parent)
        self._workspace, self._background = workspace, background
        self._work = Watched(background, self)
        self._found: _Found | None = None
        self.list = BackupList()
        self.list.chosen_changed.connect(self._enable)
        self.notice = Notice(self)
        self.folder_button = self._button(self.tr("Choose…"), self.choose_folder)
        self.folder_button.setAccessibleName(self.tr("Choose the folder of the backups"))
        self.daily_box = QCheckBox(self.tr("By itself"))
        self.daily_box.setAccessibleName(self.tr("Back up every day by itself"))
        self.daily_box.toggled.connect(self.daily_wanted)
        self.age = text_label("", wrap=True)
        self.create_button = self._button(self.tr("Back up now"), self._create)
        self.verify_button = self._button(self.tr("Verify"), self._verify)
        self.verify_button.setToolTip(self.tr("Opens the chosen backup and reads every byte of it"))
        self.drill_button = self._button(self.tr("Try a restore"), self._drill)
        self.drill_button.setToolTip(self.tr("Restores the chosen backup beside the backups, and removes it again"))
        self.restore_button = self._button(self.tr("Restore…"), self._restore)
        self.remove_button = self._button(self.tr("Remove them…"), self._remove_left)
        self.remove_button.setAccessibleName(self.tr("Remove the backups that anybody or the old key can read"))
        self.erase_button = self._button(self.tr("Erase them…"), self._erase_aside)
        self.erase_button.setAccessibleName(self.tr("Erase the logs that were set aside"))
        self._where = SettingRow(self.tr("Folder or drive"), self.folder_button)
        self._left = SettingRow(self.tr("Not protected as this log is"), self.remove_button)
        self._aside = SettingRow(self.tr("Logs that were set aside"), self.erase_button)
        self.stop_button = self._button(self.tr("Stop"), self._work.stop)
        self.progress = text_label("", "secondary", wrap=True)
        self._work.stepped.connect(self._show_step)
        self._work.finished.connect(self._done)
        self._work.stopped.connect(self._stopped)
        self._work.failed.connect(self._failed)
        self._lay_out()
        self.show_settings()

    def show_settings(self) -> None:
        """Put the kept settings into the controls."""
        settings = self._workspace.settings
        self._where.tell(settings.backup_folder or self.tr("No folder is chosen: no backups are made."))
        self.daily_box.blockSignals(True)
        self.daily_box.setChecked(settings.backup_daily and settings.backup_folder is not None)
        self.daily_box.blockSignals(False)
        self._enable()

    def refresh(self) -> None:
        """Look again at what is there."""
        if self._may_look():
            self._background.start(self._look, self._show, self._not_shown)

    def choose_folder(self) -> None:
        """Ask for the folder; without one that can be used nothing changes."""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder or drive for the backups"))
        if not chosen:
            return
        folder = Path(chosen)
        if folder.resolve().is_relative_to(self._workspace.profile.log.root.resolve()):
            self.notice.show_error(
                self.tr("A backup inside the case log's own folder would be lost with it. Choose another drive.")
            )
            return
        self.notice.clear()
        self.folder_wanted.emit(folder)

    @property
    def _folder(self) -> Path | None:
        chosen = self._workspace.settings.backup_folder
        return None if chosen is None else Path(chosen)

    def _backups(self) -> Backups:
        return Backups(self._workspace.profile, self._workspace.access)

    def _may_look(self) -> bool:
        try:
            return self._workspace.access.person is not None
        except SkinDeskError:
            return False

    def _administers(self) -> bool:
        try:
            return self._workspace.access.person.may(Permission.ADMINISTER)
        except SkinDeskError:
            return False

    def _look(self) -> _Found:
        """On a thread."""
        workspace, backups = self._workspace, self._backups()
        newest = DailyBackup(workspace.profile, workspace.access, lambda: workspace.settings).newest()
        aside = logs_set_aside(workspace.profile)
        nothing = LeftBehind((), ())
        folder = self._folder
        if folder is None:
            return _Found(newest, (), nothing, aside)
        if not folder.is_dir():
            away = BackupUnavailableError(f"The backup folder {folder} cannot be found.", "Connect its drive.")
            return _Found(newest, (), nothing, aside, away)
        try:
            return _Found(newest, backups.list(folder), backups.left_behind(folder), aside)
        except BackupUnavailableError as error:
            return _Found(newest, (), nothing, aside, error)

    def _show(self, found: _Found) -> None:
        self._found = found
        words = found.newest.words(datetime.now(UTC)) if self._folder is not None else ""
        self.age.setText(words if found.trouble is None else f"{found.trouble} {words}")
        self.age.setVisible(bool(words))
        self.list.show_entries(found.entries)
        self._tell_left(found.left)
        self._tell_aside(found.aside)
        self._enable()

    def _not_shown(self, error: Exception) -> None:
        self.notice.show_error(error)

    def _tell_left(self, left: LeftBehind) -> None:
        told = []
        if left.open_to_all:
            words = self.tr("Backups here that need no passphrase: {n}. Whoever has the drive can read their patients.")
            told.append(words.format(n=len(left.open_to_all)))
        if left.old_key:
            told.append(self.tr("Backups here that the key of before opens: {n}.").format(n=len(left.old_key)))
        if told:
            told.append(self.tr("Back up now, then remove them."))
        self._left.tell(" ".join(told))
        self._left.setVisible(bool(told))

    def _tell_aside(self, aside: Sequence[SetAside]) -> None:
        words = self.tr(
            "{n} in the profile folder, {size}; the last was replaced {at}. Each holds the patients of its time, under "
            "the key of its time."
        )
        if aside:
            bytes_in_all = sum(log.size_bytes for log in aside)
            self._aside.tell(words.format(n=len(aside), size=size(bytes_in_all), at=local_minute(aside[0].at)))
        self._aside.setVisible(bool(aside))

    def _create(self) -> None:
        folder = self._folder
        if folder is None:
            return
        copying, checking = self.tr("Copying pictures"), self.tr("Verifying")
        self._start(lambda tell: self._backups().create(folder, tell(copying), tell(checking)))

    def _verify(self) -> None:
        folder, entry, words = self._folder, self.list.chosen(), self.tr("Verifying")
        if folder is not None and entry is not None:
            name = entry.snapshot.name
            self._start(lambda tell: (self._backups().verify(folder, name, progress=tell(words)), False))

    def _drill(self) -> None:
        folder, entry, words = self._folder, self.list.chosen(), self.tr("Restoring for a trial")
        if folder is not None and entry is not None:
            name = entry.snapshot.name
            self._start(lambda tell: (self._backups().drill(folder, progress=tell(words), name=name), True))

    def _restore(self) -> None:
        entry = self.list.chosen()
        if self._folder is not None and entry is not None:
            self.restore_wanted.emit(self._folder, entry.snapshot.name)

    def _remove_left(self) -> None:
        folder, found = self._folder, self._found
        if folder is not None and found is not None and sure_to_remove(self, len(found.left.names)):
            names = found.left.names
            self._start(lambda _tell: self.tr("Removed: {n}.").format(n=len(self._backups().remove(folder, names))))

    def _erase_aside(self) -> None:
        found = self._found
        if found is not None and sure_to_erase_logs(self, found.aside):
            self._start(lambda _tell: self._erase(found.aside))

    def _erase(self, aside: Sequence[SetAside]) -> str:
        erase_set_aside(self._workspace.profile, self._workspace.access, aside)
        return self.tr("The logs that were set aside are erased.")

    def _start(self, work: Callable[[Tell], object]) -> None:
        self.notice.clear()
        self.progress.setText(self.tr("Working…"))
        self._work.start(work)
        self._enable()

    def _show_step(self, step: Step) -> None:
        self.progress.setText(f"{step.stage}: {step.done:,} / {step.total:,}")

    def _done(self, result: object) -> None:
        if isinstance(result, Created):
            self._tell_created(result)
        elif isinstance(result, tuple):
            self._tell_examined(*result)
        else:
            self.notice.show_done(str(result))
        self._after_work()

    def _tell_created(self, created: Created) -> None:
        if created.flaws:
            self.notice.show_error(f"{created.flaws[0].what} {created.flaws[0].advice}")
            return
        manifest = created.written.manifest
        words = self.tr("Backed up and verified: {cases} cases, {size} written.")
        self.notice.show_done(words.format(cases=f"{manifest.cases:,}", size=size(created.written.written_bytes)))

    def _tell_examined(self, examined: Examined, tried: bool) -> None:
        at = local_minute(examined.snapshot.made_at)
        if examined.flaws:
            words = self.tr("The backup of {at} has {n} flaws, the first: {what} {advice}")
            first = examined.flaws[0]
            self.notice.show_error(words.format(at=at, n=len(examined.flaws), what=first.what, advice=first.advice))
        elif tried:
            self.notice.show_done(self.tr("The backup of {at} was restored for a trial and is whole.").format(at=at))
        else:
            self.notice.show_done(self.tr("The backup of {at} is sound: every byte was read.").format(at=at))

    def _stopped(self) -> None:
        self.notice.show_information(self.tr("Stopped. The backups are as they were."))
        self._after_work()

    def _failed(self, error: Exception) -> None:
        self.notice.show_error(error)
        self._after_work()

    def _after_work(self) -> None:
        self._enable()
        self.refresh()

    def _enable(self) -> None:
        """What can be done now, and by whom."""
        busy, administers = self._work.is_busy, self._administers()
        folder, chosen = self._folder is not None, self.list.chosen()
        reachable = folder and self._found is not None and self._found.trouble is None
        self.folder_button.setEnabled(administers and not busy)
        self.daily_box.setEnabled(administers and folder and not busy)
        self.create_button.setEnabled(folder and not busy)
        own = chosen is not None and (chosen.own or chosen.open_to_all)
        self.verify_button.setEnabled(reachable and own and not busy)
        self.drill_button.setEnabled(reachable and own and not busy)
        self.restore_button.setEnabled(reachable and chosen is not None and administers and not busy)
        for button in (self.remove_button, self.erase_button):
            button.setEnabled(administers and not busy)
        why = "" if administers else self.tr("Only an administrator may do this.")
        for control in (self.folder_button, self.daily_box, self.restore_button, self.remove_button, self.erase_button):
            control.setToolTip(why)
        self.progress.setVisible(busy)
        self.stop_button.setVisible(busy)

    def _lay_out(self) -> None:
        self.column.addWidget(self.notice)
        self.column.addWidget(self._where)
        why = self.tr("While SkinDesk is open, when there is none of today; older ones are thinned out.")
        self.add_setting(self.tr("Back up every day"), why, self.daily_box)
        self.column.addWidget(hairline())
        self.column.addWidget(self.age)
        self.column.addWidget(self.list)
        line = QHBoxLayout()
        line.setSpacing(8)
        for button in (self.create_button, self.verify_button, self.drill_button, self.restore_button):
            line.addWidget(button)
        line.addStretch(1)
        self.column.addLayout(line)
        under_way = QHBoxLayout()
        under_way.addWidget(self.progress, 1)
        under_way.addWidget(self.stop_button)
        self.column.addLayout(under_way)
        for row in (self._left, self._aside):
            row.hide()
            self.column.addWidget(row)
        self.age.hide()

    def _button(self, words: str, clicked: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.clicked.connect(lambda _checked: clicked())
        return button
