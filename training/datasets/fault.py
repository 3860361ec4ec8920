"""What can be wrong with an archive, as its audit says it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class FaultKind(StrEnum):
    """What a fault rests on."""

    UNREADABLE = "unreadable"
    """A file that the program itself could not open as a picture."""
    SAME_FILE = "same_file"
    """The same bytes."""
    SAME_IMAGE_ID = "same_image_id"
    """The publisher's id of the picture."""
    SAME_PICTURE = "same_picture"
    """The same picture, stored anew."""
    SAME_LESION = "same_lesion"
    """The publisher's id of the lesion."""
    OTHER_DIAGNOSIS = "other_diagnosis"
    """A published diagnosis that the label contradicts."""


@dataclass(frozen=True)
class FiledPicture:
    """A picture, the label under which it is filed, and its side of the split."""

    image_id: str
    path: Path
    label_code: str
    side: str


@dataclass(frozen=True)
class Fault:
    """Pictures that belong together and yet lie under several labels or on several sides, or one that is bad by itself.

    `pictures` are ordered as in the archive.
    """

    kind: FaultKind
    pictures: tuple[FiledPicture, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels under which the pictures are filed, each once, in alphabetical order."""
        return tuple(sorted({picture.label_code for picture in self.pictures}))

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides of the split on which the pictures lie, each once, in alphabetical order."""
        return tuple(sorted({picture.side for picture in self.pictures}))
