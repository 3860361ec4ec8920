"""Flows of the Examine page, driven as a user would on the real widgets, model and case log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.case import (
    Case,
    CaseDraft,
    DraftPicture,
    LesionDetails,
    Patient,
    PatientDetails,
    PictureDetails,
    Plan,
    Site,
)
from skindesk.domain.class_mix import ClassMix, shift
from skindesk.domain.contract import Modality
from skindesk.domain.errors import CaseLogUnavailableError, ModelUnavailableError
from skindesk.domain.following import months_after
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.outcome import Classified
from skindesk.domain.prediction import AbstentionReason
from skindesk.gui.background import Background
from skindesk.gui.examine import ExamineWorkspace
from skindesk.gui.examine.examiner import Incoming
from skindesk.gui.examine.save_dialog import SaveDialog
from skindesk.imaging.decode import PictureFile, read_picture_file
from skindesk.storage.saving import SavedCase
from skindesk.system.settings import Settings
from tests.gui.clinic import visible_words
from tests.gui.controls import nameless
from tests.support.classified import classify_file
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle

PATIENCE_MS = 20_000


class Page:
    """The Examine page with the user's hands on it."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, background: Background) -> None:
        self.qtbot = qtbot
        self.workspace = workspace
        self.widget = ExamineWorkspace(workspace, background)
        qtbot.addWidget(self.widget, before_close_func=_leave_nothing_unsaved)
        self.widget.resize(1208, 760)
        with qtbot.waitActive(self.widget):
            self.widget.show()
        self.panel = self.widget.panel
        self.viewer = self.widget.viewer

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def open(self, path: Path) -> None:
        self.widget.open_file(path)
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        self.wait(lambda: self.widget.examination is not None and self.widget.examination.is_looked_through)
        assert self.widget.examination is not None
        assert self.widget.examination.answer is not None

    def reveal(self) -> None:
        """Ask for the answer, also where the picture's quality speaks against it."""
        self.widget.reveal()
        if self.panel.network.is_held:
            self.widget.reveal()

    def give_impression(self, text: str) -> None:
        line = self.panel.impression.line()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    @property
    def answer_shown(self) -> bool:
        return self.panel.network.differential.isVisible()

    def ask_to_save(self) -> SaveDialog:
        self.panel.save_button.click()
        assert self.widget.dialog is not None
        return self.widget.dialog

    def save_as_new(self, identifier: str) -> Case:
        dialog = self.ask_to_save()
        QTest.keyClicks(dialog.picker.line, identifier)
        return self.finish(dialog)

    def finish(self, dialog: SaveDialog) -> Case:
        with self.qtbot.waitSignal(dialog.saved, timeout=PATIENCE_MS) as saved:
            dialog.save_button.click()
        case = saved.args[0]
        assert isinstance(case, SavedCase)
        return self.workspace.casework.log.case(case.case_id)


def _leave_nothing_unsaved(widget: ExamineWorkspace) -> None:
    widget.panel.reset()


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace, background: Background) -> Page:
    made = Page(qtbot, workspace, background)
    made.wait(lambda: made.widget.examiner.contract)
    return made


def stored(workspace: Workspace, identifier: str) -> Case:
    log = workspace.casework.log
    patient = log.patient_by_identifier(identifier)
    assert patient is not None
    (summary,) = log.cases_of(patient.patient_id)
    return log.case(summary.case_id)


def known_case(workspace: Workspace, picture: PictureFile, identifier: str = "555") -> Case:
    """A patient who is in the log already, with one lesion."""
    draft = CaseDraft(
        patient=PatientDetails(identifier, "Berg", "Ida"),
        lesion=LesionDetails(Site.HEAD_NECK, "left cheek"),
        pictures=(
            DraftPicture(
                PictureDetails(picture.sha256, picture.name, "image/jpeg", 600, 450, Modality.DERMOSCOPIC),
                picture.content,
            ),
        ),
        review=None,
        visited_at=datetime.now(UTC),
    )
    return workspace.casework.log.case(workspace.casework.save_case(draft).case_id)


