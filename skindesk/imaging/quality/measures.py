"""What is measured on a picture: numbers by name, which the scores add up."""

import math

Measures = dict[str, float]
"""Numbers by name, all finite."""

_NOTHING = 1e-3


def log_of(amount: float, nothing: float = _NOTHING) -> float:
    """The natural logarithm of an amount of 0 or more, of which `nothing` is too little to tell from 0."""
    return math.log(amount + nothing)
