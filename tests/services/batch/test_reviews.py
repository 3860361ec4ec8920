"""Reviews survive a kill at any byte, and nothing that was decided is lost to a full disk."""

from pathlib import Path

import pytest

from skindesk.domain.errors import OutputUnavailableError
from skindesk.services.batch.reviews import NOT_REVIEWED, Mark, Review, ReviewFile, review_row, reviews_path

ACCEPTED, NOTED = Review(Mark.ACCEPTED), Review(Mark.FLAGGED, "hair; take again\nwithout gel")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return reviews_path(tmp_path / "results.csv")


def written(path: Path, changes: dict[str, Review]) -> ReviewFile:
    file = ReviewFile(path)
    file.put(changes)
    file.write()
    return file


def test_what_was_decided_is_there_again(path: Path) -> None:
    written(path, {"a.jpg\0": ACCEPTED, "cd.zip\0scans/1.jpg": NOTED})

    again = ReviewFile(path)

    assert again.get("a.jpg\0") == ACCEPTED
    assert again.get("cd.zip\0scans/1.jpg") == NOTED
    assert again.get("b.jpg\0") == NOT_REVIEWED


def test_the_last_decision_counts(path: Path) -> None:
    written(path, {"a\0": ACCEPTED})
    written(path, {"a\0": NOT_REVIEWED})

    assert ReviewFile(path).get("a\0") == NOT_REVIEWED


def test_a_name_that_is_no_unicode_is_kept(path: Path) -> None:
    key = "scan-\udcff.jpg\0"
    written(path, {key: ACCEPTED})

    assert ReviewFile(path).get(key) == ACCEPTED


def test_a_kill_at_any_byte_costs_the_last_decision_at_most(path: Path) -> None:
    written(path, {"first\0": ACCEPTED})
    whole_first = len(path.read_bytes())
    written(path, {"second\0": NOTED})
    content = path.read_bytes()

    for length in range(whole_first, len(content)):
        path.write_bytes(content[:length])
        found = written(path, {"third\0": ACCEPTED})
        assert found.get("first\0") == ACCEPTED
        again = ReviewFile(path)
        assert again.get("first\0") == again.get("third\0") == ACCEPTED
        assert again.get("second\0") in (NOTED, NOT_REVIEWED)


def test_a_damaged_line_costs_no_other(path: Path) -> None:
    written(path, {"a\0": ACCEPTED})
    with path.open("ab") as file:
        file.write(b'\xff\x00{"key": 3}\n[]\n{"key": "b\\u0000", "mark": "unheard of", "note": ""}\n')
    written(path, {"c\0": NOTED})

    again = ReviewFile(path)
    assert dict(again.all) == {"a\0": ACCEPTED, "c\0": NOTED}


def test_what_cannot_be_written_waits(path: Path) -> None:
    file = ReviewFile(path)
    file.put({"a\0": ACCEPTED})
    path.mkdir()

    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        file.write()

    path.rmdir()
    file.write()
    assert ReviewFile(path).get("a\0") == ACCEPTED


def test_nothing_is_made_before_something_is_decided(path: Path) -> None:
    ReviewFile(path).write()

    assert not path.exists()


def test_a_review_as_cells() -> None:
    assert review_row(NOT_REVIEWED) == {"review": None, "review_note": None}
    assert review_row(NOTED) == {"review": "flagged", "review_note": NOTED.note}
