"""Saving and finding cases, with the rules that a database cannot know."""

import hashlib
from collections.abc import Callable, Iterable

from skindesk.domain.audit import AuditAction, AuditEntry, AuditEvent, Subject
from skindesk.domain.audit_reading import ALL_ENTRIES, AuditFilter, AuditVerdict
from skindesk.domain.case import CaseDraft, Patient
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.people import Permission
from skindesk.services.editing import Editing
from skindesk.storage.case_log import CaseLog
from skindesk.storage.erasing import ErasedPatient
from skindesk.storage.saving import SavedCase


class Casework:
    """The use cases of the case log that have rules of their own; plain reading is `casework.log`'s.

    `require` raises AccessRefusedError where whoever is at work may not do something.
    """

    def __init__(self, log: CaseLog, require: Callable[[Permission], None]) -> None:
        self.log = log
        self.editing = Editing(log, require)
        """Everything that can be taken back."""
        self._require = require

    def save_case(self, draft: CaseDraft) -> SavedCase:
        """Save a draft in one transaction, as `CaseLog.save` describes.

        Raises AccessRefusedError where whoever is at work may not record or, with a review, judge; InvalidCaseError
        where the picture's bytes are not those of its digest, the prediction is of another picture, or the log refuses
        the patient or lesion; CaseLogUnavailableError where it cannot be written. Nothing was written then.
        """
        self._require(Permission.RECORD)
        if draft.review is not None:
            self._require(Permission.REVIEW)
        _check(draft)
        saved = self.log.save(draft)
        self.editing.note_saved(saved)
        return saved

    def erase_patient(self, patient_id: int) -> ErasedPatient:
        """Erase a patient for good, as `CaseLog.erase_patient` describes; returns what backups have to forget.

        Raises AccessRefusedError where whoever is at work is no administrator.
        """
        self._require(Permission.ADMINISTER)
        return self.log.erase_patient(patient_id)

    def tell_export(self, patient_ids: Iterable[int]) -> None:
        """Enter into the audit, before anything is written, that these patients' data leave the log.

        Raises AccessRefusedError where whoever is at work may not export.
        """
        self._require(Permission.EXPORT)
        self.log.tell(
            *(
                AuditEvent(AuditAction.PATIENT_EXPORTED, Subject.PATIENT, str(patient_id), patient_id)
                for patient_id in sorted(set(patient_ids))
            )
        )

    def audit_entries(
        self, before: int | None = None, limit: int = 50, only: AuditFilter = ALL_ENTRIES
    ) -> tuple[AuditEntry, ...]:
        """Entries of the audit, newest first, as `CaseLog.audit_entries` describes.

        Raises AccessRefusedError where whoever is at work is no administrator: it tells what everybody did.
        """
        self._require(Permission.ADMINISTER)
        return self.log.audit_entries(before, limit, only)

    def check_audit(self) -> AuditVerdict:
        """Look for tampering along the whole chain, which takes a while.

        Raises AccessRefusedError where whoever is at work is no administrator.
        """
        self._require(Permission.ADMINISTER)
        head = self.log.audit_head()
        return AuditVerdict(self.log.verify_audit(), head)

    def others_with_pictures(self, digests: Iterable[str], patient_id: int | None) -> tuple[Patient, ...]:
        """Everybody but this patient in whose cases one of these picture files is: a reason to ask before saving.

        `patient_id` is None for a patient who is not in the log yet.
        """
        owners = {owner.patient_id: owner for sha256 in digests for owner in self.log.patients_with_picture(sha256)}
        return tuple(owner for owner in owners.values() if owner.patient_id != patient_id)


def _check(draft: CaseDraft) -> None:
    for picture in draft.pictures:
        if hashlib.sha256(picture.content).hexdigest() != picture.details.sha256:
            raise InvalidCaseError("The picture's file has changed since it was opened.", "Open the picture again.")
        if picture.prediction is not None and picture.prediction.image_digest != picture.details.sha256:
            raise InvalidCaseError("The prediction is of another picture.", "Classify the picture again.")
