"""The patient's record in the real window, from the first word typed to the closed case, with undoing and drafts."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.capture import Capture, PictureKind
from skindesk.domain.case import Case, LesionDetails, Patient, PatientDetails, Plan, ReviewDetails, Sex, Site
from skindesk.domain.final_diagnosis import MAX_ATTACHMENT_MB, ConfirmedBy
from skindesk.domain.following import months_after
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import OWNER, Person, Role
from skindesk.gui.background import Background
from skindesk.gui.cases import CasesWorkspace
from skindesk.gui.cases.diagnosis_dialog import DiagnosisDialog
from skindesk.gui.cases.lesion_dialog import LesionDialog
from skindesk.gui.cases.merge_dialog import MergeDialog
from skindesk.gui.cases.patient_dialog import PatientDialog
from skindesk.gui.cases.review_dialog import ReviewDialog
from skindesk.gui.cases.timeline_entries import first_and_latest
from skindesk.gui.cases.visit_card import VisitCard
from skindesk.gui.drafts import Form
from skindesk.gui.examine.save_dialog import SaveDialog
from skindesk.gui.main_window import MainWindow
from skindesk.gui.report import ReportDialog
from skindesk.gui.report.rendering import facts_of_pages
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.imaging.body_map import centre_of
from tests.gui.clinic import EXAMPLES, NOON, draft, save_clinic, visible_words
from tests.gui.controls import nameless

PATIENCE_MS = 20_000
FOREARM = centre_of(BodyView.FRONT, "left-forearm-front")
SHIN = centre_of(BodyView.FRONT, "right-shin")
ADA = PatientDetails("10482", "Lindqvist", "Ada", date(1961, 4, 2), Sex.FEMALE)
CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


class User:
    """The window with the user's hands on it. Every click, typed field and shortcut counts as one action."""

    def __init__(self, qtbot: QtBot, workspace: Workspace) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        self.actions = 0
        self.window = MainWindow(workspace)
        qtbot.addWidget(self.window, before_close_func=lambda shown: shown.examine.panel.reset())
        with qtbot.waitActive(self.window):
            self.window.show()
        self.wait(lambda: self.window.is_entered and workspace.is_open)
        self.wait(lambda: self.window.examine.examiner.contract)

    @property
    def cases(self) -> CasesWorkspace:
        page = self.window.page("cases")
        assert isinstance(page, CasesWorkspace)
        return page

    @property
    def dialog(self) -> FormDialog:
        opened = self.cases.record_actions.dialog
        assert isinstance(opened, FormDialog)
        assert opened.isVisible()
        return opened

    @property
    def chosen(self) -> Case:
        record = self.cases.record
        assert record is not None
        assert record.chosen is not None
        return record.chosen

    @property
    def patient(self) -> Patient | None:
        return None if self.cases.record is None else self.cases.record.patient

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def click(self, button: QAbstractButton) -> None:
        assert button.isEnabled(), button.accessibleName()
        self.actions += 1
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, field: QWidget, text: str) -> None:
        self.actions += 1
        QTest.keyClicks(field, text)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = CONTROL, on: QWidget | None = None) -> None:
        self.actions += 1
        target = on or self.window
        if QApplication.activePopupWidget() is None:
            target.window().activateWindow()
            self.wait(target.isActiveWindow)
        QTest.keyClick(target, key, modifiers)

    def trigger(self, action: QAction) -> None:
        assert action.isVisible()
        self.actions += 1
        action.trigger()

    def submit(self) -> None:
        dialog = self.dialog
        with self.qtbot.waitSignal(dialog.finished_work, timeout=PATIENCE_MS):
            self.click(dialog.go)

    def show_case(self, case_id: int) -> None:
        self.window.show_page("cases")
        self.cases.show_case(case_id)
        self.wait(lambda: self.cases.record is not None and self.cases.record.case_id == case_id)

    def examine(self, picture: Path) -> None:
        self.window.examine.open_file(picture)
        self.wait(self.window.examine.panel.save_button.isEnabled)

    def save(self) -> SaveDialog:
        self.press(Qt.Key.Key_S)
        dialog = self.window.examine.dialog
        assert dialog is not None
        return dialog

    def finish(self, dialog: SaveDialog) -> None:
        self.wait(dialog.save_button.isEnabled)
        with self.qtbot.waitSignal(dialog.saved, timeout=PATIENCE_MS):
            self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, on=dialog)


@pytest.fixture
def user(qtbot: QtBot, workspace: Workspace) -> Iterator[User]:
    made = User(qtbot, workspace)
    yield made
    made.window.examine.panel.reset()
    made.window.close()


