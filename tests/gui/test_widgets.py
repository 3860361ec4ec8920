from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from skindesk.domain.case import Patient, PatientDetails, SkinType
from skindesk.domain.class_mix import UNRECORDED_MIX, ClassMix
from skindesk.domain.contract import NoveltyRule
from skindesk.domain.errors import SkinDeskError
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.domain.prediction import AbstentionReason, Decision, ModelRef, Prediction
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.differential import DifferentialView
from skindesk.gui.widgets.labels import ElidedLabel
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.patient_band import PatientBand
from skindesk.gui.widgets.screen_picture import screen_picture
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import abstention, age, patient_line, percent, why_abstained
from tests.support.tiny_bundle import tiny_contract

LABELS = (
    Label("mel", "Melanoma", MalignancyGroup.MALIGNANT),
    Label("nv", "Melanocytic nevus", MalignancyGroup.BENIGN),
    Label("akiec", "Actinic keratosis", MalignancyGroup.PREMALIGNANT),
    Label("df", "Dermatofibroma", MalignancyGroup.BENIGN),
    Label("vasc", "Vascular lesion", MalignancyGroup.BENIGN),
)
ANNA = Patient(1, PatientDetails("10482", "Müller", "Anna", birth_date=date(1961, 4, 2), skin_type=SkinType.II))


def prediction(*probabilities: float, abstained: bool = False) -> Prediction:
    return Prediction(
        model=ModelRef("m", "1", "d" * 64),
        image_digest="a" * 64,
        labels=LABELS,
        probabilities=probabilities,
        decision=Decision.ABSTAINED if abstained else Decision.SUPPORTED,
        abstention_reason=AbstentionReason.CLASSES_TOO_CLOSE if abstained else None,
        novelty=None,
        class_mix=UNRECORDED_MIX,
        created_at=datetime.now(UTC),
    )


def words(view: DifferentialView) -> str:
    """All that the view says, from top to bottom."""
    labels = [label for label in view.findChildren(QLabel) if label.isVisibleTo(view)]
    return "\n".join(label.full_text() if isinstance(label, ElidedLabel) else label.text() for label in labels)


@pytest.fixture
def view(qtbot: QtBot) -> DifferentialView:
    made = DifferentialView()
    qtbot.addWidget(made)
    made.resize(352, 400)
    made.show()
    return made


class TestDifferential:
    def test_shows_three_leading_classes_and_the_rest_as_one(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.6, 0.2, 0.1, 0.06, 0.04))
        said = words(view)
        assert "Melanoma" in said
        assert "60\u00a0%" in said
        assert "Other (2)" in said
        assert "10\u00a0%" in said
        assert "Dermatofibroma" not in said

    def test_malignant_sum_counts_premalignant_classes(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.6, 0.2, 0.1, 0.06, 0.04))
        assert "Malignant or premalignant in sum" in words(view)
        assert "70\u00a0%" in words(view)

    def test_low_risk_is_never_called_harmless(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.02, 0.9, 0.01, 0.04, 0.03))
        said = words(view)
        assert "No support for malignancy. It is not excluded" in said
        assert said.endswith("3\u00a0%")
        assert "healthy" not in said.lower()

    def test_groups_have_a_word_beside_their_colour(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.4, 0.35, 0.15, 0.06, 0.04))
        assert {"malignant", "premalignant", "benign class"} <= set(words(view).splitlines())

    def test_abstention_says_why_and_what_to_do(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.34, 0.33, 0.2, 0.1, 0.03, abstained=True))
        said = words(view)
        assert "No answer: the lead of the first class (1\u00a0point) is under the network's limit." in said
        assert "rely on your own examination" in said

    def test_abstention_names_the_limit_where_it_is_known(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.56, 0.12, 0.12, 0.1, 0.1, abstained=True), tiny_contract(min_margin=0.52))
        lead = "the lead of the first class (44\u00a0points) is under this network's limit (52\u00a0points)."
        assert lead in words(view)

    def test_a_lead_just_under_the_limit_never_reads_as_the_limit(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.6, 0.084, 0.1, 0.11, 0.106, abstained=True), tiny_contract(min_margin=0.494))
        assert "(49.0\u00a0points) is under this network's limit (49.4\u00a0points)" in words(view)

    def test_abstention_does_not_speak_of_missing_support(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.01, 0.45, 0.02, 0.44, 0.08, abstained=True))
        assert "No support" not in words(view)

    def test_a_new_prediction_takes_the_place_of_the_last(self, view: DifferentialView) -> None:
        view.show_prediction(prediction(0.6, 0.2, 0.1, 0.06, 0.04))
        view.show_prediction(prediction(0.1, 0.7, 0.1, 0.06, 0.04))
        assert "60\u00a0%" not in words(view)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0, "0\u00a0%"), (0.001, "<\u20091\u00a0%"), (0.62, "62\u00a0%"), (0.999, ">\u200999\u00a0%"), (1, "100\u00a0%")],
)
def test_percentages_never_round_to_certainty(probability: float, shown: str) -> None:
    assert percent(probability) == shown


