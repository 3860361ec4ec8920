"""Takes pictures with a camera or a USB dermatoscope: aim, freeze, take."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk.bootstrap import Workspace
from skindesk.domain.errors import SkinDeskError
from skindesk.gui.background import Background
from skindesk.gui.clipboard import copy_text
from skindesk.gui.incoming.camera_support import CameraUnavailableError, install_command, missing_library
from skindesk.gui.incoming.live_view import LiveView
from skindesk.gui.incoming.still import still_name, still_png
from skindesk.gui.shortcuts import offer_shortcuts
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.words import translate

if TYPE_CHECKING:
    from skindesk.gui.incoming.camera_feed import CameraFeed

_SIZE = QSize(880, 680)
_CHOICE_PX = 260


@dataclass(frozen=True)
class Patience:
    """How long no frame may come before it is told, in milliseconds."""

    first_ms: int = 8000
    """Some dermatoscopes warm up for seconds."""
    later_ms: int = 3000


class CameraDialog(QDialog):
    """Shows the camera that was used last, or the first. It releases the camera however it is closed.

    What is taken is the frame in sight, frozen or not.
    """

    taken = Signal(str, object)
    """A picture was taken: a file name, and the PNG's bytes."""
    camera_chosen = Signal(str)
    """The user has chosen a camera, by its name, to be remembered."""

    def __init__(
        self,
        background: Background,
        feed: "CameraFeed | CameraUnavailableError",
        last: str = "",
        parent: QWidget | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Camera"))
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        self._background, self._wanted = background, last
        self._patience = patience or Patience()
        self._feed = None if isinstance(feed, CameraUnavailableError) else feed
        self._trouble: SkinDeskError | None = feed if isinstance(feed, CameraUnavailableError) else None
        self._running = ""
        """The camera whose frames come, or are to come."""
        self._lost = self._frozen = self._busy = False
        self._count = 0
        self.notice = Notice()
        self.view = LiveView()
        self.choice = QComboBox()
        self.stay_box = QCheckBox(self.tr("Stay open to take more"))
        self.freeze_button = _button("", self.tr("Freeze the picture"))
        self.take_button = _button(self.tr("Take  Enter"), self.tr("Take the picture in sight"))
        self.close_button = _button(self.tr("Close"), self.tr("Close the camera"))
        self._told = text_label("", "secondary")
        can_install = self._trouble is not None and install_command() in self._trouble.advice
        self._empty = EmptyState("camera-slash", "", "", self.tr("Copy command") if can_install else None)
        self._stack = QStackedWidget()
        self._stall = QTimer(self, singleShot=True)
        self._lay_out()
        self._connect()
        offer_shortcuts(self)
        self._show()
        QTimer.singleShot(0, self, self._begin)  # once the window is there

    def words(self) -> str:
        """What stands in the place of the picture; empty while there is one."""
        return self._empty.words() if self._stack.currentWidget() is self._empty else ""

    @property
    def is_frozen(self) -> bool:
        """Whether the picture stands still because the user wants it so."""
        return self._frozen

    def toggle_freeze(self) -> None:
        """Hold the frame in sight, or go on."""
        self._frozen = self.view.image is not None and not self._frozen
        if self._frozen:
            self._stall.stop()
            self._show()
        else:
            self._go_on()

    def take(self) -> None:
        """Take the frame in sight."""
        image = self.view.image
        if image is None or self._busy:
            return
        self._busy = True
        self.notice.clear()
        self._show()
        taken_at = datetime.now().astimezone()
        work = partial(still_png, image, taken_at, self._wanted)
        self._background.start(work, partial(self._taken, still_name(taken_at)), self._not_taken)

    def done(self, result: int) -> None:
        """Release the camera, then close: also when the program locks."""
        self._stop()
        super().done(result)

    def _begin(self) -> None:
        if self._feed is not None:
            self._feed.ask_permission()

    def _permitted(self, allowed: bool) -> None:
        if allowed:
            self._follow_cameras()
        else:
            self._fail(
                self.tr("This computer does not let SkinDesk use cameras."),
                self.tr("Allow it in the system's privacy settings, then open the camera again."),
            )

    def _follow_cameras(self) -> None:
        """Show which cameras there are now, and start the wanted one where it has come."""
        names = () if self._feed is None else self._feed.cameras()
        self.choice.clear()
        self.choice.addItems(names)
        self.choice.setCurrentIndex(self.choice.findText(self._running))
        if self._running in names:
            return
        if self._running:
            self._lost = True
            self._fail(
                self.tr("{camera} was unplugged.").format(camera=self._running),
                self.tr("Plug it in again, or choose another camera."),
            )
        elif self._wanted in names:
            self._start(self._wanted)
        elif not names:
            self._fail(
                self.tr("No camera was found."),
                self.tr("Connect a camera or a USB dermatoscope: it is found by itself."),
            )
        elif not self._lost:
            self._start(names[0])

    def _choose(self) -> None:
        name = self.choice.currentText()
        self._lost = False
        self.camera_chosen.emit(name)
        self._start(name)

    def _start(self, name: str) -> None:
        assert self._feed is not None
        self._stop()
        self._running = self._wanted = name
        self._trouble, self._frozen = None, False
        self.choice.setCurrentIndex(self.choice.findText(name))
        self.view.show_frame(None)
        self._stall.start(self._patience.first_ms)
        self._show()
        self._feed.start(name)

    def _stop(self) -> None:
        self._stall.stop()
        self._running = ""
        if self._feed is not None:
            self._feed.stop()

    def _fail(self, what: str, advice: str) -> None:
        """The camera is released; a frozen frame can still be taken."""
        self._stop()
        self._trouble = CameraUnavailableError(what, advice)
        if not self._frozen:
            self.view.show_frame(None)
        self._show()

    def _failed(self, words: str) -> None:
        self._fail(
            self.tr("{camera} cannot be used: {words}.").format(camera=self._wanted, words=words.rstrip(".")),
            self.tr("Close other programs that use it, then choose it again."),
        )

    def _stalled(self) -> None:
        """What stands still must not look alive; where frames come again, it goes on by itself."""
        self._trouble = CameraUnavailableError(
            self.tr("No picture comes from {camera}.").format(camera=self._running),
            self.tr("Close other programs that use it, or unplug it and plug it in again."),
        )
        self.view.show_frame(None)
        self._show()

    def _show_frame(self, image: QImage) -> None:
        if not self._running or self._frozen:
            return
        waited = self.view.image is None
        self._trouble = None
        self.view.show_frame(image)
        self._stall.start(self._patience.later_ms)
        if waited:
            self._show()

    def _taken(self, name: str, content: bytes) -> None:
        self._busy = self._frozen = False
        self._count += 1
        if self.stay_box.isChecked():
            self._told.setText(self.tr("{n} taken").format(n=self._count))
            self._go_on()
        else:
            self.accept()
        self.taken.emit(name, content)

    def _go_on(self) -> None:
        """From a frozen frame to the frames that come, or to why none comes."""
        if self._running:
            self._stall.start(self._patience.later_ms)
        else:
            self.view.show_frame(None)
        self._show()

    def _not_taken(self, error: Exception) -> None:
        self._busy = False
        self.notice.show_error(error)
        self._show()

    def _show(self) -> None:
        """Show the frame, or why there is none, and what can be done now."""
        there = self.view.image is not None
        if not there:
            waiting = self.tr("Waiting for {camera}…").format(camera=self._running) if self._running else ""
            trouble = self._trouble
            self._empty.set_words(trouble.what if trouble else waiting, trouble.advice if trouble else "")
        if there and self._stack.currentWidget() is not self.view:
            self._stack.setCurrentWidget(self.view)
            self.view.setFocus()  # for Space
        elif not there:
            self._stack.setCurrentWidget(self._empty)
        self.view.show_caption(self.tr("Frozen: Enter takes it, Space goes on") if self._frozen else "")
        self.freeze_button.setText(self.tr("Go on  Space") if self._frozen else self.tr("Freeze  Space"))
        self.freeze_button.setEnabled(there and not self._busy)
        self.freeze_button.setChecked(self._frozen)
        self.take_button.setEnabled(there and not self._busy)
        self.choice.setEnabled(self.choice.count() > 0 and not self._busy)

    def _connect(self) -> None:
        self._stall.timeout.connect(self._stalled)
        self._empty.activated.connect(lambda: copy_text(install_command()))
        self.view.freeze_wanted.connect(self.toggle_freeze)
        self.freeze_button.clicked.connect(lambda _checked: self.toggle_freeze())
        self.take_button.clicked.connect(self.take)
        self.close_button.clicked.connect(self.reject)
        self.choice.activated.connect(lambda _index: self._choose())
        if self._feed is not None:
            self._feed.setParent(self)
            self._feed.permitted.connect(self._permitted)
            self._feed.cameras_changed.connect(self._follow_cameras)
            self._feed.failed.connect(self._failed)
            self._feed.frame_came.connect(self._show_frame)

    def _lay_out(self) -> None:
        self.choice.setAccessibleName(self.tr("Camera"))
        self.choice.setFixedWidth(_CHOICE_PX)
        self.choice.setPlaceholderText(self.tr("Choose a camera"))
        self.freeze_button.setCheckable(True)
        self.take_button.setProperty("kind", "primary")
        self.take_button.setDefault(True)
        set_icon(self.take_button, "camera", "on_accent")
        for page in (self._empty, self.view):
            self._stack.addWidget(page)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choice)
        row.addWidget(self.stay_box)
        row.addWidget(self._told)
        row.addStretch(1)
        for button in (self.close_button, self.freeze_button, self.take_button):
            row.addWidget(button)
        for control in (self.choice, self.stay_box, self.freeze_button, self.take_button):
            control.setVisible(self._feed is not None)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)
        column.addLayout(row)


def open_camera(workspace: Workspace, background: Background, parent: QWidget) -> CameraDialog:
    """Open the camera over a window; what is taken comes by the dialog's `taken`. The choice of camera is kept."""
    dialog = CameraDialog(background, _feed(), workspace.settings.camera, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.camera_chosen.connect(partial(_remember, workspace, dialog))
    dialog.open()
    return dialog


def _feed() -> "CameraFeed | CameraUnavailableError":
    missing = missing_library()
    if missing is not None:
        return missing
    try:
        from skindesk.gui.incoming.camera_feed import CameraFeed

        return CameraFeed()
    except ImportError as error:  # a library of the system that QtMultimedia needs
        return CameraUnavailableError(
            translate("camera", "The camera part of SkinDesk cannot be loaded: {error}.").format(error=error),
            translate("camera", "Install what is missing, then open the camera again."),
        )


def _remember(workspace: Workspace, dialog: CameraDialog, name: str) -> None:
    try:
        workspace.change_settings(replace(workspace.settings, camera=name))
    except OSError as error:
        words = translate("camera", "The choice of camera could not be kept: {0}.").format(error.strerror or error)
        dialog.notice.show_error(words)


def _button(words: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setAccessibleName(name)
    button.setAutoDefault(False)
    return button
