"""A tour of the whole desktop program on a generated clinic: every page, dialog and sheet comes into sight in turn."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import cast

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSize
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.body_position import BodyView
from skindesk.domain.case import Confidence, LesionDetails, PatientDetails, Plan, ReviewDetails, Site
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.insights import COUNTS_ONLY_UNDER
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.people import Role
from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.gui.about import AboutWorkspace
from skindesk.gui.background import Background
from skindesk.gui.batch import BatchWorkspace
from skindesk.gui.batch.triage import Showing
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.compare.view import Mode
from skindesk.gui.examine import ExamineWorkspace
from skindesk.gui.examine.viewer import PictureTool
from skindesk.gui.incoming.camera_dialog import CameraDialog
from skindesk.gui.incoming.camera_support import CameraUnavailableError
from skindesk.gui.insights import InsightsWorkspace
from skindesk.gui.main_window import MainWindow
from skindesk.gui.models import ModelsWorkspace
from skindesk.gui.report import open_report
from skindesk.gui.settings import SettingsWorkspace
from skindesk.gui.shortcuts.sheet import show_shortcuts
from skindesk.gui.worklist import WorklistWorkspace
from skindesk.gui.worklist.actions import Wish
from skindesk.imaging.body_map import centre_of
from skindesk.services.access import Access
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile
from tests.gui.clinic import EXAMPLES, NOON, draft, save_clinic

PASSPHRASE = "correct horse battery"
_PATIENCE_S = 60.0
_ROUNDS_OF_LAYOUT = 8
"""Wrapped text tells of its height only once it has its width, layer by layer."""
_SAID = ReviewDetails("mel", Confidence.HIGH)
_FOUND = FinalDiagnosisDetails("mel", MalignancyGroup.MALIGNANT, ConfirmedBy.HISTOPATHOLOGY, NOON.date())


@dataclass(frozen=True)
class Stop:
    """Something that has come into sight: its name, and the window or dialog that holds it."""

    name: str
    window: QWidget


def cheap_workspace(folder: Path) -> Workspace:
    """A workspace at its first start, whose passphrases cost next to nothing to check."""
    workspace = Workspace(Profile(folder / "profile"), log_file=None)
    workspace._access = Access(workspace.profile, Cost(memory_kib=64, passes=1, lanes=1))
    return workspace


class Tour:
    """Walks a window from its first start to the lock. The workspace has never been started, the folder is empty."""

    def __init__(self, workspace: Workspace, folder: Path, size: QSize) -> None:
        self.workspace, self._folder = workspace, folder
        self.window = MainWindow(workspace)
        self.window.resize(size)
        self.window.show()
        self._background = Background(self.window)
        self._closed = False

    def stops(self) -> Iterator[Stop]:
        """All that can be seen, one after the other; what was opened is closed again before the next one comes."""
        yield from self._first_start()
        self._fill()
        yield from self._examine()
        yield from self._cases()
        yield from self._compare()
        yield from self._other_pages()
        yield from self._settings()
        yield from self._locked()

    def close(self) -> None:
        """End it all."""
        if not self._closed:
            self._closed = True
            self._background.close()
            if self.window.is_entered:
                self._desk.examiner.forget()
            self.window.close()
            self.window.deleteLater()
            self._run(0.05)

    def wait(self, condition: Callable[[], object]) -> None:
        """Let the program work until something holds."""
        until_s = time.monotonic() + _PATIENCE_S
        while not condition():
            assert time.monotonic() < until_s, "the program did not get there"
            self._run(0.005)

    def activate(self, window: QWidget) -> None:
        """Give a window the keyboard."""
        window.activateWindow()
        self.wait(window.isActiveWindow)

    def _run(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while True:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if time.monotonic() >= until_s:
                return
            time.sleep(0.002)  # what works in the background needs the processor more

    def _here(self, name: str, window: QWidget | None = None) -> Stop:
        shown = window or self.window
        for _ in range(_ROUNDS_OF_LAYOUT):
            self._run(0.005)
        self.activate(shown)
        return Stop(name, shown)

    def _dialog(self, name: str, dialog: QWidget | None) -> Iterator[Stop]:
        assert isinstance(dialog, QDialog), name
        self.wait(dialog.isVisible)
        yield self._here(name, dialog)
        dialog.reject()
        self.wait(lambda: not _is_shown(dialog))
        self.activate(self.window)

    def _menu(self, name: str, menu: QMenu) -> Iterator[Stop]:
        menu.popup(self.window.mapToGlobal(self.window.rect().center()))
        yield Stop(name, menu)
        menu.close()

    # The gate

    def _first_start(self) -> Iterator[Stop]:
        from skindesk.gui.access.first_start import FirstStartPage
        from skindesk.gui.access.recovery_key import RecoveryKeyPage

        gate = self.window.gate
        self.wait(lambda: isinstance(gate.page, FirstStartPage))
        first = cast(FirstStartPage, gate.page)
        yield self._here("first start")
        first.personal.setChecked(True)
        yield self._here("first start without a passphrase")
        first.protect.setChecked(True)
        first.name.setText("Ada")
        for line in (first.passphrase.first.line, first.passphrase.again.line):
            line.setText(PASSPHRASE)
        first.go.click()
        self.wait(lambda: isinstance(gate.page, RecoveryKeyPage))
        yield self._here("recovery key")
        cast(RecoveryKeyPage, gate.page).done.emit()
        self.wait(lambda: self.window.is_entered and self.workspace.is_open)

    def _locked(self) -> Iterator[Stop]:
        from skindesk.gui.access.recovery import RecoveryPage
        from skindesk.gui.access.sign_in import SignInPage
        from skindesk.gui.backups.restore_page import RestorePage

        gate = self.window.gate
        self._desk.examiner.forget()  # or the lock would ask whether it may go
        self.window.locking.lock()
        self.wait(lambda: isinstance(gate.page, SignInPage))
        yield self._here("sign in")
        cast(SignInPage, gate.page).forgot.click()
        self.wait(lambda: isinstance(gate.page, RecoveryPage))
        yield self._here("recovery")
        gate.restore(None, self._folder)
        self.wait(lambda: isinstance(gate.page, RestorePage))
        yield self._here("restore")

    def _fill(self) -> None:
        """A clinic with a history, closed cases, due lesions and a second person."""
        work = self.workspace.casework
        for number, picture in enumerate(EXAMPLES[:COUNTS_ONLY_UNDER]):
            closed = work.save_case(
                draft(PatientDetails(f"C-{number}", "Closed"), LesionDetails(), picture, review=_SAID)
            )
            work.log.record.diagnose(closed.case_id, _FOUND)
        self._case_id = save_clinic(self.workspace)
        self._pair_id = self._save_pair()
        watched = ReviewDetails("nv", plan=Plan.WATCH, follow_up_on=date.today() - timedelta(days=3))
        forearm = LesionDetails(Site.UPPER_EXTREMITY, position=centre_of(BodyView.FRONT, "left-forearm-front"))
        work.save_case(draft(PatientDetails("9", "Watched", "One"), forearm, EXAMPLES[1], review=watched))
        self.workspace.access.add_person("Ben", Role.CLINICIAN, PASSPHRASE)

    def _save_pair(self) -> int:
        """A lesion whose pictures are found to lie on each other at once."""
        again = self._folder / "again.png"
        Image.open(EXAMPLES[4]).save(again)
        work, who = self.workspace.casework, PatientDetails("8", "Twice", "Seen")
        first = work.save_case(draft(who, LesionDetails(), EXAMPLES[4], NOON - timedelta(days=90)))
        return work.save_case(draft(first.patient_id, first.case_id, again)).case_id

    # Examine

    @property
    def _desk(self) -> ExamineWorkspace:
        return self.window.examine

    def _examine(self) -> Iterator[Stop]:
        desk = self._desk
        self.wait(lambda: desk.examiner.contract is not None)
        yield self._here("examine: nothing yet")
        yield from self._dialog("keys", show_shortcuts(self.window))
        yield from self._held_back()
        self._open(EXAMPLES[4])
        yield self._here("examine: ready")
        desk.panel.impression.line().setText("Melanoma")
        desk.panel.plan.choose(Plan.WATCH)
        desk.reveal()
        yield self._here("examine: answered")
        desk.bringing.add_files([EXAMPLES[5], EXAMPLES[6]])
        self.wait(lambda: desk.examination is not None and len(desk.examination.pictures) == 3)
        self._answered()
        yield self._here("examine: several pictures")
        yield from self._beside()
        yield from self._tools()
        desk.save()
        yield from self._dialog("save", desk.dialog)
        camera = CameraDialog(self._background, CameraUnavailableError("No camera.", "Plug one in."), "", self.window)
        camera.open()
        yield from self._dialog("camera", camera)
        desk.viewer.notice.show_done("Saved as L1.", "Show case", lambda: None)
        yield self._here("examine: notice")
        desk.viewer.notice.clear()

    def _open(self, path: Path) -> None:
        self._desk.panel.reset()
        self._desk.open_file(path)
        self.wait(lambda: self._desk.examination is not None and self._desk.examination.picture.file.name == path.name)
        self._answered()

    def _answered(self) -> None:
        self.wait(lambda: self._desk.examination is not None and self._desk.examination.is_looked_through)

    def _held_back(self) -> Iterator[Stop]:
        desk = self._desk
        self._open(EXAMPLES[3])
        assert desk.examination is not None
        desk.examination.picture.findings = (QualityFinding(QualityIssue.BLURRED, severe=True),)
        desk.examiner.changed.emit(desk.examination.picture)
        desk.panel.impression.line().setText("Melanoma")
        desk.reveal(anyway=False)
        assert desk.panel.network.is_held
        yield self._here("examine: held back")

    def _beside(self) -> Iterator[Stop]:
        desk = self._desk
        desk.show_knowledge()
        yield self._here("examine: knowledge")
        desk.show_similar()
        yield self._here("examine: similar cases")
        desk.side.show_measure()
        yield self._here("examine: measure")
        desk.tools.propose()
        self.wait(desk.side.measure.propose.isEnabled)
        yield self._here("examine: measured")
        desk.side.back()

    def _tools(self) -> Iterator[Stop]:
        canvas = self._desk.viewer.canvas
        for kind in PictureTool:
            self._desk.tools.use(kind)
            self.wait(lambda: canvas.tool is not None)
            yield self._here(f"examine: {kind.name.lower()}")
            canvas.take_tool(None)
            self._desk.side.back()

    # The record

    @property
    def _cases_page(self) -> CasesWorkspace:
        return cast(CasesWorkspace, self.window.page("cases"))

    def _cases(self) -> Iterator[Stop]:
        self.window.show_page("cases")
        cases = self._cases_page
        self.wait(lambda: cases.case_list.model.rowCount() > 0)
        yield self._here("cases: list")
        cases.case_list.filters.open()
        yield self._here("cases: filter", cases.case_list.filters.panel.window())
        cases.case_list.filters.panel.close()
        cases.show_case(self._case_id)
        self.wait(lambda: cases.record is not None and cases.record.case_id == self._case_id)
        yield self._here("cases: record")
        yield from self._record_dialogs(cases)
        record = cases.record
        assert record is not None
        assert record.chosen is not None
        visit = record.chosen.visits[0]
        cases._open_picture(visit.pictures[0], visit)
        yield self._here("cases: picture")
        cases.picture_page.closed.emit()

    def _record_dialogs(self, cases: CasesWorkspace) -> Iterator[Stop]:
        actions = cases.record_actions
        position = centre_of(BodyView.FRONT, "right-shin")
        openers: dict[str, Callable[[], object]] = {
            "new patient": actions.add_patient,
            "correct patient": actions.correct_patient,
            "merge": actions.merge,
            "new lesion": lambda: actions.add_lesion(position),
            "correct lesion": actions.correct_lesion,
            "review": actions.review,
            "final diagnosis": actions.diagnose,
        }
        for name, opener in openers.items():
            opener()
            yield from self._dialog(f"cases: {name}", actions.dialog)
        cases._ask_for_erasure()
        yield from self._dialog("cases: erase", self._shown_dialog())
        cases.patient_view.map.begin_placing()
        yield self._here("cases: placing a lesion")
        cases.patient_view.map.end_placing()
        for button in (cases.patient_view.header.more_button, cases.patient_view.lesion.more_button):
            yield from self._menu("cases: menu", button.menu())
        report = open_report(self.workspace, self._background, self._case_id, self.window)
        self.wait(lambda: not report.busy)
        yield from self._dialog("report", report)

    def _shown_dialog(self) -> QWidget | None:
        return next((each for each in self.window.findChildren(QDialog) if each.isVisible()), None)

    def _compare(self) -> Iterator[Stop]:
        cases = self._cases_page
        cases.show_case(self._pair_id)
        self.wait(lambda: cases.record is not None and cases.record.case_id == self._pair_id)
        cases.patient_view.lesion.compare_button.click()
        self.wait(lambda: cases.compare_view.comparison is not None)
        for mode in Mode:
            cases.compare_view.mode_choice.choose(mode)
            yield self._here(f"compare: {mode.name.lower()}")
        cases.compare_view.closed.emit()

    # The other pages

    def _other_pages(self) -> Iterator[Stop]:
        self.window.show_page("worklist")
        worklist = cast(WorklistWorkspace, self.window.page("worklist"))
        self.wait(lambda: worklist.table.work.items())
        yield self._here("worklist")
        for wish in (Wish.SEEN, Wish.WEEK):
            worklist.row_actions.action(wish).trigger()
            yield from self._dialog(f"worklist: {wish.name.lower()}", worklist.dialog)
        self.window.show_page("batch")
        batch = cast(BatchWorkspace, self.window.page("batch"))
        yield self._here("batch: nothing yet")
        batch.start([EXAMPLES[0].parent])
        self.wait(lambda: not batch.is_running)
        for showing in Showing:
            batch.triage.show_as(showing)
            batch.triage.view.choose(0)
            self.wait(batch.view.canvas.has_picture)
            yield self._here(f"batch: {showing.name.lower()}")
        self.window.show_page("insights")
        insights = cast(InsightsWorkspace, self.window.page("insights"))
        self.wait(insights.export_button.isEnabled)
        yield self._here("insights")
        insights.show_cases((self._case_id,), "A case")
        yield self._here("insights: cases behind")
        insights.cases_behind.closed.emit()
        self.window.show_page("models")
        models = cast(ModelsWorkspace, self.window.page("models"))
        self.wait(models.list.count)
        models.list.setCurrentRow(0)
        yield self._here("models")
        self.window.show_page("about")
        about = cast(AboutWorkspace, self.window.page("about"))
        self.wait(lambda: about.card_views)
        yield self._here("about")

    def _settings(self) -> Iterator[Stop]:
        self.window.show_page("settings")
        settings = cast(SettingsWorkspace, self.window.page("settings"))
        self.wait(lambda: settings.mix_rows)
        yield self._here("settings")
        protection = settings.protection
        for button in (protection.passphrase_button, protection.add_button, protection.recovery_button):
            button.click()
            yield from self._dialog(f"settings: {button.accessibleName()}", protection.dialog)
        self.window.show_page("audit")
        yield self._here("audit")
        self.window.show_page("settings")
        self.workspace.change_settings(replace(self.workspace.settings, notice_accepted=True))


def _is_shown(dialog: QWidget) -> bool:
    try:
        return dialog.isVisible()
    except RuntimeError:  # it is gone with all that was in it
        return False
