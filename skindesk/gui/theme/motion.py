"""Whether anything may move by itself: some people get giddy from it, or cannot look away."""

_reduced = [False]


def is_motion_reduced() -> bool:
    """Whether nothing is to move or blink unless the user makes it; ask each time something would begin to."""
    return _reduced[0]


def reduce_motion(reduced: bool) -> None:
    """Follow the user's setting. Qt tells of the system's only from 6.12 on."""
    _reduced[0] = reduced
