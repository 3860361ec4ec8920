"""The Models page: which networks there are, which of them answers, and what another one would change."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.domain.errors import SkinDeskError
from skindesk.domain.people import OWNER, Permission, Person
from skindesk.domain.shadow import Comparison
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.models.detail import ModelDetail
from skindesk.gui.models.model_list import ModelList
from skindesk.gui.models.words import kind_heading, title_of, versioned
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.services.model_shadow import Shadow
from skindesk.services.models import InstalledModel
from skindesk.system.settings import Settings

_LIST_PX = 288


@dataclass(frozen=True)
class _Found:
    """What is installed, which of it answers, and what is wrong with the rest."""

    models: tuple[InstalledModel, ...]
    active: frozenset[str]
    troubles: tuple[str, ...]


@dataclass(frozen=True)
class _Progress:
    """So many of so many pictures are compared."""

    done: int
    total: int


class ModelsWorkspace(QWidget):
    """Reads the installed networks each time it is shown. Only administrators find the actions here."""

    settings_changed = Signal(object)
    """The new Settings; they are kept already."""
    case_wanted = Signal(int)
    """The user wants to see this case."""

    def __init__(
        self, workspace: Workspace, background: Background, person: Person = OWNER, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._administration = workspace.model_administration
        self._administering = person.may(Permission.ADMINISTER)
        self._reading = Latest(background, self)
        self._active: frozenset[str] = frozenset()
        self._comparing, self._stop = "", Event()
        self._compared: dict[str, Comparison] = {}
        self._shadows: dict[tuple[str, Settings], Shadow] = {}
        self.notice = Notice(self)
        self.list = ModelList(self)
        self.list.setFixedWidth(_LIST_PX)
        self.detail = ModelDetail(self._administering, self)
        self.install_button = _button(self.tr("Install…"), "download-simple", self.tr("Install a model bundle"))
        self.back_button = _button(self.tr("Roll back"), "arrow-counter-clockwise", "")
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Each time, show what is installed now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()

    def refresh(self) -> None:
        """Read again what is installed."""
        self._reading.ask(self._read, self._show, self._unread)

    def install(self, source: Path) -> None:
        """Take in a bundle, a folder or a ZIP file, in the background."""
        self._set_busy(True)
        self.notice.show_information(self.tr("Checking {0}…").format(source.name))
        self._background.start(partial(self._administration.install, source), self._installed, self._failed)

    def roll_back(self, modality: Modality) -> None:
        """Let the network answer a kind of picture that answered before, once it is checked."""
        self._set_busy(True)
        self.notice.show_information(self.tr("Checking the network that answered before…"))
        check = partial(self._administration.checked_former, modality)
        self._background.start(check, partial(self._rolled_back, modality), self._failed)

    def _read(self) -> _Found:
        library = self._workspace.models
        active, troubles = set(), [str(fault) for fault in library.faults()]
        for kind in library.modalities():
            try:
                active.add(self._administration.active(kind).name)
            except SkinDeskError as error:
                troubles.append(str(error))
        return _Found(library.installed(), frozenset(active), tuple(troubles))

    def _show(self, found: _Found) -> None:
        if found.active != self._active:
            self._compared.clear()  # they were compared with what answered then
        self._active = found.active
        self.list.show_models(found.models, found.active)
        self._pages.setCurrentWidget(self._content if found.models else self._nothing)
        self._show_way_back()
        if found.troubles:
            self.notice.show_error(" ".join(found.troubles))

    def _unread(self, error: Exception) -> None:
        self._pages.setCurrentWidget(self._unreadable)
        self.notice.show_error(error)

    def _choose(self, model: InstalledModel) -> None:
        self.detail.show_model(model, model.name in self._active)
        found = self._compared.get(model.name)
        if self._comparing == model.name:
            self.detail.comparison.show_progress(0, 0)
        elif found is None:
            self.detail.comparison.show_nothing(model.name in self._active)
        else:
            self.detail.comparison.show_comparison(found)

    def _verify(self) -> None:
        model = self.list.chosen()
        if model is None:
            return
        self._set_busy(True)
        self.detail.show_checking(self.tr("Verifying…"))
        work = partial(self._workspace.models.problem_with, model.name)
        self._background.start(work, partial(self._verified, model.name), self._failed)

    def _verified(self, name: str, problem: str | None) -> None:
        self._set_busy(False)
        chosen = self.list.chosen()
        if chosen is not None and chosen.name == name:
            self.detail.show_checked(problem)

    def _activate(self) -> None:
        model = self.list.chosen()
        if model is None:
            return
        self._set_busy(True)
        self.detail.show_checking(self.tr("Checking before it answers…"))
        self._background.start(
            partial(self._administration.checked, model.name), self._checked, partial(self._not_checked, model.name)
        )

    def _checked(self, model: InstalledModel) -> None:
        self._verified(model.name, None)
        try:
            changed = self._administration.activate(model)
        except SkinDeskError as error:
            self._failed(error)
            return
        if not changed:
            return
        words = self.tr("{title} answers from now on. Earlier answers stay as they are.").format(title=title_of(model))
        self.notice.show_done(words, self.tr("Roll back"), partial(self.roll_back, model.modality))
        self._follow_change()

    def _not_checked(self, name: str, error: Exception) -> None:
        self._failed(error)
        chosen = self.list.chosen()
        if chosen is not None and chosen.name == name:
            self.detail.show_failed(error)

    def _rolled_back(self, modality: Modality, _former: InstalledModel) -> None:
        self._set_busy(False)
        try:
            model = self._administration.roll_back(modality)
        except SkinDeskError as error:
            self._failed(error)
            return
        self.notice.show_done(self.tr("{title} answers again.").format(title=f"{title_of(model)} ({versioned(model)})"))
        self.list.choose(model.name)
        self._follow_change()

    def _installed(self, model: InstalledModel) -> None:
        self._set_busy(False)
        words = self.tr("{title} is installed. It answers once you activate it.")
        self.notice.show_done(words.format(title=f"{title_of(model)} ({versioned(model)})"))
        self.settings_changed.emit(self._workspace.settings)
        self._reading.ask(self._read, partial(self._show_and_choose, model.name), self._unread)

    def _show_and_choose(self, name: str, found: _Found) -> None:
        self._show(found)
        self.list.choose(name)
        self.list.setFocus()

    def _follow_change(self) -> None:
        self.settings_changed.emit(self._workspace.settings)
        self.refresh()

    def _compare(self) -> None:
        model = self.list.chosen()
        if model is None:
            return
        self._comparing = model.name
        self._set_busy(True)
        self.notice.clear()
        self.detail.tabs.setCurrentWidget(self.detail.comparison)
        self.detail.comparison.show_progress(0, 0)
        self.detail.comparison.stop_button.setFocus()
        work = partial(self._compare_in_background, model.name, self.detail.comparison.wanted_limit())
        self._stop = self._background.stream(work, self._follow_comparison, self._comparison_ended, self._not_compared)

    def _compare_in_background(
        self, name: str, limit: int | None, emit: Callable[[_Progress | Comparison], None], stop: Event
    ) -> None:
        shadow = self._shadow(name)
        emit(shadow.run(limit, lambda done, total: emit(_Progress(done, total)), stop))

    def _shadow(self, name: str) -> Shadow:
        """The one that was begun with the same network and choices, so that it goes on where it was stopped."""
        key = name, self._workspace.settings
        if key not in self._shadows:
            self._shadows = {key: self._administration.shadow(name, self._workspace.casework.log)}
        return self._shadows[key]

    def _follow_comparison(self, items: list[_Progress | Comparison]) -> None:
        for item in items:
            if isinstance(item, Comparison):
                self._compared[self._comparing] = item
        last, chosen = items[-1], self.list.chosen()
        if isinstance(last, _Progress) and chosen is not None and chosen.name == self._comparing:
            self.detail.comparison.show_progress(last.done, last.total)

    def _comparison_ended(self) -> None:
        self._set_busy(False)
        stopped, name, self._comparing = self._stop.is_set(), self._comparing, ""
        chosen, found = self.list.chosen(), self._compared.get(name)
        if found is not None and chosen is not None and chosen.name == name:
            self.detail.comparison.show_comparison(found)
            self.detail.comparison.table.setFocus()
        if stopped:
            self.notice.show_information(self.tr("Stopped. Compare goes on where it was stopped."))

    def _stop_comparing(self) -> None:
        self._stop.set()

    def _not_compared(self, error: Exception) -> None:
        self._comparing = ""
        self.detail.comparison.show_nothing()
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)

    def _set_busy(self, busy: bool) -> None:
        self.detail.set_busy(busy)
        self.install_button.setEnabled(not busy)
        self._show_way_back(busy)

    def _show_way_back(self, busy: bool = False) -> None:
        kinds = self._kinds_with_a_way_back()
        self.back_button.setEnabled(bool(kinds) and not busy)
        words = self.tr("Let the network answer again that answered before")
        self.back_button.setAccessibleName(words)
        self.back_button.setToolTip(words if kinds else self.tr("No network was activated before"))

    def _kinds_with_a_way_back(self) -> list[Modality]:
        return [kind for kind in Modality if self._workspace.settings.former_model(kind) is not None]

    def _ask_what_to_roll_back(self) -> None:
        kinds = self._kinds_with_a_way_back()
        if len(kinds) == 1:
            self.roll_back(kinds[0])
            return
        menu = QMenu(self)
        for kind in kinds:
            menu.addAction(kind_heading(kind), partial(self.roll_back, kind))
        menu.popup(self.back_button.mapToGlobal(self.back_button.rect().bottomLeft()))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Install a model bundle"), "", "ZIP (*.zip)")
        if name:
            self.install(Path(name))

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Install a model bundle"))
        if name:
            self.install(Path(name))

    def _connect(self) -> None:
        menu = QMenu(self.install_button)
        menu.addAction(self.tr("From a ZIP file…"), self._choose_file)
        menu.addAction(self.tr("From a folder…"), self._choose_folder)
        self.install_button.setMenu(menu)
        self.list.model_chosen.connect(self._choose)
        self.back_button.clicked.connect(self._ask_what_to_roll_back)
        self.detail.activate_button.clicked.connect(self._activate)
        self.detail.verify_button.clicked.connect(self._verify)
        self.detail.compare_button.clicked.connect(self._compare)
        self.detail.comparison.case_wanted.connect(self.case_wanted)
        self.detail.comparison.stop_wanted.connect(self._stop_comparing)
        self._unreadable.activated.connect(self.refresh)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self.refresh)

    def _lay_out(self) -> None:
        self._nothing = EmptyState(
            "cpu",
            self.tr("No network is installed"),
            self.tr("Install a model bundle, or install SkinDesk again."),
        )
        self._unreadable = EmptyState(
            "warning-circle",
            self.tr("The networks cannot be read"),
            self.tr("The message above says why. Nothing has been changed."),
            self.tr("Try again"),
        )
        self._content = QWidget()
        line = QHBoxLayout(self._content)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(self.list)
        line.addWidget(self.detail, 1)
        self._pages.addWidget(text_label(self.tr("Looking for installed networks…"), "secondary"))
        for page in (self._content, self._nothing, self._unreadable):
            self._pages.addWidget(page)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(text_label(self.tr("Models"), "page-title"), 1)
        for button in (self.back_button, self.install_button):
            if not self._administering:
                button.hide()
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(self._pages, 1)


def _button(words: str, icon_name: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setAccessibleName(name)
    button.setToolTip(name)
    set_icon(button, icon_name)
    return button
