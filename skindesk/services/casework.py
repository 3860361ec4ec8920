"""Saving and finding cases, with the rules that a database cannot know."""

import hashlib
from collections.abc import Callable

from skindesk.domain.case import CaseDraft, Patient
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.people import Permission
from skindesk.storage.case_log import CaseLog
from skindesk.storage.saving import SavedCase


class Casework:
    """The use cases of the case log that have rules of their own; plain reading is `casework.log`'s.

    `require` raises AccessRefusedError where whoever is at work may not do something.
    """

    def __init__(self, log: CaseLog, require: Callable[[Permission], None]) -> None:
        self.log = log
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
        return self.log.save(draft)

    def others_with_picture(self, sha256: str, patient_id: int | None) -> tuple[Patient, ...]:
        """Everybody but this patient in whose cases the same picture file is: a reason to ask before saving.

        `patient_id` is None for a patient who is not in the log yet.
        """
        owners = self.log.patients_with_picture(sha256)
        return tuple(owner for owner in owners if owner.patient_id != patient_id)


def _check(draft: CaseDraft) -> None:
    if hashlib.sha256(draft.content).hexdigest() != draft.picture.sha256:
        raise InvalidCaseError("The picture's file has changed since it was opened.", "Open the picture again.")
    if draft.prediction is not None and draft.prediction.image_digest != draft.picture.sha256:
        raise InvalidCaseError("The prediction is of another picture.", "Classify the picture again.")
