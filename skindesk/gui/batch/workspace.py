"""The Batch page: classify a folder, watch the rows arrive, look at any of them, export them all."""

from collections.abc import Sequence
from enum import Enum, auto
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.gui.background import Background
from skindesk.gui.batch.drop_zone import DropZone
from skindesk.gui.batch.export import Exported, export
from skindesk.gui.batch.outcome_model import OutcomeModel
from skindesk.gui.batch.outcome_table import OutcomeTable
from skindesk.gui.batch.outcome_view import OutcomeView
from skindesk.gui.batch.pace import Pace
from skindesk.gui.batch.progress_panel import ProgressPanel
from skindesk.gui.batch.run import Begun, Job, Report, run_job
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import modality_name
from skindesk.imaging.decode import EXTENSIONS

_CLOCK_MS = 500
_FIRST_DIVISION = (720, 420)


class BatchState(Enum):
    """Where the page is. Each run ends in DONE, STOPPED or FAILED."""

    IDLE = auto()
    RUNNING = auto()
    STOPPING = auto()
    DONE = auto()
    STOPPED = auto()
    FAILED = auto()


class BatchWorkspace(QWidget):
    """Classifies what is dropped on it with the network and the number of workers of the settings."""

    state_changed = Signal(object)
    """The BatchState has changed."""
    exported = Signal(object)
    """An Exported has been written."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._background = background
        self._latest = Latest(background, self)
        self.state = BatchState.IDLE
        self._stop = Event()
        self._begun: Begun | None = None
        self._source = ""
        self._started_at = 0.0
        self._elapsed_s = 0.0
        self.model = OutcomeModel(self)
        self.table = OutcomeTable(self.model, self)
        self.view = OutcomeView(background, self)
        self.progress = ProgressPanel(self)
        self.drop_zone = DropZone(self)
        self.notice = Notice(self)
        self.recursive_box = QCheckBox(self.tr("Include folders within"), self)
        self.recursive_box.setAccessibleName(self.tr("Include the folders within the chosen folder"))
        self.recursive_box.setChecked(True)
        kinds = [(kind, modality_name(kind)) for kind in Modality]
        self.modality_choice = Segmented[Modality](self.tr("Kind of pictures"), kinds, self)
        self.modality_choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.modality_choice.choose(Modality.DERMOSCOPIC)
        self.modality_choice.hide()
        self._network_label = ElidedLabel("", "secondary")
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self._enter(BatchState.IDLE)

    @property
    def is_running(self) -> bool:
        """Whether a run has not ended yet."""
        return self.state in (BatchState.RUNNING, BatchState.STOPPING)

    def modality(self) -> Modality:
        """The kind of pictures that the next run is told it gets."""
        return self.modality_choice.value() or Modality.DERMOSCOPIC

    def start(self, paths: Sequence[Path]) -> None:
        """Begin a run over folders and files; refused while one runs."""
        if self.is_running or not paths:
            return
        settings = self._workspace.settings
        job = Job(tuple(paths), self.recursive_box.isChecked(), settings.batch_workers, self.modality())
        self.model.clear()
        self.table.count_rows()
        self.view.show_nothing()
        self.notice.clear()
        self._begun = None
        self._started_at = monotonic()
        self._source = _source(paths)
        self.progress.begin(self._source)
        self._enter(BatchState.RUNNING)
        self._stop = self._background.stream(
            lambda report, stop: run_job(self._workspace, job, report, stop), self._take, self._end, self._fail
        )

    def stop(self) -> None:
        """End the run after the pictures that are already begun."""
        if self.state is BatchState.RUNNING:
            self._stop.set()
            self._enter(BatchState.STOPPING)

    def conceal(self) -> None:
        """Take the names of files and folders off the page, which may be patients'; a run goes on."""
        self.model.conceal(True)
        self.view.show_nothing()
        self.progress.show_source("")
        self.notice.clear()

    def reveal(self) -> None:
        """Show again what was concealed, and what a run has found meanwhile."""
        self.model.conceal(False)
        self.table.count_rows()
        self.progress.show_source(self._source)

    def export_to(self, path: Path) -> None:
        """Write all rows, also those that the table hides, in the background; `exported` or a notice follows."""
        if self._begun is None or not self.model.total or self.is_running:
            self.notice.show_error(self.tr("There is nothing to export yet. Classify a folder first."))
            return
        outcomes, codes = self.model.outcomes(), self._begun.contract.codes
        self.table.view.setFocus()  # or the focus would leave the page with the button that is about to be disabled
        self.export_button.setEnabled(False)
        self._background.start(lambda: export(outcomes, codes, path), self._export_done, self._export_failed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and files, but not while a run is on."""
        if not self.is_running and _dropped(event):
            event.acceptProposedAction()
            self.drop_zone.show_hovering(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self.drop_zone.show_hovering(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Classify what was dropped."""
        self.drop_zone.show_hovering(False)
        event.acceptProposedAction()
        self.start(_dropped(event))

    def showEvent(self, event: QShowEvent) -> None:
        """Name the network and the workers that the next run will use; both may have been changed in Settings."""
        super().showEvent(event)
        self._name_network()

    def _take(self, reports: list[Report]) -> None:
        """A chunk of the run has arrived."""
        outcomes = []
        for report in reports:
            if isinstance(report, Begun):
                self._begun = report
                self.model.contract = report.contract
            else:
                outcomes.append(report)
        self.model.append(outcomes)
        self.table.count_rows()
        self._show_progress()

    def _end(self) -> None:
        self._enter(BatchState.STOPPED if self.state is BatchState.STOPPING else BatchState.DONE)
        if not self.model.total and self.state is BatchState.DONE:
            self.notice.show_information(
                self.tr("No pictures were found. Choose another folder, or include the folders within.")
            )

    def _fail(self, error: Exception) -> None:
        self._enter(BatchState.FAILED)
        self.notice.show_error(error)

    def _export_done(self, written: Exported) -> None:
        self._enter(self.state)
        count = written.rows
        rows = self.tr("1 row") if count == 1 else self.tr("{0} rows").format(f"{count:,}")
        self.notice.show_done(self.tr("Wrote {0} to {1}.").format(rows, written.path))
        self.exported.emit(written)

    def _export_failed(self, error: Exception) -> None:
        self._enter(self.state)
        self.notice.show_error(error)

    def _enter(self, state: BatchState) -> None:
        """Show a state: which page, which buttons, which word."""
        self.state = state
        words = {
            BatchState.IDLE: "",
            BatchState.RUNNING: self.tr("Classifying"),
            BatchState.STOPPING: self.tr("Stopping…"),
            BatchState.DONE: self.tr("Done"),
            BatchState.STOPPED: self.tr("Stopped"),
            BatchState.FAILED: self.tr("Could not start"),
        }
        self.progress.state_label.setText(words[state])
        self.progress.stop_button.setVisible(self.is_running)
        self.progress.stop_button.setEnabled(state is BatchState.RUNNING)
        self.recursive_box.setEnabled(not self.is_running)
        self.modality_choice.setEnabled(not self.is_running)
        self.again_button.setVisible(state is not BatchState.IDLE)
        self.again_button.setEnabled(not self.is_running)
        self.export_button.setVisible(state is not BatchState.IDLE)
        self.export_button.setEnabled(not self.is_running and self.model.total > 0)
        idle = state in (BatchState.IDLE, BatchState.FAILED)
        self._pages.setCurrentIndex(0 if idle else 1)
        self._clock.start() if self.is_running else self._clock.stop()
        if not idle:
            self._show_progress()
        self.state_changed.emit(state)

    def _show_progress(self) -> None:
        if self._begun is None:
            return
        if self.is_running:
            self._elapsed_s = monotonic() - self._started_at
        pace = Pace(self.model.total, self._begun.total, self._elapsed_s)
        self.progress.show_pace(pace, self.model.rejected_count, self.is_running)

    def _name_network(self) -> None:
        modality = self.modality()
        self._latest.ask(partial(_found, self._workspace, modality), self._show_network, self._no_network)

    def _show_network(self, found: tuple[str, tuple[Modality, ...]]) -> None:
        model_id, kinds = found
        if kinds and self.modality() not in kinds:
            self.modality_choice.choose(kinds[0])
            return
        self.modality_choice.setVisible(len(kinds) > 1)
        workers = self._workspace.settings.batch_workers
        count = self.tr("one worker per processor core") if workers == 0 else self.tr("workers: {0}").format(workers)
        self._network_label.set_full_text(self.tr("Network {0} · {1}").format(model_id, count))

    def _no_network(self, error: Exception) -> None:
        self._network_label.set_full_text("")
        self.notice.show_error(error)

    def _show_outcome(self, outcome: object) -> None:
        if outcome is None:
            self.view.show_nothing()
        else:
            self.view.show_outcome(outcome, self.model.contract)  # type: ignore[arg-type]  # the signal carries an Outcome

    def _choose_folder(self) -> None:
        if not self.is_running:
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Classify a folder"))
            self.start([Path(chosen)] if chosen else [])

    def _choose_files(self) -> None:
        endings = " ".join(f"*{ending}" for ending in sorted(EXTENSIONS))
        chosen, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Classify pictures"), "", self.tr("Pictures ({0})").format(endings)
        )
        self.start([Path(name) for name in chosen])

    def _choose_export(self) -> None:
        as_lines = self.tr("JSON Lines (*.jsonl)")
        kinds = self.tr("CSV table (*.csv)") + ";;" + as_lines
        chosen, kind = QFileDialog.getSaveFileName(self, self.tr("Export all rows"), "skindesk-results.csv", kinds)
        if chosen:
            path = Path(chosen)
            self.export_to(path if path.suffix else path.with_suffix(".jsonl" if kind == as_lines else ".csv"))

    def _connect(self) -> None:
        self._clock.timeout.connect(self._show_progress)
        self.modality_choice.chosen.connect(lambda _kind: self._name_network())
        self.table.outcome_chosen.connect(self._show_outcome)
        self.progress.stop_button.clicked.connect(self.stop)
        self.drop_zone.folder_button.clicked.connect(self._choose_folder)
        self.drop_zone.files_button.clicked.connect(self._choose_files)
        self.again_button.clicked.connect(self._choose_folder)
        self.export_button.clicked.connect(self._choose_export)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Open), self, self._choose_folder)

    def _build(self) -> None:
        self.again_button = QPushButton(self.tr("Choose folder…"), self)
        self.again_button.setAccessibleName(self.tr("Choose another folder to classify"))
        self.again_button.setToolTip(self.tr("Ctrl+O"))
        set_icon(self.again_button, "folder-open")
        self.export_button = QPushButton(self.tr("Export…"), self)
        self.export_button.setProperty("kind", "primary")
        self.export_button.setAccessibleName(self.tr("Export all rows as CSV or JSON Lines"))
        set_icon(self.export_button, "export", "on_accent")
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(text_label(self.tr("Batch"), "page-title"))
        top.addWidget(self._network_label, 1)
        top.addWidget(self.modality_choice)
        top.addWidget(self.recursive_box)
        top.addWidget(self.again_button)
        top.addWidget(self.export_button)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.drop_zone)
        self._pages.addWidget(self._results_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(self._pages, 1)

    def _results_page(self) -> QWidget:
        right = QWidget(self)
        right_column = QVBoxLayout(right)
        right_column.setContentsMargins(16, 0, 0, 0)
        right_column.addWidget(self.view)
        left = QWidget(self)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 16, 0)
        left_column.addWidget(self.table)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        left.setMinimumWidth(440)
        right.setMinimumWidth(360)
        split.setSizes(_FIRST_DIVISION)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.progress)
        column.addWidget(split, 1)
        return page


def _found(workspace: Workspace, modality: Modality) -> tuple[str, tuple[Modality, ...]]:
    """Which network answers a kind of picture, and for which kinds there is one."""
    kinds = workspace.models.modalities()
    asked = modality if modality in kinds or not kinds else kinds[0]
    return workspace.models.find(workspace.settings.model_for(asked), asked).model_id, kinds


def _dropped(event: QDropEvent) -> list[Path]:
    """The local files and folders of a drop."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _source(paths: Sequence[Path]) -> str:
    """What a run is over, in a few words."""
    return str(paths[0]) if len(paths) == 1 else f"{paths[0].parent} ({len(paths)})"
