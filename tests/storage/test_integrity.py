"""What `check` finds in a case log."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from skindesk.domain.case import CaseDraft
from skindesk.storage.case_log import CaseLog
from skindesk.storage.image_store import ImageStore
from skindesk.storage.integrity import FindingKind
from skindesk.system.paths import Profile


def save_and_damage(log: CaseLog, profile: Profile, draft: CaseDraft) -> None:
    log.save(draft)
    path = ImageStore(profile.log.images).find(draft.pictures[0].details.sha256)
    assert path is not None
    path.write_bytes(b"damaged")


def test_a_sound_log_has_no_findings(log: CaseLog, make_draft: Callable[..., CaseDraft]) -> None:
    log.save(make_draft())

    assert log.check() == ()
    assert log.check(full=True) == ()


def test_a_missing_picture_is_found(log: CaseLog, profile: Profile, make_draft: Callable[..., CaseDraft]) -> None:
    draft = make_draft()
    log.save(draft)
    for path in profile.log.images.glob("*/*"):
        path.unlink()

    (finding,) = log.check()

    assert finding.kind == FindingKind.PICTURE_MISSING
    assert finding.subject == draft.pictures[0].details.sha256


def test_a_damaged_picture_is_found_by_the_full_check_only(
    log: CaseLog, profile: Profile, make_draft: Callable[..., CaseDraft]
) -> None:
    save_and_damage(log, profile, make_draft())

    assert log.check() == ()
    assert [finding.kind for finding in log.check(full=True)] == [FindingKind.PICTURE_DAMAGED]


def test_a_file_without_a_case_is_found_by_the_full_check_only(log: CaseLog, profile: Profile) -> None:
    sha256 = ImageStore(profile.log.images).add(b"left over", "image/png")

    assert log.check() == ()
    (finding,) = log.check(full=True)
    assert finding.kind == FindingKind.FILE_UNKNOWN
    assert finding.subject == f"{sha256[:2]}/{sha256}.png"


def test_a_broken_reference_is_found(log: CaseLog, profile: Profile) -> None:
    with closing(sqlite3.connect(profile.log.database)) as outsider, outsider:
        outsider.execute("INSERT INTO visit (lesion_id, day, visited_at) VALUES (77, '2026-01-01', '2026-01-01')")

    assert [finding.kind for finding in log.check()] == [FindingKind.REFERENCE_BROKEN]


def test_one_bad_picture_does_not_hide_another(
    log: CaseLog, profile: Profile, make_draft: Callable[..., CaseDraft]
) -> None:
    for number in range(3):
        save_and_damage(log, profile, make_draft(f"P-{number}", content=b"picture %d" % number))

    assert len(log.check(full=True)) == 3


def test_a_damaged_database_is_found(log: CaseLog, profile: Profile, make_draft: Callable[..., CaseDraft]) -> None:
    log.save(make_draft())
    with closing(sqlite3.connect(profile.log.database)) as outsider:
        (page,) = outsider.execute("SELECT rootpage FROM sqlite_master WHERE name = 'review'").fetchone()
        (page_bytes,) = outsider.execute("PRAGMA page_size").fetchone()
    log.close()
    content = bytearray(profile.log.database.read_bytes())
    content[(page - 1) * page_bytes : page * page_bytes] = b"\xff" * page_bytes
    profile.log.database.write_bytes(content)

    found = log.check()

    assert {finding.kind for finding in found} == {FindingKind.DATABASE_DAMAGED}
    assert all(finding.advice for finding in found)
