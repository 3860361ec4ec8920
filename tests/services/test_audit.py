"""What the audit is told of the door, through the workspace, and who may do what with a record."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.contract import Modality
from skindesk.domain.errors import AccessRefusedError
from skindesk.domain.people import Role
from skindesk.services.access import Access
from skindesk.storage.image_store import digest_of
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "correct horse battery"
DRAFT = CaseDraft(
    PatientDetails("P-1", family_name="Zebediah"),
    LesionDetails(),
    (
        DraftPicture(
            PictureDetails(digest_of(b"picture"), "a.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC), b"picture"
        ),
    ),
    None,
    datetime(2026, 3, 14, 12, tzinfo=UTC),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new log that Ada has protected."""
    opened = Workspace(Profile(tmp_path / "profile"), log_file=None)
    opened._access = Access(opened.profile, CHEAP)
    opened.access.set_up_protected("Ada", PASSPHRASE)
    return opened


def told(workspace: Workspace) -> list[tuple[str, str, str]]:
    """What was told, by whom and about whom, oldest first."""
    names = {person.person_id: person.name for person in workspace.access.people()}
    entries = reversed(workspace.casework.audit_entries(limit=1000))
    return [
        (entry.action, names.get(entry.person_id, entry.person_id), names.get(entry.subject_id, entry.subject_id))
        for entry in entries
    ]


def test_what_happens_at_the_door_is_told_by_whom_and_about_whom(workspace: Workspace) -> None:
    access = workspace.access
    ada = access.person.person_id
    access.add_person("Ben", Role.CLINICIAN, PASSPHRASE)  # before the log is open
    assert told(workspace) == [
        ("audit begun", "Ada", ""), ("log protected", "Ada", "Ada"), ("person added", "Ada", "Ben"),
    ]  # fmt: skip
    ben = access.people()[1].person_id
    access.give_role(ben, Role.ASSISTANT)  # while it is open
    access.give_passphrase(ben, "another passphrase")
    recovery_key = access.new_recovery_key(PASSPHRASE)
    workspace.lock()
    with pytest.raises(AccessRefusedError):
        access.sign_in(ben, "wrong passphrase")
    access.sign_in(ada, PASSPHRASE)
    access.change_passphrase(PASSPHRASE, "a new passphrase")
    workspace.lock()
    access.recover(recovery_key, ada, PASSPHRASE)
    assert told(workspace)[3:6] == [
        ("role changed", "Ada", "Ben"), ("passphrase changed", "Ada", "Ben"), ("recovery key renewed", "Ada", "Ada"),
    ]  # fmt: skip
    assert sorted(told(workspace)[6:]) == [
        ("locked", "Ada", "Ada"), ("locked", "Ada", "Ada"), ("passphrase changed", "Ada", "Ada"),
        ("recovery key used", "Ada", "Ada"), ("sign-in failed", "Ben", "Ben"), ("signed in", "Ada", "Ada"),
    ]  # fmt: skip
    access.remove_person(ben)
    assert told(workspace)[-1] == ("person removed", "Ada", ben)
    assert workspace.casework.log.verify_audit() == ()
    workspace.close_case_log()


def test_another_data_key_and_its_change_leave_a_whole_chain(workspace: Workspace) -> None:
    workspace.casework.save_case(DRAFT)
    before = told(workspace)
    workspace.close_case_log()
    workspace.access.change_key(PASSPHRASE)
    assert told(workspace) == [*before, ("data key changed", "Ada", "Ada")]
    assert workspace.casework.log.check(full=True) == ()
    workspace.close_case_log()


def test_what_is_told_names_the_person_at_work(workspace: Workspace) -> None:
    ben = workspace.access.add_person("Ben", Role.CLINICIAN, PASSPHRASE)
    workspace.lock()
    workspace.access.sign_in(ben.person_id, PASSPHRASE)
    saved = workspace.casework.save_case(DRAFT)
    workspace.casework.log.case(saved.case_id)
    workspace.casework.tell_export([saved.patient_id])
    entries = workspace.casework.log.audit_entries()
    assert [entry.action for entry in entries if entry.patient_id == saved.patient_id] == [
        "patient exported", "patient viewed", "picture added", "lesion added", "patient added",
    ]  # fmt: skip
    assert {entry.person_id for entry in entries if entry.patient_id} == {ben.person_id}
    workspace.close_case_log()


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.CLINICIAN])
def test_only_administrators_erase_and_read_the_audit_and_assistants_correct_nothing(
    workspace: Workspace, role: Role
) -> None:
    saved = workspace.casework.save_case(DRAFT)
    ben = workspace.access.add_person("Ben", role, PASSPHRASE)
    workspace.lock()
    workspace.access.sign_in(ben.person_id, PASSPHRASE)
    casework = workspace.casework
    administrators: tuple[Callable[[], object], ...] = (
        lambda: casework.erase_patient(saved.patient_id),
        casework.audit_entries,
    )
    clinicians: tuple[Callable[[], object], ...] = (
        lambda: casework.editing.correct_patient(saved.patient_id, PatientDetails("P-2")),
        lambda: casework.editing.correct_lesion(saved.case_id, LesionDetails(description="left")),
        lambda: casework.tell_export([saved.patient_id]),
    )
    for refused in administrators:
        with pytest.raises(AccessRefusedError, match=f"As {role}"):
            refused()
    for act in clinicians:
        if role is Role.CLINICIAN:
            act()
        else:
            with pytest.raises(AccessRefusedError, match=f"As {role}"):
                act()
    assert casework.log.verify_audit() == ()
    workspace.close_case_log()


def test_an_administrator_erases(workspace: Workspace) -> None:
    saved = workspace.casework.save_case(DRAFT)
    assert workspace.casework.erase_patient(saved.patient_id).pictures == (DRAFT.pictures[0].details.sha256,)
    assert workspace.casework.log.count() == 0
    assert told(workspace)[-1] == ("patient erased", "Ada", str(saved.patient_id))
    workspace.close_case_log()
