"""What can stand in for dermoscopy where no patient's picture may: synthetic phantoms of the seven HAM10000 classes.

A phantom is painted in layers of melanin and blood, whose absorption gives the colour of skin (Beer-Lambert),
films of pale or blue tissue on top, and then photographed: hairs, light, gel bubbles, dark corners, blur and
noise. Nothing is taken from any photograph, so phantoms may be published (CC0-1.0). They show the textbook signs
of each class for demonstrations and tests; they are not data to train a network for patients on.
"""

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Floats = NDArray[np.float32]
Point = tuple[float, float]
Colour = tuple[float, float, float]

KINDS = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")
NOTICE = "Generated phantom, not a photograph of a patient"
EXAMPLES = (
    ("generated-akiec.jpg", "akiec", 44),
    ("generated-bcc.jpg", "bcc", 46),
    ("generated-bkl.jpg", "bkl", 43),
    ("generated-df.jpg", "df", 47),
    ("generated-mel.jpg", "mel", 43),
    ("generated-nv.jpg", "nv", 72),
    ("generated-vasc.jpg", "vasc", 40),
    ("generated-mel-2.jpg", "mel", 46),
    ("generated-nv-2.jpg", "nv", 62),
    ("generated-bkl-2.jpg", "bkl", 41),
)

# Absorption per unit of pigment in red, green and blue: chosen by eye after the known order of the spectra.
_MELANIN = (0.52, 0.80, 1.00)
_BLOOD = (0.17, 1.00, 0.80)
_BARE_SKIN = (0.05, 0.20, 0.22)
_SUPERSAMPLING = 3

# How the n-th photograph of a lesion is turned: as it is, by half a turn, mirrored, upside down.
_TURNS = (
    (slice(None), slice(None)),
    (slice(None, None, -1), slice(None, None, -1)),
    (slice(None), slice(None, None, -1)),
    (slice(None, None, -1), slice(None)),
)


@dataclass(frozen=True)
class Phantom:
    """A synthetic picture: `rgb` uint8 (h, w, 3), sRGB, and `mask` bool (h, w), true inside the lesion's outline."""

    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    kind: str
    seed: int
    view: int = 0


def generate(kind: str, seed: int, width_px: int = 600, height_px: int = 450, view: int = 0) -> Phantom:
    """Paint and photograph one phantom; the same arguments give the same picture.

    `kind` is one of KINDS; `seed` is not negative. A `view` above 0 is another photograph of the same lesion:
    turned, under other light, with other hairs. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no phantom of {kind!r}; the kinds are {', '.join(KINDS)}.")
    number = KINDS.index(kind)
    painter = np.random.default_rng([seed, number])
    canvas = _Canvas.bare(_Frame(painter, width_px, height_px))
    outline = _draw_outline(canvas.frame, _FORMS[kind])
    _PAINTERS[kind](canvas, outline)
    camera = _Frame(np.random.default_rng([seed, number, view]), width_px, height_px)
    turn = _TURNS[view % len(_TURNS)]
    rgb = _photograph(camera, canvas.develop()[turn])
    return Phantom(rgb, np.ascontiguousarray(outline.mask[turn]), kind, seed, view)


def write_examples(folder: Path) -> tuple[Path, ...]:
    """Write the program's demonstration pictures, 600x450 JPEG, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(save_jpeg(generate(kind, seed), folder / name) for name, kind, seed in EXAMPLES)


def write_dataset(folder: Path, per_class: int, seed: int, size: tuple[int, int] = (600, 450)) -> Path:
    """Write `per_class` pictures of each class in HAM10000's layout and return the path of the metadata.

    `size` is (width_px, height_px). Every third lesion has two pictures, as about a quarter of the archive's
    have. Ids start with PHANTOM, so that they are never taken for the archive's.
    """
    pictures = folder / "HAM10000_images_part_1"
    pictures.mkdir(parents=True, exist_ok=True)
    metadata = folder / "HAM10000_metadata.csv"
    with metadata.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization"))
        for number, entry in enumerate(_dataset_entries(per_class, seed)):
            image_id = f"PHANTOM_I{number:06d}"
            phantom = generate(entry.kind, entry.lesion_seed, *size, view=entry.view)
            save_jpeg(phantom, pictures / f"{image_id}.jpg")
            table.writerow((entry.lesion_id, image_id, entry.kind, *entry.facts))
    return metadata


def save_jpeg(phantom: Phantom, path: Path) -> Path:
    """Write a phantom as JPEG (quality 90), labelled as generated in its comment and EXIF description."""
    exif = Image.Exif()
    exif[0x010E] = NOTICE
    Image.fromarray(phantom.rgb).save(path, quality=90, comment=NOTICE, exif=exif)
    return path


