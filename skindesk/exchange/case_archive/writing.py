"""Writes a file of cases, which appears under its name when it is complete."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from skindesk.domain.case import Case
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.merging import count_all
from skindesk.domain.plain_values import to_plain
from skindesk.domain.transfer import Counts
from skindesk.exchange.case_archive.layout import (
    CASES,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    MAX_FILES,
    MAX_LINE_BYTES,
    StoredFile,
    file_in,
    files_of,
    member_name,
)
from skindesk.system.files import sync_folder

_PART_MODE = 0o600


class CaseArchiveWriter:
    """Grows as `FILE.part`, which only the user of this computer's account may read, with files as they come.

    Used as a context manager: leaving without an error completes the file, leaving with one removes the part. What it
    keeps in memory are the names of pictures and attachments. Every method raises OutputUnavailableError where the disk
    refuses.
    """

    def __init__(self, path: Path, program_version: str, made_at: datetime, force: bool = False) -> None:
        """Raises OutputUnavailableError where the file exists already, unless by `force`, or cannot be written."""
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._force = force
        self._program_version = program_version
        self._made_at = made_at
        self._digest = hashlib.sha256()
        self._files: set[StoredFile] = set()
        self._last_patient: int | None = None
        self.counts = Counts()
        self._refuse_existing()
        with self._writing(), contextlib.ExitStack() as opening:
            self._part.unlink(missing_ok=True)  # of an interrupted export
            opening.callback(self._part.unlink, missing_ok=True)
            self._file = opening.enter_context(open(self._part, "xb", opener=_for_this_user))
            # Lines and pictures come together, and a ZIP takes one member at a time.
            self._lines = opening.enter_context(tempfile.TemporaryFile(dir=path.parent))
            self._zip = ZipFile(self._file, "w")
            opening.pop_all()

    def add(self, case: Case, content: Callable[[str], bytes]) -> None:
        """Add a case, later in the order of patient and lesion number than those before.

        `content` gives the bytes of a picture or an attachment by their digest.
        Raises OutputUnavailableError also where the file would be too large to be imported.
        """
        for file, media_type in files_of(case):
            self._add_file(file, media_type, content)
        line = json.dumps(to_plain(case), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if len(line) > MAX_LINE_BYTES or len(self._files) > MAX_FILES:
            raise OutputUnavailableError(
                f"{self._path.name} would be larger than a file of cases can be.", "Export fewer patients at once."
            )
        with self._writing():
            self._lines.write(line)
        self._digest.update(line)
        self.counts += count_all(case)
        if case.patient.patient_id != self._last_patient:
            self.counts += Counts(patients=1)
            self._last_patient = case.patient.patient_id

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with self._writing():
                    self._complete()
        finally:
            self._release()

    def _add_file(self, file: StoredFile, media_type: str, content: Callable[[str], bytes]) -> None:
        if file in self._files:
            return
        read = content(file.sha256)
        with self._writing():
            self._zip.writestr(self._member(member_name(file, media_type), ZIP_STORED), read)
        self._files.add(file)

    def _complete(self) -> None:
        self._lines.seek(0)
        with self._zip.open(self._member(CASES, ZIP_DEFLATED), "w", force_zip64=True) as member:
            shutil.copyfileobj(self._lines, member)
        with self._zip.open(self._member(MANIFEST, ZIP_DEFLATED), "w", force_zip64=True) as member:
            for text in self._manifest():
                member.write(text.encode())
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._refuse_existing()
        self._part.replace(self._path)
        sync_folder(self._path.parent)

    def _manifest(self) -> Iterator[str]:
        """The manifest's JSON, its last part, the digests, member by member."""
        head = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "program_version": self._program_version,
            "made_at": to_plain(self._made_at),
            "counts": to_plain(self.counts),
        }
        yield json.dumps(head, indent=1).removesuffix("\n}") + ',\n "digests": {'
        yield f'\n  "{CASES}": "{self._digest.hexdigest()}"'
        for member in self._zip.infolist():
            file = file_in(member.filename)
            if file is not None:
                yield f',\n  "{member.filename}": "{file.sha256}"'
        yield "\n }\n}\n"

    def _member(self, name: str, compression: int) -> ZipInfo:
        member = ZipInfo(name, self._made_at.timetuple()[:6])
        member.compress_type = compression
        member.external_attr = _PART_MODE << 16
        return member

    def _release(self) -> None:
        """Close what is open; a part that was not completed is removed. Trouble with that hides no other trouble."""
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()
        for file in (self._file, self._lines):
            with contextlib.suppress(OSError):
                file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _refuse_existing(self) -> None:
        if self._path.is_dir():
            raise OutputUnavailableError(f"{self._path.name} is a folder.", "Name a file.")
        if not self._force and self._path.exists():
            raise OutputUnavailableError(f"{self._path.name} exists already.", "Name another file, or add --force.")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputUnavailableError(
                f"{self._path.name} cannot be written: {error.strerror or error}.",
                "Check the folder and the free space.",
            ) from error


def _for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, _PART_MODE)
