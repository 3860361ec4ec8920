"""The report of a case: seen page by page, then saved or printed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.paper import Paper
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.report.preview import Preview
from skindesk.gui.report.printing import print_pages, printer_for
from skindesk.gui.report.rendering import PageFacts, facts_of_pages
from skindesk.gui.shortcuts import offer_shortcuts
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.patient_band import PatientBand
from skindesk.gui.widgets.segmented import Segmented
from skindesk.services.reports import MadeReport

_SIZE = QSize(820, 760)


@dataclass(frozen=True)
class _Shown:
    """A report that was made, and its pages."""

    made: MadeReport
    pages: tuple[PageFacts, ...]


def open_report(workspace: Workspace, background: Background, case_id: int, parent: QWidget) -> "ReportDialog":
    """Open the report of a case over a window; it goes with that window, and when it is closed."""
    dialog = ReportDialog(workspace, background, case_id, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class ReportDialog(QDialog):
    """Makes a report in the background and shows its pages. Nothing of it is on the disk until the user saves it."""

    def __init__(
        self, workspace: Workspace, background: Background, case_id: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background, self._case_id = workspace, background, case_id
        self._latest = Latest(background, self)
        self._shown: _Shown | None = None
        self._busy = False
        self.setWindowTitle(self.tr("Report of case {0}").format(case_id))
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        self.band = PatientBand()
        self.notice = Notice()
        self.preview = Preview(self.tr("Pages of the report"), background)
        self.paper = Segmented[Paper](self.tr("Paper"), [(Paper.A4, self.tr("A4")), (Paper.LETTER, self.tr("Letter"))])
        self.zoom_label = text_label("", "secondary")
        self.zoom_in = self._tool("magnifying-glass-plus", self.tr("Larger (Ctrl++)"), self.preview.zoom_in)
        self.zoom_out = self._tool("magnifying-glass-minus", self.tr("Smaller (Ctrl+-)"), self.preview.zoom_out)
        self.fit = self._tool("arrows-out-line-horizontal", self.tr("Fit the width (Ctrl+0)"), self.preview.fit)
        self.print_button = self._button(self.tr("Print…"), "printer", self._print)
        self.save_button = self._button(self.tr("Save as…"), "file-pdf", self._save)
        self.save_button.setProperty("kind", "primary")
        set_icon(self.save_button, "file-pdf", "on_accent")
        self.close_button = self._button(self.tr("Close"), "", self.reject)
        self._told = text_label(self.tr("Making the report…"), "secondary")
        self._lay_out()
        self._connect()
        self.paper.choose(workspace.settings.report_paper)

    @property
    def busy(self) -> bool:
        """Whether the report is being made, saved or printed."""
        return self._busy

    def save_to(self, path: Path, force: bool) -> None:
        """Save the report as a file in the background; the audit is told first."""
        shown = self._shown
        if shown is not None:
            work = partial(self._workspace.reports.save, shown.made, path, force)
            self._start(work, self.tr("Saved as {0}. The file is not encrypted.").format(path.name))

    def print_on(self, printer: QPrinter) -> None:
        """Print the report in the background; the audit is told first."""
        shown = self._shown
        if shown is None:
            return

        def work() -> None:
            self._workspace.reports.tell(shown.made)
            print_pages(shown.made.report.pdf, shown.pages, printer)

        self._start(work, self.tr("Sent to the printer."))

    def _connect(self) -> None:
        self.paper.chosen.connect(self._make)
        self.preview.zoomed.connect(self._show_zoom)
        self.preview.trouble.connect(self.notice.show_error)
        for keys, act in (("Ctrl++", self.zoom_in), ("Ctrl+=", self.zoom_in), ("Ctrl+-", self.zoom_out)):
            QShortcut(QKeySequence(keys), self, act.click)
        offer_shortcuts(self)
        QShortcut(QKeySequence("Ctrl+0"), self, self.fit.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Print), self, self.print_button.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.save_button.click)

    def _make(self, paper: Paper) -> None:
        """Make the report for a size of paper, in the place of the one that is shown."""
        self.notice.clear()
        self._set_busy(True)

        def work() -> _Shown:
            made = self._workspace.reports.make(self._case_id, paper)
            return _Shown(made, facts_of_pages(made.report.pdf))

        self._latest.ask(work, self._show, self._failed)

    def _show(self, shown: _Shown) -> None:
        self._shown = shown
        self._set_busy(False)
        self._told.hide()
        self.band.show_patient(shown.made.case.patient)
        self.preview.show_pdf(shown.made.report.pdf, shown.pages)
        self.preview.show()
        if shown.made.report.cautions:
            self.notice.show_warning("\n".join(shown.made.report.cautions))

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._told.hide()
        self.notice.show_error(error)

    def _start(self, work: Callable[[], None], done: str) -> None:
        self.notice.clear()
        self._set_busy(True)
        self._background.start(work, partial(self._ended, done), self._failed)

    def _ended(self, words: str, _nothing: None) -> None:
        self._set_busy(False)
        self.notice.show_done(words)

    def _save(self) -> None:
        suggested = f"report-case-{self._case_id}.pdf"  # a name of the patient's would be seen by everybody
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the report"), suggested, self.tr("PDF (*.pdf)"))
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() == ".pdf":
            self.save_to(path, force=True)  # the file dialog has asked
        else:
            self.save_to(path.with_name(f"{path.name}.pdf"), force=False)

    def _print(self) -> None:
        paper = self.paper.value()
        shown = self._shown
        if paper is None or shown is None:
            return
        printer = printer_for(paper)
        asking = QPrintDialog(printer, self)
        asking.setMinMax(1, len(shown.pages))
        if asking.exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for button in (self.print_button, self.save_button):
            button.setEnabled(not busy and self._shown is not None)

    def _show_zoom(self, zoom: float) -> None:
        self.zoom_label.setText(f"{zoom:.0%}".replace("%", "\N{NO-BREAK SPACE}%"))

    def _lay_out(self) -> None:
        self.preview.hide()
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(text_label(self.tr("Paper"), "label"))
        tools.addWidget(self.paper)
        tools.addStretch(1)
        for widget in (self.zoom_out, self.zoom_label, self.zoom_in, self.fit):
            tools.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.close_button)
        row.addStretch(1)
        row.addWidget(self.print_button)
        row.addWidget(self.save_button)
        inner = QVBoxLayout()
        inner.setContentsMargins(24, 16, 24, 24)
        inner.setSpacing(16)
        inner.addLayout(tools)
        inner.addWidget(self.notice)
        inner.addWidget(self._told, 1, Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(self.preview, 1)
        inner.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.band)
        whole.addLayout(inner, 1)

    def _button(self, text: str, icon_name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        if icon_name:
            set_icon(button, icon_name)
        button.clicked.connect(act)
        return button

    def _tool(self, icon_name: str, name: str, act: Callable[[], object]) -> QPushButton:
        button = self._button("", icon_name, act)
        button.setProperty("kind", "square")
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button
