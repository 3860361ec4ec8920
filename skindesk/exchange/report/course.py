"""The report's second part: the pictures, and what was thought at each visit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.platypus import KeepTogether, Spacer

from skindesk.domain.case import Case, ReviewDetails, StoredPicture, Visit
from skindesk.domain.prediction import Prediction
from skindesk.domain.wording import remarks, size_words
from skindesk.exchange.report import words
from skindesk.exchange.report.content import LostPicture, ReportContent
from skindesk.exchange.report.pictures import Prints
from skindesk.exchange.report.record import impression_words
from skindesk.exchange.report.style import BODY, GRID_PT, LABEL, SECTION, SMALL, STRONG, Typesetter
from skindesk.exchange.report.tables import rows, ruled

_SMALL_ACROSS = 4
_LARGE_HEIGHT_PT, _SMALL_HEIGHT_PT = 64.0 * GRID_PT, 28.0 * GRID_PT
_LARGE_SHARE = 0.72
"""Of the width of the text; the rest is for two small ones beside it."""
_BESIDE = 2
_COLUMNS = (("Visit", 0.13), ("The network", 0.3), ("Own impression", 0.33), ("Plan", 0.24))


@dataclass(frozen=True)
class NumberedPicture:
    """A picture by its number in the report, counted from the first visit on."""

    number: int
    visit: Visit
    picture: StoredPicture

    @property
    def caption(self) -> str:
        """Number, day, kind, what was measured, and what was remarked."""
        details = self.picture.details
        kind = details.capture.kind.value if details.capture.kind else details.modality.value
        size = "" if details.measurement is None else size_words(details.measurement)
        parts = (f"Picture {self.number}", words.day(self.visit.visited_at), kind, size, remarks(details.quality))
        return " · ".join(part for part in parts if part)


def numbered(case: Case) -> tuple[NumberedPicture, ...]:
    """Every picture of a case, oldest first."""
    found = [(visit, picture) for visit in case.visits for picture in visit.pictures]
    return tuple(NumberedPicture(number, *each) for number, each in enumerate(found, 1))


def answered(case: Case) -> tuple[NumberedPicture, Prediction] | None:
    """The picture whose answer the report shows whole, with that answer; the rule is the case table's.

    Of the latest visit that has an answer it is the picture with the highest malignant sum.
    """
    found = [each for each in numbered(case) if each.picture.predictions]
    if not found:
        return None
    last = found[-1].visit
    chosen = max((each for each in found if each.visit is last), key=_malignant_sum)
    return chosen, chosen.picture.predictions[-1]


def pictures(setter: Typesetter, content: ReportContent, prints: Prints) -> Iterator[Any]:
    """The latest picture large, the earlier ones small."""
    every = numbered(content.case)
    if not every:
        return
    large = _leading(content.case, every)
    rest = [each for each in reversed(every) if each is not large]
    yield KeepTogether([setter.text("Pictures", SECTION), _large(setter, large, rest[:_BESIDE], prints)])
    if rest[_BESIDE:]:
        yield Spacer(0, 2 * GRID_PT)
        yield _grid(setter, rest[_BESIDE:], prints)


def course(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    """A row for each visit, newest first, and the notes below."""
    case = content.case
    if not case.visits:
        return
    yield setter.text("Visits", SECTION)
    width_pt = setter.sheet.width_pt
    names = words.names_in(case)
    cells = [[setter.text(name, LABEL) for name, _ in _COLUMNS]]
    cells += [_row(setter, visit, names) for visit in reversed(case.visits)]
    yield ruled(cells, [width_pt * share for _, share in _COLUMNS])
    notes = [(visit, review.details.notes.strip()) for visit in reversed(case.visits) for review in visit.reviews]
    for visit, note in notes:
        if note:
            yield Spacer(0, GRID_PT)
            yield setter.text(f"Note of {words.day(visit.visited_at)}", LABEL)
            yield setter.text(note)


def _leading(case: Case, every: Sequence[NumberedPicture]) -> NumberedPicture:
    """The picture of the answer where it is of the last visit with pictures, else the last picture."""
    shown = answered(case)
    last = every[-1]
    if shown is not None and shown[0].visit is last.visit:
        return every[shown[0].number - 1]
    return last


def _malignant_sum(each: NumberedPicture) -> float:
    return each.picture.predictions[-1].malignant_sum


def _large(setter: Typesetter, large: NumberedPicture, beside: Sequence[NumberedPicture], prints: Prints) -> Any:
    large_pt = setter.sheet.width_pt * _LARGE_SHARE
    small_pt = setter.sheet.width_pt - large_pt
    left = _framed(setter, large, prints, (large_pt - 3 * GRID_PT, _LARGE_HEIGHT_PT))
    right: list[Any] = []
    for each in beside:
        right += [*_framed(setter, each, prints, (small_pt, _SMALL_HEIGHT_PT)), Spacer(0, 2 * GRID_PT)]
    return rows([[left, right]], (large_pt, small_pt))


def _grid(setter: Typesetter, every: Sequence[NumberedPicture], prints: Prints) -> Any:
    column_pt = setter.sheet.width_pt / _SMALL_ACROSS
    box_pt = (column_pt - 2 * GRID_PT, _SMALL_HEIGHT_PT)
    cells: list[Any] = [_framed(setter, each, prints, box_pt) for each in every]
    cells += [[]] * (-len(cells) % _SMALL_ACROSS)
    lines = [cells[at : at + _SMALL_ACROSS] for at in range(0, len(cells), _SMALL_ACROSS)]
    return rows(lines, [column_pt] * _SMALL_ACROSS, [("BOTTOMPADDING", (0, 0), (-1, -1), 2 * GRID_PT)])


def _framed(setter: Typesetter, each: NumberedPicture, prints: Prints, box_pt: tuple[float, float]) -> list[Any]:
    """A picture above its caption, or the reason why there is none."""
    found = prints.of(each.picture.details.sha256, box_pt)
    caption = setter.text(each.caption, SMALL)
    if isinstance(found, LostPicture):
        return [setter.text(f"Not shown. {found.why}", BODY), caption]
    return [found.placed(), caption]


def _row(setter: Typesetter, visit: Visit, names: dict[str, str]) -> list[Any]:
    count = len(visit.pictures)
    when = [setter.text(words.day(visit.visited_at), STRONG)]
    when.append(setter.text(f"{count} picture{'' if count == 1 else 's'}", SMALL))
    reviews = [review.details for review in visit.reviews]
    own = [piece for review in reviews for piece in _impressions(setter, visit, review, names)]
    plans = [setter.text(plan) for review in reviews if (plan := words.plan_word(review))]
    nothing = [setter.text(words.NOTHING)]
    return [when, _answers(setter, visit) or nothing, own or nothing, plans or nothing]


def _answers(setter: Typesetter, visit: Visit) -> list[Any]:
    """The answer of the visit that the case table would show."""
    given = [picture.predictions[-1] for picture in visit.pictures if picture.predictions]
    if not given:
        return []
    return [setter.text(words.answer_words(max(given, key=lambda each: each.malignant_sum)), SMALL)]


def _impressions(setter: Typesetter, visit: Visit, review: ReviewDetails, names: dict[str, str]) -> list[Any]:
    pieces = [setter.text(impression_words(review, names) or words.NOTHING)]
    if first := words.who_was_first(visit, review):
        pieces.append(setter.text(first, SMALL))
    if review.second_impression:
        second = impression_words(review, names, second=True)
        pieces.append(setter.text(f"after the network's answer: {second}"))
    return pieces
