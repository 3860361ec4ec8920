"""An examination of several pictures: bringing them in, looking them through, second look, part, measures, saving."""

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.domain.case import Case, Confidence, PatientDetails, Sex, Site, SkinType
from skindesk.domain.contract import Modality
from skindesk.domain.measurement import Scale, ScaleSource
from skindesk.domain.offered import OfferedFacts
from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.domain.region import Region
from skindesk.gui.background import Background
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.workspace import ExamineWorkspace
from skindesk.imaging.decode import DecodedImage
from tests.gui.clinic import visible_words
from tests.support.watchdog import Watchdog

PATIENCE_MS = 20_000
EXAMPLES = sorted((Path(__file__).parents[2] / "resources" / "examples").glob("*.jpg"))


class Desk:
    """The Examine page as somebody uses it."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, background: Background) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        self.page = ExamineWorkspace(workspace, background)
        qtbot.addWidget(self.page, before_close_func=lambda page: page.panel.reset())
        self.page.resize(1208, 760)
        with qtbot.waitActive(self.page):
            self.page.show()
        self.wait(lambda: self.page.examiner.contract)

    @property
    def examination(self) -> Examination:
        assert self.page.examination is not None
        return self.page.examination

    @property
    def answer_shown(self) -> bool:
        return self.page.panel.network.differential.isVisible()

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def open(self, *paths: Path) -> None:
        self.page.bringing.open_files(paths)
        self.wait_for(len(paths))

    def add(self, *paths: Path) -> None:
        count = len(self.examination.pictures) + len(paths)
        self.page.bringing.add_files(paths)
        self.wait_for(count)

    def wait_for(self, count: int) -> None:
        page = self.page
        self.wait(lambda: page.examination is not None and len(page.examination.pictures) == count)
        self.wait(lambda: self.examination.is_looked_through)

    def give(self, impression: str) -> None:
        line = self.page.panel.impression.line()
        line.selectAll()
        QTest.keyClicks(line, impression)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.page, key, modifiers)

    def save(self, identifier: str) -> Case:
        self.page.save()
        dialog = self.page.dialog
        assert dialog is not None
        dialog.picker.line.setText(identifier)
        with self.qtbot.waitSignal(self.page.case_saved, timeout=PATIENCE_MS) as saved:
            dialog.save_button.click()
        return self.workspace.casework.log.case(saved.args[0])


@pytest.fixture
def desk(qtbot: QtBot, workspace: Workspace, background: Background) -> Desk:
    return Desk(qtbot, workspace, background)


@pytest.fixture
def poor(monkeypatch: pytest.MonkeyPatch) -> list[QualityFinding]:
    """What speaks against every picture from now on; at first, that it is out of focus."""
    found = [QualityFinding(QualityIssue.BLURRED, severe=True)]
    monkeypatch.setattr("skindesk.gui.examine.examiner.look_through", lambda *_args: tuple(found))
    monkeypatch.setattr("skindesk.gui.examine.examiner.proposed_part", lambda _image: Region(40, 30, 200, 150))
    return found


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing speaks against any picture."""
    monkeypatch.setattr("skindesk.gui.examine.examiner.look_through", lambda *_args: ())
    monkeypatch.setattr("skindesk.gui.examine.examiner.proposed_part", lambda _image: None)


