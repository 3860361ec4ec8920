"""Pictures of any folder as a network's input, read by the program's own code."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import Preprocessing
from skindesk.imaging.decode import read_picture_file
from skindesk.imaging.preprocess import decode_for_input, preprocess
from training.errors import TrainingError

_SUFFIXES = {".jpg", ".jpeg", ".png"}


def load_folder(folder: Path, spec: Preprocessing) -> NDArray[np.uint8]:
    """Every JPEG and PNG file under a folder, in the order of their paths: uint8 (n, height, width, 3).

    Raises TrainingError where there is none, ImageRejectedError for one that cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not files:
        raise TrainingError(f"{folder} holds no JPEG or PNG picture.", "Name a folder of pictures.")
    return np.stack([preprocess(decode_for_input(read_picture_file(path), spec).rgb, spec) for path in files])
