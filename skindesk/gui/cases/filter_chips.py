"""What the list of cases is narrowed by, each part in a chip that takes it away."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from skindesk.domain.case_filter import CaseFilter
from skindesk.gui.cases.filter_words import FilterPart, parts_of
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.flow_layout import FlowLayout

_CROSS_PX = 12


class FilterChips(QWidget):
    """Takes no room while there is nothing to show."""

    filter_left = Signal(object)
    """A part was taken away: the CaseFilter that is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[QPushButton] = []
        self._flow = FlowLayout(self)
        self.hide()

    def show_filter(self, wanted: CaseFilter) -> None:
        """A chip for each part and, beyond one, another for all of them."""
        had_focus = any(chip.hasFocus() for chip in self._chips)
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        parts = list(parts_of(wanted))
        if len(parts) > 1:
            parts.append(FilterPart(self.tr("all of these"), CaseFilter(wanted.words)))
        self._chips = [self._chip(part) for part in parts]
        self.setVisible(bool(parts))
        if had_focus and self._chips:
            self._chips[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def chips(self) -> list[QPushButton]:
        """The chips in their order."""
        return self._chips

    def _chip(self, part: FilterPart) -> QPushButton:
        chip = QPushButton(part.words)
        chip.setProperty("kind", "chip")
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross stands after the word
        set_icon(chip, "x", "muted")
        chip.setIconSize(QSize(_CROSS_PX, _CROSS_PX))
        name = self.tr("Remove the filter: {part}").format(part=part.words)
        chip.setAccessibleName(name)
        chip.setToolTip(name)
        chip.clicked.connect(partial(self.filter_left.emit, part.rest))
        self._flow.addWidget(chip)
        return chip
