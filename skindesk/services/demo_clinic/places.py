"""Where on the drawn body an invented lesion is."""

import random

from skindesk.domain.body import REGIONS, BodyFigure
from skindesk.domain.body_position import BodyPosition
from skindesk.domain.case import LesionDetails
from skindesk.imaging.body_map import centre_of, region_at
from skindesk.services.demo_clinic.diseases import Places

_AROUND = 0.03
"""How far from its region's centre a lesion may be, in widths and heights of the drawing."""
_TRIES = 10


def draw_place(chance: random.Random, figure: BodyFigure, places: Places) -> LesionDetails:
    """One of the regions, and a place within it on this figure."""
    view = chance.choices(list(places), [len(keys) for keys in places.values()])[0]
    key = chance.choice(places[view])
    centre = centre_of(view, key)
    region = REGIONS[key]
    for _ in range(_TRIES):
        x, y = (at + chance.uniform(-_AROUND, _AROUND) for at in (centre.x, centre.y))
        if 0 <= x <= 1 and 0 <= y <= 1 and region_at(figure, BodyPosition(view, x, y)) == region:
            return LesionDetails(region.site, region.name, BodyPosition(view, x, y))
    return LesionDetails(region.site, region.name, centre)
