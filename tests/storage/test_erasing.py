"""Erasing a patient for good."""

import errno
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from skindesk.domain.case import CaseDraft, PatientDetails, ReviewDetails
from skindesk.domain.errors import CaseLogUnavailableError, InvalidCaseError
from skindesk.domain.prediction import Prediction
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import ImageStore, digest_of
from skindesk.storage.rows import Base
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder, Profile

KEY = DataKey(b"k" * 32)
ZEBEDIAH = PatientDetails("Q-4711", "Zebediah", "Quill")
MakeDraft = Callable[..., CaseDraft]
MakePrediction = Callable[..., Prediction]


@pytest.fixture
def save_zebediah(make_draft: MakeDraft, make_prediction: MakePrediction) -> Callable[[CaseLog], int]:
    """Saves a patient with everything that can be recorded, a correction among it; returns the key."""

    def save(log: CaseLog) -> int:
        review = ReviewDetails("mel", notes="secretive spot")
        prediction = make_prediction(b"zebediah's picture")
        draft = make_draft(ZEBEDIAH, content=b"zebediah's picture", prediction=prediction, review=review)
        saved = log.save(draft)
        log.save(make_draft(saved.patient_id, saved.case_id, b"shared picture"))
        log.correct_patient(saved.patient_id, PatientDetails("Q-4711", "Zebediah", "Quillon"))
        return saved.patient_id

    return save


def traces(folder: Path) -> list[str]:
    """Files in which something of the patient can be read."""
    words = (b"Zebediah", b"zebediah", b"Quill", b"quill", b"4711", b"secretive")
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


def rows(folder: LogFolder, key: DataKey | None) -> dict[str, int]:
    with closing(DatabaseFile(folder.database, None if key is None else key.database).connect()) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in Base.metadata.tables
        }


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "sealed"])
def test_nothing_of_an_erased_patient_remains(
    profile: Profile, make_draft: MakeDraft, save_zebediah: Callable[[CaseLog], int], key: DataKey | None
) -> None:
    log = open_case_log(profile.log, key)
    other = log.save(make_draft("P-1", content=b"shared picture"))
    before = {**rows(profile.log, key), "audit_entry": 0, "audit_head": 0}
    case = log.case(other.case_id)
    patient_id = save_zebediah(log)
    if key is None:
        assert traces(profile.log.root)
    profile.log.earlier.mkdir()
    (profile.log.earlier / "caselog-0002.sqlite3").write_bytes(b"Zebediah")

    erased = log.erase_patient(patient_id)

    assert (erased.patient_id, erased.pictures) == (patient_id, (digest_of(b"zebediah's picture"),))
    assert traces(profile.log.root) == []  # while the log is still open, its -wal among the files
    assert {**rows(profile.log, key), "audit_entry": 0, "audit_head": 0} == before
    assert list(profile.log.earlier.iterdir()) == []
    assert log.case(other.case_id) == case
    assert log.picture(digest_of(b"shared picture")) == b"shared picture"
    assert log.check(full=True) == ()
    log.close()


def test_the_audit_says_who_was_erased_and_still_verifies(
    profile: Profile, save_zebediah: Callable[[CaseLog], int]
) -> None:
    with closing(open_case_log(profile.log, KEY)) as log:
        patient_id = save_zebediah(log)
        log.erase_patient(patient_id)
        (last,) = log.audit_entries(limit=1)
        assert (last.action, last.subject_id, last.patient_id) == ("patient erased", str(patient_id), patient_id)
        assert {entry.detail for entry in log.audit_entries()} == {None}
        assert "patient corrected" in {entry.action for entry in log.audit_entries()}
        assert log.verify_audit() == ()
        with pytest.raises(InvalidCaseError, match="not in the case log"):
            log.erase_patient(patient_id)


def test_an_erased_patients_numbers_are_not_given_again(
    profile: Profile, make_draft: MakeDraft, save_zebediah: Callable[[CaseLog], int]
) -> None:
    with closing(open_case_log(profile.log, KEY)) as log:
        patient_id = save_zebediah(log)
        (case,) = log.cases_of(patient_id)
        log.erase_patient(patient_id)
        again = log.save(make_draft(ZEBEDIAH))
        assert again.patient_id > patient_id
        assert again.case_id > case.case_id


