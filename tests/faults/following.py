"""The workflow of following cases up: a review, a diagnosis with a letter, a merge taken back, a case closed."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditAction
from skindesk.domain.case import Case, Confidence, Plan, ReviewDetails
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.lesion_state import LesionState
from skindesk.storage.case_log import CaseLog
from skindesk.storage.integrity import FindingKind
from tests.faults.cases import (
    FAMILY,
    NAME,
    PASSPHRASE,
    REPORT,
    case_id_of,
    diagnosis_of,
    draft_of,
    enter,
    letter_of,
    problems_of_database,
    problems_of_diagnoses,
    workspace_in,
)

REVIEWED, DIAGNOSED, KEPT, GONE = NUMBERS = range(4)
NOTE = "ulcerated since"
REVIEW = ReviewDetails("mel", Confidence.HIGH, Plan.EXCISE, NOTE, follow_up_on=date(2026, 6, 1))
REVIEWED_AT = datetime(2026, 5, 2, 12, tzinfo=UTC)
_MERGES = (AuditAction.PATIENTS_MERGED, AuditAction.MERGE_UNDONE)


def prepare_follow_up(profile: Path) -> None:
    """A protected log with a watched lesion of each of four patients."""
    workspace = workspace_in(profile)
    workspace.access.set_up_protected(NAME, PASSPHRASE)
    for number in NUMBERS:
        workspace.casework.save_case(draft_of(number))
    workspace.close_case_log()


def run_follow_up(workspace: Workspace, done: frozenset[str], tell: Callable[[str], None]) -> None:
    """A review, a final diagnosis with a letter, a merge, taken back and made again, and a case closed by hand."""
    enter(workspace)
    editing = workspace.casework.editing
    cases = [case_id_of(workspace, number) for number in NUMBERS]
    patients = [workspace.casework.log.record.lesion(case_id).patient_id for case_id in cases]
    steps: dict[str, Callable[[], object]] = {
        "reviewed": lambda: editing.review(cases[REVIEWED], REVIEW, REVIEWED_AT),
        "diagnosed": lambda: editing.diagnose(cases[DIAGNOSED], diagnosis_of(DIAGNOSED), letter_of(DIAGNOSED)),
        "merged": lambda: editing.merge(patients[KEPT], patients[GONE]),
        "parted": editing.undo,
        "merged again": editing.redo,
        "closed": lambda: editing.change_state(cases[KEPT], LesionState.CLOSED, None, "It fell off."),
    }
    for unit, step in steps.items():
        if unit not in done:
            step()
            tell(unit)
    workspace.close_case_log()


def problems_of_follow_up(profile: Path, told: frozenset[str]) -> list[str]:
    """What is lost of what was told, done by half, or not found by its words; every step agrees with the audit."""
    workspace = workspace_in(profile)
    enter(workspace)
    try:
        log = workspace.casework.log
        found = [str(finding) for finding in log.check(full=True) if finding.kind is not FindingKind.FILE_UNKNOWN]
        kept = log.whole_cases([patient.patient_id for patient in log.patients_after(0)])
        cases = {number: case for case in kept for number in NUMBERS if _has_picture(case, number)}
        if len(kept) != len(NUMBERS) or len(cases) != len(NUMBERS):
            return [*found, f"{len(kept)} cases with {len(cases)} pictures are left of {len(NUMBERS)}"]
        problems = [*_problems_of_steps(log, cases, told), *_problems_of_patients(log, cases, told)]
    finally:
        workspace.close_case_log()
    return [*found, *problems, *problems_of_database(workspace)]


def _problems_of_steps(log: CaseLog, cases: dict[int, Case], told: frozenset[str]) -> Iterator[str]:
    """What is wrong with the review, the diagnosis and the closed case."""
    audit = [entry.action for entry in log.audit_entries(limit=1000)]
    reviews = [[kept.details for kept in visit.reviews] for visit in cases[REVIEWED].visits]
    states = {number: case.lesion.state for number, case in cases.items()}
    there = {
        "reviewed": reviews == [[draft_of(REVIEWED).review], [REVIEW]],
        "diagnosed": bool(cases[DIAGNOSED].final_diagnoses),
        "closed": states[KEPT] is LesionState.CLOSED,
    }
    yield from (f"what was {unit} is lost" for unit in there if unit in told and not there[unit])
    if not there["reviewed"] and reviews != [[draft_of(REVIEWED).review]]:
        yield "the review is not as it was given"
    if states[REVIEWED] is not (LesionState.BIOPSY_PENDING if there["reviewed"] else LesionState.WATCHED):
        yield "the state is not what the review asks for"
    yield from problems_of_diagnoses(cases[DIAGNOSED], DIAGNOSED, log.picture)
    counts = {
        "reviewed": (audit.count(AuditAction.REVIEW_ADDED) - len(NUMBERS), log.count(CaseFilter(NOTE))),
        "diagnosed": (audit.count(AuditAction.FINAL_DIAGNOSIS_ADDED), log.count(CaseFilter(f"{REPORT} {DIAGNOSED}"))),
        "closed": (audit.count(AuditAction.STATE_CHANGED), log.count(CaseFilter(f"{FAMILY}{KEPT} closed"))),
    }
    for unit, (entries, hits) in counts.items():
        if entries != there[unit] or hits < there[unit]:
            yield f"{unit}: {there[unit]}, but {entries} entries in the audit and found {hits} times"


def _problems_of_patients(log: CaseLog, cases: dict[int, Case], told: frozenset[str]) -> Iterator[str]:
    """Two patients are one or two, as the audit has it last, and nothing between."""
    merges = [entry.action for entry in log.audit_entries(limit=1000) if entry.action in _MERGES]
    is_merged = merges[:1] == [AuditAction.PATIENTS_MERGED]
    owners = [(case.patient.details, case.lesion.number) for _, case in sorted(cases.items())]
    wanted = [(draft_of(number).patient, 1) for number in NUMBERS]
    if is_merged:
        wanted[GONE] = (draft_of(KEPT).patient, 2)
    if owners != wanted:
        yield f"the patients are not as the audit has them, which says {merges}"
    if log.count(CaseFilter(f"P-{GONE}")) != 1 + is_merged:
        yield "what was merged is not found by the former identifier, or what was parted is"
    told_merges = len(told & {"merged", "parted", "merged again"})
    if len(merges) < told_merges:
        yield f"of {told_merges} merges and partings the audit has {len(merges)}"


def _has_picture(case: Case, number: int) -> bool:
    draft = draft_of(number)
    return [kept.details for kept in case.visits[0].pictures] == [
        draft.pictures[0].details
    ] and case.lesion.details == draft.lesion
