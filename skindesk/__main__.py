"""The program's entry: a sub-command runs on the command line, anything else opens the window."""

import sys
from collections.abc import Sequence

from skindesk.cli.main import build_parser, run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run SkinDesk and return its exit code."""
    chosen = build_parser().parse_args(arguments)
    if chosen.command is not None:
        return run_command(chosen)
    if chosen.demo is not None:
        from skindesk.gui.demo import run_demo

        return run_demo(chosen.demo, chosen.profile)
    from skindesk.gui.app import run

    return run(chosen.profile)


if __name__ == "__main__":
    sys.exit(main())
