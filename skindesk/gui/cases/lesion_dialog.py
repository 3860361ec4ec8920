"""The dialog in which a lesion is added, or corrected where it is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from skindesk.domain.body import BodyRegion
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import Lesion, LesionDetails, Patient
from skindesk.gui.cases.drafted_dialog import Desk, DraftedDialog
from skindesk.gui.drafts import Form
from skindesk.gui.drafts.kept import CASE_ID, PATIENT_ID
from skindesk.gui.examine.case_forms import PlaceForm
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.words import short_lesion


class LesionDialog(DraftedDialog):
    """Without a lesion it adds one to the patient. Its work returns the Lesion as recorded."""

    def __init__(
        self, desk: Desk, patient: Patient, lesion: Lesion | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, Form.LESION, parent)
        self._patient, self._lesion = patient, lesion
        self.form = PlaceForm()
        self._on_map = text_label("", "secondary", wrap=True)
        self.column.addWidget(self.form)
        self.column.addSpacing(8)
        self.column.addWidget(self._on_map)
        if lesion is None:
            self.entitle(self.tr("New lesion"), self.tr("Add lesion"))
        else:
            self.entitle(self.tr("Correct lesion {lesion}").format(lesion=short_lesion(lesion)), self.tr("Correct"))
            self.form.fill(lesion.details)
        self._say_whether_placed()
        self.keep_drafts()
        self.form.description.setFocus()

    def start_at(self, position: BodyPosition, region: BodyRegion | None) -> None:
        """Begin with a place on the drawn body; its region says the site, which can be corrected."""
        self.form.fill(details_at(LesionDetails(), position, region, None))
        self._say_whether_placed()
        self.form.description.selectAll()
        self.go.setFocus()
        self.touch()

    def work(self) -> Callable[[], Any]:
        """Everything may be left empty."""
        return partial(self._record, self.form.details())

    def values(self) -> dict[str, Any]:
        """Where the lesion is."""
        details = self.form.details()
        place = details.position
        return {
            PATIENT_ID: self._patient.patient_id,
            **({} if self._lesion is None else {CASE_ID: self._lesion.case_id}),
            "site": self.form.site.currentIndex(),
            "description": self.form.description.text(),
            "position": None if place is None else [place.view.value, place.x, place.y],
        }

    def restore(self, values: dict[str, Any]) -> None:
        """Where the lesion was said to be."""
        place = values["position"]
        self.form.position = None if place is None else BodyPosition(BodyView(place[0]), place[1], place[2])
        self.form.site.setCurrentIndex(values["site"])
        self.form.description.setText(values["description"])
        self._say_whether_placed()

    def _record(self, details: LesionDetails) -> Lesion:
        editing = self.desk.casework().editing
        if self._lesion is None:
            return editing.add_lesion(self._patient.patient_id, details)
        return editing.correct_lesion(self._lesion.case_id, details, self._lesion.details)

    def _say_whether_placed(self) -> None:
        if self.form.position is None:
            words = self.tr("Not on the body map. Its mark can be placed later.")
        else:
            words = self.tr("Its mark is on the body map, and can be dragged.")
        self._on_map.setText(words)


def details_at(
    details: LesionDetails, position: BodyPosition, region: BodyRegion | None, before: BodyRegion | None
) -> LesionDetails:
    """A lesion's details once its mark is at a position: words that only named the old region name the new one."""
    if region is None:
        return LesionDetails(details.site, details.description, position)
    names_region = not details.description or (before is not None and details.description == before.name)
    return LesionDetails(region.site, region.name if names_region else details.description, position)
