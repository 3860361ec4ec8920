"""Which pictures the log offers for comparison: those of confirmed cases, and never whose they are."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from skindesk.domain.capture import Capture, PictureKind
from skindesk.domain.case import CaseDraft, LesionDetails, PatientDetails, Plan, ReviewDetails
from skindesk.domain.contract import Modality
from skindesk.domain.embedding import Embedding
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.case_log import CaseLog
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.embeddings import ConfirmedOutcome, ConfirmedPicture
from skindesk.storage.saving import SavedCase
from tests.storage.conftest import NOON

MakeDraft = Callable[..., CaseDraft]
NETWORK, OTHER_NETWORK = "a" * 64, "b" * 64
FEATURES = b"\x00\x3c" * 4
MELANOMA = FinalDiagnosisDetails("mel", MalignancyGroup.MALIGNANT, ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20))


@pytest.fixture
def save(log: CaseLog, make_draft: MakeDraft) -> Callable[..., SavedCase]:
    """Saves a picture with its features."""

    def save(
        content: bytes = b"picture", digest: str = NETWORK, kind: PictureKind | None = None, **facts: object
    ) -> SavedCase:
        draft = make_draft(content=content, **facts)
        (picture,) = draft.pictures
        details = replace(picture.details, capture=Capture(kind=kind))
        picture = replace(picture, details=details, embedding=Embedding(digest, FEATURES) if digest else None)
        return log.save(replace(draft, pictures=(picture,)))

    return save


Save = Callable[..., SavedCase]


def offered(log: CaseLog, digest: str = NETWORK) -> list[int]:
    """The pictures that count."""
    found = log.embeddings.pictures(digest, log.embeddings.confirmed_ids(digest))
    return [picture.image_id for picture in found]


def test_a_picture_counts_while_its_case_is_closed_with_a_diagnosis_that_stands(log: CaseLog, save: Save) -> None:
    saved = save()
    assert offered(log) == []
    log.record.change_state(saved.case_id, LesionState.CLOSED, None)
    assert offered(log) == []

    diagnosis_id = log.record.diagnose(saved.case_id, MELANOMA)
    (image_id,) = saved.image_ids
    assert log.embeddings.pictures(NETWORK, [image_id]) == (ConfirmedPicture(image_id, saved.case_id, FEATURES),)
    assert offered(log) == [image_id]
    assert offered(log, OTHER_NETWORK) == []

    log.record.change_state(saved.case_id, LesionState.WATCHED, None)
    assert offered(log) == []
    log.record.change_state(saved.case_id, LesionState.CLOSED, None)
    assert offered(log) == [image_id]
    log.record.withdraw(Withdrawable.FINAL_DIAGNOSIS, diagnosis_id)
    assert offered(log) == []


def test_a_withdrawn_picture_does_not_count(log: CaseLog, save: Save) -> None:
    saved = save()
    log.record.diagnose(saved.case_id, MELANOMA)
    log.record.withdraw(Withdrawable.PICTURE, saved.image_ids[0])

    assert offered(log) == []
    assert log.embeddings.outcomes(saved.image_ids) == ()


def test_what_was_seen_after_the_first_diagnosis_is_not_what_was_diagnosed(log: CaseLog, save: Save) -> None:
    first = save()
    same_day = save(b"same day", patient=first.patient_id, lesion=first.case_id, visited_at=NOON + timedelta(days=6))
    save(b"scar", patient=first.patient_id, lesion=first.case_id, visited_at=NOON + timedelta(days=7))
    log.record.diagnose(first.case_id, MELANOMA)
    log.record.diagnose(first.case_id, replace(MELANOMA, decided_on=date(2026, 6, 1)))

    assert offered(log) == [*first.image_ids, *same_day.image_ids]


def test_an_erased_patient_leaves_no_features(log: CaseLog, save: Save) -> None:
    saved = save()
    log.record.diagnose(saved.case_id, MELANOMA)
    log.erase_patient(saved.patient_id)

    assert offered(log) == []
    assert not log.embeddings.add(saved.image_ids[0], Embedding(NETWORK, FEATURES))


def test_the_extent_tells_when_something_has_come_or_gone(log: CaseLog, save: Save) -> None:
    seen = [log.embeddings.extent()]

    def changed() -> bool:
        seen.append(log.embeddings.extent())
        return seen[-1] != seen[-2]

    saved = save()
    assert changed()
    diagnosis_id = log.record.diagnose(saved.case_id, MELANOMA)
    assert changed()
    other = save(b"other", digest="", patient="P-2")
    log.record.diagnose(other.case_id, MELANOMA)
    assert changed()
    log.embeddings.add(other.image_ids[0], Embedding(NETWORK, FEATURES))
    assert changed()
    log.record.change_state(saved.case_id, LesionState.WATCHED, None)
    assert changed()
    log.record.change_state(saved.case_id, LesionState.CLOSED, None)
    log.record.change_state(other.case_id, LesionState.WATCHED, None)
    assert changed(), "as many are closed as before, but not the same"
    log.record.withdraw(Withdrawable.FINAL_DIAGNOSIS, diagnosis_id)
    assert changed()
    log.erase_patient(other.patient_id)
    assert changed()
    log.tell()
    assert not changed()


def test_the_outcome_is_that_of_the_diagnosis_recorded_last_with_the_last_plan(log: CaseLog, save: Save) -> None:
    saved = save(review=ReviewDetails("nv", plan=Plan.WATCH))
    log.record.review(saved.case_id, ReviewDetails("mel", plan=Plan.EXCISE), NOON)
    log.record.review(saved.case_id, ReviewDetails("mel, as feared"), NOON)
    log.record.diagnose(saved.case_id, replace(MELANOMA, diagnosis="nv", group=MalignancyGroup.BENIGN))
    log.record.diagnose(saved.case_id, MELANOMA)
    open_case = save(b"open", patient="P-2")

    (outcome,) = log.embeddings.outcomes([*saved.image_ids, *open_case.image_ids])
    assert (outcome.case_id, outcome.diagnosis, outcome.group) == (saved.case_id, "mel", MalignancyGroup.MALIGNANT)
    assert (outcome.confirmed_by, outcome.decided_on) == (ConfirmedBy.HISTOPATHOLOGY, date(2026, 3, 20))
    assert outcome.plan is Plan.EXCISE


def test_nothing_that_is_read_names_a_patient() -> None:
    names = {field.name for kind in (ConfirmedPicture, ConfirmedOutcome) for field in fields(kind)}
    assert not names & {field.name for field in fields(PatientDetails)}
    assert not any("patient" in name or "file" in name or "note" in name for name in names)


def test_pictures_without_features_are_listed_a_page_at_a_time(log: CaseLog, save: Save) -> None:
    cases = [save(bytes([number]), digest="", patient=f"P-{number}") for number in range(5)]
    overview = save(b"overview", digest="", kind=PictureKind.OVERVIEW, patient="P-6")
    for case in (*cases[:4], overview):
        log.record.diagnose(case.case_id, MELANOMA)
    lacking = [case.image_ids[0] for case in cases[:4]]

    def listed(digest: str, modality: Modality, after: int = 0, limit: int = 100) -> list[int]:
        return [found.image_id for found in log.embeddings.without(digest, modality, after, limit)]

    assert listed(NETWORK, Modality.CLINICAL) == lacking
    assert listed(NETWORK, Modality.DERMOSCOPIC) == []
    assert listed(NETWORK, Modality.CLINICAL, after=lacking[0], limit=2) == lacking[1:3]
    assert log.embeddings.add(lacking[1], Embedding(NETWORK, FEATURES))
    assert listed(NETWORK, Modality.CLINICAL) == [lacking[0], *lacking[2:]]
    assert listed(OTHER_NETWORK, Modality.CLINICAL) == lacking


def test_features_that_are_there_are_left_as_they_are(log: CaseLog, save: Save) -> None:
    saved = save()
    log.record.diagnose(saved.case_id, MELANOMA)
    assert log.embeddings.add(saved.image_ids[0], Embedding(NETWORK, b"\x00\x00" * 4))

    (picture,) = log.embeddings.pictures(NETWORK, saved.image_ids)
    assert picture.features == FEATURES


def test_the_cases_of_a_patient_are_known_by_their_numbers(log: CaseLog, save: Save) -> None:
    first = save()
    second = save(b"second", patient=first.patient_id, lesion=LesionDetails())
    save(b"other", patient="P-2")

    assert log.embeddings.cases_of(first.patient_id) == {first.case_id, second.case_id}
    assert log.embeddings.cases_of(99) == frozenset()
