"""An archive of labelled pictures, as every reader returns it."""

from dataclasses import dataclass
from pathlib import Path

from skindesk.domain.labels import Label


@dataclass(frozen=True)
class Record:
    """One labelled picture. Pictures with the same `group_id` (a lesion or a patient) must never be separated."""

    image_id: str
    path: Path
    group_id: str
    label_code: str


@dataclass(frozen=True)
class Archive:
    """An archive's pictures in a stable order, the labels in the order of the network's outputs, and its licence.

    `facts` and `limits` are sentences for the model card: how it came about, and what it cannot show.
    """

    name: str
    title: str
    licence: str
    facts: tuple[str, ...]
    limits: tuple[str, ...]
    labels: tuple[Label, ...]
    records: tuple[Record, ...]
