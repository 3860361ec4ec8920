"""Runs workflows in child processes under the shim: `python -m tests.faults.workers`, told what to do by JSON lines.

Everything is imported once and each run is a fork, so that a run costs milliseconds and not a start of Python.
"""

import ctypes
import json
import logging
import os
import select
import signal
import sys
import traceback
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from skindesk.domain.errors import SkinDeskError
from tests.faults.cases import workspace_in
from tests.faults.workflows import ALL, profile_in


class Mode(IntEnum):
    """What the shim does; the numbers are those of shim.c."""

    OFF = 0
    COUNT = 1
    KILL = 2
    FAIL = 3
    RECORD = 4


@dataclass(frozen=True)
class Order:
    """One run: the workflow, its folder, and what is to go wrong at which change of the folder's files.

    With FAIL the changes `first` to `last` are refused with the errno `error`; once the run has said so, the disk is
    well again and the run is tried again. With `kill_after_s` the run is killed from outside. What the run has to
    say is appended to `said`.
    """

    workflow: str
    folder: str
    said: str
    mode: Mode = Mode.COUNT
    first: int = 0
    last: int = 0
    error: int = 0
    record: str = ""
    kill_after_s: float | None = None


def main() -> None:
    """Read orders until there are no more; answer each with the exit status of its run."""
    shim = ctypes.CDLL(None)
    logging.disable()  # what a fault brings about is told by the runs themselves
    for line in sys.stdin:
        child = os.fork()
        order = Order(**json.loads(line))
        if child == 0:
            _run(shim, order)
        print(_status(child, order.kill_after_s), flush=True)


def _run(shim: Any, order: Order) -> None:
    """The child's whole life. Leaves without Python's clean-up, which is the parent's."""
    said = os.open(order.said, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    told: set[str] = set()

    def say(kind: str, text: str) -> None:
        os.write(said, (json.dumps([kind, text]) + "\n").encode())

    def tell(unit: str) -> None:
        shim.shim_note(unit.encode())
        say("told", unit)
        told.add(unit)

    workspace = workspace_in(profile_in(Path(order.folder)))
    work = ALL[order.workflow].run
    shim.shim_arm(order.folder.encode(), int(order.mode), order.first, order.last, order.error, order.record.encode())
    try:
        try:
            work(workspace, frozenset(), tell)
        except SkinDeskError as error:
            shim.shim_disarm()
            say("refused", str(error))
            work(workspace, frozenset(told), tell)
        say("changes", str(shim.shim_disarm()))
    except BaseException:
        say("broken", traceback.format_exc())
    os._exit(0)


def _status(child: int, kill_after_s: float | None) -> int:
    if kill_after_s is not None:
        handle = os.pidfd_open(child)
        if not select.select([handle], [], [], kill_after_s)[0]:
            os.kill(child, signal.SIGKILL)
        os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
