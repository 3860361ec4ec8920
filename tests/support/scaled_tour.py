"""Looks at every page at a scaling and in a window size: python -m tests.support.scaled_tour 2.5 1536 864.

Prints what does not fit, a line each, and nothing where all is well. The sizes are those that a screen of so many
pixels has left at that scaling: 1280 x 720 at 1.5 and 960 x 540 at 2 of 1920 x 1080, 1536 x 864 at 2.5 of 3840 x 2160.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory


def faults(scaling: float, width_px: int, height_px: int, folder: Path) -> list[str]:
    """What is cut, sticks out of what holds it, or makes the window larger than it should be."""
    os.environ["QT_SCALE_FACTOR"] = str(scaling)  # counts for the application object that is made next
    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QApplication, QMenu

    from skindesk.gui.theme import apply_theme
    from skindesk.system.settings import Theme
    from tests.support.looking_over import clipped
    from tests.support.tour import Tour, cheap_workspace

    application = QApplication([])
    apply_theme(application, Theme.LIGHT)
    workspace = cheap_workspace(folder)
    tour, size = Tour(workspace, folder, QSize(width_px, height_px)), QSize(width_px, height_px)
    found = [] if tour.window.devicePixelRatioF() == scaling else ["the scaling does not count"]
    for stop in tour.stops():
        if isinstance(stop.window, QMenu):
            continue
        found += [f"{stop.name}: {fault}" for fault in clipped(stop.window)]
        grown = stop.window.size().expandedTo(size) != size
        found += [f"{stop.name}: is {stop.window.size().toTuple()}"] if grown else []
    tour.close()
    workspace.close_case_log()
    return found


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        for line in faults(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(made)):
            print(line)
