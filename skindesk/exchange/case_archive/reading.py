"""Reads a file of cases that comes from outside; what it hands out has been checked."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from skindesk.domain.case import Case
from skindesk.domain.errors import ImageRejectedError
from skindesk.domain.following import asked_for
from skindesk.domain.merging import count_all
from skindesk.domain.plain_values import MalformedError, from_plain
from skindesk.domain.transfer import Counts
from skindesk.exchange.case_archive.checks import troubles_with
from skindesk.exchange.case_archive.layout import (
    CASES,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    MAX_LINE_BYTES,
    Folder,
    Manifest,
    StoredFile,
    files_of,
)
from skindesk.exchange.case_archive.members import Members
from skindesk.imaging.decode import MIN_SIDE_PX, decode, picture_from_bytes

Progress = Callable[[int, int], None]
"""Told how many of how many have been done."""
_FIRST_WITH_STATES = 2
_PIECE_BYTES = 1024 * 1024


class CaseArchive:
    """A file of cases. Everything raises CaseArchiveError, which says what is wrong and where.

    Call `check` before anything else is relied on. Used as a context manager. In memory are the names of pictures
    and attachments, and one patient.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file and reads its manifest; members that do not belong there are refused."""
        self.name = path.name
        self._members = Members(path)
        try:
            self._version, self.manifest, self._digests = self._read_manifest()
        except BaseException:
            self._members.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._members.close()

    def check(self, progress: Progress = lambda done, total: None) -> None:
        """Read everything: each case is whole and sound, each file is the one it should be, pictures can be decoded."""
        self._check_digest_of_cases()
        wanted = self._check_cases()
        for number, file in enumerate(self._members.files, start=1):
            if file not in wanted:
                raise self._members.refuse(f"no case has its {file}.")
            self._check_file(file)
            progress(number, len(self._members.files))

    def patients(self) -> Iterator[tuple[Case, ...]]:
        """Each patient's cases, by lesion number."""
        for _, cases in groupby(self._cases(), key=lambda case: case.patient.patient_id):
            yield tuple(cases)

    def content(self, sha256: str) -> bytes:
        """The bytes of a picture or an attachment, checked against their digest."""
        found = (StoredFile(folder, sha256) for folder in Folder)
        return self._content(next(file for file in found if file in self._members.files))

    def _content(self, file: StoredFile) -> bytes:
        content = self._members.read(self._members.files[file])
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise self._members.refuse(f"its {file} is not the one it should be.")
        return content

    def _read_manifest(self) -> tuple[int, Manifest, Mapping[str, str]]:
        plain = self._parsed(self._members.read(MANIFEST), MANIFEST)
        if not isinstance(plain, dict) or plain.pop("format", None) != FORMAT:
            raise self._members.refuse("it is no file of SkinDesk's cases.", "Choose another file.")
        version = plain.pop("format_version", None)
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise self._members.refuse(f"{MANIFEST}: format_version is no version.")
        if version > FORMAT_VERSION:
            raise self._members.refuse(
                f"it has the format version {version}, and this SkinDesk knows {FORMAT_VERSION}.",
                "Update SkinDesk here, then import it again.",
            )
        digests = plain.pop("digests", None)
        try:
            manifest = from_plain(Manifest, plain, complete=version == FORMAT_VERSION)
        except MalformedError as error:
            raise self._members.refuse(f"{MANIFEST}: {error}.") from error
        return version, manifest, self._checked(digests)

    def _checked(self, digests: object) -> Mapping[str, str]:
        """The digests, of exactly the members that are there; that of a file is the one in its name."""
        if not isinstance(digests, dict) or digests.keys() != self._members.names - {MANIFEST}:
            raise self._members.refuse(f"{MANIFEST} does not list the members that are there.")
        for file, name in self._members.files.items():
            if digests[name] != file.sha256:
                raise self._members.refuse(f"{MANIFEST} has another digest for {name}.")
        return digests

    def _check_digest_of_cases(self) -> None:
        found = hashlib.sha256()
        with self._members.open(CASES) as member:
            while piece := member.read(_PIECE_BYTES):
                found.update(piece)
        if found.hexdigest() != self._digests[CASES]:
            raise self._members.refuse(f"{CASES} is not the one it should be.")

    def _check_cases(self) -> set[StoredFile]:
        """Read every case; returns their pictures and attachments, each of which is there."""
        wanted: set[StoredFile] = set()
        counts = Counts()
        for cases in self.patients():
            counts += Counts(patients=1)
            for case in cases:
                counts += count_all(case)
                wanted.update(file for file, _ in files_of(case))
        missing = sorted(map(str, wanted - self._members.files.keys()))
        if missing:
            raise self._members.refuse(f"the {missing[0]} is missing from it.")
        if counts != self.manifest.counts:
            raise self._members.refuse(f"{CASES} does not hold as much as {MANIFEST} says.")
        return wanted

    def _check_file(self, file: StoredFile) -> None:
        content = self._content(file)
        if file.folder is Folder.ATTACHMENTS:
            return
        picture = picture_from_bytes(self._members.files[file], content)
        try:
            decode(picture, at_least_px=MIN_SIDE_PX)
        except ImageRejectedError as error:
            raise self._members.refuse(f"{picture.name} is refused as a picture. {error.what}") from error

    def _cases(self) -> Iterator[Case]:
        before: Case | None = None
        for number, line in self._lines():
            place = f"{CASES}, line {number}"
            case = self._case(self._parsed(line, place), place)
            if before is not None:
                self._check_order(before, case, place)
            before = case
            yield case

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        number = 0
        with self._members.open(CASES) as member:
            while line := member.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise self._members.refuse(f"{CASES}, line {number}: it is longer than a case can be.")
                yield number, line

    def _case(self, plain: object, place: str) -> Case:
        try:
            case = from_plain(Case, plain, complete=self._version == FORMAT_VERSION)
        except MalformedError as error:
            raise self._members.refuse(f"{place}: {error}.") from error
        for trouble in troubles_with(case):
            raise self._members.refuse(f"{place}: {trouble}.")
        return _with_state(case) if self._version < _FIRST_WITH_STATES else case

    def _check_order(self, before: Case, case: Case, place: str) -> None:
        patient, last = case.patient, before.patient
        if (patient.patient_id, case.lesion.number) <= (last.patient_id, before.lesion.number):
            raise self._members.refuse(f"{place}: it does not follow the case before it by patient and lesion number.")
        if patient.patient_id == last.patient_id and patient != last:
            raise self._members.refuse(f"{place}: the patient is told otherwise than in the case before it.")

    def _parsed(self, content: bytes, place: str) -> Any:
        try:
            return json.loads(content, object_pairs_hook=_without_repetition)
        except (ValueError, RecursionError) as error:
            raise self._members.refuse(f"{place}: it is no JSON.") from error


def _with_state(case: Case) -> Case:
    """A case in the state that its reviews ask for."""
    asked = asked_for(case)
    return replace(case, lesion=replace(case.lesion, state=asked.state, follow_up_on=asked.follow_up_on))


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found
