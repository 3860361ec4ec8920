"""Lists of pictures: CSV tables with a column of paths, and plain lines as other programs print them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skindesk.domain.errors import RejectionReason
from skindesk.services.batch.items import Item, Problem

_LIST_ENDINGS = (".csv", ".tsv")
PATH_COLUMNS = ("path", "file", "filename", "file_name", "image", "image_path", "picture", "image_id", "isic_id")
LABEL_COLUMNS = ("label", "class", "diagnosis", "dx", "target", "truth")
PATIENT_COLUMNS = ("patient", "patient_id", "identifier")
LESION_COLUMNS = ("lesion", "lesion_id")


def is_list(path: Path) -> bool:
    """Whether a file's name says that it is a table."""
    return path.suffix.lower() in _LIST_ENDINGS


def listed_in_file(path: Path) -> Iterator[Item]:
    """One item a row of a table, as `rows_of` reads it; paths are relative to the table's folder.

    A row without a path is left out. What cannot be read is an item with a problem in the table's place.
    """
    try:
        for row in rows_of(path):
            if "\0" in row.name:
                yield _trouble(path, RejectionReason.NOT_AN_IMAGE, "holds a row that names no file.")
            elif row.name:
                yield Item(path.parent / row.name, label=row.label, patient=row.patient, lesion=row.lesion)
    except FileNotFoundError:
        yield _trouble(path, RejectionReason.MISSING, "does not exist. Check the path.")
    except OSError as error:
        yield _trouble(path, RejectionReason.NOT_READABLE, f"cannot be read: {error.strerror or error}.")
    except (csv.Error, UnicodeError) as error:
        yield _trouble(path, RejectionReason.NOT_AN_IMAGE, f"is no table that can be read: {error}. Save it as CSV.")


def listed_paths(content: bytes) -> tuple[str, ...]:
    """Paths as `find` prints them: one on each line, or each ended by a zero with `-print0`; none is empty."""
    ended_by = b"\0" if b"\0" in content else b"\n"
    lines = (line if ended_by == b"\0" else line.removesuffix(b"\r") for line in content.split(ended_by))
    return tuple(line.decode("utf-8", errors="surrogateescape") for line in lines if line)


@dataclass(frozen=True)
class ListedRow:
    """What a table says of one picture; empty where it does not say."""

    name: str
    label: str
    patient: str
    lesion: str


def rows_of(path: Path) -> Iterator[ListedRow]:
    """The rows of a table, separated by commas, semicolons or tabs.

    Its columns are known by their names in the first line, whatever the case of their letters (the names in
    PATH_COLUMNS and its fellows). Where no name is that of a path, the first line is a row like the others, of a path
    and perhaps a label. Raises OSError, csv.Error or UnicodeError.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        first = file.readline()
        separator = max(",;\t", key=first.count)
        head = next(csv.reader(io.StringIO(first), delimiter=separator), [])
        columns = _columns(head)
        if columns is None:
            columns = (0, 1, None, None)
            yield _row(head, columns)
        for cells in csv.reader(file, delimiter=separator):
            yield _row(cells, columns)


_Columns = tuple[int | None, int | None, int | None, int | None]


def _columns(head: Sequence[str]) -> _Columns | None:
    names = [name.strip().casefold() for name in head]

    def place(known: Iterable[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    path = place(PATH_COLUMNS)
    return None if path is None else (path, place(LABEL_COLUMNS), place(PATIENT_COLUMNS), place(LESION_COLUMNS))


def _row(cells: Sequence[str], columns: _Columns) -> ListedRow:
    return ListedRow(*("" if at is None or at >= len(cells) else cells[at].strip() for at in columns))


def _trouble(path: Path, reason: RejectionReason, why: str) -> Item:
    return Item(path, problem=Problem(reason, f"The list {path.name} {why}"))
