"""The main window: the rail, the patient band, and one page at a time, once somebody may see patients."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPixmapCache, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Lesion, Patient
from skindesk.domain.people import OWNER, Permission, Person
from skindesk.gui.access import Gate
from skindesk.gui.access.idle import IdleWatch
from skindesk.gui.background import Background
from skindesk.gui.clipboard import take_back
from skindesk.gui.examine import ExamineWorkspace
from skindesk.gui.mark import mark
from skindesk.gui.theme import apply_theme, notifier, set_icon
from skindesk.gui.widgets.labels import PixmapLabel
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.patient_band import PatientBand
from skindesk.system.settings import Settings

if TYPE_CHECKING:
    from skindesk.services.access import Door

_log = logging.getLogger(__name__)
RAIL_PX = 72
GRACE_S = 30
"""How long an impression that is not saved holds off the lock for want of input."""
_FIRST_SIZE_PX = QSize(1280, 800)
_LEAST_SIZE_PX = (960, 600)
_WINDOW_FILE = "window.ini"


@dataclass(frozen=True)
class _Entry:
    """One place on the rail."""

    key: str
    word: str
    icon_name: str


class MainWindow(QMainWindow):
    """Pages other than Examine are made when they are first visited, so that the window opens at once.

    The lock takes away every page but Batch, which knows no patient of the case log and whose run goes on; they are
    made anew afterwards.
    """

    entered = Signal()
    """The pages are in sight: the log needs no passphrase, or somebody has signed in."""
    locked = Signal()
    """The case log is closed, and nothing works with it any more."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setWindowTitle("SkinDesk")
        self.setWindowIcon(mark())
        self._workspace = workspace
        self.background = Background(self)
        """Works for the pages, and has ended before the case log is closed."""
        self._lasting = Background(self)
        self._person = OWNER
        self._key = "examine"
        self.gate = Gate(workspace, self._lasting)
        self.idle = IdleWatch(QApplication.instance() or self, self)
        self._grace = QTimer(self, singleShot=True)
        self.band = PatientBand()
        self.notice = Notice()
        self.intended_use = Notice(closable=False)
        self._stack = QStackedWidget()
        self._whole = QStackedWidget()
        self._work = QWidget()
        self._pages: dict[str, QWidget] = {}
        self._patients: dict[str, Patient | None] = {}
        self._group = QButtonGroup(self)
        self._entries = (
            _Entry("examine", self.tr("Examine"), "magnifying-glass"),
            _Entry("cases", self.tr("Cases"), "address-book"),
            _Entry("batch", self.tr("Batch"), "stack"),
            _Entry("settings", self.tr("Settings"), "gear-six"),
            _Entry("about", self.tr("About"), "info"),
        )
        self._lay_out()
        self._connect()
        self.show_page("examine")
        self._restore_size()
        if not workspace.settings.notice_accepted:
            self._show_intended_use()
        self.gate.wait(self.tr("Opening the case log…"))
        self._whole.setCurrentWidget(self.gate)
        QTimer.singleShot(0, self._find_door)  # once the window is there

    @property
    def examine(self) -> ExamineWorkspace:
        """The Examine page; another one after each lock."""
        page = self.page("examine")
        assert isinstance(page, ExamineWorkspace)
        return page

    @property
    def is_entered(self) -> bool:
        """Whether the pages are in sight."""
        return self._whole.currentWidget() is self._work

    def lock(self) -> None:
        """Lock a protected log, unless the user wants to keep what is not saved."""
        if self._signed_in() and self._may_leave():
            self._leave(self._workspace.lock)

    def protect(self) -> None:
        """Have a log protected that needs no passphrase so far, unless the user wants to keep what is not saved."""
        if self._may_leave():
            self._leave(self._workspace.close_case_log, self.gate.protect)

    def show_page(self, key: str) -> QWidget:
        """Show a page, making it at its first visit."""
        page = self.page(key)
        self._key = key
        self._stack.setCurrentWidget(page)
        focused = self.focusWidget()
        if self.isVisible() and (focused is None or not page.isAncestorOf(focused)):
            self.rail_button(key).setFocus(Qt.FocusReason.OtherFocusReason)
        self.rail_button(key).setChecked(True)
        self._colour_rail()
        self.band.setVisible(key in self._patients)
        self._show_band(key)
        return page

    def page(self, key: str) -> QWidget:
        """A page, made where it has not been visited yet."""
        if key not in self._pages:
            self._add_page(key, self._made(key))
        return self._pages[key]

    def pages(self) -> set[str]:
        """The pages that have been made so far."""
        return set(self._pages)

    def rail_button(self, key: str) -> QAbstractButton:
        """The place of a page on the rail."""
        return self._group.button([entry.key for entry in self._entries].index(key))

    def show_trouble(self, sentence: str) -> None:
        """Say above the page that something unexpected went wrong."""
        if self.is_entered:
            self.notice.show_error(sentence)
        else:
            self.gate.show_trouble(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close unless something unsaved is to be kept; what has been started ends first."""
        if self.is_entered and not self.examine.close_allowed():
            event.ignore()
            return
        self._window_settings().setValue("geometry", self.saveGeometry())
        self.idle.rest()
        self.background.close()
        self._lasting.close()
        take_back()
        self._workspace.lock()
        event.accept()

    def _connect(self) -> None:
        self._group.idClicked.connect(self._visit)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Quit), self, self.close)
        QShortcut(QKeySequence("Ctrl+L"), self._work, self.lock)
        self.band.lock_button.clicked.connect(self.lock)
        self.gate.entered.connect(self._enter)
        self.idle.idle.connect(self._fell_idle)
        self.idle.back.connect(self._came_back)
        self._grace.timeout.connect(self._lock_without_asking)
        notifier().changed.connect(self._colour_rail)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail())
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.band)
        for notice in (self.intended_use, self.notice):
            column.addWidget(_held(notice))
        column.addWidget(self._stack, 1)
        row.addLayout(column, 1)
        self._whole.addWidget(self._work)
        self._whole.addWidget(self.gate)
        self.setCentralWidget(self._whole)
        self.setMinimumSize(*_LEAST_SIZE_PX)

    def _rail(self) -> QWidget:
        rail = QFrame()
        rail.setProperty("role", "rail")
        rail.setFixedWidth(RAIL_PX)
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(4)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(PixmapLabel(mark(), 32), 0, centre)
        column.addSpacing(12)
        for index, entry in enumerate(self._entries):
            column.addWidget(self._rail_button(index, entry), 0, centre)
        column.addStretch(1)
        return rail

    def _rail_button(self, index: int, entry: _Entry) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "rail")
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setText(entry.word)
        button.setAccessibleName(entry.word)
        keys = f"Ctrl+{index + 1}"
        button.setToolTip(f"{entry.word} ({keys})")
        self._group.addButton(button, index)
        QShortcut(QKeySequence(keys), self._work, partial(self.show_page, entry.key))
        return button

    def _visit(self, index: int) -> None:
        self.show_page(self._entries[index].key)

    def _colour_rail(self) -> None:
        for index, entry in enumerate(self._entries):
            button = self._group.button(index)
            set_icon(button, entry.icon_name, "accent" if button.isChecked() else "muted")

    def _add_page(self, key: str, page: QWidget) -> None:
        self._pages[key] = page
        self._stack.addWidget(page)

    def _made(self, key: str) -> QWidget:
        makers: dict[str, Callable[[], QWidget]] = {
            "examine": self._made_examine,
            "cases": self._made_cases,
            "batch": self._made_batch,
            "settings": self._made_settings,
            "about": self._made_about,
        }
        return makers[key]()

    def _made_examine(self) -> QWidget:
        examine = ExamineWorkspace(self._workspace, self.background, self._person.may(Permission.REVIEW))
        self._patients["examine"] = None
        examine.patient_changed.connect(partial(self._patient_changed, "examine"))
        examine.case_wanted.connect(self._show_case)
        return examine

    def _made_cases(self) -> QWidget:
        from skindesk.gui.cases import CasesWorkspace

        cases = CasesWorkspace(self._workspace, self.background)
        self._patients["cases"] = None
        cases.patient_changed.connect(partial(self._patient_changed, "cases"))
        cases.add_picture_wanted.connect(self._add_picture)
        self.examine.case_saved.connect(lambda _case_id: cases.refresh())
        return cases

    def _made_batch(self) -> QWidget:
        from skindesk.gui.batch import BatchWorkspace

        return BatchWorkspace(self._workspace, self._lasting)

    def _made_settings(self) -> QWidget:
        from skindesk.gui.settings import SettingsWorkspace

        settings = SettingsWorkspace(self._workspace, self.background)
        settings.settings_changed.connect(self._settings_changed)
        settings.protection_wanted.connect(self.protect)
        return settings

    def _made_about(self) -> QWidget:
        from skindesk.gui.about import AboutWorkspace

        return AboutWorkspace(self._workspace, self.background)

    def _patient_changed(self, key: str, patient: Patient | None) -> None:
        self._patients[key] = patient
        if self._stack.currentWidget() is self._pages.get(key):
            self._show_band(key)

    def _show_band(self, key: str) -> None:
        without = self.tr("No patient chosen") if key == "cases" else ""
        self.band.show_patient(self._patients.get(key), without)

    def _show_case(self, case_id: int) -> None:
        from skindesk.gui.cases import CasesWorkspace

        cases = self.show_page("cases")
        if isinstance(cases, CasesWorkspace):
            cases.show_case(case_id)

    def _add_picture(self, patient: Patient, lesion: Lesion) -> None:
        self.show_page("examine")
        self.examine.start_for(patient, lesion)

    def _settings_changed(self, settings: Settings) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, settings.theme)
        self.examine.apply_settings(settings)
        self._watch()

    def _find_door(self) -> None:
        self._lasting.start(lambda: self._workspace.access.door, self._come_to, self._no_door)

    def _come_to(self, door: "Door") -> None:
        """Open the log where no passphrase is needed; have it set up, or ask who it is, otherwise."""
        from skindesk.services.access import Door

        if door in (Door.OPEN, Door.SIGNED_IN):
            self._enter()
            return
        self._forget_pages()
        if door is Door.LOCKED:
            self.gate.sign_in("" if self._person == OWNER else self._person.person_id)
        else:
            self.gate.set_up(unsealed=door is Door.UNSEALED)

    def _no_door(self, error: Exception) -> None:
        """Without its key the log cannot be opened, but pictures can be classified."""
        self._show_work(OWNER)
        self.notice.show_error(error)

    def _enter(self) -> None:
        self._show_work(self._workspace.access.person)
        self.background.start(lambda: self._workspace.casework, self._case_log_opened, self.notice.show_error)

    def _case_log_opened(self, _casework: object) -> None:
        """Nothing to say: pages ask the log for themselves."""

    def _show_work(self, person: Person) -> None:
        if person != self._person:
            self._forget_pages()  # they were made for somebody with other rights
        self._person = person
        self._whole.setCurrentWidget(self._work)
        self.band.show_person(person.name if self._signed_in() else None)
        self.show_page(self._key)
        self._watch()
        self.entered.emit()

    def _signed_in(self) -> bool:
        return self._person != OWNER

    def _watch(self) -> None:
        self.idle.watch(60 * self._workspace.settings.lock_after_min if self._signed_in() else 0)

    def _fell_idle(self) -> None:
        if not self.examine.unsaved:
            self._lock_without_asking()
            return
        words = self.tr(
            "SkinDesk locks in {seconds} seconds, since nothing was touched. What you noted on this picture is not "
            "saved and is lost then."
        )
        self.notice.show_information(words.format(seconds=GRACE_S))
        self._grace.start(1000 * GRACE_S)

    def _came_back(self) -> None:
        if self._grace.isActive():
            self._grace.stop()
            self.notice.clear()

    def _lock_without_asking(self) -> None:
        self._leave(self._workspace.lock)

    def _may_leave(self) -> bool:
        return self.is_entered and self.examine.close_allowed()

    def _leave(self, close: Callable[[], None], then: Callable[[], None] | None = None) -> None:
        """Take patients out of sight at once, and close the log when nothing works with it any more."""
        self.idle.rest()
        self._grace.stop()
        self.gate.wait(self.tr("Locking the case log…") if then is None else self.tr("Closing the case log…"))
        self._whole.setCurrentWidget(self.gate)
        for dialog in filter(QDialog.isVisible, self.findChildren(QDialog)):
            dialog.done(QDialog.DialogCode.Rejected)
        QTimer.singleShot(0, partial(self._empty, close, then or self._find_door))  # a dialog's own loop ends first

    def _empty(self, close: Callable[[], None], then: Callable[[], None]) -> None:
        ending, self.background = self.background, Background(self)
        self._forget_pages()
        take_back()
        QPixmapCache.clear()
        ending.stop()

        def end() -> None:
            ending.wait()
            close()

        self._lasting.start(end, partial(self._left, then), self._could_not_leave)
        self.locked.connect(ending.deleteLater)

    def _left(self, then: Callable[[], None], _nothing: None) -> None:
        self.locked.emit()
        then()

    def _could_not_leave(self, error: Exception) -> None:
        _log.warning("the case log could not be closed in good order", exc_info=error)
        self._left(self._find_door, None)

    def _forget_pages(self) -> None:
        """Take away every page that may show patients."""
        for key in [key for key in self._pages if key != "batch"]:
            page = self._pages.pop(key)
            self._stack.removeWidget(page)
            page.deleteLater()
        self._patients.clear()
        self.band.show_patient(None)
        self.notice.clear()

    def _show_intended_use(self) -> None:
        self.intended_use.show_information(
            self.tr("Decision support for research and second opinion. Not a cleared medical device."),
            self.tr("Accept"),
            self._accept,
        )

    def _accept(self) -> None:
        accepted = replace(self._workspace.settings, notice_accepted=True)
        self._lasting.start(
            lambda: self._workspace.change_settings(accepted), self._accepted, self._acceptance_not_kept
        )

    def _accepted(self, _nothing: None) -> None:
        self.intended_use.clear()

    def _acceptance_not_kept(self, _error: Exception) -> None:
        self.intended_use.clear()
        self.notice.show_error(
            self.tr("The profile folder cannot be written. SkinDesk will ask again at the next start.")
        )

    def _window_settings(self) -> QSettings:
        return QSettings(str(self._workspace.profile.root / _WINDOW_FILE), QSettings.Format.IniFormat)

    def _restore_size(self) -> None:
        self.resize(_FIRST_SIZE_PX.boundedTo(self.screen().availableSize()))
        geometry = self._window_settings().value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)


def _held(notice: Notice) -> QWidget:
    """A notice with its margins, which take no room while it has nothing to say."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(16, 8, 16, 8)
    column.addWidget(notice)
    holder.setVisible(False)
    notice.shown_changed.connect(holder.setVisible)
    return holder
