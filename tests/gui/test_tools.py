import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QKeySequence, QPainter, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from skindesk.domain.measurement import Abcd, LesionColour, Measurement, Scale, ScaleSource
from skindesk.domain.quality import QualityFinding, QualityIssue
from skindesk.domain.region import Region
from skindesk.gui.background import Background
from skindesk.gui.examine.viewer import PictureTool, Viewer
from skindesk.gui.tools import CropTool, MeasureSheet, OutlineTool, RulerLine, RulerTool, marks_of
from skindesk.gui.tools.contour import crosses_itself, nearest_on, pulled_at, redrawn
from skindesk.gui.tools.crop_box import LEAST_PX, middle_half, moved, pulled, spanned
from skindesk.gui.tools.figures import area_words, length_words
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.canvas_layers import bar_length_mm
from skindesk.gui.widgets.ink import word_plate
from skindesk.gui.widgets.projection import Point
from skindesk.gui.widgets.screen_picture import ScreenPicture, screen_picture
from skindesk.imaging.outline import outline_from_points
from tests.gui.controls import nameless

WIDTH, HEIGHT = 1600, 1200
SKIN = 200
"""The grey of the picture that is drawn on."""
SQUARE = ((400.0, 300.0), (1200.0, 300.0), (1200.0, 900.0), (400.0, 900.0))


def plain(width: int = WIDTH, height: int = HEIGHT) -> ScreenPicture:
    return screen_picture(np.full((height, width, 3), SKIN, np.uint8))


def circle(count: int = 120, radius: float = 300) -> tuple[Point, ...]:
    turns = np.linspace(0, 2 * math.pi, count, endpoint=False).tolist()
    return tuple((800 + radius * math.cos(turn), 600 + radius * math.sin(turn)) for turn in turns)


@pytest.fixture
def canvas(qtbot: QtBot) -> PictureCanvas:
    made = PictureCanvas()
    qtbot.addWidget(made)
    made.resize(832, 632)
    with qtbot.waitActive(made):
        made.show()
    made.show_picture(plain())
    return made


def at(canvas: PictureCanvas, x: float, y: float) -> QPoint:
    return canvas.projection().to_widget((x, y)).toPoint()