@pytest.fixture
def canvas(qtbot: QtBot) -> PictureCanvas:
    made = PictureCanvas()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    picture = np.zeros((1200, 1600, 3), np.uint8)
    picture[:, :, 0] = 255
    made.show_picture(screen_picture(picture))
    return made


class TestCanvas:
    def test_the_whole_picture_fits_at_first(self, canvas: PictureCanvas) -> None:
        assert canvas.zoom() == pytest.approx(min(368 / 1600, 268 / 1200))

    def test_shows_the_pictures_colours_on_neutral_grey(self, canvas: PictureCanvas) -> None:
        shot = canvas.grab().toImage()
        assert shot.pixelColor(200, 150).name() == "#ff0000"
        assert shot.pixelColor(5, 5).name() == "#3a3a3a"

    def test_the_wheel_zooms_at_the_cursor(self, canvas: PictureCanvas) -> None:
        corner = QPointF(100, 80)
        before = canvas.picture_point(corner)
        event = QWheelEvent(
            corner,
            canvas.mapToGlobal(corner),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        fitted = canvas.zoom()
        QApplication.sendEvent(canvas, event)
        assert canvas.zoom() > fitted
        after = canvas.picture_point(corner)
        assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))

    def test_keys_zoom_and_fit(self, canvas: PictureCanvas) -> None:
        fitted = canvas.zoom()
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
        assert canvas.zoom() > fitted
        QTest.keyClick(canvas, Qt.Key.Key_0)
        assert canvas.zoom() == pytest.approx(fitted)
        QTest.keyClick(canvas, Qt.Key.Key_Minus)
        assert canvas.zoom() < fitted

    def test_dragging_moves_the_picture(self, canvas: PictureCanvas) -> None:
        before = canvas.picture_point(QPointF(200, 150))
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
        QTest.mouseMove(canvas, QPoint(180, 150))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(180, 150))
        assert canvas.picture_point(QPointF(200, 150)).x() > before.x()

    def test_a_map_lies_over_the_picture_until_it_is_taken_away(self, canvas: PictureCanvas) -> None:
        canvas.set_overlay(np.ones((7, 7), np.float32))
        assert canvas.overlay_shown
        assert canvas.grab().toImage().pixelColor(200, 150).blue() > 100
        canvas.set_overlay(None)
        assert canvas.grab().toImage().pixelColor(200, 150).name() == "#ff0000"

    def test_a_new_picture_comes_without_the_last_ones_map(self, canvas: PictureCanvas) -> None:
        canvas.set_overlay(np.ones((7, 7), np.float32))
        canvas.show_picture(screen_picture(np.zeros((50, 50, 3), np.uint8)))
        assert not canvas.overlay_shown

    def test_fine_lines_survive_a_small_scale(self, canvas: PictureCanvas) -> None:
        lines = np.full((3000, 4000, 3), 255, np.uint8)
        lines[:, ::8] = 0
        canvas.show_picture(screen_picture(lines))
        shot = canvas.grab().toImage()
        greys = {shot.pixelColor(x, 150).red() for x in range(100, 300)}
        assert min(greys) > 200
        assert max(greys) < 245


