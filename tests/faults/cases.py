"""Cases that can be told by their number, and the check that a profile holds them whole."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.domain.case import (
    Case,
    CaseDraft,
    Confidence,
    DraftPicture,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Site,
)
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.contract import Modality
from skindesk.domain.final_diagnosis import Attachment, ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.services.access import Access, Door
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.integrity import FindingKind
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
NAME, PASSPHRASE = "Ada", "correct horse battery"
JPEG_HEADER = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
FAMILY, NOTE, SPOT, FILE = "Zebediah", "worried mother", "secretive spot", "holiday snap"
REPORT, LETTER = "nests of melanocytes", "confidential letter"


def content_of(number: int) -> bytes:
    """A picture's bytes: a JPEG header, then noise of a length of its own."""
    noise = b"".join(hashlib.sha256(f"{number} {block}".encode()).digest() for block in range(200 + number % 7 * 30))
    return JPEG_HEADER + noise


def draft_of(number: int) -> CaseDraft:
    content = content_of(number)
    return CaseDraft(
        patient=PatientDetails(f"P-{number}", f"{FAMILY}{number}", f"Given{number}"),
        lesion=LesionDetails(Site.UPPER_EXTREMITY, f"{SPOT} {number}"),
        pictures=(
            DraftPicture(
                PictureDetails(
                    hashlib.sha256(content).hexdigest(),
                    f"{FILE} {number}.jpg",
                    "image/jpeg",
                    600,
                    450,
                    Modality.CLINICAL,
                ),
                content,
            ),
        ),
        review=ReviewDetails("nv", Confidence.LOW, Plan.WATCH, f"{NOTE} {number}"),
        visited_at=datetime(2026, 3, 14, 12, number % 60, tzinfo=UTC),
    )


def letter_of(number: int) -> bytes:
    """The laboratory's letter: its beginning, then noise."""
    return f"{LETTER} {number}\n".encode() + content_of(number)[len(JPEG_HEADER) :: 3]


def diagnosis_of(number: int) -> FinalDiagnosisDetails:
    """A case's final diagnosis, with the letter attached."""
    attachment = Attachment(hashlib.sha256(letter_of(number)).hexdigest(), f"{LETTER} {number}.pdf", "application/pdf")
    return FinalDiagnosisDetails(
        "nv", MalignancyGroup.BENIGN, ConfirmedBy.HISTOPATHOLOGY, date(2026, 4, 1), f"{REPORT} {number}", attachment
    )


def enter_case(workspace: Workspace, number: int, done: frozenset[str], tell: Callable[[str], None]) -> None:
    """Save a case and diagnose it, leaving out what was `done` before."""
    casework = workspace.casework
    if f"case {number}" not in done:
        casework.save_case(draft_of(number))
        tell(f"case {number}")
    if f"diagnosis {number}" not in done:
        casework.editing.diagnose(case_id_of(workspace, number), diagnosis_of(number), letter_of(number))
        tell(f"diagnosis {number}")


def case_id_of(workspace: Workspace, number: int) -> int:
    """The log's number of a case, found by words."""
    (summary,) = workspace.casework.log.page(CaseFilter(f"{FILE} {number}.jpg")).cases
    return summary.case_id


def workspace_in(profile: Path) -> Workspace:
    """A profile's workspace, whose passphrases are cheap to make and to try."""
    workspace = Workspace(Profile(profile), log_file=None)
    workspace._access = Access(workspace.profile, CHEAP)
    return workspace


def enter(workspace: Workspace) -> None:
    """Sign in where it is needed; seal a log of SkinDesk 0.1 first."""
    access = workspace.access
    if access.door is Door.UNSEALED:
        access.set_up_protected(NAME, PASSPHRASE)
    if access.door is Door.LOCKED:
        access.sign_in(access.people()[0].person_id, PASSPHRASE)


def problems_of_log(profile: Path, expected: set[int], diagnosed: frozenset[int] = frozenset()) -> list[str]:
    """What a profile's log lacks of the expected cases, and what else is wrong with it; nothing where all is well.

    Those in `diagnosed` must be so; the others may be.
    """
    workspace = workspace_in(profile)
    enter(workspace)
    if workspace.access.door is Door.NEW:
        return [f"the log is gone with the cases {sorted(expected)}"] if expected else []
    try:
        log = workspace.casework.log
        found = [str(finding) for finding in log.check(full=True) if finding.kind is not FindingKind.FILE_UNKNOWN]
        cases = [log.case(summary.case_id) for summary in log.page(limit=10_000).cases]
        numbers = _numbers_of(cases)
        lost = [f"case {number} is lost" for number in sorted(expected - numbers)]
        lost += [
            f"diagnosis {number} is lost" for number in sorted(diagnosed & numbers - _numbers_of(cases, diagnosed=True))
        ]
        damaged = [problem for case in cases for problem in _problems_of_case(case, log.picture)]
    finally:
        workspace.close_case_log()
    return [*found, *lost, *damaged, *problems_of_database(workspace), *_plain_remains(profile)]


def problems_of_database(workspace: Workspace) -> list[str]:
    """What SQLite and SQLCipher find wrong, each asked for its longest check."""
    database = DatabaseFile(workspace.profile.log.database, workspace.access.key.database)
    with closing(database.connect()) as connection:
        integrity = connection.execute("PRAGMA integrity_check").fetchall()
        references = connection.execute("PRAGMA foreign_key_check").fetchall()
        seals = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    return [str(row) for row in [*(row for row in integrity if row != ("ok",)), *references, *seals]]


def _numbers_of(cases: Iterable[Case], diagnosed: bool = False) -> set[int]:
    return {number_of(case) for case in cases if case.final_diagnoses or not diagnosed}


def number_of(case: Case) -> int:
    """The number by which a case can be told."""
    return int(case.patient.details.identifier.removeprefix("P-"))


def problems_of_diagnoses(case: Case, number: int, picture: Callable[[str], bytes]) -> list[str]:
    """Half a diagnosis, one that is there twice, and a state that does not fit it."""
    details = diagnosis_of(number)
    assert details.attachment is not None
    found = [diagnosis.details for diagnosis in case.final_diagnoses]
    state = LesionState.CLOSED if found else LesionState.WATCHED
    is_whole = not found or (found == [details] and picture(details.attachment.sha256) == letter_of(number))
    return [] if is_whole and case.lesion.state is state else [f"case {number} is not as it was saved and diagnosed"]


def _problems_of_case(case: Case, picture: Callable[[str], bytes]) -> list[str]:
    """Half a case is a problem whether it was acknowledged or not."""
    number = number_of(case)
    draft = draft_of(number)
    whole = (
        case.patient.details == draft.patient
        and case.lesion.details == draft.lesion
        and [[kept.details for kept in visit.pictures] for visit in case.visits] == [[draft.pictures[0].details]]
        and [[kept.details for kept in visit.reviews] for visit in case.visits] == [[draft.review]]
        and picture(draft.pictures[0].details.sha256) == draft.pictures[0].content
    )
    damaged = [] if whole else [f"case {number} is not as it was saved"]
    return damaged + problems_of_diagnoses(case, number, picture)


def _plain_remains(profile: Path) -> list[str]:
    """A sealed log leaves nothing of the plain one behind."""
    plain = Profile(profile).unsealed_log
    return [f"{place.name} lies open" for place in (plain.database, plain.images, plain.earlier) if place.exists()]
