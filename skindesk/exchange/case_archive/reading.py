"""Reads a file of cases that comes from outside; what it hands out has been checked."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from skindesk.domain.case import Case
from skindesk.domain.errors import ImageRejectedError
from skindesk.domain.merging import count_new
from skindesk.domain.transfer import Counts
from skindesk.exchange.case_archive.checks import troubles_with
from skindesk.exchange.case_archive.layout import CASES, FORMAT, FORMAT_VERSION, MANIFEST, MAX_LINE_BYTES, Manifest
from skindesk.exchange.case_archive.members import Members
from skindesk.exchange.case_archive.plain_values import MalformedError, from_plain
from skindesk.imaging.decode import MIN_SIDE_PX, decode, picture_from_bytes

Progress = Callable[[int, int], None]
"""Told how many of how many have been done."""
_PIECE_BYTES = 1024 * 1024


class CaseArchive:
    """A file of cases. Everything raises CaseArchiveError, which says what is wrong and where.

    Call `check` before anything else is relied on. Used as a context manager. In memory are the names of the pictures
    and one patient.
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
        """Read everything: each case is whole and sound, each picture is the one it should be and can be decoded."""
        self._check_digest_of_cases()
        wanted = self._check_cases()
        for number, sha256 in enumerate(self._members.pictures, start=1):
            if sha256 not in wanted:
                raise self._members.refuse(f"no case has its picture {sha256[:12]}.")
            self._check_picture(sha256)
            progress(number, len(self._members.pictures))

    def patients(self) -> Iterator[tuple[Case, ...]]:
        """Each patient's cases, by lesion number."""
        for _, cases in groupby(self._cases(), key=lambda case: case.patient.patient_id):
            yield tuple(cases)

    def picture(self, sha256: str) -> bytes:
        """A picture's bytes, checked against their digest."""
        content = self._members.read(self._members.pictures[sha256].filename)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise self._members.refuse(f"its picture {sha256[:12]} is not the one it should be.")
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
        """The digests, of exactly the members that are there; that of a picture is the one in its name."""
        if not isinstance(digests, dict) or digests.keys() != self._members.names - {MANIFEST}:
            raise self._members.refuse(f"{MANIFEST} does not list the members that are there.")
        for sha256, member in self._members.pictures.items():
            if digests[member.filename] != sha256:
                raise self._members.refuse(f"{MANIFEST} has another digest for {member.filename}.")
        return digests

    def _check_digest_of_cases(self) -> None:
        found = hashlib.sha256()
        with self._members.open(CASES) as member:
            while piece := member.read(_PIECE_BYTES):
                found.update(piece)
        if found.hexdigest() != self._digests[CASES]:
            raise self._members.refuse(f"{CASES} is not the one it should be.")

    def _check_cases(self) -> set[str]:
        """Read every case; returns the digests of their pictures, each of which is there."""
        wanted: set[str] = set()
        counts = Counts()
        for cases in self.patients():
            counts += Counts(patients=1)
            for case in cases:
                counts += count_new(case.visits, None)
                wanted.update(kept.details.sha256 for visit in case.visits for kept in visit.pictures)
        missing = sorted(wanted - self._members.pictures.keys())
        if missing:
            raise self._members.refuse(f"the picture {missing[0][:12]} is missing from it.")
        if counts != self.manifest.counts:
            raise self._members.refuse(f"{CASES} does not hold as much as {MANIFEST} says.")
        return wanted

    def _check_picture(self, sha256: str) -> None:
        picture = picture_from_bytes(self._members.pictures[sha256].filename, self.picture(sha256))
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
        return case

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


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found
