"""The Settings page: every choice takes effect at once and is kept in the profile."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.gui.background import Background
from skindesk.gui.clipboard import copy_text
from skindesk.gui.settings.backup_section import BackupSection
from skindesk.gui.settings.incoming_section import IncomingSection
from skindesk.gui.settings.letterhead import LetterheadSection
from skindesk.gui.settings.mix_row import MixRow
from skindesk.gui.settings.protection import Protection
from skindesk.gui.settings.section import Section
from skindesk.gui.theme import apply_theme, reduce_motion, set_icon
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.tab_order import follow_layout
from skindesk.gui.widgets.words import sentence
from skindesk.services.models import InstalledModel
from skindesk.system.settings import SIZES_PERCENT, Settings, Theme

_COLUMN_PX = 760
_MOST_WORKERS = 64


class SettingsWorkspace(QWidget):
    """Shows the workspace's settings and changes them."""

    settings_changed = Signal(object)
    """The new Settings; they are kept already."""
    protection_wanted = Signal()
    """A log without a passphrase is to get one."""
    models_wanted = Signal()
    """The user wants to choose, install or compare networks."""
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
        super().__init__(parent)
        self._workspace = workspace
        self._background = background
        self.notice = Notice(self)
        self.theme_choice = self._theme_choice()
        self.size_choice = self._size_choice()
        self.motion_box = self._motion_box()
        self.impression_box = self._impression_box()
        self.workers_box = self._workers_box()
        self._shown_kinds: list[Modality] = []
        self.mix_rows: tuple[MixRow, ...] = ()
        self.models_label = text_label(self.tr("Looking for installed networks…"), "secondary", wrap=True)
        self.models_button = QPushButton(self.tr("Models…"), self)
        self._models = self._networks()
        self._mixes = self._class_mix()
        self.incoming = IncomingSection(self)
        self.incoming.changed.connect(lambda values: self._change(**values))
        self.letterhead = LetterheadSection(workspace, background, self)
        self.letterhead.changed.connect(lambda values: self._change(**values))
        self.protection = Protection(workspace, background, may_leave, self)
        self.protection.protection_wanted.connect(self.protection_wanted)
        self.protection.audit_wanted.connect(self.audit_wanted)
        self.protection.own_role_changed.connect(self.own_role_changed)
        self.protection.lock_after.valueChanged.connect(lambda minutes: self._change(lock_after_min=minutes))
        self.backups = BackupSection(workspace, background, self)
        self.backups.folder_wanted.connect(lambda folder: self._change(backup_folder=str(folder), backup_daily=True))
        self.backups.daily_wanted.connect(lambda on: self._change(backup_daily=on))
        self._build()
        self._show_settings()

    def showEvent(self, event: QShowEvent) -> None:
        """Each time, show what is installed now."""
        super().showEvent(event)
        if not event.spontaneous():
            self._show_settings()
            self.backups.refresh()
            self._background.start(self._workspace.models.installed, self._show_models, self._no_models)

    def _show_settings(self) -> None:
        """Put the kept settings into the controls, without keeping them again."""
        settings = self._workspace.settings
        controls = (
            self.theme_choice,
            self.size_choice,
            self.motion_box,
            self.impression_box,
            self.workers_box,
            self.protection.lock_after,
        )
        for control in controls:
            control.blockSignals(True)
        self.theme_choice.choose(settings.theme)
        self.size_choice.choose(settings.size_percent)
        self.motion_box.setChecked(settings.reduce_motion)
        self.impression_box.setChecked(settings.impression_first)
        self.workers_box.setValue(settings.batch_workers)
        self.protection.lock_after.setValue(settings.lock_after_min)
        for control in controls:
            control.blockSignals(False)
        self.letterhead.show_settings(settings)
        self.incoming.show_settings(settings)
        self.backups.show_settings()

    def _change(self, **values: Any) -> None:
        """Keep some settings with other values."""
        self._keep(replace(self._workspace.settings, **values))

    def _keep(self, changed: Settings) -> None:
        """Keep changed settings; where the profile cannot be written, say so and show the old ones again."""
        if changed == self._workspace.settings:
            return
        try:
            self._workspace.change_settings(changed)
        except OSError as error:
            self._show_settings()
            self._show_mixes()
            self._tell_unwritable(error)
            return
        self.notice.clear()
        self.backups.show_settings()
        self.incoming.show_settings(changed)
        self.settings_changed.emit(changed)

    def _tell_unwritable(self, error: OSError) -> None:
        self.notice.show_error(
            self.tr(
                "The setting could not be kept: {0}. Check the profile folder's permissions and free space."
            ).format(error.strerror or error)
        )

    def _change_theme(self, theme: Theme) -> None:
        self._change(theme=theme)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, self._workspace.settings.theme)

    def _show_models(self, models: Sequence[InstalledModel]) -> None:
        kinds = [kind for kind in Modality if any(model.modality is kind for model in models)]
        if kinds != self._shown_kinds:
            self._shown_kinds = kinds
            self._list_mixes(kinds)
        self._show_mixes()
        self._name_networks(models)

    def _name_networks(self, models: Sequence[InstalledModel]) -> None:
        """Say which network answers each kind of picture: that of the settings, or the first where none is chosen."""
        lines = []
        for kind in self._shown_kinds:
            wanted = self._workspace.settings.model_for(kind)
            found = [model for model in models if model.modality is kind and wanted in (None, *model.names)]
            if found:
                lines.append(f"{self._kind_word(kind)}: {found[0].model_id} {found[0].contract.version}")
            else:
                self.notice.show_error(
                    self.tr("The chosen network {0} is no longer installed. Choose another one.").format(wanted)
                )
        nothing = self.tr("No network is installed. Install a model bundle, or install SkinDesk again.")
        self.models_label.setText("\n".join(lines) or nothing)

    def _kind_word(self, modality: Modality) -> str:
        return {
            Modality.DERMOSCOPIC: self.tr("Dermoscopic pictures"),
            Modality.CLINICAL: self.tr("Clinical photographs"),
        }[modality]

    def _list_mixes(self, kinds: Sequence[Modality]) -> None:
        for old in self.mix_rows:
            self._mixes.column.removeWidget(old)
            old.deleteLater()
        rows = []
        for kind in kinds:
            row = MixRow(kind, self._workspace, self._background, self._mixes)
            row.wanted.connect(self._take_mix)
            self._mixes.column.addWidget(row)
            rows.append(row)
        self.mix_rows = tuple(rows)
        follow_layout(self)

    def _show_mixes(self) -> None:
        for row in self.mix_rows:
            row.show_kept()

    def _take_mix(self, modality: Modality, mix: str) -> None:
        self._keep(self._workspace.settings.with_mix(modality, mix))
        self._show_mixes()

    def _no_models(self, error: Exception) -> None:
        self.models_label.setText(sentence(error))
        self.notice.show_error(error)

    def _copy_path(self) -> None:
        copy_text(str(self._workspace.profile.root))
        self.notice.show_done(self.tr("The profile folder's path is in the clipboard."))

    def _change_motion(self, reduced: bool) -> None:
        self._change(reduce_motion=reduced)
        reduce_motion(self._workspace.settings.reduce_motion)

    def _theme_choice(self) -> Segmented[Theme]:
        options = (
            (Theme.SYSTEM, self.tr("System")),
            (Theme.LIGHT, self.tr("Light")),
            (Theme.DARK, self.tr("Dark")),
        )
        choice = Segmented(self.tr("Theme"), options, self)
        choice.setMinimumWidth(240)
        choice.chosen.connect(self._change_theme)
        return choice

    def _size_choice(self) -> Segmented[int]:
        options = [(percent, f"{percent}\u00a0%") for percent in SIZES_PERCENT]
        choice = Segmented[int](self.tr("Size of text and controls"), options, self)
        choice.setMinimumWidth(280)
        choice.chosen.connect(lambda percent: self._change(size_percent=percent))
        return choice

    def _motion_box(self) -> QCheckBox:
        box = QCheckBox(self.tr("Reduce motion"), self)
        box.setAccessibleName(box.text())
        box.toggled.connect(self._change_motion)
        return box

    def _impression_box(self) -> QCheckBox:
        box = QCheckBox(self.tr("Ask first"), self)
        box.setAccessibleName(self.tr("Ask for my impression before the network's answer is shown"))
        box.toggled.connect(lambda on: self._change(impression_first=on))
        return box

    def _workers_box(self) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(self.tr("Workers in a batch"))
        box.setRange(0, _MOST_WORKERS)
        box.setSpecialValueText(self.tr("One per core"))
        box.setFixedSize(144, 36)
        box.lineEdit().setTextMargins(8, 0, 0, 0)
        box.valueChanged.connect(lambda count: self._change(batch_workers=count))
        return box

    def _build(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        sections = (
            self.protection,
            self.backups,
            self._looks(),
            self._examination(),
            self.incoming,
            self._models,
            self._mixes,
            self.letterhead,
            self._batch(),
            self._profile(),
        )
        for section in sections:
            column.addWidget(section)
        column.addStretch()
        held = QWidget()
        held.setLayout(column)
        held.setMaximumWidth(_COLUMN_PX)
        page = QWidget()
        page.setProperty("role", "scrolled")
        line = QHBoxLayout(page)
        line.setContentsMargins(24, 0, 24, 24)
        line.addWidget(held, 10)
        line.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(24, 24, 24, 16)
        top.setSpacing(16)
        top.addWidget(text_label(self.tr("Settings"), "page-title"))
        top.addWidget(self.notice)
        whole.addLayout(top)
        whole.addWidget(scroll, 1)

    def _looks(self) -> Section:
        section = Section(self.tr("Appearance"), self)
        why = self.tr("System follows your desktop's light or dark mode. Pictures stand on the same grey in both.")
        section.add_setting(self.tr("Theme"), why, self.theme_choice)
        why = self.tr("Counts from the next start. On a screen of 1920 × 1080 pixels 150\u00a0% is the most that fits.")
        section.add_setting(self.tr("Size of text and controls"), why, self.size_choice)
        why = self.tr("Pictures that are compared do not blink, and nothing else moves by itself.")
        section.add_setting(self.tr("Motion"), why, self.motion_box)
        return section

    def _examination(self) -> Section:
        section = Section(self.tr("Examination"), self)
        why = self.tr(
            "A wrong answer sways even experts who see it first. Your impression and the network's are both kept."
        )
        section.add_setting(self.tr("My impression before the network's answer"), why, self.impression_box)
        return section

    def _networks(self) -> Section:
        section = Section(self.tr("Networks"), self)
        self.models_button.setAccessibleName(self.tr("Open Models, to choose which network answers"))
        self.models_button.clicked.connect(self.models_wanted)
        line = QHBoxLayout()
        line.setSpacing(24)
        line.addWidget(self.models_label, 1)
        line.addWidget(self.models_button)
        section.column.addLayout(line)
        return section

    def _class_mix(self) -> Section:
        section = Section(self.tr("Class mix"), self)
        why = self.tr(
            "A network's probabilities hold where each class is as common as in the archive it was trained on. Where "
            "your patients differ, another mix shifts them, and every answer then says so. Your own file names a share "
            "for every label, as in “nv = 0.67” (TOML), or “nv,0.67” (CSV)."
        )
        section.column.addWidget(text_label(why, "secondary", wrap=True))
        return section

    def _batch(self) -> Section:
        section = Section(self.tr("Batch"), self)
        why = self.tr("Pictures classified at the same time. Fewer workers leave more of this computer for other work.")
        section.add_setting(self.tr("Workers"), why, self.workers_box)
        return section

    def _profile(self) -> Section:
        section = Section(self.tr("Profile"), self)
        self.copy_button = QPushButton(self.tr("Copy path"), self)
        self.copy_button.setAccessibleName(self.tr("Copy the profile folder's path"))
        set_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(self._copy_path)
        section.add_setting(self.tr("Profile folder"), str(self._workspace.profile.root), self.copy_button)
        section.column.addWidget(hairline())
        note = self.tr(
            "Case log, pictures and settings are in this folder and, but for backups, nowhere else. Before an update "
            "changes the case log, SkinDesk keeps a copy of it in the folder's own “backups”."
        )
        section.column.addWidget(text_label(note, "secondary", wrap=True))
        return section
