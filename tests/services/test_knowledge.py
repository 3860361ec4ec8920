import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from skindesk.domain.errors import KnowledgeError
from skindesk.domain.knowledge import SECTIONS, KnowledgePage
from skindesk.inference.bundle import read_contract
from skindesk.services.knowledge import Knowledge
from skindesk.system.paths import bundled

ROOT = Path(__file__).parents[2]
PAGES = Knowledge().pages
FILES = sorted(bundled("resources", "knowledge").glob("*/*.md"))
PROMISES = (
    r"\b(?:is|are|was|looks?|seems?|likely|probably|surely|always) benign\b",
    r"\bharmless\b",
    r"\bguarantee",
    r"\bcur(?:e|es|ed|able)\b",
    r"\b(?:this|your|the shown) (?:lesion|picture|photograph|image|patient)\b",
    r"\bno need to worry\b",
    r"\d ?(?:mg|mcg|µg|ml|g|units?)\b",
)
FEWEST_WORDS = {
    "When to refer urgently": 25,
    "What it is": 12,
    "Signs and symptoms": 20,
    "Dermoscopy": 8,
    "Causes": 10,
    "Differential diagnosis": 10,
    "Management": 35,
}
OTHER_MARKDOWN = re.compile(r"[*`<>|#\[\]]|^\s*\d+\. |^ *[-+]\s{2,}", re.MULTILINE)


def _shipped() -> dict[str, list[str]]:
    contracts = [read_contract(file.parent) for file in ROOT.glob("models/*/model.onnx")]
    return {contract.model_id: list(contract.codes) for contract in contracts}


def _mapped() -> dict[str, list[str]]:
    files = (ROOT / "training" / "datasets" / "maps").glob("*.toml")
    return {file.stem: [one["code"] for one in tomllib.loads(file.read_text("utf-8"))["classes"]] for file in files}


def _classes(networks: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(model_id, code) for model_id, codes in sorted(networks.items()) for code in codes]


def _body(page: KnowledgePage) -> str:
    return "\n\n".join(section.text for section in page.sections)


def _sentences(text: str) -> list[str]:
    items = re.split(r"^- |\n\n", text, flags=re.MULTILINE)
    sentences = [one for item in items for one in re.split(r"(?<=[.!?]) ", " ".join(item.split()).casefold())]
    return [sentence for sentence in sentences if len(sentence.split()) >= 5]


@pytest.mark.parametrize(("model_id", "code"), _classes(_shipped()))
def test_every_class_of_every_shipped_network_has_a_page(model_id: str, code: str) -> None:
    assert Knowledge().for_class(model_id, code)