class TestReading:
    def test_impression_comes_before_the_networks_answer(self, page: Page, example: Path) -> None:
        page.open(example)
        assert page.panel.network.state() == "Ready. Your impression first (Enter), or reveal now (Ctrl+R)."
        assert not page.answer_shown
        page.give_impression("melanoma")
        assert page.answer_shown
        assert page.panel.impression.value() == "mel"

    def test_the_answer_can_be_revealed_without_an_impression(self, page: Page, example: Path) -> None:
        page.open(example)
        QTest.keyClick(page.widget, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        assert page.answer_shown

    def test_the_answer_shows_at_once_where_the_settings_say_so(
        self, page: Page, workspace: Workspace, example: Path
    ) -> None:
        workspace.settings = replace(workspace.settings, impression_first=False)
        page.open(example)
        assert page.answer_shown

    def test_an_impression_need_not_be_one_of_the_networks_labels(self, page: Page, example: Path) -> None:
        page.open(example)
        page.give_impression("Spitz nevus")
        assert page.panel.impression.value() == "Spitz nevus"
        assert page.answer_shown

    def test_a_beginning_that_fits_two_labels_is_left_as_typed(self, page: Page, example: Path) -> None:
        page.open(example)
        page.give_impression("melano")
        assert page.panel.impression.value() == "melano"

    def test_the_map_is_off_until_asked_for_and_says_what_it_is(self, page: Page, example: Path) -> None:
        page.open(example)
        assert not page.viewer.map_button.isEnabled()
        page.give_impression("nevus")
        assert not page.viewer.canvas.overlay_shown
        page.viewer.canvas.setFocus()
        QTest.keyClick(page.viewer.canvas, Qt.Key.Key_M)
        assert page.viewer.canvas.overlay_shown
        assert "It does not show why, nor where the lesion ends." in page.viewer.canvas.caption()
        QTest.keyClick(page.viewer.canvas, Qt.Key.Key_M)
        assert not page.viewer.canvas.overlay_shown

    def test_typing_an_m_does_not_toggle_the_map(self, page: Page, example: Path) -> None:
        page.open(example)
        page.give_impression("mmm")
        assert not page.viewer.canvas.overlay_shown

    def test_a_generated_picture_is_labelled_wherever_it_comes_from(
        self, page: Page, example: Path, tmp_path: Path
    ) -> None:
        copied = tmp_path / "IMG_0001.jpg"
        copied.write_bytes(example.read_bytes())
        page.open(copied)
        assert page.viewer.canvas.badge() == "Generated picture, not a patient"

    def test_other_pictures_carry_no_such_label(self, page: Page, tmp_path: Path) -> None:
        page.open(plain_picture(tmp_path / "photograph.png"))
        assert page.viewer.canvas.badge() == ""

    def test_examples_are_offered_as_generated(self, page: Page) -> None:
        page.wait(page.viewer.shelf.isVisible)
        buttons = page.viewer.shelf.buttons()
        assert buttons
        assert all("Generated phantom" in button.accessibleName() for button in buttons)
        buttons[0].click()
        page.wait_for_answer()
        assert page.viewer.canvas.badge() == "Generated picture, not a patient"

    def test_a_small_picture_is_remarked_on(self, page: Page, tmp_path: Path) -> None:
        page.open(plain_picture(tmp_path / "small.png", 64))
        page.wait(lambda: "fewer pixels" in page.panel.picture.quality())


def plain_picture(path: Path, side_px: int = 300, colour: Qt.GlobalColor = Qt.GlobalColor.darkYellow) -> Path:
    image = QImage(side_px, side_px, QImage.Format.Format_RGB32)
    image.fill(colour)
    assert image.save(str(path))
    return path


@pytest.fixture
def colours(workspace: Workspace) -> Workspace:
    """The dermoscopic pictures of this workspace are answered by the network of three colours."""
    write_tiny_bundle(workspace.profile.models)
    workspace.change_settings(Settings(model_id="colours-3"))
    return workspace


class TestStrangePicture:
    def test_is_not_answered_and_the_clinician_is_told_what_to_do(
        self, colours: Workspace, page: Page, tmp_path: Path
    ) -> None:
        page.open(plain_picture(tmp_path / "white.png", colour=Qt.GlobalColor.white))
        page.reveal()
        told = " ".join(visible_words(page.panel.network))
        assert "No answer: this picture is unlike those the network learned from (novelty 1, limit 0.9)." in told
        assert "Judge without the network, or retake it." in told
        page.save_as_new("1")
        (prediction,) = stored(colours, "1").visits[0].pictures[0].predictions
        assert prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING
        assert prediction.novelty == pytest.approx(1)


class TestClassMix:
    def test_another_mix_is_said_beside_the_answer_and_kept_with_it(
        self, colours: Workspace, page: Page, tmp_path: Path
    ) -> None:
        page.open(plain_picture(tmp_path / "red.png", colour=Qt.GlobalColor.red))
        page.reveal()
        archives = page.widget.examination
        assert archives is not None
        assert archives.answer is not None
        as_trained = archives.answer.prediction
        assert "equally common" not in " ".join(visible_words(page.panel.network))
        colours.change_settings(colours.settings.with_mix(Modality.DERMOSCOPIC, "balanced"))
        page.widget.apply_settings(colours.settings)
        assert not page.answer_shown
        page.wait(lambda: page.answer_shown)
        assert "As if every class were equally common" in " ".join(visible_words(page.panel.network))
        page.save_as_new("1")
        (kept,) = stored(colours, "1").visits[0].pictures[0].predictions
        assert kept.class_mix == ClassMix("balanced", (1 / 3, 1 / 3, 1 / 3))
        assert kept.probabilities == shift(as_trained.probabilities, as_trained.class_mix.shares, kept.class_mix)

    def test_a_mix_that_does_not_fit_gives_no_answer_instead_of_another_one(
        self, colours: Workspace, page: Page, example: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "spring.toml").write_text("red = 1\n")
        page.open(example)
        colours.change_settings(colours.settings.with_mix(Modality.DERMOSCOPIC, str(tmp_path / "spring.toml")))
        page.widget.apply_settings(colours.settings)
        page.wait(lambda: "spring lacks green, blue" in page.panel.network.state())
        assert page.widget.examination is not None
        assert page.widget.examination.answer is None
        assert page.panel.save_button.isEnabled()


@pytest.fixture
def clinical(workspace: Workspace) -> str:
    """A network for clinical photographs beside the shipped dermoscopic ones."""
    contract = tiny_contract("photographs-3", modality=Modality.CLINICAL)
    write_tiny_bundle(workspace.profile.models, contract)
    workspace.change_settings(Settings(clinical_model_id=contract.model_id))
    return contract.model_id


class TestKindOfPicture:
    def model_ids(self, page: Page) -> tuple[str, str]:
        """Of the network that has answered, and of the one that is named beside it."""
        assert page.widget.examination is not None
        assert page.widget.examination.answer is not None
        assert page.widget.examiner.contract is not None
        return page.widget.examination.answer.prediction.model.model_id, page.widget.examiner.contract.model_id

    def test_is_not_asked_for_where_there_is_one_network(
        self, qtbot: QtBot, workspace: Workspace, background: Background, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workspace.models, "modalities", lambda: (Modality.DERMOSCOPIC,))
        page = Page(qtbot, workspace, background)
        page.wait(lambda: page.widget.examiner.contract)
        assert not page.panel.picture.kind.isVisible()

    def test_decides_which_network_answers_and_stays_for_the_next_picture(
        self, clinical: str, page: Page, workspace: Workspace, example: Path, other_example: Path
    ) -> None:
        kind = page.panel.picture.kind
        assert kind.isVisible()
        assert kind.value() is Modality.DERMOSCOPIC
        page.open(example)
        assert self.model_ids(page) == ("dermoscopy-7", "dermoscopy-7")
        page.reveal()
        page.qtbot.mouseClick(kind.button(Modality.CLINICAL), Qt.MouseButton.LeftButton)
        assert not page.answer_shown
        page.wait(lambda: page.answer_shown)
        assert self.model_ids(page) == (clinical, clinical)
        page.open(other_example)
        assert kind.value() is Modality.CLINICAL
        assert self.model_ids(page) == (clinical, clinical)
        page.save_as_new("1")
        (picture,) = stored(workspace, "1").visits[0].pictures
        assert picture.details.modality is Modality.CLINICAL
        assert picture.predictions[0].model.model_id == clinical

    def test_is_changed_from_the_keyboard_while_an_impression_is_typed(
        self, clinical: str, page: Page, example: Path
    ) -> None:
        page.open(example)
        QTest.keyClicks(page.panel.impression.line(), "wart")
        QTest.keyClick(page.panel.impression.combo(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        page.wait_for_answer()
        assert self.model_ids(page)[0] == clinical
        assert page.panel.impression.value() == "wart"

    def test_late_answer_of_the_network_for_another_kind_is_dropped(
        self, clinical: str, page: Page, example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, network_for = Event(), page.workspace.network_for

        def slow(modality: Modality) -> object:
            if modality is Modality.DERMOSCOPIC:
                gate.wait(PATIENCE_MS / 1000)
            return network_for(modality)

        monkeypatch.setattr(page.workspace, "network_for", slow)
        page.widget.open_file(example)
        page.wait(lambda: page.widget.examination)
        page.panel.picture.take_other_kind()
        page.wait_for_answer()
        with page.qtbot.assertNotEmitted(page.widget.examiner.changed, wait=300):
            gate.set()
        assert self.model_ids(page) == (clinical, clinical)

    def test_without_its_network_is_not_answered_by_the_other_one(
        self, clinical: str, page: Page, workspace: Workspace, example: Path
    ) -> None:
        page.open(example)
        workspace.change_settings(Settings(clinical_model_id="dermoscopy-7"))
        page.panel.picture.take_other_kind()
        page.wait(lambda: "does not answer clinical ones" in page.panel.network.state())
        assert page.widget.examination is not None
        assert page.widget.examination.answer is None


class TestNewerPicture:
    def test_takes_the_place_of_one_that_is_still_being_read(
        self, page: Page, qtbot: QtBot, example: Path, other_example: Path
    ) -> None:
        gate = Event()

        def slow() -> PictureFile:
            gate.wait(PATIENCE_MS / 1000)
            return read_picture_file(example)

        page.widget.examiner.examine([Incoming(example.name, slow)])
        page.open(other_example)
        with qtbot.assertNotEmitted(page.widget.examiner.shown, wait=300):
            gate.set()
        assert page.widget.examination is not None
        assert page.widget.examination.picture.file.name == other_example.name

    def test_never_stands_beside_the_last_ones_answer(self, page: Page, example: Path, other_example: Path) -> None:
        page.open(example)
        page.panel.network.reveal_button.click()
        assert page.answer_shown
        page.widget.open_file(other_example)
        assert not page.answer_shown
        assert not page.viewer.canvas.has_picture()
        page.wait_for_answer()
        examination = page.widget.examination
        assert examination is not None
        assert examination.answer is not None
        assert examination.answer.prediction.image_digest == examination.picture.file.sha256

    def test_starts_without_what_was_said_of_the_last_one(
        self, page: Page, example: Path, other_example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page.open(example)
        page.give_impression("melanoma")
        page.panel.plan.choose(Plan.EXCISE)
        monkeypatch.setattr(page.widget, "ask_discard", lambda: True)
        page.open(other_example)
        assert page.panel.impression.value() == ""
        assert page.panel.plan.value() is Plan.NONE

    def test_does_not_cost_an_unsaved_impression_unasked(
        self, page: Page, example: Path, other_example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page.open(example)
        page.give_impression("melanoma")
        monkeypatch.setattr(page.widget, "ask_discard", lambda: False)
        page.widget.open_file(other_example)
        assert page.widget.examination is not None
        assert page.widget.examination.picture.file.name == example.name
        assert not page.widget.close_allowed()


class TestTrouble:
    def test_a_damaged_file_gives_a_sentence_in_the_pictures_place(
        self, page: Page, example: Path, tmp_path: Path
    ) -> None:
        damaged = tmp_path / "IMG_0412.jpg"
        damaged.write_bytes(example.read_bytes()[:9000])
        page.widget.open_file(damaged)
        page.wait(page.viewer.failure)
        assert "IMG_0412.jpg is damaged or cut off after 9 kB." in page.viewer.failure()
        assert "Copy it from the camera again." in page.viewer.failure()
        assert not page.panel.save_button.isEnabled()

    def test_a_missing_file_is_said_to_be_missing(self, page: Page, tmp_path: Path) -> None:
        page.widget.open_file(tmp_path / "gone.jpg")
        page.wait(lambda: "gone.jpg does not exist." in page.viewer.failure())

    def test_without_a_network_the_picture_can_still_be_saved(
        self,
        qtbot: QtBot,
        workspace: Workspace,
        background: Background,
        example: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def unavailable(model_id: str | None, modality: Modality) -> None:
            raise ModelUnavailableError("No model is installed.", "Install SkinDesk again.")

        monkeypatch.setattr(workspace.models, "open", unavailable)
        page = Page(qtbot, workspace, background)
        page.widget.open_file(example)
        page.wait(page.panel.save_button.isEnabled)
        assert page.panel.network.state() == "No model is installed. Install SkinDesk again."
        page.give_impression("Spitz nevus")
        page.save_as_new("1")
        (picture,) = stored(workspace, "1").visits[0].pictures
        assert picture.predictions == ()

    def test_a_case_log_that_fails_keeps_everything_on_the_screen(
        self, page: Page, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page.open(example)
        page.give_impression("melanoma")
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "10482")

        def full(draft: CaseDraft) -> None:
            raise CaseLogUnavailableError("The disk that holds the case log is full.", "Free some space on it.")

        monkeypatch.setattr(workspace.casework, "save_case", full)
        dialog.save_button.click()
        page.wait(dialog.notice.isVisible)
        assert dialog.notice.text() == "The disk that holds the case log is full. Free some space on it."
        assert dialog.isVisible()
        assert dialog.picker.identifier() == "10482"
        assert page.panel.impression.value() == "mel"
        monkeypatch.undo()
        page.finish(dialog)
        assert stored(workspace, "10482").patient.details.identifier == "10482"

    def test_a_save_is_done_though_nothing_more_can_be_told_to_the_audit(
        self, page: Page, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page.open(example)
        log = workspace.casework.log
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "10482")

        def full(*_events: object) -> None:
            raise CaseLogUnavailableError("The disk that holds the case log is full.", "Free some space on it.")

        monkeypatch.setattr(log, "tell", full)
        with page.qtbot.waitSignal(page.widget.case_saved, timeout=PATIENCE_MS):
            dialog.save_button.click()
        assert not dialog.isVisible()
        assert page.viewer.notice.text() == "Saved as L1 of 10482."
        monkeypatch.undo()
        assert stored(workspace, "10482").patient.details.identifier == "10482"

    def test_the_plan_is_in_sight_beside_an_answer_in_a_window_of_1280_by_800(self, page: Page, example: Path) -> None:
        page.open(example)
        page.reveal()
        page.wait(lambda: page.answer_shown)

        plan = page.panel.plan
        page.wait(lambda: plan.visibleRegion().boundingRect() == plan.rect())


class TestSaving:
    def test_a_new_patient_is_stored_with_picture_prediction_and_review(
        self, page: Page, workspace: Workspace, example: Path
    ) -> None:
        page.open(example)
        page.give_impression("melanoma")
        page.panel.plan.choose(Plan.BIOPSY)
        page.panel.notes.setPlainText("regression structures")
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "10482")
        dialog.form.family.setText("Müller")  # QTest types ASCII only
        QTest.keyClicks(dialog.form.born, "1961-04-02")
        QTest.keyClicks(dialog.lesion.place.description, "left forearm")
        page.finish(dialog)
        case = stored(workspace, "10482")
        (visit,) = case.visits
        (picture,) = visit.pictures
        (review,) = visit.reviews
        assert case.patient.details.family_name == "Müller"
        assert case.lesion.details.description == "left forearm"
        assert picture.details.file_name == example.name
        assert workspace.casework.log.picture(picture.details.sha256) == example.read_bytes()
        examination = page.widget.examination
        assert examination is not None
        assert examination.answer is not None
        assert picture.predictions == (examination.answer.prediction,)
        assert review.details.impression == "mel"
        assert review.details.plan is Plan.BIOPSY
        assert not review.details.revealed_before

    def test_a_watched_lesion_gets_a_day_to_look_again(self, page: Page, workspace: Workspace, example: Path) -> None:
        page.open(example)
        panel = page.panel
        assert not panel.again.isVisible()
        panel.plan.button(Plan.WATCH).click()
        assert panel.again.isVisible()
        assert panel.again.value() == 3
        panel.again.button(6).click()
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "10482")
        page.finish(dialog)
        lesion = stored(workspace, "10482").lesion
        assert (lesion.state, lesion.follow_up_on) == (LesionState.WATCHED, months_after(date.today(), 6))
        panel.plan.button(Plan.BIOPSY).click()
        assert not panel.again.isVisible()
        assert panel.again.value() is None

    def test_says_so_offers_the_case_and_names_the_patient(self, page: Page, qtbot: QtBot, example: Path) -> None:
        patients: list[Patient | None] = []
        page.widget.patient_changed.connect(patients.append)
        page.open(example)
        case = page.save_as_new("10482")
        assert page.viewer.notice.text() == "Saved as L1 of 10482."
        assert patients[-1] == case.patient
        with qtbot.waitSignal(page.widget.case_wanted) as wanted:
            page.viewer.notice.action_button.click()
        assert wanted.args == [case.lesion.case_id]
        assert page.widget.close_allowed()

    def test_an_impression_given_in_sight_of_the_answer_is_recorded_as_such(
        self, page: Page, workspace: Workspace, example: Path
    ) -> None:
        page.open(example)
        page.panel.network.reveal_button.click()
        page.give_impression("melanoma")
        page.save_as_new("1")
        assert stored(workspace, "1").visits[0].reviews[0].details.revealed_before

    def test_an_impression_changed_after_the_answer_is_recorded_as_such(
        self, page: Page, workspace: Workspace, example: Path
    ) -> None:
        page.open(example)
        page.give_impression("melanoma")
        page.panel.impression.line().clear()
        page.give_impression("nv")
        page.save_as_new("1")
        details = stored(workspace, "1").visits[0].reviews[0].details
        assert (details.impression, details.second_impression) == ("mel", "nv")
        assert (details.asked_first, details.revealed_before) == (True, False)

    def test_a_known_patient_is_found_by_name_and_gets_a_second_picture_of_the_lesion(
        self, page: Page, workspace: Workspace, example: Path, other_example: Path
    ) -> None:
        known = known_case(workspace, read_picture_file(other_example))
        page.open(example)
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "ber")
        page.wait(lambda: dialog.picker.list.count() == 2)
        assert not dialog.save_button.isEnabled(), "a name's beginning chooses nobody and makes no new patient"
        QTest.keyClick(dialog.picker.line, Qt.Key.Key_Down)
        assert not dialog.picker.is_new(), "known patients come first"
        assert dialog.picker.patient() == known.patient
        page.wait(lambda: dialog.lesion.lesion.count() == 2)
        dialog.lesion.lesion.setCurrentIndex(1)
        page.finish(dialog)
        case = stored(workspace, "555")
        assert sum(len(visit.pictures) for visit in case.visits) == 2

    def test_a_name_that_nobody_has_can_be_a_new_identifier(self, page: Page, example: Path) -> None:
        page.open(example)
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "anonymous")
        page.wait(dialog.save_button.isEnabled)
        assert dialog.save_button.text() == "Save as new patient anonymous"
        page.finish(dialog)

    def test_an_exact_identifier_chooses_its_patient(
        self, page: Page, workspace: Workspace, example: Path, other_example: Path
    ) -> None:
        known = known_case(workspace, read_picture_file(other_example))
        page.open(example)
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "555")
        page.wait(lambda: dialog.picker.patient() == known.patient)
        assert dialog.save_button.text() == "Save to BERG, Ida"

    def test_another_patients_picture_must_be_confirmed(self, page: Page, workspace: Workspace, example: Path) -> None:
        known_case(workspace, read_picture_file(example))
        page.open(example)
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "777")
        dialog.save_button.click()
        page.wait(dialog.confirm.isVisible)
        assert "BERG, Ida" in dialog.notice.text()
        assert workspace.casework.log.patient_by_identifier("777") is None
        dialog.confirm.setChecked(True)
        page.finish(dialog)
        assert workspace.casework.log.patient_by_identifier("777") is not None

    def test_a_confirmation_is_not_carried_over_to_another_patient(
        self, page: Page, workspace: Workspace, example: Path, other_example: Path
    ) -> None:
        known_case(workspace, read_picture_file(example))
        known_case(workspace, read_picture_file(other_example), "888")
        page.open(example)
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "777")
        dialog.save_button.click()
        page.wait(dialog.confirm.isVisible)
        dialog.confirm.setChecked(True)
        dialog.picker.line.setText("888")
        page.wait(dialog.picker.patient)
        assert not dialog.confirm.isChecked()

    def test_an_impossible_birth_date_is_said_to_be_one(self, page: Page, example: Path) -> None:
        page.open(example)
        dialog = page.ask_to_save()
        QTest.keyClicks(dialog.picker.line, "1")
        QTest.keyClicks(dialog.form.born, "1961-13-02")
        dialog.save_button.click()
        assert "1961-13-02" in dialog.notice.text()
        dialog.reject()

    def test_starting_from_a_lesion_saves_to_that_lesion(
        self, page: Page, workspace: Workspace, example: Path, other_example: Path
    ) -> None:
        known = known_case(workspace, read_picture_file(other_example))
        page.widget.start_for(known.patient, known.lesion)
        page.open(example)
        dialog = page.ask_to_save()
        page.wait(lambda: dialog.lesion.value() == known.lesion.case_id)
        page.finish(dialog)
        assert sum(len(visit.pictures) for visit in stored(workspace, "555").visits) == 2

    def test_the_next_picture_belongs_to_nobody_yet(self, page: Page, example: Path, other_example: Path) -> None:
        patients: list[Patient | None] = []
        page.open(example)
        page.save_as_new("1")
        page.widget.patient_changed.connect(patients.append)
        page.open(other_example)
        assert patients[-1] is None
        dialog = page.ask_to_save()
        assert dialog.picker.identifier() == ""
        dialog.reject()


