"""The Cases page: find a case on the left, read and edit the patient's record on the right."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Patient, StoredPicture, Visit
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.final_diagnosis import Attachment
from skindesk.domain.labels import Label
from skindesk.domain.people import OWNER, Permission, Person
from skindesk.gui.background import Background
from skindesk.gui.cases.attachment_copy import save_copy
from skindesk.gui.cases.case_list import CaseList
from skindesk.gui.cases.comparing import compared_pictures
from skindesk.gui.cases.drafted_dialog import Desk
from skindesk.gui.cases.erasing import PatientErasing
from skindesk.gui.cases.patient_record import PatientRecord, record_of_case, record_of_patient
from skindesk.gui.cases.patient_view import PatientView
from skindesk.gui.cases.picture_page import PicturePage
from skindesk.gui.cases.record_actions import RecordActions
from skindesk.gui.cases.unlisted_patients import UnlistedPatients
from skindesk.gui.compare import CompareView
from skindesk.gui.drafts import Drafts, Form
from skindesk.gui.drafts.kept import Offer
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.tab_order import follow_layout
from skindesk.gui.widgets.words import local_day

_MARGIN_PX = 24
_LIST_PX = (340, 620)
"""The least and the most that the list takes by itself; the rest is the record's."""
_RECORD_LEAST_PX = 480
_NAMES_AFTER_MS = 250

Read = Callable[[], PatientRecord]


