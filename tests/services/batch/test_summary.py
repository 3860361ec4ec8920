"""The page on a batch: what it counts and shows, and that it is one file that fetches nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from skindesk.domain.errors import OutputUnavailableError
from skindesk.exchange.batch_page import write_page
from skindesk.exchange.batch_page.page import as_html
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Result, Search, classify_items, find_items
from skindesk.services.batch.evaluation import evaluate
from skindesk.services.batch.summary import MOST_REJECTED, summarise
from tests.support.pictures import BLUE, GREEN, RED, write_picture


@pytest.fixture
def results(tiny_classifier: Classifier, tmp_path: Path) -> list[Result]:
    """Two red, one green, one strange and two damaged pictures, one of them with a name that is markup."""
    for name, colour in (("r1", RED), ("r2", (250, 0, 0)), ("g", GREEN), ("strange", (255, 240, 240))):
        write_picture(tmp_path / f"{name}.png", colour)
    (tmp_path / "<b>&.png").write_bytes(b"\x89PNG")
    (tmp_path / "empty.png").touch()
    return list(classify_items(find_items(Search.over([tmp_path])), tiny_classifier))


def page_of(results: list[Result], classifier: Classifier, **how: int) -> str:
    return as_html(summarise(results, classifier.contract, "archive", ["scans"], **how))


def test_counts_add_up(results: list[Result], tiny_classifier: Classifier) -> None:
    page = summarise(results, tiny_classifier.contract, "archive", ["scans"])
    assert (page.total, page.classified_count, page.abstained_count, page.rejected_count) == (6, 4, 1, 2)
    assert page.abstained == {"unlike_training": 1}
    assert page.rejected == {"not_an_image": 1, "empty": 1}
    assert {entry.code: entry.supported for entry in page.leading} == {"red": 2, "green": 1, "blue": 0}
    assert {entry.code: entry.abstained for entry in page.leading} == {"red": 1, "green": 0, "blue": 0}
    assert sum(page.malignant_sums) == sum(page.novelties) == 4
    assert page.novelty_range is not None
    assert page.novelty_range[0] <= page.novelty_threshold <= page.novelty_range[1]  # type: ignore[operator]


def test_contact_sheet_holds_the_highest_sums_first(results: list[Result], tiny_classifier: Classifier) -> None:
    page = summarise(results, tiny_classifier.contract, "archive", [], most_shown=2)
    assert [shown.name for shown in page.shown] == ["r2.png", "r1.png"]
    assert all(shown.thumbnail.startswith(b"\xff\xd8") for shown in page.shown)
    assert page.shown[0].place.startswith("file://")


def test_picture_that_has_gone_since_has_no_thumbnail(
    results: list[Result], tiny_classifier: Classifier, tmp_path: Path
) -> None:
    (tmp_path / "r2.png").unlink()
    page = summarise(results, tiny_classifier.contract, "archive", [])
    assert page.shown[0].thumbnail == b""
    assert 'class="none"' in as_html(page)


class _Balance(HTMLParser):
    """Every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_page_is_whole_escaped_and_fetches_nothing(results: list[Result], tiny_classifier: Classifier) -> None:
    labelled = [result for result in results if result.item.shown.name != "g.png"]
    html = page_of(labelled, tiny_classifier)
    balance = _Balance()
    balance.feed(html)
    assert balance.open == []
    assert "<b>&.png" not in html
    assert "&lt;b&gt;&amp;.png" in html
    assert "<script" not in html
    assert "default-src &#x27;none&#x27;" in html
    assert not re.findall(r"""(?:src|url)\s*[=(]\s*["']?(?!data:)\w""", html)
    assert "Decision support" in html


def test_page_shows_the_evaluation(tiny_classifier: Classifier, tmp_path: Path) -> None:
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE), ("odd", RED)):
        (tmp_path / name).mkdir()
        write_picture(tmp_path / name / "a.png", colour)
    search = Search((str(tmp_path),), recursive=True, label_by_folder=True)
    results = list(classify_items(find_items(search), tiny_classifier))
    evaluation = evaluate(results, tiny_classifier.contract)
    html = as_html(summarise(results, tiny_classifier.contract, "archive", [], evaluation))
    assert "Against the labels" in html
    assert "1.000 [1.000, 1.000]" in html
    assert "odd (1)" in html
    balance = _Balance()
    balance.feed(html)
    assert balance.open == []


def test_page_on_ten_thousand_pictures_stays_small(results: list[Result], tiny_classifier: Classifier) -> None:
    many = (result for _ in range(2000) for result in results)
    page = summarise(many, tiny_classifier.contract, "archive", [], most_shown=30)
    assert (page.total, len(page.shown), len(page.rejected_files)) == (12_000, 30, MOST_REJECTED)
    html = as_html(page)
    assert len(html) < 400_000
    assert f"The first {MOST_REJECTED} of 4,000 files" in html


def test_nothing_at_all_has_a_page(tiny_classifier: Classifier) -> None:
    assert "<strong>0</strong>" in page_of([], tiny_classifier)


def test_place_that_cannot_be_written_is_said(tiny_classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    page = summarise([], tiny_classifier.contract, "archive", [])
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        write_page(page, tmp_path / "file" / "page.html")
