"""Everything that the right side of the Cases page shows of one patient, read at once."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from skindesk.domain.body import BodyFigure, figure_for
from skindesk.domain.case import Case, CaseSummary, Patient
from skindesk.domain.labels import Label

if TYPE_CHECKING:
    from skindesk.storage.case_log import CaseLog


@dataclass(frozen=True)
class PatientRecord:
    """A patient with the lesions by number, and one of them whole; None where there is no lesion yet."""

    patient: Patient
    lesions: tuple[CaseSummary, ...]
    chosen: Case | None

    @property
    def case_id(self) -> int | None:
        """The chosen lesion's number of the case."""
        return None if self.chosen is None else self.chosen.lesion.case_id

    def figure(self, today: date) -> BodyFigure:
        """Whose body is drawn."""
        details = self.patient.details
        return figure_for(details.sex, details.birth_date, today)

    def labels(self) -> tuple[Label, ...]:
        """The labels that the chosen lesion's answers carry, each once."""
        if self.chosen is None:
            return ()
        found = {
            label.code: label
            for visit in self.chosen.visits
            for picture in visit.pictures
            for prediction in picture.predictions
            for label in prediction.labels
        }
        return tuple(found.values())


def record_of_patient(log: "CaseLog", patient_id: int, case_id: int | None = None) -> PatientRecord:
    """A patient's record with this lesion chosen or, where it is not theirs, the one seen last.

    Raises InvalidCaseError where the patient is not in the log.
    """
    patient, cases = log.patient(patient_id), log.cases_of(patient_id)
    known = {case.case_id for case in cases}
    wanted = case_id if case_id in known else next((case.case_id for case in cases), None)
    lesions = tuple(sorted(cases, key=lambda case: case.lesion.number))
    return PatientRecord(patient, lesions, None if wanted is None else log.case(wanted))


def record_of_case(log: "CaseLog", case_id: int) -> PatientRecord:
    """The record of a lesion's patient, with it chosen. Raises InvalidCaseError where there is no such case."""
    return record_of_patient(log, log.record.lesion(case_id).patient_id, case_id)
