"""The report's first part: clinic, patient, lesion, and what it was found to be."""

from collections.abc import Iterator
from typing import Any

from reportlab.platypus import HRFlowable, Spacer

from skindesk.domain.case import Case, ReviewDetails, Visit
from skindesk.domain.errors import ImageRejectedError
from skindesk.domain.final_diagnosis import FinalDiagnosis
from skindesk.domain.wording import patient_name
from skindesk.exchange.report import words
from skindesk.exchange.report.content import Letterhead, ReportContent
from skindesk.exchange.report.drawings import body_map, figure_of, region_name
from skindesk.exchange.report.pictures import PrintedPicture, printed
from skindesk.exchange.report.style import (
    GRID_PT,
    HAIRLINE,
    NAME,
    SECTION,
    SMALL,
    STRONG,
    SUBTITLE,
    SUBTITLE_RIGHT,
    TEXT,
    TITLE,
    TITLE_RIGHT,
    Typesetter,
    patient_colour,
)
from skindesk.exchange.report.tables import facts, rows, striped

_LOGO_BOX_PT = (32.0 * GRID_PT, 14.0 * GRID_PT)
_BODY_BOX_PT = (32.0 * GRID_PT, 36.0 * GRID_PT)
_BESIDE_BODY_LONGEST = 600
"""A longer description goes below the drawing of the body: what stands beside it must fit on the page."""


def letterhead(setter: Typesetter, content: ReportContent, logo: PrintedPicture | None) -> Iterator[Any]:
    """The clinic, and what this paper is."""
    head = content.letterhead
    case = content.case
    title, subtitle = "Skin lesion report", f"Case {case.lesion.case_id} · {content.made_at:%Y-%m-%d}"
    clinic = [setter.text(head.name, STRONG)] if head.name.strip() else []
    clinic += [setter.text(head.address, SMALL)] if head.address.strip() else []
    width_pt = setter.sheet.width_pt
    if not clinic and logo is None:
        yield from (setter.text(title, TITLE), setter.text(subtitle, SUBTITLE))
    else:
        logo_pt = 0.0 if logo is None else logo.width_pt + 4 * GRID_PT
        title_pt = 46 * GRID_PT
        paper = [setter.text(title, TITLE_RIGHT), setter.text(subtitle, SUBTITLE_RIGHT)]
        cells = [[logo.placed()] if logo else [], clinic, paper]
        yield rows([cells], (logo_pt, width_pt - logo_pt - title_pt, title_pt))
    yield Spacer(0, 2 * GRID_PT)
    yield HRFlowable(width="100%", thickness=0.5, color=HAIRLINE, spaceBefore=0, spaceAfter=2 * GRID_PT)


def printed_logo(head: Letterhead) -> PrintedPicture | None:
    """The clinic's logo, if there is one that can be decoded."""
    if head.logo is None:
        return None
    try:
        return printed(head.logo, _LOGO_BOX_PT)
    except ImageRejectedError:
        return None


