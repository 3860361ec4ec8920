"""Whether a folder lies on a network drive, where SQLite's locks cannot be relied on.

https://www.sqlite.org/howtocorrupt.html, section 2.1, and https://www.sqlite.org/wal.html: a log that is written ahead
needs memory that all its programs share, which computers do not.
"""

import ctypes
import os
import re
import sys
from pathlib import Path

from skindesk.domain.caution import Caution

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "coda", "davfs", "drvfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4",
        "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
        "fuse.ceph", "fuse.curlftpfs", "fuse.davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse",
        "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse",
    }
)  # fmt: skip
"""Linux's names of file systems that are another computer's, or a virtual machine's host's."""
_NETWORK_OF_MACOS = frozenset({"afpfs", "ftp", "nfs", "smbfs", "webdav", "macfuse", "osxfuse"})
_WINDOWS_REMOTE = 4
"""DRIVE_REMOTE of GetDriveTypeW."""
_MACOS_TYPE = slice(72, 88)
"""f_fstypename within macOS's struct statfs with 64-bit inodes (sys/mount.h)."""
_MACOS_STATFS_BYTES = 4096


def caution_of_drive(folder: Path) -> Caution | None:
    """What to warn of where a folder lies, or is to lie, on a network drive; None where it does not."""
    kind = network_drive(folder)
    if kind is None:
        return None
    return Caution(
        f"The profile folder lies on a network drive ({kind}), where programs cannot lock the case log reliably.",
        "Move the profile to a drive of this computer, and back up to the network drive instead.",
    )


def network_drive(folder: Path) -> str | None:
    """The kind of network drive on which a folder lies; None where it lies on this computer, or nobody can tell."""
    try:
        there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
        if sys.platform == "win32":
            return _on_windows(there)
        if sys.platform == "darwin":
            return _on_macos(there)
        return network_drive_in(_MOUNTS.read_text("utf-8", "surrogateescape"), there)
    except OSError:
        return None


def network_drive_in(mounts: str, folder: Path) -> str | None:
    """The same, by a mount table as Linux keeps it in /proc/self/mounts; `folder` is absolute, without links."""
    held: tuple[int, str] = (0, "")
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        if folder.is_relative_to(point) and len(point.parts) >= held[0]:  # of two on one point the later one counts
            held = (len(point.parts), fields[2])
    return held[1] if held[1] in _NETWORK else None


def _on_windows(folder: Path) -> str | None:
    kernel: ctypes.CDLL = getattr(ctypes, "windll").kernel32  # noqa: B009 - known to Windows only
    remote = folder.anchor.startswith("\\\\") or kernel.GetDriveTypeW(folder.anchor) == _WINDOWS_REMOTE
    return folder.anchor.rstrip("\\") if remote else None


def _on_macos(folder: Path) -> str | None:
    system = ctypes.CDLL(None)
    statfs = getattr(system, "statfs$INODE64", None) or system.statfs
    held = ctypes.create_string_buffer(_MACOS_STATFS_BYTES)
    if statfs(os.fsencode(folder), held) != 0:
        return None
    kind = held.raw[_MACOS_TYPE].split(b"\0", 1)[0].decode("ascii", "replace")
    return kind if kind in _NETWORK_OF_MACOS else None
