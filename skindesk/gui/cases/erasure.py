"""Erases a patient for good, once the identifier was typed again, and offers to take them out of the backups."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QMessageBox, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Patient
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.gui.background import Background
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import set_role, text_label
from skindesk.gui.widgets.words import patient_name

if TYPE_CHECKING:
    from skindesk.services.backups import ErasedFromBackups
    from skindesk.services.casework import Casework


@dataclass(frozen=True)
class Erasure:
    """A patient who is not in the case log any more, by what backups know them.

    `trouble` says what could not be removed yet; the next start of the program removes it.
    """

    patient: Patient
    pictures: tuple[str, ...] = ()
    trouble: CaseLogUnavailableError | None = None


class ErasePatientDialog(FormDialog):
    """Its button works only while the identifier stands in the field; its work returns an Erasure."""

    def __init__(
        self,
        casework: "Callable[[], Casework]",
        patient: Patient,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent)
        self._casework, self._patient = casework, patient
        name = patient_name(patient)
        self.entitle(self.tr("Erase patient {name}").format(name=name), self.tr("Erase for good"))
        set_role(self.go, "danger", "kind")
        self.identifier = QLineEdit()
        self.identifier.setAccessibleName(self.tr("Identifier of the patient, typed again"))
        self.identifier.textChanged.connect(self._compare)
        words = self.tr(
            "Every case of {name} goes, with all pictures, answers and impressions. Nobody can bring them back, except "
            "from a backup that was made before: backups still hold the patient until they are taken out of them, too."
        )
        self.column.addWidget(text_label(words.format(name=name), wrap=True))
        self.column.addSpacing(12)
        again = self.tr("Type the identifier {identifier} again")
        self.add_field(again.format(identifier=patient.details.identifier), self.identifier)
        self.identifier.setFocus()
        self._compare()

    def work(self) -> Callable[[], Any]:
        """The identifier has been typed again."""
        return self._erase

    def _erase(self) -> Erasure:
        casework, identifier = self._casework(), self._patient.details.identifier
        try:
            erased = casework.erase_patient(self._patient.patient_id)
        except CaseLogUnavailableError as error:
            if casework.log.patient_by_identifier(identifier) is not None:
                raise
            return Erasure(self._patient, trouble=error)
        return Erasure(self._patient, erased.pictures)

    def _compare(self) -> None:
        self.go.setEnabled(self.identifier.text().strip() == self._patient.details.identifier.strip())


def erase_from_backups(workspace: Workspace, folder: Path, erasure: Erasure) -> "ErasedFromBackups":
    """Take an erased patient out of the backups in a folder; slow. Raises as `Backups.erase_from` does."""
    from skindesk.services.backups import Backups
    from skindesk.storage.backups.erasing import Traces

    patient = erasure.patient
    traces = Traces(patient.details.identifier, frozenset({patient.patient_id}), frozenset(erasure.pictures))
    return Backups(workspace.profile, workspace.access).erase_from(folder, traces)


def sure_to_erase_from_backups(folder: Path, parent: QWidget) -> bool:
    """Ask whether older backups may go."""
    question = QMessageBox(parent)
    question.setWindowTitle(parent.tr("Take the patient out of the backups"))
    question.setText(parent.tr("A new backup is made, then every older one in which the patient is goes for good."))
    question.setInformativeText(str(folder))
    keep = question.addButton(parent.tr("Keep them"), QMessageBox.ButtonRole.RejectRole)
    remove = question.addButton(parent.tr("Remove them"), QMessageBox.ButtonRole.DestructiveRole)
    set_role(remove, "danger", "kind")
    question.setDefaultButton(keep)
    question.setEscapeButton(keep)
    question.exec()
    return question.clickedButton() is remove
