"""The Cases page: find a case on the left, read it on the right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Case, CaseSummary, Lesion, Patient, StoredPicture, Visit
from skindesk.domain.people import OWNER, Person
from skindesk.gui.background import Background
from skindesk.gui.cases.case_list import CaseList
from skindesk.gui.cases.case_view import CaseView
from skindesk.gui.cases.changing import CaseChanges
from skindesk.gui.cases.picture_page import PicturePage
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.words import local_day

_MARGIN_PX = 24
_CASE_PX = (480, 740)
"""The least and the most that the case on the right takes by itself; beyond that the table shows more columns."""
_NAMES_AFTER_MS = 250


@dataclass(frozen=True)
class _ReadCase:
    """A case with the patient's cases, itself among them."""

    case: Case
    siblings: tuple[CaseSummary, ...]


class CasesWorkspace(QWidget):
    """All cases of the profile. It reads the log when it is first shown, and never on the GUI thread."""

    patient_changed = Signal(object)
    """The Patient whose data is on the screen, or None."""
    add_picture_wanted = Signal(object, object)
    """The clinician wants another picture of this Patient's Lesion."""

    def __init__(
        self, workspace: Workspace, background: Background, person: Person = OWNER, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._background = background
        self._latest = Latest(background, self)
        self._case: Case | None = None
        self._wanted_case: int | None = None
        self._was_shown = False
        self._divided_by_user = False
        self.notice = Notice(self)
        self.case_list = CaseList(lambda: workspace.casework.log, background, self)
        self.case_list.table.case_chosen.connect(lambda case: self._read(case.case_id))
        self.case_list.table.case_entered.connect(self._enter_case)
        self.case_list.answered.connect(self._list_answered)
        self.case_list.trouble.connect(self._list_failed)
        self.changes = CaseChanges(workspace, background, self.notice, self)
        self.case_view = CaseView(self._read_picture, background, person, self)
        self.case_view.add_picture_wanted.connect(self._ask_for_picture)
        self.case_view.picture_wanted.connect(self._open_picture)
        self.case_view.other_case_wanted.connect(self.show_case)
        self.picture_page = PicturePage(self._read_picture, background, self)
        self.picture_page.closed.connect(self._close_picture)
        self._connect_changes()
        self._build()

    def refresh(self) -> None:
        """Read the list, and the shown case, again."""
        self._was_shown = True
        self.notice.clear()
        self.case_list.refresh()
        if self._wanted_case is not None:
            self._read(self._wanted_case)

    def show_case(self, case_id: int) -> None:
        """Show one case, and choose it in the list where it is there."""
        self._wanted_case = case_id
        self._close_picture()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, read the list."""
        super().showEvent(event)
        if not self._was_shown:
            self.refresh()
            # Loading the network first would hold up the list, and its names are only nicer words.
            QTimer.singleShot(_NAMES_AFTER_MS, self, self._learn_names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width anew, unless the user has divided it."""
        super().resizeEvent(event)
        if not self._divided_by_user:
            least, most = _CASE_PX
            case_px = max(least, min(most, round(self.width() * 0.47)))
            self._split.setSizes((self.width() - case_px, case_px))

    def _keep_division(self) -> None:
        self._divided_by_user = True

    def _connect_changes(self) -> None:
        self.case_view.patient_correction_wanted.connect(partial(self._change, self.changes.correct_patient))
        self.case_view.lesion_correction_wanted.connect(partial(self._change, self.changes.correct_lesion))
        self.case_view.erasure_wanted.connect(partial(self._change, self.changes.erase_patient))
        self.changes.patient_corrected.connect(self._corrected)
        self.changes.lesion_corrected.connect(self._corrected)
        self.changes.patient_erased.connect(self._erased)

    def _change(self, change: Callable[[Case], None]) -> None:
        if self._case is not None:
            change(self._case)

    def _corrected(self, _now: Patient | Lesion) -> None:
        self.case_list.refresh()
        if self._case is not None:
            self._read(self._case.lesion.case_id, self.tr("Corrected. The audit keeps the old value."))

    def _erased(self, _patient: Patient) -> None:
        self._latest.forget()
        self._case = self._wanted_case = None
        self._right.setCurrentIndex(0)
        self.patient_changed.emit(None)
        self.refresh()

    def _read(self, case_id: int, told: str = "") -> None:
        self._wanted_case = case_id

        def read() -> _ReadCase:
            log = self._workspace.casework.log
            case = log.case(case_id)
            return _ReadCase(case, log.cases_of(case.patient.patient_id))

        self._latest.ask(read, partial(self._show, told), self._show_trouble)

    def _show(self, told: str, read: _ReadCase) -> None:
        self.notice.clear()
        if told:
            self.notice.show_done(told)
        self._case = read.case
        self.case_view.show_case(read.case, read.siblings)
        self._right.setCurrentWidget(self.case_view)
        self.case_list.choose(read.case.lesion.case_id)
        self.patient_changed.emit(read.case.patient)

    def _list_failed(self, error: Exception) -> None:
        self._show_right_side()
        self._show_trouble(error)

    def _show_right_side(self) -> None:
        """Show the right side where there is a case to show or to choose."""
        self._right_side.setVisible(self.case_list.model.rowCount() > 0 or self._case is not None)

    def _list_answered(self) -> None:
        self._show_right_side()
        if self._wanted_case is not None:
            self.case_list.choose(self._wanted_case)

    def _show_trouble(self, error: Exception) -> None:
        self.notice.show_error(error)

    def _learn_names(self) -> None:
        """Ask the installed networks what their label codes mean; without any the codes stand for themselves."""

        def names() -> Mapping[str, str]:
            models = reversed(self._workspace.models.installed())  # where two differ, the first one's word counts
            return {label.code: label.name for model in models for label in model.contract.labels}

        self._background.start(names, self._use_names, lambda error: None)

    def _use_names(self, names: Mapping[str, str]) -> None:
        self.case_list.model.name_impressions(names)
        self.case_view.name_impressions(names)

    def _read_picture(self, sha256: str) -> bytes:
        return self._workspace.casework.log.picture(sha256)

    def _enter_case(self) -> None:
        if self._case is not None:
            self.case_view.take_focus()

    def _ask_for_picture(self) -> None:
        if self._case is not None:
            self.add_picture_wanted.emit(self._case.patient, self._case.lesion)

    def _open_picture(self, picture: StoredPicture, visit: Visit) -> None:
        self.picture_page.show_picture(picture.details, local_day(visit.visited_at))
        self._pages.setCurrentWidget(self.picture_page)
        self.picture_page.canvas.setFocus()

    def _close_picture(self) -> None:
        self._pages.setCurrentIndex(0)

    def _build(self) -> None:
        title = text_label(self.tr("Cases"), "page-title")
        left = QWidget(self)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, 16, _MARGIN_PX)
        left_column.setSpacing(16)
        left_column.addWidget(title)
        left_column.addWidget(self.notice)
        left_column.addWidget(self.case_list, 1)
        nothing_chosen = EmptyState(
            "user-focus", self.tr("No case is open"), self.tr("Choose a case on the left to see its visits.")
        )
        self._right = QStackedWidget(self)
        self._right.addWidget(nothing_chosen)
        self._right.addWidget(self.case_view)
        self._right_side = right = QWidget(self)
        right_column = QVBoxLayout(right)
        right_column.setContentsMargins(16, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        right_column.addWidget(self._right)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.splitterMoved.connect(self._keep_division)
        self._split = split
        left.setMinimumWidth(360)
        right.setMinimumWidth(_CASE_PX[0])
        self._pages = QStackedWidget(self)
        self._pages.addWidget(split)
        self._pages.addWidget(self.picture_page)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._pages)
