"""The engine: order, bounded memory, pausing, stopping, and one result for whatever an item is."""

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from skindesk.domain.errors import RejectionReason
from skindesk.domain.outcome import Classified, Rejected
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Control, Item, Options, Result, Search, classify_item, classify_items, find_items
from skindesk.services.batch.engine import WINDOW_PER_WORKER
from tests.support.bad_inputs import CLASSIFIED, write_bad_inputs
from tests.support.pictures import BLUE, GREEN, RED, write_picture


def test_results_come_in_the_order_of_the_items(tiny_classifier: Classifier, tmp_path: Path) -> None:
    colours = {"red": RED, "green": GREEN, "blue": BLUE}
    files = [write_picture(tmp_path / f"{at:02}-{name}.png", colours[name]) for at, name in enumerate([*colours] * 8)]
    results = list(classify_items(map(Item, files), tiny_classifier, options=Options(workers=4)))
    assert [result.outcome.path for result in results] == files
    assert [result.number for result in results] == list(range(len(files)))
    for result in results:
        assert isinstance(result.outcome, Classified)
        assert result.outcome.path.stem.endswith(result.outcome.prediction.top.label.code)


def test_every_bad_input_has_one_result_and_the_run_goes_on(tiny_classifier: Classifier, tmp_path: Path) -> None:
    expected = write_bad_inputs(tmp_path / "mixed")
    assert len(expected) >= 30
    found = classify_items(find_items(Search.over([tmp_path / "mixed"], recursive=True)), tiny_classifier)
    outcomes = {result.outcome.path.name: result.outcome for result in found}
    assert outcomes.keys() == expected.keys()
    wrong = {name for name, ok in expected.items() if isinstance(outcomes[name], Classified) is not (ok is CLASSIFIED)}
    assert not wrong
    for outcome in outcomes.values():
        if isinstance(outcome, Rejected):
            assert outcome.reason is not RejectionReason.INTERNAL
            assert outcome.message.endswith(".")


