"""Keeps and drops the drafts of whoever is at work, in the order in which it was asked."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from skindesk.domain.case import Lesion, Patient
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.background import Background

if TYPE_CHECKING:
    from skindesk.services.casework import Casework
    from skindesk.storage.drafts import Draft
    from skindesk.storage.record import Record

_log = logging.getLogger(__name__)

PATIENT_ID, CASE_ID = "patient_id", "case_id"
"""Under these names a draft says whose it is: an erased patient's drafts go with them."""


class Form(StrEnum):
    """The forms whose content is kept; there is one draft of each."""

    EXAMINATION = "examination"
    NEW_PATIENT = "new patient"
    PATIENT = "patient"
    LESION = "lesion"
    REVIEW = "review"
    FINAL_DIAGNOSIS = "final diagnosis"


@dataclass(frozen=True)
class Offer:
    """A draft that was left behind, with whom it is about, as far as they are in the log."""

    form: Form
    draft: "Draft"
    patient: Patient | None
    lesion: Lesion | None


class Drafts:
    """Works in the background. A draft that cannot be kept is no reason to interrupt anybody: the log says so.

    Keeping and dropping run on several threads, so each wish has a number, and one that was overtaken does nothing.
    """

    def __init__(self, casework: "Callable[[], Casework]", background: Background, person_id: str) -> None:
        self._casework, self._background, self._person_id = casework, background, person_id
        self._writing = Lock()
        self._wishes: Counter[str] = Counter()
        self._done: Counter[str] = Counter()

    def keep(self, form: Form, values: dict[str, Any], pictures: tuple[bytes, ...] = ()) -> None:
        """Keep what a form holds; `values` are plain JSON, `pictures` the bytes of its pictures."""
        self._start(form, lambda record: record.keep_draft(self._person_id, form.value, values, pictures))

    def drop(self, form: Form) -> None:
        """Forget a form's draft: it was saved or discarded."""
        self._start(form, lambda record: record.drop_draft(self._person_id, form.value))

    def discard(self, offer: Offer) -> None:
        """Forget a draft that was offered, unless another one of the same form has taken its place."""

        def drop(record: "Record") -> None:
            now = record.draft(self._person_id, offer.form.value)
            if now is not None and now.saved_at == offer.draft.saved_at:
                record.drop_draft(self._person_id, offer.form.value)

        self._start(offer.form, drop)

    def left_behind(self, told: Callable[[tuple[Offer, ...]], None]) -> None:
        """Tell which drafts there are."""
        self._background.start(self._offers, told, _cannot)

    def _start(self, form: Form, write: "Callable[[Record], None]") -> None:
        self._wishes[form] += 1
        self._background.start(partial(self._write, form, self._wishes[form], write), _nothing, _cannot)

    def _write(self, form: Form, number: int, write: "Callable[[Record], None]") -> None:
        with self._writing:
            if number > self._done[form]:
                self._done[form] = number
                write(self._casework().log.record)

    def _offers(self) -> tuple[Offer, ...]:
        record = self._casework().log.record
        drafts = ((form, record.draft(self._person_id, form.value)) for form in Form)
        return tuple(_offer(record, form, draft) for form, draft in drafts if draft is not None)


def _offer(record: "Record", form: Form, draft: "Draft") -> Offer:
    patient_id, case_id = draft.values.get(PATIENT_ID), draft.values.get(CASE_ID)
    patient = lesion = None
    try:
        lesion = record.lesion(case_id) if isinstance(case_id, int) else None
        whose = patient_id if lesion is None else lesion.patient_id
        patient = record.patient(whose) if isinstance(whose, int) else None
    except InvalidCaseError:
        _log.info("a draft is about a patient or lesion who is not in the case log any more")
    return Offer(form, draft, patient, lesion)


def _nothing(_result: None) -> None:
    """A draft is kept or dropped without a word."""


def _cannot(error: Exception) -> None:
    _log.warning("a draft could not be read or written: %s", type(error).__name__)
