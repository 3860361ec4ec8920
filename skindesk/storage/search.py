"""How names and identifiers are compared: without regard to case and accents, by the beginnings of words."""

import re
import unicodedata

_LAST_CHARACTER = "\U0010ffff"


def fold(text: str) -> str:
    """Text as it is searched: "Müller" and "MULLER" are both "muller", "Groß" and "gross" are both "gross"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def identifier_key(identifier: str) -> str:
    """What makes an identifier the same as another: its characters, without case and surrounding blanks.

    Accents count here, since two records must never become one by accident.
    """
    return unicodedata.normalize("NFKC", identifier).strip().casefold()


def query_words(query: str) -> tuple[str, ...]:
    """The folded words of a query, each of which must begin something in a patient's record."""
    return tuple(fold(query).split())


def searchable_words(*texts: str) -> frozenset[str]:
    """Everything a query word may begin: each word of the texts, and each part of "Meyer-Lansky" or "2024/117"."""
    words = {word for text in texts for word in fold(text).split()}
    tails = {word[match.end() :] for word in words for match in re.finditer(r"[\W_]+", word)}
    return frozenset((words | tails) - {""})


def prefix_range(prefix: str) -> tuple[str, str]:
    """The half-open range in which all texts that begin with `prefix` lie, in code-point order."""
    return prefix, prefix + _LAST_CHARACTER
