"""What encryption and the audit add to a save and to opening a case.

Three logs take the same saves in turns: plain SQLite with plain picture files, an encrypted one, and an encrypted one
with its audit, as the program keeps it. Each save is of a new patient with a lesion, a picture of 60 kB and a review.
A case is opened with its picture, every time another one, so that no view is left out of the audit as a repetition.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails, ReviewDetails
from skindesk.domain.contract import Modality
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import DatabaseFile, open_engine
from skindesk.storage.image_store import ImageStore, digest_of
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.system.paths import LogFolder
from tests.benchmarks.figures import Figures, check, print_figures

CASES, WARM_UP = 400, 20
SAVE_RATIO, OPEN_RATIO = 1.6, 1.3
"""What the program's log may cost over plain files."""


def measure() -> Figures:
    """Milliseconds at the median, and ratios to the plain log."""
    key = DataKey.new()
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as opened:
        plain = opened.enter_context(closing(open_case_log(LogFolder(Path(temporary) / "plain"), None)))
        told = opened.enter_context(closing(open_case_log(LogFolder(Path(temporary) / "told"), key)))
        sealed = opened.enter_context(closing(_without_audit(LogFolder(Path(temporary) / "sealed"), key)))
        logs = {"plain": plain, "encrypted": sealed, "encrypted_with_audit": told}
        drafts = [_draft(number) for number in range(CASES + WARM_UP)]
        cases = {log: [0] * len(drafts) for log in logs.values()}

        def save(log: CaseLog, number: int) -> None:
            cases[log][number] = log.save(drafts[number]).case_id

        def open_case(log: CaseLog, number: int) -> None:
            case = log.case(cases[log][number])
            log.picture(case.visits[0].pictures[0].details.sha256)

        figures = {**_compared("save", logs, save), **_compared("open", logs, open_case)}
        entries = len(told.audit_entries(limit=10_000))
        begun_s = time.perf_counter()
        assert told.verify_audit() == ()
        verified_ms = (time.perf_counter() - begun_s) * 1000
    return {**figures, "audit_entries": entries, "audit_verified_ms": verified_ms}


def _without_audit(folder: LogFolder, key: DataKey) -> CaseLog:
    open_case_log(folder, key).close()
    database = DatabaseFile(folder.database, key.database)
    return CaseLog(open_engine(database), ImageStore(folder.images, PictureSealer(key)))


def _compared(name: str, logs: dict[str, CaseLog], work: Callable[[CaseLog, int], None]) -> Figures:
    """The work on each log in turns, another one first every time."""
    spent_s: dict[str, list[float]] = {log_name: [] for log_name in logs}
    for number in range(CASES + WARM_UP):
        turn = number % len(logs)
        for log_name in [*logs][turn:] + [*logs][:turn]:
            begun_s = time.perf_counter()
            work(logs[log_name], number)
            spent_s[log_name].append(time.perf_counter() - begun_s)
    medians = {log_name: statistics.median(spent[WARM_UP:]) for log_name, spent in spent_s.items()}
    return {
        **{f"{name}_{log_name}_ms": median * 1000 for log_name, median in medians.items()},
        **{f"{name}_{log_name}_over_plain": medians[log_name] / medians["plain"] for log_name in [*logs][1:]},
    }


def _draft(number: int) -> CaseDraft:
    content = os.urandom(60_000)
    return CaseDraft(
        PatientDetails(f"P-{number}", "Müller", "Änne"),
        LesionDetails(description="left forearm"),
        (
            DraftPicture(
                PictureDetails(digest_of(content), "a.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC), content
            ),
        ),
        ReviewDetails("nv"),
        datetime(2026, 3, 14, tzinfo=UTC),
    )


if __name__ == "__main__":
    measured = measure()
    print_figures("The case log", measured)
    check(measured["save_encrypted_over_plain"] <= SAVE_RATIO, "an encrypted save costs too much")
    check(measured["open_encrypted_over_plain"] <= OPEN_RATIO, "opening an encrypted case costs too much")
