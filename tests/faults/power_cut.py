"""Rebuilds a folder as a power cut would have left it, from a record of everything that a program did to its files.

What was synced is there. Of the rest anything may have happened, in any order: a write is kept, lost, or torn between
sectors; a name that was made, changed or removed in a folder that was not synced since may be as before or as after.
Only what depends on each other keeps its order: two changes of one name.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR_BYTES = 512


@dataclass(frozen=True)
class Event:
    """One line of the record; `data` is what was written, or the text of a note."""

    kind: str
    inode: int
    offset: int
    path: str
    new_path: str
    data: bytes


@dataclass
class File:
    """A file's bytes on the disk, and what has been done since: writes (offset, data) and sizes."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            _apply(self.durable, change)
        self.pending.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        content = bytearray(self.durable)
        for change in self.pending:
            fate = chance.choice(("kept", "lost", "torn"))
            if fate == "torn" and isinstance(change, tuple):
                for sector in _sectors(*change):
                    if chance.random() < 0.5:
                        _apply(content, sector)
            elif fate == "kept":
                _apply(content, change)
        return bytes(content)

    def now(self) -> bytes:
        content = bytearray(self.durable)
        for change in self.pending:
            _apply(content, change)
        return bytes(content)


@dataclass
class Folder:
    """A folder's names: those on the disk, and those that programs see."""

    durable: "dict[str, File | Folder]" = field(default_factory=dict)
    live: "dict[str, File | Folder]" = field(default_factory=dict)


@dataclass(frozen=True)
class Naming:
    """A name that now stands for something else, or for nothing; a rename is two of them that happen together."""

    folder: Folder
    name: str
    node: File | Folder | None


class Disk:
    """A folder before a run, to which the record's events are applied one by one."""

    def __init__(self, folder: Path) -> None:
        self._place = folder
        self._by_inode: dict[int, File | Folder] = {}
        self._pending: list[tuple[Naming, ...]] = []
        self._root = self._read(folder)

    def apply(self, event: Event) -> None:
        if event.kind == "write":
            self._file(event).pending.append((event.offset, event.data))
        elif event.kind == "truncate":
            self._file(event).pending.append(event.offset)
        elif event.kind in ("create", "mkdir"):
            node = File() if event.kind == "create" else Folder()
            self._by_inode[event.inode] = node
            self._name((Naming(*self._parent(event.path), node),))
        elif event.kind == "remove":
            self._name((Naming(*self._parent(event.path), None),))
        elif event.kind == "rename":
            folder, name = self._parent(event.path)
            target = Naming(*self._parent(event.new_path), folder.live[name])
            self._name((Naming(folder, name, None), target))
        elif event.kind == "sync":
            self._sync(self._by_inode[event.inode])

    def after_cut(self, target: Path, chance: random.Random) -> None:
        """Write into `target`, which must not exist, what the power cut leaves."""
        names = _Names()
        lost: set[tuple[int, str]] = set()
        for change in self._pending:
            touched = {(id(naming.folder), naming.name) for naming in change}
            if touched & lost or chance.random() < 0.5:
                lost |= touched
            else:
                names.change(change)
        self._write(target, self._root, lambda folder: names.of(folder), lambda file: file.after_cut(chance))

    def now(self, target: Path) -> None:
        """Write into `target` what the program sees."""
        self._write(target, self._root, lambda folder: folder.live, File.now)

    def _write(self, target: Path, folder: Folder, names: object, content: object) -> None:
        assert callable(names)
        assert callable(content)
        target.mkdir()
        for name, node in names(folder).items():
            if isinstance(node, Folder):
                self._write(target / name, node, names, content)
            else:
                (target / name).write_bytes(content(node))

    def _read(self, place: Path) -> Folder:
        folder = Folder()
        for path in place.iterdir():
            node = self._read(path) if path.is_dir() else File(bytearray(path.read_bytes()))
            self._by_inode[path.stat().st_ino] = folder.durable[path.name] = folder.live[path.name] = node
        self._by_inode[place.stat().st_ino] = folder
        return folder

    def _file(self, event: Event) -> File:
        node = self._by_inode[event.inode]
        assert isinstance(node, File)
        return node

    def _parent(self, path: str) -> tuple[Folder, str]:
        *above, name = Path(path).relative_to(self._place).parts
        node: File | Folder = self._root
        for part in above:
            assert isinstance(node, Folder)
            node = node.live[part]
        assert isinstance(node, Folder)
        return node, name

    def _name(self, change: tuple[Naming, ...]) -> None:
        self._pending.append(change)
        for naming in change:
            _set(naming.folder.live, naming)

    def _sync(self, node: File | Folder) -> None:
        if isinstance(node, File):
            node.sync()
            return
        synced = [change for change in self._pending if any(naming.folder is node for naming in change)]
        for change in synced:
            for naming in change:
                _set(naming.folder.durable, naming)
        self._pending = [change for change in self._pending if change not in synced]


class _Names:
    """The folders' names on the disk, with those changes that the power cut has let through."""

    def __init__(self) -> None:
        self._changed: dict[int, dict[str, File | Folder]] = {}

    def of(self, folder: Folder) -> dict[str, File | Folder]:
        return self._changed.get(id(folder), folder.durable)

    def change(self, change: tuple[Naming, ...]) -> None:
        for naming in change:
            _set(self._changed.setdefault(id(naming.folder), dict(naming.folder.durable)), naming)


def read_record(path: Path) -> list[Event]:
    """The events of a record, oldest first."""
    return list(_events(path.read_bytes()))


def _events(content: bytes) -> Iterator[Event]:
    at = 0
    while at < len(content):
        end = content.index(b"\n", at)
        kind, inode, offset, size, path, new_path = content[at:end].decode().split("\t")
        at = end + 1 + int(size)
        yield Event(kind, int(inode), int(offset), path, new_path, content[end + 1 : at])


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        content.extend(bytes(change - len(content)))
        return
    offset, data = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """A write cut at the disk's sector boundaries."""
    at = 0
    while at < len(data):
        end = min(len(data), at + SECTOR_BYTES - (offset + at) % SECTOR_BYTES)
        yield offset + at, data[at:end]
        at = end


def _set(names: "dict[str, File | Folder]", naming: Naming) -> None:
    if naming.node is None:
        names.pop(naming.name, None)
    else:
        names[naming.name] = naming.node
