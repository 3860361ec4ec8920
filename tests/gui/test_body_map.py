import io
from itertools import product

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from reportlab.graphics import renderPDF
from svglib.svglib import svg2rlg

from skindesk.domain.body import BodyFigure
from skindesk.domain.body_position import BodyPosition, BodyView
from skindesk.domain.case import Site
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.body_map import BodyMap, BodyMark
from skindesk.gui.body_map.pages import BACK, FEET, HANDS, HEAD, PAGES, Page, page_of
from skindesk.gui.theme import apply_theme
from skindesk.imaging.body_map import BodyDrawing, centre_of, drawing, region_at
from skindesk.system.settings import Theme
from tests.gui.controls import nameless

ARM = centre_of(BodyView.FRONT, "left-forearm-front")
THIGH = centre_of(BodyView.FRONT, "right-thigh-front")
BACK_OF_BODY = centre_of(BodyView.BACK, "left-upper-back")
SOLE = centre_of(BodyView.SOLES, "left-arch")
MARKS = [
    BodyMark(11, "1", ARM, LesionState.NEW, "L1, left forearm, new"),
    BodyMark(12, "2", THIGH, LesionState.WATCHED, "L2, right thigh, watched"),
    BodyMark(13, "3", BACK_OF_BODY, LesionState.BIOPSY_PENDING, "L3, left upper back, biopsy pending"),
]


@pytest.fixture
def body_map(qtbot: QtBot) -> BodyMap:
    made = BodyMap()
    qtbot.addWidget(made)
    made.resize(460, 760)
    made.show_figure(BodyFigure.FEMALE)
    made.show_marks(MARKS)
    made.show()
    qtbot.waitExposed(made)
    return made


def click(body_map: BodyMap, at: QPointF) -> None:
    QTest.mouseClick(body_map.canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())


def press(body_map: BodyMap, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(body_map.canvas, key, modifiers)


def drag(body_map: BodyMap, start: QPointF, end: QPointF, drop: bool = True) -> None:
    canvas = body_map.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(canvas, ((start + end) / 2).toPoint())
    QTest.mouseMove(canvas, end.toPoint())
    if drop:
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end.toPoint())


def picture(body_map: BodyMap) -> QImage:
    return body_map.canvas.grab().toImage()


class TestDrawings:
    @pytest.mark.parametrize(("figure", "view"), list(product(BodyFigure, BodyView)))
    def test_qt_draws_every_file(self, qapp: QApplication, figure: BodyFigure, view: BodyView) -> None:
        drawn = drawing(figure, view)
        renderer = QSvgRenderer(QByteArray(drawn.svg.encode()))
        assert renderer.isValid()
        assert all(renderer.elementExists(each.region.key) for each in drawn.regions)

    @pytest.mark.parametrize("view", BodyView)
    def test_window_and_report_draw_the_same(self, qapp: QApplication, view: BodyView) -> None:
        drawn = drawing(BodyFigure.FEMALE, view)
        page = pypdfium2.PdfDocument(renderPDF.drawToString(svg2rlg(io.BytesIO(drawn.svg.encode()))))[0]
        on_paper = np.asarray(page.render(scale=4 / 3).to_pil().convert("L")).astype(float)
        assert on_paper.shape == (drawn.height, drawn.width)
        assert np.abs(on_paper - _rendered(drawn)).mean() < 0.5

    def test_every_view_stands_on_one_page(self) -> None:
        assert sorted(view for page in PAGES for view in page.views) == sorted(BodyView)

    def test_figures_look_different(self, body_map: BodyMap) -> None:
        seen = []
        for figure in BodyFigure:
            body_map.show_figure(figure)
            seen.append(picture(body_map))
        assert all(one != other for i, one in enumerate(seen) for other in seen[:i])

    def test_pages_and_themes_look_different(self, body_map: BodyMap, qapp: QApplication) -> None:
        body_map.show_marks([])
        seen = []
        for theme, page in product((Theme.LIGHT, Theme.DARK), PAGES):
            apply_theme(qapp, theme)
            body_map.canvas.show_page(page)
            seen.append(picture(body_map))
        assert all(one != other for i, one in enumerate(seen) for other in seen[:i])


