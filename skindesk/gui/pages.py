"""The window's pages: each is made when it is first visited, and all that may show patients can be taken away."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QStackedWidget, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Lesion, Patient
from skindesk.domain.people import OWNER, Permission, Person
from skindesk.gui.background import Background
from skindesk.gui.clipboard import take_back
from skindesk.gui.drafts import Drafts, Form
from skindesk.gui.drafts.kept import Offer
from skindesk.gui.incoming.folder_watcher import FolderWatcher
from skindesk.gui.undoing import Undoing, Undone
from skindesk.gui.widgets.tab_order import follow_layout
from skindesk.gui.worklist_watch import WorklistWatch

if TYPE_CHECKING:
    from skindesk.gui.batch import BatchWorkspace
    from skindesk.gui.cases import CasesWorkspace
    from skindesk.gui.examine import ExamineWorkspace

_OUTLIVES_THE_LOCK = "batch"
"""Its run goes on, and it knows no patient of the case log; the names of its files are concealed."""


class Pages(QStackedWidget):
    """One page in sight. `lasting` works for what goes on while the case log is locked."""

    patient_changed = Signal()
    """The page in sight shows another patient, or none any more."""
    wanted = Signal(str)
    """One page asks for another to be shown, by its key."""
    settings_changed = Signal(object)
    """The new Settings; they are kept already."""
    protection_wanted = Signal()
    """A log without a passphrase is to get one."""
    drift_found = Signal(bool)
    """Whether the pictures of late are unlike the training pictures, more than chance explains."""
    restore_wanted = Signal(object, str)
    """A backup is to take the case log's place: its folder and its name."""
    own_role_changed = Signal()
    """Whoever is at work may do other things now; the pages have to be made anew."""

    def __init__(self, workspace: Workspace, lasting: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._lasting = workspace, lasting
        self._person = OWNER
        self._pages: dict[str, QWidget] = {}
        self._patients: dict[str, Patient | None] = {}
        self.background = Background(self)
        """Works for the pages, and has ended before the case log is closed."""
        self.undoing = Undoing(workspace, lambda: self.background, self)
        """Takes back what the pages did with the record."""
        self.undoing.happened.connect(self._follow_undo)
        self.folder_watcher = FolderWatcher(self)
        """Looks for new pictures, also while the case log is locked."""
        self.folder_watcher.apply_settings(workspace.settings)
        self.worklist_watch = WorklistWatch(workspace, self)
        """Counts what is due while the case log is open."""

    @property
    def drafts(self) -> Drafts:
        """What was begun by whoever is at work now, and left behind."""
        return Drafts(lambda: self._workspace.casework, self.background, self._person.person_id)

    def go_on(self, offer: Offer) -> bool:
        """Go on with a draft on the page where it was begun; False where what is there is to be kept."""
        if offer.form is Form.EXAMINATION:
            if not self.examine.close_allowed():
                return False
            self.wanted.emit("examine")
            self.examine.go_on(offer)
        else:
            self.wanted.emit("cases")
            self._cases().go_on(offer)
        return True

    @property
    def examine(self) -> "ExamineWorkspace":
        """The Examine page; another one after each lock."""
        return cast("ExamineWorkspace", self.page("examine"))

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost if the pages went now."""
        return "examine" in self._pages and self.examine.unsaved

    def may_leave(self) -> bool:
        """Whether the pages may go; the user is asked where something would be lost."""
        return not self.unsaved or self.examine.close_allowed()

    def page(self, key: str) -> QWidget:
        """A page, made where it has not been visited yet."""
        if key not in self._pages:
            self._pages[key] = self._made(key)
            self.addWidget(self._pages[key])
            follow_layout(self._pages[key])
        return self._pages[key]

    def made(self) -> set[str]:
        """The keys of the pages that have been made so far."""
        return set(self._pages)

    def follow_growth(self) -> None:
        """Others have added to the case log: what is in sight is read again, and the rest when it is shown."""
        from skindesk.gui.insights import InsightsWorkspace

        self.worklist_watch.look()
        if "cases" in self._pages:
            self._cases().refresh()
        shown = self.currentWidget()
        if isinstance(shown, InsightsWorkspace):
            shown.refresh()

    def shows_patients(self, key: str) -> bool:
        """Whether a page is about one patient at a time."""
        return key in self._patients

    def patient(self, key: str) -> Patient | None:
        """Whose data a page shows."""
        return self._patients.get(key)

    def make_for(self, person: Person) -> None:
        """Make the pages for this person from now on: those for somebody with other rights go."""
        if person != self._person:
            self._person = person
            self.forget()
        batch = self._batch()
        if batch is not None:
            batch.reveal()

    def watch_worklist(self) -> None:
        """The case log is open: keep an eye on what is due."""
        self.worklist_watch.begin(self.background)

    def look_for_drift(self) -> None:
        """Look at the pictures of late; `drift_found` follows where the log can be read."""
        self.background.start(self._is_drifting, self.drift_found.emit, lambda _error: None)

    def _is_drifting(self) -> bool:
        from skindesk.services.drift import latest_drifts

        found = latest_drifts(self._workspace.casework.log, self._workspace.models)
        return any(drift.is_alarm for drift in found)

    def forget(self) -> None:
        """Take away every page that may show patients."""
        for key in self._pages.keys() - {_OUTLIVES_THE_LOCK}:
            page = self._pages.pop(key)
            self.removeWidget(page)
            page.deleteLater()
        self._patients.clear()

    def look_at_backups(self) -> None:
        """There is a new backup, for the page that shows them."""
        from skindesk.gui.settings import SettingsWorkspace

        settings = self._pages.get("settings")
        if isinstance(settings, SettingsWorkspace):
            settings.backups.refresh()

    def empty(self) -> Background:
        """Take away every page and every trace of patients; returns what worked for the pages, stopped.

        The caller waits for it before the case log is closed, and deletes it.
        """
        self.worklist_watch.rest()
        ending, self.background = self.background, Background(self)
        self.forget()
        batch = self._batch()
        if batch is not None:
            batch.conceal()
        take_back()
        QPixmapCache.clear()
        ending.stop()
        return ending

    def _batch(self) -> "BatchWorkspace | None":
        return cast("BatchWorkspace | None", self._pages.get(_OUTLIVES_THE_LOCK))

    def _made(self, key: str) -> QWidget:
        makers: dict[str, Callable[[], QWidget]] = {
            "examine": self._made_examine,
            "cases": self._made_cases,
            "worklist": self._made_worklist,
            "batch": self._made_batch,
            "insights": self._made_insights,
            "models": self._made_models,
            "settings": self._made_settings,
            "about": self._made_about,
            "audit": self._made_audit,
        }
        return makers[key]()

    def _made_examine(self) -> QWidget:
        from skindesk.gui.examine import ExamineWorkspace

        reviewing, person_id = self._person.may(Permission.REVIEW), self._person.person_id
        examine = ExamineWorkspace(
            self._workspace, self.background, reviewing, person_id=person_id, watcher=self.folder_watcher
        )
        self._patients["examine"] = None
        examine.patient_changed.connect(partial(self._patient_changed, "examine"))
        examine.case_wanted.connect(self._show_case)
        examine.case_saved.connect(lambda _case_id: self.look_for_drift())
        return examine

    def _made_cases(self) -> QWidget:
        from skindesk.gui.cases import CasesWorkspace

        cases = CasesWorkspace(self._workspace, self.background, self._person)
        self._patients["cases"] = None
        cases.patient_changed.connect(partial(self._patient_changed, "cases"))
        cases.add_picture_wanted.connect(self._add_picture)
        cases.report_wanted.connect(self._open_report)
        cases.undo_wanted.connect(self.undoing.undo)
        cases.record_actions.patient_followed.connect(self.examine.follow_patient)
        cases.record_actions.lesion_followed.connect(self.examine.follow_lesion)
        cases.erasing.patient_erased.connect(self.examine.forget_patient)
        self.examine.case_saved.connect(lambda _case_id: cases.refresh())
        return cases

    def _open_report(self, case_id: int) -> None:
        from skindesk.gui.report import open_report

        open_report(self._workspace, self.background, case_id, self)

    def _made_worklist(self) -> QWidget:
        from skindesk.gui.worklist import WorklistWorkspace

        worklist = WorklistWorkspace(self._workspace, self.background, self._person)
        worklist.case_wanted.connect(self._show_case)
        worklist.result_wanted.connect(self._record_result)
        worklist.edited.connect(self._follow_worklist)
        worklist.undo_wanted.connect(self.undoing.undo)
        self.worklist_watch.changed.connect(worklist.refresh_in_sight)
        return worklist

    def _made_batch(self) -> QWidget:
        from skindesk.gui.batch import BatchWorkspace

        batch = BatchWorkspace(self._workspace, self._lasting, lambda: self.background)
        batch.saved.connect(lambda _saved: self._follow_worklist())
        return batch

    def _made_insights(self) -> QWidget:
        from skindesk.gui.insights import InsightsWorkspace

        insights = InsightsWorkspace(self._workspace, self.background)
        insights.case_wanted.connect(self._show_case)
        insights.drift_found.connect(self.drift_found)
        return insights

    def _made_models(self) -> QWidget:
        from skindesk.gui.models import ModelsWorkspace

        models = ModelsWorkspace(self._workspace, self.background, self._person)
        models.settings_changed.connect(self._follow_settings)
        models.case_wanted.connect(self._show_case)
        return models

    def _made_settings(self) -> QWidget:
        from skindesk.gui.settings import SettingsWorkspace

        settings = SettingsWorkspace(self._workspace, self.background, self.may_leave)
        settings.settings_changed.connect(self._follow_settings)
        settings.protection_wanted.connect(self.protection_wanted)
        settings.own_role_changed.connect(self.own_role_changed)
        settings.backups.restore_wanted.connect(self.restore_wanted)
        settings.models_wanted.connect(partial(self.wanted.emit, "models"))
        settings.audit_wanted.connect(partial(self.wanted.emit, "audit"))
        return settings

    def _made_about(self) -> QWidget:
        from skindesk.gui.about import AboutWorkspace

        return AboutWorkspace(self._workspace, self.background)

    def _made_audit(self) -> QWidget:
        from skindesk.gui.audit import AuditWorkspace

        audit = AuditWorkspace(self._workspace, self.background)
        audit.closed.connect(partial(self.wanted.emit, "settings"))
        return audit

    def _patient_changed(self, key: str, patient: Patient | None) -> None:
        self._patients[key] = patient
        if self.currentWidget() is self._pages.get(key):
            self.patient_changed.emit()

    def _show_case(self, case_id: int) -> None:
        self.wanted.emit("cases")
        self._cases().show_case(case_id)

    def _record_result(self, case_id: int) -> None:
        self.wanted.emit("cases")
        self._cases().record_result(case_id)

    def _follow_worklist(self) -> None:
        if "cases" in self._pages:
            self._cases().refresh()

    def _cases(self) -> "CasesWorkspace":
        from skindesk.gui.cases import CasesWorkspace

        cases = self.page("cases")
        assert isinstance(cases, CasesWorkspace)
        return cases

    def _add_picture(self, patient: Patient, lesion: Lesion | None) -> None:
        self.wanted.emit("examine")
        self.examine.start_for(patient, lesion)

    def _follow_undo(self, undone: Undone) -> None:
        if undone.is_save_taken_back:
            self.examine.save_taken_back()
        if "cases" in self._pages:
            self._cases().follow_undo(undone.edit.patient_id, undone.edit.case_id)

    def _follow_settings(self, settings: object) -> None:
        self.folder_watcher.apply_settings(self._workspace.settings)
        self.examine.apply_settings(self._workspace.settings)
        self.settings_changed.emit(settings)
