"""What an administrator reads in the audit: filtered, page by page, and checked."""

from pathlib import Path

import pytest
from sqlalchemy import text

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction, AuditFault
from skindesk.domain.audit_reading import AuditFilter
from skindesk.domain.errors import AccessRefusedError
from skindesk.domain.people import Role
from skindesk.services.access import Access
from skindesk.storage.engine import DatabaseFile, open_engine
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from tests.services.test_audit import DRAFT, PASSPHRASE


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Ada, who administers, and Ben, who is at work now, have each looked at a patient that Ada recorded."""
    opened = Workspace(Profile(tmp_path / "profile"), log_file=None)
    opened._access = Access(opened.profile, Cost(memory_kib=64, passes=1, lanes=1))
    opened.access.set_up_protected("Ada", PASSPHRASE)
    ben = opened.access.add_person("Ben", Role.CLINICIAN, PASSPHRASE)
    saved = opened.casework.save_case(DRAFT)
    opened.casework.log.case(saved.case_id)
    opened.lock()
    opened.access.sign_in(ben.person_id, PASSPHRASE)
    opened.casework.log.case(saved.case_id)
    return opened


def test_entries_are_filtered_by_person_action_and_patient(workspace: Workspace) -> None:
    ada, ben = workspace.access.people()
    log = workspace.casework.log
    by_ben = log.audit_entries(only=AuditFilter(person_id=ben.person_id))
    assert [entry.action for entry in by_ben] == ["patient viewed", "signed in"]
    views = log.audit_entries(only=AuditFilter(action=AuditAction.PATIENT_VIEWED))
    assert [entry.person_id for entry in views] == [ben.person_id, ada.person_id]
    of_patient = log.audit_entries(only=AuditFilter(person_id=ada.person_id, patient_id=1))
    assert [entry.action for entry in of_patient] == [
        "patient viewed", "picture added", "lesion added", "patient added"
    ]  # fmt: skip
    assert log.audit_entries(only=AuditFilter(patient_id=2)) == ()
    workspace.close_case_log()


def test_a_filtered_list_goes_on_from_where_it_stopped(workspace: Workspace) -> None:
    log = workspace.casework.log
    only = AuditFilter(patient_id=1)
    first = log.audit_entries(limit=2, only=only)
    rest = log.audit_entries(before=first[-1].seq, only=only)
    assert (*first, *rest) == log.audit_entries(only=only)
    workspace.close_case_log()


def test_patients_are_named_by_their_identifiers_and_only_those_there_are(workspace: Workspace) -> None:
    assert workspace.casework.log.identifiers({1, 2}) == {1: "P-1"}
    workspace.close_case_log()


def test_a_check_tells_where_the_audit_ends_and_what_is_wrong(workspace: Workspace) -> None:
    with pytest.raises(AccessRefusedError):
        workspace.casework.check_audit()
    workspace.lock()
    workspace.access.sign_in(workspace.access.people()[0].person_id, PASSPHRASE)
    verdict = workspace.casework.check_audit()
    assert verdict.findings == ()
    assert verdict.head is not None
    assert verdict.head.count == workspace.casework.audit_entries(limit=1)[0].seq
    key = workspace.access.key
    workspace.close_case_log()
    engine = open_engine(DatabaseFile(workspace.profile.log.database, key.database))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET person_id = 'x' WHERE seq = 3"))
    engine.dispose()
    assert [finding.fault for finding in workspace.casework.check_audit().findings] == [AuditFault.ENTRY_CHANGED]
    workspace.close_case_log()
