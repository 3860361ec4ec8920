"""Draws the small marks that a stylesheet can only take from files: ticks, dots and arrows."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QTemporaryDir

from skindesk.gui.theme.icons import icon
from skindesk.gui.theme.tokens import Tokens

_MARKS = {
    "check": ("check-bold", "on_accent"),
    "down": ("caret-down-bold", "muted"),
    "up": ("caret-up-bold", "muted"),
    "right": ("caret-right-bold", "muted"),
}
_SIZE_PX = 12


@cache
def _folder() -> QTemporaryDir:
    """A folder that goes away with the program."""
    return QTemporaryDir()


def indicator_urls(tokens: Tokens) -> dict[str, str]:
    """The place of each mark in the current theme's colours, as a stylesheet's url(...) wants it."""
    folder = Path(_folder().path())
    urls = {}
    for mark, (name, colour) in _MARKS.items():
        path = folder / f"{mark}-{tokens.name}.png"
        if not path.exists():
            icon(name, colour).pixmap(_SIZE_PX, _SIZE_PX).save(str(path))
            icon(name, colour).pixmap(_SIZE_PX * 2, _SIZE_PX * 2).save(str(path.with_stem(f"{path.stem}@2x")))
        urls[mark] = path.as_posix()
    return urls
