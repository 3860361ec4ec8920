"""The fault suites in their short form; `make faults` runs the long one."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from skindesk.storage.case_record import Withdrawable
from tests.faults.cases import enter, workspace_in
from tests.faults.damage import byte_flips, files_below, readable, wrong_keys
from tests.faults.harness import COMPILER, Workers, workers_in
from tests.faults.suites import (
    advance,
    kills,
    measured,
    power_cuts,
    readable_of_a_day,
    recorded,
    refusals,
    spread,
    together,
)
from tests.faults.workflows import WORKFLOWS, prepare_backed_up, prepare_of_first_version, profile_in

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the shim needs a C compiler")


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with workers_in(tmp_path_factory.mktemp("faults")) as started:
        yield started


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("backed up")
    prepare_backed_up(template)
    return template


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_every_change_of_a_file_is_seen(workers: Workers, workflow: str, tmp_path: Path) -> None:
    with workers.prepared(workflow) as folder:
        disk, events, run = recorded(workers, workflow, folder)
        assert advance(disk, events) == set(run.told)
        disk.now(tmp_path / "again")
        left, seen = dict(files_below(folder)), dict(files_below(tmp_path / "again"))
    shared_memory = {name for name in left if name.endswith("-shm")}  # SQLite maps it and never needs it again
    assert left.keys() == seen.keys()
    assert {name for name in left if left[name] != seen[name]} <= shared_memory


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_nothing_is_lost_when_the_program_is_killed(workers: Workers, workflow: str) -> None:
    assert kills(workers, workflow, 5).lost == []


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_nothing_is_lost_when_the_power_goes(workers: Workers, workflow: str) -> None:
    assert power_cuts(workers, workflow, 4).lost == []


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_failing_disk_is_told_of_and_the_next_attempt_works(workers: Workers, workflow: str, error: int) -> None:
    changes, _ = measured(workers, workflow)
    tally = refusals(workers, workflow, error, spread(changes // 2, 2))
    assert tally.lost == []
    assert tally.refused > 0


def test_a_lost_step_of_a_follow_up_is_told_by_name(tmp_path: Path) -> None:
    follow_up = WORKFLOWS["follow-up"]
    follow_up.prepare(tmp_path)
    assert follow_up.problems(tmp_path, frozenset()) == []
    assert follow_up.problems(tmp_path, frozenset({"reviewed", "diagnosed", "merged", "closed"})) == [
        "what was reviewed is lost",
        "what was diagnosed is lost",
        "what was closed is lost",
        "of 1 merges and partings the audit has 0",
    ]


def test_a_lost_diagnosis_is_told_by_its_number(tmp_path: Path) -> None:
    save = WORKFLOWS["save"]
    save.prepare(tmp_path)
    told = frozenset({"case 3", "diagnosis 3"})
    assert save.problems(tmp_path, told) == []
    workspace = workspace_in(profile_in(tmp_path))
    enter(workspace)
    (case,) = workspace.casework.log.whole_cases([4])
    workspace.casework.log.record.withdraw(Withdrawable.FINAL_DIAGNOSIS, case.final_diagnoses[0].final_diagnosis_id)
    workspace.close_case_log()
    assert save.problems(tmp_path, told) == ["diagnosis 3 is lost"]


def test_eight_writers_at_once_lose_nothing(workers: Workers) -> None:
    tally = together(workers)
    assert tally.lost == []
    assert tally.acknowledged == 80


def test_a_changed_byte_is_never_shown_as_data(backed_up: Path) -> None:
    flips = byte_flips(backed_up, 20)
    assert flips.lost == []
    assert flips.detected > 0


def test_a_wrong_key_opens_nothing_and_changes_nothing(backed_up: Path) -> None:
    assert wrong_keys(backed_up, 10) == []


def test_nothing_of_a_working_day_can_be_read(workers: Workers) -> None:
    assert readable_of_a_day(workers) == []


def test_what_lies_open_is_found(tmp_path: Path) -> None:
    prepare_of_first_version(tmp_path)
    assert len(set(readable(files_below(tmp_path)))) > 5
