"""The main window: the rail, the patient band, and one page at a time, once somebody may see patients."""

import gc
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import CaseLogDamagedError
from skindesk.domain.worklist import WorklistCounts
from skindesk.gui.access.gate import Gate
from skindesk.gui.access.idle import IdleWatch
from skindesk.gui.access.lock import Locking
from skindesk.gui.access.words import role_word
from skindesk.gui.background import Background
from skindesk.gui.backups.automatic import AutomaticBackup
from skindesk.gui.clipboard import take_back
from skindesk.gui.demo_notice import DemoNotice
from skindesk.gui.drafts.bar import DraftBar
from skindesk.gui.drafts.kept import Offer
from skindesk.gui.intended_use import IntendedUse
from skindesk.gui.mark import mark
from skindesk.gui.pages import Pages
from skindesk.gui.rail import Rail, RailEntry
from skindesk.gui.shortcuts import offer_shortcuts
from skindesk.gui.theme import apply_theme
from skindesk.gui.warnings import Warnings
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.patient_band import PatientBand
from skindesk.system.settings import Settings

if TYPE_CHECKING:
    from skindesk.gui.examine import ExamineWorkspace

_log = logging.getLogger(__name__)

_FIRST_SIZE_PX = QSize(1280, 800)
_LEAST_SIZE_PX = (960, 600)
_WINDOW_FILE = "window.ini"
_FROM_SETTINGS = frozenset({"audit"})
"""Pages without a place on the rail, to which Settings leads those who may see them."""