class CasesWorkspace(QWidget):
    """All cases of the profile. It reads the log when it is first shown, and never on the GUI thread.

    What `person` may not do is not offered.
    """

    patient_changed = Signal(object)
    """The Patient whose data is on the screen, or None."""
    add_picture_wanted = Signal(object, object)
    """The clinician wants another picture of this Patient's Lesion; of a new one where it is None."""
    report_wanted = Signal(int)
    """A report of this case is wanted."""
    undo_wanted = Signal()
    """What was done last is to be taken back."""

    def __init__(
        self, workspace: Workspace, background: Background, person: Person = OWNER, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._latest = Latest(background, self)
        self._record: PatientRecord | None = None
        self._names: Mapping[str, str] = {}
        self._wanted_case: int | None = None
        self._was_shown = False
        self._divided_by_user = False
        drafts = Drafts(lambda: workspace.casework, background, person.person_id)
        self.record_actions = RecordActions(Desk(lambda: workspace.casework, background, drafts), self)
        self.notice = Notice(self)
        self.erasing = PatientErasing(workspace, background, self.notice, self)
        self.case_list = CaseList(lambda: workspace.casework.log, background, self)
        self.unlisted = UnlistedPatients(lambda: workspace.casework.log, background)
        self.new_patient_button = QPushButton(self.tr("New patient…"))
        self.new_patient_button.setAccessibleName(self.tr("New patient"))
        if not person.may(Permission.RECORD):
            self.new_patient_button.hide()
        set_icon(self.new_patient_button, "user-plus")
        self.patient_view = PatientView(self._read_picture, background, person, self)
        self.picture_page = PicturePage(self._read_picture, background, self)
        self.compare_view = CompareView(background, self)
        self._connect_list()
        self._connect_view()
        self._connect_actions()
        self._build()

    @property
    def record(self) -> PatientRecord | None:
        """The record that is on the screen."""
        return self._record

    def refresh(self, told: str = "") -> None:
        """Read the list, and the shown record, again; then say what was done."""
        self._was_shown = True
        self.notice.clear()
        self.case_list.refresh()
        if self._wanted_case is not None:
            self._read(partial(self._record_of_case, self._wanted_case), told)
        elif self._record is not None:
            self._read(partial(self._record_of_patient, self._record.patient.patient_id), told)

    def show_case(self, case_id: int, told: str = "") -> None:
        """Show one case, and choose it in the list where it is there."""
        self._wanted_case = case_id
        self._show_first_page()
        self.refresh(told)

    def record_result(self, case_id: int) -> None:
        """Show one case, and ask what it was in the end."""
        self._wanted_case = case_id
        self._was_shown = True
        self._show_first_page()
        self.case_list.refresh()
        self._latest.ask(partial(self._record_of_case, case_id), self._show_and_diagnose, self._show_trouble)

    def show_patient(self, patient_id: int, told: str = "") -> None:
        """Show a patient with the lesion seen last, if there is one."""
        self._show_first_page()
        self.notice.clear()
        self._was_shown = True
        self.case_list.refresh()
        self._read(partial(self._record_of_patient, patient_id), told)

    def follow_undo(self, patient_id: int, case_id: int | None) -> None:
        """An edit of this patient was taken back or made again: show the record as it is now."""
        if case_id is not None:
            self._wanted_case = case_id
        self._show_first_page()
        self.case_list.refresh()
        self._latest.ask(
            partial(self._as_far_as_there, patient_id, case_id), partial(self._show, ""), self._left_nothing
        )

    def go_on(self, offer: Offer) -> None:
        """Show the record that a draft belongs to, and go on with it in its dialog."""
        if offer.form is Form.NEW_PATIENT or offer.patient is None:
            self.record_actions.go_on(offer)
            return
        case_id = None if offer.lesion is None else offer.lesion.case_id
        self._was_shown = True
        self.case_list.refresh()
        read = partial(record_of_patient, patient_id=offer.patient.patient_id, case_id=case_id)
        self._latest.ask(
            lambda: read(self._workspace.casework.log), partial(self._show_and_go_on, offer), self._show_trouble
        )

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, read the list."""
        super().showEvent(event)
        if not self._was_shown:
            self.refresh()
        if not self._names:
            # Loading the network first would hold up the list, and its names are only nicer words.
            QTimer.singleShot(_NAMES_AFTER_MS, self, self._learn_names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width anew, unless the user has divided it."""
        super().resizeEvent(event)
        if not self._divided_by_user:
            least, most = _LIST_PX
            list_px = max(least, min(most, round(self.width() * 0.28)))
            self._split.setSizes((list_px, self.width() - list_px))

    def _connect_list(self) -> None:
        self.case_list.table.case_chosen.connect(lambda case: self._read_case(case.case_id))
        self.case_list.table.case_entered.connect(self.patient_view.take_focus)
        self.case_list.answered.connect(self._list_answered)
        self.case_list.trouble.connect(self._list_failed)
        self.unlisted.patient_chosen.connect(self.show_patient)
        self.new_patient_button.clicked.connect(self.record_actions.add_patient)

    def _connect_view(self) -> None:
        view, header, lesion = self.patient_view, self.patient_view.header, self.patient_view.lesion
        view.lesion_chosen.connect(self._read_case)
        view.map.lesion_placed.connect(self.record_actions.add_lesion)
        view.map.lesion_unplaced.connect(self.record_actions.add_lesion_elsewhere)
        view.map.lesion_moved.connect(self.record_actions.move_lesion)
        header.picture_wanted.connect(self._ask_for_picture)
        header.report_wanted.connect(self._ask_for_report)
        header.correction_wanted.connect(self.record_actions.correct_patient)
        header.merging_wanted.connect(self.record_actions.merge)
        header.erasure_wanted.connect(self._ask_for_erasure)
        self.erasing.patient_erased.connect(self._erased)
        lesion.picture_wanted.connect(self._open_picture)
        lesion.review_wanted.connect(self.record_actions.review)
        lesion.diagnosis_wanted.connect(self.record_actions.diagnose)
        lesion.closing_wanted.connect(self.record_actions.close_or_reopen)
        lesion.correction_wanted.connect(self.record_actions.correct_lesion)
        lesion.comparison_wanted.connect(self._compare)
        lesion.timeline.removal_wanted.connect(self.record_actions.remove_picture)
        lesion.timeline.file_wanted.connect(self._save_file)
        self.picture_page.closed.connect(self._show_first_page)
        self.compare_view.closed.connect(self._show_first_page)

    def _connect_actions(self) -> None:
        self.record_actions.edited.connect(self.refresh)
        self.record_actions.patient_wanted.connect(self.show_patient)
        self.record_actions.case_wanted.connect(self.show_case)
        self.record_actions.trouble.connect(self._edit_failed)

    def _read_case(self, case_id: int) -> None:
        self._wanted_case = case_id
        self._read(partial(self._record_of_case, case_id))

    def _read(self, read: Read, told: str = "") -> None:
        self._latest.ask(read, partial(self._show, told), self._show_trouble)

    def _record_of_case(self, case_id: int) -> PatientRecord:
        return record_of_case(self._workspace.casework.log, case_id)

    def _record_of_patient(self, patient_id: int) -> PatientRecord:
        return record_of_patient(self._workspace.casework.log, patient_id)

    def _as_far_as_there(self, patient_id: int, case_id: int | None) -> PatientRecord:
        """The record after an edit was taken back, which may have taken the lesion with it or split the record."""
        log = self._workspace.casework.log
        try:
            return record_of_patient(log, patient_id, case_id)
        except InvalidCaseError:
            if case_id is None:
                raise
            return record_of_case(log, case_id)

    def _show(self, told: str, record: PatientRecord) -> None:
        self.notice.clear()
        self._record, self._wanted_case = record, record.case_id
        self.record_actions.work_on(record)
        self.patient_view.show_record(record, {**_names_of(record.labels()), **self._names})
        follow_layout(self)
        self._right.setCurrentWidget(self.patient_view)
        self._show_right_side()
        if record.case_id is None:
            self.case_list.table.clearSelection()
        else:
            self.case_list.choose(record.case_id)
        self.patient_changed.emit(record.patient)
        if told:
            self.notice.show_done(told, self.tr("Take back  Ctrl+Z"), self.undo_wanted.emit)

    def _show_and_go_on(self, offer: Offer, record: PatientRecord) -> None:
        self._show("", record)
        self.record_actions.go_on(offer)

    def _ask_for_erasure(self) -> None:
        if self._record is not None:
            self.erasing.ask(self._record.patient)

    def _erased(self, _patient: Patient) -> None:
        self._latest.forget()
        self._show_nothing()
        self.refresh()

    def _show_and_diagnose(self, record: PatientRecord) -> None:
        self._show("", record)
        self.record_actions.diagnose()

    def _left_nothing(self, error: Exception) -> None:
        """The patient who was shown is not in the log any more: adding them was taken back."""
        if not isinstance(error, InvalidCaseError):
            self._show_trouble(error)
        self._show_nothing()

    def _show_nothing(self) -> None:
        self._record = self._wanted_case = None
        self.record_actions.work_on(None)
        self._right.setCurrentIndex(0)
        self._show_right_side()
        self.patient_changed.emit(None)

    def _list_failed(self, error: Exception) -> None:
        self._show_right_side()
        self._show_trouble(error)

    def _show_right_side(self) -> None:
        """Show the right side where there is a record to show or to choose."""
        self._right_side.setVisible(self.case_list.model.rowCount() > 0 or self._record is not None)

    def _list_answered(self) -> None:
        self._show_right_side()
        if self.case_list.is_filtered:
            self.unlisted.rest()
        else:
            self.unlisted.look(self.case_list.model.query)
        if self._wanted_case is not None:
            self.case_list.choose(self._wanted_case)

    def _show_trouble(self, error: Exception) -> None:
        self.notice.show_error(error)

    def _edit_failed(self, error: Exception) -> None:
        """What was refused may have been shown already, as a dragged mark: show the record as it is, then say so."""
        self.refresh()
        self.notice.show_error(error)

    def _learn_names(self) -> None:
        """Ask the installed networks what their label codes mean; without any the codes stand for themselves."""

        def labels() -> tuple[Label, ...]:
            models = reversed(self._workspace.models.installed())  # where two differ, the first one's word counts
            return tuple({label.code: label for model in models for label in model.contract.labels}.values())

        self._background.start(labels, self._use_labels, lambda error: None)

    def _use_labels(self, labels: tuple[Label, ...]) -> None:
        self._names = _names_of(labels)
        self.record_actions.offer_labels(labels)
        self.case_list.model.name_impressions(self._names)

    def _read_picture(self, sha256: str) -> bytes:
        return self._workspace.casework.log.picture(sha256)

    def _ask_for_picture(self) -> None:
        if self._record is not None:
            chosen = self._record.chosen
            self.add_picture_wanted.emit(self._record.patient, None if chosen is None else chosen.lesion)

    def _ask_for_report(self) -> None:
        if self._record is not None and self._record.case_id is not None:
            self.report_wanted.emit(self._record.case_id)

    def _open_picture(self, picture: StoredPicture, visit: Visit) -> None:
        self.picture_page.show_picture(picture.details, local_day(visit.visited_at))
        self._pages.setCurrentWidget(self.picture_page)
        self.picture_page.canvas.setFocus()

    def _compare(self, earlier: int, later: int) -> None:
        if self._record is not None and self._record.chosen is not None:
            self._pages.setCurrentWidget(self.compare_view)
            self.compare_view.show_pictures(compared_pictures(self._record.chosen, self._read_picture), earlier, later)

    def _save_file(self, attachment: Attachment) -> None:
        record = self._record
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save a copy"), attachment.file_name)
        if name and record is not None:
            copy = partial(save_copy, lambda: self._workspace.casework, record.patient.patient_id, attachment, name)
            done = self.tr("A copy of {file} is saved. It is not encrypted.").format(file=attachment.file_name)
            self._background.start(copy, lambda _nothing: self.notice.show_done(done), self.notice.show_error)

    def _show_first_page(self) -> None:
        self._pages.setCurrentIndex(0)

    def _keep_division(self) -> None:
        self._divided_by_user = True

    def _build(self) -> None:
        nothing_chosen = EmptyState(
            "user-focus",
            self.tr("No record is open"),
            self.tr("Choose a case on the left to see the patient's record."),
        )
        self._right = QStackedWidget(self)
        self._right.addWidget(nothing_chosen)
        self._right.addWidget(self.patient_view)
        left, self._right_side = self._left(), QWidget(self)
        right_column = QVBoxLayout(self._right_side)
        right_column.setContentsMargins(16, _MARGIN_PX, _MARGIN_PX, 0)
        right_column.addWidget(self._right)
        self._split = split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._right_side)
        split.splitterMoved.connect(self._keep_division)
        left.setMinimumWidth(_LIST_PX[0])
        self._right_side.setMinimumWidth(_RECORD_LEAST_PX)
        held = QWidget()
        margins = QHBoxLayout(held)
        margins.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 0)
        margins.addWidget(self.notice)
        held.hide()
        self.notice.shown_changed.connect(held.setVisible)
        first = QWidget(self)
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(held)
        column.addWidget(split, 1)
        self._pages = QStackedWidget(self)
        for page in (first, self.picture_page, self.compare_view):
            self._pages.addWidget(page)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._pages)

    def _left(self) -> QWidget:
        left = QWidget(self)
        top = QHBoxLayout()
        top.addWidget(text_label(self.tr("Cases"), "page-title"), 1)
        top.addWidget(self.new_patient_button)
        column = QVBoxLayout(left)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, 16, _MARGIN_PX)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.case_list, 1)
        column.addWidget(self.unlisted)
        return left


def _names_of(labels: tuple[Label, ...]) -> dict[str, str]:
    return {label.code: label.name for label in labels}