class TestBringingIn:
    def test_a_picture_is_pasted_while_the_cursor_is_in_a_text_field(self, page: Page, tmp_path: Path) -> None:
        page.open(plain_picture(tmp_path / "first.png"))
        QGuiApplication.clipboard().setImage(QImage(str(plain_picture(tmp_path / "second.png", 280))))
        page.panel.impression.take_focus()
        QTest.keyClick(page.panel.impression.combo(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        page.wait_for_answer()
        page.wait(lambda: page.widget.examination and page.widget.examination.picture.size_px[0] == 280)
        assert page.widget.examination is not None
        assert page.widget.examination.picture.image.media_type == "image/png"

    def test_a_copied_file_is_pasted_as_that_file(self, page: Page, example: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(example))])
        QGuiApplication.clipboard().setMimeData(data)
        page.widget.bringing.paste()
        page.wait_for_answer()
        assert page.widget.examination is not None
        assert page.widget.examination.picture.file.content == example.read_bytes()

    def test_text_in_the_clipboard_is_no_picture(self, page: Page) -> None:
        QGuiApplication.clipboard().setText("melanoma")
        page.widget.bringing.paste()
        assert "holds no picture" in page.viewer.notice.text()


def test_four_actions_and_an_identifier_save_a_case_from_the_keyboard(
    page: Page, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skindesk.gui.examine.bringing.choose_files", lambda _parent: (example,))
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(page.widget, Qt.Key.Key_O, control)
    page.wait_for_answer()
    impression = QApplication.focusWidget()
    assert impression is page.panel.impression.combo()
    QTest.keyClicks(impression, "melanom")
    QTest.keyClick(impression, Qt.Key.Key_Return)
    assert page.answer_shown
    QTest.keyClick(impression, Qt.Key.Key_S, control)
    dialog = page.widget.dialog
    assert dialog is not None
    page.wait(lambda: dialog.isActiveWindow() and dialog.picker.line.hasFocus())
    QTest.keyClicks(dialog.picker.line, "10482")
    with page.qtbot.waitSignal(page.widget.case_saved, timeout=PATIENCE_MS):
        QTest.keyClick(dialog.picker.line, Qt.Key.Key_Return)
    assert stored(workspace, "10482").visits[0].reviews[0].details.impression == "mel"


def test_every_control_has_a_name(page: Page, example: Path) -> None:
    page.open(example)
    page.panel.network.reveal_button.click()
    dialog = page.ask_to_save()
    assert nameless(page.widget) == []
    assert nameless(dialog) == []
    dialog.reject()


def test_screen_and_batch_give_the_same_answer(page: Page, workspace: Workspace, example: Path) -> None:
    page.open(example)
    batch = classify_file(example, workspace.models.open())
    assert isinstance(batch, Classified)
    assert page.widget.examination is not None
    assert page.widget.examination.answer is not None
    assert page.widget.examination.answer.prediction.probabilities == batch.prediction.probabilities
