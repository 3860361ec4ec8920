"""Reads the command line, runs one sub-command, and turns its end into an exit code."""

import argparse
import errno
import io
import logging
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from skindesk import __version__
from skindesk.cli import audit, backup, cases, classify, doctor, knowledge, models, people, report, worklist
from skindesk.cli.context import Context
from skindesk.domain.errors import (
    AccessRefusedError,
    BackupUnavailableError,
    CaseLogUnavailableError,
    ClusterUnavailableError,
    ContractError,
    ModelUnavailableError,
    OutputUnavailableError,
    SkinDeskError,
)
from skindesk.domain.wording import INTENDED_USE

_log = logging.getLogger(__name__)
_STOPPED_BY_READER = 141
"""What a shell reports of a program that a broken pipe ended: the file of `--out` is not complete."""
_OUTPUT_TROUBLE = (errno.ENOSPC, errno.EIO, errno.EFBIG)
"""Files are written by code that says what it could not write; without a name these come from stdout."""

IN_A_WINDOW = True
"""What `--demo` is without a folder."""


class ExitCode(IntEnum):
    """What a script may rely on."""

    DONE = 0
    SOME_REJECTED = 1
    USAGE = 2
    UNAVAILABLE = 3
    BUG = 4


def build_parser() -> argparse.ArgumentParser:
    """The parser of every sub-command; without one, the desktop program is meant."""
    parser = argparse.ArgumentParser(
        prog="skindesk",
        description="Offline decision support for photographs of skin lesions. Without a command it opens the window.",
        epilog=INTENDED_USE,
    )
    parser.add_argument("--version", action="version", version=f"SkinDesk {__version__}")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="the profile folder (default: $SKINDESK_PROFILE)")
    parser.add_argument(
        "--database", metavar="URL", help="the case log that several workstations share (default: $SKINDESK_DATABASE)"
    )
    parser.add_argument(
        "--log-folder",
        type=Path,
        metavar="DIR",
        help="the folder of its key and pictures (default: $SKINDESK_LOG_FOLDER)",
    )
    parser.add_argument("--user", metavar="NAME", help="who signs in to a protected case log")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="a file whose first line is the passphrase (default: ask)"
    )
    parser.add_argument(
        "--open",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="open the window with these pictures of a lesion in Examine",
    )
    parser.add_argument(
        "--demo",
        nargs="?",
        type=Path,
        const=IN_A_WINDOW,
        metavar="DIR",
        help="open a generated clinic in a throw-away profile; with DIR, write pictures of its windows there instead",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in (classify, models, knowledge, cases, worklist, report, people, audit, backup, doctor):
        command.register(commands)
    return parser


def run_command(chosen: argparse.Namespace) -> int:
    """Run the chosen sub-command. Expected trouble becomes one sentence on stderr, a bug a logged trace."""
    _prepare_streams(as_json=getattr(chosen, "json", False))
    context = Context(chosen.profile, chosen.user, chosen.passphrase_file, chosen.database, chosen.log_folder)
    try:
        code = int(chosen.run(chosen, context))
        sys.stdout.flush()  # now, while trouble with it can still be said
        return code
    except (
        ModelUnavailableError,
        ContractError,
        CaseLogUnavailableError,
        BackupUnavailableError,
        ClusterUnavailableError,
        AccessRefusedError,
    ) as error:
        return _say(error, ExitCode.UNAVAILABLE)
    except SkinDeskError as error:
        return _say(error, ExitCode.USAGE)
    except KeyboardInterrupt:
        print("skindesk: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; Python would complain once more while it exits.
        sys.stdout = None
        return _STOPPED_BY_READER if getattr(chosen, "out", None) else ExitCode.DONE
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None and error.errno in _OUTPUT_TROUBLE:
            sys.stdout = None
            why = f"The results cannot be printed: {error.strerror}."
            return _say(OutputUnavailableError(why, "Check where the output goes."), ExitCode.USAGE)
        _log.exception("unexpected failure of %s", chosen.command)
        log_file = _log_file(context)
        place = f"The log is {log_file}." if log_file else "The log could not be written."
        print(f"skindesk: an unexpected error occurred in `{chosen.command}`. {place}", file=sys.stderr)
        return ExitCode.BUG


def main(arguments: Sequence[str]) -> int:
    """Run a command line that names a sub-command."""
    return run_command(build_parser().parse_args(arguments))


def _prepare_streams(as_json: bool) -> None:
    """Let every text be printed: JSON is UTF-8 everywhere, and no file's name is too odd for a message."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller, or a program without a console
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - lives as long as we do
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8" if as_json else None, errors="backslashreplace")


def _log_file(context: Context) -> Path | None:
    """The log's place; None where there is none, or where the workspace itself was what failed."""
    try:
        return context.workspace.log_file
    except Exception:
        return None


def _say(error: SkinDeskError, code: ExitCode) -> int:
    print(f"skindesk: {error}", file=sys.stderr)
    return code
