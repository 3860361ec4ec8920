"""Pages of a PDF as pictures, in memory only."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pypdfium2
from PySide6.QtGui import QImage

_PDFIUM = Lock()
"""PDFium is not made for two threads at a time."""


@dataclass(frozen=True)
class PageFacts:
    """A page before it is drawn: its size in points, and its text for who cannot see it."""

    width_pt: float
    height_pt: float
    text: str


def facts_of_pages(pdf: bytes) -> tuple[PageFacts, ...]:
    """Every page's size and text. Slow: for threads."""
    with opened(pdf) as document:
        return tuple(_facts(document[number]) for number in range(len(document)))


def page_image(pdf: bytes, number: int, pixels_per_pt: float) -> QImage:
    """A page, counted from 0, as a picture of this many pixels for each point. Slow: for threads."""
    with opened(pdf) as document:
        bitmap = document[number].render(scale=pixels_per_pt, prefer_bgrx=True)
        held = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32)
        bitmap.close()
        return held.copy()


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """A PDF for one thread at a time; what was taken of it is closed with it."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()


def _facts(page: Any) -> PageFacts:
    width_pt, height_pt = page.get_size()
    text = page.get_textpage()
    try:
        return PageFacts(width_pt, height_pt, text.get_text_range())
    finally:
        text.close()
