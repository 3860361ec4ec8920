"""A lesion's pictures as the comparison wants them."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.case import Case, PictureDetails
from skindesk.gui.cases.thumbnails import ReadPicture
from skindesk.gui.cases.words import kind_word, picture_kind
from skindesk.gui.compare import ComparedPicture
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.words import local_day
from skindesk.imaging.decode import decode, picture_from_bytes


def compared_pictures(case: Case, read: ReadPicture) -> list[ComparedPicture]:
    """Every picture of a lesion, the earliest first; they are read only when they are shown."""
    return [
        _compared(picture.image_id, local_day(visit.visited_at), picture.details, read)
        for visit in case.visits
        for picture in visit.pictures
    ]


def _compared(image_id: int, day: str, details: PictureDetails, read: ReadPicture) -> ComparedPicture:
    @cache
    def generated() -> bool:
        return is_generated(read(details.sha256))

    def load() -> NDArray[np.uint8]:
        return decode(picture_from_bytes(details.file_name, read(details.sha256))).rgb

    kind = kind_word(picture_kind(details))
    return ComparedPicture(image_id, day, kind, load, details.capture.mm_per_px, generated)
