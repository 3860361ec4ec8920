"""The camera dialog on a painted camera, whose frames go through Qt's real session and sink."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PIL import Image
from PySide6.QtCore import QLoggingCategory, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.gui.background import Background
from skindesk.gui.incoming.camera_dialog import CameraDialog, Patience, open_camera
from skindesk.gui.incoming.camera_support import CameraUnavailableError, install_command
from skindesk.gui.incoming.still import still_png
from skindesk.system.settings import load_settings
from tests.gui.controls import nameless

pytest.importorskip("PySide6.QtMultimedia", reason="the camera part is not installed")

from PySide6.QtMultimedia import QtVideo, QVideoFrame, QVideoFrameFormat, QVideoFrameInput

from skindesk.gui.incoming import camera_feed
from skindesk.gui.incoming.camera_feed import CameraFeed, Mode, best_mode, upright

pytestmark = pytest.mark.qt_log_ignore("No RHI backend", extend=True)  # frames are converted without a graphics card
RED, BLUE = QColor(200, 30, 30), QColor(30, 30, 200)
WIDTH_PX, HEIGHT_PX = 320, 240
IMPATIENT = Patience(first_ms=400, later_ms=200)
CALM = Patience(first_ms=60_000, later_ms=60_000)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What Qt's multimedia plugin does not find on this machine is not about the program."""
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")
    yield
    QLoggingCategory.setFilterRules("")


class PaintedFeed(CameraFeed):
    """Cameras that show what the test paints."""

    def __init__(self, *names: str, allowed: bool = True) -> None:
        super().__init__()
        self.names, self.allowed = names, allowed
        self.plugged = ""
        self._input: QVideoFrameInput | None = None

    def cameras(self) -> tuple[str, ...]:
        return self.names

    def ask_permission(self) -> None:
        self.permitted.emit(self.allowed)

    def plug_in(self, name: str) -> None:
        self.plugged = name
        self._input = QVideoFrameInput(self)
        self.session.setVideoFrameInput(self._input)

    def stop(self) -> None:
        super().stop()
        self.plugged = ""

    def have(self, *names: str) -> None:
        self.names = names
        self.cameras_changed.emit()

    def send(self, colour: QColor = RED) -> None:
        image = QImage(WIDTH_PX, HEIGHT_PX, QImage.Format.Format_RGB32)
        image.fill(colour)
        image.setPixelColor(0, 0, BLUE)
        if self._input is not None:
            self._input.sendVideoFrame(QVideoFrame(image))


Opened = Callable[..., CameraDialog]


@pytest.fixture
def opened(background: Background, qtbot: QtBot) -> Opened:
    def make(feed: CameraFeed | CameraUnavailableError, last: str = "", patience: Patience = CALM) -> CameraDialog:
        dialog = CameraDialog(background, feed, last, patience=patience)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.open()
        return dialog

    return make


def wait_for_picture(qtbot: QtBot, dialog: CameraDialog, feed: PaintedFeed, colour: QColor = RED) -> None:
    def shown() -> bool:
        feed.send(colour)
        image = dialog.view.image
        return image is not None and image.pixelColor(5, 5) == colour

    qtbot.waitUntil(shown)


