"""What one asks of the audit, and what a check of it says."""

from dataclasses import dataclass

from skindesk.domain.audit import AuditFinding, AuditHead


@dataclass(frozen=True)
class AuditFilter:
    """Which entries to list; None for any. `person_id` is who did it, `action` what, `patient_id` whom it concerns."""

    person_id: str | None = None
    action: str | None = None
    patient_id: int | None = None


ALL_ENTRIES = AuditFilter()


@dataclass(frozen=True)
class AuditVerdict:
    """Everything that shows tampering, nothing where the audit is sound, and where it ended when the check began.

    `head` is None where there is no audit.
    """

    findings: tuple[AuditFinding, ...]
    head: AuditHead | None