def dropped(desk: Desk, at: QPoint, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    desk.page.dropEvent(
        QDropEvent(
            QPointF(at),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


@pytest.mark.usefixtures("sound")
class TestSeveralPictures:
    def test_dropped_together_they_are_of_one_lesion_and_saved_at_once(self, desk: Desk) -> None:
        dropped(desk, QPoint(100, 100), *EXAMPLES[:3])
        desk.wait_for(3)
        assert [each.file.name for each in desk.examination.pictures] == [path.name for path in EXAMPLES[:3]]
        assert len(desk.page.strip.thumbs) == 3

        desk.give("nv")
        case = desk.save("10482")

        (visit,) = case.visits
        assert [picture.details.file_name for picture in visit.pictures] == [path.name for path in EXAMPLES[:3]]
        answers = [picture.predictions[0] for picture in visit.pictures]
        assert answers == [each.answer.prediction for each in desk.examination.pictures if each.answer is not None]
        assert not desk.page.unsaved

    def test_another_is_added_to_the_lesion_and_a_saved_one_can_grow(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        desk.save("1")
        desk.add(EXAMPLES[1])
        assert desk.examination.at == 0
        assert desk.page.unsaved
        desk.page.strip.chosen.emit(1)
        assert desk.page.viewer.canvas.has_picture()
        assert desk.examination.picture.file.name == EXAMPLES[1].name
        desk.page.save()
        dialog = desk.page.dialog
        assert dialog is not None
        desk.wait(dialog.save_button.isEnabled)
        with desk.qtbot.waitSignal(desk.page.case_saved, timeout=PATIENCE_MS) as saved:
            dialog.save_button.click()
        (visit,) = desk.workspace.casework.log.case(saved.args[0]).visits
        assert len(visit.pictures) == 2

    def test_what_is_dropped_on_the_strip_is_added_and_elsewhere_begins_anew(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        strip = desk.page.strip
        on_strip = strip.mapTo(desk.page, strip.rect().center())
        dropped(desk, on_strip, EXAMPLES[1])
        desk.wait_for(2)
        dropped(desk, QPoint(100, 200), EXAMPLES[2])
        desk.wait_for(1)
        assert desk.examination.picture.file.name == EXAMPLES[2].name

    def test_the_same_picture_twice_is_one_picture(self, desk: Desk, tmp_path: Path) -> None:
        copy = tmp_path / "copy.jpg"
        copy.write_bytes(EXAMPLES[0].read_bytes())
        desk.open(EXAMPLES[0])
        desk.page.bringing.add_files([copy])
        desk.wait(lambda: desk.page.viewer.notice.text())
        assert desk.page.viewer.notice.text() == "copy.jpg is among the pictures already."
        assert len(desk.examination.pictures) == 1

    def test_one_that_cannot_be_read_is_said_and_the_others_stay(self, desk: Desk, tmp_path: Path) -> None:
        damaged = tmp_path / "IMG_1.jpg"
        damaged.write_bytes(EXAMPLES[0].read_bytes()[:5000])
        desk.page.bringing.open_files([damaged, EXAMPLES[0], EXAMPLES[1]])
        desk.wait_for(2)
        assert "IMG_1.jpg is damaged or cut off" in desk.page.viewer.notice.text()

    def test_one_is_taken_out_again(self, desk: Desk) -> None:
        desk.open(*EXAMPLES[:3])
        desk.page.strip.removed.emit(0)
        assert [each.file.name for each in desk.examination.pictures] == [path.name for path in EXAMPLES[1:3]]
        assert desk.examination.picture.file.name == EXAMPLES[1].name
        desk.page.strip.removed.emit(1)
        desk.page.strip.removed.emit(0)
        assert len(desk.examination.pictures) == 1, "the last one stays"

    def test_their_common_answer_is_shown_with_its_spread_and_each_by_itself(self, desk: Desk) -> None:
        desk.open(*EXAMPLES[:2])
        for picture in desk.examination.pictures:  # generated pictures are unlike the training pictures
            assert picture.answer is not None
            supported = replace(picture.answer.prediction, abstention_reason=None)
            picture.answer = replace(picture.answer, prediction=supported)
        desk.page.reveal()
        network = desk.page.panel.network
        assert network.scope.isVisible()
        assert "2 pictures taken together." in network.remark()
        assert "Single pictures:" in " ".join(visible_words(network.differential))
        network.scope.choose(False)
        assert network.remark() == ""
        assert "Single pictures:" not in " ".join(visible_words(network.differential))

    def test_kinds_can_differ(self, desk: Desk) -> None:
        desk.open(*EXAMPLES[:2])
        desk.page.panel.picture.take_other_kind()
        desk.wait(lambda: desk.examination.is_looked_through)
        assert [each.modality for each in desk.examination.pictures] == [Modality.CLINICAL, Modality.DERMOSCOPIC]
        desk.page.strip.chosen.emit(1)
        assert desk.page.panel.picture.modality() is Modality.DERMOSCOPIC
        models = [each.answer.prediction.model.model_id for each in desk.examination.pictures if each.answer]
        assert models == ["clinical-6", "dermoscopy-7"]
        assert desk.examination.combined() is None


class TestQualityGate:
    def test_a_poor_picture_holds_the_answer_back_until_it_is_wanted_all_the_same(
        self, desk: Desk, poor: list[QualityFinding]
    ) -> None:
        desk.open(EXAMPLES[0])
        assert "Out of focus" in desk.page.panel.picture.quality()
        desk.give("nv")
        assert desk.page.panel.network.is_held
        assert "The answer is held back. Out of focus" in desk.page.panel.network.state()
        assert not desk.answer_shown
        assert not desk.examination.revealed
        desk.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        assert desk.answer_shown
        case = desk.save("1")
        assert case.visits[0].pictures[0].details.quality == (QualityIssue.BLURRED,)

    def test_a_remark_holds_nothing_back(self, desk: Desk, poor: list[QualityFinding]) -> None:
        poor[:] = [QualityFinding(QualityIssue.HAIR, severe=False, share=0.05, places=(Region(5, 6, 40, 30),))]
        desk.open(EXAMPLES[0])
        desk.give("nv")
        assert desk.answer_shown
        assert [mark.place for mark in desk.page.viewer.canvas.layers_shown.marks] == [Region(5, 6, 40, 30)]

    def test_the_network_is_given_the_proposed_part_and_the_record_says_so(
        self, desk: Desk, poor: list[QualityFinding]
    ) -> None:
        poor.clear()
        desk.open(EXAMPLES[0])
        desk.give("nv")
        assert desk.examination.answer is not None
        whole = desk.examination.answer.prediction.probabilities
        button = desk.page.panel.picture.region_button
        desk.wait(button.isVisible)
        assert button.text() == "Give the network only the lesion"
        button.click()
        assert not desk.answer_shown
        desk.wait(lambda: desk.answer_shown)
        assert desk.examination.answer.prediction.probabilities != whole
        assert desk.page.viewer.canvas.layers_shown.region == Region(40, 30, 200, 150)
        case = desk.save("1")
        (picture,) = case.visits[0].pictures
        assert picture.predictions[-1].region == Region(40, 30, 200, 150)
        assert desk.workspace.casework.log.picture(picture.details.sha256) == EXAMPLES[0].read_bytes()
        button.click()
        desk.wait(lambda: desk.examination.is_looked_through)
        assert desk.examination.answer is not None
        assert desk.examination.answer.prediction.probabilities == whole

    def test_a_gate_that_fails_holds_nothing_back(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_args: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr("skindesk.gui.examine.examiner.look_through", broken)
        desk.open(EXAMPLES[0])
        desk.give("nv")
        assert desk.answer_shown


@pytest.mark.usefixtures("sound")
class TestClinicianFirst:
    def test_both_views_and_the_clinics_way_are_kept(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        desk.press(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        desk.give("nv")
        assert desk.page.panel.impression.blind() == "Before the answer: Melanocytic nevus (medium)"
        desk.press(Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
        desk.give("mel")
        (review,) = desk.save("1").visits[0].reviews
        details = review.details
        assert (details.impression, details.confidence) == ("nv", Confidence.MEDIUM)
        assert (details.second_impression, details.second_confidence) == ("mel", Confidence.HIGH)
        assert (details.asked_first, details.revealed_before) == (True, False)

    def test_an_unchanged_view_is_no_second_one(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        desk.give("nv")
        details = desk.save("1").visits[0].reviews[0].details
        assert (details.impression, details.second_impression) == ("nv", "")

    def test_where_the_clinic_does_not_ask_first_that_is_kept(self, desk: Desk) -> None:
        desk.workspace.settings = replace(desk.workspace.settings, impression_first=False)
        desk.open(EXAMPLES[0])
        assert desk.answer_shown
        desk.give("nv")
        details = desk.save("1").visits[0].reviews[0].details
        assert (details.asked_first, details.revealed_before, details.second_impression) == (False, True, "")


@pytest.mark.usefixtures("sound")
class TestBesideTheResult:
    def test_knowledge_is_one_key_away_and_the_same_key_leads_back(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        desk.give("nv")
        desk.press(Qt.Key.Key_F2)
        sheet = desk.page.side.sheet
        assert sheet is not None
        assert "Information for clinicians" in " ".join(visible_words(sheet))
        desk.press(Qt.Key.Key_F2)
        assert desk.page.side.sheet is None

    def test_similar_cases_wait_for_the_answer(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        desk.press(Qt.Key.Key_F3)
        assert desk.page.side.sheet is None
        desk.give("nv")
        desk.press(Qt.Key.Key_F3)
        assert desk.page.side.sheet is not None
        QTest.keyClick(desk.page.side.sheet, Qt.Key.Key_Escape)
        assert desk.page.side.sheet is None

    def test_evidence_stands_beside_the_answer(self, desk: Desk) -> None:
        desk.open(EXAMPLES[0])
        desk.give("nv")
        assert "No evidence for skin types V and VI" in " ".join(visible_words(desk.page.panel.network.evidence))


def lesion_picture(path: Path) -> Path:
    """A brown disc of 120 px on skin."""
    y, x = np.mgrid[:450, :600]
    rgb = np.full((450, 600, 3), (214, 168, 146), np.uint8)
    rgb[(x - 300) ** 2 + (y - 225) ** 2 < 60**2] = (96, 62, 48)
    Image.fromarray(rgb).save(path)
    return path


@pytest.mark.usefixtures("sound")
class TestMeasuring:
    def test_a_proposed_outline_is_measured_and_kept_with_the_scale(self, desk: Desk, tmp_path: Path) -> None:
        desk.open(lesion_picture(tmp_path / "disc.png"))
        desk.press(Qt.Key.Key_F4)
        measure = desk.page.side.measure
        assert desk.page.side.sheet is measure
        measure.scale_changed.emit(Scale(0.05, ScaleSource.RULER))
        measure.propose_wanted.emit()
        desk.wait(lambda: desk.examination.picture.measurement)
        measurement = desk.examination.picture.measurement
        assert measurement is not None
        assert measurement.diameter_mm == pytest.approx(6.0, rel=0.05)
        assert len(desk.page.viewer.canvas.layers_shown.outline) >= 3
        (picture,) = desk.save("1").visits[0].pictures
        assert picture.details.measurement == measurement
        assert picture.details.capture.mm_per_px == 0.05

    def test_a_corrected_outline_is_the_clinicians(self, desk: Desk, tmp_path: Path) -> None:
        desk.open(lesion_picture(tmp_path / "disc.png"))
        desk.page.viewer.canvas.setFocus()
        QTest.keyClick(desk.page.viewer.canvas, Qt.Key.Key_O)
        tool = desk.page.viewer.canvas.tool
        assert tool is not None
        square = ((240.0, 165.0), (360.0, 165.0), (360.0, 285.0), (240.0, 285.0))
        tool.taken.emit(square)  # type: ignore[attr-defined]
        desk.wait(lambda: desk.examination.picture.measurement)
        measurement = desk.examination.picture.measurement
        assert measurement is not None
        assert measurement.by_hand
        assert measurement.area_px == pytest.approx(120 * 120, rel=0.02)
        assert measurement.diameter_mm is None
        desk.page.side.measure.clear_wanted.emit()
        assert desk.examination.picture.measurement is None


@pytest.mark.usefixtures("sound")
def test_what_a_file_tells_of_its_patient_is_offered_and_checked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = OfferedFacts("10482", "Garcia", "Ana", sex=Sex.FEMALE, site=Site.POSTERIOR_TORSO, description="back, left")
    from skindesk.gui.examine import examiner

    read = examiner.decode_for_screen

    def telling(*args: object) -> DecodedImage:
        return replace(read(*args), offered=facts)  # type: ignore[arg-type]

    monkeypatch.setattr(examiner, "decode_for_screen", telling)
    desk.open(EXAMPLES[0])
    assert "GARCIA, Ana" in desk.page.offered.text()
    desk.page.offered.new_button.click()
    dialog = desk.page.dialog
    assert dialog is not None
    assert (dialog.picker.line.text(), dialog.form.family.text(), dialog.form.given.text()) == (
        "10482",
        "Garcia",
        "Ana",
    )
    with desk.qtbot.waitSignal(desk.page.case_saved, timeout=PATIENCE_MS) as saved:
        dialog.save_button.click()
    case = desk.workspace.casework.log.case(saved.args[0])
    assert (case.patient.details.family_name, case.patient.details.sex) == ("Garcia", Sex.FEMALE)
    assert (case.lesion.details.site, case.lesion.details.description) == (Site.POSTERIOR_TORSO, "back, left")

    other = desk.workspace.casework.log.record.add_patient(PatientDetails("7", "Berg", "Ida", skin_type=SkinType.V))
    desk.page.start_for(other, None)
    desk.open(EXAMPLES[1])
    assert desk.page.offered.warns
    assert "another patient" in desk.page.offered.text()


@pytest.mark.usefixtures("sound")
def test_a_12_megapixel_photograph_is_sharpened_without_losing_the_place(desk: Desk, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    with Image.open(EXAMPLES[0]) as example:
        example.resize((4000, 3000), Image.Resampling.BICUBIC).save(large, quality=90)
    with desk.qtbot.waitSignal(desk.page.examiner.sharpened, timeout=PATIENCE_MS) as sharpened:
        desk.page.open_file(large)
    assert (sharpened.args[0].levels[0].width(), sharpened.args[0].levels[0].height()) == (4000, 3000)
    assert desk.examination.picture.size_px == (4000, 3000)
    assert min(desk.examination.picture.image.rgb.shape[:2]) >= 1200


@pytest.mark.usefixtures("sound")
def test_the_window_is_never_busy_for_long_while_a_large_photograph_is_opened_and_answered(
    desk: Desk, tmp_path: Path
) -> None:
    """What the window's own thread works at a time is counted, so that a busy machine does not decide the test."""
    large = tmp_path / "large.jpg"
    with Image.open(EXAMPLES[0]) as example:
        example.resize((4000, 3000), Image.Resampling.BICUBIC).save(large, quality=90)
    desk.open(EXAMPLES[0])
    desk.page.reveal()
    gc.collect()
    gc.freeze()  # as the main window does: what earlier tests have loaded is not looked through again
    try:
        watchdog = Watchdog()
        with desk.qtbot.waitSignal(desk.page.examiner.sharpened, timeout=PATIENCE_MS):
            desk.page.bringing.open_files([large])
        desk.wait_for(1)
        desk.page.reveal()
        desk.qtbot.wait(50)
    finally:
        gc.unfreeze()
    assert max(watchdog.worked_s) < 0.05
