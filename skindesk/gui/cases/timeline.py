"""A lesion's timeline: a strip of pictures with dates and what was thought of each, the earliest on the left."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from skindesk.domain.case import Case
from skindesk.gui.cases.thumbnail import Thumbnail
from skindesk.gui.cases.timeline_entries import Diagnosed, Seen, first_and_latest, timeline_of
from skindesk.gui.cases.timeline_tile import DiagnosisTile, VisitTile
from skindesk.gui.widgets.empty_state import EmptyState

_EMPTY_PX = 200
_SCROLL_BAR_PX = 16


class Timeline(QScrollArea):
    """Scrolls sideways only. Up to two pictures can be ticked for a comparison."""

    opened = Signal(object, object)
    """This StoredPicture of this Visit is wanted large."""
    removal_wanted = Signal(object, object)
    file_wanted = Signal(object)
    ticks_changed = Signal()

    def __init__(self, correcting: bool, exporting: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._correcting, self._exporting = correcting, exporting
        self._ticked: list[int] = []
        self._case: Case | None = None
        self.tiles: list[VisitTile] = []
        """The visits' tiles, the earliest first."""
        self.setAccessibleName(self.tr("Timeline"))
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_case(self, case: Case, names: Mapping[str, str]) -> None:
        """Show a lesion's timeline, and its latest step first."""
        self._case = case
        self._ticked = []
        self.tiles = []
        strip = QWidget()
        strip.setProperty("role", "scrolled")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, _SCROLL_BAR_PX)
        row.setSpacing(8)
        for entry in timeline_of(case):
            row.addWidget(self._seen(entry, names) if isinstance(entry, Seen) else self._diagnosed(entry, names))
        if row.count():
            row.addStretch(1)
        else:
            row.addWidget(self._nothing())
        self.setWidget(strip)
        self.setFixedHeight(strip.sizeHint().height())
        QTimer.singleShot(0, self, self._show_latest)
        self.ticks_changed.emit()

    def thumbnails(self) -> dict[str, Thumbnail]:
        """The thumbnails by their pictures' digests."""
        found = ((tile.seen.picture, tile.thumbnail) for tile in self.tiles)
        return {picture.details.sha256: shown for picture, shown in found if picture is not None and shown is not None}

    def pair(self) -> tuple[int, int] | None:
        """The ids of the two pictures to compare: those ticked, else the first and the latest of one kind."""
        if self._case is None:
            return None
        if len(self._ticked) == 2:
            order = [tile.seen.picture.image_id for tile in self.tiles if tile.seen.picture is not None]
            first, latest = sorted(self._ticked, key=order.index)
            return first, latest
        return first_and_latest(self._case)

    def _seen(self, entry: Seen, names: Mapping[str, str]) -> VisitTile:
        tile = VisitTile(entry, names, self._correcting)
        tile.opened.connect(self.opened)
        tile.removal_wanted.connect(self.removal_wanted)
        tile.ticked.connect(self._tick)
        self.tiles.append(tile)
        return tile

    def _diagnosed(self, entry: Diagnosed, names: Mapping[str, str]) -> DiagnosisTile:
        tile = DiagnosisTile(entry, names, self._exporting)
        tile.file_wanted.connect(self.file_wanted)
        return tile

    def _nothing(self) -> EmptyState:
        words = self.tr("Take one with “New picture…”, or add a review.")
        empty = EmptyState("image", self.tr("No picture of this lesion yet"), words)
        empty.setMinimumHeight(_EMPTY_PX)
        return empty

    def _tick(self, image_id: int, on: bool) -> None:
        """Of three ticked pictures the one ticked first gives way."""
        self._ticked = [ticked for ticked in self._ticked if ticked != image_id] + ([image_id] if on else [])
        for gone in self._ticked[:-2]:
            self._untick(gone)
        self.ticks_changed.emit()

    def _untick(self, image_id: int) -> None:
        for tile in self.tiles:
            if tile.box is not None and tile.seen.picture is not None and tile.seen.picture.image_id == image_id:
                tile.box.setChecked(False)

    def _show_latest(self) -> None:
        bar = self.horizontalScrollBar()
        bar.setValue(bar.maximum())
