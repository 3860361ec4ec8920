"""The patient's record: the body map, and beside it the lesions with the chosen one below them."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from skindesk.domain.people import Person
from skindesk.gui.background import Background
from skindesk.gui.cases.lesion_map import LesionMap
from skindesk.gui.cases.lesion_table import LesionTable
from skindesk.gui.cases.lesion_view import LesionView
from skindesk.gui.cases.patient_header import PatientHeader
from skindesk.gui.cases.patient_record import PatientRecord
from skindesk.gui.cases.thumbnails import ReadPicture
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.reading_area import ReadingArea

_BESIDE_FROM_PX = 720
"""From this width on, the body map has room beside the lesions."""
_MOST_MAP_PX = 460
_MAP_SHARE = 0.36
_MAP_PADDING_PX = 18
_MAP_ABOVE_PX = 420
_UNLIMITED_PX = 16_777_215
"""What Qt takes for no limit."""
_BOTTOM_PX = 24


class PatientView(QWidget):
    """Choosing a lesion on the map or in the table chooses it in both, and tells it."""

    lesion_chosen = Signal(int)
    """The user has chosen another lesion: its number of the case."""

    def __init__(
        self, read: ReadPicture, background: Background, person: Person, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._record: PatientRecord | None = None
        self._is_beside = True
        self.header = PatientHeader(person)
        self.map = LesionMap()
        self.table = LesionTable()
        self.lesion = LesionView(read, background, person)
        words = self.tr("No lesion yet. Choose “Add lesion” and click where it is, or take a picture first.")
        self._no_lesion = _no_lesion_card(words)
        self._area = ReadingArea(self.tr("Record of the patient"), self)
        self._lay_out()
        self.header.lesion_wanted.connect(self.map.begin_placing)
        self.map.lesion_chosen.connect(self._choose)
        self.map.lesion_opened.connect(self._open)
        self.table.lesion_chosen.connect(self._choose)
        self.table.lesion_entered.connect(self.lesion.take_focus)

    @property
    def record(self) -> PatientRecord | None:
        """Whose record is shown."""
        return self._record

    def show_record(self, record: PatientRecord, names: Mapping[str, str]) -> None:
        """Show a record, with these names for label codes; the same patient's page stays where it was scrolled to."""
        another = self._record is None or self._record.patient.patient_id != record.patient.patient_id
        self._record = record
        self.header.show_record(record)
        self.map.show_record(record)
        self.table.show_lesions(record.lesions, record.case_id)
        self.table.setVisible(bool(record.lesions))
        self._no_lesion.setVisible(not record.lesions)
        self.lesion.setVisible(record.chosen is not None)
        if record.chosen is not None:
            self.lesion.show_case(record.chosen, names)
        if another:
            self._area.verticalScrollBar().setValue(0)

    def take_focus(self) -> None:
        """Put the keyboard on the lesions."""
        target: QWidget = self.table if self._record is not None and self._record.lesions else self.header.lesion_button
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow page the body map stands above the lesions, and scrolls with them."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE_FROM_PX
        if beside != self._is_beside:
            self._is_beside = beside
            self._body.setParent(None)
            if beside:
                self._both.insertWidget(0, self._body)
            else:
                self._column.insertWidget(0, self._body)
            self._body.show()
        least = self.map.minimumSizeHint().width() + _MAP_PADDING_PX
        map_px = max(least, min(_MOST_MAP_PX, round(self.width() * _MAP_SHARE)))
        self._body.setMaximumWidth(map_px if beside else _UNLIMITED_PX)
        self._body.setMinimumSize(map_px if beside else 0, 0 if beside else _MAP_ABOVE_PX)

    def _choose(self, case_id: int) -> None:
        if self._record is not None and case_id != self._record.case_id:
            self.lesion_chosen.emit(case_id)

    def _open(self, case_id: int) -> None:
        self._choose(case_id)
        self._area.ensureWidgetVisible(self.lesion.timeline)

    def _lay_out(self) -> None:
        self._body = QFrame()
        self._body.setProperty("role", "card")
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(self.map)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 8, _BOTTOM_PX)
        self._column.setSpacing(16)
        self._column.addWidget(self.table)
        self._column.addWidget(self._no_lesion)
        self._column.addWidget(self.lesion)
        self._column.addStretch(1)
        self._area.hold(content)
        self._both = QHBoxLayout()
        self._both.setSpacing(14)
        self._both.setContentsMargins(0, 2, 0, _BOTTOM_PX)
        self._both.addWidget(self._body)
        self._both.addWidget(self._area, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self.header)
        whole.addLayout(self._both, 1)


def _no_lesion_card(words: str) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    row = QHBoxLayout(card)
    row.setContentsMargins(16, 16, 16, 16)
    row.setSpacing(12)
    row.addWidget(IconLabel("map-pin", "muted", 24), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text_label(words, "muted", wrap=True), 1)
    return card
