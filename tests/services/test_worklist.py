"""Taking the worklist out of the case log."""

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from skindesk.domain.audit import AuditAction
from skindesk.domain.case import Plan, ReviewDetails
from skindesk.domain.errors import AccessRefusedError, CaseLogUnavailableError, OutputUnavailableError
from skindesk.domain.people import Permission
from skindesk.exchange.worklist_file import write_worklist
from skindesk.services import worklist
from skindesk.services.casework import Casework
from skindesk.services.worklist import export_worklist, told_worklist, worklist_pages
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import Profile
from tests.services.test_editing import anybody, draft

TODAY = date(2026, 3, 14)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CaseLog]:
    """Five cases that are due, day after day."""
    with closing(open_case_log(Profile(tmp_path / "profile").log, DataKey.new())) as opened:
        for number in range(5):
            review = ReviewDetails("nv", plan=Plan.WATCH, follow_up_on=TODAY + timedelta(days=number - 2))
            opened.save(draft(f"P-{number}", review))
        yield opened


def told(log: CaseLog) -> list[int | None]:
    return [entry.patient_id for entry in log.audit_entries(limit=100) if entry.action == AuditAction.PATIENT_EXPORTED]


def test_every_page_is_told_before_its_items_are_handed_out(log: CaseLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "PAGE", 2)
    items = told_worklist(Casework(log, anybody), TODAY)
    assert told(log) == []
    first = next(items)
    assert sorted(filter(None, told(log))) == [1, 2]
    assert first.case.patient.patient_id == 1
    assert len(list(items)) == 4
    assert len(told(log)) == 5
    assert [len(page) for page in worklist_pages(log, TODAY)] == [2, 2, 1]


def test_whoever_may_not_export_gets_nothing_even_from_an_empty_list(log: CaseLog, tmp_path: Path) -> None:
    def require(permission: Permission) -> None:
        if permission is Permission.EXPORT:
            raise AccessRefusedError("You may not.", "Ask.")

    for day in (TODAY, TODAY - timedelta(days=900)):
        with pytest.raises(AccessRefusedError):
            export_worklist(Casework(log, require), tmp_path / "list.csv", day)
    assert list(tmp_path.glob("list*")) == []


def test_the_file_has_a_row_a_case(log: CaseLog, tmp_path: Path) -> None:
    assert export_worklist(Casework(log, anybody), tmp_path / "list.csv", TODAY) == 5
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["since"] for row in rows] == [(TODAY + timedelta(days=days)).isoformat() for days in range(-2, 3)]
    assert rows[0]["identifier"] == "P-0"
    assert (rows[0]["case"], rows[0]["state"], rows[0]["site"]) == ("1", "watched", "upper extremity")


def test_an_export_that_fails_leaves_what_was_there(log: CaseLog, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("before")

    def broken() -> Iterator[object]:
        yield from worklist_pages(log, TODAY).__next__()
        raise CaseLogUnavailableError("The disk is gone.", "Connect it.")

    with pytest.raises(CaseLogUnavailableError):
        write_worklist(path, broken())  # type: ignore[arg-type]
    assert path.read_text() == "before"
    assert list(tmp_path.glob("*.part")) == []
    with pytest.raises(OutputUnavailableError, match=r"list\.csv cannot be written"):
        write_worklist(tmp_path / "no such folder" / "list.csv", [])
