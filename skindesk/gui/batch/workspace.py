"""The Batch page: classify folders, archives and lists, look through the rows as they come, decide, and export."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import Modality
from skindesk.domain.errors import OutputUnavailableError
from skindesk.gui.background import Background
from skindesk.gui.batch.drop_zone import DropZone
from skindesk.gui.batch.earlier_runs import EarlierRuns
from skindesk.gui.batch.export import PAGE, Exported, export
from skindesk.gui.batch.kept_runs import KeptRun, KeptRuns, run_of_job
from skindesk.gui.batch.notifying import EndNotice
from skindesk.gui.batch.outcome_view import OutcomeView
from skindesk.gui.batch.progress_panel import ProgressPanel
from skindesk.gui.batch.rows import Piece, joined
from skindesk.gui.batch.run import Begun, NewRun, Report, continue_run, start_run
from skindesk.gui.batch.run_options import RunOptions
from skindesk.gui.batch.save_dialog import Saved, SaveSelectedDialog
from skindesk.gui.batch.summing_up import rejected_count, summary_words
from skindesk.gui.batch.triage import Triage
from skindesk.gui.batch.triage_model import TriageModel
from skindesk.gui.batch.words import source_words
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.imaging.decode import PictureFile
from skindesk.imaging.extensions import EXTENSIONS
from skindesk.services.batch import Result, Search
from skindesk.services.models import InstalledModel

_CLOCK_MS = 500
_LOOK_MS = 40
"""A held arrow key passes over rows faster than their pictures are worth reading."""
_WORTH_TELLING_S = 10.0
_FIRST_DIVISION = (760, 400)
_JOB_ENDING = ".part"
_MOST_REASONS = 5
_OTHER_SOURCES = ("*.zip", "*.tar", "*.tar.*", "*.tgz", "*.tbz2", "*.txz", "*.csv", "*.tsv", "DICOMDIR", "*.part")


class BatchState(Enum):
    """Where the page is. Each run ends in DONE, STOPPED or FAILED."""

    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    STOPPING = auto()
    DONE = auto()
    STOPPED = auto()
    FAILED = auto()


class _Networks(NamedTuple):
    """What there is to choose from: the network of the settings for the kind of picture, all, and all kinds."""

    usual: str
    models: tuple[InstalledModel, ...]
    kinds: tuple[Modality, ...]


class BatchWorkspace(QWidget):
    """One run at a time, which goes on while the case log is locked. `background` works for it, and `log_background`
    gives what works with the case log.
    """

    state_changed = Signal(object)
    """The BatchState has changed."""
    exported = Signal(object)
    """An Exported has been written."""
    saved = Signal(object)
    """Chosen pictures are in the case log: Saved."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        log_background: Callable[[], Background] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._log_background = log_background or (lambda: background)
        self._networks, self._looking = Latest(background, self), Latest(background, self)
        self._listing = Latest(background, self)
        self._kept = KeptRuns(workspace.profile.root)
        self.state = BatchState.IDLE
        self._stop = Event()
        self._begun: Begun | None = None
        self._source = ""
        self._started_at = 0.0
        self._watching = self._is_exporting = self._is_concealed = False
        self.triage = Triage(self._read_picture, background, self)
        self.view = OutcomeView(background, self)
        self.progress = ProgressPanel(self)
        self.drop_zone = DropZone(self)
        self.options = RunOptions(workspace.settings.batch_workers, self)
        self.earlier = EarlierRuns(self)
        self.notice = Notice(self)
        self.dialog: SaveSelectedDialog | None = None
        """The dialog that was opened last; it may be closed by now."""
        self._end_notice = EndNotice(self)
        self._network_label = ElidedLabel("", "secondary")
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._look = QTimer(self, interval=_LOOK_MS, singleShot=True)
        self._pages = QStackedWidget(self)
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self._enter(BatchState.IDLE)

    @property
    def is_running(self) -> bool:
        """Whether a run has not ended yet."""
        return self.state in (BatchState.RUNNING, BatchState.PAUSED, BatchState.STOPPING)

    @property
    def model(self) -> TriageModel:
        """The rows, as they are shown."""
        return self.triage.model

    def start(self, paths: Sequence[Path]) -> None:
        """Begin a run over folders, pictures, archives and lists, or go on with the job of an interrupted one.

        Refused while a run is on.
        """
        if self._is_busy or not paths:
            return
        if len(paths) == 1 and paths[0].name.lower().endswith(_JOB_ENDING):
            self._continue_job(paths[0])
            return
        options, sources = self.options.options(), tuple(str(path.absolute()) for path in paths)
        search = Search(sources, self.options.recursive_box.isChecked(), options.ordered)
        watch = self.options.watch_box.isChecked()
        wanted = NewRun(search, self.options.modality, self.options.model, options, watch)
        source = source_words(sources)
        kept = partial(self._kept.new, source)
        self._begin(source, watch, partial(start_run, self._workspace, wanted, kept))

    def go_on_with(self, run: KeptRun) -> None:
        """Continue a run that was interrupted, or look through one that has ended; refused while a run is on."""
        if not self._is_busy:
            work = partial(continue_run, self._workspace, run, self.options.options())
            self._begin(run.source, False, work)

    def pause(self) -> None:
        """Begin no further picture until the pause is ended."""
        if self.state is BatchState.RUNNING and self._begun is not None:
            self._begun.job.pause()
            self._enter(BatchState.PAUSED)

    def go_on(self) -> None:
        """End the pause."""
        if self.state is BatchState.PAUSED and self._begun is not None:
            self._begun.job.go_on()
            self._enter(BatchState.RUNNING)

    def stop(self) -> None:
        """End the run after the pictures that are already begun; it can be continued."""
        if self.state in (BatchState.RUNNING, BatchState.PAUSED):
            self._stop.set()
            self._enter(BatchState.STOPPING)

    def conceal(self) -> None:
        """Take the names of files and folders off the page, which may be patients'; a run goes on."""
        self._is_concealed = True
        self.triage.conceal()
        self._look.stop()
        self._looking.forget()
        self._listing.forget()
        self.view.show_nothing()
        self.progress.show_source("")
        self.notice.clear()
        self.earlier.show_runs(())
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.done(SaveSelectedDialog.DialogCode.Rejected)
        self._follow_chosen()

    def reveal(self) -> None:
        """Show again what was concealed, and what a run has found meanwhile."""
        self._is_concealed = False
        self.triage.reveal()
        self.progress.show_source(self._source)
        self._list_runs()
        self._follow_chosen()

    def export_to(self, path: Path) -> None:
        """Write all rows, also those that are not shown, in the background; `exported` or a notice follows."""
        if self._begun is None or not self.model.total or self.is_running:
            self.notice.show_error(self.tr("There is nothing to export yet. Classify a folder first."))
            return
        ended_by_itself = self.state is BatchState.DONE
        keys = None if ended_by_itself else [self.model.rows_of_run.key(row) for row in range(self.model.total)]
        self.triage.view.setFocus()  # or the focus would leave the page with the button that is about to be disabled
        self._is_exporting = True
        self._follow_buttons()
        self._background.start(partial(export, self._begun, keys, path), self._export_done, self._export_failed)

    def save_selected(self) -> None:
        """Ask whose the chosen pictures are, and save them into the case log."""
        rows = self.triage.chosen()
        if self._begun is None or not rows or not self._can_save():
            return
        dialog = SaveSelectedDialog(
            lambda: self._workspace.casework,
            self._log_background(),
            self._begun.reader,
            [self.model.rows_of_run.key(row) for row in rows],
            self._begun.contract.modality,
            self,
        )
        self.dialog = dialog
        dialog.finished_work.connect(self._tell_saved)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and files, but not while a run is on."""
        if not self._is_busy and _dropped(event):
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
        """Offer the networks and the runs that there are now."""
        super().showEvent(event)
        self._offer_networks()
        self._list_runs()
        self._follow_chosen()

    @property
    def _is_at_start(self) -> bool:
        return self.state is BatchState.IDLE or (self.state is BatchState.FAILED and not self.model.total)

    @property
    def _is_busy(self) -> bool:
        return self.is_running or self._is_exporting

    def _continue_job(self, job: Path) -> None:
        try:
            self.go_on_with(run_of_job(job))
        except OSError as error:
            self.notice.show_error(f"{job.name} cannot be read: {error.strerror or error}.")

    def _begin(self, source: str, watching: bool, work: Callable[[Callable[[Report], None], Event], None]) -> None:
        self._close_run()
        self.notice.clear()
        self._source, self._watching = source, watching
        self._started_at = monotonic()
        self.progress.begin("" if self._is_concealed else source)
        self._enter(BatchState.RUNNING)
        self._stop = self._background.stream(work, self._take, self._end, self._fail)

    def _close_run(self) -> None:
        """Let go of the run that is shown; it is kept."""
        self._look.stop()
        self._looking.forget()
        self.triage.begin(None, False, None)
        self.view.show_nothing()
        if self._begun is not None:
            self._begun.reader.close()
            self._begun = None
        self._network_label.set_full_text("")

    def _take(self, reports: list[Report]) -> None:
        """A chunk of the run has arrived."""
        pieces: list[Piece] = []
        for report in reports:
            if isinstance(report, Piece):
                pieces.append(report)
                continue
            pieces.clear()  # a job begins without rows, and what came before it begins again does not count
            if isinstance(report, Begun):
                self._begun = report
                self._name_network(report)
            self._show_run()
            self._show_progress()
        if pieces:
            self.triage.add(joined(pieces))

    def _show_run(self) -> None:
        if self._begun is not None:
            begun = self._begun
            self.triage.begin(begun.contract, begun.job.options.quality, begun.reviews)

    def _name_network(self, begun: Begun) -> None:
        words = self.tr("Network {0} {1}").format(begun.contract.model_id, begun.contract.version)
        self._network_label.set_full_text(words)

    def _end(self) -> None:
        self._enter(BatchState.STOPPED if self.state is BatchState.STOPPING else BatchState.DONE)
        if not self.model.total and self.state is BatchState.DONE:
            self.notice.show_information(
                self.tr("No pictures were found. Choose another folder, or include the folders within.")
            )
        self._tell_end(self.tr("The run has ended: {0} pictures.").format(f"{self.model.total:,}"))

    def _fail(self, error: Exception) -> None:
        self._enter(BatchState.FAILED)
        self.notice.show_error(error)
        self._tell_end(self.tr("The run has failed."))

    def _tell_end(self, words: str) -> None:
        self._list_runs()
        if monotonic() - self._started_at >= _WORTH_TELLING_S:
            self._end_notice.tell(self.tr("Batch"), words)

    def _export_done(self, written: Exported) -> None:
        self._is_exporting = False
        self._follow_buttons()
        count = written.rows
        rows = self.tr("1 row") if count == 1 else self.tr("{0} rows").format(f"{count:,}")
        if not self._is_concealed:
            self.notice.show_done(self.tr("Wrote {0} to {1}.").format(rows, written.path))
        self.exported.emit(written)

    def _export_failed(self, error: Exception) -> None:
        self._is_exporting = False
        self._follow_buttons()
        self.notice.show_error(error)

    def _tell_saved(self, saved: Saved) -> None:
        words = (
            self.tr("1 picture is in the case log.")
            if saved.count == 1
            else self.tr("{0} pictures are in the case log.")
        )
        told = [words.format(f"{saved.count:,}"), *saved.refused[:_MOST_REASONS]]
        rest = len(saved.refused) - _MOST_REASONS
        if rest > 0:
            told.append(self.tr("{0} more were not saved either.").format(f"{rest:,}"))
        show = self.notice.show_warning if saved.refused else self.notice.show_done
        show("\n".join(told))
        self.saved.emit(saved)

    def _enter(self, state: BatchState) -> None:
        """Show a state: which page, which buttons, which word."""
        self.state = state
        words = {
            BatchState.IDLE: "",
            BatchState.RUNNING: self.tr("Watching") if self._watching else self.tr("Classifying"),
            BatchState.PAUSED: self.tr("Paused"),
            BatchState.STOPPING: self.tr("Stopping…"),
            BatchState.DONE: self.tr("Done"),
            BatchState.STOPPED: self.tr("Stopped"),
            BatchState.FAILED: self.tr("Failed"),
        }
        self.progress.state_label.setText(words[state])
        self._follow_buttons()
        self._pages.setCurrentIndex(0 if self._is_at_start else 1)
        self._clock.start() if self.is_running else self._clock.stop()
        self._show_progress()
        self.state_changed.emit(state)

    def _follow_buttons(self) -> None:
        state, panel = self.state, self.progress
        panel.stop_button.setVisible(self.is_running)
        panel.stop_button.setEnabled(state is not BatchState.STOPPING)
        panel.pause_button.setVisible(state in (BatchState.RUNNING, BatchState.PAUSED))
        panel.pause_button.setEnabled(self._begun is not None)
        panel.offer_pause(state is BatchState.PAUSED)
        panel.go_on_button.setVisible(state in (BatchState.STOPPED, BatchState.FAILED) and self._begun is not None)
        panel.go_on_button.setEnabled(not self._is_exporting)
        for button in (self.again_button, self.export_button, self.save_button):
            button.setVisible(not self._is_at_start)
        self.again_button.setEnabled(not self._is_busy)
        self.export_button.setEnabled(not self._is_busy and self.model.total > 0)
        self._follow_chosen()

    def _can_save(self) -> bool:
        return self._workspace.is_open and not self._is_concealed

    def _follow_chosen(self) -> None:
        """What can be done with what is chosen."""
        can = self._can_save()
        has_chosen = self._begun is not None and len(self.triage.view.chosen_places()) > 0
        self.save_button.setEnabled(can and has_chosen)
        why = self.tr("Save the chosen pictures into the case log")
        self.save_button.setToolTip(why if can else self.tr("The case log is locked"))

    def _show_progress(self) -> None:
        if self._begun is None:
            return
        if self.is_running:
            self.progress.pause_button.setEnabled(True)
            moving = self.state is not BatchState.PAUSED
            rejected = rejected_count(self.model.rows_of_run.snapshot())
            self.progress.show_progress(self._begun.job.progress, rejected, moving, self._watching)
        elif not self._is_at_start:
            self.progress.show_summary(summary_words(self.model.rows_of_run.snapshot(), self._begun.contract))

    def _offer_networks(self) -> None:
        work = partial(_networks, self._workspace, self.options.modality)
        self._networks.ask(work, self._show_networks, self.notice.show_error)

    def _show_networks(self, found: _Networks) -> None:
        if found.kinds and self.options.modality not in found.kinds:
            self.options.modality_choice.choose(found.kinds[0])
            return
        self.options.offer(found.usual, found.models, found.kinds)

    def _list_runs(self) -> None:
        if not self._is_concealed:
            self._listing.ask(self._kept.all, self._show_runs, self.notice.show_error)

    def _show_runs(self, runs: Sequence[KeptRun]) -> None:
        here = None if self._begun is None else self._begun.kept.out
        self.earlier.show_runs([run for run in runs if run.out != here or not self.is_running])

    def _ask_removal(self, run: KeptRun) -> None:
        words = self.tr("Remove this run with its reviews for good? The pictures stay where they are.")
        yes = QMessageBox.StandardButton.Yes
        if QMessageBox.question(self, self.tr("Remove run"), words) == yes:
            self.remove(run)

    def remove(self, run: KeptRun) -> None:
        """Remove a kept run with its reviews."""
        if self._begun is not None and self._begun.kept.out == run.out:
            self._close_run()
        self._listing.ask(partial(self._without, run), self._show_runs, self.notice.show_error)

    def _without(self, run: KeptRun) -> Sequence[KeptRun]:
        self._kept.remove(run)
        return self._kept.all()

    def _look_at(self, row: int | None) -> None:
        if row is None:
            self._look.stop()
            self._looking.forget()
            self.view.show_nothing()
        else:
            self._look.start()

    def _read_current(self) -> None:
        row = self.triage.current
        if row is None or self._begun is None:
            return
        reader, key = self._begun.reader, self.model.rows_of_run.key(row)
        self.view.show_review(self.triage.reviewing.review_of(row))
        self._looking.ask(partial(reader.result_of, key), self._show_result, self.view.show_trouble)

    def _show_result(self, result: Result | None) -> None:
        if result is None:
            self.view.show_trouble(OutputUnavailableError("This row is not kept.", "Classify its file again."))
        elif self._begun is not None:
            self.view.show_result(result, self._begun.contract)

    def _follow_review(self) -> None:
        row = self.triage.current
        if row is not None:
            self.view.show_review(self.triage.reviewing.review_of(row))
        self._show_progress()

    def _read_picture(self, row: int) -> PictureFile:
        """For the thumbnails, in the background."""
        begun = self._begun
        result = None if begun is None else begun.reader.result_of(self.model.rows_of_run.key(row))
        if result is None:
            raise OutputUnavailableError("This row is not kept.", "Classify its file again.")
        return result.item.read()

    def _show_start(self) -> None:
        """Back to where a run is begun; the one that was shown is kept."""
        if not self._is_busy:
            self._close_run()
            self.notice.clear()
            self._enter(BatchState.IDLE)
            self._list_runs()
            self.drop_zone.folder_button.setFocus()

    def _go_on_from_here(self) -> None:
        if self._begun is not None:
            self.go_on_with(self._begun.kept)

    def _choose_folder(self) -> None:
        if not self._is_busy:
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Classify a folder"))
            self.start([Path(chosen)] if chosen else [])

    def _choose_files(self) -> None:
        endings = " ".join([*(f"*{ending}" for ending in sorted(EXTENSIONS)), *_OTHER_SOURCES])
        kinds = self.tr("Pictures, archives and lists ({0})").format(endings) + ";;" + self.tr("All files (*)")
        chosen, _ = QFileDialog.getOpenFileNames(self, self.tr("Classify pictures"), "", kinds)
        self.start([Path(name) for name in chosen])

    def _choose_export(self) -> None:
        kinds = {
            self.tr("CSV table (*.csv)"): ".csv",
            self.tr("JSON Lines (*.jsonl)"): ".jsonl",
            self.tr("Parquet (*.parquet)"): ".parquet",
            self.tr("Page that sums up (*.html)"): PAGE,
        }
        chosen, kind = QFileDialog.getSaveFileName(
            self, self.tr("Export all rows"), "skindesk-results.csv", ";;".join(kinds)
        )
        if chosen:
            path, ending = Path(chosen), kinds.get(kind, ".csv")
            self.export_to(path if path.suffix.lower() in kinds.values() else path.with_name(path.name + ending))

    def _toggle_pause(self) -> None:
        self.go_on() if self.state is BatchState.PAUSED else self.pause()

    def _connect(self) -> None:
        self._clock.timeout.connect(self._show_progress)
        self._look.timeout.connect(self._read_current)
        self.options.kind_chosen.connect(lambda _kind: self._offer_networks())
        self.triage.current_changed.connect(self._look_at)
        self.triage.chosen_changed.connect(self._follow_chosen)
        self.triage.reviewing.trouble.connect(self.notice.show_error)
        self.model.reviewed.connect(self._follow_review)
        self.view.wished.connect(self.triage.do)
        self.progress.pause_button.clicked.connect(self._toggle_pause)
        self.progress.stop_button.clicked.connect(self.stop)
        self.progress.go_on_button.clicked.connect(self._go_on_from_here)
        self.drop_zone.folder_button.clicked.connect(self._choose_folder)
        self.drop_zone.files_button.clicked.connect(self._choose_files)
        self.earlier.wanted.connect(self.go_on_with)
        self.earlier.removal_wanted.connect(self._ask_removal)
        self.again_button.clicked.connect(self._show_start)
        self.export_button.clicked.connect(self._choose_export)
        self.save_button.clicked.connect(self.save_selected)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Open), self, self._choose_folder)
        QShortcut(QKeySequence("Ctrl+P"), self, self._toggle_pause)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.save_selected)

    def _build(self) -> None:
        self.again_button = QPushButton(self.tr("New run"), self)
        self.again_button.setAccessibleName(self.tr("Begin another run; this one is kept"))
        set_icon(self.again_button, "folder-open")
        self.save_button = QPushButton(self.tr("Save to case log…"), self)
        self.save_button.setAccessibleName(self.tr("Save the chosen pictures into the case log"))
        set_icon(self.save_button, "floppy-disk")
        self.export_button = QPushButton(self.tr("Export…"), self)
        self.export_button.setProperty("kind", "primary")
        self.export_button.setAccessibleName(self.tr("Export all rows as CSV, JSON Lines or Parquet, or sum them up"))
        set_icon(self.export_button, "export", "on_accent")
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(text_label(self.tr("Batch"), "page-title"))
        top.addWidget(self._network_label, 1)
        top.addWidget(self.again_button)
        top.addWidget(self.save_button)
        top.addWidget(self.export_button)
        self._pages.addWidget(self._start_page())
        self._pages.addWidget(self._results_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(self._pages, 1)

    def _start_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.options)
        column.addWidget(self.drop_zone, 1)
        column.addWidget(self.earlier)
        return page

    def _results_page(self) -> QWidget:
        right = QWidget(self)
        right_column = QVBoxLayout(right)
        right_column.setContentsMargins(16, 0, 0, 0)
        right_column.addWidget(self.view)
        left = QWidget(self)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 16, 0)
        left_column.addWidget(self.triage)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        left.setMinimumWidth(440)
        right.setMinimumWidth(340)
        split.setSizes(_FIRST_DIVISION)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.progress)
        column.addWidget(split, 1)
        return page


def _networks(workspace: Workspace, modality: Modality) -> _Networks:
    """Which network answers a kind of picture, and what else there is."""
    models, kinds = workspace.models.installed(), workspace.models.modalities()
    asked = modality if modality in kinds or not kinds else kinds[0]
    return _Networks(workspace.models.find(workspace.settings.model_for(asked), asked).model_id, models, kinds)


def _dropped(event: QDropEvent) -> list[Path]:
    """The local files and folders of a drop."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
