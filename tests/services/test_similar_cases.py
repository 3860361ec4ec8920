"""Finding like confirmed cases: which are found, that they follow the log, and that nothing tells whose they are."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from skindesk.domain.case import LesionDetails, PatientDetails, Plan
from skindesk.domain.final_diagnosis import ConfirmedBy
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.inference.classifier import Classifier
from skindesk.inference.similarity import SimilarityIndex
from skindesk.services import similar_cases
from skindesk.services.similar_cases import Similar, SimilarCase, SimilarCases, Tally, tally
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import Profile
from tests.support.confirmed_cases import (
    CARCINOMA,
    DIGEST,
    MELANOMA,
    NEVUS,
    features,
    save_clinic,
    save_confirmed,
    save_picture,
)

NOBODY = Similar((), 0)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CaseLog]:
    with closing(open_case_log(Profile(tmp_path / "profile").log, DataKey.new())) as opened:
        yield opened


def found(similar: SimilarCases, likeness: float = 1, patient: int | None = None, limit: int = 8) -> list[int]:
    return [case.case_id for case in similar.find(DIGEST, features(likeness), patient, limit).cases]


def pictures(count: int) -> list[bytes]:
    return [f"picture {number}".encode() for number in range(count)]


def test_the_likest_confirmed_cases_come_first_with_what_they_were(log: CaseLog) -> None:
    saved = save_clinic(log, pictures(12))
    similar = SimilarCases(log).find(DIGEST, features(1))

    assert [case.case_id for case in similar.cases] == [case.case_id for case in saved[:8]]
    assert similar.compared == 12
    first, second = similar.cases[:2]
    assert (first.diagnosis, first.group, first.confirmed_by) == (
        "mel",
        MalignancyGroup.MALIGNANT,
        ConfirmedBy.HISTOPATHOLOGY,
    )
    assert (first.year, first.plan, first.image_id) == (2026, Plan.EXCISE, saved[0].image_ids[0])
    assert first.likeness == pytest.approx(0.98, abs=1e-3)
    assert second.group is MalignancyGroup.BENIGN
    assert [case.year for case in similar.cases[:4]] == [2026, 2026, 2026, 2027]


def test_nothing_of_a_patient_is_told(log: CaseLog) -> None:
    save_clinic(log, pictures(4))
    told = repr(SimilarCases(log).find(DIGEST, features(1))).casefold()

    for secret in ("family", "given", "id-", "1961", "worried", "alone", "lindqvist", "letter", "scar", "torso"):
        assert secret not in told
    assert not any(
        "patient" in name for case in SimilarCases(log).find(DIGEST, features(1)).cases for name in asdict(case)
    )


def test_a_case_is_found_once_by_its_likest_picture(log: CaseLog) -> None:
    patient = PatientDetails("P-1")
    far = save_picture(log, patient, b"far", features(0.5, 1))
    near = save_picture(log, far.patient_id, b"near", features(0.9, 2), far.case_id)
    log.record.diagnose(far.case_id, MELANOMA)

    (case,) = SimilarCases(log).find(DIGEST, features(1)).cases
    assert case.image_id == near.image_ids[0]
    assert case.likeness == pytest.approx(0.9, abs=1e-3)


def test_the_patients_own_cases_are_left_out(log: CaseLog) -> None:
    first, second = save_clinic(log, pictures(2))
    own = save_picture(log, first.patient_id, b"own", features(0.99, 9), LesionDetails())
    log.record.diagnose(own.case_id, NEVUS)
    similar = SimilarCases(log)

    assert found(similar) == [own.case_id, first.case_id, second.case_id]
    assert found(similar, patient=first.patient_id) == [second.case_id]
    assert similar.find(DIGEST, features(1), first.patient_id).compared == 1
    log.record.merge(first.patient_id, second.patient_id)
    assert similar.find(DIGEST, features(1), first.patient_id) == NOBODY


def test_without_confirmed_cases_there_is_nothing_to_compare_with(log: CaseLog) -> None:
    similar = SimilarCases(log)
    assert similar.find(DIGEST, features(1)) == NOBODY
    saved = save_picture(log, PatientDetails("P-1"), b"open", features(0.9))
    assert similar.find(DIGEST, features(1)) == NOBODY

    log.record.diagnose(saved.case_id, MELANOMA)
    assert found(similar) == [saved.case_id]
    assert similar.find("e" * 64, features(1)) == NOBODY


def test_the_answers_follow_the_log(log: CaseLog) -> None:
    first, second, third = save_clinic(log, pictures(3))
    similar = SimilarCases(log)
    assert found(similar) == [first.case_id, second.case_id, third.case_id]

    fourth = save_confirmed(log, 4, b"fourth", features(0.97, 4))
    assert found(similar, limit=2) == [first.case_id, fourth.case_id]
    log.record.change_state(fourth.case_id, LesionState.WATCHED, None)
    log.record.withdraw(Withdrawable.PICTURE, second.image_ids[0])
    assert found(similar) == [first.case_id, third.case_id]
    log.record.bring_back(Withdrawable.PICTURE, second.image_ids[0])
    log.erase_patient(first.patient_id)
    assert found(similar) == [second.case_id, third.case_id]
    log.record.diagnose(third.case_id, CARCINOMA)
    assert similar.find(DIGEST, features(1)).cases[-1].diagnosis == "Basal cell carcinoma"


def test_an_index_is_made_anew_only_when_the_log_has_grown_much(log: CaseLog, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    fitted = SimilarityIndex.fitted

    def counted(sample: similar_cases.Vectors) -> SimilarityIndex:
        made.append(len(sample))
        return fitted(sample)

    monkeypatch.setattr(SimilarityIndex, "fitted", counted)
    save_clinic(log, pictures(3))
    similar = SimilarCases(log)
    for number in range(3, 8):
        similar.find(DIGEST, features(1))
        save_confirmed(log, number, bytes([number]), features(0.5, number))
    similar.find(DIGEST, features(1))

    assert made == [3, 7]


def test_it_finds_what_comparing_with_each_picture_finds(log: CaseLog) -> None:
    chance = np.random.default_rng(5)
    vectors = chance.gamma(0.4, size=(40, 64)).astype(np.float16).astype(np.float32)
    saved = [save_confirmed(log, number, bytes([number]), row) for number, row in enumerate(vectors)]
    similar, numbers = SimilarCases(log), np.array([case.case_id for case in saved])

    for query in chance.gamma(0.4, size=(5, 64)).astype(np.float32):
        likeness = vectors @ query / np.linalg.norm(vectors, axis=1)
        expected = numbers[np.argsort(-likeness)[:8]].tolist()
        assert [case.case_id for case in similar.find(DIGEST, query).cases] == expected


def test_only_the_networks_asked_last_are_held(log: CaseLog) -> None:
    similar = SimilarCases(log)
    for network in "abac":
        similar.prepare(network * 64)

    assert list(similar._held) == ["a" * 64, "c" * 64]


def test_of_too_many_pictures_the_newest_are_compared(log: CaseLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_cases, "MOST_PICTURES", 2)
    saved = save_clinic(log, pictures(4))

    assert found(SimilarCases(log)) == [case.case_id for case in saved[2:]]


def test_features_that_are_missing_are_filled_in(
    log: CaseLog, tiny_classifier: Classifier, examples: list[Path]
) -> None:
    contents = [path.read_bytes() for path in examples[:3]]
    saved = [save_confirmed(log, number, content, None) for number, content in enumerate(contents)]
    save_confirmed(log, 7, b"no picture", None)
    missing = save_confirmed(log, 8, b"its file is lost", None)
    log._images.remove(log.case(missing.case_id).visits[0].pictures[0].details.sha256)
    similar, told = SimilarCases(log), list[int]()

    assert similar.fill_in(tiny_classifier, Event(), told.append) == 3
    assert told == [1, 2, 3, 3, 3]
    assert similar.fill_in(tiny_classifier, Event(), told.append) == 0
    (first,) = log.embeddings.pictures(tiny_classifier.ref.digest, saved[0].image_ids)
    query = np.frombuffer(first.features, "<f2").astype(np.float32)
    cases = similar.find(tiny_classifier.ref.digest, query).cases
    assert (len(cases), cases[0].case_id) == (3, saved[0].case_id)
    assert cases[0].likeness == pytest.approx(1, abs=1e-3)


def test_filling_in_can_be_stopped(log: CaseLog, tiny_classifier: Classifier, examples: list[Path]) -> None:
    for number, path in enumerate(examples[:3]):
        save_confirmed(log, number, path.read_bytes(), None)
    stop = Event()

    assert SimilarCases(log).fill_in(tiny_classifier, stop, lambda _added: stop.set()) == 1
    assert SimilarCases(log).fill_in(tiny_classifier, stop, lambda _added: None) == 0


def test_outcomes_are_counted_by_name(log: CaseLog) -> None:
    save_clinic(log, pictures(8))
    cases = SimilarCases(log).find(DIGEST, features(1)).cases
    by_code: tuple[SimilarCase, ...] = cases[:5]

    assert tally(by_code, {"mel": "Melanoma", "nv": "Melanocytic nevus"}) == (
        Tally("Melanoma", MalignancyGroup.MALIGNANT, 2),
        Tally("Melanocytic nevus", MalignancyGroup.BENIGN, 2),
        Tally("Basal cell carcinoma", MalignancyGroup.MALIGNANT, 1),
    )
    assert tally((), {}) == ()
