"""What a file of cases consists of, and how much of it there may be.

`manifest.json` says what the file is and gives the SHA-256 of every other member. `cases.jsonl` holds one `Case` a line
in the words of `plain_values`, by patient and lesion number; its keys are those of the log it comes from.
`pictures/<sha256>.<ext>` and `attachments/<sha256>.<ext>`, the files that came with final diagnoses, are the original
bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skindesk.domain.case import Case
from skindesk.domain.transfer import Counts

FORMAT = "skindesk-cases"
FORMAT_VERSION = 3
"""Rises whenever `Case` or anything in it gets, loses or renames a field, so that an older SkinDesk refuses the file
with a sentence. A new field needs a default, which files of an older version get. Version 2 had nothing of a picture's
quality and measures, nor of its part that a network was given; version 1 had no final diagnoses either, no states and
nothing of how pictures were taken."""
MANIFEST, CASES = "manifest.json", "cases.jsonl"
MAX_FILES = 1_000_000
"""Pictures and attachments."""
MAX_LINE_BYTES = 32 * 1024 * 1024
"""One case. A prediction takes about 1.5 kB, so that this is some 20,000 of them."""
MANIFEST_BYTES, MANIFEST_BYTES_PER_MEMBER = 64 * 1024, 256
"""How long the manifest may be: its head, and what each member adds. A picture's name and digest take 153 bytes."""
MAX_EXPANSION = 100
"""How many times its size a file may unpack to. Pictures hardly shrink, and cases by some ten times."""

_FILE = re.compile(r"(pictures|attachments)/([0-9a-f]{64})\.[a-z0-9]{1,8}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


class Folder(StrEnum):
    """Where a file lies in the ZIP."""

    PICTURES = "pictures"
    ATTACHMENTS = "attachments"


@dataclass(frozen=True)
class StoredFile:
    """A picture or an attachment; the same bytes may be there as both."""

    folder: Folder
    sha256: str

    def __str__(self) -> str:
        """Which one, in words."""
        return f"{self.folder.removesuffix('s')} {self.sha256[:12]}"


@dataclass(frozen=True)
class Manifest:
    """What a file of cases says of itself, beside its format's version and the members' digests."""

    program_version: str
    made_at: datetime
    counts: Counts


def files_of(case: Case) -> Iterator[tuple[StoredFile, str]]:
    """Every picture and attachment of a case, with its media type."""
    for visit in case.visits:
        for picture in visit.pictures:
            yield StoredFile(Folder.PICTURES, picture.details.sha256), picture.details.media_type
    for diagnosis in case.final_diagnoses:
        attachment = diagnosis.details.attachment
        if attachment is not None:
            yield StoredFile(Folder.ATTACHMENTS, attachment.sha256), attachment.media_type


def member_name(file: StoredFile, media_type: str) -> str:
    """The member that holds a file: `pictures/abc….jpeg` for `image/jpeg`."""
    extension = media_type.rpartition("/")[2]
    return f"{file.folder}/{file.sha256}.{extension if _EXTENSION.fullmatch(extension) else 'bin'}"


def file_in(name: str) -> StoredFile | None:
    """The file whose member has this name; None where the name is no such one."""
    found = _FILE.fullmatch(name)
    return None if found is None else StoredFile(Folder(found[1]), found[2])
