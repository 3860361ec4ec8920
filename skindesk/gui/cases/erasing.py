"""Erases the patient on the screen, and offers to take them out of the backups."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Patient
from skindesk.gui.background import Background
from skindesk.gui.cases.erasure import ErasePatientDialog, Erasure, erase_from_backups, sure_to_erase_from_backups
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.words import patient_name

if TYPE_CHECKING:
    from skindesk.services.backups import ErasedFromBackups
    from skindesk.services.casework import Casework


class PatientErasing(QObject):
    """Opens the dialog on behalf of a page, whose `notice` says how it ended."""

    patient_erased = Signal(object)
    """With the Patient who is not in the log any more."""

    def __init__(self, workspace: Workspace, background: Background, notice: Notice, page: QWidget) -> None:
        super().__init__(page)
        self._workspace, self._background, self._notice, self._page = workspace, background, notice, page
        self.dialog: QDialog | None = None

    def ask(self, patient: Patient) -> None:
        """Ask whether this patient is to be erased."""
        dialog = ErasePatientDialog(self._casework, patient, self._background, self._page)
        self._notice.clear()
        self.dialog = dialog
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished_work.connect(self._patient_erased)
        dialog.open()

    def _casework(self) -> "Casework":
        return self._workspace.casework

    def _patient_erased(self, erasure: Erasure) -> None:
        self.patient_erased.emit(erasure.patient)
        if erasure.trouble is not None:
            self._notice.show_warning(str(erasure.trouble))
            return
        words = self.tr("{name} is erased from the case log.").format(name=patient_name(erasure.patient))
        folder = self._workspace.settings.backup_folder
        if folder is None:
            words += " " + self.tr(
                "Backups that were made before still hold the patient; the command “skindesk backup erase” takes them "
                "out."
            )
            self._notice.show_done(words)
            return
        words += " " + self.tr("Backups that were made before still hold the patient.")
        take_out = partial(self._take_out, erasure, Path(folder))
        self._notice.show_done(words, self.tr("Take out of the backups…"), take_out)

    def _take_out(self, erasure: Erasure, folder: Path) -> None:
        if not sure_to_erase_from_backups(folder, self._page):
            return
        self._notice.show_information(self.tr("Making a backup without the patient, and removing the older ones…"))
        work = partial(erase_from_backups, self._workspace, folder, erasure)
        self._background.start(work, self._taken_out, self._notice.show_error)

    def _taken_out(self, erased: "ErasedFromBackups") -> None:
        count = len(erased.removed)
        words = self.tr("1 backup held the patient and is removed.")
        if count != 1:
            words = self.tr("{count} backups held the patient and are removed.").format(count=count)
        reach = self.tr("Copies that were made otherwise, and logs that were set aside, are not touched.")
        self._notice.show_done(f"{words} {reach}")
