import io

import numpy as np
import pytest
from PIL import Image

from skindesk.domain.contract import Geometry, Preprocessing, Resampling
from skindesk.imaging.decode import PictureWarning
from skindesk.imaging.preprocess import decode_for_input, preprocess
from tests.support.pictures import RED, gradient, picture, plain

SQUASH = Preprocessing(224, 224, Geometry.SQUASH, Resampling.BILINEAR)
FIT = Preprocessing(224, 224, Geometry.FIT, Resampling.BILINEAR)


def test_input_has_the_contracts_shape_and_type() -> None:
    result = preprocess(gradient(600, 450), Preprocessing(160, 96, Geometry.SQUASH, Resampling.LANCZOS))
    assert result.shape == (96, 160, 3)
    assert result.dtype == np.uint8


def test_picture_of_the_right_size_is_not_touched() -> None:
    exact = gradient(224, 224)
    assert preprocess(exact, SQUASH) is exact


def test_squash_keeps_the_whole_frame() -> None:
    result = preprocess(gradient(600, 300), SQUASH)
    assert result[0, 0, 0] < 10
    assert result[0, -1, 0] > 245


def test_fit_takes_the_centred_square() -> None:
    result = preprocess(gradient(600, 300), FIT)
    assert result[0, 0, 0] == pytest.approx(255 * 0.25, abs=4)
    assert result[0, -1, 0] == pytest.approx(255 * 0.75, abs=4)


def test_shrinking_is_antialiased() -> None:
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 255
    result = preprocess(stripes, SQUASH)
    assert np.abs(result.astype(int) - 127).max() < 25


def test_faster_decoding_moves_the_input_by_less_than_half_a_level() -> None:
    photo = Image.fromarray(gradient(2000, 1500))
    file = picture(photo, "JPEG", quality=92)
    fast = preprocess(decode_for_input(file, SQUASH).rgb, SQUASH)
    exact = preprocess(np.asarray(Image.open(io.BytesIO(file.content)).convert("RGB")), SQUASH)
    assert np.abs(fast.astype(int) - exact).mean() < 0.5


def test_picture_smaller_than_the_input_is_flagged() -> None:
    assert PictureWarning.LOW_RESOLUTION in decode_for_input(picture(plain(RED, 300, 180)), SQUASH).warnings
    assert PictureWarning.LOW_RESOLUTION not in decode_for_input(picture(plain(RED, 300, 224)), SQUASH).warnings
