"""Backs up, restores and damages a log of 2,000 cases with pictures.

What is restored must equal what was backed up, row by row and byte by byte, and 1,000 flipped bytes must be found or
do no harm; otherwise this ends with an error.
"""

import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from skindesk.bootstrap import Workspace
from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails, Site
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import Decision, ModelRef, Prediction
from skindesk.services.backups import Backups
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import digest_of
from skindesk.system.paths import Profile
from tests.benchmarks.figures import Figures, check, print_figures

CASES, PICTURE_BYTES, FLIPS = 2000, 60_000, 1000
WRITTEN_AGAIN = 0.05
"""How much of the first backup the second may write after one case has changed."""
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
LABELS = (
    Label("akiec", "Actinic keratosis or Bowen's disease", MalignancyGroup.PREMALIGNANT, "D04", "2E64"),
    Label("bcc", "Basal cell carcinoma", MalignancyGroup.MALIGNANT, "C44", "2C32"),
    Label("bkl", "Benign keratosis", MalignancyGroup.BENIGN, "L82", "2F21"),
    Label("df", "Dermatofibroma", MalignancyGroup.BENIGN, "D23", "2F23"),
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT, "C43", "2C30"),
    Label("nv", "Melanocytic naevus", MalignancyGroup.BENIGN, "D22", "2F20"),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN, "D18", "2E81"),
)

T = TypeVar("T")


def measure() -> Figures:
    """Seconds, megabytes and counts."""
    with tempfile.TemporaryDirectory() as temporary:
        root, drive = Path(temporary), Path(temporary) / "drive"
        drive.mkdir()
        workspace = Workspace(Profile(root / "profile"), log_file=None)
        workspace.access.set_up_open()
        figures: Figures = {"fill_s": timed(lambda: fill(workspace, CASES))[1]}
        backups = Backups(workspace.profile, workspace.access)
        first, figures["first_backup_s"] = timed(lambda: backups.create(drive))
        check(not first.flaws, "the first backup has flaws")
        workspace.casework.save_case(draft(CASES))
        second, figures["second_backup_s"] = timed(lambda: backups.create(drive))
        figures["first_written_mb"] = first.written.written_bytes / 1e6
        figures["second_written_mb"] = second.written.written_bytes / 1e6
        figures["second_of_first"] = second.written.written_bytes / first.written.written_bytes
        _, figures["drill_s"] = timed(lambda: backups.drill(drive))
        workspace.close_case_log()
        before = content(workspace)
        _, figures["restore_s"] = timed(lambda: backups.restore(drive))
        check(content(workspace) == before, "what was restored differs")
        figures["cases_compared"], figures["pictures_compared"] = len(before[0]["lesion"]), len(before[1])
        small = Workspace(Profile(root / "small"), log_file=None)
        small.access.set_up_open()
        fill(small, 20)
        figures |= flip_bytes(small, root / "drive of few")
        check(figures["second_of_first"] < WRITTEN_AGAIN, "the second backup wrote too much")
    return figures


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def fill(workspace: Workspace, cases: int) -> None:
    for number in range(cases):
        workspace.casework.save_case(draft(number))


def draft(number: int) -> CaseDraft:
    """A case of a new patient, with a picture as large as a camera's small JPEG, and an answer of seven classes."""
    picture = random.Random(number).randbytes(PICTURE_BYTES)
    visited_at = BEGIN + timedelta(minutes=number)
    return CaseDraft(
        patient=PatientDetails(f"P-{number:06}", family_name=f"Family {number}", given_name="Given"),
        lesion=LesionDetails(Site.LOWER_EXTREMITY, "left calf"),
        pictures=(
            DraftPicture(
                PictureDetails(digest_of(picture), f"IMG_{number}.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC),
                picture,
                Prediction(
                    model=ModelRef("model", "1", "f" * 64),
                    image_digest=digest_of(picture),
                    labels=LABELS,
                    probabilities=(0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
                    decision=Decision.SUPPORTED,
                    abstention_reason=None,
                    novelty=1.0,
                    class_mix=ClassMix("archive", (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)),
                    created_at=visited_at,
                ),
            ),
        ),
        review=None,
        visited_at=visited_at,
    )


def content(workspace: Workspace) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, str]]:
    """Every row of every table but the index of words, which is made anew, and the digest of every stored file."""
    log, key = workspace.profile.log, workspace.access.key
    with closing(DatabaseFile(log.database, key.database).connect()) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'case_text%'"
        tables = [name for (name,) in connection.execute(names)]
        rows = {table: sorted(connection.execute(f'SELECT * FROM "{table}"'), key=repr) for table in tables}
    pictures = {
        path.relative_to(log.images).as_posix(): digest_of(path.read_bytes())
        for path in log.images.rglob("*")
        if path.is_file()
    }
    return rows, pictures


def flip_bytes(workspace: Workspace, drive: Path) -> Figures:
    """Change one bit at a time in the backup's files; what verifying does not notice is restored and compared."""
    logging.disable()  # every damaged picture is logged
    drive.mkdir()
    backups = Backups(workspace.profile, workspace.access)
    snapshot = backups.create(drive).written.snapshot
    workspace.close_case_log()
    before = content(workspace)
    chance, counts = random.Random(7), Counter[str]()
    whole = sorted(path for path in drive.rglob("*") if path.is_file() and path.stat().st_size)
    for turn in range(FLIPS):
        path = snapshot.files.database if turn % 4 == 0 else chance.choice(whole)
        intact = path.read_bytes()
        at = chance.randrange(len(intact))
        path.write_bytes(intact[:at] + bytes([intact[at] ^ 1 << chance.randrange(8)]) + intact[at + 1 :])
        if backups.verify(drive, snapshot.name).flaws:
            counts["found"] += 1
        else:
            old_log = backups.restore(drive, snapshot.name).old_log
            counts["harmless" if content(workspace) == before else "shown as data"] += 1
            check(old_log is not None, "the old log was not set aside")
        path.write_bytes(intact)
    check(counts["shown as data"] == 0, "a damaged backup was taken for sound")
    return {"flips": FLIPS, "found": counts["found"], "harmless": counts["harmless"], "shown_as_data": 0}


if __name__ == "__main__":
    print_figures("Backups", measure())
