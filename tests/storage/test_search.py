"""How names and identifiers are compared."""

import pytest

from skindesk.storage.search import fold, identifier_key, prefix_range, query_words, searchable_words


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "MÜLLER"), ("Müller", "mu\u0308ller"), ("Müller", "Muller"), ("Groß", "GROSS"), ("Łódź", "łodz")],
)
def test_case_accents_and_their_encoding_do_not_matter_in_a_search(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_identifiers_ignore_case_and_blanks_but_not_accents() -> None:
    assert identifier_key(" p-17 ") == identifier_key("P-17")
    assert identifier_key("Ä1") == identifier_key("A\u03081")
    assert identifier_key("Ä1") != identifier_key("A1")


def test_parts_of_compound_names_and_numbers_can_be_searched() -> None:
    assert searchable_words("Meyer-Lansky", "Anna  Maria", "2024/117") == {
        *("meyer-lansky", "lansky", "anna", "maria"),
        *("2024/117", "117"),
    }


def test_texts_without_letters_give_no_empty_word() -> None:
    assert "" not in searchable_words("", "  ", "-", "a-")


def test_a_blank_query_has_no_words() -> None:
    assert query_words("  \t ") == ()


@pytest.mark.parametrize("text", ["mu", "mull", "mu\uffff", "mu\U0010fffe"])
def test_the_range_holds_every_text_with_the_prefix(text: str) -> None:
    low, high = prefix_range("mu")
    assert low <= text < high


@pytest.mark.parametrize("text", ["m", "mt", "mv", "n"])
def test_the_range_holds_no_other_text(text: str) -> None:
    low, high = prefix_range("mu")
    assert not low <= text < high
