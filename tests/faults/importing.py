"""The workflow of importing a file of cases, some of which are there already or have grown."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Case
from skindesk.domain.lesion_state import LesionState
from skindesk.services.transfer import Transfer
from skindesk.storage.case_log import CaseLog
from skindesk.storage.integrity import FindingKind
from tests.faults.cases import NAME, PASSPHRASE, enter, problems_of_database, workspace_in
from tests.support.case_files import write_case_file
from tests.support.whole_cases import contents_of, visit_of, whole_case, without_keys

FILE = "cases.zip"
THERE = whole_case(1, 1)
GROWN = whole_case(2, 1)
NEW = (whole_case(2, 2), whole_case(3, 1), whole_case(4, 1), whole_case(4, 2))
OLDER = replace(
    GROWN,
    lesion=replace(GROWN.lesion, state=LesionState.WATCHED),
    visits=GROWN.visits[:1],
    final_diagnoses=(),
)
LATER = replace(
    GROWN,
    lesion=replace(GROWN.lesion, state=LesionState.CLOSED, follow_up_on=None),
    visits=(*GROWN.visits, visit_of(500, 30)),
)


def prepare_import(profile: Path) -> None:
    """A protected log with two cases, and beside the profile the file of another log, which knows more."""
    workspace = workspace_in(profile)
    workspace.access.set_up_protected(NAME, PASSPHRASE)
    file = write_case_file(profile.parent / FILE, THERE, OLDER)
    assert len(list(_transfer(workspace).import_cases(file))) == 2
    workspace.close_case_log()
    write_case_file(file, THERE, LATER, *NEW)


def run_import(workspace: Workspace, done: frozenset[str], tell: Callable[[str], None]) -> None:
    """A file of cases, of which some are there and one has grown and was closed, is imported case by case."""
    enter(workspace)
    for result in _transfer(workspace).import_cases(workspace.profile.root.parent / FILE):
        if (unit := f"case {result.source_case_id}") not in done:
            tell(unit)
    workspace.close_case_log()


def problems_of_import(profile: Path, told: frozenset[str]) -> list[str]:
    """Every case is there once, as it was or as the file has it; those that were told of as the file has them."""
    workspace = workspace_in(profile)
    enter(workspace)
    try:
        log = workspace.casework.log
        found = [str(finding) for finding in log.check(full=True) if finding.kind is not FindingKind.FILE_UNKNOWN]
        problems = _problems_of_cases(log, told)
    finally:
        workspace.close_case_log()
    return [*found, *problems, *problems_of_database(workspace)]


def _problems_of_cases(log: CaseLog, told: frozenset[str]) -> list[str]:
    kept = log.whole_cases([patient.patient_id for patient in log.patients_after(0, limit=10_000)])
    states = {_place(case): [case] for case in (THERE, LATER, *NEW)}
    states[_place(LATER)].append(OLDER)
    problems = [
        f"{_place(case)} is neither as it was nor as the file has it" for case in kept if not _is_any(case, states)
    ]
    places = [_place(case) for case in kept]
    problems += [f"{place} is there twice" for place in set(places) if places.count(place) > 1]
    problems += [f"{_place(case)} is gone" for case in (THERE, OLDER) if _place(case) not in places]
    whole = [without_keys(case) for case in kept]
    problems += [
        f"{_place(case)} was told of and is not there as the file has it"
        for case in (THERE, LATER, *NEW)
        if f"case {case.lesion.case_id}" in told and without_keys(case) not in whole
    ]
    files = contents_of(*kept) if not problems else {}
    return problems + [f"{sha256} is another file" for sha256 in files if log.picture(sha256) != files[sha256]]


def _place(case: Case) -> tuple[str, int]:
    return case.patient.details.identifier, case.lesion.number


def _is_any(case: Case, states: dict[tuple[str, int], list[Case]]) -> bool:
    return without_keys(case) in map(without_keys, states.get(_place(case), []))


def _transfer(workspace: Workspace) -> Transfer:
    return Transfer(workspace.casework, workspace.access.require)
