import numpy as np

from skindesk.domain.contract import Geometry, Preprocessing, Resampling
from skindesk.inference.explanation import support_map

SQUASH = Preprocessing(224, 224, Geometry.SQUASH, Resampling.BILINEAR)
FIT = Preprocessing(224, 224, Geometry.FIT, Resampling.BILINEAR)


def cam_with_peak(row: int, column: int) -> np.ndarray:
    cam = np.zeros((7, 7, 3), np.float32)
    cam[row, column, 1] = 5
    return cam


def test_peak_lies_where_the_network_found_it() -> None:
    heat = support_map(cam_with_peak(1, 5), 1, SQUASH, 700, 350)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert (row // 50, column // 100) == (1, 5)
    assert heat.shape == (350, 700)
    assert 0 <= heat.min() <= heat.max() <= 1


def test_class_without_support_has_an_empty_map() -> None:
    assert not support_map(cam_with_peak(3, 3), 0, SQUASH, 70, 70).any()


def test_fit_leaves_what_the_network_did_not_see_empty() -> None:
    heat = support_map(cam_with_peak(3, 3), 1, FIT, 700, 350)
    assert not heat[:, :175].any()
    assert not heat[:, 525:].any()
    assert heat.any()
