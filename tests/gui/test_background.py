import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from skindesk.domain.errors import SkinDeskError
from skindesk.gui.background import Background


def test_the_result_is_delivered_on_the_gui_thread(qtbot: QtBot, background: Background) -> None:
    here, seen = QThread.currentThread(), []
    background.start(threading.get_ident, lambda worker: seen.append((worker, QThread.currentThread())), pytest.fail)
    qtbot.waitUntil(lambda: bool(seen))
    worker, delivered_on = seen[0]
    assert worker != threading.get_ident()
    assert delivered_on is here


def test_expected_trouble_ends_in_failed_and_not_in_done(qtbot: QtBot, background: Background) -> None:
    failures: list[Exception] = []

    def work() -> None:
        raise SkinDeskError("The disk is full.", "Free some space.")

    background.start(work, pytest.fail, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert str(failures[0]) == "The disk is full. Free some space."


def test_a_bug_is_logged_whole(qtbot: QtBot, background: Background, caplog: pytest.LogCaptureFixture) -> None:
    failures: list[Exception] = []
    background.start(lambda: 1 // 0, pytest.fail, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert "ZeroDivisionError" in caplog.text


def test_a_deleted_widget_hears_nothing(qtbot: QtBot, background: Background) -> None:
    label, gate, after = QLabel(), threading.Event(), []
    background.start(lambda: gate.wait() and "text", label.setText, pytest.fail)
    label.deleteLater()
    label.destroyed.connect(lambda: gate.set())
    qtbot.waitUntil(gate.is_set)
    background.start(lambda: None, after.append, pytest.fail)
    qtbot.waitUntil(lambda: bool(after))


def test_stream_delivers_everything_in_order_before_done(qtbot: QtBot, background: Background) -> None:
    items: list[int] = []
    ended: list[list[int]] = []

    def work(emit: Callable[[int], None], stop: threading.Event) -> None:
        for number in range(5000):
            emit(number)

    background.stream(work, items.extend, lambda: ended.append(list(items)), pytest.fail)
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [list(range(5000))]


def test_stream_coalesces_its_deliveries(qtbot: QtBot, background: Background) -> None:
    deliveries: list[list[int]] = []
    ended: list[bool] = []

    def work(emit: Callable[[int], None], stop: threading.Event) -> None:
        for number in range(300):
            emit(number)
            stop.wait(0.001)

    background.stream(work, deliveries.append, lambda: ended.append(True), pytest.fail)
    qtbot.waitUntil(lambda: bool(ended))
    assert len(deliveries) < 30


def test_stopped_stream_ends_in_done(qtbot: QtBot, background: Background) -> None:
    ended: list[bool] = []

    def work(emit: Callable[[int], None], stop: threading.Event) -> None:
        stop.wait()

    stop = background.stream(work, lambda items: None, lambda: ended.append(True), pytest.fail)
    stop.set()
    qtbot.waitUntil(lambda: bool(ended))


def test_closing_waits_for_what_runs_and_delivers_nothing_more(qtbot: QtBot) -> None:
    background, finished = Background(), threading.Event()

    def work(emit: Callable[[int], None], stop: threading.Event) -> None:
        stop.wait()
        finished.set()

    background.stream(work, pytest.fail, lambda: pytest.fail("delivered after closing"), pytest.fail)
    background.close()
    assert finished.is_set()
    qtbot.wait(1)
