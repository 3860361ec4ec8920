"""What is done to areas of a picture: grow, shrink, fill, close, find their border."""

import cv2
import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.outline.values import Floats, Mask


def contour(area: Mask) -> NDArray[np.int32]:
    """The outer border of the largest part: int32 (count, 2). `area` must not be empty."""
    contours, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(contours, key=cv2.contourArea)[:, 0, :], np.int32)


def filled(area: Mask) -> Mask:
    """The largest part without holes; nothing where there is nothing."""
    whole = np.zeros(area.shape, np.uint8)
    if area.any():
        cv2.fillPoly(whole, [contour(area)], 1)
    return np.asarray(whole > 0)


def grown(area: Mask, by_px: int) -> Mask:
    """The area and what lies that near to it."""
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((3, 3)), iterations=by_px) > 0)


def shrunk(area: Mask, by_px: int) -> Mask:
    """What lies deeper within than that; the picture's edge counts as a border."""
    small = cv2.erode(
        area.astype(np.uint8),
        np.ones((3, 3)),
        iterations=by_px,
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return np.asarray(small > 0)


def depth(area: Mask) -> Floats:
    """How far each pixel of the area lies from its border; the picture's edge is none."""
    return np.asarray(cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)


def closed(area: Mask, reach_px: int) -> Mask:
    """Fill bays and gaps up to twice that wide."""
    framed = np.pad(area, reach_px + 2)
    grown_by = depth(~framed) <= reach_px
    return np.asarray((depth(grown_by) > reach_px)[reach_px + 2 : -reach_px - 2, reach_px + 2 : -reach_px - 2])


def without_arms(area: Mask, reach_px: float) -> Mask:
    """Cut off what is narrower than twice that; all of it stays where nothing is wider."""
    core = depth(np.pad(area, 1))[1:-1, 1:-1] > reach_px
    return filled(area & (depth(~core) <= 1.1 * reach_px)) if core.any() else area


def alike(first: Mask, second: Mask) -> float:
    """The Jaccard index: how much of both is in both."""
    return float((first & second).sum() / (first | second).sum())


def disc(diameter_px: int) -> NDArray[np.uint8]:
    """A round brush."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter_px, diameter_px)), np.uint8)
