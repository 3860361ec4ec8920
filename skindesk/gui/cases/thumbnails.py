"""Fills thumbnails in the background; a picture that is shown twice is read once."""

from collections.abc import Callable, Sequence

from shiboken6 import isValid

from skindesk.domain.case import PictureDetails
from skindesk.gui.background import Background
from skindesk.gui.cases.thumbnail import SmallPicture, Thumbnail, small_picture
from skindesk.gui.widgets.words import sentence

ReadPicture = Callable[[str], bytes]
"""A stored picture's bytes by their digest; slow, so called in the background only."""


def fill(read: ReadPicture, background: Background, picture: PictureDetails, thumbnails: Sequence[Thumbnail]) -> None:
    """Show a stored picture in thumbnails, or why it cannot be shown."""

    def done(small: SmallPicture) -> None:
        for thumbnail in filter(isValid, thumbnails):
            thumbnail.show_picture(small)

    def failed(error: Exception) -> None:
        for thumbnail in filter(isValid, thumbnails):
            thumbnail.show_trouble(sentence(error))

    background.start(lambda: small_picture(read(picture.sha256), picture.file_name), done, failed)