def patient(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    """Who it is, beside the patient's colour. The notes on a patient are the clinic's own and stay there."""
    who = content.case.patient
    pieces = [
        setter.text(patient_name(who), NAME),
        setter.text(words.patient_facts(who, content.made_at.date())),
    ]
    if who.details.history.strip():
        pieces.append(setter.text(f"History: {who.details.history.strip()}"))
    yield striped(pieces, patient_colour(who), setter.sheet.width_pt)


def lesion(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    """Which lesion it is, and its place on the body."""
    case = content.case
    position = case.lesion.details.position
    yield setter.text(f"Lesion L{case.lesion.number}", SECTION)
    width_pt = setter.sheet.width_pt
    if position is None:
        yield facts(setter, _lesion_facts(case, ""), width_pt)
        return
    figure = figure_of(case.patient, content.made_at.date())
    drawn = body_map(figure, position, TEXT, _BODY_BOX_PT)
    where = region_name(figure, position)
    named = _lesion_facts(case, where)
    beside = [(name, value) for name, value in named if len(value) <= _BESIDE_BODY_LONGEST]
    below = [(name, value) for name, value in named if len(value) > _BESIDE_BODY_LONGEST]
    facts_pt = width_pt - _BODY_BOX_PT[0]
    cells = [[facts(setter, beside, facts_pt - 4 * GRID_PT), drawn]]
    yield rows(cells, (facts_pt, _BODY_BOX_PT[0]), [("ALIGN", (1, 0), (1, 0), "RIGHT")])
    if below:
        yield facts(setter, below, width_pt)


def diagnosis(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    """What the lesion was in the end, and what the clinician thought of it last."""
    case = content.case
    names = words.names_in(case)
    width_pt = setter.sheet.width_pt
    yield setter.text("Diagnosis", SECTION)
    final, own = case.final_diagnosis, _latest_reviewed(case)
    named = [("Final diagnosis", "none yet")] if final is None else _final_facts(final, names)
    yield facts(setter, named, width_pt, strong="Final diagnosis")
    for earlier in reversed(case.final_diagnoses[:-1]):
        yield setter.text(f"Recorded before, no longer standing: {_one_line(earlier, names)}", SMALL)
    if own is not None:
        yield Spacer(0, GRID_PT)
        yield facts(setter, _own_facts(*own, names), width_pt)


def impression_words(review: ReviewDetails, names: dict[str, str], second: bool = False) -> str:
    """An impression with its confidence: the first, or the one after the network's answer."""
    impression = review.second_impression if second else review.impression
    confidence = review.second_confidence if second else review.confidence
    parts = (names.get(impression, impression), words.confidence_words(confidence))
    return ", ".join(part for part in parts if part)


def _latest_reviewed(case: Case) -> tuple[Visit, ReviewDetails] | None:
    """What the clinician recorded last, and at which visit."""
    reviews = [(visit, review.details) for visit in case.visits for review in visit.reviews]
    return reviews[-1] if reviews else None


def _lesion_facts(case: Case, place: str) -> list[tuple[str, str]]:
    details, reviewed = case.lesion.details, _latest_reviewed(case)
    days = [words.day(visit.visited_at) for visit in case.visits]
    count = f"{len(days)} visit{'' if len(days) == 1 else 's'}"
    due = case.lesion.follow_up_on
    return [
        ("Site", words.site_word(details.site)),
        ("Place", place),
        ("Description", details.description.strip()),
        ("State", case.lesion.state.value + (f", to be seen again by {due.isoformat()}" if due else "")),
        ("Plan", "" if reviewed is None else words.plan_word(reviewed[1])),
        ("Seen", f"{count}, {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "") if days else ""),
    ]


def _final_facts(final: FinalDiagnosis, names: dict[str, str]) -> list[tuple[str, str]]:
    details = final.details
    return [
        ("Final diagnosis", f"{names.get(details.diagnosis, details.diagnosis)} ({words.group_word(details.group)})"),
        ("Confirmed", f"{details.decided_on.isoformat()}, by {details.confirmed_by.value}"),
        ("Report", details.text.strip()),
        ("Kept with it", "" if details.attachment is None else details.attachment.file_name),
    ]


def _one_line(final: FinalDiagnosis, names: dict[str, str]) -> str:
    details = final.details
    name = names.get(details.diagnosis, details.diagnosis)
    return f"{name}, {details.decided_on.isoformat()}, by {details.confirmed_by.value}."


def _own_facts(visit: Visit, review: ReviewDetails, names: dict[str, str]) -> list[tuple[str, str]]:
    first = [impression_words(review, names) or words.NOTHING, words.who_was_first(visit, review)]
    second = impression_words(review, names, second=True)
    return [
        ("Own diagnosis", "; ".join(part for part in first if part)),
        ("After the answer", second),
    ]
