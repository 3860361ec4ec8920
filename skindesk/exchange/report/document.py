"""Lays a report out on its pages."""

import io
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate

from skindesk.domain.paper import Paper
from skindesk.exchange.report import words
from skindesk.exchange.report.answer import answer
from skindesk.exchange.report.closing import closing
from skindesk.exchange.report.content import Report, ReportContent
from skindesk.exchange.report.course import course, pictures
from skindesk.exchange.report.pictures import PrintedPicture, Prints
from skindesk.exchange.report.record import diagnosis, lesion, letterhead, patient, printed_logo
from skindesk.exchange.report.style import (
    FOOT_PT,
    GRID_PT,
    HAIRLINE,
    HEAD_PT,
    MARGIN_PT,
    MUTED,
    SMALL_PT,
    Sheet,
    Typesetter,
    patient_colour,
)
from skindesk.exchange.report.typeface import PLAIN

_STRIPE_PT = (2 * GRID_PT, 4 * GRID_PT)


def render(content: ReportContent, paper: Paper) -> Report:
    """Make a report's PDF in memory. The same content gives the same bytes.

    Its properties hold the number of the case, the program and the time, and nothing of the patient.
    """
    layout = _Layout(content, Sheet(paper))
    pages = layout.build(0)[1]
    pdf, _ = layout.build(pages)
    return Report(pdf, layout.cautions)


class _Layout:
    """One report on one size of paper. It is laid out twice, since the pages say how many there are."""

    def __init__(self, content: ReportContent, sheet: Sheet) -> None:
        self._content, self._sheet = content, sheet
        self._prints = Prints(content.pictures)
        self._logo: PrintedPicture | None = printed_logo(content.letterhead)
        self._setter = Typesetter(sheet)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What in the report is not as it should be, once it is built."""
        found = [f"A picture is not shown. {why}" for why in dict.fromkeys(self._prints.lost)]
        if self._content.letterhead.logo is not None and self._logo is None:
            found.append("The clinic's logo cannot be read. Choose it again in Settings.")
        if self._setter.printable.replaced:
            found.append(words.characters_words(self._setter.printable.replaced))
        return tuple(found)

    def build(self, pages: int) -> tuple[bytes, int]:
        """The PDF whose feet say that there are so many pages, and how many there are."""
        written = io.BytesIO()
        width_pt, height_pt = self._sheet.size_pt
        case_id = self._content.case.lesion.case_id
        document = BaseDocTemplate(
            written,
            pagesize=(width_pt, height_pt),
            title=f"Skin lesion report, case {case_id}",
            author="",
            subject="",
            creator=f"SkinDesk {self._content.program_version}",
            lang="en",
            invariant=1,
        )
        document.addPageTemplates(
            [
                self._template("first", height_pt - MARGIN_PT, partial(self._first_page, pages)),
                self._template("later", height_pt - HEAD_PT, partial(self._later_page, pages)),
            ]
        )
        document.build([NextPageTemplate("later"), *self._story()])
        return written.getvalue(), int(document.page)

    def _story(self) -> Iterator[Any]:
        setter, content = self._setter, self._content
        yield from letterhead(setter, content, self._logo)
        yield from patient(setter, content)
        yield from lesion(setter, content)
        yield from diagnosis(setter, content)
        yield from pictures(setter, content, self._prints)
        yield from course(setter, content)
        yield from answer(setter, content)
        yield from closing(setter, content)

    def _template(self, name: str, top_pt: float, paint: Any) -> Any:
        frame = Frame(
            MARGIN_PT,
            FOOT_PT,
            self._sheet.width_pt,
            top_pt - FOOT_PT,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        return PageTemplate(name, [frame], onPage=paint)

    def _first_page(self, pages: int, canvas: Canvas, document: Any) -> None:
        canvas.setDateFormatter(lambda *_: _pdf_date(self._content.made_at))
        self._foot(pages, canvas, document)

    def _later_page(self, pages: int, canvas: Canvas, document: Any) -> None:
        """The patient at the head of the page: a page that is taken out still says whose it is."""
        patient = self._content.case.patient
        height_pt = self._sheet.size_pt[1]
        canvas.setFillColor(patient_colour(patient))
        base_pt = height_pt - MARGIN_PT + GRID_PT
        canvas.rect(MARGIN_PT, base_pt - GRID_PT, *_STRIPE_PT, stroke=0, fill=1)
        canvas.setFillColor(MUTED)
        canvas.setFont(PLAIN, SMALL_PT)
        case = f"Case {self._content.case.lesion.case_id} · L{self._content.case.lesion.number}"
        case_pt = self._setter.printable.width(case, PLAIN, SMALL_PT)
        canvas.drawRightString(MARGIN_PT + self._sheet.width_pt, base_pt, case)
        room_pt = self._sheet.width_pt - case_pt - 8 * GRID_PT
        line = self._setter.printable.fitted(words.short_patient(patient), PLAIN, SMALL_PT, room_pt)
        canvas.drawString(MARGIN_PT + 4 * GRID_PT, base_pt, line)
        self._foot(pages, canvas, document)

    def _foot(self, pages: int, canvas: Canvas, document: Any) -> None:
        right_pt = MARGIN_PT + self._sheet.width_pt
        canvas.setStrokeColor(HAIRLINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN_PT, FOOT_PT - 3 * GRID_PT, right_pt, FOOT_PT - 3 * GRID_PT)
        canvas.setFillColor(MUTED)
        canvas.setFont(PLAIN, SMALL_PT)
        made = f"SkinDesk {self._content.program_version} · {words.moment(self._content.made_at)}"
        canvas.drawString(MARGIN_PT, FOOT_PT - 6 * GRID_PT, made)
        canvas.drawRightString(right_pt, FOOT_PT - 6 * GRID_PT, f"Page {document.page} of {pages}")


def _pdf_date(at: datetime) -> str:
    """An aware time as PDF writes it (ISO 32000-1, 7.9.4)."""
    offset = f"{at:%z}"
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
