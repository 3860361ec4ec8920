"""Which profiles hold a generated clinic, so that nobody takes its patients for real ones, today or in a year."""

from skindesk.domain.errors import ProfileUnavailableError
from skindesk.system.files import make_folder, write_durably
from skindesk.system.paths import Profile

_MARK = "DEMO.txt"
_WORDS = "The patients in this profile are generated and their pictures are drawn. Nothing here is real.\n"
_COMPLETE = "All of them are there.\n"


def is_demo(profile: Profile) -> bool:
    """Whether the profile was made for a generated clinic."""
    return (profile.root / _MARK).is_file()


def is_complete(profile: Profile) -> bool:
    """Whether every patient of the clinic was there once; whoever is erased since does not come back."""
    return is_demo(profile) and (profile.root / _MARK).read_text("utf-8").endswith(_COMPLETE)


def note_complete(profile: Profile) -> None:
    """Every patient of the clinic is there."""
    write_durably(profile.root / _MARK, (_WORDS + _COMPLETE).encode())


def mark_as_demo(profile: Profile) -> None:
    """Make a new profile one for a generated clinic; one that is marked already stays as it is.

    Raises ProfileUnavailableError where the folder holds anything else, so that invented patients never get among real
    ones, or where it cannot be written.
    """
    if is_demo(profile):
        return
    try:
        if profile.root.exists() and any(profile.root.iterdir()):
            raise ProfileUnavailableError(
                f"The folder {profile.root} is not empty, and the demo needs a new one.",
                "Name a folder that does not exist yet, or leave --profile out.",
            )
        make_folder(profile.root)
        write_durably(profile.root / _MARK, _WORDS.encode())
    except OSError as error:
        raise ProfileUnavailableError(
            f"The folder {profile.root} cannot be used for the demo: {error.strerror}.",
            "Choose another with --profile.",
        ) from error
