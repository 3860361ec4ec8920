"""The measured change beside the pictures: numbers, what they come from, and their limits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from skindesk.gui.compare.words import alignment_words, change_limits, change_rows
from skindesk.gui.theme import tabular
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.reading_area import ReadingArea

if TYPE_CHECKING:
    from skindesk.gui.compare.pictures import Comparison

WIDTH_PX = 300


class ChangePanel(ReadingArea):
    """Says what is being measured, what has changed, or why that cannot be told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Measured change"), parent)
        self.setFixedWidth(WIDTH_PX)
        self._dates = ("", "")
        self.show_dates("", "")

    def show_dates(self, earlier: str, later: str) -> None:
        """Name the two pictures; what was measured of others goes."""
        self._dates = earlier, later
        self._show([])

    def show_busy(self) -> None:
        """Say that it is being measured."""
        self._show([text_label(self.tr("Aligning and measuring…"), "muted", wrap=True)])

    def show_failure(self, text: str) -> None:
        """Say that it could not be measured."""
        self._show([text_label(text, "error", wrap=True)])

    def show_comparison(self, comparison: "Comparison") -> None:
        """Show the numbers and all that limits them."""
        from skindesk.imaging.change import AREA_ERROR

        parts: list[QWidget] = [_row(*row) for row in change_rows(comparison.change)]
        if parts:
            parts.append(hairline())
        limits = [*change_limits(comparison.change, AREA_ERROR), alignment_words(comparison.alignment)]
        self._show([*parts, *(text_label(limit, "secondary", wrap=True) for limit in limits)])

    def _show(self, parts: Sequence[QWidget]) -> None:
        """The heading, the dates and these parts, in the place of what was shown."""
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(self.tr("Measured change"), "section"))
        earlier, later = self._dates
        if earlier:
            words = self.tr("From {earlier} to {later}").format(earlier=earlier, later=later)
            column.addWidget(text_label(words, "muted", wrap=True))
        for part in parts:
            column.addWidget(part)
        column.addStretch()
        self.hold(content)


def _row(name: str, number: str, values: str) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(text_label(name, "label"))
    shown = text_label(number, "section")
    shown.setFont(tabular(shown.font()))
    column.addWidget(shown)
    if values:
        column.addWidget(text_label(values, "secondary"))
    holder.setAccessibleName(f"{name}: {number} {values}".strip())
    return holder
