"""Where a lesion's marks lie and what shape they have: clusters and crowds, ovals and branching vessels."""

import math

import numpy as np

from skindesk.imaging.phantoms.frame import Frame, Point
from skindesk.imaging.phantoms.ink import Ink, ribbon
from skindesk.imaging.phantoms.outline import Outline


def clustered(frame: Frame, outline: Outline, count: int) -> list[Point]:
    """Draw points in a few clusters rather than evenly."""
    homes = outline.scatter(frame, 3, 0.75)
    drift = frame.rng.normal(scale=24, size=(count, 2))
    return [(homes[i % 3][0] + float(dx), homes[i % 3][1] + float(dy)) for i, (dx, dy) in enumerate(drift)]


def crowd(frame: Frame, outline: Outline, spacing: float) -> list[Point]:
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


def ovoid(frame: Frame, centre: Point, radius: float) -> list[Point]:
    """Return the polygon of an uneven oval."""
    angle = np.linspace(0, math.tau, 28, endpoint=False)
    tilt, stretch = frame.between(0, math.pi), frame.between(1.0, 1.5)
    wobble = 1 + 0.12 * np.cos(2 * angle + tilt) + 0.08 * np.cos(3 * angle + 2 * tilt)
    along, across = radius * stretch * wobble * np.cos(angle), radius / stretch * wobble * np.sin(angle)
    x = centre[0] + along * math.cos(tilt) - across * math.sin(tilt)
    y = centre[1] + along * math.sin(tilt) + across * math.cos(tilt)
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def grow_vessel(ink: Ink, frame: Frame, start: Point, heading: float, width: float) -> None:
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
            grow_vessel(ink, frame, points[-1], side, widths[-1] * frame.between(0.45, 0.7))
    ink.blob(ribbon(points, widths))
