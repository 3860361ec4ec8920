"""How good a network is on pictures of which a list or the names of their folders say what they show."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.outcome import Rejected
from skindesk.domain.prediction import Decision
from skindesk.inference.figures import measure
from skindesk.services.batch.engine import Result
from skindesk.services.batch.items import Item
from skindesk.services.batch.lists import rows_of

RESAMPLES = "95 % bootstrap over {0}, 1,000 resamples"


@dataclass(frozen=True)
class Said:
    """What is known of a picture: its label, as a code or a name, and its lesion or patient; empty where it is not."""

    label: str
    group: str = ""


LabelOf = Callable[[Item], Said]


def said_by_item(item: Item) -> Said:
    """What the list or folder says that the item was found by."""
    return Said(item.label, item.lesion or item.patient)


def labels_from_table(path: Path) -> LabelOf:
    """What a table of paths and labels says, whose columns are those of a list of pictures.

    A picture is known by its whole path, by its path within the table's folder, or else by its file's name, with or
    without the ending, as the archives' tables have it. Raises OutputUnavailableError where it cannot be read.
    """
    known: dict[str, Said] = {}
    try:
        for row in rows_of(path):
            if row.name and row.label:
                said = Said(row.label, row.lesion or row.patient)
                known[row.name] = known[str(path.parent / row.name)] = said
                known.setdefault(Path(row.name).name, said)
    except (OSError, ValueError, csv.Error) as error:
        raise OutputUnavailableError(
            f"The labels in {path.name} cannot be read: {error}.", "Check the file."
        ) from error
    if not known:
        raise OutputUnavailableError(
            f"{path.name} names no labels.", "It needs a column of paths, such as `file`, and one of labels, `label`."
        )

    def label_of(item: Item) -> Said:
        shown = item.shown
        found = (known.get(name) for name in (str(shown), item.member, shown.name, shown.stem))
        return next((said for said in found if said is not None), Said(""))

    return label_of


def evaluate(results: Iterable[Result], contract: ModelContract, label_of: LabelOf = said_by_item) -> dict[str, Any]:
    """Every figure of the network over the labelled results, by the names that `training evaluate` writes.

    A label is one of the network's codes or names, whatever the case of its letters; others are counted under
    "unknown_labels" and left out, as are pictures that were rejected or have no label. "figures" is None where no
    labelled picture was answered; the abstained count there too, by their leading class. Pictures of one lesion, or of
    one patient where no lesion is named, are drawn together for the intervals.
    """
    codes = _codes(contract)
    probabilities: list[tuple[float, ...]] = []
    targets: list[int] = []
    groups: list[str] = []
    unknown: Counter[str] = Counter()
    counts = {"rejected": 0, "unlabelled": 0, "abstained": 0}
    mix = ""
    for result in results:
        said, outcome = label_of(result.item), result.outcome
        at = codes.get(said.label.casefold())
        if not said.label:
            counts["unlabelled"] += 1
        elif at is None:
            unknown[said.label] += 1
        elif isinstance(outcome, Rejected):
            counts["rejected"] += 1
        else:
            prediction = outcome.prediction
            mix = prediction.class_mix.name
            counts["abstained"] += prediction.decision is Decision.ABSTAINED
            probabilities.append(prediction.probabilities)
            targets.append(at)
            groups.append(said.group or f"\0{result.number:09}")
    grouped = any(not group.startswith("\0") for group in groups)
    return {
        "model_id": contract.model_id,
        "model_version": contract.version,
        "class_mix": mix,
        "images": len(targets),
        "lesions": len(set(groups)),
        **counts,
        "unknown_labels": dict(unknown.most_common()),
        "interval": RESAMPLES.format("lesions or patients" if grouped else "pictures"),
        "figures": measure(np.array(probabilities), np.array(targets, np.int64), tuple(groups), contract.labels)
        if targets
        else None,
    }


def _codes(contract: ModelContract) -> dict[str, int]:
    names = {label.name.casefold(): at for at, label in enumerate(contract.labels)}
    return names | {label.code.casefold(): at for at, label in enumerate(contract.labels)}