class TestChoosing:
    def test_a_click_on_a_pin_selects_it_and_draws_it_highlighted(self, qtbot: QtBot, body_map: BodyMap) -> None:
        before = picture(body_map)
        with qtbot.assertNotEmitted(body_map.moved), qtbot.waitSignal(body_map.selected) as told:
            click(body_map, body_map.canvas.pin(12).middle)
        assert told.args == [12]
        assert picture(body_map) != before
        assert "right thigh, watched" in body_map.told.full_text()

    def test_a_click_beside_the_pins_selects_nothing(self, qtbot: QtBot, body_map: BodyMap) -> None:
        with qtbot.assertNotEmitted(body_map.selected), qtbot.assertNotEmitted(body_map.placed):
            click(body_map, body_map.canvas.to_widget(centre_of(BodyView.FRONT, "left-shin")))

    def test_a_double_click_opens(self, qtbot: QtBot, body_map: BodyMap) -> None:
        with qtbot.waitSignal(body_map.opened) as told:
            QTest.mouseDClick(body_map.canvas, Qt.MouseButton.LeftButton, pos=body_map.canvas.pin(11).middle.toPoint())
        assert told.args == [11]

    def test_select_shows_the_page_without_a_signal(self, qtbot: QtBot, body_map: BodyMap) -> None:
        with qtbot.assertNotEmitted(body_map.selected):
            body_map.select(13)
        assert body_map.canvas.page is BACK
        assert body_map.canvas.pin(13).chosen

    def test_arrow_keys_go_through_all_lesions_and_round(self, qtbot: QtBot, body_map: BodyMap) -> None:
        told: list[int] = []
        body_map.selected.connect(told.append)
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
            press(body_map, key)
        assert told == [11, 12, 13, 11, 13]
        assert body_map.canvas.accessibleDescription() == MARKS[2].words

    def test_left_begins_with_the_last(self, body_map: BodyMap) -> None:
        press(body_map, Qt.Key.Key_Left)
        assert body_map.canvas.page is BACK

    def test_enter_opens_the_chosen_lesion_only(self, qtbot: QtBot, body_map: BodyMap) -> None:
        with qtbot.assertNotEmitted(body_map.opened):
            press(body_map, Qt.Key.Key_Return)
        body_map.select(12)
        with qtbot.waitSignal(body_map.opened) as told:
            press(body_map, Qt.Key.Key_Return)
        assert told.args == [12]

    def test_of_pins_on_each_other_the_chosen_one_is_on_top(self, qtbot: QtBot, body_map: BodyMap) -> None:
        twins = [BodyMark(key, str(key), ARM, LesionState.NEW, "") for key in (1, 2)]
        body_map.show_marks(twins)
        body_map.select(1)
        with qtbot.waitSignal(body_map.selected) as told:
            click(body_map, body_map.canvas.pin(1).middle)
        assert told.args == [1]

    def test_a_lesion_that_is_gone_is_chosen_no_more(self, qtbot: QtBot, body_map: BodyMap) -> None:
        body_map.select(12)
        body_map.show_marks(MARKS[:1])
        with qtbot.assertNotEmitted(body_map.opened):
            press(body_map, Qt.Key.Key_Return)


class TestStates:
    def test_each_state_has_its_own_shape_even_without_colour(self, body_map: BodyMap) -> None:
        seen = []
        for state in LesionState:
            body_map.show_marks([BodyMark(1, "", ARM, state, "")])
            grey = picture(body_map).convertToFormat(QImage.Format.Format_Grayscale8)
            seen.append(grey.copy(_around(body_map.canvas.pin(1).middle)))
        assert all(_differing(one, other) > 20 for i, one in enumerate(seen) for other in seen[:i])

    def test_the_legend_tells_the_states_that_are_there(self, body_map: BodyMap) -> None:
        assert body_map.legend.isVisible()
        body_map.show_marks([])
        assert not body_map.legend.isVisible()

    def test_pages_with_lesions_carry_their_number(self, body_map: BodyMap) -> None:
        body_map.show_marks([*MARKS, BodyMark(14, "4", SOLE, LesionState.CLOSED, "")])
        names = {page.name: body_map.strip.button(page).accessibleName() for page in PAGES}
        assert names["Front"] == "Front, 2 lesions"
        assert names["Feet"] == "Feet, one lesion"
        assert names["Head"] == "Head"


