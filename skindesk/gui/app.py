"""Starts the desktop program."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from skindesk.bootstrap import Workspace, open_demo, open_workspace
from skindesk.gui.main_window import MainWindow
from skindesk.gui.mark import mark
from skindesk.gui.theme import apply_theme, reduce_motion
from skindesk.system.paths import bundled

WINDOW_WAITS_S = 0.0005
"""For so long at most, instead of Python's 5 ms, the window waits for what works in the background to let it go on."""
_log = logging.getLogger(__name__)


def run(
    profile: Path | None, database: str | None = None, log_folder: Path | None = None, pictures: Sequence[Path] = ()
) -> int:
    """Open the program on a profile, with its own case log or a shared one; returns the exit status.

    `pictures` are files that Examine opens as those of one lesion, once somebody may see patients.
    """
    return _run_on(open_workspace(profile, database, log_folder), pictures)


def run_on_demo(profile: Path | None) -> int:
    """Open the program on a generated clinic, as `open_demo` does; returns the exit status."""
    with open_demo(profile) as workspace:
        return _run_on(workspace)


def _run_on(workspace: Workspace, pictures: Sequence[Path] = ()) -> int:
    enlarge(workspace.settings.size_percent)
    application = create_application(sys.argv)
    apply_theme(application, workspace.settings.theme)
    reduce_motion(workspace.settings.reduce_motion)
    window = MainWindow(workspace)
    hook = ExceptionHook(workspace.log_file)
    hook.happened.connect(window.show_trouble)
    hook.install()
    sys.setswitchinterval(WINDOW_WAITS_S)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program
    window.show()
    if pictures:
        window.open_when_entered(pictures)
    return application.exec()


def enlarge(size_percent: int) -> None:
    """Let Qt draw everything larger, unless the environment says how large. Call it before the application is made."""
    if size_percent != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(size_percent / 100))


def create_application(arguments: Sequence[str]) -> QApplication:
    """The application object with its name, mark and translation; the one that is there, where there is one."""
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(list(arguments))
    application.setApplicationName("SkinDesk")
    application.setApplicationDisplayName("SkinDesk")
    application.setDesktopFileName("skindesk")
    application.setWindowIcon(mark())
    _translate(application)
    return application


def _translate(application: QApplication) -> None:
    """Speak the system's language where a translation ships."""
    translator = QTranslator(application)
    if translator.load(QLocale(), "skindesk", "_", str(bundled("resources", "translations"))):
        application.installTranslator(translator)


class ExceptionHook(QObject):
    """Logs what nobody expected, whole, and has a sentence shown; the program goes on."""

    happened = Signal(str)

    def __init__(self, log_file: Path | None) -> None:
        super().__init__()
        self._log_file = log_file

    def install(self) -> None:
        """Hear of exceptions that reach the top of any thread."""
        sys.excepthook = self.report
        threading.excepthook = self._report_from_thread

    def report(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        """Log an exception and say where the log is."""
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        _log.critical("unexpected failure", exc_info=(kind, error, traceback))
        self.happened.emit(self._sentence())

    def _report_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _sentence(self) -> str:
        if self._log_file is None:
            return self.tr("Something went wrong that SkinDesk did not expect. Save your work and start it again.")
        words = self.tr(
            "Something went wrong that SkinDesk did not expect. Save your work and start it again. Details: {log}"
        )
        return words.format(log=self._log_file)
