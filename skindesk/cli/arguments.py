"""Arguments that several sub-commands take."""

import argparse
from datetime import date

_MOST_DAYS = 3653


def case_number(text: str) -> int:
    """The number of a case. Raises ArgumentTypeError where it cannot be one."""
    number = int(text) if text.isdecimal() else 0
    if not 0 < number < 2**63:
        raise argparse.ArgumentTypeError("must be the number of a case")
    return number


def day(text: str) -> date:
    """A day as ISO 8601 has it. Raises ArgumentTypeError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a date such as 2027-03-14") from None


def share(text: str) -> float:
    """A part of one, such as 0.25. Raises ArgumentTypeError for anything else."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError("must be a number from 0 to 1")
    return found


def count_of_days(text: str) -> int:
    """How many days ahead, up to ten years. Raises ArgumentTypeError for anything else."""
    number = int(text) if text.isdecimal() and len(text) < 5 else -1
    if not 0 <= number <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be a number of days from 0 to {_MOST_DAYS}")
    return number
