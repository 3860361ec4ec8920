"""Finds the knowledge pages for a class of a network, or for words that were typed."""

from functools import cached_property
from pathlib import Path

from skindesk.domain.knowledge import ClassReference, KnowledgePage
from skindesk.domain.labels import MalignancyGroup
from skindesk.exchange.knowledge_file import load_pages
from skindesk.storage.search import query_words, searchable_words
from skindesk.system.paths import bundled

_RISK = {group: place for place, group in enumerate(MalignancyGroup)}


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
    def _indexed(self) -> tuple[tuple[tuple[frozenset[str], ...], KnowledgePage], ...]:
        return tuple((_index(page), page) for page in self.pages)


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