class TestPatientBand:
    def test_says_who_it_is(self, qtbot: QtBot) -> None:
        today = date(2026, 3, 1)
        assert patient_line(ANNA, today) == "MÜLLER, Anna · 1961-04-02 (64) · ID 10482 · skin type II"

    def test_says_that_nothing_is_saved_without_a_patient(self, qtbot: QtBot) -> None:
        band = PatientBand()
        qtbot.addWidget(band)
        assert band.text() == "No patient: nothing is saved yet"
        band.show_patient(ANNA)
        assert "MÜLLER, Anna" in band.text()
        assert band.height() == 40

    def test_one_patient_keeps_one_colour(self, qtbot: QtBot) -> None:
        bands = [PatientBand(), PatientBand()]
        for band in bands:
            qtbot.addWidget(band)
            band.resize(600, 40)
            band.show_patient(ANNA)
        first, second = (band.grab().toImage().pixelColor(2, 20).name() for band in bands)
        assert first == second

    @pytest.mark.parametrize(("on", "years"), [(date(2026, 4, 1), 64), (date(2026, 4, 2), 65)])
    def test_age_turns_on_the_birthday(self, on: date, years: int) -> None:
        assert age(date(1961, 4, 2), on) == years


class TestNotice:
    def test_shows_an_expected_failure_in_its_own_words(self, qtbot: QtBot) -> None:
        notice = Notice()
        qtbot.addWidget(notice)
        notice.show_error(SkinDeskError("The disk is full.", "Free some space."))
        assert notice.text() == "The disk is full. Free some space."
        assert notice.accessibleName() == notice.text()

    def test_keeps_a_bugs_innards_to_the_log(self, qtbot: QtBot) -> None:
        notice = Notice()
        qtbot.addWidget(notice)
        notice.show_error(KeyError("self._rows"))
        assert "_rows" not in notice.text()

    def test_markup_in_data_stays_text(self, qtbot: QtBot) -> None:
        notice = Notice()
        qtbot.addWidget(notice)
        notice.show_done("Saved as L1 of <b>X</b>")
        assert notice.findChildren(QLabel)[0].textFormat() == Qt.TextFormat.PlainText


def test_choices_exclude_each_other_and_can_be_taken_back(qtbot: QtBot) -> None:
    row = Segmented[int]("Number", [(1, "one"), (2, "two"), (3, "three")])
    qtbot.addWidget(row)
    assert row.value() is None
    row.choose(1)
    row.choose(3)
    assert row.value() == 3
    row.choose(None)
    assert row.value() is None


def test_arrow_keys_move_between_choices(qtbot: QtBot) -> None:
    row = Segmented[int]("Number", [(1, "one"), (2, "two"), (3, "three")])
    qtbot.addWidget(row)
    with qtbot.waitActive(row):
        row.show()
    row.choose(1)
    row.button(1).setFocus()
    assert row.button(1).hasFocus()
    QTest.keyClick(row.button(1), Qt.Key.Key_Right)
    assert row.value() == 2


@pytest.mark.parametrize(
    ("novelty", "threshold", "told"),
    [
        (4.1234, 3.0, " (novelty 4.12, limit 3)"),
        (3.0001, 3.0, " (novelty 3.0001, limit 3)"),
        (float("nan"), 3.0, ""),
        (None, 3.0, ""),
    ],
)
def test_strange_picture_is_told_with_numbers_that_differ(novelty: float | None, threshold: float, told: str) -> None:
    strange = replace(
        prediction(0.9, 0.1, 0, 0, 0, abstained=True),
        abstention_reason=AbstentionReason.UNLIKE_TRAINING,
        novelty=novelty,
    )
    contract = replace(tiny_contract(), novelty=NoveltyRule("novelty", "brightness", threshold, 0.01))
    assert why_abstained(strange, contract) == f"unlike those the network learned from{told}"
    assert "or retake it" in abstention(strange, contract)


def test_class_mix_is_said_unless_it_is_the_archives(qtbot: QtBot) -> None:
    view = DifferentialView()
    qtbot.addWidget(view)
    view.show_prediction(prediction(0.6, 0.4, 0, 0, 0))
    assert "mix" not in words(view)
    view.show_prediction(replace(prediction(0.6, 0.4, 0, 0, 0), class_mix=ClassMix("spring", (0.2,) * 5)))
    assert "Under your class mix “spring”" in words(view)
