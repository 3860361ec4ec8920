"""What the audit tells: who did what, to whom and when, and what can be wrong with its chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditAction(StrEnum):
    """Everything that leaves an entry."""

    BEGUN = "audit begun"
    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    LOCKED = "locked"
    PROTECTED = "log protected"
    PASSPHRASE_CHANGED = "passphrase changed"
    RECOVERY_USED = "recovery key used"
    RECOVERY_RENEWED = "recovery key renewed"
    KEY_CHANGED = "data key changed"
    PERSON_ADDED = "person added"
    ROLE_CHANGED = "role changed"
    PERSON_REMOVED = "person removed"
    PATIENT_ADDED = "patient added"
    LESION_ADDED = "lesion added"
    PICTURE_ADDED = "picture added"
    PICTURE_EXAMINED = "picture examined again"
    PREDICTION_ADDED = "prediction added"
    REVIEW_ADDED = "review added"
    FINAL_DIAGNOSIS_ADDED = "final diagnosis added"
    CASE_IMPORTED = "case imported"
    PATIENT_CORRECTED = "patient corrected"
    LESION_CORRECTED = "lesion corrected"
    STATE_CHANGED = "state changed"
    PATIENTS_MERGED = "patients merged"
    MERGE_UNDONE = "merge undone"
    WITHDRAWN = "withdrawn"
    BROUGHT_BACK = "brought back"
    PATIENT_VIEWED = "patient viewed"
    PATIENT_EXPORTED = "patient exported"
    PATIENT_ERASED = "patient erased"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    UNREADABLE = "entries could not be read"
    """Of what waited to be told, so many as the detail says were cut off by a crash or changed."""
    COPIES_REMOVED = "old copies removed"
    MODEL_INSTALLED = "model installed"
    MODEL_ACTIVATED = "model activated"
    MODEL_ROLLED_BACK = "model rolled back"


class Subject(StrEnum):
    """What kind of thing an entry is about; its id is a row's, a person's, or a model's name and digest."""

    LOG = "log"
    PERSON = "person"
    PATIENT = "patient"
    CASE = "case"
    PICTURE = "picture"
    REVIEW = "review"
    FINAL_DIAGNOSIS = "final diagnosis"
    MODEL = "model"


@dataclass(frozen=True)
class AuditEvent:
    """Something to be told to the audit.

    `patient_id` is the patient whom it concerns, if any. `detail` may be personal, such as the old value of a
    correction: it is kept apart and erased with the patient. Without `person_id` it is whoever is at work, without
    `at`, an aware time, it is now.
    """

    action: AuditAction
    subject: Subject
    subject_id: str = ""
    patient_id: int | None = None
    detail: Mapping[str, object] | None = None
    person_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the chain, in the words of the database: they may have been tampered with.

    `at` is UTC in ISO 8601: when it happened, which for a sign-in is before it was entered. `detail` is JSON, or None
    where there is none or it was erased.
    """

    seq: int
    at: str
    person_id: str
    action: str
    subject: str
    subject_id: str
    patient_id: int | None
    detail: str | None


@dataclass(frozen=True)
class AuditHead:
    """Where a chain ends: how many entries it has, and the MAC of the last. Kept elsewhere, it vouches for them all."""

    count: int
    mac: str


class AuditFault(StrEnum):
    """What can be wrong with the audit; the machine-readable half of a finding."""

    ENTRY_CHANGED = "entry_changed"
    ENTRIES_MISSING = "entries_missing"
    DETAIL_CHANGED = "detail_changed"
    DETAIL_MISSING = "detail_missing"
    DETAIL_UNKNOWN = "detail_unknown"
    HEAD_MISSING = "head_missing"
    HEAD_CHANGED = "head_changed"
    END_MISSING = "end_missing"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    PUT_BACK = "put_back"


@dataclass(frozen=True)
class AuditFinding:
    """One thing that shows that the audit was tampered with. `seq` is the entry's number, if it is about one."""

    fault: AuditFault
    seq: int | None
    what: str
