"""Takes back and makes again what was done with the record, and says so."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.background import Background
from skindesk.gui.widgets.words import patient_name

if TYPE_CHECKING:
    from skindesk.services.casework import Casework
    from skindesk.services.editing import Edit, EditKind


@dataclass(frozen=True)
class Undone:
    """An edit that was taken back or, with `again`, made again; `whose` is the lesion or the patient in words."""

    edit: "Edit"
    whose: str
    again: bool

    @property
    def is_save_taken_back(self) -> bool:
        """Whether a picture that was saved is not in its case any more."""
        from skindesk.services.editing import EditKind

        return self.edit.kind is EditKind.CASE_SAVED and not self.again


class Undoing(QObject):
    """One step at a time, in the background."""

    happened = Signal(object)
    """The record has changed: Undone."""
    told = Signal(str)
    trouble = Signal(object)

    def __init__(self, workspace: Workspace, background: Callable[[], Background], parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._busy = False

    def undo(self) -> None:
        """Take back what was done last."""
        self._start(again=False)

    def redo(self) -> None:
        """Make again what was taken back last."""
        self._start(again=True)

    def _start(self, again: bool) -> None:
        if self._busy or not self._workspace.is_open:
            return
        self._busy = True
        self._background().start(partial(_step, self._workspace, again), self._done, self._failed)

    def _done(self, undone: Undone | None) -> None:
        self._busy = False
        if undone is None:
            return
        self.happened.emit(undone)
        self.told.emit(self._sentence(undone))

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.trouble.emit(error)

    def _sentence(self, undone: Undone) -> str:
        what = self._what(undone.edit.kind).format(whose=undone.whose)
        if undone.again:
            return self.tr("Made again: {what} (Ctrl+Z takes it back).").format(what=what)
        if undone.edit.redo is None:
            return self.tr("Taken back: {what}.").format(what=what)
        return self.tr("Taken back: {what} (Ctrl+Shift+Z makes it again).").format(what=what)

    def _what(self, kind: "EditKind") -> str:
        from skindesk.services.editing import EditKind

        return {
            EditKind.CASE_SAVED: self.tr("picture and review saved to {whose}"),
            EditKind.PATIENT_ADDED: self.tr("new patient {whose}"),
            EditKind.PATIENT_CORRECTED: self.tr("correction of {whose}"),
            EditKind.PATIENTS_MERGED: self.tr("merge into {whose}"),
            EditKind.LESION_ADDED: self.tr("new lesion {whose}"),
            EditKind.LESION_CORRECTED: self.tr("correction of {whose}"),
            EditKind.REVIEWED: self.tr("review of {whose}"),
            EditKind.DIAGNOSED: self.tr("final diagnosis of {whose}"),
            EditKind.STATE_CHANGED: self.tr("change of the state of {whose}"),
            EditKind.PICTURE_REMOVED: self.tr("removal of a picture of {whose}"),
        }[kind]


def _step(workspace: Workspace, again: bool) -> Undone | None:
    """Take the last edit back, or make it again; None where there is none. Called on a background thread."""
    casework = workspace.casework
    editing = casework.editing
    edit = editing.last_undone if again else editing.last
    if edit is None:
        return None
    whose = _whose(casework, edit)  # before, since what was added is gone afterwards
    if again:
        editing.redo()
    else:
        editing.undo()
    return Undone(edit, whose, again)


def _whose(casework: "Casework", edit: "Edit") -> str:
    try:
        if edit.case_id is not None:
            return f"L{casework.log.record.lesion(edit.case_id).number}"
        return patient_name(casework.log.record.patient(edit.patient_id))
    except InvalidCaseError:
        return ""
