"""One picture of an examination as the strip shows it, and the words for how it stands."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from skindesk.domain.contract import Modality
from skindesk.gui.widgets.generated import badge
from skindesk.gui.widgets.screen_picture import ScreenPicture
from skindesk.gui.widgets.words import modality_word, translate

THUMB = QSize(64, 54)
_SHARPNESS = 2
"""Pixels of a thumbnail for each of the screen, so that it is sharp on dense ones."""


class PictureState(Enum):
    """How a picture stands with the network."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ABSTAINED = "abstained"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class StripItem:
    """A picture; `image` is None until it is read, `trouble` says why it could not be.

    `generated` says that it is one of the program's own pictures, not a photograph.
    """

    name: str
    state: PictureState = PictureState.WAITING
    kind: Modality | None = None
    image: QImage | None = None
    trouble: str = ""
    generated: bool = False


def strip_image(screen: ScreenPicture) -> QImage:
    """The middle of a picture, where the lesion is, as large as a thumbnail needs."""
    wanted = THUMB * _SHARPNESS
    enough = [level for level in screen.levels if level.width() >= wanted.width() and level.height() >= wanted.height()]
    level = enough[-1] if enough else screen.levels[0]
    scaled = level.scaled(
        wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (scaled.width() - wanted.width()) // 2, (scaled.height() - wanted.height()) // 2
    return scaled.copy(left, top, wanted.width(), wanted.height())


def state_word(state: PictureState) -> str:
    """How a picture stands, in a word."""
    return {
        PictureState.WAITING: translate("strip", "waiting"),
        PictureState.ANSWERED: translate("strip", "answered"),
        PictureState.ABSTAINED: translate("strip", "no answer"),
        PictureState.UNREADABLE: translate("strip", "could not be read"),
    }[state]


def state_icon(state: PictureState) -> str:
    """The icon for how a picture stands."""
    return {
        PictureState.WAITING: "hourglass-bold",
        PictureState.ANSWERED: "check-bold",
        PictureState.ABSTAINED: "prohibit-bold",
        PictureState.UNREADABLE: "warning-bold",
    }[state]


def kind_letter(kind: Modality) -> str:
    """The letter for a kind of picture, where there is no room for the word."""
    return {Modality.DERMOSCOPIC: translate("strip", "D"), Modality.CLINICAL: translate("strip", "C")}[kind]


def item_line(item: StripItem, number: int, count: int) -> str:
    """All of it in one line, as "Picture 2 of 3, IMG_0412.JPG, dermoscopic, answered"."""
    parts = [translate("strip", "Picture {number} of {count}").format(number=number, count=count), item.name]
    if item.kind is not None:
        parts.append(modality_word(item.kind))
    if item.generated:
        parts.append(badge(True).lower())
    return ", ".join([*parts, item.trouble or state_word(item.state)])
