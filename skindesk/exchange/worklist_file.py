"""The worklist as a CSV file for a spreadsheet."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.worklist import WorklistItem
from skindesk.system.files import sync_folder

COLUMNS = (
    *("due", "since", "follow_up_on", "identifier", "family_name", "given_name", "birth_date"),
    *("case", "lesion", "site", "description", "state", "last_visit", "network", "probability", "malignant_sum"),
    *("impression",),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_worklist(path: Path, items: Iterable[WorklistItem]) -> int:
    """Write one row a case, as they come, and return how many there are.

    The file appears under its name when it is complete. A text that a spreadsheet would take for a formula gets an
    apostrophe before it. Raises OutputUnavailableError where the file cannot be written; what was there stays.
    """
    part = path.with_name(f"{path.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for count, item in enumerate(items, start=1):  # noqa: B007 - the last one is how many there are
                rows.writerow([_cell(value) for value in _row(item)])
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputUnavailableError(
            f"{path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        ) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return count


def _row(item: WorklistItem) -> tuple[object, ...]:
    case, who, lesion = item.case, item.case.patient.details, item.case.lesion
    return (
        *(item.due.value, item.since, lesion.follow_up_on),
        *(who.identifier, who.family_name, who.given_name, who.birth_date),
        *(case.case_id, f"L{lesion.number}", lesion.details.site.value, lesion.details.description, lesion.state.value),
        *(case.last_visit_at.date(), case.top_name, _rounded(case.top_probability), _rounded(case.malignant_sum)),
        *(case.impression,),
    )


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 6)
