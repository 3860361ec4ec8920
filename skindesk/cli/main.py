"""Reads the command line, runs one sub-command, and turns its end into an exit code."""

import argparse
import logging
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from skindesk import __version__
from skindesk.cli import cases, classify, doctor, models
from skindesk.cli.context import Context
from skindesk.domain.errors import CaseLogUnavailableError, ContractError, ModelUnavailableError, SkinDeskError

_log = logging.getLogger(__name__)


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
        epilog="Decision support for research and second opinion. Not a cleared medical device.",
    )
    parser.add_argument("--version", action="version", version=f"SkinDesk {__version__}")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="the profile folder (default: $SKINDESK_PROFILE)")
    parser.add_argument("--demo", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in (classify, models, cases, doctor):
        command.register(commands)
    return parser


def run_command(chosen: argparse.Namespace) -> int:
    """Run the chosen sub-command. Expected trouble becomes one sentence on stderr, a bug a logged trace."""
    context = Context(chosen.profile)
    try:
        return int(chosen.run(chosen, context))
    except (ModelUnavailableError, ContractError, CaseLogUnavailableError) as error:
        return _say(error, ExitCode.UNAVAILABLE)
    except SkinDeskError as error:
        return _say(error, ExitCode.USAGE)
    except KeyboardInterrupt:
        print("skindesk: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; Python would complain once more while it exits.
        sys.stdout = None
        return ExitCode.DONE
    except Exception:
        log_file = context.workspace.log_file
        _log.exception("unexpected failure of %s", chosen.command)
        place = f"The log is {log_file}." if log_file else "The log could not be written."
        print(f"skindesk: an unexpected error occurred in `{chosen.command}`. {place}", file=sys.stderr)
        return ExitCode.BUG


def main(arguments: Sequence[str]) -> int:
    """Run a command line that names a sub-command."""
    return run_command(build_parser().parse_args(arguments))


def _say(error: SkinDeskError, code: ExitCode) -> int:
    print(f"skindesk: {error}", file=sys.stderr)
    return code