class TestMoving:
    def test_a_drag_tells_the_new_position_and_leaves_the_pin_to_the_caller(
        self, qtbot: QtBot, body_map: BodyMap
    ) -> None:
        canvas = body_map.canvas
        start = canvas.pin(11).middle
        by = canvas.to_widget(THIGH) - canvas.to_widget(ARM)
        with qtbot.assertNotEmitted(body_map.selected), qtbot.waitSignal(body_map.moved) as told:
            drag(body_map, start, start + by)
        key, position = told.args
        assert key == 11
        assert (position.x, position.y) == (pytest.approx(THIGH.x, abs=0.01), pytest.approx(THIGH.y, abs=0.01))
        assert canvas.pin(11).middle == start

    def test_the_region_under_a_dragged_pin_is_named(self, body_map: BodyMap) -> None:
        canvas = body_map.canvas
        start = canvas.pin(11).middle
        drag(body_map, start, start + canvas.to_widget(THIGH) - canvas.to_widget(ARM), drop=False)
        assert body_map.told.full_text() == "Right thigh, front"

    def test_escape_cancels_a_drag(self, qtbot: QtBot, body_map: BodyMap) -> None:
        canvas = body_map.canvas
        start = canvas.pin(11).middle
        end = start + canvas.to_widget(THIGH) - canvas.to_widget(ARM)
        with qtbot.assertNotEmitted(body_map.moved), qtbot.assertNotEmitted(body_map.selected):
            drag(body_map, start, end, drop=False)
            press(body_map, Qt.Key.Key_Escape)
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end.toPoint())
        assert canvas.pin(11).middle == start

    def test_a_pin_dropped_beside_the_body_goes_back(self, qtbot: QtBot, body_map: BodyMap) -> None:
        start = body_map.canvas.pin(11).middle
        with qtbot.assertNotEmitted(body_map.moved):
            drag(body_map, start, QPointF(20, body_map.canvas.height() - 20.0))
        assert body_map.canvas.pin(11).middle == start

    def test_a_hand_that_trembles_selects_and_does_not_move(self, qtbot: QtBot, body_map: BodyMap) -> None:
        start = body_map.canvas.pin(11).middle
        with qtbot.assertNotEmitted(body_map.moved), qtbot.waitSignal(body_map.selected):
            drag(body_map, start, start + QPointF(1, 1))


