"""Where a mask lies in the original: the boxes around its largest parts."""

import cv2
import numpy as np

from skindesk.domain.region import Region
from skindesk.imaging.quality.scene import Mask, Scene

_MOST = 6
_JOINED = 3
"""Pixels of the mask: parts as near as this are marked as one."""


def boxes_around(mask: Mask, scene: Scene) -> tuple[Region, ...]:
    """The boxes around the largest parts of a mask of any size that covers the frame, largest first."""
    height, width = mask.shape
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((_JOINED, _JOINED), np.uint8))
    _, _, sizes, _ = cv2.connectedComponentsWithStats(joined)
    largest = sorted(sizes[1:], key=lambda size: -int(size[cv2.CC_STAT_AREA]))[:_MOST]
    return tuple(
        scene.region(left / width, top / height, (left + wide) / width, (top + tall) / height)
        for left, top, wide, tall, _ in (map(int, size) for size in largest)
    )