@pytest.mark.parametrize(("model_id", "code"), _classes(_mapped()))
def test_every_class_of_every_class_map_has_a_page(model_id: str, code: str) -> None:
    assert Knowledge().for_class(model_id, code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_page_names_only_classes_that_there_are(page: KnowledgePage) -> None:
    known = set(_classes(_shipped() | _mapped()))
    assert {(one.model_id, one.code) for one in page.classes} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_page_is_short_and_whole(page: KnowledgePage) -> None:
    assert tuple(section.heading for section in page.sections) == SECTIONS
    assert 150 <= len(_body(page).split()) <= 350
    assert len(page.sources) >= 2
    assert len(set(page.sources)) == len(page.sources)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_every_section_of_a_page_says_something(page: KnowledgePage) -> None:
    words = {section.heading: len(section.text.split()) for section in page.sections}
    assert {heading for heading, count in words.items() if count < FEWEST_WORDS[heading]} == set()


def test_no_sentence_stands_in_two_pages() -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for page in PAGES:
        for sentence in _sentences(_body(page)):
            told[sentence].add(page.slug)
    assert len(told) > 1000
    assert {sentence: slugs for sentence, slugs in told.items() if len(slugs) > 1} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_page_has_codes_or_says_that_they_are_unchecked(page: KnowledgePage) -> None:
    assert (page.icd10 and page.icd11) or not page.codes_from
    assert all(re.fullmatch(r"[A-Z]\d\d(?:\.\d{1,2})?", code) for code in page.icd10)
    assert all(re.fullmatch(r"[0-9A-Z]{4}(?:\.[0-9A-Z]{1,2})?", code) for code in page.icd11)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_page_promises_nothing_and_judges_no_picture(page: KnowledgePage) -> None:
    told = " ".join(_body(page).split())
    assert [promise for promise in PROMISES if re.search(promise, told, re.IGNORECASE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_page_holds_paragraphs_and_lists_only(page: KnowledgePage) -> None:
    assert OTHER_MARKDOWN.search(_body(page)) is None


def test_titles_differ() -> None:
    assert len({page.title for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_no_line_is_over_120_characters(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert max(len(line) for line in text.splitlines()) <= 120
    assert text.endswith("\n")


def test_gravest_meaning_of_a_class_comes_first() -> None:
    pages = Knowledge().for_class("dermnet-23", "melnv")
    assert pages[0].slug == "melanoma"
    assert "melanocytic-naevus" in [page.slug for page in pages[1:]]


@pytest.mark.parametrize(
    ("code", "slug"),
    [("nv", "melanocytic-naevus"), ("bkl", "seborrhoeic-keratosis"), ("vasc", "cherry-angioma"), ("mel", "melanoma")],
)
def test_broadest_page_of_a_class_comes_before_its_subtypes(code: str, slug: str) -> None:
    assert Knowledge().for_class("dermoscopy-7", code)[0].slug == slug


def test_class_of_a_network_that_no_page_serves_has_none() -> None:
    assert Knowledge().for_class("a-clinics-own", "mel") == ()


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("nevus", "melanocytic-naevus"),
        ("campbell de morgan", "cherry-angioma"),
        ("RODENT Ulcer", "basal-cell-carcinoma"),
        ("c43", "melanoma"),
        ("senile wart", "seborrhoeic-keratosis"),
    ],
)
def test_search_finds_by_synonym_and_code(words: str, slug: str) -> None:
    assert slug in [page.slug for page in Knowledge().search(words)]


def test_search_puts_titles_before_other_names_before_text() -> None:
    found = [page.slug for page in Knowledge().search("melanoma")]
    assert found[:2] == ["melanoma", "lentigo-maligna"]
    assert "seborrhoeic-keratosis" in found[2:]


def test_search_folds_accents_and_takes_beginnings() -> None:
    assert Knowledge().search("Mélan") == Knowledge().search("melan") != ()


def test_every_word_must_be_found() -> None:
    assert Knowledge().search("melanoma zebra") == ()


def test_nothing_typed_finds_every_page() -> None:
    assert Knowledge().search(" ") == PAGES


def test_pages_are_read_when_first_asked_for(tmp_path: Path) -> None:
    knowledge = Knowledge(tmp_path)
    with pytest.raises(KnowledgeError, match="no knowledge pages"):
        knowledge.for_class("dermoscopy-7", "mel")


def _passages(slug: str, heading: str = "Differential diagnosis") -> dict[str, str]:
    knowledge = Knowledge()
    page = knowledge.page(slug)
    text = next(section.text for section in page.sections if section.heading == heading)
    passages = knowledge.linked(text, page)
    assert "".join(passage.text for passage in passages) == text
    return {" ".join(passage.text.split()): passage.slug for passage in passages if passage.slug is not None}


def test_differential_leads_to_the_pages_that_it_names() -> None:
    assert _passages("solar-lentigo") == {
        "Lentigo maligna": "lentigo-maligna",
        "seborrhoeic keratosis": "seborrhoeic-keratosis",
        "pigmented actinic keratosis": "actinic-keratosis",
        "lichen-planus-like keratosis": "lichen-planus-like-keratosis",
        "junctional naevus": "melanocytic-naevus",
        "melasma": "hyperpigmentation",
    }


def test_longest_name_wins_whatever_its_number() -> None:
    found = _passages("skin-haemorrhage")
    assert found["cutaneous vasculitis"] == "vasculitis"
    assert found["viral warts"] == "viral-warts"
    assert found["cherry angioma"] == "cherry-angioma"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_page_leads_to_other_pages_that_there_are(page: KnowledgePage) -> None:
    slugs = {slug for section in page.sections for slug in _passages(page.slug, section.heading).values()}
    assert slugs <= {other.slug for other in PAGES} - {page.slug}


def test_differentials_lead_on_from_nearly_every_page() -> None:
    assert len([page for page in PAGES if _passages(page.slug)]) >= len(PAGES) - 1


def test_page_that_there_is_not_is_said() -> None:
    with pytest.raises(KnowledgeError, match=r"no knowledge page “unicorn”"):
        Knowledge().page("unicorn")