class TestPlacing:
    def test_a_click_on_the_body_places(self, qtbot: QtBot, body_map: BodyMap) -> None:
        body_map.begin_placing()
        shin = centre_of(BodyView.FRONT, "left-shin")
        with qtbot.waitSignal(body_map.placed) as told:
            click(body_map, body_map.canvas.to_widget(shin))
        (position,) = told.args
        assert isinstance(position, BodyPosition)
        assert region_at(BodyFigure.FEMALE, position) is region_at(BodyFigure.FEMALE, shin)

    @pytest.mark.parametrize("view", BodyView)
    def test_a_place_can_be_given_on_every_view(self, qtbot: QtBot, body_map: BodyMap, view: BodyView) -> None:
        body_map.begin_placing()
        body_map.show_view(view)
        key = drawing(BodyFigure.FEMALE, view).regions[0].region.key
        with qtbot.waitSignal(body_map.placed) as told:
            click(body_map, body_map.canvas.to_widget(centre_of(view, key)))
        assert told.args[0].view is view

    def test_a_click_beside_the_body_places_nothing(self, qtbot: QtBot, body_map: BodyMap) -> None:
        body_map.begin_placing()
        with qtbot.assertNotEmitted(body_map.placed):
            click(body_map, QPointF(15, body_map.canvas.height() - 15.0))

    def test_nothing_is_placed_after_placing_has_ended(self, qtbot: QtBot, body_map: BodyMap) -> None:
        body_map.begin_placing()
        body_map.end_placing()
        with qtbot.assertNotEmitted(body_map.placed):
            click(body_map, body_map.canvas.to_widget(centre_of(BodyView.FRONT, "left-shin")))
            press(body_map, Qt.Key.Key_Return)

    def test_the_keyboard_places(self, qtbot: QtBot, body_map: BodyMap) -> None:
        body_map.begin_placing()
        before = picture(body_map)
        for _ in range(5):
            press(body_map, Qt.Key.Key_Down)
        press(body_map, Qt.Key.Key_Right)
        press(body_map, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert picture(body_map) != before
        assert "left" in body_map.canvas.accessibleDescription()
        with qtbot.waitSignal(body_map.placed) as told:
            press(body_map, Qt.Key.Key_Return)
        region = region_at(BodyFigure.FEMALE, told.args[0])
        assert region is not None
        assert region.name == body_map.canvas.accessibleDescription()

    def test_shift_makes_the_steps_fine(self, body_map: BodyMap) -> None:
        body_map.begin_placing()
        places: list[BodyPosition] = []
        body_map.placed.connect(places.append)
        press(body_map, Qt.Key.Key_Return)
        press(body_map, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        press(body_map, Qt.Key.Key_Return)
        press(body_map, Qt.Key.Key_Down)
        press(body_map, Qt.Key.Key_Return)
        fine, coarse = places[1].y - places[0].y, places[2].y - places[1].y
        assert 0 < fine < coarse / 3

    def test_what_has_no_place_on_the_drawings_can_be_chosen_too(self, qtbot: QtBot, body_map: BodyMap) -> None:
        assert not body_map.unmapped.isVisible()
        body_map.begin_placing()
        with qtbot.waitSignal(body_map.site_chosen) as told:
            QTest.mouseClick(body_map.unmapped, Qt.MouseButton.LeftButton)
        assert told.args == [Site.ORAL_GENITAL]

    def test_the_body_can_be_moved_while_placing(self, qtbot: QtBot, body_map: BodyMap) -> None:
        body_map.begin_placing()
        body_map.canvas.zoom_by(3)
        shin = centre_of(BodyView.FRONT, "left-thigh-front")
        before = body_map.canvas.to_widget(shin)
        with qtbot.assertNotEmitted(body_map.placed):
            drag(body_map, QPointF(300, 300), QPointF(340, 260))
        assert body_map.canvas.to_widget(shin) != before


class TestLooking:
    def test_a_region_under_the_pointer_is_named_and_tinted(self, body_map: BodyMap) -> None:
        before = picture(body_map)
        QTest.mouseMove(body_map.canvas, body_map.canvas.to_widget(centre_of(BodyView.FRONT, "left-shin")).toPoint())
        assert body_map.told.full_text() == "Left shin"
        assert body_map.canvas.accessibleDescription() == "left shin"
        assert picture(body_map) != before

    def test_keys_zoom_and_fit(self, body_map: BodyMap) -> None:
        press(body_map, Qt.Key.Key_Plus)
        press(body_map, Qt.Key.Key_Plus)
        assert body_map.canvas.zoom == pytest.approx(1.5625)
        press(body_map, Qt.Key.Key_Minus)
        assert body_map.canvas.zoom == pytest.approx(1.25)
        press(body_map, Qt.Key.Key_0)
        assert body_map.canvas.zoom == 1

    def test_the_wheel_zooms_at_the_pointer(self, body_map: BodyMap) -> None:
        canvas = body_map.canvas
        at = canvas.to_widget(ARM)
        turn = QWheelEvent(
            at,
            canvas.mapToGlobal(at),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, turn)
        assert canvas.zoom > 1.5
        assert (canvas.to_widget(ARM) - at).manhattanLength() < 1

    def test_a_whole_page_is_never_lost_from_view(self, body_map: BodyMap) -> None:
        body_map.canvas.zoom_by(1 / 100)
        assert body_map.canvas.zoom == 1
        drag(body_map, QPointF(10, 10), QPointF(400, 500))
        assert body_map.canvas.rect().contains(body_map.canvas.to_widget(ARM).toPoint())

    def test_a_chosen_lesion_is_brought_into_view_of_a_zoomed_body(self, body_map: BodyMap) -> None:
        body_map.canvas.zoom_by(6, body_map.canvas.to_widget(ARM))
        body_map.select(12)
        assert body_map.canvas.rect().contains(body_map.canvas.pin(12).tip.toPoint())

    @pytest.mark.parametrize("page", [HEAD, HANDS, FEET, BACK], ids=lambda page: page.name)
    def test_the_strip_turns_the_page(self, body_map: BodyMap, page: Page) -> None:
        QTest.mouseClick(body_map.strip.button(page), Qt.MouseButton.LeftButton)
        assert body_map.canvas.page is page

    def test_showing_a_view_checks_its_page(self, body_map: BodyMap) -> None:
        body_map.show_view(BodyView.SOLES)
        assert body_map.strip.button(page_of(BodyView.SOLES)).isChecked()

    @pytest.mark.parametrize("width", [300, 460, 900])
    def test_it_fits_from_narrow_to_wide(self, body_map: BodyMap, width: int) -> None:
        body_map.resize(width, 700)
        assert body_map.width() == width
        for key in (11, 12):
            assert body_map.canvas.rect().contains(body_map.canvas.pin(key).tip.toPoint())

    def test_a_position_stays_on_its_region_when_the_figure_changes(self, body_map: BodyMap) -> None:
        before = body_map.canvas.pin(11).tip
        body_map.show_figure(BodyFigure.CHILD)
        assert body_map.canvas.pin(11).tip != before
        region = region_at(BodyFigure.CHILD, ARM)
        assert region is not None
        assert region.key == "left-forearm-front"

    def test_every_control_has_a_name(self, body_map: BodyMap) -> None:
        body_map.begin_placing()
        assert nameless(body_map) == []
        assert body_map.canvas.accessibleName() == "Body map"
        assert body_map.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus


def _rendered(drawn: BodyDrawing) -> NDArray[np.float64]:
    """The drawing as Qt paints it on white, grey 0 to 255."""
    made = QImage(drawn.width, drawn.height, QImage.Format.Format_Grayscale8)
    made.fill(255)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(drawn.svg.encode())).render(painter, QRectF(made.rect()))
    painter.end()
    rows = np.frombuffer(made.constBits(), np.uint8).reshape(drawn.height, made.bytesPerLine())
    return rows[:, : drawn.width].astype(float)


def _around(point: QPointF) -> QRect:
    return QRect(round(point.x()) - 16, round(point.y()) - 16, 32, 32)


def _differing(one: QImage, other: QImage) -> int:
    """How many pixels of two grey pictures differ by more than 40 of 255."""
    return sum(
        abs(one.pixelColor(x, y).red() - other.pixelColor(x, y).red()) > 40
        for x in range(one.width())
        for y in range(one.height())
    )
