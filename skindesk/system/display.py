"""Whether a window can be shown here."""

import os
import sys


def has_display() -> bool:
    """Whether there is a screen, or Qt has been told to do without one."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
