"""A profile on a network drive is told apart from one on this computer."""

from pathlib import Path

import pytest

from skindesk.services.health import check_drive
from skindesk.system import drives
from skindesk.system.drives import caution_of_drive, network_drive, network_drive_in
from skindesk.system.paths import Profile

MOUNTS = """\
proc /proc proc rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/ada/stick vfat rw 0 0
//clinic/share /mnt/The\\040Share cifs rw 0 0
ada@server: /mnt/far fuse.sshfs rw 0 0
drvfs /mnt/c 9p rw 0 0
/dev/sdc1 /mnt/ntfs fuseblk rw 0 0
server:/old /srv nfs rw 0 0
/dev/sdd1 /srv ext4 rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/skindesk", None),
        ("/home/ada/skindesk", "nfs4"),
        ("/home/ada/stick/skindesk", None),
        ("/homely", None),
        ("/mnt/The Share/skindesk", "cifs"),
        ("/mnt/far", "fuse.sshfs"),
        ("/mnt/c/Users", "9p"),
        ("/mnt/ntfs/skindesk", None),
        ("/srv/skindesk", None),
    ],
)
def test_the_innermost_and_latest_mount_decides(folder: str, kind: str | None) -> None:
    assert network_drive_in(MOUNTS, Path(folder)) == kind


def test_a_profile_on_a_network_drive_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"server:/x {tmp_path.as_posix()} nfs rw 0 0\n")
    monkeypatch.setattr(drives, "_MOUNTS", table)
    profile = Profile(tmp_path / "not made yet" / "profile")
    caution = caution_of_drive(profile.root)
    assert caution is not None
    assert "network drive (nfs)" in str(caution)
    check = check_drive(profile)
    assert (check.sound, check.finding, check.advice) == (False, caution.what, caution.advice)


def test_a_profile_on_this_computer_is_not_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text("/dev/sda1 / ext4 rw 0 0\n")
    monkeypatch.setattr(drives, "_MOUNTS", table)
    assert caution_of_drive(tmp_path) is None
    assert check_drive(Profile(tmp_path)).sound


def test_without_a_mount_table_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "_MOUNTS", tmp_path / "none")
    assert network_drive(tmp_path) is None
