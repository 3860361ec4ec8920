"""Three cards of figures, and one plot below each."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from skindesk.domain.insights import Dimension, Insights, Level, Reader, Subgroup
from skindesk.gui.insights.calibration_plot import CalibrationPlot, calibration_points
from skindesk.gui.insights.cards import clinicians_lines, network_lines, together_lines
from skindesk.gui.insights.confusion_view import ConfusionView
from skindesk.gui.insights.figure_line import FigureLines
from skindesk.gui.insights.key import Key
from skindesk.gui.insights.plot_card import PlotCard, PointsCard
from skindesk.gui.insights.subgroup_plot import READERS, SubgroupPlot, subgroup_points
from skindesk.gui.insights.words import Names, dimension_word, level_word, reader_word
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.words import NO_SUPPORT_BELOW

_WIDTHS = (5, 6, 5)
"""A matrix needs more room than a curve."""
_NAMED = (Reader.NETWORK, Reader.FIRST, Reader.STANDING)


class Dashboard(QWidget):
    """Everything that is known of some closed cases, on one page."""

    cases_wanted = Signal(object, str)
    """The user wants to see these Cases, of which this is to be said."""
    dimension_wanted = Signal(object)
    """The user wants the subgroups of this Dimension."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._insights: Insights | None = None
        self._names: Names = {}
        self.network, self.clinicians, self.together = FigureLines(), FigureLines(), FigureLines()
        self.calibration = PointsCard(
            self.tr("Calibration"),
            CalibrationPlot(),
            self.tr("Mean sum"),
            self.tr("Too few answers for a curve: it begins at five."),
            readers=False,
        )
        self.confusion = ConfusionView()
        self.subgroups = PointsCard(
            self.tr("Sensitivity by subgroup"), SubgroupPlot(), self.tr("Subgroup"), self.tr("No subgroup has cases.")
        )
        self.reader = _combo(self.tr("Whose matrix"), [(reader_word(reader), reader) for reader in _NAMED])
        levels = (Level.GROUP, Level.DIAGNOSIS)
        self.level = _combo(self.tr("How finely"), [(level_word(level), level) for level in levels])
        self.dimension = _combo(self.tr("Subgroups by"), [(dimension_word(each), each) for each in Dimension])
        self._lay_out()
        for combo in (self.reader, self.level):
            combo.currentIndexChanged.connect(self._show_confusion)
        self.dimension.currentIndexChanged.connect(lambda: self.dimension_wanted.emit(self.chosen_dimension))
        sources = (self.network, self.clinicians, self.together, self.calibration, self.confusion, self.subgroups)
        for source in sources:
            source.cases_wanted.connect(self.cases_wanted)

    @property
    def chosen_dimension(self) -> Dimension:
        """By what cases are divided."""
        return Dimension(self.dimension.currentData())

    def show_insights(self, insights: Insights, subgroups: Sequence[Subgroup], names: Names) -> None:
        """Show these figures; `names` is what label codes mean."""
        self._insights, self._names = insights, names
        self.network.show_lines(network_lines(insights, NO_SUPPORT_BELOW))
        self.clinicians.show_lines(clinicians_lines(insights))
        self.together.show_lines(together_lines(insights))
        self.calibration.show_points(calibration_points(insights.calibration))
        self.show_subgroups(subgroups)
        self._show_confusion()

    def show_subgroups(self, subgroups: Sequence[Subgroup]) -> None:
        """Show these in the place of the last ones."""
        self.subgroups.show_points(subgroup_points(subgroups))

    def _show_confusion(self) -> None:
        if self._insights is not None:
            reader, level = Reader(self.reader.currentData()), Level(self.level.currentData())
            self.confusion.show_confusion(self._insights.confusion(reader, level), self._names)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setSpacing(16)
        network_about = self.tr("Its supported answers at the last visit before the diagnosis")
        clinicians_about = self.tr("Impressions at the same visit, by whoever gave them")
        together_about = self.tr("Blind first impressions, and what stood in the end")
        cards = (
            _card(self.tr("Network"), network_about, self.network),
            _card(self.tr("Clinicians"), clinicians_about, self.clinicians),
            _card(self.tr("Together"), together_about, self.together),
        )
        matrix = PlotCard(self.tr("Confusion matrix"))
        matrix.controls.addWidget(self.reader)
        matrix.controls.addWidget(self.level)
        matrix.controls.addStretch(1)
        matrix.column.addWidget(self.confusion)
        matrix.column.addWidget(
            text_label(
                self.tr("Rows: final diagnosis. Columns: what was said. Tint: share of the row."), "secondary", True
            )
        )
        matrix.column.addStretch(1)
        self.subgroups.controls.addWidget(self.dimension)
        self.subgroups.controls.addStretch(1)
        self.subgroups.column.addWidget(Key(READERS))
        for column, (card, plot) in enumerate(zip(cards, (self.calibration, matrix, self.subgroups), strict=True)):
            grid.addWidget(card, 0, column)
            grid.addWidget(plot, 1, column)
            grid.setColumnStretch(column, _WIDTHS[column])
        grid.setRowStretch(1, 1)


def _card(title: str, about: str, lines: FigureLines) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 12, 16, 16)
    column.setSpacing(8)
    column.addWidget(text_label(title, "section"))
    column.addWidget(text_label(about, "secondary", wrap=True))
    column.addSpacing(4)
    column.addWidget(lines, 1)
    return card


def _combo(name: str, options: Sequence[tuple[str, object]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    for text, value in options:
        made.addItem(text, value)
    return made
