"""`cases list` with its filters, and `worklist`."""

import json
from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from skindesk.bootstrap import open_workspace
from skindesk.cli import case_listing
from skindesk.cli.arguments import count_of_days, day, share
from skindesk.cli.case_listing import run_list
from skindesk.cli.context import Context
from skindesk.cli.main import build_parser
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import (
    CaseDraft,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Site,
)
from skindesk.domain.contract import Modality
from skindesk.services.access import Door
from skindesk.services.casework import Casework
from skindesk.storage.image_store import digest_of
from tests.cli.conftest import Run

TODAY = date.today()
LONG_AGO = datetime(2020, 5, 1, 12, tzinfo=UTC)


def save(profile: Path, family: str, site: Site, days: int | None, at: datetime, plan: Plan = Plan.WATCH) -> None:
    workspace = open_workspace(profile)
    if workspace.access.door is Door.NEW:
        workspace.access.set_up_open()
    content = family.encode()
    workspace.casework.save_case(
        CaseDraft(
            PatientDetails(f"ID-{family}", family, "Eva", date(1961, 4, 2)),
            LesionDetails(site, "left"),
            (
                DraftPicture(
                    PictureDetails(digest_of(content), "a.jpg", "image/jpeg", 600, 450, Modality.CLINICAL), content
                ),
            ),
            ReviewDetails("nv", plan=plan, follow_up_on=None if days is None else TODAY + timedelta(days=days)),
            at,
        )
    )
    workspace.close_case_log()


@pytest.fixture
def clinic(profile: Path) -> Path:
    now = datetime.now(UTC)
    save(profile, "Overdue", Site.HEAD_NECK, -12, now)
    save(profile, "Waits", Site.HEAD_NECK, None, LONG_AGO, Plan.BIOPSY)
    save(profile, "Later", Site.PALMS_SOLES, 20, now)
    return profile


def listed(skindesk: Run, *arguments: object) -> list[str]:
    done = skindesk("cases", "list", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return sorted(json.loads(line)["patient"]["details"]["family_name"] for line in done.stdout.splitlines())


def test_cases_are_narrowed_by_every_filter(skindesk: Run, clinic: Path) -> None:
    assert listed(skindesk, "--state", "watched") == ["Later", "Overdue"]
    assert listed(skindesk, "--state", "biopsy pending", "closed") == ["Waits"]
    assert listed(skindesk, "--site", "head/neck", "--state", "watched") == ["Overdue"]
    assert listed(skindesk, "--to", "2020-05-01") == ["Waits"]
    assert listed(skindesk, "--from", "2020-05-02") == ["Later", "Overdue"]
    assert listed(skindesk, "--due-by", TODAY) == ["Overdue"]
    assert listed(skindesk, "--sum-from", "0.5") == listed(skindesk, "--model", "dermoscopy-7") == []
    assert listed(skindesk, "wai", "--site", "head/neck") == ["Waits"]
    table = skindesk("cases", "list", "--site", "palms/soles").stdout
    assert "LATER, Eva" in table
    assert "watched" in table


@pytest.mark.parametrize(
    "arguments",
    [
        ("--state", "sleeping"),
        ("--site", "elbow"),
        ("--from", "yesterday"),
        ("--sum-from", "1.5"),
        ("--sum-to", "much"),
        ("--from", "2026-02-01", "--to", "2026-01-01"),
        ("--sum-from", "0.5", "--sum-to", "0.4"),
    ],
)
def test_a_filter_that_makes_no_sense_is_exit_code_2(skindesk: Run, clinic: Path, arguments: tuple[str, ...]) -> None:
    done = skindesk("cases", "list", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_the_farthest_days_are_no_trouble(skindesk: Run, clinic: Path) -> None:
    assert len(listed(skindesk, "--from", "0001-01-01", "--to", "9999-12-31")) == 3


def test_a_listing_is_written_as_it_is_read_and_each_page_is_told_before(
    clinic: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    events: list[str] = []
    tell = Casework.tell_export

    def watched(self: Casework, patient_ids: Iterable[int]) -> None:
        ids = list(patient_ids)
        events.extend([f"{line.count('case_id')} printed" for line in [capsys.readouterr().out] if line])
        events.append(f"{len(ids)} told")
        tell(self, ids)

    monkeypatch.setattr(case_listing, "_AT_ONCE", 2)
    monkeypatch.setattr(Casework, "tell_export", watched)
    context = Context(clinic)
    chosen = build_parser().parse_args(["cases", "list", "--json", "--limit", "0"])
    assert run_list(chosen, context) == 0
    printed = capsys.readouterr().out.splitlines()
    assert events == ["0 told", "2 told", "4 printed", "1 told"]  # each line names its case and its lesion's
    assert len(printed) == 1
    entries = context.casework.log.audit_entries(limit=100)
    assert sum(entry.action == AuditAction.PATIENT_EXPORTED for entry in entries) == 3
    context.workspace.close_case_log()


def test_a_table_of_some_cases_is_no_export(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = Context(clinic)
    before = context.casework.log.audit_head()
    for limit in ("1", "2"):
        run_list(build_parser().parse_args(["cases", "list", "--limit", limit]), context)
        assert len(capsys.readouterr().out.splitlines()) == 1 + int(limit)
    assert context.casework.log.audit_head() == before
    context.workspace.close_case_log()


def test_the_worklist_names_what_is_due_most_urgent_first(skindesk: Run, clinic: Path) -> None:
    lines = skindesk("worklist").stdout.splitlines()
    assert lines[0].split()[:3] == ["DUE", "SINCE", "DAYS"]
    assert [line.split("  ")[0] for line in lines[1:]] == ["follow-up overdue", "result pending"]
    assert "OVERDUE, Eva" in lines[1]
    assert " 12 " in lines[1]
    as_json = [json.loads(line) for line in skindesk("worklist", "--days", "30", "--json").stdout.splitlines()]
    assert [item["due"] for item in as_json] == ["follow-up overdue", "result pending", "follow-up soon"]
    assert as_json[2]["since"] == (TODAY + timedelta(days=20)).isoformat()
    assert skindesk("worklist", "--days", "-1").returncode == 2
    workspace = open_workspace(clinic)
    told = [e for e in workspace.casework.log.audit_entries() if e.action == AuditAction.PATIENT_EXPORTED]
    assert len(told) == 3
    workspace.close_case_log()


def test_an_empty_worklist_says_so(skindesk: Run) -> None:
    skindesk("people", "personal")
    assert skindesk("worklist").stdout == "Nothing is due.\n"
    assert skindesk("worklist", "--json").stdout == ""


def test_arguments_are_read_into_values() -> None:
    assert day("2026-03-14") == date(2026, 3, 14)
    assert (share("0"), share("1"), count_of_days("365")) == (0.0, 1.0, 365)
    assert isinstance(build_parser().parse_args(["worklist"]), Namespace)
