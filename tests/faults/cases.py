"""Cases that can be told by their number, and the check that a profile holds them whole."""

import hashlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.domain.case import (
    Case,
    CaseDraft,
    Confidence,
    LesionDetails,
    PatientDetails,
    PictureDetails,
    Plan,
    ReviewDetails,
    Site,
)
from skindesk.domain.contract import Modality
from skindesk.services.access import Access, Door
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.integrity import FindingKind
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
NAME, PASSPHRASE = "Ada", "correct horse battery"
JPEG_HEADER = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
FAMILY, NOTE, SPOT, FILE = "Zebediah", "worried mother", "secretive spot", "holiday snap"


def content_of(number: int) -> bytes:
    """A picture's bytes: a JPEG header, then noise of a length of its own."""
    noise = b"".join(hashlib.sha256(f"{number} {block}".encode()).digest() for block in range(200 + number % 7 * 30))
    return JPEG_HEADER + noise


def draft_of(number: int) -> CaseDraft:
    content = content_of(number)
    return CaseDraft(
        patient=PatientDetails(f"P-{number}", f"{FAMILY}{number}", f"Given{number}"),
        lesion=LesionDetails(Site.UPPER_EXTREMITY, f"{SPOT} {number}"),
        picture=PictureDetails(
            hashlib.sha256(content).hexdigest(), f"{FILE} {number}.jpg", "image/jpeg", 600, 450, Modality.CLINICAL
        ),
        content=content,
        prediction=None,
        review=ReviewDetails("nv", Confidence.LOW, Plan.WATCH, f"{NOTE} {number}"),
        visited_at=datetime(2026, 3, 14, 12, number % 60, tzinfo=UTC),
    )


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


def problems_of_log(profile: Path, expected: set[int]) -> list[str]:
    """What a profile's log lacks of the expected cases, and what else is wrong with it; nothing where all is well."""
    workspace = workspace_in(profile)
    enter(workspace)
    if workspace.access.door is Door.NEW:
        return [f"the log is gone with the cases {sorted(expected)}"] if expected else []
    try:
        log = workspace.casework.log
        found = [str(finding) for finding in log.check(full=True) if finding.kind is not FindingKind.FILE_UNKNOWN]
        cases = [log.case(summary.case_id) for summary in log.page(limit=10_000).cases]
        numbers = {int(case.patient.details.identifier.removeprefix("P-")) for case in cases}
        lost = [f"case {number} is lost" for number in sorted(expected - numbers)]
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


def _problems_of_case(case: Case, picture: object) -> list[str]:
    """Half a case is a problem whether it was acknowledged or not."""
    assert callable(picture)
    number = int(case.patient.details.identifier.removeprefix("P-"))
    draft = draft_of(number)
    whole = (
        case.patient.details == draft.patient
        and case.lesion.details == draft.lesion
        and [[kept.details for kept in visit.pictures] for visit in case.visits] == [[draft.picture]]
        and [[kept.details for kept in visit.reviews] for visit in case.visits] == [[draft.review]]
        and picture(draft.picture.sha256) == draft.content
    )
    return [] if whole else [f"case {number} is not as it was saved"]


def _plain_remains(profile: Path) -> list[str]:
    """A sealed log leaves nothing of the plain one behind."""
    plain = Profile(profile).unsealed_log
    return [f"{place.name} lies open" for place in (plain.database, plain.images, plain.earlier) if place.exists()]
