"""The main window: the rail, the patient band, and one page at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
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
from skindesk.gui.background import Background
from skindesk.gui.examine import ExamineWorkspace
from skindesk.gui.mark import mark
from skindesk.gui.theme import apply_theme, notifier, set_icon
from skindesk.gui.widgets.labels import PixmapLabel
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.patient_band import PatientBand
from skindesk.system.settings import Settings

RAIL_PX = 72
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
    """Pages other than Examine are made when they are first visited, so that the window opens at once."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setWindowTitle("SkinDesk")
        self.setWindowIcon(mark())
        self._workspace = workspace
        self.background = Background(self)
        self.band = PatientBand()
        self.notice = Notice()
        self.intended_use = Notice(closable=False)
        self._stack = QStackedWidget()
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
        self.examine = ExamineWorkspace(workspace, self.background)
        self._add_page("examine", self.examine)
        self._lay_out()
        self._group.idClicked.connect(self._visit)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Quit), self, self.close)
        self._connect_examine()
        notifier().changed.connect(self._colour_rail)
        self.show_page("examine")
        self._restore_size()
        if not workspace.settings.notice_accepted:
            self._show_intended_use()

    def show_page(self, key: str) -> QWidget:
        """Show a page, making it at its first visit."""
        page = self.page(key)
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
        self.notice.show_error(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close unless something unsaved is to be kept; what has been started ends first."""
        if not self.examine.close_allowed():
            event.ignore()
            return
        self._window_settings().setValue("geometry", self.saveGeometry())
        self.background.close()
        self._workspace.close_case_log()
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Open the case log once the window is there."""
        super().showEvent(event)
        if not self._workspace.is_open:
            QTimer.singleShot(0, self._open_case_log)

    def _lay_out(self) -> None:
        centre = QWidget()
        row = QHBoxLayout(centre)
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
        self.setCentralWidget(centre)
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
        QShortcut(QKeySequence(keys), self, partial(self.show_page, entry.key))
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
            "cases": self._made_cases,
            "batch": self._made_batch,
            "settings": self._made_settings,
            "about": self._made_about,
        }
        return makers[key]()

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

        return BatchWorkspace(self._workspace, self.background)

    def _made_settings(self) -> QWidget:
        from skindesk.gui.settings import SettingsWorkspace

        settings = SettingsWorkspace(self._workspace, self.background)
        settings.settings_changed.connect(self._settings_changed)
        return settings

    def _made_about(self) -> QWidget:
        from skindesk.gui.about import AboutWorkspace

        return AboutWorkspace(self._workspace, self.background)

    def _connect_examine(self) -> None:
        self._patients["examine"] = None
        self.examine.patient_changed.connect(partial(self._patient_changed, "examine"))
        self.examine.case_wanted.connect(self._show_case)

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

    def _open_case_log(self) -> None:
        self.background.start(lambda: self._workspace.casework, self._case_log_opened, self.notice.show_error)

    def _case_log_opened(self, _casework: object) -> None:
        """Nothing to say: pages ask the log for themselves."""

    def _show_intended_use(self) -> None:
        self.intended_use.show_information(
            self.tr("Decision support for research and second opinion. Not a cleared medical device."),
            self.tr("Accept"),
            self._accept,
        )

    def _accept(self) -> None:
        accepted = replace(self._workspace.settings, notice_accepted=True)
        self.background.start(
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
