"""The colour that stands beside a patient's name, on the screen and on paper."""

import zlib

from skindesk.domain.case import Patient

_HUES_DEG = (200, 330, 45, 270, 100, 15, 170, 300)
"""Far enough apart to be told from one another at a glance; the words beside the colour decide."""

SATURATION, LIGHTNESS = 150 / 255, 105 / 255
"""On white."""


def hue_deg(patient: Patient) -> int:
    """The patient's hue, 0 to 359, which is always the same."""
    return _HUES_DEG[zlib.crc32(patient.details.identifier.strip().casefold().encode()) % len(_HUES_DEG)]
