"""Faults that need no child process: changed bytes, wrong keys, and what can be read without any key."""

import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from skindesk.domain.errors import SkinDeskError
from skindesk.services.backups import Backups
from skindesk.storage.case_log import open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import Profile
from tests.faults.cases import (
    FAMILY,
    FILE,
    JPEG_HEADER,
    LETTER,
    NOTE,
    PASSPHRASE,
    REPORT,
    SPOT,
    enter,
    problems_of_log,
    workspace_in,
)
from tests.faults.workflows import SAVED_LATER, STORED, backups_in, profile_in

KINDS = ("database", "picture", "keyring", "backup")


@dataclass
class Flips:
    """What became of changed bytes. `lost` tells each that was shown as data, or that broke the program."""

    flipped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    detected: int = 0
    harmless: int = 0
    lost: list[str] = field(default_factory=list)


def byte_flips(template: Path, count: int, seed: int = 0) -> Flips:
    """Change one byte at a time in a copy of a backed-up profile, and read everything."""
    flips, chance = Flips(), random.Random(seed)
    for _ in range(count):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "work"
            shutil.copytree(template, folder)
            kind = chance.choice(KINDS)
            path = chance.choice(_files(folder, kind))
            at = _flip(path, chance)
            flips.flipped[kind] += 1
            _judge(flips, folder, kind, f"{path.relative_to(folder)} at {at}, seed {seed}")
    return flips


def _files(folder: Path, kind: str) -> list[Path]:
    log = Profile(profile_in(folder)).log
    places = {"database": [log.database], "keyring": [log.keyring]}
    below = {"picture": log.images, "backup": backups_in(folder)}
    found = places.get(kind) or sorted(below[kind].rglob("*"))
    return [path for path in found if path.is_file() and path.stat().st_size]


def _flip(path: Path, chance: random.Random) -> int:
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= chance.randrange(1, 256)
    path.write_bytes(content)
    return at


def _judge(flips: Flips, folder: Path, kind: str, where: str) -> None:
    try:
        if kind == "backup":
            problems = _flaws(folder)
        else:
            saved = {*STORED, SAVED_LATER}
            problems = problems_of_log(profile_in(folder), saved, frozenset(saved))
    except SkinDeskError:
        problems = ["refused"]
    except Exception as error:
        problems = [f"as it was saved: {error!r}"]
    silent = problems and all(problem.endswith("is lost") for problem in problems)
    if silent or any("as it was saved" in problem for problem in problems):
        flips.lost.append(f"{where}: {problems}")
    elif problems:
        flips.detected += 1
    else:
        flips.harmless += 1


def _flaws(folder: Path) -> list[str]:
    """What verifying the only backup finds."""
    workspace = workspace_in(profile_in(folder))
    enter(workspace)
    return [str(flaw) for flaw in Backups(workspace.profile, workspace.access).verify(backups_in(folder)).flaws]


def wrong_keys(template: Path, count: int) -> list[str]:
    """Open a log with keys that are not its own; what is told are those that opened it, or changed a file."""
    problems = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "work"
        shutil.copytree(template, folder)
        log = Profile(profile_in(folder)).log
        before = _contents(folder)
        for _ in range(count):
            try:
                open_case_log(log, DataKey.new()).close()
                problems.append("a wrong key opened the log")
            except SkinDeskError:
                pass
        after = _contents(folder)
    return [*problems, *(f"{path} was changed" for path in before if before[path] != after.get(path))]


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def readable(parts: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Where a patient's data, a picture or the passphrase can be read, however it is written."""
    words = (FAMILY, "Given1", NOTE, SPOT, FILE, REPORT, LETTER, PASSPHRASE)
    spelled = [spelling for word in words for spelling in (word, word.lower(), word.upper())]
    traces = [text.encode(encoding) for text in spelled for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    for name, content in parts:
        for trace in (*traces, JPEG_HEADER, b"SQLite format 3"):
            if trace in content:
                yield f"{trace!r} can be read in {name}"


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((str(path.relative_to(folder)), path.read_bytes()) for path in folder.rglob("*") if path.is_file())
