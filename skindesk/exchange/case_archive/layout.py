"""What a file of cases consists of, and how much of it there may be.

`manifest.json` says what the file is and gives the SHA-256 of every other member. `cases.jsonl` holds one `Case` a line
in the words of `plain_values`, by patient and lesion number; its keys are those of the log it comes from.
`pictures/<sha256>.<ext>` are the original bytes.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from skindesk.domain.transfer import Counts

FORMAT = "skindesk-cases"
FORMAT_VERSION = 1
"""Rises whenever `Case` or anything in it gets, loses or renames a field, so that an older SkinDesk refuses the file
with a sentence. A new field needs a default, which files of an older version get."""
MANIFEST, CASES = "manifest.json", "cases.jsonl"
MAX_PICTURES = 1_000_000
MAX_LINE_BYTES = 32 * 1024 * 1024
"""One case. A prediction takes about 1.5 kB, so that this is some 20,000 of them."""
MANIFEST_BYTES, MANIFEST_BYTES_PER_MEMBER = 64 * 1024, 256
"""How long the manifest may be: its head, and what each member adds. A picture's name and digest take 153 bytes."""
MAX_EXPANSION = 100
"""How many times its size a file may unpack to. Pictures hardly shrink, and cases by some ten times."""

_PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.[a-z0-9]{1,8}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


@dataclass(frozen=True)
class Manifest:
    """What a file of cases says of itself, beside its format's version and the members' digests."""

    program_version: str
    made_at: datetime
    counts: Counts


def picture_name(sha256: str, media_type: str) -> str:
    """The member that holds a picture: `pictures/abc….jpeg` for `image/jpeg`."""
    extension = media_type.rpartition("/")[2]
    return f"pictures/{sha256}.{extension if _EXTENSION.fullmatch(extension) else 'bin'}"


def digest_in(name: str) -> str | None:
    """The digest in the name of a picture's member; None where the name is no such one."""
    found = _PICTURE.fullmatch(name)
    return None if found is None else found[1]
