"""Rulers are read within two per cent, at any angle and size, or not at all."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skindesk.domain.measurement import ScaleSource
from skindesk.imaging.measuring import find_ruler, read_ruler
from skindesk.imaging.phantoms import KINDS, generate
from tests.support.rulers import DrawnRuler, draw_ruler


@pytest.mark.parametrize("angle_deg", [0, 17, 45, 90, 133, 200, 301])
@pytest.mark.parametrize("px_per_mm", [6.3, 11, 22.7])
def test_marks_along_a_line_are_read(px_per_mm: float, angle_deg: float) -> None:
    ruler = draw_ruler(px_per_mm, angle_deg, marks=min(40, int(560 / px_per_mm)), seed=int(angle_deg))
    found = read_ruler(ruler.picture, ruler.start, ruler.end)
    assert found is not None
    assert found.scale.source is ScaleSource.RULER
    assert found.mm_per_px == pytest.approx(1 / px_per_mm, rel=0.02)


@pytest.mark.parametrize("seed", range(8))
def test_a_ruler_is_found_without_a_line(seed: int) -> None:
    ruler = draw_ruler(8 + 2.3 * seed, 40 * seed, marks=20, seed=seed)
    found = find_ruler(ruler.picture)
    assert found is not None
    assert found.mm_per_px == pytest.approx(1 / ruler.px_per_mm, rel=0.02)


def test_a_line_that_is_longer_than_the_ruler_or_beside_its_edge_is_read_all_the_same() -> None:
    ruler = draw_ruler(12, 30, marks=40, seed=4)
    start, end = np.array(ruler.start), np.array(ruler.end)
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array((-along[1], along[0]))
    for first, last in ((start - 20 * along, end + 20 * along), (start + 10 * across, end + 4 * across)):
        found = read_ruler(ruler.picture, tuple(first.tolist()), tuple(last.tolist()))
        assert found is not None
        assert found.mm_per_px == pytest.approx(1 / 12, rel=0.02)


def test_a_blurred_and_shaded_ruler_is_read() -> None:
    shade = np.linspace(0.5, 1.0, 800)[None, :, None]
    for blur in (1, 2, 3, 5):
        ruler = draw_ruler(13, 10, marks=35, blur=blur)
        found = read_ruler((ruler.picture * shade).astype(np.uint8), ruler.start, ruler.end)
        assert found is not None
        assert found.mm_per_px == pytest.approx(1 / 13, rel=0.02)


def test_half_millimetre_marks_are_not_taken_for_millimetres() -> None:
    ruler: DrawnRuler = draw_ruler(20, 0, marks=60, marks_per_mm=2)
    found = read_ruler(ruler.picture, ruler.start, ruler.end)
    assert found is None or found.mm_per_px == pytest.approx(1 / 20, rel=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_skin_and_lesions_are_no_rulers(kind: str) -> None:
    rng = np.random.default_rng(2)
    for seed in range(3):
        picture = generate(kind, seed).rgb
        assert find_ruler(picture) is None
        for _ in range(5):
            start, end = (rng.uniform((0, 0), (600, 450)) for _ in range(2))
            assert read_ruler(picture, tuple(start.tolist()), tuple(end.tolist())) is None


def test_real_pictures_without_a_ruler_give_none(real_data: Path) -> None:
    for path in sorted((real_data / "pad_ufes_20").rglob("*.png"))[:40]:
        picture = np.asarray(Image.open(path).convert("RGB"))
        height, width = picture.shape[:2]
        assert read_ruler(picture, (0.1 * width, 0.3 * height), (0.9 * width, 0.6 * height)) is None


@pytest.mark.parametrize(("start", "end"), [((5, 5), (5, 5)), ((0, 0), (10, 0)), ((-50, -50), (900, 700))])
def test_lines_that_are_too_short_or_leave_the_picture_do_no_harm(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    assert read_ruler(generate("nv", 1).rgb, start, end) is None