class MainWindow(QMainWindow):
    """Puts the pages beside the rail and below the band; the gate stands in their place while the log is locked.

    Pages other than Examine are made when they are first visited, so that the window opens at once. The lock takes
    them away, and they are made anew afterwards.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setWindowTitle("SkinDesk")
        self.setWindowIcon(mark())
        self._workspace = workspace
        self._key = "examine"
        self._begun = False
        self._lasting = Background(self)
        self._pages = Pages(workspace, self._lasting)
        self.locking = Locking(workspace, self._pages, self._lasting, self)
        self.automatic = AutomaticBackup(workspace, lambda: self._pages.background, self)
        self.band = PatientBand()
        self.notice = Notice()
        self.warnings = Warnings(workspace, self._lasting)
        self.demo_notice = DemoNotice(workspace)
        self.intended_use = IntendedUse(workspace, self._lasting)
        self.draft_bar = DraftBar()
        self._rail = Rail(self._places())
        self._work = QWidget()
        self._whole = QStackedWidget()
        self._lay_out()
        self._connect()
        self._restore_size()
        self.intended_use.ask()
        self._whole.setCurrentWidget(self.gate)
        self.gate.wait(self.tr("Opening the case log…"))
        QTimer.singleShot(0, self, self._begin_unseen)

    @property
    def gate(self) -> Gate:
        """What stands in the place of the pages until somebody may see patients."""
        return self.locking.gate

    @property
    def idle(self) -> IdleWatch:
        """Notices when nobody touches the program."""
        return self.locking.idle

    @property
    def examine(self) -> "ExamineWorkspace":
        """The Examine page; another one after each lock."""
        return self._pages.examine

    @property
    def is_entered(self) -> bool:
        """Whether the pages are in sight."""
        return self.locking.is_entered

    def show_page(self, key: str) -> QWidget:
        """Show a page, making it at its first visit."""
        page = self.page(key)
        self._key = key
        self._pages.setCurrentWidget(page)
        focused = self.focusWidget()
        if self.isVisible() and (focused is None or not page.isAncestorOf(focused)):
            self.rail_button(self._place()).setFocus(Qt.FocusReason.OtherFocusReason)
        self._rail.mark(self._place())
        self.band.setVisible(self._pages.shows_patients(key))
        self._show_band()
        return page

    def page(self, key: str) -> QWidget:
        """A page, made where it has not been visited yet."""
        return self._pages.page(key)

    def pages(self) -> set[str]:
        """The pages that have been made so far."""
        return self._pages.made()

    def rail_button(self, key: str) -> QAbstractButton:
        """The place of a page on the rail."""
        return self._rail.button(key)

    def show_trouble(self, sentence: str) -> None:
        """Say above the page that something unexpected went wrong."""
        if self.is_entered:
            self.notice.show_error(sentence)
        else:
            self.gate.show_trouble(sentence)

    def open_when_entered(self, paths: Sequence[Path]) -> None:
        """Open picture files as those of one lesion in Examine, now or as soon as the pages are in sight."""
        if self.is_entered:
            self.show_page("examine")
            self.examine.answering.revealed.connect(self.locking.go_on_with_log)
            self.examine.bringing.open_files(paths)
        else:
            self.locking.let_answer_first()
            opening = Qt.ConnectionType.SingleShotConnection
            self.locking.entered.connect(partial(self.open_when_entered, paths), opening)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Begin once the window is there: what it takes to read the log and to examine would have kept it waiting."""
        super().paintEvent(event)
        if not self._begun:
            QTimer.singleShot(0, self, self._begin)

    def _begin_unseen(self) -> None:
        if not self.isVisible():
            self._begin()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            _log.info("the window is there")
            self._lasting.start(_import_runtime, self._prepare, self._prepare)

    def _prepare(self, _end: object) -> None:
        """Load on two threads what the first picture needs, while the page for it is made."""
        self.locking.start()
        self._lasting.start(self._workspace.first_network, _not_yet, _not_yet)  # Examine says what is wrong with it
        self.page("examine")
        self._lasting.start(_make_quality_ready, _not_yet, _not_yet)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close unless something unsaved is to be kept; what has been started ends first."""
        if self.is_entered and not self._pages.may_leave():
            event.ignore()
            return
        self._window_settings().setValue("geometry", self.saveGeometry())
        self.idle.rest()
        self._pages.folder_watcher.stop()
        self._pages.background.close()
        self._lasting.close()
        take_back()
        self._workspace.lock()
        self._workspace.leave_window()
        event.accept()

    def _places(self) -> tuple[RailEntry, ...]:
        return (
            RailEntry("examine", self.tr("Examine"), "magnifying-glass"),
            RailEntry("cases", self.tr("Cases"), "address-book"),
            RailEntry("worklist", self.tr("Worklist"), "calendar-check"),
            RailEntry("batch", self.tr("Batch"), "stack"),
            RailEntry("insights", self.tr("Insights"), "chart-bar"),
            RailEntry("models", self.tr("Models"), "cpu"),
            RailEntry("settings", self.tr("Settings"), "gear-six"),
            RailEntry("about", self.tr("About"), "info"),
        )

    def _connect(self) -> None:
        self._rail.chosen.connect(self.show_page)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Quit), self, self.close)
        QShortcut(QKeySequence("Ctrl+L"), self._work, self.locking.lock)
        offer_shortcuts(self)
        self.band.lock_button.clicked.connect(self.locking.lock)
        self._pages.patient_changed.connect(self._show_band)
        self._pages.wanted.connect(self.show_page)
        self._pages.drift_found.connect(self._point_out_drift)
        self._pages.settings_changed.connect(self._follow_settings)
        self._pages.own_role_changed.connect(self._follow_role)
        self._pages.protection_wanted.connect(self.locking.protect)
        QShortcut(QKeySequence("Ctrl+Z"), self._work, self._pages.undoing.undo)
        QShortcut(QKeySequence("Ctrl+Shift+Z"), self._work, self._pages.undoing.redo)
        self._pages.undoing.told.connect(self.notice.show_done)
        self._pages.undoing.trouble.connect(self.notice.show_error)
        self.draft_bar.continued.connect(self._go_on)
        self.locking.opened.connect(lambda: self.draft_bar.look(self._pages.drafts))
        self.locking.opened.connect(self._pages.watch_worklist)
        self.locking.opened.connect(self._pages.look_for_drift)
        self.locking.opened.connect(gc.freeze)  # what opening has loaded stays: looking through it again takes 0.2 s
        self._pages.worklist_watch.counted.connect(self._show_urgent)
        self.locking.opened.connect(lambda: self.demo_notice.go_on(self._pages.background))
        self.demo_notice.grown.connect(self._pages.follow_growth)
        self.locking.entered.connect(self._show_work)
        self.locking.hidden.connect(self._show_gate)
        self.locking.warned.connect(self.notice.show_information)
        self.locking.reprieved.connect(self.notice.clear)
        self.locking.trouble.connect(self.notice.show_error)
        self.intended_use.trouble.connect(self.notice.show_error)
        self._pages.restore_wanted.connect(self.locking.restore)
        self.locking.opened.connect(self.automatic.watch)
        self.locking.hidden.connect(self.automatic.rest)
        self.automatic.made.connect(self._pages.look_at_backups)
        self.automatic.told.connect(self.notice.show_information)
        self.automatic.damaged.connect(self._tell_damage)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.band)
        column.addWidget(self.warnings)
        for notice in (self.demo_notice, self.intended_use, self.notice):
            column.addWidget(_held(notice))
        column.addWidget(self.draft_bar)
        column.addWidget(self._pages, 1)
        row.addLayout(column, 1)
        self._whole.addWidget(self._work)
        self._whole.addWidget(self.gate)
        self.setCentralWidget(self._whole)
        self.setMinimumSize(*_LEAST_SIZE_PX)

    def _show_work(self) -> None:
        self._whole.setCurrentWidget(self._work)
        self.band.show_person(self.locking.person.name if self.locking.is_signed_in else None)
        self.show_page(self._place())
        self.warnings.look()

    def _point_out_drift(self, found: bool) -> None:
        words = self.tr("Many pictures of late are unlike the training pictures") if found else ""
        self._rail.point_out("insights", words)

    def _place(self) -> str:
        """Where on the rail the page in sight belongs."""
        return "settings" if self._key in _FROM_SETTINGS else self._key

    def _show_gate(self) -> None:
        self._whole.setCurrentWidget(self.gate)
        self.band.show_patient(None)
        self.notice.clear()
        self.draft_bar.rest()

    def _show_band(self) -> None:
        without = self.tr("No patient chosen") if self._key == "cases" else ""
        self.band.show_patient(self._pages.patient(self._key), without)

    def _show_urgent(self, counts: WorklistCounts) -> None:
        words = self.tr("{count} cases are overdue, due today or wait for a result")
        self._rail.show_count("worklist", counts.urgent, words.format(count=counts.urgent))

    def _go_on(self, offer: Offer) -> None:
        if not self._pages.go_on(offer):
            self.draft_bar.put_back(offer)

    def _follow_role(self) -> None:
        self.locking.follow_person()
        words = self.tr("Your role is {role} now. You see what it may do.")
        self.notice.show_done(words.format(role=role_word(self.locking.person.role).lower()))

    def _follow_settings(self, settings: Settings) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, settings.theme)
        self.locking.watch()
        self.automatic.look()

    def _tell_damage(self, error: CaseLogDamagedError) -> None:
        """Not at once: whoever is at work may have something to finish that needs no case log."""
        face = partial(self.locking.face_damage, error)
        self.notice.show_information(error.what, self.tr("See what can be done"), face)

    def _window_settings(self) -> QSettings:
        return QSettings(str(self._workspace.profile.root / _WINDOW_FILE), QSettings.Format.IniFormat)

    def _restore_size(self) -> None:
        self.resize(_FIRST_SIZE_PX.boundedTo(self.screen().availableSize()))
        geometry = self._window_settings().value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)


def _import_runtime() -> None:
    """Import before all else, and on one thread alone, what the network waits for, which takes longest.

    onnxruntime comes after numpy, whose inner modules it imports, which cannot be done while another thread does.
    """
    import numpy as np  # noqa: F401
    import onnxruntime  # noqa: F401

    import skindesk.services.access
    import skindesk.services.models  # noqa: F401


def _make_quality_ready() -> None:
    from skindesk.services.picture_quality import make_ready

    make_ready()


def _not_yet(_end: object) -> None:
    """Whoever needs it asks for it."""


def _held(notice: Notice) -> QWidget:
    """A notice with its margins, which take no room while it has nothing to say."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(16, 8, 16, 8)
    column.addWidget(notice)
    holder.setVisible(False)
    notice.shown_changed.connect(holder.setVisible)
    return holder
