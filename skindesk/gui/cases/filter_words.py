"""How the parts of a filter read, and what is left of it without each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from skindesk.domain.case import Site
from skindesk.domain.case_filter import CaseFilter
from skindesk.gui.cases.words import state_word
from skindesk.gui.widgets.words import percent, site_word, translate


@dataclass(frozen=True)
class FilterPart:
    """One thing that a filter asks for, in words; `rest` is the filter without it."""

    words: str
    rest: CaseFilter


def parts_of(wanted: CaseFilter) -> Iterator[FilterPart]:
    """Everything that a filter asks for besides its words, which stand in the search field."""
    for state in sorted(wanted.states):
        yield FilterPart(state_word(state), replace(wanted, states=wanted.states - {state}))
    for site in sorted(wanted.sites):
        yield FilterPart(site_choice(site), replace(wanted, sites=wanted.sites - {site}))
    if wanted.visited_from is not None or wanted.visited_to is not None:
        words = _between_days(wanted.visited_from, wanted.visited_to)
        yield FilterPart(words, replace(wanted, visited_from=None, visited_to=None))
    if wanted.due_by is not None:
        words = translate("filter", "due by {day}").format(day=wanted.due_by.isoformat())
        yield FilterPart(words, replace(wanted, due_by=None))
    if wanted.malignant_sum_from is not None or wanted.malignant_sum_to is not None:
        words = _between_sums(wanted.malignant_sum_from, wanted.malignant_sum_to)
        yield FilterPart(words, replace(wanted, malignant_sum_from=None, malignant_sum_to=None))
    if wanted.model_id:
        yield FilterPart(wanted.model_id, replace(wanted, model_id=""))
    if wanted.case_ids is not None:
        one, several = translate("filter", "1 chosen case"), translate("filter", "{count} chosen cases")
        words = one if len(wanted.case_ids) == 1 else several.format(count=f"{len(wanted.case_ids):,}")
        yield FilterPart(words, replace(wanted, case_ids=None))


def site_choice(site: Site) -> str:
    """A body site as something to choose."""
    return site_word(site) or translate("filter", "site not given")


def _between_days(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        words = translate("filter", "seen from {day}") if last is None else translate("filter", "seen until {day}")
        return words.format(day=first or last)
    return translate("filter", "seen {first} to {last}").format(first=first, last=last)


def _between_sums(least: float | None, most: float | None) -> str:
    if most is None:
        return translate("filter", "malignant sum from {least}").format(least=percent(least or 0))
    if least is None:
        return translate("filter", "malignant sum up to {most}").format(most=percent(most))
    return translate("filter", "malignant sum {least} to {most}").format(least=percent(least), most=percent(most))
