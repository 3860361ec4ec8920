"""How each of the seven kinds looks: the form of its outline, and the textbook signs painted within."""

import math
from collections.abc import Callable

import numpy as np

from skindesk.imaging.phantoms.canvas import Canvas
from skindesk.imaging.phantoms.ink import Ink
from skindesk.imaging.phantoms.marks import clustered, crowd, grow_vessel, ovoid
from skindesk.imaging.phantoms.outline import Form, Outline
from skindesk.imaging.phantoms.texture import cells, fibres, network, noise, slope, step

KINDS = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")

FORMS = {
    "akiec": Form((1.0, 1.5), 0.10, 4.0, 34),
    "bcc": Form((1.0, 1.4), 0.08, 4.0, 44),
    "bkl": Form((1.0, 1.5), 0.09, 2.2, 5),
    "df": Form((1.0, 1.2), 0.03, 3.0, 46),
    "mel": Form((1.2, 1.7), 0.15, 5.0, 20, streaks=0.045, radius=(115, 160)),
    "nv": Form((1.0, 1.35), 0.04, 5.0, 34),
    "vasc": Form((1.0, 1.25), 0.05, 1.2, 12, radius=(90, 130)),
}


def _paint_nv(canvas: Canvas, outline: Outline) -> None:
    """Paint a nevus: round, evenly brown, a regular network thinning out at the edge."""
    frame = canvas.frame
    depth = frame.between(0.6, 1.15)
    body = 0.5 + 0.7 * step(outline.reach, 1.0, 0.1) + 0.10 * noise(frame, 40) + 0.06 * noise(frame, 12)
    mesh = network(frame, frame.between(10, 13), 0.75, 0.27) * (1 + 0.25 * noise(frame, 28))
    canvas.pigment(outline.inside * depth * (0.72 * body + 0.48 * mesh * step(outline.reach, 0.0, 0.6)))
    canvas.flush(outline.inside * frame.between(0.02, 0.12))


def _paint_mel(canvas: Canvas, outline: Outline) -> None:
    """Paint a melanoma: asymmetric, many colours, irregular network, dots, a blue-white veil."""
    frame = canvas.frame
    ramp = slope(frame)
    patches = 0.8 * noise(frame, 70) + 0.35 * noise(frame, 22) + ramp
    brown = 0.42 + 0.5 * step(patches, -0.9, 0.7) + 0.95 * step(patches, 0.3, 1.7) + 0.10 * noise(frame, 9)
    mesh = network(frame, frame.between(11, 15), 0.95, 0.30) * step(noise(frame, 70), -0.6, 0.9)
    canvas.pigment(outline.inside * (brown + 0.50 * mesh))
    canvas.flush(outline.inside * (0.08 + 0.38 * step(noise(frame, 75) - ramp, 0.3, 1.6)))
    _paint_dots(canvas, outline, count=int(frame.between(15, 40)))
    smoke = 0.35 * noise(frame, 20) + 0.15 * noise(frame, 7)
    scar = step(noise(frame, 80) + smoke - ramp, 0.8, 2.4) * step(outline.reach, 0.95, 0.65)
    canvas.cover(0.45 * scar, (0.86, 0.76, 0.75))
    veil = step(0.8 * noise(frame, 90) + smoke + 0.9 * ramp, 0.0, 2.0)
    canvas.cover(0.72 * veil * step(outline.reach, 0.95, 0.45), (0.46, 0.47, 0.55))


def _paint_dots(canvas: Canvas, outline: Outline, count: int) -> None:
    """Scatter black dots and globules of unequal size, crowded on one side."""
    frame, ink = canvas.frame, Ink(canvas.frame)
    side = frame.between(0, math.tau)
    for _ in range(count):
        place = outline.point(side + frame.rng.normal() * 0.7, frame.between(0.35, 0.97))
        ink.dot(place, frame.between(1.3, 4.2), frame.between(0.4, 1))
    canvas.pigment(1.3 * ink.dried(0.8))


def _paint_bcc(canvas: Canvas, outline: Outline) -> None:
    """Paint a basal cell carcinoma: pink and translucent, arborising vessels, blue-grey ovoid nests."""
    frame = canvas.frame
    clear = 1 - 0.7 * canvas.tone
    canvas.cover(outline.inside * clear * (0.44 + 0.10 * noise(frame, 45)), (0.93, 0.67, 0.67))
    pearl = 0.7 * fibres(frame, frame.between(0, math.pi), 30, 6) + 0.6 * noise(frame, 50)
    canvas.cover(0.30 * clear * outline.inside * step(pearl, 0.6, 2.6), (1.0, 0.93, 0.92))
    canvas.pigment(0.22 * outline.inside * step(noise(frame, 50), 0.4, 1.8))
    nests = Ink(frame)
    for place in clustered(frame, outline, int(frame.between(7, 14))):
        nests.blob(ovoid(frame, place, frame.between(4, 19)), frame.between(0.55, 1))
    grain = 0.88 + 0.10 * noise(frame, 14) + 0.06 * noise(frame, 5)
    canvas.cover(0.80 * nests.dried(3.2) * grain, (0.32, 0.32, 0.39))
    vessels = Ink(frame)
    for _ in range(int(frame.between(4, 7))):
        angle = frame.between(0, math.tau)
        heading = angle + math.pi + frame.between(-0.6, 0.6)
        grow_vessel(vessels, frame, outline.point(angle, frame.between(0.8, 1.1)), heading, frame.between(3.0, 4.6))
    canvas.cover(0.78 * vessels.dried(0.7), (0.72, 0.16, 0.22))


