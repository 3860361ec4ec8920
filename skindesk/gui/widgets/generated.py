"""Tells the program's own generated pictures from photographs, so that they are labelled wherever they are shown."""

from skindesk.gui.widgets.words import translate

_NOTICE = b"Generated phantom, not a photograph of a patient"
_HEADER_BYTES = 4096


def is_generated(content: bytes) -> bool:
    """Whether a picture file says in its header that it was generated, as every example picture does."""
    return _NOTICE in content[:_HEADER_BYTES]


def badge(generated: bool) -> str:
    """What to write on the picture; empty for a photograph."""
    return translate("generated", "Generated picture, not a patient") if generated else ""
