"""Saves an examination: asks whose pictures they are, and says where they went."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, LesionDetails, PatientDetails
from skindesk.domain.offered import NOTHING_OFFERED, OfferedFacts
from skindesk.gui.background import Background
from skindesk.gui.drafts import watch_fields
from skindesk.gui.examine.draft import Target
from skindesk.gui.examine.examination import NOTHING_REVIEWED, Examination
from skindesk.gui.examine.panel import ExaminePanel
from skindesk.gui.examine.save_dialog import SaveDialog

if TYPE_CHECKING:
    from skindesk.storage.saving import SavedCase


class Saving(QObject):
    """One dialog at a time, which stays open until the case is saved or the user cancels."""

    saved = Signal(object)
    """The SavedCase."""
    touched = Signal()
    """Something in the dialog was typed or chosen, or it has gone."""

    def __init__(self, workspace: Workspace, background: Background, panel: ExaminePanel, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._background, self._panel, self._window = workspace, background, panel, window
        self.dialog: SaveDialog | None = None
        """The dialog that asks whose pictures they are, while it is open."""

    def ask(
        self,
        examination: Examination,
        target: Target | None,
        aimed: dict[str, Any] | None,
        offered: OfferedFacts = NOTHING_OFFERED,
    ) -> None:
        """Ask whose pictures they are, starting from the target, from what was typed before, or from the file."""
        if self.dialog is not None:
            return
        dialog = SaveDialog(
            lambda: self._workspace.casework, self._background, self._drafter(examination), self._window.window()
        )
        dialog.saved.connect(self._saved)
        dialog.finished.connect(self._closed)
        if target is not None:
            dialog.take(*target)
        elif aimed is not None:
            dialog.restore(aimed)
        elif offered != NOTHING_OFFERED:
            dialog.begin_with(offered)
        watch_fields(dialog, self.touched.emit)
        self.dialog = dialog
        dialog.open()

    def _drafter(self, examination: Examination) -> Callable[[int | PatientDetails, int | LesionDetails], CaseDraft]:
        """Makes the draft once the patient and the lesion are known."""

        def draft(patient: int | PatientDetails, lesion: int | LesionDetails) -> CaseDraft:
            review = self._panel.review(examination)
            return CaseDraft(
                patient=patient,
                lesion=lesion,
                pictures=tuple(picture.to_draft() for picture in examination.pictures),
                review=None if review == NOTHING_REVIEWED else review,
                visited_at=datetime.now(UTC),
            )

        return draft

    def _saved(self, case: "SavedCase") -> None:
        self.saved.emit(case)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
        self.touched.emit()