def _paint_akiec(canvas: Canvas, outline: Outline) -> None:
    """Paint an actinic keratosis: a red meshwork around pale follicles, under yellowish-white scale."""
    frame = canvas.frame
    border = cells(frame, frame.between(24, 30), 0.8)
    redness = 0.30 + 0.22 * np.exp(-np.square(border / 0.35)) + 0.10 * noise(frame, 40)
    canvas.flush(outline.inside * redness)
    canvas.pigment(outline.inside * (0.08 + 0.16 * step(noise(frame, 40), 0.3, 1.6)))
    follicles = step(border, 0.62, 0.95) * outline.inside
    canvas.cover(0.42 * follicles, (0.97, 0.86, 0.74))
    flakes = 0.7 * noise(frame, 50) + 0.45 * noise(frame, 14) + 0.35 * noise(frame, 5)
    scale = step(flakes, 0.35, 1.35) * step(outline.reach, 1.0, 0.7)
    ridges = 0.80 + 0.16 * fibres(frame, frame.between(0, math.pi), 12, 3.5)
    canvas.cover(0.80 * scale * ridges, (0.96, 0.91, 0.80))
    _paint_dotted_vessels(canvas, outline)


def _paint_dotted_vessels(canvas: Canvas, outline: Outline) -> None:
    """Scatter small red dots in clusters."""
    frame, ink = canvas.frame, Ink(canvas.frame)
    for place in clustered(frame, outline, int(frame.between(30, 60))):
        ink.dot(place, frame.between(1.2, 2.3), frame.between(0.5, 1))
    canvas.flush(0.9 * ink.dried(0.6))


def _paint_bkl(canvas: Canvas, outline: Outline) -> None:
    """Paint a seborrheic keratosis: sharply bounded, waxy, with milia-like cysts and comedo-like openings."""
    frame = canvas.frame
    depth = frame.between(0.35, 0.95)
    furrow = np.exp(-np.square((0.8 * noise(frame, 26) + 0.5 * noise(frame, 9)) / 0.30))
    rim = 0.25 * step(outline.reach, 0.78, 0.98)
    body = 0.85 + 0.22 * noise(frame, 60) + 0.09 * noise(frame, 8) + rim + 0.30 * furrow
    canvas.pigment(outline.inside * depth * body)
    canvas.cover(outline.inside * frame.between(0.08, 0.24), (0.80, 0.68, 0.60))
    openings = Ink(frame)
    for place in outline.scatter(frame, int(frame.between(10, 22))):
        openings.blob(ovoid(frame, place, frame.between(2.5, 7.5)), frame.between(0.6, 1))
    canvas.cover(0.80 * openings.dried(1.0), (0.20, 0.12, 0.07))
    cysts = Ink(frame)
    for place in outline.scatter(frame, int(frame.between(14, 30))):
        cysts.dot(place, frame.between(2.0, 5.5), frame.between(0.55, 1))
    canvas.cover(0.85 * cysts.dried(1.6), (0.98, 0.93, 0.80))


def _paint_df(canvas: Canvas, outline: Outline) -> None:
    """Paint a dermatofibroma: a pale scar-like centre within a delicate network."""
    frame = canvas.frame
    mesh = network(frame, frame.between(10, 13), 0.7, 0.25)
    ring = step(outline.reach, 0.25, 0.65)
    canvas.pigment(outline.inside * (0.16 + ring * (0.20 + 0.06 * noise(frame, 40)) + 0.36 * ring * mesh))
    canvas.flush(outline.inside * (0.10 + 0.06 * noise(frame, 60)))
    ragged = outline.reach + 0.05 * noise(frame, 30) + 0.03 * noise(frame, 9)
    scar = step(ragged, 0.66, 0.10)
    strands = fibres(frame, frame.between(0, math.pi), 28, 6) + noise(frame, 11)
    canvas.cover(scar * (0.66 + 0.065 * strands), (0.96, 0.87, 0.86))


def _paint_vasc(canvas: Canvas, outline: Outline) -> None:
    """Paint an angioma: round lacunae, red to purple, crowded on a red ground with pale septa."""
    frame = canvas.frame
    canvas.flush(outline.inside * (0.62 + 0.12 * noise(frame, 40)))
    red, purple = Ink(frame), Ink(frame)
    for place in crowd(frame, outline, spacing=frame.between(21, 28)):
        shape = ovoid(frame, place, frame.between(7.5, 14.5))
        red.blob(shape, frame.between(0.45, 1))
        if frame.chance(0.35):
            purple.blob(shape, frame.between(0.3, 1))
    lacunae, dark = red.dried(2.0) * outline.inside, purple.dried(3.0) * outline.inside
    canvas.flush(lacunae * (0.95 + 0.12 * noise(frame, 12)))
    canvas.pigment(0.18 * lacunae + 0.65 * dark)
    canvas.cover(0.42 * dark, (0.27, 0.12, 0.31))
    shine = 0.8 * noise(frame, 34) + 0.5 * noise(frame, 11)
    canvas.cover(0.22 * outline.inside * step(shine, 0.8, 2.6), (1.0, 0.82, 0.84))


PAINTERS: dict[str, Callable[[Canvas, Outline], None]] = {
    "akiec": _paint_akiec,
    "bcc": _paint_bcc,
    "bkl": _paint_bkl,
    "df": _paint_df,
    "mel": _paint_mel,
    "nv": _paint_nv,
    "vasc": _paint_vasc,
}
