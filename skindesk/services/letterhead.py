"""The clinic's letterhead: name and address from the settings, and a logo of which the profile keeps its own copy."""

import io
from pathlib import Path

from PIL import Image

from skindesk.domain.errors import OutputUnavailableError
from skindesk.exchange.report.content import Letterhead
from skindesk.imaging.decode import decode, read_picture_file
from skindesk.system.files import write_durably
from skindesk.system.paths import Profile
from skindesk.system.settings import Settings

_LOGO_PX = 1200
"""Enough for its place on paper at 600 dpi."""


def letterhead_of(profile: Profile, settings: Settings) -> Letterhead:
    """The letterhead; an unreadable logo is empty bytes, so that the report tells of it."""
    try:
        logo = profile.letterhead_logo.read_bytes()
    except FileNotFoundError:
        return Letterhead(settings.clinic_name, settings.clinic_address)
    except OSError:
        logo = b""
    return Letterhead(settings.clinic_name, settings.clinic_address, logo)


def keep_logo(profile: Profile, file: Path) -> None:
    """Copy a logo into the profile, so that it is there when its own file is gone.

    Raises ImageRejectedError where the file is no readable picture, OutputUnavailableError where the copy cannot be
    written; the logo stays as it was then.
    """
    image = Image.fromarray(decode(read_picture_file(file)).rgb)
    image.thumbnail((_LOGO_PX, _LOGO_PX), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    image.save(written, "PNG")
    try:
        write_durably(profile.letterhead_logo, written.getvalue())
    except OSError as error:
        raise _unwritable(error) from error


def remove_logo(profile: Profile) -> None:
    """Have no logo any more. Raises OutputUnavailableError where it cannot be removed."""
    try:
        profile.letterhead_logo.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> OutputUnavailableError:
    return OutputUnavailableError(
        f"The logo could not be kept: {error.strerror or error}.",
        "Check the profile folder's permissions and free space.",
    )