@pytest.fixture
def clinic(user: User) -> int:
    """Ada Lindqvist's forearm, seen twice, chosen on the screen."""
    case_id = save_clinic(user.workspace)
    user.show_case(case_id)
    return case_id


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """What is saved from now on is saved at this time."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "datetime":
            return moment

    monkeypatch.setattr("skindesk.gui.examine.saving.datetime", Clock)


def add_lesion(user: User, identifier: str, position: BodyPosition | None = None) -> int:
    """A new patient with a lesion, without the window."""
    editing = user.workspace.casework.editing
    patient = editing.add_patient(replace(ADA, identifier=identifier))
    return editing.add_lesion(patient.patient_id, LesionDetails(Site.UPPER_EXTREMITY, "mark", position)).case_id


def latest_visit(user: User) -> VisitCard:
    """The card of the visit seen last, of those that are in sight."""
    return next(card for card in user.cases.findChildren(VisitCard) if card.isVisible())


class TestWholeWay:
    def test_from_a_new_patient_to_the_report(
        self, user: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        user.press(Qt.Key.Key_2)
        user.click(user.cases.new_patient_button)
        self.fill_patient(user)
        self.place_lesion(user)
        self.add_pictures(user, monkeypatch)
        self.compare(user)
        self.plan(user)
        self.record_histology(user)
        self.see_it_in_insights(user)
        self.make_the_report(user, monkeypatch, tmp_path / "report.pdf")
        assert user.window.band.text() == "LINDQVIST, Ada · 1961-04-02 (65) · ID 10482"
        assert user.workspace.casework.log.verify_audit() == ()

    def fill_patient(self, user: User) -> None:
        dialog = user.dialog
        assert isinstance(dialog, PatientDialog)
        assert nameless(dialog) == []
        for field, text in (
            (dialog.identifier, "10482"),
            (dialog.form.family, "Lindqvist"),
            (dialog.form.given, "Ada"),
            (dialog.form.born, "1961-04-02"),
            (dialog.form.history, "melanoma of the mother"),
        ):
            user.type(field, text)
        user.submit()
        user.wait(lambda: user.patient is not None)
        assert "LINDQVIST, Ada" in user.window.band.text()
        assert "History: melanoma of the mother" in visible_words(user.cases)
        user.wait(lambda: [button.text() for button in user.cases.unlisted.buttons()] == ["LINDQVIST, Ada · 10482"])

    def place_lesion(self, user: User) -> None:
        view = user.cases.patient_view
        user.click(view.header.lesion_button)
        assert view.map.is_placing
        canvas = view.map.map.canvas
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget(FOREARM).toPoint())
        dialog = user.dialog
        assert isinstance(dialog, LesionDialog)
        assert dialog.form.description.text() == "left forearm, front"
        assert dialog.form.site.currentData() == Site.UPPER_EXTREMITY
        user.submit()
        user.wait(lambda: user.cases.record is not None and user.cases.record.lesions)
        assert user.chosen.lesion.details.position is not None
        assert not view.map.is_placing

    def add_pictures(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        lesion = user.chosen.lesion
        for picture, day in zip(EXAMPLES[4:6], (NOON, NOON + timedelta(days=90)), strict=True):
            at(monkeypatch, day)
            user.window.show_page("cases")
            user.click(user.cases.patient_view.header.picture_button)
            user.examine(picture)
            line = user.window.examine.panel.impression.line()
            user.type(line, "Melanocytic nevus")
            user.press(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, on=line)
            dialog = user.save()
            assert dialog.lesion.value() == lesion.case_id
            user.finish(dialog)
        user.show_case(lesion.case_id)
        user.wait(lambda: len(user.cases.patient_view.lesion.timeline.tiles) == 2)
        words = visible_words(user.cases.patient_view.lesion.timeline)
        assert [word for word in words if word.startswith("2026")] == ["2026-03-14", "2026-06-12"]
        assert words.count("Melanocytic nevus") >= 2

    def compare(self, user: User) -> None:
        user.click(user.cases.patient_view.lesion.compare_button)
        view = user.cases.compare_view
        assert view.isVisible()
        user.wait(lambda: view.left.has_picture() and view.right.has_picture())
        user.press(Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, on=view.left)
        assert user.cases.patient_view.isVisible()

    def plan(self, user: User) -> None:
        user.click(user.cases.patient_view.lesion.review_button)
        dialog = user.dialog
        assert isinstance(dialog, ReviewDialog)
        assert nameless(dialog) == []
        user.type(dialog.impression.line(), "Melanoma")
        user.click(dialog.plan.button(Plan.WATCH))
        user.click(dialog.quick[0])
        user.submit()
        user.wait(lambda: user.chosen.lesion.state is LesionState.WATCHED)
        again_on = months_after(date.today(), 3)
        assert user.chosen.lesion.follow_up_on == again_on
        assert user.cases.patient_view.lesion.badge.text() == f"watched · {again_on.isoformat()}"
        assert user.chosen.visits[-1].reviews[-1].details.impression == "mel"

    def record_histology(self, user: User) -> None:
        user.click(user.cases.patient_view.lesion.diagnosis_button)
        dialog = user.dialog
        assert isinstance(dialog, DiagnosisDialog)
        assert nameless(dialog) == []
        user.type(dialog.diagnosis.line, "melanoma")
        user.type(dialog.text, "Breslow 0.6 mm")
        user.submit()
        user.wait(lambda: user.chosen.lesion.state is LesionState.CLOSED)
        details = user.chosen.final_diagnoses[-1].details
        assert (details.diagnosis, details.group) == ("mel", MalignancyGroup.MALIGNANT)
        assert details.confirmed_by is ConfirmedBy.HISTOPATHOLOGY
        said = " ".join(visible_words(user.cases))
        assert "Closed with the final diagnosis: Melanoma · histopathology" in said
        assert nameless(user.cases) == []

    def see_it_in_insights(self, user: User) -> None:
        user.press(Qt.Key.Key_5)
        insights = user.window.page("insights")
        user.wait(lambda: "1 case with a final diagnosis" in visible_words(insights))
        behind = [button for button in insights.findChildren(QPushButton) if button.text() == "1 missed"]
        user.click(behind[0])  # the first impression had been a nevus
        user.press(Qt.Key.Key_2)

    def make_the_report(self, user: User, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
        user.click(user.cases.patient_view.header.report_button)
        (dialog,) = user.window.findChildren(ReportDialog)
        user.wait(lambda: not dialog.busy)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
        user.click(dialog.save_button)
        user.wait(file.exists)
        text = " ".join(facts.text for facts in facts_of_pages(file.read_bytes()))
        for said in ("LINDQVIST, Ada", "Breslow 0.6 mm", "left forearm, front", "Melanocytic nevus", "2026-03-14"):
            assert said in text
        dialog.close()

    def test_first_case_is_saved_in_at_most_twelve_actions(self, user: User) -> None:
        user.wait(user.window.examine.viewer.shelf.isVisible)
        user.click(user.window.examine.viewer.shelf.buttons()[0])
        user.wait(user.window.examine.panel.save_button.isEnabled)
        panel = user.window.examine.panel
        user.type(panel.impression.line(), "Melanocytic nevus")
        user.press(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, on=panel.impression.line())
        user.click(panel.plan.button(Plan.WATCH))
        dialog = user.save()
        user.type(dialog.picker.line, "10482")
        user.type(dialog.form.family, "Lindqvist")
        user.type(dialog.form.given, "Ada")
        user.type(dialog.lesion.place.description, "left forearm")
        user.finish(dialog)
        patient = user.workspace.casework.log.patient_by_identifier("10482")
        assert patient is not None
        (case,) = user.workspace.casework.log.cases_of(patient.patient_id)
        assert (case.picture_count, case.impression) == (1, "nv")
        assert user.actions <= 12, f"{user.actions} actions"


class TestChoosing:
    def test_map_and_table_choose_the_same_lesion(self, user: User) -> None:
        first = add_lesion(user, "1", FOREARM)
        patient_id = user.workspace.casework.log.record.lesion(first).patient_id
        details = LesionDetails(Site.LOWER_EXTREMITY, "shin", SHIN)
        second = user.workspace.casework.editing.add_lesion(patient_id, details).case_id
        user.show_case(first)
        view = user.cases.patient_view
        canvas = view.map.map.canvas

        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.pin(second).middle.toPoint())
        user.wait(lambda: user.chosen.lesion.case_id == second)
        assert [index.row() for index in view.table.selectionModel().selectedRows()] == [1]

        view.table.setFocus()
        user.press(Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, on=view.table)
        user.wait(lambda: user.chosen.lesion.case_id == first)
        assert canvas.pin(first).chosen

    def test_a_dragged_mark_moves_the_lesion_and_its_site_and_can_be_taken_back(self, user: User) -> None:
        case_id = add_lesion(user, "1", FOREARM)
        log = user.workspace.casework.log
        log.correct_lesion(case_id, LesionDetails(Site.UPPER_EXTREMITY, "left forearm, front", FOREARM))
        user.show_case(case_id)
        canvas = user.cases.patient_view.map.map.canvas
        start, end = canvas.pin(case_id).middle, canvas.to_widget(SHIN)
        end += start - canvas.pin(case_id).tip

        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start.toPoint())
        QTest.mouseMove(canvas, ((start + end) / 2).toPoint())
        QTest.mouseMove(canvas, end.toPoint())
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end.toPoint())

        user.wait(lambda: user.chosen.lesion.details.site is Site.LOWER_EXTREMITY)
        assert user.chosen.lesion.details.description == "right shin"
        user.wait(lambda: "L1 moved to right shin." in user.cases.notice.text())
        user.click(user.cases.notice.action_button)
        user.wait(lambda: user.chosen.lesion.details.site is Site.UPPER_EXTREMITY)
        assert user.window.notice.text() == "Taken back: correction of L1 (Ctrl+Shift+Z makes it again)."

    def test_a_lesion_in_the_mouth_is_added_without_a_place_on_the_map(self, user: User) -> None:
        case_id = add_lesion(user, "1")
        user.show_case(case_id)
        user.click(user.cases.patient_view.header.lesion_button)
        user.click(user.cases.patient_view.map.map.unmapped)
        user.submit()
        user.wait(lambda: user.chosen.lesion.number == 2)
        assert user.chosen.lesion.details == LesionDetails(Site.ORAL_GENITAL)

    def test_escape_ends_placing(self, user: User, clinic: int) -> None:
        user.click(user.cases.patient_view.header.lesion_button)
        canvas = user.cases.patient_view.map.map.canvas
        user.press(Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, on=canvas)
        assert not user.cases.patient_view.map.is_placing
        assert not canvas.placing

    def test_two_ticked_pictures_are_compared_in_the_order_of_time(self, user: User, clinic: int) -> None:
        timeline = user.cases.patient_view.lesion.timeline
        boxes = [tile.box for tile in timeline.tiles if tile.box is not None]
        ids = [tile.seen.picture.image_id for tile in timeline.tiles if tile.seen.picture is not None]
        assert timeline.pair() == (ids[0], ids[2]), "the first and the latest, where nothing is ticked"
        for box in (boxes[2], boxes[1]):
            user.click(box)
        assert timeline.pair() == (ids[1], ids[2])
        user.click(boxes[0])
        assert timeline.pair() == (ids[0], ids[1]), "the one that was ticked first gives way"

    def test_an_overview_is_not_compared_with_a_close_up(self, user: User) -> None:
        log = user.workspace.casework.log
        saved = user.workspace.casework.save_case(draft(ADA, LesionDetails(), EXAMPLES[0]))
        other = draft(saved.patient_id, saved.case_id, EXAMPLES[1], NOON + timedelta(days=3))
        (picture,) = other.pictures
        overview = replace(picture.details, capture=Capture(PictureKind.OVERVIEW))
        user.workspace.casework.save_case(replace(other, pictures=(replace(picture, details=overview),)))
        assert first_and_latest(log.case(saved.case_id)) is None
        user.show_case(saved.case_id)
        assert not user.cases.patient_view.lesion.compare_button.isEnabled()


class TestForms:
    def test_a_watched_lesion_needs_a_day_to_come(self, user: User, clinic: int) -> None:
        user.click(user.cases.patient_view.lesion.review_button)
        dialog = user.dialog
        assert isinstance(dialog, ReviewDialog)
        user.click(dialog.go)
        assert "Nothing is said of the lesion yet." in dialog.notice.text()
        user.click(dialog.plan.button(Plan.WATCH))
        for day in ("", "soon", "2020-01-01"):
            dialog.again_on.clear()
            user.type(dialog.again_on, day)
            user.click(dialog.go)
            assert dialog.again_on.property("invalid") == "true", day
            assert dialog.isVisible()
        dialog.reject()

    def test_a_diagnosis_in_own_words_needs_its_group(self, user: User, clinic: int) -> None:
        user.click(user.cases.patient_view.lesion.diagnosis_button)
        dialog = user.dialog
        assert isinstance(dialog, DiagnosisDialog)
        user.click(dialog.go)
        assert "The final diagnosis is missing." in dialog.notice.text()
        user.type(dialog.diagnosis.line, "Merkel cell carcinoma")
        user.click(dialog.go)
        assert dialog.group.property("invalid") == "true"
        dialog.group.setCurrentIndex(dialog.group.findData(MalignancyGroup.MALIGNANT))
        dialog.decided_on.setText("2999-01-01")
        user.click(dialog.go)
        assert dialog.decided_on.property("invalid") == "true"
        dialog.reject()

    def test_a_dropped_report_is_attached_and_a_copy_saved(
        self, user: User, clinic: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = tmp_path / "report.pdf"
        report.write_bytes(b"%PDF-1.7 histology")
        user.click(user.cases.patient_view.lesion.diagnosis_button)
        dialog = user.dialog
        assert isinstance(dialog, DiagnosisDialog)
        user.type(dialog.diagnosis.line, "Melanoma")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(report))])
        drop = Qt.DropAction.CopyAction
        dialog.file.dropEvent(
            QDropEvent(QPointF(5, 5), drop, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        )
        user.submit()
        user.wait(lambda: user.chosen.final_diagnosis)
        attachment = user.chosen.final_diagnoses[-1].details.attachment
        assert attachment is not None
        assert (attachment.file_name, attachment.media_type) == ("report.pdf", "application/pdf")

        copy = tmp_path / "copy.pdf"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(copy), ""))
        (button,) = [
            each
            for each in user.cases.findChildren(QAbstractButton)
            if each.accessibleName() == "Save a copy of report.pdf"
        ]
        user.click(button)
        user.wait(lambda: "A copy of report.pdf is saved." in user.cases.notice.text())
        assert copy.read_bytes() == report.read_bytes()

    def test_a_file_that_is_too_large_is_refused_and_nothing_recorded(
        self, user: User, clinic: int, tmp_path: Path
    ) -> None:
        scan = tmp_path / "scan.tiff"
        with scan.open("wb") as file:
            file.truncate((MAX_ATTACHMENT_MB + 1) * 1_000_000)
        user.click(user.cases.patient_view.lesion.diagnosis_button)
        dialog = user.dialog
        assert isinstance(dialog, DiagnosisDialog)
        user.type(dialog.diagnosis.line, "Melanoma")
        dialog.file.take(scan)
        user.click(dialog.go)
        user.wait(lambda: "20 MB can be attached" in dialog.notice.text())
        assert user.workspace.casework.log.case(clinic).final_diagnosis is None
        dialog.reject()

    def test_a_case_is_closed_and_reopened_without_a_diagnosis(self, user: User, clinic: int) -> None:
        lesion = user.cases.patient_view.lesion
        user.trigger(lesion.closing_action)
        user.wait(lambda: user.chosen.lesion.state is LesionState.CLOSED)
        assert "Closed without a final diagnosis." in visible_words(user.cases)
        user.trigger(lesion.closing_action)
        user.wait(lambda: user.chosen.lesion.state is LesionState.NEW)

    def test_quick_choices_end_with_the_month(self) -> None:
        assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
        assert months_after(date(2026, 1, 31), 12) == date(2027, 1, 31)

    def test_an_assistant_is_offered_only_what_their_role_may(
        self, workspace: Workspace, background: Background, qtbot: QtBot
    ) -> None:
        page = CasesWorkspace(workspace, background, Person("p", "Kim", Role.ASSISTANT))
        qtbot.addWidget(page)
        page.resize(1208, 760)
        page.show()
        page.show_case(save_clinic(workspace))
        qtbot.waitUntil(lambda: page.record is not None)
        view = page.patient_view
        assert view.header.picture_button.isVisible()
        assert view.header.lesion_button.isVisible()
        for button in (
            view.header.report_button,
            view.header.more_button,
            view.lesion.review_button,
            view.lesion.diagnosis_button,
            view.lesion.more_button,
        ):
            assert not button.isVisible(), button.accessibleName()


class TestSamePerson:
    def test_typing_a_known_name_warns_and_leads_to_the_record(self, user: User, clinic: int) -> None:
        user.click(user.cases.new_patient_button)
        dialog = user.dialog
        assert isinstance(dialog, PatientDialog)
        user.type(dialog.form.family, "okafor")
        user.type(dialog.form.given, "CHIDI")
        user.wait(dialog.similar.isVisible)
        (button,) = dialog.similar.buttons()
        assert "OKAFOR, Chidi" in button.accessibleName()
        user.click(button)
        user.wait(lambda: user.patient is not None and user.patient.details.family_name == "Okafor")
        assert "OKAFOR" in user.window.band.text()

    def test_correcting_a_patient_does_not_warn_of_themselves(self, user: User, clinic: int) -> None:
        user.trigger(user.cases.patient_view.header.correct_action)
        dialog = user.dialog
        assert isinstance(dialog, PatientDialog)
        dialog.form.given.clear()
        user.type(dialog.form.given, "Adele")
        user.qtbot.wait(500)
        assert not dialog.similar.isVisible()
        user.submit()
        user.wait(lambda: user.patient is not None and user.patient.details.given_name == "Adele")
        assert "LINDQVIST, Adele" in user.window.band.text()

    def test_the_save_dialog_warns_too_and_takes_the_known_patient(self, user: User, clinic: int) -> None:
        user.window.show_page("examine")
        user.examine(EXAMPLES[0])
        dialog = user.save()
        user.type(dialog.picker.line, "99")
        user.type(dialog.form.family, "Lindqvist")
        user.type(dialog.form.given, "Ada")
        user.wait(dialog.similar.isVisible)
        user.click(dialog.similar.buttons()[0])
        chosen = dialog.picker.patient()
        assert chosen is not None
        assert chosen.details.identifier == "10482"
        assert not dialog.similar.isVisible()
        dialog.reject()

    def test_two_records_are_merged_and_made_two_again(self, user: User, clinic: int) -> None:
        twin = user.workspace.casework.save_case(
            draft(PatientDetails("777", "Lindqvist", "A."), LesionDetails(), EXAMPLES[7])
        )
        user.trigger(user.cases.patient_view.header.merge_action)
        dialog = user.dialog
        assert isinstance(dialog, MergeDialog)
        assert nameless(dialog) == []
        assert not dialog.go.isEnabled()
        user.type(dialog.picker.line, "777")
        user.wait(dialog.go.isEnabled)
        user.wait(lambda: "1" in visible_words(dialog.sides[1]))
        user.submit()
        user.wait(lambda: user.cases.record is not None and len(user.cases.record.lesions) == 3)
        assert user.patient is not None
        assert user.patient.details.identifier == "10482"

        user.press(Qt.Key.Key_Z)
        user.wait(lambda: user.cases.record is not None and len(user.cases.record.lesions) == 2)
        assert user.window.notice.text().startswith("Taken back: merge into LINDQVIST, Ada")
        assert len(user.workspace.casework.log.cases_of(twin.patient_id)) == 1

    def test_a_patient_without_a_lesion_is_found_and_has_the_band(self, user: User, clinic: int) -> None:
        user.workspace.casework.editing.add_patient(PatientDetails("888", "Virtanen", "Aino"))
        user.cases.refresh()
        user.type(user.cases.case_list.search_field, "virta")
        user.wait(lambda: [button.text() for button in user.cases.unlisted.buttons()] == ["VIRTANEN, Aino · 888"])
        user.click(user.cases.unlisted.buttons()[0])  # type: ignore[arg-type]
        user.wait(lambda: user.patient is not None and user.patient.details.identifier == "888")
        assert "VIRTANEN, Aino" in user.window.band.text()
        assert not user.cases.patient_view.lesion.isVisible()


class TestUndoing:
    def test_a_final_diagnosis_is_taken_back_and_made_again(self, user: User, clinic: int) -> None:
        user.click(user.cases.patient_view.lesion.diagnosis_button)
        dialog = user.dialog
        assert isinstance(dialog, DiagnosisDialog)
        user.type(dialog.diagnosis.line, "Melanoma")
        user.submit()
        user.wait(lambda: user.chosen.lesion.state is LesionState.CLOSED)

        user.press(Qt.Key.Key_Z)
        user.wait(lambda: user.chosen.lesion.state is LesionState.BIOPSY_PENDING)
        assert user.window.notice.text() == "Taken back: final diagnosis of L1 (Ctrl+Shift+Z makes it again)."

        user.press(Qt.Key.Key_Z, CONTROL_SHIFT)
        user.wait(lambda: user.chosen.lesion.state is LesionState.CLOSED)
        assert user.window.notice.text() == "Made again: final diagnosis of L1 (Ctrl+Z takes it back)."

    def test_what_was_changed_since_is_not_taken_back_and_said_so(self, user: User, clinic: int) -> None:
        casework = user.workspace.casework
        casework.editing.correct_patient(user.chosen.patient.patient_id, replace(ADA, notes="moved"))
        casework.log.correct_patient(user.chosen.patient.patient_id, replace(ADA, notes="moved again"))
        user.press(Qt.Key.Key_Z)
        user.wait(lambda: "This was changed again since, so it is not taken back." in user.window.notice.text())
        assert casework.log.patient(user.chosen.patient.patient_id).details.notes == "moved again"

    def test_a_text_field_keeps_its_own_undo(self, user: User, clinic: int) -> None:
        field = user.cases.case_list.search_field
        user.type(field, "oka")
        user.press(Qt.Key.Key_Z, on=field)
        assert field.text() != "oka"
        assert user.workspace.casework.editing.last is not None
        assert user.window.notice.text() == ""

    def test_adding_a_patient_is_taken_back_and_the_page_shows_nobody(self, user: User, clinic: int) -> None:
        user.click(user.cases.new_patient_button)
        dialog = user.dialog
        assert isinstance(dialog, PatientDialog)
        user.type(dialog.identifier, "31")
        user.submit()
        user.wait(lambda: user.patient is not None and user.patient.details.identifier == "31")
        user.press(Qt.Key.Key_Z)
        user.wait(lambda: user.patient is None)
        assert user.window.band.text() == "No patient chosen"
        assert user.window.notice.text() == "Taken back: new patient 31."

    def test_a_removed_picture_is_brought_back(self, user: User, clinic: int) -> None:
        timeline = user.cases.patient_view.lesion.timeline
        tile = timeline.tiles[0]
        (remove,) = [each for each in tile.findChildren(QAction) if each.text() == "Remove picture"]
        user.trigger(remove)
        user.wait(lambda: len(timeline.tiles) == 3 and timeline.tiles[0].seen.picture is None)
        user.press(Qt.Key.Key_Z)
        user.wait(lambda: timeline.tiles[0].seen.picture is not None)

    def test_a_save_that_was_taken_back_can_be_saved_again(self, user: User) -> None:
        user.examine(EXAMPLES[4])
        user.type(user.window.examine.panel.impression.line(), "Spitz nevus")
        dialog = user.save()
        user.type(dialog.picker.line, "10482")
        user.finish(dialog)
        assert not user.window.examine.unsaved
        user.window.examine.viewer.canvas.setFocus()
        user.press(Qt.Key.Key_Z, on=user.window.examine.viewer.canvas)
        user.wait(lambda: user.window.examine.unsaved)
        assert user.window.notice.text().startswith("Taken back: picture and review saved to L1")
        user.finish(user.save())
        patient = user.workspace.casework.log.patient_by_identifier("10482")
        assert patient is not None
        (case,) = user.workspace.casework.log.cases_of(patient.patient_id)
        assert (case.picture_count, case.impression) == (1, "Spitz nevus")


class TestDrafts:
    def test_what_is_typed_is_kept_and_cancelling_forgets_it(self, user: User, clinic: int) -> None:
        user.click(user.cases.patient_view.lesion.review_button)
        dialog = user.dialog
        assert isinstance(dialog, ReviewDialog)
        user.type(dialog.notes, "grows")
        user.wait(lambda: self.kept(user, Form.REVIEW) is not None)
        kept = self.kept(user, Form.REVIEW)
        assert kept is not None
        assert (kept["notes"], kept["case_id"]) == ("grows", clinic)
        user.click(dialog.cancel)
        user.wait(lambda: self.kept(user, Form.REVIEW) is None)

    def test_saving_forgets_the_draft(self, user: User) -> None:
        user.examine(EXAMPLES[4])
        user.type(user.window.examine.panel.notes, "itches")
        user.wait(lambda: self.kept(user, Form.EXAMINATION) is not None)
        dialog = user.save()
        user.type(dialog.picker.line, "10482")
        user.finish(dialog)
        user.wait(lambda: self.kept(user, Form.EXAMINATION) is None)

    def test_what_the_lock_takes_off_the_screen_stays_a_draft(self, user: User, clinic: int) -> None:
        user.click(user.cases.patient_view.lesion.review_button)
        dialog = user.dialog
        assert isinstance(dialog, ReviewDialog)
        user.type(dialog.notes, "grows")
        user.wait(lambda: self.kept(user, Form.REVIEW) is not None)
        dialog.done(ReviewDialog.DialogCode.Rejected)
        user.window.draft_bar.look(user.window._pages.drafts)
        user.wait(user.window.draft_bar.isVisible)

    def test_whom_a_picture_is_aimed_at_is_kept_with_it(self, user: User) -> None:
        user.examine(EXAMPLES[4])
        dialog = user.save()
        user.type(dialog.picker.line, "4711")
        user.type(dialog.form.family, "Virtanen")
        user.type(dialog.lesion.place.description, "left heel")
        user.wait(lambda: (self.kept(user, Form.EXAMINATION) or {}).get("aimed_at", {}).get("description"))
        bar = user.window.draft_bar
        bar.look(user.window._pages.drafts)
        user.wait(bar.isVisible)
        dialog.reject()
        user.wait(lambda: self.kept(user, Form.EXAMINATION) is None)
        user.click(bar.go_on)
        user.wait(user.window.examine.panel.save_button.isEnabled)
        again = user.save()
        assert again.picker.line.text() == "4711"
        assert again.form.family.text() == "Virtanen"
        assert again.lesion.place.description.text() == "left heel"
        user.finish(again)
        user.wait(lambda: self.kept(user, Form.EXAMINATION) is None)

    def test_a_review_left_behind_is_offered_and_gone_on_with(self, qtbot: QtBot, workspace: Workspace) -> None:
        case_id = save_clinic(workspace)
        lesion = workspace.casework.log.record.lesion(case_id)
        values = {
            "patient_id": lesion.patient_id,
            "case_id": case_id,
            "impression": "mel",
            "confidence": "high",
            "plan": "watch",
            "follow_up_on": "2999-01-01",
            "notes": "grows",
        }
        workspace.casework.log.record.keep_draft(OWNER.person_id, Form.REVIEW.value, values)
        user = User(qtbot, workspace)
        user.wait(user.window.draft_bar.isVisible)
        now = datetime.now().strftime("%H:")
        assert user.window.draft_bar.text().startswith(f"A draft of {now}")
        assert user.window.draft_bar.text().endswith("was kept: a review of L1, LINDQVIST, Ada.")
        user.click(user.window.draft_bar.go_on)
        user.wait(lambda: user.cases.record_actions.dialog)
        dialog = user.dialog
        assert isinstance(dialog, ReviewDialog)
        assert (dialog.notes.toPlainText(), dialog.again_on.text()) == ("grows", "2999-01-01")
        user.submit()
        user.wait(lambda: user.chosen.lesion.follow_up_on == date(2999, 1, 1))
        user.wait(lambda: self.kept(user, Form.REVIEW) is None)
        user.window.close()

    def test_a_draft_is_discarded(self, qtbot: QtBot, workspace: Workspace) -> None:
        workspace.casework.log.record.keep_draft(OWNER.person_id, Form.NEW_PATIENT.value, {"identifier": "1"})
        user = User(qtbot, workspace)
        user.wait(user.window.draft_bar.isVisible)
        user.click(user.window.draft_bar.discard)
        assert not user.window.draft_bar.isVisible()
        user.wait(lambda: self.kept(user, Form.NEW_PATIENT) is None)
        user.window.close()

    def test_an_examination_is_back_after_a_kill(
        self, qtbot: QtBot, workspace: Workspace, example: Path, tmp_path: Path
    ) -> None:
        self.kill_while_editing(workspace, str(example))
        user = User(qtbot, workspace)
        user.wait(user.window.draft_bar.isVisible)
        assert "the examination of generated-mel.jpg" in user.window.draft_bar.text()
        user.click(user.window.draft_bar.go_on)
        examine = user.window.examine
        user.wait(examine.panel.save_button.isEnabled)
        assert examine.examination is not None
        assert examine.examination.picture.file.content == example.read_bytes()
        assert examine.panel.impression.line().text() == "Spitz nevus"
        assert examine.panel.notes.toPlainText() == "itches since May"
        dialog = user.save()
        user.type(dialog.picker.line, "10482")
        user.finish(dialog)
        user.wait(lambda: self.kept(user, Form.EXAMINATION) is None)
        user.window.close()

    def test_a_final_diagnosis_is_back_after_a_kill(self, qtbot: QtBot, workspace: Workspace) -> None:
        case_id = save_clinic(workspace)
        self.kill_while_editing(workspace, str(case_id))
        user = User(qtbot, workspace)
        user.wait(user.window.draft_bar.isVisible)
        user.click(user.window.draft_bar.go_on)
        user.wait(lambda: user.cases.record_actions.dialog)
        dialog = user.dialog
        assert isinstance(dialog, DiagnosisDialog)
        assert dialog.diagnosis.value() == "mel"
        assert dialog.text.toPlainText() == "Breslow 0.6 mm"
        user.submit()
        user.wait(lambda: user.chosen.lesion.state is LesionState.CLOSED)
        user.window.close()

    def kill_while_editing(self, workspace: Workspace, what: str) -> None:
        """Have another process begin something on this profile, and kill it as soon as the draft is kept."""
        workspace.close_case_log()
        command = [sys.executable, "-m", "tests.gui.begun_and_killed", str(workspace.profile.root), what]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
            assert child.stdout is not None
            said = child.stdout.readline()
            os.kill(child.pid, signal.SIGKILL)
            assert said == b"kept\n"
        assert child.returncode == -signal.SIGKILL

    def kept(self, user: User, form: Form) -> dict[str, Any] | None:
        draft = user.workspace.casework.log.record.draft(OWNER.person_id, form.value)
        return None if draft is None else draft.values


def test_a_review_adds_to_the_timeline_without_a_picture(user: User, clinic: int) -> None:
    user.workspace.casework.editing.review(clinic, ReviewDetails("Spitz nevus", notes="flat"), datetime.now(UTC))
    user.cases.refresh()
    user.wait(lambda: len(user.cases.patient_view.lesion.timeline.tiles) == 4)
    assert "Visit without a picture" in visible_words(user.cases.patient_view.lesion.timeline)
    assert {"no picture", "Spitz nevus", "flat"} <= set(visible_words(latest_visit(user)))


def test_a_second_impression_and_the_day_to_look_again_are_read_in_the_visit(user: User, clinic: int) -> None:
    review = ReviewDetails("nv", plan=Plan.WATCH, second_impression="mel", follow_up_on=date(2999, 1, 1))
    user.workspace.casework.editing.review(clinic, review, datetime.now(UTC))
    user.cases.refresh()
    user.wait(lambda: user.chosen.lesion.follow_up_on == date(2999, 1, 1))
    said = " ".join(visible_words(latest_visit(user)))
    assert "Melanocytic nevus After seeing the network's answer: Melanoma" in said
    assert "plan: watch · look again by 2999-01-01" in said
