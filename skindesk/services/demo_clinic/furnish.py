"""Fills a case log with the invented clinic, through the same doors as the program's own pages."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from threading import Event

from skindesk.domain.case import CaseDraft, Confidence, DraftPicture, ReviewDetails
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.final_diagnosis import FinalDiagnosisDetails
from skindesk.domain.prediction import Decision, Prediction
from skindesk.imaging.decode import PictureFile
from skindesk.inference.classifier import Classifier
from skindesk.services.casework import Casework
from skindesk.services.classify import answer_for
from skindesk.services.demo_clinic.diseases import DISEASES
from skindesk.services.demo_clinic.pictures import DrawnPicture, draw_pictures
from skindesk.services.demo_clinic.plan import saved_filters
from skindesk.services.demo_clinic.planned import PlannedLesion, PlannedPatient

_WORKERS = 2
"""Threads that draw and classify; one more saves."""


@dataclass(frozen=True)
class Network:
    """Who answers, and under which class mix."""

    classifier: Classifier
    mix: ClassMix

    def code_or_name(self, code: str) -> str:
        """A kind of lesion as this network's users would record it."""
        known = {label.code for label in self.classifier.contract.labels}
        return code if code in known else DISEASES[code].name


@dataclass(frozen=True)
class _Answered:
    picture: DrawnPicture
    prediction: Prediction | None


def furnish(
    casework: Casework,
    patients: Sequence[PlannedPatient],
    network: Network | None,
    today: date,
    told: Callable[[int, int], None],
    stop: Event,
) -> None:
    """Save every patient who is not in the log yet, with pictures drawn now and answers computed now.

    `told` hears how many patients are there, and of how many. Setting `stop` ends it after the patient under way;
    calling it again goes on. Visits lie in the past; the audit says when they were really entered. Raises what saving
    raises.
    """
    for kept in saved_filters(today):
        casework.log.record.save_filter(kept)
    missing = [each for each in patients if casework.log.patient_by_identifier(each.details.identifier) is None]
    there = len(patients) - len(missing)
    told(there, len(patients))
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="demo")
    try:
        drawn = [(patient, pool.submit(_drawn, patient, network)) for patient in missing]
        for number, (patient, lesions) in enumerate(drawn, start=there + 1):
            if stop.is_set():
                break
            _save_patient(casework, patient, lesions.result(), network)
            told(number, len(patients))
    finally:
        pool.shutdown(cancel_futures=True)


def _drawn(patient: PlannedPatient, network: Network | None) -> list[list[_Answered]]:
    """The pictures of each lesion with what the network says of them."""
    return [
        [_answered(picture, network) for picture in draw_pictures(lesion, patient.details.skin_type)]
        for lesion in patient.lesions
    ]


def _answered(picture: DrawnPicture, network: Network | None) -> _Answered:
    if network is None:
        return _Answered(picture, None)
    file = PictureFile(picture.details.file_name, picture.content, picture.details.sha256)
    return _Answered(picture, answer_for(file, network.classifier, network.mix).answer.prediction)


def _save_patient(
    casework: Casework, patient: PlannedPatient, lesions: list[list[_Answered]], network: Network | None
) -> None:
    known: int | None = None
    for lesion, pictures in zip(patient.lesions, lesions, strict=True):
        known = _save_lesion(casework, patient, known, lesion, pictures, network)
    if patient.remark and known is not None:
        casework.editing.correct_patient(known, replace(patient.details, notes=patient.remark))


def _save_lesion(
    casework: Casework,
    patient: PlannedPatient,
    known: int | None,
    lesion: PlannedLesion,
    pictures: list[_Answered],
    network: Network | None,
) -> int:
    """Save each picture, a visit's review with its last one; returns the log's key of the patient."""
    case_id: int | None = None
    for answered, following in zip(pictures, [*pictures[1:], None], strict=True):
        visit = answered.picture.visit
        is_last = following is None or following.picture.visit is not visit
        saved = casework.save_case(
            CaseDraft(
                patient=patient.details if known is None else known,
                lesion=lesion.details if case_id is None else case_id,
                pictures=(DraftPicture(answered.picture.details, answered.picture.content, answered.prediction),),
                review=_review(answered, network) if is_last else None,
                visited_at=visit.visited_at,
            )
        )
        known, case_id = saved.patient_id, saved.case_id
    if lesion.outcome is not None and case_id is not None:
        casework.editing.diagnose(case_id, _outcome(lesion.outcome, network))
    if known is None:
        raise ValueError("a planned lesion has no picture")
    return known


def _review(answered: _Answered, network: Network | None) -> ReviewDetails:
    """The impression, and the second one where the network's answer changes the clinician's mind."""
    review = answered.picture.visit.review
    first = replace(review, impression=_word(review.impression, network))
    said = answered.prediction
    if said is None or said.decision is Decision.ABSTAINED or said.top.probability < answered.picture.visit.sway:
        return first
    if said.top.label.code == first.impression:
        return first
    return replace(first, second_impression=said.top.label.code, second_confidence=Confidence.MEDIUM)


def _outcome(outcome: FinalDiagnosisDetails, network: Network | None) -> FinalDiagnosisDetails:
    return replace(outcome, diagnosis=_word(outcome.diagnosis, network))


def _word(code: str, network: Network | None) -> str:
    return DISEASES[code].name if network is None else network.code_or_name(code)
