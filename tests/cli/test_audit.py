"""Reading and verifying the audit, and erasing a patient, from the command line."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.contract import Modality
from skindesk.services.access import Access
from skindesk.storage.case_log import open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import digest_of
from skindesk.system.paths import Profile
from tests.cli.conftest import Run


@pytest.fixture
def with_patient(profile: Path) -> Profile:
    """A log that opens without a passphrase, with one patient."""
    opened = Profile(profile)
    access = Access(opened)
    access.set_up_open()
    picture = PictureDetails(digest_of(b"picture"), "a.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC)
    with closing(open_case_log(opened.log, access.key)) as log:
        at = datetime(2026, 3, 14, tzinfo=UTC)
        log.save(
            CaseDraft(
                PatientDetails("P-17"),
                LesionDetails(),
                (DraftPicture(picture, b"picture"),),
                None,
                at,
            )
        )
    return opened


def test_the_audit_is_listed_and_verified(skindesk: Run, with_patient: Profile) -> None:
    listed = skindesk("audit", "list")
    assert "patient added" in listed.stdout
    assert [
        json.loads(line)["seq"] for line in skindesk("audit", "list", "--json", "--limit", 2).stdout.split("\n")[:2]
    ] == [4, 3]
    verified = skindesk("audit", "verify")
    assert verified.returncode == 0
    assert "The audit is whole: 4 entries." in verified.stdout
    end = verified.stdout.split("Its end is ")[1].strip()
    assert skindesk("audit", "verify", "--head", end).returncode == 0
    assert skindesk("audit", "verify", "--head", "4:" + "0" * 64).returncode == 3
    assert skindesk("audit", "verify", "--head", "nonsense").returncode == 2


def test_tampering_is_told_in_a_sentence(skindesk: Run, with_patient: Profile) -> None:
    key = Access(with_patient).key.database
    with closing(DatabaseFile(with_patient.log.database, key).connect()) as connection, connection:
        connection.execute("DROP TRIGGER audit_entry_no_delete")
        connection.execute("DELETE FROM audit_entry WHERE seq = 2")
    verified = skindesk("audit", "verify")
    assert verified.returncode == 3
    assert "Entry 2 is missing." in verified.stdout
    assert "Entry 2 is missing." in skindesk("doctor", "--full").stdout


def test_a_patient_is_erased_once_the_identifier_was_typed_again(skindesk: Run, with_patient: Profile) -> None:
    assert skindesk("cases", "erase", "P-18").returncode == 2
    refused = skindesk("cases", "erase", "P-17")  # nothing is typed
    assert refused.returncode == 2
    assert "Nothing was erased" in refused.stderr
    erased = skindesk("cases", "erase", "p-17", "--yes")
    assert "Erased, with 1 picture files." in erased.stdout
    assert "P-17" not in skindesk("cases", "list").stdout
    assert list(with_patient.log.images.rglob("*.sealed")) == []
    assert "patient erased" in skindesk("audit", "list").stdout
    assert skindesk("audit", "verify").returncode == 0
