"""What the invented clinic photographs: phantoms, on the patient's own skin, turned and moved a little each time."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.domain.capture import Capture, DermoscopicType, PictureKind
from skindesk.domain.case import PictureDetails, SkinType
from skindesk.domain.contract import Modality
from skindesk.imaging.phantoms import FORMS, Skin, as_jpeg, paint_skin, take
from skindesk.services.demo_clinic.planned import PlannedLesion, PlannedVisit

WIDTH_PX, HEIGHT_PX = 440, 330
MM_PER_PX = 0.038
_SKIN = (540, 405)
"""As much larger than a picture that a turned one shows nothing else."""
_SIZE_AT_FIRST = 0.64
"""Of a phantom's usual radius, so that there is room to grow."""
_TONES = {
    SkinType.I: 0.02,
    SkinType.II: 0.12,
    SkinType.III: 0.28,
    SkinType.IV: 0.46,
    SkinType.V: 0.68,
    SkinType.VI: 0.92,
}


@dataclass(frozen=True)
class DrawnPicture:
    """A picture of one visit, ready to be saved."""

    visit: PlannedVisit
    details: PictureDetails
    content: bytes


def draw_pictures(lesion: PlannedLesion, skin_type: SkinType) -> Iterator[DrawnPicture]:
    """Every picture of a lesion, oldest first; the skin is painted anew only when the lesion has grown."""
    painted: dict[float, Skin] = {}
    for visit in lesion.visits:
        if visit.grown not in painted:
            painted = {visit.grown: _painted(lesion, visit.grown, _TONES.get(skin_type))}
        for camera in visit.cameras:
            yield _photographed(painted[visit.grown], visit, camera)


def _painted(lesion: PlannedLesion, grown: float, tone: float | None) -> Skin:
    low, high = FORMS[lesion.code].radius
    factor = _SIZE_AT_FIRST * grown
    return paint_skin(lesion.code, lesion.seed, _SKIN, (low * factor, high * factor), tone)


def _photographed(skin: Skin, visit: PlannedVisit, camera: int) -> DrawnPicture:
    content = as_jpeg(take(skin, camera, _held_at(camera), (WIDTH_PX, HEIGHT_PX)))
    details = PictureDetails(
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=f"generated-{camera:06}.jpg",
        media_type="image/jpeg",
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        modality=Modality.DERMOSCOPIC,
        capture=Capture(
            PictureKind.DERMOSCOPIC,
            DermoscopicType.CONTACT_POLARIZED,
            visit.visited_at.astimezone().replace(tzinfo=None).isoformat(timespec="seconds"),
            "Generated phantom",
            MM_PER_PX,
        ),
    )
    return DrawnPicture(visit, details, content)


def _held_at(camera: int) -> NDArray[np.float64]:
    """How the hand holds the camera: the matrix that carries the picture's pixels onto the skin's."""
    hand = np.random.default_rng([camera, 3])
    turn = np.asarray(cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), hand.uniform(-7, 7), 1.0), np.float64)
    right, down = hand.uniform(-8, 8, 2) + (np.array(_SKIN) - (WIDTH_PX, HEIGHT_PX)) / 2
    turn[:, 2] += (right, down)
    return turn
