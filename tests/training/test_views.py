import numpy as np
from numpy.typing import NDArray

from training.figures import MIXES
from training.views import eight_views, measure_eight_views

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8)


def test_eight_views_are_all_different_and_the_first_is_the_picture() -> None:
    views = list(eight_views(PICTURES))
    np.testing.assert_array_equal(views[0], PICTURES)
    assert len({view[0].tobytes() for view in views}) == 8
    assert {tuple(np.sort(view[0], axis=None)) for view in views} == {tuple(np.sort(PICTURES[0], axis=None))}


def test_probabilities_not_logits_are_averaged_over_views() -> None:
    """One view is sure of the wrong class; seven are less sure of the right one."""

    def predict(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        unchanged = np.array_equal(pictures, PICTURES)
        return np.tile((30.0, 0.0) if unchanged else (0.0, 2.0), (len(pictures), 1))

    def probabilities_of(logits: NDArray[np.float64], power: float) -> NDArray[np.float64]:
        odds = np.exp(logits)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    measured = measure_eight_views(predict, probabilities_of, PICTURES, np.array([1, 1, 1]), ("a", "b", "c"))
    assert list(measured) == list(MIXES)
    assert measured["archive_mix"]["accuracy"]["value"] == 1.0  # averaged logits would answer the first class
