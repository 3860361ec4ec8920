"""Arguments that several sub-commands take."""

import argparse


def case_number(text: str) -> int:
    """The number of a case. Raises ArgumentTypeError where it cannot be one."""
    number = int(text) if text.isdecimal() else 0
    if not 0 < number < 2**63:
        raise argparse.ArgumentTypeError("must be the number of a case")
    return number