# --- The data set


@dataclass(frozen=True)
class _Entry:
    """One row of the metadata; `facts` are dx_type, age, sex and localization."""

    lesion_id: str
    kind: str
    lesion_seed: int
    view: int
    facts: tuple[str, str, str, str]


def _dataset_entries(per_class: int, seed: int) -> Iterator[_Entry]:
    rng = np.random.default_rng(seed)
    lesion = 0
    for kind in KINDS:
        left = per_class
        while left > 0:
            views = min(left, 2 if lesion % 3 == 0 else 1)
            lesion_seed, facts = int(rng.integers(2**31)), _draw_facts(rng)
            for view in range(views):
                yield _Entry(f"PHANTOM_L{lesion:06d}", kind, lesion_seed, view, facts)
            left -= views
            lesion += 1


def _draw_facts(rng: np.random.Generator) -> tuple[str, str, str, str]:
    """Draw dx_type, age, sex and localization in the archive's words, an age missing now and then as it is there."""
    age = "" if rng.random() < 0.03 else f"{5 * rng.integers(4, 17):.1f}"
    sites = ("back", "trunk", "face", "abdomen", "lower extremity", "upper extremity", "unknown")
    return (
        str(rng.choice(("histo", "follow_up", "consensus", "confocal"))),
        age,
        str(rng.choice(("female", "male", "unknown"), p=(0.48, 0.48, 0.04))),
        str(rng.choice(sites)),
    )


# --- Tools: a frame to measure in, noise, cells, ink


