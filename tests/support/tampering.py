"""Tampers with an audit at random, to see that each time is found: `python -m tests.support.tampering 10000`."""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from skindesk.domain.audit import AuditAction, AuditEvent, AuditFinding, AuditHead, Subject
from skindesk.domain.case import CaseDraft, DraftPicture, LesionDetails, PatientDetails, PictureDetails
from skindesk.domain.contract import Modality
from skindesk.storage.audit_chain import Chain
from skindesk.storage.audit_check import audit_findings
from skindesk.storage.audit_head_file import HeadFile
from skindesk.storage.case_log import open_case_log
from skindesk.storage.engine import DatabaseFile, open_engine
from skindesk.storage.image_store import digest_of
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder

KEY = DataKey(b"k" * 32)
CHAIN = Chain(KEY.audit)
COLUMNS = ("at", "person_id", "action", "subject", "subject_id", "patient_id", "detail_digest", "mac")


def write_log(folder: LogFolder, patients: int = 10) -> None:
    """A log with patients, one of them erased, corrections, views and exports."""
    log = open_case_log(folder, KEY)
    for number in range(patients):
        content = b"picture %d" % number
        picture = PictureDetails(digest_of(content), "a.jpg", "image/jpeg", 600, 450, Modality.DERMOSCOPIC)
        patient, at = PatientDetails(f"P-{number}"), datetime(2026, 3, 14, tzinfo=UTC)
        saved = log.save(
            CaseDraft(
                patient,
                LesionDetails(),
                (DraftPicture(picture, content),),
                None,
                at,
            )
        )
        log.case(saved.case_id)
        log.correct_patient(saved.patient_id, PatientDetails(f"P-{number}", family_name=f"Name {number}"))
        log.tell(AuditEvent(AuditAction.PATIENT_EXPORTED, Subject.PATIENT, str(saved.patient_id), saved.patient_id))
    log.erase_patient(patients // 2)
    log.close()


class Tamperer:
    """Does one random thing to the audit of an open session; nothing is committed."""

    def __init__(self, session: Session, seed: int) -> None:
        self._session = session
        self._random = random.Random(seed)
        self.count: int = self._sql("SELECT max(seq) FROM audit_entry")[0][0]
        for change in ("update", "delete"):
            self._sql(f"DROP TRIGGER audit_entry_no_{change}")

    def tamper(self) -> str:
        """Tamper, and say how."""
        ways: tuple[Callable[[], object], ...] = (
            self.edit, self.delete, self.swap, self.truncate, self.truncate_with_an_older_end, self.insert,
            self.edit_detail, self.delete_detail, self.edit_end,
        )  # fmt: skip
        way = self._random.choice(ways)
        way()
        return way.__name__

    def edit(self) -> None:
        """Change one column of an entry to what stands in another entry, or to something new."""
        seq, column = self._any(), self._random.choice(COLUMNS)
        (old,) = self._sql(f"SELECT {column} FROM audit_entry WHERE seq = ?", seq)[0]
        others = [row[0] for row in self._sql(f"SELECT DISTINCT {column} FROM audit_entry") if row[0] != old]
        value = self._random.choice([*others, f"{old or ''}0", b"\xff\x00"])
        if value is None and column != "patient_id":
            value = "x"
        self._sql(f"UPDATE audit_entry SET {column} = ? WHERE seq = ?", value, seq)

    def delete(self) -> None:
        """Remove some entries from the middle, and their details."""
        first = self._random.randint(1, self.count - 1)
        self._remove(first, min(self.count - 1, first + self._random.randint(0, 5)))

    def swap(self) -> None:
        """Let two entries change places."""
        one, other = self._random.sample(range(1, self.count + 1), 2)
        for old, new in ((one, -1), (other, one), (-1, other)):
            self._sql("UPDATE audit_detail SET seq = ? WHERE seq = ?", new, old)
            self._sql("UPDATE audit_entry SET seq = ? WHERE seq = ?", new, old)

    def truncate(self) -> None:
        """Remove the newest entries."""
        self._remove(self._any(), self.count)

    def truncate_with_an_older_end(self) -> None:
        """Remove the newest entries, and put back the end that was sealed then."""
        first = self._any()
        last = self._sql("SELECT seq, mac FROM audit_entry WHERE seq = ?", first - 1)
        count, mac = last[0] if last else (0, CHAIN.start)
        self._remove(first, self.count)
        seal = CHAIN.head_seal(count, mac)
        self._sql("UPDATE audit_head SET count = ?, mac = ?, seal = ?", count, mac, seal)

    def insert(self) -> None:
        """Add an entry at the end that repeats another."""
        self._sql(
            "INSERT INTO audit_entry SELECT ?, at, person_id, action, subject, subject_id, patient_id, '', mac"
            " FROM audit_entry WHERE seq = ?",
            self.count + 1,
            self._any(),
        )

    def edit_detail(self) -> None:
        """Change what an old value was."""
        column = self._random.choice(("salt", "content"))
        self._sql(f"UPDATE audit_detail SET {column} = {column} || ' ' WHERE seq = ?", self._any_detail())

    def delete_detail(self) -> None:
        """Remove an old value that was not erased."""
        self._sql("DELETE FROM audit_detail WHERE seq = ?", self._any_detail())

    def edit_end(self) -> None:
        """Change or remove the end's seal."""
        changes = ("UPDATE audit_head SET count = count - 1", "UPDATE audit_head SET mac = 'x'")
        self._sql(self._random.choice((*changes, "UPDATE audit_head SET seal = 'x'", "DELETE FROM audit_head")))

    def _remove(self, first: int, last: int) -> None:
        self._sql("DELETE FROM audit_detail WHERE seq BETWEEN ? AND ?", first, last)
        self._sql("DELETE FROM audit_entry WHERE seq BETWEEN ? AND ?", first, last)

    def _any(self) -> int:
        return self._random.randint(1, self.count)

    def _any_detail(self) -> int:
        return int(self._random.choice(self._sql("SELECT seq FROM audit_detail"))[0])

    def _sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        result = self._session.connection().exec_driver_sql(statement, values)
        return [tuple(row) for row in result] if result.returns_rows else []


def tamper_at_random(folder: LogFolder, times: int) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Tamper so many times, each time with an intact log; returns how often in which way, and what was not found."""
    engine = open_engine(DatabaseFile(folder.database, KEY.database), foreign_keys=False)
    file, done, unfound = HeadFile(folder.audit_head, KEY), Counter[str](), []
    for seed in range(times):
        with Session(engine) as session:
            way = Tamperer(session, seed).tamper()
            if not any(audit_findings(session, CHAIN, file)):
                unfound.append((seed, way))
            session.rollback()
        done[way] += 1
    engine.dispose()
    return done, unfound


def findings_of(folder: LogFolder, known: AuditHead | None = None) -> tuple[AuditFinding, ...]:
    """What a newly opened log says."""
    log = open_case_log(folder, KEY)
    found = log.verify_audit(known)
    log.close()
    return found


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = LogFolder(Path(temporary))
        write_log(folder)
        done, unfound = tamper_at_random(folder, times)
    for way, count in sorted(done.items()):
        print(f"{way:<28}{count:>7}")
    print(f"{'in all':<28}{times:>7}\n{'not found':<28}{len(unfound):>7}")
    for seed, way in unfound:
        print(f"  seed {seed}: {way}")
    return 1 if unfound else 0


if __name__ == "__main__":
    sys.exit(main())
