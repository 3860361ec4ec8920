"""Puts a report's pages on a printer."""

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.paper import Paper
from skindesk.gui.report.rendering import PageFacts, page_image

_MOST_DPI = 300
_PT_PER_IN = 72


def printer_for(paper: Paper) -> QPrinter:
    """The system's printer, set to a size of paper. On the GUI thread."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    size = QPageSize.PageSizeId.Letter if paper is Paper.LETTER else QPageSize.PageSizeId.A4
    printer.setPageLayout(QPageLayout(QPageSize(size), QPageLayout.Orientation.Portrait, QMarginsF()))
    printer.setFullPage(True)
    printer.setDocName("SkinDesk report")  # it stands in the printer's queue, which others see
    printer.setCreator("SkinDesk")
    return printer


def print_pages(pdf: bytes, pages: tuple[PageFacts, ...], printer: QPrinter) -> None:
    """Print the pages that the printer's dialog was told to, in their own size where the paper allows it.

    Slow: for threads. Raises OutputUnavailableError where the printer does not take them.
    """
    numbers = _wanted(len(pages), printer)
    copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
    painter = QPainter()
    if not painter.begin(printer):
        raise _refused()
    try:
        for place, number in enumerate(numbers * copies):
            if place and not printer.newPage():
                raise _refused()
            image = page_image(pdf, number, min(_MOST_DPI, printer.resolution()) / _PT_PER_IN)
            painter.drawImage(_place(pages[number], printer), image)
    finally:
        painter.end()


def _wanted(count: int, printer: QPrinter) -> list[int]:
    first, last = printer.fromPage(), printer.toPage()
    if printer.printRange() is not QPrinter.PrintRange.PageRange or not first:
        return list(range(count))
    return list(range(first - 1, min(last or count, count)))


def _place(page: PageFacts, printer: QPrinter) -> QRectF:
    """Where a page lies on the paper, in the printer's dots: in the middle, and smaller where it would not fit."""
    dots_per_pt = printer.resolution() / _PT_PER_IN
    paper = printer.pageLayout().fullRectPixels(printer.resolution())
    size = QSizeF(page.width_pt, page.height_pt) * dots_per_pt
    shrink = min(1.0, paper.width() / size.width(), paper.height() / size.height())
    placed = QRectF(0, 0, size.width() * shrink, size.height() * shrink)
    placed.moveCenter(QRectF(paper).center())
    return placed


def _refused() -> OutputUnavailableError:
    return OutputUnavailableError(
        "The printer did not take the report.", "Check that it is on and has paper, or save the report as a file."
    )
