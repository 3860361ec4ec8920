"""The Insights page: how good the network and the clinicians have been in this clinic's own closed cases."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.insights import (
    COUNTS_ONLY_UNDER,
    SMALL_UNDER,
    Cases,
    ClosedCase,
    Dimension,
    InsightFilter,
    Insights,
    Subgroup,
    model_name,
)
from skindesk.domain.labels import Label
from skindesk.gui.background import Background
from skindesk.gui.insights.cases_behind import CasesBehind
from skindesk.gui.insights.dashboard import Dashboard
from skindesk.gui.insights.filter_bar import FilterBar
from skindesk.gui.insights.words import bias_words, cases_words, drift_rule, drift_words, size_words
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.gui.widgets.words import NO_SUPPORT_BELOW
from skindesk.services.drift import Drift, latest_drifts
from skindesk.services.insight_rows import write_rows
from skindesk.services.insights import Insight

_MARGIN_PX = 24


@dataclass(frozen=True)
class _Read:
    """What the log and the installed networks tell."""

    cases: tuple[ClosedCase, ...]
    labels: tuple[Label, ...]
    drifts: tuple[Drift, ...]


@dataclass(frozen=True)
class _Computed:
    """The figures over the cases that are wanted."""

    insight: Insight
    whole: Insights
    subgroups: tuple[Subgroup, ...]


class InsightsWorkspace(QWidget):
    """Reads the closed cases each time it is shown, and never on the GUI thread."""

    case_wanted = Signal(int)
    """The user wants to see this case."""
    drift_found = Signal(bool)
    """Whether the pictures of late are cause for an alarm."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._reading, self._computing = Latest(background, self), Latest(background, self)
        self._dividing = Latest(background, self)
        self._read = _Read((), (), ())
        self._computed: _Computed | None = None
        self.notice = Notice(self)
        self.drift_notice = Notice(self, closable=False)
        self.filters = FilterBar(self)
        self.export_button = QPushButton(self.tr("Export figures…"), self)
        self.export_button.setToolTip(self.tr("As CSV: counts and shares only, no patient data"))
        self.dashboard = Dashboard()
        self.cases_behind = CasesBehind(lambda: workspace.casework.log, background, self)
        self._summary = text_label("", "strong", wrap=True)
        self._size = text_label("", "warning", wrap=True)
        self._drift = text_label("", "secondary", wrap=True)
        self._nothing = self._no_cases()
        self._no_match = EmptyState(
            "magnifying-glass",
            self.tr("No closed case fits"),
            self.tr("Choose something else above."),
            self.tr("Count all closed cases"),
        )
        self._figures = QStackedWidget(self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Each time, read what is closed now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()

    def refresh(self) -> None:
        """Read the closed cases and the pictures of late again."""
        self._reading.ask(partial(_read, self._workspace), self._take, self.notice.show_error)

    def show_cases(self, cases: Cases, words: str) -> None:
        """List the cases behind a figure."""
        self._pages.setCurrentWidget(self.cases_behind)
        self.cases_behind.show_cases(cases, words)

    def export(self) -> None:
        """Ask for a place, and write all figures there as CSV."""
        kinds = self.tr("Comma-separated values (*.csv)")
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export figures"), "insights.csv", kinds)
        if name:
            path = Path(name)
            self.write(path if path.suffix else path.with_suffix(".csv"))

    def write(self, path: Path) -> None:
        """Write all figures over the cases that are wanted, as a whole and by every subgroup."""
        computed = self._computed
        if computed is None:
            return

        def work() -> int:
            groups = [group for dimension in Dimension for group in computed.insight.by(dimension)]
            return write_rows(path, computed.whole, groups)

        self._background.start(work, partial(self._written, path), self.notice.show_error)

    def _written(self, path: Path, rows: int) -> None:
        words = self.tr("{rows} rows are in {name}: counts and shares only, no patient data.")
        self.notice.show_done(words.format(rows=f"{rows:,}", name=path.name))

    def _take(self, read: _Read) -> None:
        self._read = read
        self.filters.offer_models(tuple(sorted({model_name(case) for case in read.cases} - {""})))
        self.cases_behind.name_impressions(self._names())
        self._show_drift()
        self._compute()

    def _compute(self) -> None:
        wanted = self.filters.wanted(date.today())  # the calendar of this computer, as diagnoses are dated
        work = partial(_compute, self._read, wanted, self.dashboard.chosen_dimension)
        self._computing.ask(work, self._show, self.notice.show_error)

    def _show(self, computed: _Computed) -> None:
        self._computed = computed
        count = len(computed.whole.cases)
        words = self.tr("{fitting} of {all} closed cases count") if count < len(self._read.cases) else ""
        summary = words.format(fitting=count, all=len(self._read.cases)) if words else self._all_count(count)
        self._summary.setText(summary)
        self._size.setText(size_words(count) if count else "")
        self._size.setVisible(bool(count) and bool(self._size.text()))
        self.export_button.setEnabled(count > 0)
        self.filters.setEnabled(bool(self._read.cases))
        if not self._read.cases:
            self._figures.setCurrentWidget(self._nothing)
        elif not count:
            self._figures.setCurrentWidget(self._no_match)
        else:
            self.dashboard.show_insights(computed.whole, computed.subgroups, self._names())
            self._figures.setCurrentWidget(self._area)

    def _all_count(self, count: int) -> str:
        return self.tr("{cases} with a final diagnosis").format(cases=cases_words(count)) if count else ""

    def _no_cases(self) -> EmptyState:
        words = self.tr(
            "A case is closed when its final diagnosis is recorded in Cases. {few} closed cases are needed for the "
            "first shares, {enough} before they are no longer called few."
        )
        said = words.format(few=COUNTS_ONLY_UNDER, enough=SMALL_UNDER)
        return EmptyState("chart-bar", self.tr("No closed cases yet"), said)

    def _divide(self, dimension: Dimension) -> None:
        computed = self._computed
        if computed is not None:
            work = partial(computed.insight.by, dimension)
            self._dividing.ask(work, self.dashboard.show_subgroups, self.notice.show_error)

    def _show_drift(self) -> None:
        """An alarm as a notice with the way to its pictures; otherwise a line."""
        alarms = [drift for drift in self._read.drifts if drift.is_alarm]
        quiet = [drift_words(drift) for drift in self._read.drifts if not drift.is_alarm]
        self._drift.setText("\n".join((*quiet, drift_rule())) if self._read.drifts else "")
        self._drift.setVisible(bool(self._read.drifts))
        if alarms:
            words = "\n".join(drift_words(drift) for drift in alarms)
            cases = tuple(dict.fromkeys(case_id for drift in alarms for case_id in drift.refused))
            show = partial(self.show_cases, cases, self.tr("Pictures unlike the training pictures"))
            self.drift_notice.show_information(words, self.tr("Show {0}").format(cases_words(len(cases))), show)
        else:
            self.drift_notice.clear()
        self.drift_found.emit(bool(alarms))

    def _names(self) -> dict[str, str]:
        answered = (label for case in self._read.cases if case.answer is not None for label in case.answer.labels)
        return {label.code: label.name for label in (*answered, *reversed(self._read.labels))}

    def _go_back(self) -> None:
        self._pages.setCurrentIndex(0)
        self.filters.modality.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self.filters.changed.connect(self._compute)
        self.dashboard.cases_wanted.connect(self.show_cases)
        self.dashboard.dimension_wanted.connect(self._divide)
        self.cases_behind.closed.connect(self._go_back)
        self.cases_behind.case_wanted.connect(self.case_wanted)
        self.export_button.clicked.connect(self.export)
        self._no_match.activated.connect(self.filters.clear)

    def _lay_out(self) -> None:
        content = QWidget()
        reading = QVBoxLayout(content)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(16)
        reading.addWidget(self.dashboard, 1)
        reading.addWidget(text_label(bias_words(), "secondary", wrap=True))
        self._area = ReadingArea(self.tr("Figures"), self)
        self._area.hold(content)
        for page in (QWidget(self), self._nothing, self._no_match, self._area):
            self._figures.addWidget(page)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(text_label(self.tr("Insights"), "page-title"))
        top.addWidget(self._summary, 1)
        top.addWidget(self.export_button)
        main = QWidget(self)
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        for widget in (self.filters, self.notice, self.drift_notice, self._size):
            column.addWidget(widget)
        column.addWidget(self._figures, 1)
        column.addWidget(self._drift)
        self._pages.addWidget(main)
        self._pages.addWidget(self.cases_behind)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.addWidget(self._pages)


def _read(workspace: Workspace) -> _Read:
    log = workspace.casework.log
    labels = tuple(label for model in workspace.models.installed() for label in model.contract.labels)
    return _Read(log.record.closed_cases(), labels, latest_drifts(log, workspace.models))


def _compute(read: _Read, wanted: InsightFilter, dimension: Dimension) -> _Computed:
    cases = [case for case in read.cases if wanted.fits(case)]
    insight = Insight(cases, read.labels, (NO_SUPPORT_BELOW,))
    return _Computed(insight, insight.whole(), insight.by(dimension))
