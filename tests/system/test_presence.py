"""Windows on one profile know of each other, and none is taken for open that is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.system.paths import Profile
from skindesk.system.presence import OTHER_WINDOW, Presence

STAY = "\n".join(
    [
        "import sys",
        "from pathlib import Path",
        "from skindesk.system.presence import Presence",
        "presence = Presence(Path(sys.argv[1]))",
        "presence.announce()",
        "print('there', flush=True)",
        "sys.stdin.read()",
    ]
)


def met_another(lock_file: Path) -> bool:
    presence = Presence(lock_file)
    presence.announce()
    presence.leave()
    return presence.met_another


def test_a_window_that_was_killed_is_not_taken_for_open(tmp_path: Path) -> None:
    lock_file = tmp_path / "profile" / "window.lock"
    assert not met_another(lock_file)
    command = [sys.executable, "-c", STAY, str(lock_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "there\n"
        assert met_another(lock_file)
        os.kill(other.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        other.wait()
    assert not met_another(lock_file)


def test_the_second_window_is_warned_and_the_first_is_not(tmp_path: Path) -> None:
    first, second = (Workspace(Profile(tmp_path), log_file=None) for _ in range(2))
    for _ in range(2):  # announcing twice finds no window but the other
        first.announce_window()
    assert not first.other_window
    assert OTHER_WINDOW not in first.warnings
    second.announce_window()
    assert second.other_window
    assert OTHER_WINDOW in second.warnings
    first.leave_window()
    second.leave_window()
    third = Workspace(Profile(tmp_path), log_file=None)
    third.announce_window()
    assert not third.other_window
    third.leave_window()


def test_a_profile_that_cannot_be_written_stops_no_window(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not met_another(tmp_path / "file" / "window.lock")