@dataclass(frozen=True)
class _Frame:
    """The picture's size and its source of chance. Lengths are given in units of 1/600 of the width."""

    rng: np.random.Generator
    width_px: int
    height_px: int

    @property
    def unit(self) -> float:
        """Pixels per unit of length."""
        return self.width_px / 600

    @property
    def height(self) -> float:
        """The height in units."""
        return self.height_px / self.unit

    def grid(self, step: int = 1) -> tuple[Floats, Floats]:
        """Where the pixel centres lie, in units: x float32 (1, w) and y float32 (h, 1), every `step` pixels."""
        columns, rows = -(-self.width_px // step), -(-self.height_px // step)
        x = (np.arange(columns, dtype=np.float32) + 0.5) * np.float32(step / self.unit)
        y = (np.arange(rows, dtype=np.float32) + 0.5) * np.float32(step / self.unit)
        return x[None, :], y[:, None]

    def between(self, low: float, high: float) -> float:
        """Draw a number uniformly from low to high."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """Say yes with the given probability."""
        return bool(self.rng.random() < probability)


def _noise(frame: _Frame, grain: float) -> Floats:
    """Return smooth noise, float32 (h, w), mean about 0 and deviation about 1, whose lumps are `grain` units wide."""
    shape = (max(2, round(frame.height / grain) + 1), max(2, round(600 / grain) + 1))
    coarse = frame.rng.standard_normal(shape, dtype=np.float32) * np.float32(1.4)
    return _resized(coarse, frame)


def _fibres(frame: _Frame, angle: float, length: float, width: float) -> Floats:
    """Return noise drawn out along `angle` (radians): float32 (h, w), mean about 0 and deviation about 1."""
    reach = math.hypot(600, frame.height)
    shape = (math.ceil(reach / width) + 4, math.ceil(reach / length) + 4)
    source = Image.fromarray(frame.rng.standard_normal(shape, dtype=np.float32) * np.float32(1.4))
    along, across = 1 / (length * frame.unit), 1 / (width * frame.unit)
    cos, sin = math.cos(angle), math.sin(angle)
    half_width, half_height = frame.width_px / 2, frame.height_px / 2
    shift_x = shape[1] / 2 - along * (cos * half_width + sin * half_height)
    shift_y = shape[0] / 2 - across * (cos * half_height - sin * half_width)
    matrix = (along * cos, along * sin, shift_x, -across * sin, across * cos, shift_y)
    size = (frame.width_px, frame.height_px)
    return np.asarray(source.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC))


def _resized(values: Floats, frame: _Frame) -> Floats:
    """Bring float32 (rows, columns) to the frame's (h, w)."""
    image = Image.fromarray(values).resize((frame.width_px, frame.height_px), Image.Resampling.BICUBIC)
    return np.asarray(image)


def _step(values: Floats, low: float, high: float) -> Floats:
    """Rise smoothly from 0 at `low` to 1 at `high`; falls where `low` is the larger."""
    ramp: Floats = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def _cells(frame: _Frame, spacing: float, jitter: float) -> Floats:
    """Divide the frame into Voronoi cells of points on a disturbed and gently bent lattice.

    Returns the distance from the nearest border in cells (0 on it, about 1 at a point), float32 (h, w).
    Computed at half resolution, which dermoscopy's softness hides.
    """
    x, y = frame.grid(2)
    shape = (math.ceil(frame.height / spacing) + 4, math.ceil(600 / spacing) + 4)
    dots = (frame.rng.random((2, *shape), dtype=np.float32) - np.float32(0.5)) * np.float32(jitter)
    column = x / np.float32(spacing) + 1 + _bend(frame, spacing)
    row = y / np.float32(spacing) + 1 + _bend(frame, spacing)
    left, top = column.astype(np.int32), row.astype(np.int32)
    first = np.full(column.shape, 9, np.float32)
    second = first.copy()
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            index = np.clip((top + down) * shape[1] + (left + right), 0, dots[0].size - 1)
            along = dots[0].take(index) + (left + np.float32(right + 0.5)) - column
            across = dots[1].take(index) + (top + np.float32(down + 0.5)) - row
            distance = along * along + across * across
            second = np.minimum(second, np.maximum(first, distance))
            first = np.minimum(first, distance)
    return _resized(np.sqrt(second) - np.sqrt(first), frame)


def _bend(frame: _Frame, spacing: float) -> Floats:
    """Return a displacement in cells at half resolution: float32 (h / 2, w / 2)."""
    return np.float32(0.34) * _noise(frame, 3.5 * spacing)[::2, ::2]


def _network(frame: _Frame, spacing: float, jitter: float, thickness: float) -> Floats:
    """Return a mesh of lines, float32 (h, w), 0 in its holes to 1 on its lines; `thickness` is in cells."""
    lines: Floats = np.exp(-np.square(_cells(frame, spacing, jitter) / np.float32(thickness)))
    return lines


class _Ink:
    """Antialiased marks, in units, collected on one sheet."""

    def __init__(self, frame: _Frame) -> None:
        self._frame = frame
        self._scale = frame.unit * _SUPERSAMPLING
        self._sheet = Image.new("L", (frame.width_px * _SUPERSAMPLING, frame.height_px * _SUPERSAMPLING))
        self._pen = ImageDraw.Draw(self._sheet)

    def dot(self, centre: Point, radius: float, strength: float = 1) -> None:
        """Fill a circle."""
        self._pen.circle(self._place(centre), radius * self._scale, fill=round(255 * strength))

    def ring(self, centre: Point, radius: float, width: float, strength: float = 1) -> None:
        """Draw a circle's line."""
        line = max(1, round(width * self._scale))
        self._pen.circle(self._place(centre), radius * self._scale, outline=round(255 * strength), width=line)

    def blob(self, outline: list[Point], strength: float = 1) -> None:
        """Fill a polygon."""
        self._pen.polygon([self._place(point) for point in outline], fill=round(255 * strength))

    def dried(self, blur: float = 0) -> Floats:
        """Return the sheet, float32 (h, w), 0 to 1, blurred by `blur` units."""
        sheet = self._sheet.reduce(_SUPERSAMPLING)
        if blur:
            sheet = sheet.filter(ImageFilter.GaussianBlur(blur * self._frame.unit))
        return np.asarray(sheet, np.float32) * np.float32(1 / 255)

    def _place(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale


def _ribbon(points: list[Point], widths: list[float]) -> list[Point]:
    """Return the polygon around a line whose width changes along its points."""
    line, half = np.asarray(points), np.asarray(widths)[:, None] / 2
    course = np.gradient(line, axis=0)
    course /= np.maximum(np.linalg.norm(course, axis=1, keepdims=True), 1e-6)
    aside = np.stack((-course[:, 1], course[:, 0]), axis=1) * half
    around = np.concatenate((line + aside, (line - aside)[::-1]))
    return [(float(x), float(y)) for x, y in around]


# --- The lesion's outline


@dataclass(frozen=True)
class _Form:
    """How lesions of a kind are bounded: ranges, and lengths in units."""

    elongation: tuple[float, float]
    waviness: float
    ragged: float
    softness: float
    streaks: float = 0
    radius: tuple[float, float] = (105, 150)


@dataclass(frozen=True)
class _Outline:
    """A lesion's outline.

    `reach` float32 (h, w) is 0 at the centre and 1 on the outline; `inside` float32 (h, w) is 1 within and fades
    to 0 across the outline; `mask` bool (h, w) is the exact interior; `radii` tells the radius by the angle.
    """

    centre: Point
    radii: Floats
    reach: Floats
    inside: Floats
    mask: NDArray[np.bool_]

    def radius(self, angle: float) -> float:
        """Return the outline's distance from the centre, in units, in the direction of `angle` (radians)."""
        return float(self.radii[int(angle / math.tau * self.radii.size) % self.radii.size])

    def point(self, angle: float, reach: float) -> Point:
        """Return the point, in units, at a part of the radius in the direction of `angle` (radians)."""
        radius = reach * self.radius(angle)
        return self.centre[0] + radius * math.cos(angle), self.centre[1] + radius * math.sin(angle)

    def scatter(self, frame: _Frame, count: int, reach: float = 0.9) -> list[Point]:
        """Draw points evenly within a part of the outline."""
        draws = frame.rng.random((count, 2))
        return [self.point(math.tau * float(a), reach * math.sqrt(float(r))) for a, r in draws]


def _draw_outline(frame: _Frame, form: _Form) -> _Outline:
    centre = (300 + frame.between(-30, 30), frame.height * frame.between(0.46, 0.54))
    radii = _draw_radii(frame, form)
    x, y = frame.grid()
    away_x, away_y = x - np.float32(centre[0]), y - np.float32(centre[1])
    distance = np.hypot(away_x, away_y)
    turns = np.arctan2(away_y, away_x) * np.float32(radii.size / math.tau)
    limit = radii[turns.astype(np.int32) % radii.size]
    depth = limit - distance
    if form.ragged:
        depth = depth + np.float32(form.ragged) * (_noise(frame, 26) + 0.6 * _noise(frame, 10))
    inside = _step(depth, -form.softness / 2, form.softness / 2)
    return _Outline(centre, radii, 1 - depth / limit, inside, depth > 0)


def _draw_radii(frame: _Frame, form: _Form) -> Floats:
    """Draw a radius in units for each of 4096 directions: an ellipse with low waves, and fine ones for streaks."""
    angle = np.linspace(0, math.tau, 4096, endpoint=False)
    turned = angle - frame.between(0, math.pi)
    stretch = math.sqrt(frame.between(*form.elongation))
    radii = 1 / np.hypot(np.cos(turned) / stretch, np.sin(turned) * stretch)
    waves = sum(frame.rng.normal() / order * np.cos(order * angle + frame.between(0, 6.3)) for order in range(2, 9))
    radii = radii * (1 + form.waviness * waves)
    if form.streaks:
        sector = np.clip(np.cos(angle - frame.between(0, 6.3)) - 0.1, 0, 1)
        teeth = sum(np.cos(order * angle + frame.between(0, 6.3)) for order in (17, 29, 37, 53, 71))
        radii = radii * (1 + form.streaks * sector * np.maximum(teeth, 0))
    radii = radii * frame.between(*form.radius) * min(1, frame.height / 450)
    return np.asarray(radii * min(1, 0.42 * min(frame.height, 600) / radii.max()), np.float32)


_FORMS = {
    "akiec": _Form((1.0, 1.5), 0.10, 4.0, 34),
    "bcc": _Form((1.0, 1.4), 0.08, 4.0, 44),
    "bkl": _Form((1.0, 1.5), 0.09, 2.2, 5),
    "df": _Form((1.0, 1.2), 0.03, 3.0, 46),
    "mel": _Form((1.2, 1.7), 0.15, 5.0, 20, streaks=0.045, radius=(115, 160)),
    "nv": _Form((1.0, 1.35), 0.04, 5.0, 34),
    "vasc": _Form((1.0, 1.25), 0.05, 1.2, 12, radius=(90, 130)),
}


# --- The canvas: skin, and what absorbs or covers it


@dataclass
class _Canvas:
    """A picture in the making: amounts of pigment, float32 (h, w), and films on top as (opacity, colour)."""

    frame: _Frame
    tone: float
    melanin: Floats
    blood: Floats
    films: list[tuple[Floats, Colour]] = field(default_factory=list)

    @classmethod
    def bare(cls, frame: _Frame) -> "_Canvas":
        """Return skin without a lesion; `tone` runs from 0 (Fitzpatrick I) to 1 (VI), light being commoner."""
        tone = float(frame.rng.beta(0.9, 1.7))
        angle = frame.between(0, math.pi)
        furrows = _fibres(frame, angle, 26, 4) + _fibres(frame, angle + frame.between(0.8, 1.4), 22, 4)
        furrows = furrows * _step(_noise(frame, 60), -1.2, 1.6)
        mottle = 0.6 * _noise(frame, 90) + 0.5 * _noise(frame, 22)
        grain = _noise(frame, 5)
        melanin = 0.06 + 1.8 * tone**1.4 * (1 + 0.035 * mottle) + 0.03 * mottle + 0.012 * furrows + 0.014 * grain
        flush = 0.9 * _noise(frame, 120) + 0.5 * _noise(frame, 30) + 0.35 * grain
        blood = frame.between(0.03, 0.27) * (1 + 0.18 * flush)
        return cls(frame, tone, melanin.astype(np.float32), np.maximum(blood, 0).astype(np.float32))

    def cover(self, opacity: Floats, colour: Colour) -> None:
        """Lay a film over everything so far; opacity runs from 0 to 1, the colour's parts likewise."""
        self.films.append((np.clip(opacity, 0, 1), colour))

    def pigment(self, amount: Floats) -> None:
        """Add melanin, more on darker skin so that lesions stand out on it alike."""
        self.melanin = self.melanin + amount * np.float32(1 + 0.4 * self.tone)

    def flush(self, amount: Floats) -> None:
        """Add blood."""
        self.blood = self.blood + amount

    def develop(self) -> Floats:
        """Return the colours, float32 (h, w, 3), 0 to about 1, exposed as a camera would for this skin."""
        exposure = math.exp(0.24 * self.tone**1.4)
        planes = []
        for channel in range(3):
            density = self.melanin * np.float32(_MELANIN[channel]) + self.blood * np.float32(_BLOOD[channel])
            plane = np.exp(-density) * np.float32(exposure * math.exp(-_BARE_SKIN[channel]))
            for opacity, colour in self.films:
                plane += opacity * (np.float32(colour[channel]) - plane)
            planes.append(plane)
        return np.stack(planes, axis=2)


# --- The seven kinds


def _paint_nv(canvas: _Canvas, outline: _Outline) -> None:
    """Paint a nevus: round, evenly brown, a regular network thinning out at the edge."""
    frame = canvas.frame
    depth = frame.between(0.6, 1.15)
    body = 0.5 + 0.7 * _step(outline.reach, 1.0, 0.1) + 0.10 * _noise(frame, 40) + 0.06 * _noise(frame, 12)
    mesh = _network(frame, frame.between(10, 13), 0.75, 0.27) * (1 + 0.25 * _noise(frame, 28))
    canvas.pigment(outline.inside * depth * (0.72 * body + 0.48 * mesh * _step(outline.reach, 0.0, 0.6)))
    canvas.flush(outline.inside * frame.between(0.02, 0.12))


def _paint_mel(canvas: _Canvas, outline: _Outline) -> None:
    """Paint a melanoma: asymmetric, many colours, irregular network, dots, a blue-white veil."""
    frame = canvas.frame
    slope = _slope(frame)
    patches = 0.8 * _noise(frame, 70) + 0.35 * _noise(frame, 22) + slope
    brown = 0.42 + 0.5 * _step(patches, -0.9, 0.7) + 0.95 * _step(patches, 0.3, 1.7) + 0.10 * _noise(frame, 9)
    mesh = _network(frame, frame.between(11, 15), 0.95, 0.30) * _step(_noise(frame, 70), -0.6, 0.9)
    canvas.pigment(outline.inside * (brown + 0.50 * mesh))
    canvas.flush(outline.inside * (0.08 + 0.38 * _step(_noise(frame, 75) - slope, 0.3, 1.6)))
    _paint_dots(canvas, outline, count=int(frame.between(15, 40)))
    smoke = 0.35 * _noise(frame, 20) + 0.15 * _noise(frame, 7)
    scar = _step(_noise(frame, 80) + smoke - slope, 0.8, 2.4) * _step(outline.reach, 0.95, 0.65)
    canvas.cover(0.45 * scar, (0.86, 0.76, 0.75))
    veil = _step(0.8 * _noise(frame, 90) + smoke + 0.9 * slope, 0.0, 2.0)
    canvas.cover(0.72 * veil * _step(outline.reach, 0.95, 0.45), (0.46, 0.47, 0.55))


def _paint_dots(canvas: _Canvas, outline: _Outline, count: int) -> None:
    """Scatter black dots and globules of unequal size, crowded on one side."""
    frame, ink = canvas.frame, _Ink(canvas.frame)
    side = frame.between(0, math.tau)
    for _ in range(count):
        place = outline.point(side + frame.rng.normal() * 0.7, frame.between(0.35, 0.97))
        ink.dot(place, frame.between(1.3, 4.2), frame.between(0.4, 1))
    canvas.pigment(1.3 * ink.dried(0.8))


def _slope(frame: _Frame) -> Floats:
    """Return a ramp across the frame in a random direction, float32 (h, w), about -1 to 1."""
    angle = frame.between(0, math.tau)
    x, y = frame.grid()
    ramp = (x - 300) * math.cos(angle) + (y - np.float32(frame.height / 2)) * math.sin(angle)
    return np.clip(ramp / 130, -1.2, 1.2).astype(np.float32)


def _paint_bcc(canvas: _Canvas, outline: _Outline) -> None:
    """Paint a basal cell carcinoma: pink and translucent, arborising vessels, blue-grey ovoid nests."""
    frame = canvas.frame
    clear = 1 - 0.7 * canvas.tone
    canvas.cover(outline.inside * clear * (0.44 + 0.10 * _noise(frame, 45)), (0.93, 0.67, 0.67))
    pearl = 0.7 * _fibres(frame, frame.between(0, math.pi), 30, 6) + 0.6 * _noise(frame, 50)
    canvas.cover(0.30 * clear * outline.inside * _step(pearl, 0.6, 2.6), (1.0, 0.93, 0.92))
    canvas.pigment(0.22 * outline.inside * _step(_noise(frame, 50), 0.4, 1.8))
    nests = _Ink(frame)
    for place in _clustered(frame, outline, int(frame.between(7, 14))):
        nests.blob(_ovoid(frame, place, frame.between(4, 19)), frame.between(0.55, 1))
    grain = 0.88 + 0.10 * _noise(frame, 14) + 0.06 * _noise(frame, 5)
    canvas.cover(0.80 * nests.dried(3.2) * grain, (0.32, 0.32, 0.39))
    vessels = _Ink(frame)
    for _ in range(int(frame.between(4, 7))):
        angle = frame.between(0, math.tau)
        heading = angle + math.pi + frame.between(-0.6, 0.6)
        _grow_vessel(vessels, frame, outline.point(angle, frame.between(0.8, 1.1)), heading, frame.between(3.0, 4.6))
    canvas.cover(0.78 * vessels.dried(0.7), (0.72, 0.16, 0.22))


def _clustered(frame: _Frame, outline: _Outline, count: int) -> list[Point]:
    """Draw points in a few clusters rather than evenly."""
    homes = outline.scatter(frame, 3, 0.75)
    drift = frame.rng.normal(scale=24, size=(count, 2))
    return [(homes[i % 3][0] + float(dx), homes[i % 3][1] + float(dy)) for i, (dx, dy) in enumerate(drift)]


def _ovoid(frame: _Frame, centre: Point, radius: float) -> list[Point]:
    """Return the polygon of an uneven oval."""
    angle = np.linspace(0, math.tau, 28, endpoint=False)
    tilt, stretch = frame.between(0, math.pi), frame.between(1.0, 1.5)
    wobble = 1 + 0.12 * np.cos(2 * angle + tilt) + 0.08 * np.cos(3 * angle + 2 * tilt)
    along, across = radius * stretch * wobble * np.cos(angle), radius / stretch * wobble * np.sin(angle)
    x = centre[0] + along * math.cos(tilt) - across * math.sin(tilt)
    y = centre[1] + along * math.sin(tilt) + across * math.cos(tilt)
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def _grow_vessel(ink: _Ink, frame: _Frame, start: Point, heading: float, width: float) -> None:
    """Draw a winding vessel that thins out and sends off thinner ones."""
    points, widths = [start], [width]
    bend = 0.0
    for _ in range(int(12 + 7 * width)):
        bend = 0.8 * bend + frame.between(-0.14, 0.14)
        heading += bend
        x, y = points[-1]
        points.append((x + 4.5 * math.cos(heading), y + 4.5 * math.sin(heading)))
        widths.append(widths[-1] * 0.965)
        if widths[-1] > 1.0 and frame.chance(0.13):
            side = heading + frame.between(0.5, 1.0) * (1 if frame.chance(0.5) else -1)
            _grow_vessel(ink, frame, points[-1], side, widths[-1] * frame.between(0.45, 0.7))
    ink.blob(_ribbon(points, widths))


def _paint_akiec(canvas: _Canvas, outline: _Outline) -> None:
    """Paint an actinic keratosis: a red meshwork around pale follicles, under yellowish-white scale."""
    frame = canvas.frame
    border = _cells(frame, frame.between(24, 30), 0.8)
    redness = 0.30 + 0.22 * np.exp(-np.square(border / 0.35)) + 0.10 * _noise(frame, 40)
    canvas.flush(outline.inside * redness)
    canvas.pigment(outline.inside * (0.08 + 0.16 * _step(_noise(frame, 40), 0.3, 1.6)))
    follicles = _step(border, 0.62, 0.95) * outline.inside
    canvas.cover(0.42 * follicles, (0.97, 0.86, 0.74))
    flakes = 0.7 * _noise(frame, 50) + 0.45 * _noise(frame, 14) + 0.35 * _noise(frame, 5)
    scale = _step(flakes, 0.35, 1.35) * _step(outline.reach, 1.0, 0.7)
    ridges = 0.80 + 0.16 * _fibres(frame, frame.between(0, math.pi), 12, 3.5)
    canvas.cover(0.80 * scale * ridges, (0.96, 0.91, 0.80))
    _paint_dotted_vessels(canvas, outline)


def _paint_dotted_vessels(canvas: _Canvas, outline: _Outline) -> None:
    """Scatter small red dots in clusters."""
    frame, ink = canvas.frame, _Ink(canvas.frame)
    for place in _clustered(frame, outline, int(frame.between(30, 60))):
        ink.dot(place, frame.between(1.2, 2.3), frame.between(0.5, 1))
    canvas.flush(0.9 * ink.dried(0.6))


def _paint_bkl(canvas: _Canvas, outline: _Outline) -> None:
    """Paint a seborrheic keratosis: sharply bounded, waxy, with milia-like cysts and comedo-like openings."""
    frame = canvas.frame
    depth = frame.between(0.35, 0.95)
    furrow = np.exp(-np.square((0.8 * _noise(frame, 26) + 0.5 * _noise(frame, 9)) / 0.30))
    rim = 0.25 * _step(outline.reach, 0.78, 0.98)
    body = 0.85 + 0.22 * _noise(frame, 60) + 0.09 * _noise(frame, 8) + rim + 0.30 * furrow
    canvas.pigment(outline.inside * depth * body)
    canvas.cover(outline.inside * frame.between(0.08, 0.24), (0.80, 0.68, 0.60))
    openings = _Ink(frame)
    for place in outline.scatter(frame, int(frame.between(10, 22))):
        openings.blob(_ovoid(frame, place, frame.between(2.5, 7.5)), frame.between(0.6, 1))
    canvas.cover(0.80 * openings.dried(1.0), (0.20, 0.12, 0.07))
    cysts = _Ink(frame)
    for place in outline.scatter(frame, int(frame.between(14, 30))):
        cysts.dot(place, frame.between(2.0, 5.5), frame.between(0.55, 1))
    canvas.cover(0.85 * cysts.dried(1.6), (0.98, 0.93, 0.80))


def _paint_df(canvas: _Canvas, outline: _Outline) -> None:
    """Paint a dermatofibroma: a pale scar-like centre within a delicate network."""
    frame = canvas.frame
    mesh = _network(frame, frame.between(10, 13), 0.7, 0.25)
    ring = _step(outline.reach, 0.25, 0.65)
    canvas.pigment(outline.inside * (0.16 + ring * (0.20 + 0.06 * _noise(frame, 40)) + 0.36 * ring * mesh))
    canvas.flush(outline.inside * (0.10 + 0.06 * _noise(frame, 60)))
    ragged = outline.reach + 0.05 * _noise(frame, 30) + 0.03 * _noise(frame, 9)
    scar = _step(ragged, 0.66, 0.10)
    strands = _fibres(frame, frame.between(0, math.pi), 28, 6) + _noise(frame, 11)
    canvas.cover(scar * (0.66 + 0.065 * strands), (0.96, 0.87, 0.86))


def _paint_vasc(canvas: _Canvas, outline: _Outline) -> None:
    """Paint an angioma: round lacunae, red to purple, crowded on a red ground with pale septa."""
    frame = canvas.frame
    canvas.flush(outline.inside * (0.62 + 0.12 * _noise(frame, 40)))
    red, purple = _Ink(frame), _Ink(frame)
    for place in _crowd(frame, outline, spacing=frame.between(21, 28)):
        shape = _ovoid(frame, place, frame.between(7.5, 14.5))
        red.blob(shape, frame.between(0.45, 1))
        if frame.chance(0.35):
            purple.blob(shape, frame.between(0.3, 1))
    lacunae, dark = red.dried(2.0) * outline.inside, purple.dried(3.0) * outline.inside
    canvas.flush(lacunae * (0.95 + 0.12 * _noise(frame, 12)))
    canvas.pigment(0.18 * lacunae + 0.65 * dark)
    canvas.cover(0.42 * dark, (0.27, 0.12, 0.31))
    shine = 0.8 * _noise(frame, 34) + 0.5 * _noise(frame, 11)
    canvas.cover(0.22 * outline.inside * _step(shine, 0.8, 2.6), (1.0, 0.82, 0.84))


def _crowd(frame: _Frame, outline: _Outline, spacing: float) -> list[Point]:
    """Return the points of a disturbed hexagonal lattice that lie within the outline, in random order."""
    reach = float(outline.radii.max())
    count = math.ceil(reach / spacing) + 1
    places = []
    for row in range(-count, count + 1):
        for column in range(-count, count + 1):
            x = (column + row % 2 / 2 + frame.between(-0.28, 0.28)) * spacing
            y = (row * 0.87 + frame.between(-0.28, 0.28)) * spacing
            if math.hypot(x, y) < 0.93 * outline.radius(math.atan2(y, x)):
                places.append((outline.centre[0] + x, outline.centre[1] + y))
    frame.rng.shuffle(places)
    return places


_PAINTERS: dict[str, Callable[[_Canvas, _Outline], None]] = {
    "akiec": _paint_akiec,
    "bcc": _paint_bcc,
    "bkl": _paint_bkl,
    "df": _paint_df,
    "mel": _paint_mel,
    "nv": _paint_nv,
    "vasc": _paint_vasc,
}


# --- The photograph


def _photograph(frame: _Frame, colours: Floats) -> NDArray[np.uint8]:
    """Turn colours, float32 (h, w, 3), into a picture, uint8 (h, w, 3), as a dermatoscope's camera would."""
    if frame.chance(0.7):
        colours = _lay_hairs(frame, colours)
    light = _light(frame)[:, :, None] * _white_balance(frame)
    colours = colours * light
    if frame.chance(0.35):
        colours = _add_bubbles(frame, colours)
    sharp = Image.fromarray(_to_bytes(colours))
    soft = sharp.filter(ImageFilter.GaussianBlur(frame.between(0.5, 1.0) * frame.unit))
    noise = frame.rng.standard_normal(colours.shape, dtype=np.float32) * np.float32(frame.between(1.0, 2.6) / 255)
    return _to_bytes(np.asarray(soft, np.float32) / 255 + noise)


def _to_bytes(colours: Floats) -> NDArray[np.uint8]:
    return (np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8)


def _light(frame: _Frame) -> Floats:
    """Return the light's strength, float32 (h, w): uneven, weaker outwards, sometimes ending in a dark circle."""
    x, y = frame.grid()
    away = np.hypot(x - np.float32(300), y - np.float32(frame.height / 2)) / math.hypot(300, frame.height / 2)
    uneven = 1.07 + 0.035 * _noise(frame, 300) + 0.05 * _slope(frame)
    light = uneven * (1 - np.float32(frame.between(0.08, 0.28)) * away * away)
    if frame.chance(0.3):
        edge = frame.between(0.84, 0.98)
        light = light * (0.05 + 0.95 * _step(away, edge + 0.02, edge - 0.02))
    return np.asarray(light, np.float32)


def _white_balance(frame: _Frame) -> Floats:
    """Draw a gain per channel, float32 (3,): warm to bluish, as instruments differ."""
    warmth, magenta = frame.between(-0.05, 0.04), frame.between(0, 0.03)
    return np.array((1 + warmth, 1 - magenta, 1 - warmth + magenta), np.float32)


def _lay_hairs(frame: _Frame, colours: Floats) -> Floats:
    """Lay terminal hairs, dark or fair, all leaning roughly one way."""
    ink = _Ink(frame)
    lie = frame.between(0, math.tau)
    for _ in range(int(2 + frame.rng.exponential(5))):
        ink.blob(_hair(frame, lie + frame.rng.normal() * 0.5), frame.between(0.75, 1))
    shade = frame.between(0.06, 0.22) if frame.chance(0.8) else 0.55
    colour = np.array((shade * 1.15, shade * 0.85, shade * 0.70), np.float32)
    cover = ink.dried()[:, :, None]
    return colours + np.float32(0.92) * cover * (colour - colours)


def _hair(frame: _Frame, lie: float) -> list[Point]:
    """Return the polygon of a bent hair that tapers towards its tip."""
    x, y = frame.between(-20, 620), frame.between(-20, frame.height + 20)
    length, thickness = frame.between(70, 330), frame.between(1.3, 3.0)
    turn = frame.rng.normal() * 0.9
    points, widths = [], []
    for step in range(25):
        part = step / 24
        points.append((x, y))
        widths.append(thickness * (1 - part) ** 0.6 + 0.25)
        heading = lie + turn * part
        x, y = x + length / 24 * math.cos(heading), y + length / 24 * math.sin(heading)
    return _ribbon(points, widths)


def _add_bubbles(frame: _Frame, colours: Floats) -> Floats:
    """Add gel bubbles: a faint bright rim and a highlight towards the lamp."""
    rims, sparks = _Ink(frame), _Ink(frame)
    for _ in range(int(frame.between(3, 12))):
        centre, radius = (frame.between(0, 600), frame.between(0, frame.height)), 3 + float(frame.rng.exponential(6))
        rims.ring(centre, radius, 0.14 * radius + 0.5, frame.between(0.25, 0.55))
        sparks.dot((centre[0] - 0.4 * radius, centre[1] - 0.4 * radius), 0.16 * radius + 0.6)
    shine: Floats = np.clip(0.6 * rims.dried(0.7) + 0.9 * sparks.dried(0.5), 0, 1)[:, :, None]
    return colours + shine * (1 - colours)
