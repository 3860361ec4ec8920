import json

from skindesk.domain.knowledge import NOTICE
from tests.cli.conftest import Run


def test_pages_are_listed_by_title(skindesk: Run) -> None:
    done = skindesk("knowledge", "list")
    assert done.returncode == 0
    header, first, *rest = done.stdout.splitlines()
    assert header.split() == ["SLUG", "GROUP", "TITLE"]
    assert first.split() == ["acne", "inflammatory", "Acne"]
    assert len(rest) > 70


def test_page_is_shown_whole_with_the_notice(skindesk: Run) -> None:
    done = skindesk("knowledge", "show", "melanoma")
    assert done.returncode == 0
    text = " ".join(done.stdout.split())
    assert text.startswith("Melanoma malignant; ICD-10 C43 · ICD-11 2C30 (read in WHO ICD-11 MMS")
    assert NOTICE in text
    assert text.index("WHEN TO REFER URGENTLY") < text.index("WHAT IT IS") < text.index("SOURCES")
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "\n- Refer every suspected melanoma on the local urgent cancer pathway.\n" in done.stdout


def test_codes_that_were_not_checked_are_said_to_be_so(skindesk: Run) -> None:
    done = skindesk("knowledge", "show", "angiosarcoma")
    assert "not checked at their source: look them up before use" in " ".join(done.stdout.split())


def test_search_prints_the_best_page_first_also_as_json(skindesk: Run) -> None:
    done = skindesk("knowledge", "search", "rodent", "ulcer", "--json")
    assert done.returncode == 0
    page = json.loads(done.stdout.splitlines()[0])
    assert (page["slug"], page["reviewed"]) == ("basal-cell-carcinoma", "2026-11-21")
    assert page["sections"][0]["heading"] == "When to refer urgently"


def test_search_that_finds_nothing_says_so(skindesk: Run) -> None:
    done = skindesk("knowledge", "search", "unicorn")
    assert (done.returncode, done.stdout) == (0, "No page holds all these words.\n")
    assert skindesk("knowledge", "search", "unicorn", "--json").stdout == ""


def test_page_that_there_is_not_is_one_sentence(skindesk: Run) -> None:
    done = skindesk("knowledge", "show", "unicorn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no knowledge page “unicorn”" in done.stderr
