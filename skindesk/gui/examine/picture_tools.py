"""Crop, ruler and outline on the picture in sight, and the page of what was measured with them.

What measures loads with the first measuring: the window does not wait for it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from skindesk.domain.measurement import Measurement, Scale
from skindesk.gui.background import Background
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.examine.viewer import PictureTool, Viewer
from skindesk.gui.tools.crop import CropTool
from skindesk.gui.tools.marks import marks_of
from skindesk.gui.tools.measure_sheet import MeasureSheet
from skindesk.gui.tools.outline import OutlineTool
from skindesk.gui.tools.ruler import RulerLine, RulerTool
from skindesk.gui.widgets.quality_words import issue_word
from skindesk.gui.widgets.words import sentence
from skindesk.imaging.decode import DecodedImage

if TYPE_CHECKING:
    from skindesk.imaging.outline import Points
    from skindesk.services.measuring import MeasuredLine


class PictureTools(QObject):
    """Each tool starts from what is known of the picture, and what it gives is kept with the picture."""

    region_taken = Signal(object)
    """The network is to be given this Region of the picture in sight; None is the whole of it."""
    measured = Signal()
    """The picture in sight has another measurement or scale."""
    sheet_wanted = Signal()
    """The page of measurements is to be shown."""

    def __init__(self, viewer: Viewer, sheet: MeasureSheet, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._sheet, self._background = viewer, sheet, background
        self._picture: ExaminedPicture | None = None
        viewer.tool_wanted.connect(self.use)
        sheet.propose_wanted.connect(self.propose)
        sheet.correct_wanted.connect(partial(self.use, PictureTool.OUTLINE))
        sheet.ruler_wanted.connect(partial(self.use, PictureTool.RULER))
        sheet.clear_wanted.connect(self._clear)
        sheet.scale_changed.connect(self._set_scale)

    def show_picture(self, picture: ExaminedPicture | None) -> None:
        """Another picture has come into sight, or something else is known of it."""
        if picture is not self._picture:
            self._viewer.canvas.take_tool(None)
        self._picture = picture
        canvas = self._viewer.canvas
        if picture is None:
            self._sheet.show_measurement(None)
            return
        if canvas.has_picture():
            canvas.show_marks(marks_of(picture.findings or (), issue_word))
            canvas.show_region(picture.region)
            canvas.show_outline(() if picture.measurement is None else picture.measurement.outline)
            canvas.show_scale(None if picture.scale is None else picture.scale.mm_per_px)
        self._sheet.show_measurement(picture.measurement, picture.scale)

    def use(self, kind: PictureTool | None) -> None:
        """Put a tool on the picture; None puts it away."""
        picture = self._picture
        if picture is None or kind is None:
            return
        use: dict[PictureTool, Callable[[ExaminedPicture], None]] = {
            PictureTool.CROP: self._crop,
            PictureTool.RULER: self._rule,
            PictureTool.OUTLINE: self._outline,
        }
        use[kind](picture)

    def propose(self) -> None:
        """Look for the lesion's outline, and measure on it."""
        picture = self._picture
        if picture is not None:
            self._sheet.show_busy()
            image, scale = picture.image, picture.scale
            self._measure(picture, lambda: _proposed(image, scale))

    def _crop(self, picture: ExaminedPicture) -> None:
        tool = CropTool(picture.region or picture.proposed_region)
        tool.taken.connect(self.region_taken)
        self._viewer.use_tool(PictureTool.CROP, tool)

    def _rule(self, picture: ExaminedPicture) -> None:
        image = picture.image
        without = partial(self._use_ruler, picture, None)
        self._background.start(lambda: _suggested(image), partial(self._use_ruler, picture), lambda _error: without())

    def _use_ruler(self, picture: ExaminedPicture, found: "MeasuredLine | None") -> None:
        from skindesk.services.measuring import marks_along

        if picture is not self._picture:
            return
        proposed = None if found is None else RulerLine(found.start, found.end, found.mm_per_px)
        mm_per_px = None if picture.scale is None else picture.scale.mm_per_px
        tool = RulerTool(mm_per_px, partial(marks_along, picture.image), proposed)
        self._sheet.follow_ruler(tool)
        self._viewer.use_tool(PictureTool.RULER, tool)
        self.sheet_wanted.emit()
        self._viewer.canvas.setFocus()

    def _outline(self, picture: ExaminedPicture) -> None:
        from skindesk.imaging.outline import outline_from_points

        points = () if picture.measurement is None else picture.measurement.outline
        tool = OutlineTool(points, outline_from_points)
        tool.taken.connect(partial(self._take_outline, picture))
        self._viewer.use_tool(PictureTool.OUTLINE, tool)
        self.sheet_wanted.emit()
        self._viewer.canvas.setFocus()

    def _take_outline(self, picture: ExaminedPicture, points: "Points") -> None:
        from skindesk.services.measuring import measured

        image, scale = picture.image, picture.scale
        self._measure(picture, lambda: measured(image, points, scale, by_hand=True))

    def _measure(self, picture: ExaminedPicture, work: Callable[[], Measurement]) -> None:
        self._background.start(work, partial(self._take, picture), partial(self._cannot, picture))

    def _take(self, picture: ExaminedPicture, measurement: Measurement | None) -> None:
        picture.measurement = measurement
        if picture is self._picture:
            self.show_picture(picture)
            self.measured.emit()

    def _cannot(self, picture: ExaminedPicture, error: Exception) -> None:
        if picture is self._picture:
            self._sheet.show_trouble(sentence(error))

    def _clear(self) -> None:
        if self._picture is not None:
            self._take(self._picture, None)

    def _set_scale(self, scale: Scale | None) -> None:
        picture = self._picture
        if picture is None:
            return
        picture.set_scale, measurement = scale, picture.measurement
        self._take(picture, None if measurement is None else replace(measurement, scale=picture.scale))


def _proposed(image: DecodedImage, scale: Scale | None) -> Measurement:
    from skindesk.services.measuring import proposed_measurement

    return proposed_measurement(image, scale)


def _suggested(image: DecodedImage) -> "MeasuredLine | None":
    from skindesk.services.measuring import suggested_line

    return suggested_line(image)
