"""Small pictures of what is in view, decoded in the background; only some hundred of them are kept."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from skindesk.gui.background import Background
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.screen_picture import image_of
from skindesk.imaging.decode import PictureFile, decode

WIDTH_PX, HEIGHT_PX = 264, 198
"""Half as much again as is drawn, for dense screens."""
MOST_KEPT = 240
"""At four bytes a pixel these are 50 MB at most; a large screen shows about a hundred."""
_AT_ONCE = 2

ReadPicture = Callable[[int], PictureFile]
"""The file of a row; slow, so called in the background only. Raises SkinDeskError."""


class Thumbnails(QObject):
    """Decodes what `want` names, the newest wish only; `ready` tells of each row that can be drawn."""

    ready = Signal(int)

    def __init__(self, read: ReadPicture, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._background = read, background
        self._kept: OrderedDict[int, QImage | None] = OrderedDict()
        self._wanted: list[int] = []
        self._under_way: set[int] = set()
        self._run = 0

    def picture(self, row: int) -> QImage | None:
        """A row's small picture; None while there is none."""
        if row in self._kept:
            self._kept.move_to_end(row)
        return self._kept.get(row)

    def has_failed(self, row: int) -> bool:
        """Whether a row's picture cannot be read any more."""
        return row in self._kept and self._kept[row] is None

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def want(self, rows: Sequence[int]) -> None:
        """Decode these rows' pictures, in this order; what was wanted before and has not begun is not any more."""
        self._wanted = [row for row in reversed(rows) if row not in self._kept and row not in self._under_way]
        self._go_on()

    def forget(self) -> None:
        """Keep nothing; rows mean other pictures from now on, or are not to be seen."""
        self._run += 1
        self._kept.clear()
        self._wanted.clear()
        self._under_way.clear()

    def _go_on(self) -> None:
        while self._wanted and len(self._under_way) < _AT_ONCE:
            row = self._wanted.pop()
            self._under_way.add(row)
            done, failed = partial(self._done, self._run, row), partial(self._failed, self._run, row)
            self._background.start(partial(_small, self._read, row), done, failed)

    def _done(self, run: int, row: int, picture: QImage | None) -> None:
        if run != self._run:
            return
        self._under_way.discard(row)
        self._kept[row] = picture
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(row)
        self._go_on()

    def _failed(self, run: int, row: int, _error: Exception) -> None:
        self._done(run, row, None)


def _small(read: ReadPicture, row: int) -> QImage:
    """Raises ImageRejectedError or what reading raises."""
    import cv2

    file = read(row)
    rgb = decode(file, at_least_px=HEIGHT_PX).rgb
    height, width = rgb.shape[:2]
    scale = min(1.0, WIDTH_PX / width, HEIGHT_PX / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # OpenCV lets go of Python's lock while it works, and what is left for QImage to copy is little.
    image = image_of(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8))
    if is_generated(file.content):
        image.setText(GENERATED, GENERATED)
    return image


GENERATED = "generated"
"""The text that an image of one of the program's own pictures carries."""
