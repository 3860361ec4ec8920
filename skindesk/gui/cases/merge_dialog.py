"""The dialog that makes two records of one person one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from skindesk.domain.case import CaseSummary, Patient, PatientDetails, Sex
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.cases.drafted_dialog import Desk
from skindesk.gui.examine.patient_picker import PatientPicker
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.tab_order import lead_to_taken
from skindesk.gui.widgets.words import NOTHING, local_day, patient_name, sex_word

_WIDTH_PX = 720


@dataclass(frozen=True)
class MergedPatients:
    """The record that stays, and the one that went into it."""

    stays: Patient
    gone: Patient


class MergeDialog(FormDialog):
    """Finds the other record, shows both, and asks which one stays. Its work returns MergedPatients."""

    def __init__(self, desk: Desk, patient: Patient, parent: QWidget | None = None) -> None:
        super().__init__(desk.background, parent, _WIDTH_PX)
        self._desk, self._patient = desk, patient
        self._other: Patient | None = None
        self.entitle(self.tr("Merge {name} with…").format(name=patient_name(patient)), self.tr("Merge"))
        self.picker = PatientPicker(self._others, desk.background, offer_new=False)
        self.sides = (RecordSide(self.tr("This record stays")), RecordSide(self.tr("This record stays")))
        self._choice = QButtonGroup(self)
        lead_to_taken(self._choice)
        for side in self.sides:
            self._choice.addButton(side.stays)
        self.sides[0].stays.setChecked(True)
        self._outcome = text_label("", wrap=True)
        self._doubt = text_label(self.tr("Birth date or sex differ. Is this the same person?"), "warning", wrap=True)
        both = QHBoxLayout()
        both.setSpacing(16)
        for side in self.sides:
            both.addWidget(side, 1)
        self.column.addWidget(self.picker)
        self.column.addSpacing(8)
        self.column.addLayout(both)
        self.column.addSpacing(8)
        self.column.addWidget(self._doubt)
        self.column.addSpacing(4)
        self.column.addWidget(self._outcome)
        self._choice.buttonToggled.connect(self._say_outcome)
        self.picker.changed.connect(self._chosen)
        self.picker.failed.connect(self.notice.show_error)
        self._read(self.sides[0], patient)
        self._chosen()
        self.picker.line.setFocus()

    def work(self) -> Callable[[], Any]:
        """Another record is chosen."""
        if self._other is None:
            raise InvalidCaseError(
                self.tr("The other record is not chosen yet."), self.tr("Search for it by name or identifier.")
            )
        return partial(self._merge, self._merged(self._other))

    def _others(self, query: str) -> tuple[Patient, ...]:
        found = self._desk.casework().log.patients(query)
        return tuple(patient for patient in found if patient.patient_id != self._patient.patient_id)

    def _chosen(self) -> None:
        self._other = self.picker.patient()
        self.go.setEnabled(self._other is not None)
        self.sides[1].setVisible(self._other is not None)
        self.sides[1].stays.setEnabled(self._other is not None)
        if self._other is None:
            self.sides[0].stays.setChecked(True)
        else:
            self._read(self.sides[1], self._other)
        self._say_outcome()

    def _read(self, side: "RecordSide", patient: Patient) -> None:
        side.show_patient(patient.details)
        casework, shown = self._desk.casework, partial(side.show_cases, patient.details)
        self._desk.background.start(lambda: casework().log.cases_of(patient.patient_id), shown, self.notice.show_error)

    def _merged(self, other: Patient) -> MergedPatients:
        if self.sides[1].stays.isChecked():
            return MergedPatients(other, self._patient)
        return MergedPatients(self._patient, other)

    def _say_outcome(self) -> None:
        if self._other is None:
            self._outcome.setText(self.tr("Choose the other record of the same person above."))
        else:
            merged = self._merged(self._other)
            words = self.tr(
                "{stays} stays, gets every lesion of ID {gone} and whatever else it lacks. The identifier {gone} "
                "still leads to this record. Ctrl+Z makes two records of it again."
            )
            gone = merged.gone.details.identifier
            stays = f"{patient_name(merged.stays)} (ID {merged.stays.details.identifier})"
            self._outcome.setText(words.format(stays=stays, gone=gone))
        self._doubt.setVisible(self._other is not None and _may_differ(self._patient, self._other))
        self.fit()

    def _merge(self, merged: MergedPatients) -> MergedPatients:
        stays = self._desk.casework().editing.merge(merged.stays.patient_id, merged.gone.patient_id)
        return MergedPatients(stays, merged.gone)


def _may_differ(one: Patient, other: Patient) -> bool:
    """Whether what is known of both speaks against their being one person."""
    born = (one.details.birth_date, other.details.birth_date)
    sexes = {one.details.sex, other.details.sex} - {Sex.UNKNOWN}
    return (None not in born and born[0] != born[1]) or len(sexes) > 1


class RecordSide(QFrame):
    """One of the two records, with the choice that it stays."""

    def __init__(self, choice: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._shown: PatientDetails | None = None
        self.stays = QRadioButton(choice)
        self._name = text_label("", "section", wrap=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        names = (
            self.tr("Identifier"),
            self.tr("Birth date"),
            self.tr("Sex"),
            self.tr("Skin type"),
            self.tr("Lesions"),
            self.tr("Last visit"),
        )
        self._values = [text_label("", wrap=True) for _ in names]
        for row, (name, value) in enumerate(zip(names, self._values, strict=True)):
            self._facts.addWidget(text_label(name, "label"), row, 0)
            self._facts.addWidget(value, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._name)
        column.addLayout(self._facts)
        column.addStretch(1)
        column.addWidget(self.stays)

    def show_patient(self, details: PatientDetails) -> None:
        """Show who it is; lesions and visits follow."""
        self._shown = details
        parts = (details.family_name.upper(), details.given_name)
        name = ", ".join(part for part in parts if part) or details.identifier
        self._name.setText(name)
        self.stays.setAccessibleName(f"{self.stays.text()}: {name}, {details.identifier}")
        born = NOTHING if details.birth_date is None else details.birth_date.isoformat()
        self._show(details.identifier, born, sex_word(details.sex), details.skin_type.value, "…", "…")

    def show_cases(self, details: PatientDetails, cases: tuple[CaseSummary, ...]) -> None:
        """Show how much was recorded of a patient, if it is still they who are shown."""
        if details == self._shown:
            last = local_day(cases[0].last_visit_at) if cases else NOTHING
            for value, text in zip(self._values[-2:], (str(len(cases)), last), strict=True):
                value.setText(text)

    def _show(self, *texts: str) -> None:
        for value, text in zip(self._values, texts, strict=True):
            value.setText(text)
