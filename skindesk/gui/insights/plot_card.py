"""A plot on a card: its title, what can be chosen, and the same figures as a table."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from skindesk.gui.insights.plot import Plot, Point
from skindesk.gui.insights.point_table import PointTable
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label

_TITLE_PX = 36
"""As high as a button beside it."""


class PlotCard(QFrame):
    """A titled card; `controls` takes what can be chosen, `column` what stands below."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 16)
        self.column.setSpacing(8)
        self.title_row = QHBoxLayout()
        self.title_row.setSpacing(8)
        shown = text_label(title, "section")
        shown.setMinimumHeight(_TITLE_PX)
        self.title_row.addWidget(shown, 1)
        self.column.addLayout(self.title_row)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(8)
        self.column.addLayout(self.controls)


class PointsCard(PlotCard):
    """A plot of points, which a button turns into a table and back, with the points' `readers` or without."""

    cases_wanted = Signal(object, str)
    """The user wants to see these Cases, of which this is to be said."""

    def __init__(self, title: str, plot: Plot, column: str, none: str, readers: bool = True) -> None:
        super().__init__(title)
        self.plot = plot
        self.table = PointTable(self.tr("{0}, as a table").format(title), column, readers)
        self._none = text_label(none, "secondary", wrap=True)
        self.table_button = QPushButton(self.tr("Table"))
        self.table_button.setProperty("kind", "quiet")
        self.table_button.setCheckable(True)
        self.table_button.setAccessibleName(self.table.accessibleName())
        set_icon(self.table_button, "table", "accent")
        self.title_row.addWidget(self.table_button)
        self._pages = QStackedWidget()
        for page in (self.plot, self.table, self._none):
            self._pages.addWidget(page)
        self.column.addWidget(self._pages, 1)
        self.table_button.toggled.connect(self._turn)
        for shown in (self.plot, self.table):
            shown.cases_wanted.connect(self.cases_wanted)

    def show_points(self, points: Sequence[Point]) -> None:
        """Show these, or that there are none."""
        self.plot.show_points(points)
        self.table.show_points(points)
        self.table_button.setEnabled(bool(points))
        self._turn()

    def _turn(self, _on: bool = False) -> None:
        if not self.plot.points:
            self._pages.setCurrentWidget(self._none)
        else:
            self._pages.setCurrentWidget(self.table if self.table_button.isChecked() else self.plot)