def test_predictions_are_protected_again_after_an_erasure(
    profile: Profile, make_draft: MakeDraft, make_prediction: MakePrediction, save_zebediah: Callable[[CaseLog], int]
) -> None:
    with closing(open_case_log(profile.log, KEY)) as log:
        log.save(make_draft("P-1", prediction=make_prediction()))
        log.erase_patient(save_zebediah(log))
        with (
            closing(DatabaseFile(profile.log.database, KEY.database).connect()) as connection,
            pytest.raises(Exception, match="kept as it was made"),
        ):
            connection.execute("DELETE FROM prediction")


def test_an_erasure_that_fails_erases_nothing(
    profile: Profile, save_zebediah: Callable[[CaseLog], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with closing(open_case_log(profile.log, KEY)) as log:
        patient_id = save_zebediah(log)
        case = log.case(log.cases_of(patient_id)[0].case_id)
        with monkeypatch.context() as patched:
            patched.setattr("skindesk.storage.audit.AuditTrail.append", fail)
            with pytest.raises(KeyboardInterrupt):
                log.erase_patient(patient_id)
        assert log.case(case.lesion.case_id) == case
        assert log.check(full=True) == ()


def test_an_interrupted_erasure_is_finished_when_the_log_is_opened_again(
    profile: Profile, save_zebediah: Callable[[CaseLog], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    log = open_case_log(profile.log, None)
    patient_id = save_zebediah(log)
    with monkeypatch.context() as patched:
        patched.setattr(ImageStore, "remove", crash)
        with pytest.raises(KeyboardInterrupt):
            log.erase_patient(patient_id)
    log.close()
    store = ImageStore(profile.log.images)
    assert store.find(digest_of(b"zebediah's picture")) is not None
    open_case_log(profile.log, None).close()
    assert list(store.files()) == []
    assert traces(profile.log.root) == []


def test_copies_from_before_migrations_stay_until_the_patient_is_gone(
    profile: Profile, save_zebediah: Callable[[CaseLog], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    copy = profile.log.earlier / "caselog-0001.sqlite3"
    with closing(open_case_log(profile.log, KEY)) as log:
        patient_id = save_zebediah(log)
        copy.parent.mkdir()
        copy.write_text("Zebediah")
        with monkeypatch.context() as patched:
            patched.setattr("skindesk.storage.audit.AuditTrail.append", fail)
            with pytest.raises(CaseLogUnavailableError):
                log.erase_patient(patient_id)
        assert copy.exists()
        with monkeypatch.context() as patched:
            patched.setattr("skindesk.storage.erasing.sync_folder", fail)
            with pytest.raises(CaseLogUnavailableError, match="is erased from the case log, but not all"):
                log.erase_patient(patient_id)
        assert log.count() == 0
        copy.write_text("Zebediah")  # as if the disk had not let go of it
    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.erasing.sync_folder", fail)
        open_case_log(profile.log, KEY).close()  # nobody is kept out
    open_case_log(profile.log, KEY).close()
    assert list(profile.log.earlier.glob("*")) == []


def test_a_picture_that_is_saved_again_before_its_file_is_gone_stays(
    profile: Profile, make_draft: MakeDraft, save_zebediah: Callable[[CaseLog], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    log = open_case_log(profile.log, KEY)
    patient_id = save_zebediah(log)
    with monkeypatch.context() as patched:
        patched.setattr("skindesk.storage.case_log.remove_files", crash)
        with pytest.raises(KeyboardInterrupt):
            log.erase_patient(patient_id)
    log.save(make_draft("P-2", content=b"zebediah's picture"))
    log.close()
    with closing(open_case_log(profile.log, KEY)) as again:
        assert again.picture(digest_of(b"zebediah's picture")) == b"zebediah's picture"
        assert again.check(full=True) == ()
