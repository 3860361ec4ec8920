import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer

import pytest

from skindesk.domain.errors import RejectionReason
from skindesk.domain.outcome import Classified, Rejected
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import classify_file, classify_files, find_pictures
from tests.support.bad_inputs import CLASSIFIED, write_bad_inputs
from tests.support.pictures import BLUE, GREEN, RED, write_picture


def test_outcomes_come_in_the_order_of_the_files(tiny_classifier: Classifier, tmp_path: Path) -> None:
    colours = {"red": RED, "green": GREEN, "blue": BLUE}
    files = [write_picture(tmp_path / f"{at:02}-{name}.png", colours[name]) for at, name in enumerate([*colours] * 8)]
    outcomes = list(classify_files(files, tiny_classifier, workers=4))
    assert [outcome.path for outcome in outcomes] == files
    for outcome in outcomes:
        assert isinstance(outcome, Classified)
        assert outcome.path.stem.endswith(outcome.prediction.top.label.code)


def test_every_bad_input_has_one_outcome_and_the_run_goes_on(tiny_classifier: Classifier, tmp_path: Path) -> None:
    expected = write_bad_inputs(tmp_path / "mixed")
    assert len(expected) >= 30
    outcomes = {
        outcome.path.name: outcome
        for outcome in classify_files(find_pictures([tmp_path / "mixed"], recursive=True), tiny_classifier)
    }
    assert outcomes.keys() == expected.keys()
    wrong = {name for name, ok in expected.items() if isinstance(outcomes[name], Classified) is not (ok is CLASSIFIED)}
    assert not wrong
    for outcome in outcomes.values():
        if isinstance(outcome, Rejected):
            assert outcome.reason is not RejectionReason.INTERNAL
            assert outcome.message.endswith(".")


def test_named_file_that_does_not_exist_is_an_outcome(tiny_classifier: Classifier, tmp_path: Path) -> None:
    outcome = classify_file(tmp_path / "gone.jpg", tiny_classifier)
    assert isinstance(outcome, Rejected)
    assert outcome.reason is RejectionReason.MISSING


def test_bug_in_a_decoder_costs_one_row(
    tiny_classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.services.classify.decode_for_input", lambda *_: 1 / 0)
    outcome = classify_file(write_picture(tmp_path / "a.png"), tiny_classifier)
    assert isinstance(outcome, Rejected)
    assert outcome.reason is RejectionReason.INTERNAL


def test_sub_folders_are_entered_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    outer, inner = write_picture(tmp_path / "a.png"), write_picture(tmp_path / "inner" / "b.png")
    assert list(find_pictures([tmp_path])) == [outer]
    assert list(find_pictures([tmp_path], recursive=True)) == [outer, inner]


def test_folders_may_lie_as_deep_as_they_like(tmp_path: Path) -> None:
    deepest = tmp_path.joinpath(*"d" * 150)
    deepest.mkdir(parents=True)
    found = write_picture(deepest / "a.png")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        assert list(find_pictures([tmp_path], recursive=True)) == [found]
    finally:
        sys.setrecursionlimit(limit)


def test_link_to_a_folder_above_ends_the_search(tmp_path: Path) -> None:
    only = write_picture(tmp_path / "a.png")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    assert list(find_pictures([tmp_path], recursive=True)) == [only]


def test_unreadable_folder_is_reported_and_the_rest_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, opened = tmp_path / "closed", tmp_path / "open"
    closed.mkdir()
    opened.mkdir()
    found = write_picture(opened / "a.png")
    original = os.listdir

    def refuse(path: object = ".") -> list[str]:
        if Path(str(path)) == closed:
            raise PermissionError(13, "Permission denied")
        return original(path)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(os, "listdir", refuse)
    problems: list[Rejected] = []
    assert list(find_pictures([closed, opened], on_problem=problems.append)) == [found]
    assert problems[0].reason is RejectionReason.NOT_READABLE
    assert "permission denied" in problems[0].message


def test_stop_ends_the_run_early(tiny_classifier: Classifier, tmp_path: Path) -> None:
    files = [write_picture(tmp_path / f"{at}.png") for at in range(60)]
    stop = Event()
    outcomes = []
    for outcome in classify_files(files, tiny_classifier, workers=2, stop=stop):
        outcomes.append(outcome)
        stop.set()
    assert 0 < len(outcomes) < len(files)


def test_stop_leaves_what_was_not_begun(
    tiny_classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    gate = Event()

    def wait(path: Path, *_: object) -> Rejected:
        begun.append(path)
        gate.wait(10)
        return Rejected(path, RejectionReason.EMPTY, "Empty.")

    monkeypatch.setattr("skindesk.services.classify.classify_file", wait)
    stop = Event()

    def paths() -> Iterator[Path]:
        for at in range(8):
            if at == 3:
                stop.set()
                Timer(0.3, gate.set).start()  # the first picture ends only after the rest was taken back
            yield tmp_path / str(at)

    outcomes = list(classify_files(paths(), tiny_classifier, workers=1, stop=stop))
    assert [outcome.path for outcome in outcomes] == begun
    assert len(outcomes) == 1


def test_files_are_asked_for_only_as_they_are_needed(tiny_classifier: Classifier, tmp_path: Path) -> None:
    asked = 0

    def paths() -> Iterator[Path]:
        nonlocal asked
        for at in range(10_000):
            asked += 1
            yield tmp_path / str(at)

    outcomes = classify_files(paths(), tiny_classifier, workers=2)
    next(outcomes)
    assert asked < 20
    outcomes.close()  # type: ignore[attr-defined]


def test_name_too_long_for_the_disk_is_an_outcome(tiny_classifier: Classifier, tmp_path: Path) -> None:
    outcomes = list(classify_files(find_pictures([tmp_path / ("a" * 300)]), tiny_classifier))
    assert [getattr(outcome, "reason", None) for outcome in outcomes] == [RejectionReason.NOT_READABLE]
