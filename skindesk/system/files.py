"""Writing files so that a reader sees the old content or the new, never half of either."""

import os
import tempfile
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: temporary neighbour, fsync, rename, fsync of the folder.

    Creates missing parent folders. Raises OSError, and then leaves what was there.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Create a folder, and those above it, so that their names, too, survive a power cut. Raises OSError."""
    if folder.exists():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def is_there(path: Path) -> bool:
    """Whether a file exists and holds anything: a power cut can leave an empty one."""
    return path.exists() and path.stat().st_size > 0


def sync_file(path: Path) -> None:
    """Make a file's content survive a power cut. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut. Windows keeps no handle on folders and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
