"""Whether cameras can be used here, found out without loading anything for it."""

import sys
from importlib.util import find_spec

from skindesk.domain.errors import SkinDeskError
from skindesk.gui.widgets.words import translate


class CameraUnavailableError(SkinDeskError):
    """No camera can be used: its library is missing, nobody allows it, or there is none."""


def install_command() -> str:
    """What brings the camera's library to this very Python."""
    return f'{sys.executable} -m pip install "skindesk[camera]"'


def missing_library() -> CameraUnavailableError | None:
    """What to say where the library for cameras, an optional part of SkinDesk, is not installed."""
    if find_spec("PySide6.QtMultimedia") is not None:
        return None
    if getattr(sys, "frozen", False):
        return CameraUnavailableError(
            translate("camera", "This SkinDesk was built without its camera part."),
            translate("camera", "Take the pictures with the camera's own program, into a watched folder (Settings)."),
        )
    return CameraUnavailableError(
        translate("camera", "The camera part of SkinDesk is not installed."),
        translate("camera", "Run {command}, then start SkinDesk again.").format(command=install_command()),
    )
