"""The live pictures of a camera. Importing this loads QtMultimedia, an optional part: only when a camera is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QCameraPermission, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QImage, QTransform
from PySide6.QtMultimedia import QCamera, QCameraDevice, QMediaCaptureSession, QMediaDevices, QVideoFrame, QVideoSink

from skindesk.gui.widgets.words import translate

_AT_MOST_EVERY_S = 0.04
"""A frame of 1920 x 1080 takes 6 ms to convert, so that 25 a second leave the window free."""
_LEAST_PER_S = 5
"""Slower than this, nobody can aim a dermatoscope."""


@dataclass(frozen=True)
class Mode:
    """What a camera can deliver."""

    width_px: int
    height_px: int
    most_per_s: float


class CameraFeed(QObject):
    """At most one camera at a time, from `start` to `stop`.

    A still is a frame of the stream: Qt's own image capture (6.11, FFmpeg) takes the next frame as well.
    """

    frame_came = Signal(object)
    """A QImage as the camera sees it: upright, never mirrored, in full resolution."""
    cameras_changed = Signal()
    """A camera was plugged in or unplugged."""
    permitted = Signal(bool)
    """Whether the system lets the program use cameras."""
    failed = Signal(str)
    """The camera has ended with an error, in the system's words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self.session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._take)
        self._camera: QCamera | None = None
        self._running = False
        self._last_s = 0.0
        self._media = QMediaDevices(self)
        self._media.videoInputsChanged.connect(self.cameras_changed)

    def ask_permission(self) -> None:
        """Ask the system, which may ask the user; `permitted` follows."""
        application = QCoreApplication.instance()
        permission = QCameraPermission()
        if application is None or application.checkPermission(permission) is not Qt.PermissionStatus.Undetermined:
            allowed = application is None or application.checkPermission(permission) is Qt.PermissionStatus.Granted
            self.permitted.emit(allowed)
            return
        application.requestPermission(
            permission, self, lambda asked: self.permitted.emit(asked.status() is Qt.PermissionStatus.Granted)
        )

    def cameras(self) -> tuple[str, ...]:
        """The names of the cameras there are, the system's own choice first; each once."""
        return tuple(dict.fromkeys(device.description() for device in self._devices()))

    def start(self, name: str) -> None:
        """Deliver the frames of a camera from now on."""
        self.stop()
        self._running = True
        self.plug_in(name)

    def stop(self) -> None:
        """Release the camera; no frame comes any more."""
        self._running = False
        if self._camera is not None:
            self._camera.stop()
            self.session.setCamera(None)  # type: ignore[arg-type]
            self._camera.deleteLater()
            self._camera = None

    def plug_in(self, name: str) -> None:
        """Join a camera to the session, in the mode that shows most."""
        device = next((device for device in self._devices() if device.description() == name), None)
        if device is None:
            self.failed.emit(translate("camera", "it is not connected any more"))
            return
        self._camera = QCamera(device, self)
        formats = device.videoFormats()
        best = best_mode(
            [Mode(form.resolution().width(), form.resolution().height(), form.maxFrameRate()) for form in formats]
        )
        if best is not None:
            self._camera.setCameraFormat(formats[best])
        self._camera.errorOccurred.connect(self._fail)
        self.session.setCamera(self._camera)
        self._camera.start()

    def _devices(self) -> list[QCameraDevice]:
        return sorted(QMediaDevices.videoInputs(), key=lambda device: not device.isDefault())

    def _fail(self, error: QCamera.Error, words: str) -> None:
        if error is not QCamera.Error.NoError:
            self.failed.emit(words)

    def _take(self, frame: QVideoFrame) -> None:
        now_s = monotonic()
        if not self._running or not frame.isValid() or now_s - self._last_s < _AT_MOST_EVERY_S:
            return
        image = upright(frame)
        if not image.isNull():
            self._last_s = now_s
            self.frame_came.emit(image)


def best_mode(modes: Sequence[Mode]) -> int | None:
    """The index of the mode with most pixels that still shows movement, the fastest of equals; None of none."""
    if not modes:
        return None
    shown = [place for place, mode in enumerate(modes) if mode.most_per_s >= _LEAST_PER_S] or range(len(modes))
    return max(shown, key=lambda place: (modes[place].width_px * modes[place].height_px, modes[place].most_per_s))


def upright(frame: QVideoFrame) -> QImage:
    """A frame as the camera sees it: some mirror themselves for their owner's face, and a lesion would change sides."""
    image = frame.toImage()  # turned and mirrored by its surface's format already, not by the frame's own (6.11)
    if frame.surfaceFormat().isMirrored():
        image = image.flipped(Qt.Orientation.Horizontal)
    angle_deg = frame.rotation().value
    return image.transformed(QTransform().rotate(angle_deg)) if angle_deg else image
