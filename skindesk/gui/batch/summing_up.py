"""How a run has ended, in one line."""

import numpy as np

from skindesk.domain.contract import ModelContract
from skindesk.gui.batch.rows import MarkCode, Snapshot, Status
from skindesk.gui.widgets.words import translate

_NO_BREAK = "\N{NO-BREAK SPACE}"


def summary_words(rows: Snapshot, contract: ModelContract) -> str:
    """How many pictures were answered and how, and what was decided on them."""
    status, mark = rows.values["status"], rows.values["mark"]
    supported = int(np.count_nonzero(status == Status.SUPPORTED))
    rejected = rejected_count(rows)
    grave = [at for at, label in enumerate(contract.labels) if label.group.counts_as_malignant]
    led = int(np.count_nonzero((status == Status.SUPPORTED) & np.isin(rows.values["first"], grave)))
    accepted, flagged = (int(np.count_nonzero(mark == code)) for code in (MarkCode.ACCEPTED, MarkCode.FLAGGED))
    counts = (
        (translate("batch", "{0} pictures"), len(rows)),
        (translate("batch", "{0} supported"), supported),
        (translate("batch", "{0} of them led by a malignant or premalignant class"), led),
        (translate("batch", "{0} abstained"), len(rows) - supported - rejected),
        (translate("batch", "{0} rejected"), rejected),
        (translate("batch", "{0} accepted"), accepted),
        (translate("batch", "{0} flagged"), flagged),
    )
    optional = 5
    said = (
        words.format(f"{count:,}").replace(" ", _NO_BREAK)
        for at, (words, count) in enumerate(counts)
        if count or at < optional
    )
    return "  ·  ".join(said)


def rejected_count(rows: Snapshot) -> int:
    """How many files were rejected, by this run or an earlier one that it continues."""
    return int(np.count_nonzero(rows.values["status"] == Status.REJECTED))
