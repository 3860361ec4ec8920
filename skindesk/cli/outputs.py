"""What is to be said of a file that has patients' data in it."""

import os
import stat
from pathlib import Path


def readers_of(file: Path) -> str:
    """Who can read a file; only some systems and drives keep others out of it."""
    if os.name == "nt" or file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return "whoever can open its folder or gets a copy"
    return "your account, administrators of this computer and whoever gets a copy"
