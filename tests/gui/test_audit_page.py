"""The audit page as an administrator uses it: reached from Settings, read, filtered and verified."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction, AuditEvent, Subject
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import PatientDetails
from skindesk.domain.people import Role
from skindesk.gui.audit import AuditWorkspace
from skindesk.gui.audit.entry_model import PAGE_SIZE, EntryColumn
from skindesk.gui.audit.words import about, action_word, detail_words, local_second, person_word
from skindesk.gui.main_window import MainWindow
from skindesk.gui.settings import SettingsWorkspace
from skindesk.services.transfer import Transfer
from skindesk.storage.case_record import Withdrawable
from skindesk.storage.engine import DatabaseFile, open_engine
from tests.gui.clinic import save_clinic, visible_words
from tests.gui.controls import nameless
from tests.support.case_files import write_case_file
from tests.support.whole_cases import whole_case

PATIENCE_MS = 20_000
PASSPHRASE = "correct horse battery"


@pytest.fixture
def clinic(fresh_workspace: Workspace) -> Workspace:
    """A protected log with a few patients, one corrected and one erased; Ada and Ben have worked with it."""
    access = fresh_workspace.access
    access.set_up_protected("Ada", PASSPHRASE)
    ben = access.add_person("Ben", Role.CLINICIAN, PASSPHRASE)
    case_id = save_clinic(fresh_workspace)
    work = fresh_workspace.casework
    patient = work.log.case(case_id).patient
    work.editing.correct_patient(patient.patient_id, PatientDetails("10482", "Lindquist", "Ada"))
    work.erase_patient(work.log.patients("okafor")[0].patient_id)
    fresh_workspace.lock()
    access.sign_in(ben.person_id, PASSPHRASE)
    fresh_workspace.casework.log.case(case_id)
    fresh_workspace.lock()
    return fresh_workspace


@pytest.fixture
def window(clinic: Workspace, qtbot: QtBot) -> Iterator[MainWindow]:
    """Ada is signed in."""
    clinic.access.sign_in(clinic.access.people()[0].person_id, PASSPHRASE)
    made = MainWindow(clinic)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
    qtbot.waitUntil(lambda: made.is_entered, timeout=PATIENCE_MS)
    yield made
    made.close()


def opened(window: MainWindow, qtbot: QtBot) -> AuditWorkspace:
    settings = window.show_page("settings")
    assert isinstance(settings, SettingsWorkspace)
    settings.protection.audit_button.click()
    page = window.page("audit")
    assert isinstance(page, AuditWorkspace)
    assert page.isVisible()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE_MS)
    return page


def column(page: AuditWorkspace, which: EntryColumn) -> list[str]:
    return [page.model.index(row, which).data() for row in range(page.model.rowCount())]


def test_who_did_what_stands_newest_first(window: MainWindow, qtbot: QtBot) -> None:
    page = opened(window, qtbot)
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Warning, page)
    assert nameless(page) == []
    what, who = column(page, EntryColumn.WHAT), column(page, EntryColumn.WHO)
    assert list(zip(who, what, strict=True))[:4] == [
        ("Ada", "Signed in"), ("Ben", "Locked the log"), ("Ben", "Looked at a patient"), ("Ben", "Signed in")
    ]  # fmt: skip
    assert what[-1] == "Audit begun"
    assert column(page, EntryColumn.ABOUT)[2] == "ID 10482"
    corrected = what.index("Corrected a patient")
    assert "family name: “Lindqvist” → “Lindquist”" in column(page, EntryColumn.DETAIL)[corrected]
    erased = what.index("Erased a patient")
    assert column(page, EntryColumn.ABOUT)[erased].startswith("erased patient, number ")
    assert window.rail_button("settings").isChecked()
    page.back_button.click()
    assert window.page("settings").isVisible()


def test_entries_are_narrowed_by_person_action_and_patient(window: MainWindow, qtbot: QtBot) -> None:
    page = opened(window, qtbot)
    page.filters.who.setCurrentIndex(page.filters.who.findText("Ben"))
    qtbot.waitUntil(lambda: set(column(page, EntryColumn.WHO)) == {"Ben"}, timeout=PATIENCE_MS)
    page.filters.what.setCurrentIndex(page.filters.what.findText("Looked at a patient"))
    qtbot.waitUntil(lambda: column(page, EntryColumn.WHAT) == ["Looked at a patient"], timeout=PATIENCE_MS)
    QTest.keyClicks(page.filters.patient, "99999")
    qtbot.waitUntil(page.nothing.isVisible, timeout=PATIENCE_MS)
    assert "No entry matches" in visible_words(page)
    page.nothing.button.click()
    qtbot.waitUntil(lambda: page.model.rowCount() > 10, timeout=PATIENCE_MS)
    QTest.keyClicks(page.filters.patient, "10482")
    qtbot.waitUntil(lambda: {*column(page, EntryColumn.ABOUT)} >= {"ID 10482"} and page.model.rowCount() < 30)
    assert all("10482" in about for about in column(page, EntryColumn.ABOUT))


def test_scrolling_loads_every_entry_once(clinic: Workspace, window: MainWindow, qtbot: QtBot) -> None:
    event = AuditEvent(AuditAction.BACKED_UP, Subject.LOG)
    clinic.casework.log.tell(*[event] * (2 * PAGE_SIZE))
    head = clinic.casework.log.audit_head()
    assert head is not None
    page = opened(window, qtbot)

    def all_loaded() -> bool:
        page.table.scrollToBottom()
        return page.model.rowCount() == head.count

    qtbot.waitUntil(all_loaded, timeout=PATIENCE_MS)
    assert [entry.seq for entry in page.model.rows()] == list(range(head.count, 0, -1))


def test_verifying_says_that_the_audit_is_sound_and_its_head_can_be_copied(
    clinic: Workspace, window: MainWindow, qtbot: QtBot
) -> None:
    page = opened(window, qtbot)
    page.verify_button.click()
    assert not page.verify_button.isEnabled()
    qtbot.waitUntil(page.verify_button.isEnabled, timeout=PATIENCE_MS)
    head = clinic.casework.log.audit_head()
    assert head is not None
    assert page.notice.text().startswith(f"The audit is sound: {head.count} entries")
    assert head.mac[:12] in page.notice.text()
    page.copy_button.click()
    qtbot.waitUntil(page.copy_button.isEnabled, timeout=PATIENCE_MS)
    assert QGuiApplication.clipboard().text() == f"{head.count}:{head.mac}"


def test_verifying_says_what_was_tampered_with(clinic: Workspace, window: MainWindow, qtbot: QtBot) -> None:
    engine = open_engine(DatabaseFile(clinic.profile.log.database, clinic.access.key.database))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET person_id = 'somebody else' WHERE seq = 3"))
    engine.dispose()
    page = opened(window, qtbot)
    page.verify_button.click()
    qtbot.waitUntil(page.verify_button.isEnabled, timeout=PATIENCE_MS)
    assert page.notice.text().startswith("The audit was tampered with.")
    assert "Entry 3 was changed" in page.notice.text()


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ASSISTANT])
def test_only_administrators_are_led_to_the_audit(
    clinic: Workspace, window: MainWindow, qtbot: QtBot, role: Role
) -> None:
    opened(window, qtbot)
    ben = clinic.access.people()[1]
    clinic.access.give_role(ben.person_id, role)
    with qtbot.waitSignal(window.locking.locked, timeout=PATIENCE_MS):
        window.band.lock_button.click()
    clinic.access.sign_in(ben.person_id, PASSPHRASE)
    window.gate.entered.emit()
    qtbot.waitUntil(lambda: window.is_entered, timeout=PATIENCE_MS)
    settings = window.page("settings")
    assert isinstance(settings, SettingsWorkspace)
    assert settings.isVisible()
    assert not settings.protection.audit_button.isVisible()
    assert "audit" not in window.pages()


def test_whoever_works_without_a_passphrase_sees_the_audit(workspace: Workspace, qtbot: QtBot) -> None:
    made = MainWindow(workspace)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.is_entered, timeout=PATIENCE_MS)
    page = opened(made, qtbot)
    assert column(page, EntryColumn.WHO) == ["Without a passphrase"]
    made.close()


@pytest.mark.parametrize("action", [*AuditAction, "something unheard of"])
def test_every_action_reads_as_a_sentence_would_begin(action: str) -> None:
    assert action_word(action)[0].isupper()


def test_no_two_actions_read_the_same() -> None:
    assert len({action_word(action) for action in AuditAction}) == len(AuditAction)


def test_a_follow_up_an_import_and_a_merge_read_in_plain_words(fresh_workspace: Workspace, tmp_path: Path) -> None:
    """As the log itself tells them."""
    workspace = fresh_workspace
    workspace.access.set_up_open()
    cases = (whole_case(1, 1, days=(0,)), whole_case(2, 1, days=(0,)))
    transfer = Transfer(workspace.casework, workspace.access.require)
    assert len(list(transfer.import_cases(write_case_file(tmp_path / "cases.zip", *cases)))) == 2
    log, editing = workspace.casework.log, workspace.casework.editing
    keep, gone = log.patients_after(0)
    editing.merge(keep.patient_id, gone.patient_id)
    first = log.whole_cases([keep.patient_id])[0]
    moved = replace(first.lesion.details, position=BodyPosition(BodyView.BACK, 0.25, 0.5))
    editing.correct_lesion(first.lesion.case_id, moved)
    log.record.withdraw(Withdrawable.FINAL_DIAGNOSIS, first.final_diagnoses[1].final_diagnosis_id)
    told = {entry.action: entry for entry in log.audit_entries(limit=1000)}
    workspace.close_case_log()

    def words(action: AuditAction) -> str:
        return detail_words(told[action].detail)

    assert words(AuditAction.CASE_IMPORTED) == "from cases.zip, where it is case 11"
    merged = words(AuditAction.PATIENTS_MERGED)
    assert merged.startswith("who was identifier “P-2”, family name “text 2 – Größe”")
    assert merged.endswith("; case 2 was L1")
    assert words(AuditAction.LESION_CORRECTED).endswith("→ “back, 25% / 50%”")
    withdrawn = told[AuditAction.WITHDRAWN]
    number = first.final_diagnoses[1].final_diagnosis_id
    assert about(withdrawn, {}, {keep.patient_id: "P-1"}) == f"ID P-1 · final diagnosis {number}"


def test_what_was_tampered_with_is_shown_as_it_is() -> None:
    assert local_second("yesterday") == "yesterday"
    assert detail_words("not JSON") == "not JSON"
    assert detail_words(json.dumps({"count": 3})) == '{"count": 3}'
    odd = json.dumps({"into": 1, "details": "all", "lesions": []})
    assert detail_words(odd) == odd
    postponed = {"follow_up_on": {"old": "2026-05-01", "new": "2026-06-01"}, "reason": "abroad"}
    assert detail_words(json.dumps(postponed)) == "follow-up: “2026-05-01” → “2026-06-01”; reason: “abroad”"
    assert person_word("3fa9c2d1aa", {}) == "Somebody removed (3fa9c2d1)"


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The computer stands in New York."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed on this system")
@pytest.mark.usefixtures("zone")
def test_times_are_local_and_say_how_far_from_utc() -> None:
    assert local_second("2026-06-20T02:00:05.000000+00:00") == "2026-06-19 22:00:05 -04:00"
