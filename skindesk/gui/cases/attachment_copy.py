"""Takes a copy of an attached file out of the case log."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.final_diagnosis import Attachment
from skindesk.system.files import write_durably

if TYPE_CHECKING:
    from skindesk.services.casework import Casework


def save_copy(casework: "Callable[[], Casework]", patient_id: int, attachment: Attachment, path: str) -> None:
    """Write an attached file's bytes, of which the audit is told before. Slow: for the background.

    Raises AccessRefusedError where whoever is at work may not export, OutputUnavailableError where writing fails.
    """
    opened = casework()
    content = opened.log.picture(attachment.sha256)
    opened.tell_export([patient_id])
    try:
        write_durably(Path(path), content)
    except OSError as error:
        raise OutputUnavailableError(
            f"Could not write {Path(path).name}: {error.strerror}.", "Choose another folder."
        ) from error
