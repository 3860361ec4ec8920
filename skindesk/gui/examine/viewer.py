"""The picture's side of the page: tools, the picture or what to do without one, and what file it is."""

from enum import Enum, auto
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from skindesk.gui.background import Background
from skindesk.gui.examine.examples import ExampleShelf
from skindesk.gui.theme import set_icon, tabular
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.canvas_tool import CanvasTool
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import ElidedLabel, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.screen_picture import ScreenPicture
from skindesk.gui.widgets.words import sentence

_ZOOM_LABEL_PX = 56


class PictureTool(Enum):
    """The tools that the toolbar offers."""

    CROP = auto()
    RULER = auto()
    OUTLINE = auto()


class Viewer(QWidget):
    """Shows one of: nothing yet, a file that could not be read, a picture."""

    open_wanted = Signal()
    camera_wanted = Signal()
    map_toggled = Signal(bool)
    tool_wanted = Signal(object)
    """The user wants to use this PictureTool, or none any more."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = PictureCanvas()
        self.notice = Notice()
        self.shelf = ExampleShelf(background)
        self._open_text = self.tr("Open a photograph  Ctrl+O")
        self._empty = EmptyState(
            "image",
            self.tr("No picture yet"),
            self.tr("Drop a photograph here, press Ctrl+O, or paste with Ctrl+V."),
            self._open_text,
        )
        self._empty.column.insertWidget(self._empty.column.count() - 1, self.shelf, 0, Qt.AlignmentFlag.AlignHCenter)
        self._empty.column.insertSpacing(self._empty.column.count() - 2, 32)
        self._failed = EmptyState("file-x", "", "", self.tr("Open another photograph  Ctrl+O"))
        self._stack = QStackedWidget()
        for page in (self._empty, self._failed, self.canvas):
            self._stack.addWidget(page)
        self._used: PictureTool | None = None
        self._name = ElidedLabel("", "secondary")
        self._zoom = text_label("", "secondary")
        self._lay_out()
        self._empty.activated.connect(self.open_wanted)
        self._failed.activated.connect(self.open_wanted)
        self.canvas.zoom_changed.connect(self._show_zoom)
        self.canvas.tool_changed.connect(self._tool_changed)
        self.show_nothing()

    def show_nothing(self) -> None:
        """There is no picture."""
        self._show(self._empty)

    def show_failure(self, error: Exception) -> None:
        """A file could not be shown: say so where the picture would be."""
        what = getattr(error, "what", None) or sentence(error)
        self._failed.set_words(what, getattr(error, "advice", ""))
        self._show(self._failed)

    def show_opening(self, name: str) -> None:
        """A picture is being read; the last one is gone, so that it is never taken for this one."""
        self._show(self.canvas)
        self.canvas.clear()
        self._name.set_full_text(self.tr("Opening {name}…").format(name=name))

    def show_picture(self, picture: ScreenPicture, size: tuple[int, int], name: str) -> None:
        """Show a picture, saying so where it is generated; it may be a draft of fewer pixels than `size` has.

        `size` is that of the upright original, width before height; all places are in its pixels.
        """
        self._show(self.canvas)
        self.canvas.show_picture(picture, size)
        self._name.set_full_text(name)
        for button in self._picture_tools:
            button.setEnabled(True)

    def sharpen(self, picture: ScreenPicture) -> None:
        """Put the whole picture in the place of its draft; what is in view, laid over it and in use stays.

        Raises ValueError where no picture of its shape is shown.
        """
        self.canvas.sharpen(picture)

    def use_tool(self, kind: PictureTool, tool: CanvasTool) -> None:
        """Put a tool on the picture; its button stays down until it is put away.

        Raises ValueError where there is no picture.
        """
        self.canvas.take_tool(tool)
        self._press_only(kind)

    def failure(self) -> str:
        """The sentence in the picture's place, if it could not be shown."""
        return self._failed.words() if self._stack.currentWidget() is self._failed else ""

    def allow_map(self, allowed: bool) -> None:
        """Whether there is a map to show."""
        self.map_button.setEnabled(allowed)

    def show_map(self, heat: NDArray[np.float32] | None, name: str = "") -> None:
        """Lay a class's map over the picture and say what it means; None takes it away. Sends no signal."""
        words = self.tr("Where the network found support for {name}. It does not show why, nor where the lesion ends.")
        self.canvas.set_overlay(heat, words.format(name=name))
        self.map_button.blockSignals(True)
        self.map_button.setChecked(heat is not None)
        self.map_button.blockSignals(False)

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self._name.set_full_text("")
        self._zoom.setText("")
        if page is not self.canvas:
            self.canvas.clear()
        for button in self._picture_tools:
            button.setEnabled(False)
        self.allow_map(False)
        self.show_map(None)

    def _tool_changed(self, tool: CanvasTool | None) -> None:
        if tool is None:
            self._press_only(None)

    def _press_only(self, kind: PictureTool | None) -> None:
        self._used = kind
        for each, button in self.tool_buttons.items():
            button.setChecked(each is kind)

    def _ask_for(self, kind: PictureTool) -> None:
        """Ask for a tool, or put it away; a button stays down only while its tool is there."""
        if self._used is kind:
            self.canvas.take_tool(None)
            self.tool_wanted.emit(None)
        else:
            self.tool_wanted.emit(kind)
        self._press_only(self._used)

    def _show_zoom(self, scale: float) -> None:
        self._zoom.setText(f"{scale * 100:.0f}\u00a0%")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._toolbar())
        holder = QWidget()
        margins = QVBoxLayout(holder)
        margins.setContentsMargins(16, 8, 16, 8)
        margins.addWidget(self.notice)
        self.notice.shown_changed.connect(holder.setVisible)
        holder.hide()
        column.addWidget(holder)
        column.addWidget(self._stack, 1)

    def _toolbar(self) -> QWidget:
        bar = QFrame()
        bar.setProperty("role", "toolbar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 16, 4)
        row.setSpacing(4)
        opener = _tool("folder-open", self.tr("Open"), self.tr("Open a photograph (Ctrl+O)"), words=True)
        opener.clicked.connect(self.open_wanted)
        camera = _tool("camera", self.tr("Camera"), self.tr("Take a picture with a camera (Ctrl+T)"))
        camera.clicked.connect(self.camera_wanted)
        fit = _tool("frame-corners", self.tr("Fit"), self.tr("Fit the picture (0)"))
        fit.clicked.connect(self.canvas.fit)
        closer = _tool("magnifying-glass-plus", self.tr("Zoom in"), self.tr("Zoom in (+)"))
        closer.clicked.connect(self.canvas.zoom_in)
        farther = _tool("magnifying-glass-minus", self.tr("Zoom out"), self.tr("Zoom out (-)"))
        farther.clicked.connect(self.canvas.zoom_out)
        self.map_button = _tool("map-trifold", self.tr("Map"), self.tr("Show or hide the map (M)"), words=True)
        self.map_button.setCheckable(True)
        self.map_button.toggled.connect(self.map_toggled)
        QShortcut(QKeySequence("M"), self, self.map_button.click)
        self.tool_buttons = {
            PictureTool.CROP: _tool("crop", self.tr("Crop"), self.tr("Look at a part of the picture only (C)")),
            PictureTool.RULER: _tool("ruler", self.tr("Ruler"), self.tr("Measure a line, set the scale (R)")),
            PictureTool.OUTLINE: _tool("polygon", self.tr("Outline"), self.tr("Draw or correct the outline (O)")),
        }
        for kind, button in self.tool_buttons.items():
            button.setCheckable(True)
            button.clicked.connect(partial(self._ask_for, kind))
        self._picture_tools = (fit, closer, farther, *self.tool_buttons.values())
        self._zoom.setFont(tabular(self._zoom.font()))
        self._zoom.setFixedWidth(_ZOOM_LABEL_PX)
        view = (fit, farther, closer, self._zoom)
        for widget in (opener, camera, *view, *self.tool_buttons.values(), self.map_button):
            row.addWidget(widget)
        row.addSpacing(12)
        row.addWidget(self._name, 1)
        self.panel_button = _tool("list-numbers", self.tr("Steps"), self.tr("Show or hide the steps"))
        self.panel_button.setCheckable(True)
        self.panel_button.setChecked(True)
        row.addWidget(self.panel_button)
        return bar


def _tool(icon_name: str, name: str, tip: str, words: bool = False) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "tool")
    set_icon(button, icon_name)
    button.setText(name)
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
    button.setToolButtonStyle(style)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