def test_bug_in_a_decoder_costs_one_row(
    tiny_classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.services.batch.engine.decode_for_input", lambda *_: 1 / 0)
    outcome = classify_item(Item(write_picture(tmp_path / "a.png")), tiny_classifier).outcome
    assert isinstance(outcome, Rejected)
    assert outcome.reason is RejectionReason.INTERNAL


def held_up(monkeypatch: pytest.MonkeyPatch, gates: dict[str, Event]) -> list[str]:
    """Let items wait for gates, by their names; returns the names of those begun."""
    begun: list[str] = []

    def wait(item: Item, _classifier: object, _mix: object, _options: object, number: int) -> Result:
        begun.append(item.path.name)
        gates.get(item.path.name, gates["others"]).wait(10)
        return Result(number, item, Rejected(item.path, RejectionReason.EMPTY, "Empty."))

    monkeypatch.setattr("skindesk.services.batch.engine.classify_item", wait)
    return begun


def opened() -> Event:
    gate = Event()
    gate.set()
    return gate


def test_slow_first_picture_holds_back_the_order_but_not_without_end(
    tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Event()
    begun = held_up(monkeypatch, {"0": first, "others": opened()})
    Timer(0.3, first.set).start()
    results = classify_items((Item(Path(str(at))) for at in range(1000)), tiny_classifier, options=Options(workers=2))
    next(results)
    assert len(begun) <= 2 * WINDOW_PER_WORKER
    assert [result.number for result in results] == list(range(1, 1000))


def test_results_come_as_they_are_ready_where_order_is_not_asked_for(
    tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Event()
    held_up(monkeypatch, {"0": first, "others": opened()})
    results = classify_items(
        (Item(Path(str(at))) for at in range(9)), tiny_classifier, options=Options(2, ordered=False)
    )
    numbers = [next(results).number for _ in range(8)]
    first.set()
    assert 0 not in numbers
    assert [*numbers, next(results).number].count(0) == 1


def test_stop_ends_the_run_early_and_delivers_what_was_begun(
    tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, control = Event(), Control()
    begun = held_up(monkeypatch, {"others": gate})

    def items() -> Iterator[Item]:
        for at in range(8):
            if at == 3:
                control.stop()
                Timer(0.3, gate.set).start()  # the first picture ends only after the rest was taken back
            yield Item(Path(str(at)))

    results = list(classify_items(items(), tiny_classifier, options=Options(workers=1), control=control))
    assert [result.item.path.name for result in results] == begun
    assert len(results) <= 1


def test_pause_begins_nothing_until_it_ends(tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()
    begun = held_up(monkeypatch, {"others": opened()})
    results: list[Result] = []
    items = (Item(Path(str(at))) for at in range(500))
    run = classify_items(items, tiny_classifier, options=Options(workers=2), control=control)
    results.append(next(run))
    control.pause()
    collecting = Thread(target=lambda: results.extend(run))
    collecting.start()
    collecting.join(0.3)
    assert collecting.is_alive()
    assert len(begun) <= 2 * WINDOW_PER_WORKER + 1
    control.go_on()
    collecting.join(10)
    assert [result.number for result in results] == list(range(500))


def test_stop_ends_a_pause(tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()
    held_up(monkeypatch, {"others": opened()})
    control.pause()
    run = classify_items((Item(Path(str(at))) for at in range(50)), tiny_classifier, control=control)
    Timer(0.1, control.stop).start()
    assert list(run) == []


def test_nothing_to_do_at_the_moment_delivers_what_is_ready(tiny_classifier: Classifier, tmp_path: Path) -> None:
    files = [write_picture(tmp_path / f"{at}.png") for at in range(3)]
    delivered: list[int] = []

    def items() -> Iterator[Item | None]:
        yield Item(files[0])
        while not delivered:
            yield None
        yield Item(files[1])
        while len(delivered) < 2:
            yield None
        yield Item(files[2])

    for result in classify_items(items(), tiny_classifier):
        delivered.append(result.number)
    assert delivered == [0, 1, 2]


def test_items_are_asked_for_only_as_they_are_needed(tiny_classifier: Classifier, tmp_path: Path) -> None:
    asked = 0

    def items() -> Iterator[Item]:
        nonlocal asked
        for at in range(10_000):
            asked += 1
            yield Item(tmp_path / str(at))

    results = classify_items(items(), tiny_classifier, options=Options(workers=2))
    next(results)
    assert asked <= 2 * WINDOW_PER_WORKER + 1
    results.close()  # type: ignore[attr-defined]


def test_error_in_the_items_ends_the_run(tiny_classifier: Classifier, tmp_path: Path) -> None:
    def items() -> Iterator[Item]:
        yield Item(write_picture(tmp_path / "a.png"))
        raise OSError("the drive is gone")

    with pytest.raises(OSError, match="the drive is gone"):
        list(classify_items(items(), tiny_classifier))


def test_embedding_comes_where_it_is_asked_for(tiny_classifier: Classifier, tmp_path: Path) -> None:
    item = Item(write_picture(tmp_path / "a.png"))
    assert classify_item(item, tiny_classifier).embedding is None
    embedding = classify_item(item, tiny_classifier, options=Options(embedding=True)).embedding
    assert embedding is not None
    assert embedding.model_digest == tiny_classifier.ref.digest


def test_result_keeps_no_content_of_an_archive(tiny_classifier: Classifier, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png")
    item = replace(Item(tmp_path / "a.tar.gz", "a.png"), content=picture.read_bytes())
    result = classify_item(item, tiny_classifier)
    assert isinstance(result.outcome, Classified)
    assert result.item.content is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads a thread's nice value as Linux has it")
def test_workers_give_way_where_that_is_asked_for_and_nobody_else_does(
    tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    nice: list[int] = []

    def look(item: Item, _classifier: object, _mix: object, _options: object, number: int) -> Result:
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return Result(number, item, Rejected(item.path, RejectionReason.EMPTY, "Empty."))

    monkeypatch.setattr("skindesk.services.batch.engine.classify_item", look)
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    for low in (False, True):
        list(classify_items([Item(Path("a"))], tiny_classifier, options=Options(workers=1, low_priority=low)))
    assert nice == [own, max(own, 10)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own