def test_the_first_camera_is_shown_at_once(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("Webcam", "HD dermatoscope")
    dialog = opened(feed)
    qtbot.waitUntil(lambda: dialog.words() == "Waiting for Webcam…")
    assert not dialog.take_button.isEnabled()
    wait_for_picture(qtbot, dialog, feed)
    assert dialog.words() == ""
    assert dialog.take_button.isEnabled()
    assert dialog.view.hasFocus()
    assert nameless(dialog) == []


def test_the_camera_that_was_used_last_is_taken_again(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("Webcam", "HD dermatoscope")
    dialog = opened(feed, "HD dermatoscope")
    qtbot.waitUntil(lambda: feed.plugged == "HD dermatoscope")
    assert dialog.choice.currentText() == "HD dermatoscope"


def test_another_camera_is_started_and_remembered(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("Webcam", "HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    dialog.choice.setFocus()
    with qtbot.waitSignal(dialog.camera_chosen) as chosen:
        QTest.keyClick(dialog.choice, Qt.Key.Key_Down)
    assert chosen.args == ["HD dermatoscope"]
    assert feed.plugged == "HD dermatoscope"
    assert dialog.view.image is None, "the last camera's frame is never taken for this one's"


def test_enter_takes_the_picture_in_full_resolution_and_closes(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    with qtbot.waitSignal(dialog.taken) as taken:
        QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    name, content = taken.args
    assert name.startswith("camera 20")
    assert name.endswith(".png")
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (WIDTH_PX, HEIGHT_PX)
        assert picture.getpixel((5, 5)) == RED.toTuple()[:3]
        assert picture.getexif()[0x0110] == "HD dermatoscope"
    assert not dialog.isVisible()
    assert feed.plugged == ""


def test_what_was_frozen_is_what_is_taken(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    assert dialog.is_frozen
    assert dialog.freeze_button.text() == "Go on  Space"
    frames: list[QImage] = []
    feed.frame_came.connect(frames.append)

    def blue_came() -> bool:
        feed.send(BLUE)
        return bool(frames)

    qtbot.waitUntil(blue_came)
    with qtbot.waitSignal(dialog.taken) as taken:
        dialog.take_button.click()
    with Image.open(io.BytesIO(taken.args[1])) as picture:
        assert picture.getpixel((5, 5)) == RED.toTuple()[:3]


def test_space_lets_a_frozen_picture_go_on(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    assert not dialog.is_frozen
    wait_for_picture(qtbot, dialog, feed, BLUE)


def test_several_pictures_can_be_taken_without_closing(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    dialog.stay_box.setChecked(True)
    for colour in (RED, BLUE):
        wait_for_picture(qtbot, dialog, feed, colour)
        with qtbot.waitSignal(dialog.taken):
            dialog.take()
    assert dialog.isVisible()
    assert feed.plugged == "HD dermatoscope"


def test_frames_that_stop_do_not_look_alive_and_come_back_by_themselves(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed, patience=IMPATIENT)
    wait_for_picture(qtbot, dialog, feed)
    qtbot.waitUntil(lambda: dialog.words().startswith("No picture comes from HD dermatoscope."))
    assert not dialog.take_button.isEnabled()
    wait_for_picture(qtbot, dialog, feed)
    assert dialog.words() == ""


def test_a_camera_that_never_delivers_is_told(opened: Opened, qtbot: QtBot) -> None:
    dialog = opened(PaintedFeed("HD dermatoscope"), patience=IMPATIENT)
    qtbot.waitUntil(lambda: "unplug it and plug it in again" in dialog.words())


def test_a_frozen_picture_is_not_told_as_stalled(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed, patience=IMPATIENT)
    wait_for_picture(qtbot, dialog, feed)
    dialog.toggle_freeze()
    QTest.qWait(3 * IMPATIENT.later_ms)  # nothing is to happen, so there is nothing to wait for
    assert dialog.words() == ""
    assert dialog.take_button.isEnabled()


def test_without_a_camera_it_waits_for_one(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed()
    dialog = opened(feed)
    qtbot.waitUntil(lambda: dialog.words().startswith("No camera was found."))
    assert not dialog.choice.isEnabled()
    feed.have("HD dermatoscope")
    wait_for_picture(qtbot, dialog, feed)
    assert dialog.choice.currentText() == "HD dermatoscope"


def test_a_camera_that_is_unplugged_goes_on_when_it_is_back(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope", "Webcam")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    feed.have("Webcam")
    assert dialog.words() == "HD dermatoscope was unplugged. Plug it in again, or choose another camera."
    assert feed.plugged == "", "a camera that nobody chose is not started"
    feed.have("HD dermatoscope", "Webcam")
    assert feed.plugged == "HD dermatoscope"
    feed.have("HD dermatoscope")
    assert feed.plugged == "HD dermatoscope"


def test_a_frozen_picture_survives_its_camera(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    dialog.toggle_freeze()
    feed.have()
    with qtbot.waitSignal(dialog.taken):
        dialog.take()


def test_a_camera_that_fails_is_released_and_can_be_chosen_again(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    feed.failed.emit("Device is busy.")
    assert dialog.words() == (
        "HD dermatoscope cannot be used: Device is busy. Close other programs that use it, then choose it again."
    )
    assert feed.plugged == ""
    dialog.choice.activated.emit(0)
    wait_for_picture(qtbot, dialog, feed)


def test_a_system_that_refuses_is_told(opened: Opened, qtbot: QtBot) -> None:
    feed = PaintedFeed("HD dermatoscope", allowed=False)
    dialog = opened(feed)
    qtbot.waitUntil(lambda: "does not let SkinDesk use cameras" in dialog.words())
    assert feed.plugged == ""


@pytest.mark.parametrize("end", [QDialog.reject, QDialog.close, lambda dialog: dialog.done(0)])
def test_the_camera_is_released_however_the_dialog_is_closed(
    opened: Opened, qtbot: QtBot, end: Callable[[QDialog], None]
) -> None:
    feed = PaintedFeed("HD dermatoscope")
    dialog = opened(feed)
    wait_for_picture(qtbot, dialog, feed)
    end(dialog)
    assert feed.plugged == ""
    assert not dialog.isVisible()


def test_without_the_camera_part_the_dialog_gives_the_exact_command(
    workspace: Workspace, background: Background, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.gui.incoming.camera_support.find_spec", lambda _name: None)
    window = QWidget()
    qtbot.addWidget(window)
    dialog = open_camera(workspace, background, window)
    assert dialog.words().startswith("The camera part of SkinDesk is not installed.")
    assert install_command() in dialog.words()
    assert sys.executable in install_command()
    assert not dialog.take_button.isVisible()
    (copy,) = [button for button in dialog.findChildren(QPushButton) if button.text() == "Copy command"]
    copy.click()
    assert QGuiApplication.clipboard().text() == install_command()
    dialog.close()


def test_the_choice_of_camera_is_kept(
    workspace: Workspace, background: Background, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_feed, "CameraFeed", lambda: PaintedFeed("Webcam", "HD dermatoscope"))
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    dialog = open_camera(workspace, background, window)
    qtbot.waitUntil(lambda: dialog.choice.count() == 2)
    QTest.keyClick(dialog.choice, Qt.Key.Key_Down)
    assert load_settings(workspace.profile).camera == "HD dermatoscope"
    dialog.close()


def test_the_real_feed_finds_no_camera_here_or_names_each_once(qtbot: QtBot) -> None:
    feed = CameraFeed()
    with qtbot.waitSignal(feed.permitted):
        feed.ask_permission()
    assert len(set(feed.cameras())) == len(feed.cameras())
    with qtbot.waitSignal(feed.failed):
        feed.start("a camera that is not there")
    feed.stop()


def test_the_largest_picture_that_still_moves_is_chosen() -> None:
    modes = [Mode(640, 480, 60), Mode(1920, 1080, 30), Mode(1920, 1080, 60), Mode(3840, 2160, 2)]
    assert best_mode(modes) == 2
    assert best_mode([Mode(640, 480, 1), Mode(3840, 2160, 2)]) == 1
    assert best_mode([]) is None


def half_and_half() -> QVideoFrameFormat:
    return QVideoFrameFormat(QSize(64, 48), QVideoFrameFormat.PixelFormat.Format_YUYV)


def painted(form: QVideoFrameFormat) -> QVideoFrame:
    """A frame that is bright in its left half."""
    frame = QVideoFrame(form)
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    rows = memoryview(frame.bits(0))
    for row in range(48):
        start = row * frame.bytesPerLine(0)
        rows[start : start + 128] = bytes([230, 128] * 32 + [20, 128] * 32)
    frame.unmap()
    return frame


def brightness(image: QImage, at: QPoint) -> int:
    return image.pixelColor(at).lightness()


@pytest.mark.parametrize("how", ["plain", "surface", "frame"])
def test_a_camera_that_mirrors_itself_is_shown_as_it_sees(qtbot: QtBot, how: str) -> None:
    form = half_and_half()
    form.setMirrored(how == "surface")
    frame = painted(form)
    frame.setMirrored(how == "frame")
    image = upright(frame)
    assert brightness(image, QPoint(8, 24)) > brightness(image, QPoint(56, 24))


def test_a_camera_that_lies_on_its_side_is_turned(qtbot: QtBot) -> None:
    frame = painted(half_and_half())
    frame.setRotation(QtVideo.Rotation.Clockwise90)
    image = upright(frame)
    assert (image.width(), image.height()) == (48, 64)
    assert brightness(image, QPoint(24, 8)) > brightness(image, QPoint(24, 56))


def test_a_still_says_when_and_by_what_it_was_taken(qtbot: QtBot) -> None:
    image = QImage(50, 40, QImage.Format.Format_RGB888)  # rows of 150 bytes are padded to 152
    image.fill(RED)
    content = still_png(image, datetime(2026, 11, 21, 17, 26, 5, tzinfo=UTC), "HD dermatoscope")
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.getextrema() == tuple((part, part) for part in RED.toTuple()[:3])
        details = picture.getexif().get_ifd(0x8769)
        assert details[0x9003] == "2026:11:21 17:26:05"
        assert details[0x9011] == "+00:00"


def test_importing_the_dialog_does_not_load_the_camera_part() -> None:
    code = "import sys, skindesk.gui.incoming.camera_dialog\nprint('PySide6.QtMultimedia' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