def press(
    canvas: PictureCanvas,
    x: float,
    y: float,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.mousePress(canvas, button, modifier, at(canvas, x, y))


def drag(
    canvas: PictureCanvas,
    *places: Point,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press at the first place, move over the others, let go at the last."""
    press(canvas, *places[0], button, modifier)
    points = [at(canvas, *place) for place in places]
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, button, pos=points[-1])


def tap(canvas: PictureCanvas, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(canvas, key, modifier or Qt.KeyboardModifier.NoModifier)


def turn_wheel(canvas: PictureCanvas, where: QPointF) -> None:
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False
    QApplication.sendEvent(canvas, QWheelEvent(where, canvas.mapToGlobal(where), QPoint(), QPoint(0, 240), *none))


def grey(canvas: PictureCanvas, x: float, y: float) -> int:
    """How light the canvas is at a place of the picture."""
    shot = canvas.grab().toImage()
    return shot.pixelColor(at(canvas, x, y) * shot.devicePixelRatio()).lightness()


class TestToolOnACanvas:
    def test_wheel_still_zooms(self, canvas: PictureCanvas) -> None:
        canvas.take_tool(CropTool())
        fitted = canvas.zoom()
        turn_wheel(canvas, QPointF(100, 80))
        assert canvas.zoom() > fitted

    @pytest.mark.parametrize("way", ["middle button", "Space"])
    def test_picture_is_still_moved(self, canvas: PictureCanvas, way: str) -> None:
        tool = CropTool()
        canvas.take_tool(tool)
        before = canvas.view().centre
        if way == "Space":
            QTest.keyPress(canvas, Qt.Key.Key_Space)
            drag(canvas, (800, 600), (700, 600))
            QTest.keyRelease(canvas, Qt.Key.Key_Space)
        else:
            drag(canvas, (800, 600), (700, 600), button=Qt.MouseButton.MiddleButton)
        assert canvas.view().centre.x() > before.x()
        assert tool.region is None

    def test_after_space_the_left_button_is_the_tools_again(self, canvas: PictureCanvas) -> None:
        tool = CropTool()
        canvas.take_tool(tool)
        QTest.keyClick(canvas, Qt.Key.Key_Space)
        drag(canvas, (400, 300), (800, 600))
        assert tool.region is not None

    def test_places_stay_true_when_zoomed_and_moved(self, canvas: PictureCanvas) -> None:
        tool = CropTool()
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Plus, times=6)
        drag(canvas, (800, 600), (780, 590), button=Qt.MouseButton.MiddleButton)
        drag(canvas, (760, 560), (860, 620))
        assert tool.region is not None
        found = (tool.region.left, tool.region.top, tool.region.width, tool.region.height)
        assert found == pytest.approx((760, 560, 100, 60), abs=2)

    def test_hint_and_state_are_told_and_go_with_the_tool(self, canvas: PictureCanvas) -> None:
        canvas.take_tool(OutlineTool(circle(24), outline_from_points))
        assert "Esc leaves" in canvas.hint()
        assert canvas.accessibleDescription() == "Outline tool: 24 points"
        tap(canvas, Qt.Key.Key_Escape)
        assert canvas.tool is None
        assert canvas.hint() == canvas.accessibleDescription() == ""

    def test_tools_keys_come_before_the_windows_shortcuts(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        taken_back: list[str] = []
        QShortcut(QKeySequence.StandardKey.Undo, canvas, lambda: taken_back.append("undo"))
        QShortcut(QKeySequence("Esc"), canvas, lambda: taken_back.append("esc"))
        canvas.take_tool(OutlineTool(circle(), outline_from_points))
        tap(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        tap(canvas, Qt.Key.Key_Escape)
        assert taken_back == []
        assert canvas.tool is None
        tap(canvas, Qt.Key.Key_Escape)
        assert taken_back == ["esc"]

    def test_tab_leaves_the_canvas_once_the_tool_is_put_away(self, qtbot: QtBot) -> None:
        page, canvas, other = QWidget(), PictureCanvas(), QPushButton("Next")
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        column.addWidget(canvas)
        column.addWidget(other)
        with qtbot.waitActive(page):
            page.show()
        canvas.show_picture(plain())
        canvas.take_tool(OutlineTool(circle(), outline_from_points))
        tap(canvas, Qt.Key.Key_Tab)
        assert canvas.hasFocus()
        tap(canvas, Qt.Key.Key_Escape)
        tap(canvas, Qt.Key.Key_Tab)
        assert other.hasFocus()

    def test_tool_goes_with_its_picture(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        canvas.take_tool(CropTool())
        with qtbot.waitSignal(canvas.tool_changed, check_params_cb=lambda tool: tool is None):
            canvas.show_picture(plain(400, 300))
        assert canvas.tool is None

    def test_a_tool_needs_a_picture(self, qtbot: QtBot) -> None:
        canvas = PictureCanvas()
        qtbot.addWidget(canvas)
        with pytest.raises(ValueError, match="needs a picture"):
            canvas.take_tool(CropTool())

    def test_another_tool_can_be_taken_when_one_has_finished(self, canvas: PictureCanvas) -> None:
        crop, ruler = CropTool(), RulerTool()
        crop.taken.connect(lambda _region: canvas.take_tool(ruler))
        canvas.take_tool(crop)
        tap(canvas, Qt.Key.Key_Return)
        assert canvas.tool is ruler

    def test_a_held_button_is_not_disturbed_by_keys(self, canvas: PictureCanvas) -> None:
        tool = OutlineTool(circle(), outline_from_points)
        canvas.take_tool(tool)
        press(canvas, *circle()[0])
        tap(canvas, Qt.Key.Key_Delete)
        assert len(tool.points) == 120


class TestLayers:
    def test_outside_the_part_that_is_looked_at_it_is_darker(self, canvas: PictureCanvas) -> None:
        canvas.show_region(Region(400, 300, 800, 600))
        assert grey(canvas, 800, 600) == SKIN
        assert grey(canvas, 200, 600) < SKIN / 2 + 10
        canvas.show_region(None)
        assert grey(canvas, 200, 600) == SKIN

    def test_outline_is_light_with_a_dark_edge(self, canvas: PictureCanvas) -> None:
        canvas.show_outline(SQUARE)
        shot = canvas.grab().toImage()
        edge = at(canvas, 400, 600)
        across = [shot.pixelColor(edge.x() + off, edge.y()).lightness() for off in range(-4, 5)]
        assert max(across) > 240
        assert min(across) < 120

    def test_marks_say_what_they_mark(self, canvas: PictureCanvas) -> None:
        places = Region(300, 300, 100, 80), Region(900, 300, 40, 40)
        findings = (
            QualityFinding(QualityIssue.GLARE, False, 0.02, places),
            QualityFinding(QualityIssue.BLURRED, True),
            QualityFinding(QualityIssue.HAIR, False, 0.1, (Region(0, 0, 200, 100),)),
        )
        before = canvas.grab().toImage()
        canvas.show_marks(marks_of(findings, lambda issue: issue.value))
        assert canvas.accessibleDescription() == "Marked: glare (2), hair"
        assert canvas.grab().toImage() != before

    def test_words_stay_in_sight_and_apart(self, qapp: QApplication) -> None:
        page = QImage(800, 600, QImage.Format.Format_RGB32)
        painter = QPainter(page)
        room, near = QRectF(16, 16, 768, 568), QRectF(750, 0, 300, 700)
        first = word_plate(painter, "Cut off", near, room, [])
        second = word_plate(painter, "Ruler", near, room, [first])
        painter.end()
        assert room.contains(first)
        assert room.contains(second)
        assert not first.intersects(second)

    @pytest.mark.parametrize(
        ("most_mm", "length_mm"),
        [(9.9, 5), (10, 10), (4.99, 2), (1.2, 1), (0.7, 0.5), (0.1, 0.1), (73, 50), (1000, 1000)],
    )
    def test_scale_bar_has_a_round_length(self, most_mm: float, length_mm: float) -> None:
        assert bar_length_mm(most_mm) == pytest.approx(length_mm)

    def test_scale_bar_follows_the_zoom(self, canvas: PictureCanvas) -> None:
        canvas.show_scale(0.02)
        shots = [canvas.grab().toImage()]
        tap(canvas, Qt.Key.Key_Plus, times=2)
        shots.append(canvas.grab().toImage())
        canvas.show_scale(None)
        shots.append(canvas.grab().toImage())
        corner = [[shot.pixelColor(x, 609).lightness() for x in range(600, 832)] for shot in shots]
        assert max(corner[0]) > 240
        assert corner[0] != corner[1]
        assert max(corner[2]) <= SKIN

    def test_a_new_picture_comes_without_the_last_ones_layers(self, canvas: PictureCanvas) -> None:
        canvas.show_outline(SQUARE)
        canvas.show_scale(0.02)
        canvas.show_picture(plain())
        assert not canvas.layers_shown.outline
        assert canvas.layers_shown.mm_per_px is None


class TestDraft:
    def test_places_are_the_originals_and_nothing_jumps(self, canvas: PictureCanvas) -> None:
        canvas.show_picture(plain(400, 300), (WIDTH, HEIGHT))
        tap(canvas, Qt.Key.Key_Plus, times=4)
        drag(canvas, (800, 600), (700, 640))
        canvas.show_outline(SQUARE)
        view, corner = canvas.view(), canvas.picture_point(QPointF(10, 10))
        canvas.sharpen(plain())
        assert canvas.view() == view
        assert canvas.picture_point(QPointF(10, 10)) == corner
        assert canvas.layers_shown.outline == SQUARE

    def test_full_picture_takes_the_drafts_place(self, canvas: PictureCanvas) -> None:
        fine = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
        fine[:, ::2] = 0
        canvas.show_picture(plain(400, 300), (WIDTH, HEIGHT))
        tap(canvas, Qt.Key.Key_Plus, times=10)
        assert canvas.is_draft
        assert grey(canvas, 800.5, 600) == SKIN
        canvas.sharpen(screen_picture(fine))
        assert not canvas.is_draft
        shot = canvas.grab().toImage()
        middle = {shot.pixelColor(x, 316).lightness() for x in range(380, 440)}
        assert min(middle) < 60
        assert max(middle) > 195

    def test_another_picture_does_not_take_its_place(self, canvas: PictureCanvas) -> None:
        canvas.show_picture(plain(400, 300), (WIDTH, HEIGHT))
        with pytest.raises(ValueError, match="is not the picture"):
            canvas.sharpen(plain(1200, 1600))


class TestCropBox:
    SIZE = (640, 480)
    BOX = Region(100, 100, 200, 150)

    def test_moving_stops_at_the_edges(self) -> None:
        assert moved(self.BOX, (-500, 30.4), self.SIZE) == Region(0, 130, 200, 150)
        assert moved(self.BOX, (900, 900), self.SIZE) == Region(440, 330, 200, 150)

    def test_pulling_stops_at_the_edges_and_at_the_least_size(self) -> None:
        assert pulled(self.BOX, (-1, 0), (-500, 77), self.SIZE) == Region(0, 100, 300, 150)
        assert pulled(self.BOX, (1, 1), (-500, -500), self.SIZE) == Region(100, 100, LEAST_PX, LEAST_PX)
        assert pulled(self.BOX, (-1, -1), (500, 500), self.SIZE) == Region(268, 218, LEAST_PX, LEAST_PX)

    def test_drawn_rectangle_is_never_outside_nor_too_small(self) -> None:
        assert spanned((-50, 20), (100, 90), self.SIZE) == Region(0, 20, 100, 70)
        assert spanned((639, 479), (641, 481), self.SIZE) == Region(608, 448, LEAST_PX, LEAST_PX)
        assert spanned((100, 100), (90, 95), self.SIZE) == Region(68, 68, LEAST_PX, LEAST_PX)

    def test_a_tiny_picture_is_cut_nowhere(self) -> None:
        assert spanned((3, 3), (5, 5), (20, 10)) == Region(0, 0, 20, 10)
        assert middle_half((20, 10)) == Region(0, 0, 20, 10)


class TestCropTool:
    def test_mouse_draws_moves_and_pulls(self, canvas: PictureCanvas) -> None:
        tool = CropTool()
        canvas.take_tool(tool)
        drag(canvas, (400, 300), (600, 400), (800, 600))
        assert tool.region == Region(400, 300, 400, 300)
        drag(canvas, (600, 450), (700, 550))
        assert tool.region == Region(500, 400, 400, 300)
        drag(canvas, (900, 700), (1000, 800))
        assert tool.region == Region(500, 400, 500, 400)
        drag(canvas, (500, 600), (300, 900))
        assert tool.region == Region(300, 400, 700, 400)

    def test_a_click_beside_the_rectangle_keeps_it(self, canvas: PictureCanvas) -> None:
        tool = CropTool(Region(400, 300, 400, 300))
        canvas.take_tool(tool)
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 100, 100))
        assert tool.region == Region(400, 300, 400, 300)

    def test_keyboard_makes_moves_sizes_and_takes(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        tool = CropTool()
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Right)
        assert tool.region == Region(400, 300, 800, 600)
        tap(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, times=3)
        tap(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        tap(canvas, Qt.Key.Key_Down)
        assert tool.region == Region(403, 316, 800, 599)
        with qtbot.waitSignal(tool.taken) as taken:
            tap(canvas, Qt.Key.Key_Return)
        assert taken.args == [Region(403, 316, 800, 599)]
        assert canvas.tool is None

    def test_removed_rectangle_is_the_whole_picture(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        tool = CropTool(Region(400, 300, 400, 300))
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Backspace)
        with qtbot.waitSignal(tool.taken) as taken:
            tap(canvas, Qt.Key.Key_Enter)
        assert taken.args == [None]

    def test_leaving_takes_nothing(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        tool = CropTool(Region(400, 300, 400, 300))
        canvas.take_tool(tool)
        with qtbot.assertNotEmitted(tool.taken):
            tap(canvas, Qt.Key.Key_Escape)
        assert canvas.tool is None

    def test_its_own_rectangle_is_shown_instead_of_the_last_one(self, canvas: PictureCanvas) -> None:
        canvas.show_region(Region(400, 300, 400, 300))
        canvas.take_tool(CropTool(Region(1000, 300, 400, 300)))
        assert grey(canvas, 1200, 450) == SKIN
        assert grey(canvas, 600, 450) < SKIN

    def test_a_proposal_of_another_picture_is_not_taken(self, canvas: PictureCanvas) -> None:
        tool = CropTool(Region(1500, 300, 400, 300))
        canvas.take_tool(tool)
        assert tool.region is None

    def test_says_size_and_place(self, canvas: PictureCanvas) -> None:
        canvas.take_tool(CropTool(Region(400, 300, 640, 480)))
        assert canvas.accessibleDescription() == "Crop tool: 640 × 480\u00a0px from 400, 300"


class TestRuler:
    def test_line_is_drawn_and_measured(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        canvas.take_tool(tool)
        with qtbot.waitSignal(tool.line_changed):
            drag(canvas, (400, 300), (500, 300), (700, 700))
        assert tool.line is not None
        assert tool.line.length_px == pytest.approx(500, abs=3)
        assert tool.state() == f"Ruler: {tool.line.length_px:.0f}\u00a0px"

    def test_length_is_in_millimetres_once_the_scale_is_known(self, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        canvas.take_tool(tool)
        drag(canvas, (400, 300), (700, 700))
        tool.set_scale(0.02)
        assert canvas.accessibleDescription() == "Ruler: 10.0\u00a0mm"

    def test_keyboard_draws_moves_and_switches_ends(self, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Right)
        assert tool.line is not None
        (start_x, y), (end_x, _) = tool.line.start, tool.line.end
        tap(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, times=5)
        tap(canvas, Qt.Key.Key_Tab)
        tap(canvas, Qt.Key.Key_Down)
        assert tool.line == RulerLine((start_x, y + 16), (end_x + 5, y))

    def test_an_end_is_dragged_by_its_handle(self, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        canvas.take_tool(tool)
        drag(canvas, (400, 300), (800, 300))
        drag(canvas, (410, 308), (410, 508))
        assert tool.line is not None
        assert tool.line.start == pytest.approx((400, 500), abs=2)
        assert tool.line.end == pytest.approx((800, 300), abs=2)

    def test_ends_stay_in_the_picture_and_apart(self, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        canvas.take_tool(tool)
        drag(canvas, (400, 300), (900, 300), (5000, 300))
        assert tool.line is not None
        assert tool.line.end[0] == WIDTH
        drag(canvas, tool.line.end, (700, 300), tool.line.start)
        assert tool.line.length_px >= 2

    def test_rulers_marks_are_read_when_the_line_is_let_go(self, canvas: PictureCanvas) -> None:
        asked: list[tuple[Point, Point]] = []

        def read(start: Point, end: Point) -> float:
            asked.append((start, end))
            return 0.05

        tool = RulerTool(read_marks=read)
        canvas.take_tool(tool)
        drag(canvas, (400, 300), (600, 300), (800, 300))
        assert len(asked) == 1
        assert tool.line is not None
        assert tool.line.length_read_mm == pytest.approx(20, abs=0.2)
        assert "by its marks" in tool.state()

    def test_a_line_that_was_found_is_there_at_once(self, canvas: PictureCanvas) -> None:
        canvas.take_tool(RulerTool(proposed=RulerLine((400, 300), (800, 300), 0.05)))
        assert canvas.accessibleDescription() == "Ruler: 400\u00a0px, 20.0\u00a0mm by its marks"

    def test_enter_asks_for_the_length(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Right)
        with qtbot.waitSignal(tool.length_known):
            tap(canvas, Qt.Key.Key_Return)
        assert canvas.tool is tool


class TestContour:
    @pytest.mark.parametrize(
        ("points", "crosses"),
        [
            (SQUARE, False),
            (((0, 0), (10, 10), (10, 0), (0, 10)), True),
            (((0, 0), (5, 0), (10, 0), (15, 0), (15, 9), (0, 9)), False),
            (((0, 0), (10, 0), (10, 10), (5, 0), (0, 10)), True),
        ],
        ids=["square", "bow tie", "points in line", "a corner on an edge"],
    )
    def test_crossing_is_found(self, points: tuple[Point, ...], crosses: bool) -> None:
        assert crosses_itself(points) is crosses

    def test_nearest_place_may_lie_on_the_last_edge(self) -> None:
        found = nearest_on(SQUARE, (300.0, 500.0))
        assert (found.edge, found.place, found.distance) == (3, (400, 500), 100)

    def test_what_lies_between_handles_follows_by_half(self) -> None:
        line = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0))
        assert pulled_at(line, 2, 0, 3, (0.0, -8.0))[:4] == ((0, 0), (10, -4), (20, -8), (20, 20))

    @pytest.mark.parametrize("is_reversed", [False, True])
    def test_stroke_replaces_the_part_beside_it(self, is_reversed: bool) -> None:
        stroke = [(500.0, 250.0), (800.0, 100.0), (1100.0, 250.0)]
        found = redrawn(SQUARE, stroke[::-1] if is_reversed else stroke)
        assert set(found) == {*stroke, *SQUARE}
        assert not crosses_itself(found)

    def test_stroke_on_one_edge_keeps_the_others(self) -> None:
        found = redrawn(SQUARE, [(700.0, 310.0), (800.0, 500.0), (900.0, 310.0)])
        assert set(SQUARE) < set(found)


def area(points: tuple[Point, ...]) -> float:
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise((*points, points[0])))) / 2


class TestOutlineTool:
    def tool(self, canvas: PictureCanvas, points: tuple[Point, ...] | None = None) -> OutlineTool:
        made = OutlineTool(circle() if points is None else points, outline_from_points)
        canvas.take_tool(made)
        return made

    def test_handles_stand_apart_and_grow_in_number_with_the_zoom(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        fitted = tool.grips
        places = [canvas.projection().to_widget(tool.points[grip]) for grip in fitted]
        gaps = [math.dist(a.toTuple(), b.toTuple()) for a, b in pairwise((*places, places[0]))]
        assert min(gaps) > 12
        assert 20 < len(fitted) < 120
        tap(canvas, Qt.Key.Key_Plus, times=8)
        canvas.grab()
        assert len(tool.grips) == 120

    def test_dragged_handle_takes_its_surroundings_along(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        before = tool.points
        drag(canvas, before[0], (1150, 600), (1200, 600))
        assert tool.points[0] == pytest.approx((1200, 600), abs=3)
        assert before[1][0] + 20 < tool.points[1][0] < 1200
        assert tool.points[60] == before[60]

    def test_pulled_edge_gets_a_point(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, SQUARE)
        drag(canvas, (800, 300), (800, 200), (800, 100))
        assert len(tool.points) == 5
        assert tool.points[1] == pytest.approx((800, 100), abs=2)

    def test_a_pull_stops_before_the_outline_crosses_itself(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, SQUARE)
        drag(canvas, SQUARE[0], (800, 500), (1100, 700), (1500, 1000))
        assert not crosses_itself(tool.points)
        assert len(tool.points) == 4

    def test_points_stay_in_the_picture(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        drag(canvas, circle()[0], (1500, 600), (5000, 600))
        assert max(x for x, _ in tool.points) == WIDTH

    def test_stroke_replaces_a_part(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        drag(canvas, (1000, 300), (1200, 350), (1300, 600), (1200, 850), (1000, 900))
        assert max(x for x, _ in tool.points) > 1250
        assert min(x for x, _ in tool.points) == pytest.approx(500, abs=3)
        assert not crosses_itself(tool.points)

    def test_with_shift_a_stroke_can_begin_on_the_outline(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        top, bottom = (800.0, 300.0), (800.0, 900.0)
        drag(canvas, top, (1200, 400), (1350, 600), (1200, 800), bottom, modifier=Qt.KeyboardModifier.ShiftModifier)
        assert max(x for x, _ in tool.points) == pytest.approx(1350, abs=20)
        assert min(x for x, _ in tool.points) == pytest.approx(500, abs=3)
        assert area(tool.points) > area(circle())

    def test_stroke_that_ends_where_it_began_is_the_whole_outline(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        drag(canvas, (100, 100), (300, 100), (300, 300), (100, 300), (100, 110))
        assert area(tool.points) == pytest.approx(200 * 200, rel=0.05)

    def test_stroke_that_crosses_itself_is_mended(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, ())
        drag(canvas, (200, 200), (600, 600), (600, 200), (200, 600), (200, 210))
        assert len(tool.points) >= 3
        assert not crosses_itself(tool.points)

    def test_a_click_beside_it_draws_nothing(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, 100, 100))
        assert tool.points == circle()

    def test_keyboard_goes_through_handles_moves_and_takes(self, qtbot: QtBot, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, SQUARE)
        tap(canvas, Qt.Key.Key_Tab, times=2)
        tap(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, times=3)
        tap(canvas, Qt.Key.Key_Backtab)
        tap(canvas, Qt.Key.Key_Up)
        assert "point 1 at 400, 284" in canvas.accessibleDescription()
        with qtbot.waitSignal(tool.taken) as taken:
            tap(canvas, Qt.Key.Key_Return)
        assert taken.args == [((400, 284), (1203, 300), *SQUARE[2:])]
        assert canvas.tool is None

    def test_keyboard_begins_an_outline_and_takes_points_in_and_out(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, ())
        tap(canvas, Qt.Key.Key_Right)
        assert len(tool.points) == 16
        tap(canvas, Qt.Key.Key_Insert)
        assert len(tool.points) == 17
        tap(canvas, Qt.Key.Key_Delete, times=2)
        assert len(tool.points) == 15

    def test_a_triangle_keeps_its_points(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, SQUARE[:3])
        tap(canvas, Qt.Key.Key_Tab)
        tap(canvas, Qt.Key.Key_Delete)
        assert tool.points == SQUARE[:3]

    def test_each_change_is_undone_by_itself(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas)
        stages = [tool.points]
        drag(canvas, circle()[0], (1150, 600), (1200, 600))
        stages.append(tool.points)
        drag(canvas, (300, 200), (500, 250), (700, 150))
        stages.append(tool.points)
        tap(canvas, Qt.Key.Key_Tab)
        tap(canvas, Qt.Key.Key_Left, times=3)
        for stage in reversed(stages):
            tap(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            assert tool.points == stage
        tap(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert tool.points == stages[0]

    def test_a_proposal_that_crosses_itself_is_mended_first(self, canvas: PictureCanvas) -> None:
        tool = self.tool(canvas, ((200, 200), (600, 600), (600, 200), (200, 600)))
        assert len(tool.points) >= 3
        assert not crosses_itself(tool.points)


MEASURED = Measurement(
    SQUARE, False, 1000, 480_000, 2800, Abcd(1, 3, (LesionColour.RED, LesionColour.DARK_BROWN)), None
)
SCALE = Scale(0.01, ScaleSource.RULER)


@pytest.fixture
def sheet(qtbot: QtBot) -> MeasureSheet:
    made = MeasureSheet()
    qtbot.addWidget(made)
    made.resize(400, 800)
    made.show()
    return made


class TestMeasureSheet:
    def test_says_what_to_do_while_nothing_is_known(self, sheet: MeasureSheet) -> None:
        assert "No outline yet" in sheet.words()
        assert "No scale yet: draw a line on the ruler (R)." in sheet.words()
        assert not sheet.clear.isEnabled()
        assert not sheet.form.isVisibleTo(sheet)

    def test_without_a_scale_figures_are_in_pixels(self, sheet: MeasureSheet) -> None:
        sheet.show_measurement(MEASURED)
        said = sheet.words()
        assert "Diameter: 1,000\u00a0px" in said
        assert "Area: 480,000\u00a0px²" in said
        assert "Perimeter: 2,800\u00a0px" in said

    def test_with_a_scale_figures_are_in_millimetres(self, sheet: MeasureSheet) -> None:
        sheet.show_measurement(replace(MEASURED, scale=SCALE, by_hand=True))
        said = sheet.words()
        assert "Diameter: 10.0\u00a0mm" in said
        assert "Area: 48.0\u00a0mm²" in said
        assert "100\u00a0px are 1.0\u00a0mm, read off a ruler." in said
        assert "drew or corrected" in said

    def test_abcd_is_called_an_aid(self, sheet: MeasureSheet) -> None:
        sheet.show_measurement(MEASURED)
        said = "\n".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisibleTo(sheet))
        assert "1 of 2 axes" in said
        assert "3 of 8 segments" in said
        assert "red, dark brown" in said
        assert "not the score of the ABCD rule" in said
        sheet.show_measurement(replace(MEASURED, abcd=None))
        assert "of 8 segments" not in sheet.words()

    def test_length_of_a_line_makes_the_scale(self, qtbot: QtBot, sheet: MeasureSheet, canvas: PictureCanvas) -> None:
        tool = RulerTool()
        sheet.follow_ruler(tool)
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Right)
        assert tool.line is not None
        assert sheet.form.isVisibleTo(sheet)
        sheet.form.source.choose(ScaleSource.MARKER)
        sheet.form.length.setValue(6)
        with qtbot.waitSignal(sheet.scale_changed) as changed:
            QTest.keyClick(sheet.form.length, Qt.Key.Key_Return)
        assert changed.args == [Scale(6 / tool.line.length_px, ScaleSource.MARKER)]
        tap(canvas, Qt.Key.Key_Escape)
        assert not sheet.form.isVisibleTo(sheet)

    def test_ruler_follows_the_scale_until_another_tool_is_used(
        self, sheet: MeasureSheet, canvas: PictureCanvas
    ) -> None:
        tool = RulerTool(proposed=RulerLine((400, 300), (800, 300)))
        sheet.follow_ruler(tool)
        canvas.take_tool(tool)
        sheet.show_measurement(None, SCALE)
        assert tool.state() == "Ruler: 4.0\u00a0mm"
        canvas.take_tool(CropTool())
        assert not sheet.form.isVisibleTo(sheet)
        sheet.show_measurement(None)
        assert tool.state() == "Ruler: 4.0\u00a0mm"

    def test_length_that_was_read_is_filled_in_to_be_checked(self, sheet: MeasureSheet) -> None:
        sheet.form.show_line(RulerLine((0, 0), (400, 0), 0.05))
        assert sheet.form.length.value() == pytest.approx(20)
        assert sheet.form.length.text() == "20.00\u00a0mm"

    def test_enter_on_the_ruler_leads_to_the_length(
        self, qtbot: QtBot, sheet: MeasureSheet, canvas: PictureCanvas
    ) -> None:
        tool = RulerTool()
        sheet.follow_ruler(tool)
        canvas.take_tool(tool)
        tap(canvas, Qt.Key.Key_Right)
        tap(canvas, Qt.Key.Key_Return)
        assert sheet.focusWidget() is sheet.form.length

    def test_scale_is_taken_back(self, qtbot: QtBot, sheet: MeasureSheet) -> None:
        sheet.show_measurement(None, SCALE)
        with qtbot.waitSignal(sheet.scale_changed) as changed:
            sheet.clear_scale.click()
        assert changed.args == [None]

    @pytest.mark.parametrize(
        ("button", "signal"),
        [
            ("propose", "propose_wanted"),
            ("correct", "correct_wanted"),
            ("clear", "clear_wanted"),
            ("draw_line", "ruler_wanted"),
        ],
    )
    def test_buttons_tell_the_wish(self, qtbot: QtBot, sheet: MeasureSheet, button: str, signal: str) -> None:
        sheet.show_measurement(MEASURED)
        with qtbot.waitSignal(getattr(sheet, signal)):
            getattr(sheet, button).click()

    def test_looking_and_failing_are_told(self, sheet: MeasureSheet) -> None:
        sheet.show_busy()
        assert not sheet.propose.isEnabled()
        sheet.show_trouble("The lesion goes on beyond the picture's edge.")
        assert sheet.propose.isEnabled()
        assert "goes on beyond" in sheet.words()

    def test_every_control_has_a_name(self, sheet: MeasureSheet) -> None:
        sheet.show_measurement(replace(MEASURED, scale=SCALE))
        sheet.form.show_line(RulerLine((0, 0), (400, 0)))
        assert nameless(sheet) == []


@pytest.mark.parametrize(
    ("length_px", "mm_per_px", "words"),
    [(412.4, None, "412\u00a0px"), (412.4, 0.0155, "6.4\u00a0mm"), (31, 0.0155, "0.48\u00a0mm")],
)
def test_lengths_keep_their_unit(length_px: float, mm_per_px: float | None, words: str) -> None:
    assert length_words(length_px, mm_per_px) == words


def test_areas_keep_their_unit() -> None:
    assert area_words(133_120, None) == "133,120\u00a0px²"
    assert area_words(133_120, 0.0155) == "32.0\u00a0mm²"


class TestToolbar:
    @pytest.fixture
    def viewer(self, qtbot: QtBot, background: Background) -> Viewer:
        made = Viewer(background)
        qtbot.addWidget(made)
        made.resize(900, 600)
        made.show()
        return made

    def test_tools_need_a_picture(self, viewer: Viewer) -> None:
        assert not any(button.isEnabled() for button in viewer.tool_buttons.values())

    def test_button_stays_down_while_its_tool_is_used(self, viewer: Viewer) -> None:
        viewer.show_picture(plain(), (WIDTH, HEIGHT), "a.jpg")
        viewer.tool_wanted.connect(lambda kind: kind and viewer.use_tool(kind, RulerTool()))
        button = viewer.tool_buttons[PictureTool.RULER]
        button.click()
        assert button.isChecked()
        tap(viewer.canvas, Qt.Key.Key_Escape)
        assert not button.isChecked()

    def test_button_of_the_tool_in_use_puts_it_away(self, qtbot: QtBot, viewer: Viewer) -> None:
        viewer.show_picture(plain(), (WIDTH, HEIGHT), "a.jpg")
        viewer.use_tool(PictureTool.CROP, CropTool())
        with qtbot.waitSignal(viewer.tool_wanted) as wanted:
            viewer.tool_buttons[PictureTool.CROP].click()
        assert wanted.args == [None]
        assert viewer.canvas.tool is None

    def test_button_comes_up_where_no_tool_came(self, viewer: Viewer) -> None:
        viewer.show_picture(plain(), (WIDTH, HEIGHT), "a.jpg")
        viewer.tool_buttons[PictureTool.OUTLINE].click()
        assert not viewer.tool_buttons[PictureTool.OUTLINE].isChecked()

    def test_draft_is_sharpened_under_the_tool_in_use(self, viewer: Viewer) -> None:
        viewer.show_picture(plain(400, 300), (WIDTH, HEIGHT), "a.jpg")
        tool = RulerTool()
        viewer.use_tool(PictureTool.RULER, tool)
        tap(viewer.canvas, Qt.Key.Key_Right)
        line = tool.line
        viewer.sharpen(plain())
        assert not viewer.canvas.is_draft
        assert viewer.canvas.tool is tool
        assert tool.line == line
