"""An archive of labelled pictures, as every reader returns it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from skindesk.domain.labels import Label
from training.datasets.attributes import ATTRIBUTES
from training.datasets.fault import Fault
from training.split import Part, part_of, split_digest


@dataclass(frozen=True)
class Record:
    """One labelled picture. Pictures with the same `group_id` (a lesion or a patient) must never be separated.

    `image_id` is the publisher's; the faulty sets file one picture under several labels, so only `path` is unique.
    `attributes` holds what is known besides, its keys out of ATTRIBUTES. `fixed_part` overrides the group's draw
    where figures on a publisher's own split are wanted.
    """

    image_id: str
    path: Path
    group_id: str
    label_code: str
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    fixed_part: Part | None = None

    def __post_init__(self) -> None:
        unknown = set(self.attributes) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"{self.image_id} has attributes outside the vocabulary: {', '.join(sorted(unknown))}.")
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    @property
    def part(self) -> Part:
        """What the picture is used for."""
        return self.fixed_part or part_of(self.group_id)


@dataclass(frozen=True)
class Archive:
    """An archive's pictures in a stable order, the labels in the order of the network's outputs, and its licence.

    `facts` and `limits` are sentences for the model card: how it came about, and what it cannot show. `faults` are
    those of the set as it was found; None where the reader had no need to look for any.
    """

    name: str
    title: str
    licence: str
    facts: tuple[str, ...]
    limits: tuple[str, ...]
    labels: tuple[Label, ...]
    records: tuple[Record, ...]
    faults: tuple[Fault, ...] | None = None

    @property
    def split_digest(self) -> str:
        """SHA-256 over which picture lies in which part."""
        return split_digest((record.image_id, record.group_id, record.part) for record in self.records)
