"""What somebody made of a batch's pictures one by one: marks and notes, kept beside the file of the results."""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock

from skindesk.domain.errors import OutputUnavailableError
from skindesk.system.files import sync_folder

REVIEW_COLUMNS = ("review", "review_note")


class Mark(StrEnum):
    """What was decided on a picture."""

    ACCEPTED = "accepted"
    FLAGGED = "flagged"


@dataclass(frozen=True)
class Review:
    """A picture without a mark has not been decided on; it may have a note all the same."""

    mark: Mark | None = None
    note: str = ""


NOT_REVIEWED = Review()


def reviews_path(out: Path) -> Path:
    """Where the reviews are kept of a run whose results are to go to `out`."""
    return out.with_name(f"{out.name}.reviews")


def review_row(review: Review) -> dict[str, str | None]:
    """A review as the cells of REVIEW_COLUMNS; what there is not is None."""
    return dict(zip(REVIEW_COLUMNS, (review.mark, review.note or None), strict=True))


class ReviewFile:
    """Reviews by the keys of their items, in a file that only ever grows: one line for each change.

    `put` counts at once and `write` makes what was put survive a power cut; a line that a kill cut off is left out
    when the file is read again. Safe to be used by several threads.
    """

    def __init__(self, path: Path) -> None:
        """Read what there is. Raises OutputUnavailableError where the file is there and cannot be read."""
        self.path = path
        self._lock, self._writing = Lock(), Lock()
        self._waiting: list[bytes] = []
        self._reviews: dict[str, Review] = {}
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError as error:
            raise self._trouble("read", error) from error
        for line in content.split(b"\n"):
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                self._reviews.update(_parsed(line))
        self._ends_within_a_line = bool(content) and not content.endswith(b"\n")

    def get(self, key: str) -> Review:
        """The review of an item, by the item's key."""
        return self._reviews.get(key, NOT_REVIEWED)

    @property
    def all(self) -> Mapping[str, Review]:
        """Every review by the key of its item, those that were taken back, too."""
        return self._reviews

    def put(self, changes: Mapping[str, Review]) -> None:
        """Keep reviews in the place of earlier ones; they are written with the next `write`."""
        with self._lock:
            self._reviews.update(changes)
            self._waiting.extend(_line(key, review) for key, review in changes.items())

    def write(self) -> None:
        """Write what waits. Raises OutputUnavailableError where the disk takes no more; it then waits on."""
        with self._writing:
            with self._lock:
                waiting = tuple(self._waiting)
            if not waiting:
                return
            try:
                self._append(b"".join(waiting))
            except OSError as error:
                raise self._trouble("written", error) from error
            with self._lock:
                del self._waiting[: len(waiting)]

    def _append(self, content: bytes) -> None:
        is_new = not self.path.exists()
        content = b"\n" * self._ends_within_a_line + content
        with self.path.open("ab", buffering=0) as file:
            before = file.tell()
            try:
                if file.write(content) < len(content):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(before)
                raise
        self._ends_within_a_line = False
        if is_new:
            sync_folder(self.path.parent)

    def _trouble(self, doing: str, error: OSError) -> OutputUnavailableError:
        return OutputUnavailableError(
            f"The reviews of this run cannot be {doing}: {error.strerror or error}.",
            "Check the folder and the free space.",
        )


def _line(key: str, review: Review) -> bytes:
    return json.dumps({"key": key, "mark": review.mark, "note": review.note}).encode() + b"\n"


def _parsed(line: bytes) -> Iterator[tuple[str, Review]]:
    """The change that a line tells of, if any. Raises ValueError, KeyError, TypeError or AttributeError."""
    if line:
        raw = json.loads(line)
        mark = raw["mark"]
        yield str(raw["key"]), Review(None if mark is None else Mark(mark), str(raw["note"]))
