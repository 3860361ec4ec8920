"""Reads the whole worklist, and takes it out of the case log."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from skindesk.domain.worklist import SOON_DAYS, WorklistItem
from skindesk.exchange.worklist_file import write_worklist
from skindesk.services.casework import Casework
from skindesk.storage.case_log import CaseLog

PAGE = 200


def worklist_pages(log: CaseLog, today: date, soon_days: int = SOON_DAYS) -> Iterator[tuple[WorklistItem, ...]]:
    """The worklist as it is, some items at a time; raises as `CaseLog` does."""
    after: WorklistItem | None = None
    while page := log.record.worklist(today, PAGE, after, soon_days=soon_days):
        yield page
        after = page[-1]


def told_worklist(casework: Casework, today: date, soon_days: int = SOON_DAYS) -> Iterator[WorklistItem]:
    """The worklist's items; before any is handed out, the audit is told whose data leave the log.

    Raises AccessRefusedError where whoever is at work may not export.
    """
    casework.tell_export(())  # whoever may not export is refused, even where the list is empty
    told: set[int] = set()
    for page in worklist_pages(casework.log, today, soon_days):
        patients = {item.case.patient.patient_id for item in page} - told
        casework.tell_export(patients)
        told |= patients
        yield from page


def export_worklist(casework: Casework, path: Path, today: date) -> int:
    """Write the whole worklist as CSV and return how many cases are on it; raises as its parts do."""
    return write_worklist(path, told_worklist(casework, today))
