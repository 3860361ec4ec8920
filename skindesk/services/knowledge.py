"""Finds the knowledge pages for a class of a network, for words that were typed, or named in another page."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from skindesk.domain.errors import KnowledgeError
from skindesk.domain.knowledge import ClassReference, KnowledgePage
from skindesk.domain.labels import MalignancyGroup
from skindesk.exchange.knowledge_file import load_pages
from skindesk.storage.search import query_words, searchable_words
from skindesk.system.paths import bundled

_RISK = {group: place for place, group in enumerate(MalignancyGroup)}
_PARTS_OF_TITLE = re.compile(r" and | of the skin| in the skin| or under the nail|[()]")
_VAGUE = frozenset({"other vascular malformations", "stings", "scleroderma", "haemorrhage"})
"""Parts of titles that mean more than their page when they stand alone."""


@dataclass(frozen=True)
class Passage:
    """A piece of a text; `slug` names the page that it is about, if one is named there."""

    text: str
    slug: str | None = None


class Knowledge:
    """The knowledge pages of one language, read when they are first asked for.

    Everything but the constructor raises KnowledgeError where the pages cannot be read.
    """

    def __init__(self, folder: Path | None = None, language: str = "en") -> None:
        self._folder = bundled("resources", "knowledge") if folder is None else folder
        self._language = language

    @cached_property
    def pages(self) -> tuple[KnowledgePage, ...]:
        """All pages by title."""
        return tuple(sorted(load_pages(self._folder, self._language), key=lambda page: page.title.casefold()))

    def for_class(self, model_id: str, code: str) -> tuple[KnowledgePage, ...]:
        """The pages of everything that a network's class may mean.

        The gravest group comes first, within it the page that serves the most classes, since it is the broadest.
        Empty for a class that no page serves, such as one of a network that the user has added.
        """
        wanted = ClassReference(model_id, code)
        serving = (page for page in self.pages if wanted in page.classes)
        return tuple(sorted(serving, key=lambda page: (_RISK[page.group], -len(page.classes))))

    def page(self, slug: str) -> KnowledgePage:
        """The page of that name. Raises KnowledgeError where there is none, too."""
        for page in self.pages:
            if page.slug == slug:
                return page
        raise KnowledgeError(f"There is no knowledge page “{slug}”.", "Look for it by its words.")

    def linked(self, text: str, within: KnowledgePage) -> tuple[Passage, ...]:
        """A text of a page, cut where it names other pages; joined, the pieces are the text."""
        passages: list[Passage] = []
        end = 0
        for match in self._named.finditer(text):
            slug = self._slugs[_spoken(match[0])]
            if slug != within.slug:
                passages += [Passage(text[end : match.start()]), Passage(match[0], slug)]
                end = match.end()
        return tuple(passage for passage in (*passages, Passage(text[end:])) if passage.text)

    def search(self, words: str) -> tuple[KnowledgePage, ...]:
        """The pages in which every word typed begins a word, whatever its case and accents.

        The page of just that title comes first, then those whose title holds all the words, those found with their
        synonyms and codes, and those found in their text; each by title. Nothing typed finds every page.
        """
        queried = query_words(words)
        placed = [(_place(queried, index), page) for index, page in self._indexed]
        found = [(place, page) for place, page in placed if place is not None]
        return tuple(page for _, page in sorted(found, key=lambda one: one[0]))

    @cached_property
    def _slugs(self) -> dict[str, str]:
        """Every page's slug by each of its names in small letters; titles go before other names."""
        named: dict[str, str] = {}
        for names in (_titles, _synonyms):
            for page in self.pages:
                for name in names(page):
                    named.setdefault(_spoken(name), page.slug)
        return named

    @cached_property
    def _named(self) -> re.Pattern[str]:
        """Finds the names of pages in a text, the longest first, in the singular and the plural and across lines."""
        longest_first = sorted(self._slugs, key=len, reverse=True)
        names = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
        return re.compile(rf"(?<![\w-])(?:{names})s?(?![\w-])", re.IGNORECASE)

    @cached_property
    def _indexed(self) -> tuple[tuple[tuple[frozenset[str], ...], KnowledgePage], ...]:
        return tuple((_index(page), page) for page in self.pages)


def _titles(page: KnowledgePage) -> tuple[str, ...]:
    """A page's title and the names that it joins, such as both in “Cellulitis and erysipelas”."""
    parts = (part.strip() for part in _PARTS_OF_TITLE.split(page.title))
    return page.title, *(part for part in parts if part and part.casefold() not in _VAGUE)


def _synonyms(page: KnowledgePage) -> tuple[str, ...]:
    """A page's other names of several words: single ones, such as “ulcer”, mean too much."""
    return tuple(name for name in page.synonyms if " " in name)


def _spoken(name: str) -> str:
    """A name as it is looked up: in small letters, in the singular, on one line."""
    return " ".join(name.casefold().split()).removesuffix("s")


def _index(page: KnowledgePage) -> tuple[frozenset[str], ...]:
    """The searchable words of a page: of its title, with its other names and codes, and with its text."""
    title = searchable_words(page.title)
    names = title | searchable_words(*page.synonyms, *page.icd10, *page.icd11)
    return title, names, names | searchable_words(*(section.text for section in page.sections))


def _place(queried: tuple[str, ...], index: tuple[frozenset[str], ...]) -> int | None:
    """How well a page answers a query: 0 where its title is the query; None where not even its text holds all words."""
    if index[0] == set(queried):
        return 0
    for place, words in enumerate(index, start=1):
        if all(any(word.startswith(wanted) for word in words) for wanted in queried):
            return place
    return None
