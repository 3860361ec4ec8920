"""What the audit adds to a save: `python -m tests.benchmarks.audit`.

Two encrypted logs, one with an audit and one without, take the same saves in turns: a new patient with a lesion, a
picture of 60 kB and a review.
"""

import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from skindesk.domain.case import CaseDraft, LesionDetails, PatientDetails, PictureDetails, ReviewDetails
from skindesk.domain.contract import Modality
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import DatabaseFile, open_engine
from skindesk.storage.image_store import ImageStore, digest_of
from skindesk.storage.sealing import DataKey, PictureSealer
from skindesk.system.paths import LogFolder

SAVES, WARM_UP = 400, 20


def main() -> None:
    key = DataKey.new()
    with tempfile.TemporaryDirectory() as temporary:
        told, untold = LogFolder(Path(temporary) / "told"), LogFolder(Path(temporary) / "untold")
        open_case_log(untold, key).close()
        with_audit = open_case_log(told, key)
        without = CaseLog(
            open_engine(DatabaseFile(untold.database, key.database)), ImageStore(untold.images, PictureSealer(key))
        )
        spent_s: dict[CaseLog, list[float]] = {with_audit: [], without: []}
        for number in range(SAVES + WARM_UP):
            draft = new_draft(number)
            for log in (with_audit, without) if number % 2 else (without, with_audit):
                begun_s = time.perf_counter()
                log.save(draft)
                spent_s[log].append(time.perf_counter() - begun_s)
        count = len(with_audit.audit_entries(limit=10_000))
        begun_s = time.perf_counter()
        assert with_audit.verify_audit() == ()
        verified_s = time.perf_counter() - begun_s
        for log in spent_s:
            log.close()
    with_s, without_s = (statistics.median(spent[WARM_UP:]) for spent in (spent_s[with_audit], spent_s[without]))
    print(f"one save, median of {SAVES}: {with_s * 1000:.2f} ms with the audit, {without_s * 1000:.2f} ms without")
    print(f"ratio {with_s / without_s:.3f}; {count} entries verified in {verified_s * 1000:.0f} ms")


def new_draft(number: int) -> CaseDraft:
    content = os.urandom(60_000)
    return CaseDraft(
        PatientDetails(f"P-{number}", "Müller", "Änne"),
        LesionDetails(description="left forearm"),
        PictureDetails(digest_of(content), "a.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC),
        content,
        None,
        ReviewDetails("nv"),
        datetime(2026, 3, 14, tzinfo=UTC),
    )


if __name__ == "__main__":
    main()
