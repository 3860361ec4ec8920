"""The program's entry: a sub-command runs on the command line, anything else opens the window."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from skindesk.cli.main import ExitCode, build_parser, run_command
from skindesk.domain.errors import ProfileUnavailableError
from skindesk.system.display import has_display


def main(arguments: Sequence[str] | None = None) -> int:
    """Run SkinDesk and return its exit code."""
    chosen = build_parser().parse_args(arguments)
    if chosen.command is not None:
        return run_command(chosen)
    try:
        return _open(chosen)
    except ProfileUnavailableError as error:
        print(f"skindesk: {error}", file=sys.stderr)
        return ExitCode.UNAVAILABLE


def _open(chosen: argparse.Namespace) -> int:
    """Open the window; without a display, run it offscreen where the demo's pictures were asked for."""
    if isinstance(chosen.demo, Path):
        from skindesk.gui.demo import run_demo

        return run_demo(chosen.demo, chosen.profile)
    if not has_display():
        print("skindesk: There is no display here. Use a sub-command: skindesk --help lists them.", file=sys.stderr)
        return ExitCode.UNAVAILABLE
    from skindesk.gui.app import run, run_on_demo

    if chosen.demo is not None:
        return run_on_demo(chosen.profile)
    return run(chosen.profile, chosen.database, chosen.log_folder, chosen.open or ())


if __name__ == "__main__":
    sys.exit(main())
