"""Whether the proposed region helps a network: real pictures of the test part, as they are and with small lesions.

A small lesion is made by laying a picture into the middle of more skin: its own, the lesion taken out, mirrored again
and again. Needs HAM10000 (SKINDESK_DATA, see tests/conftest.py) and models/dermoscopy-7.
"""

import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from skindesk.imaging.outline import ProposedOutline, propose_outline
from skindesk.imaging.outline.skin import skin_colour
from skindesk.imaging.preprocess import preprocess
from skindesk.imaging.region import propose_region
from skindesk.inference.classifier import Classifier
from tests.benchmarks.figures import Figures, print_figures
from tests.support.outlines import inside
from training.split import Part, part_of

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("SKINDESK_DATA", ROOT.parent / "shared" / "data")) / "ham10000"
PICTURES = 220
WIDTH_PX, HEIGHT_PX = 600, 450
TIMES = (1, 2, 3)

Picture = NDArray[np.uint8]


def measure(count: int = PICTURES) -> Figures:
    """Accuracy and balanced accuracy of the whole picture and of the proposed region, by how many times more skin."""
    network = Classifier.load(ROOT / "models" / "dermoscopy-7")
    codes = [label.code for label in network.contract.labels]
    truth: list[int] = []
    answers: dict[str, list[int]] = {f"{way}_{times}x": [] for times in TIMES for way in ("whole", "region")}
    proposed = dict.fromkeys(TIMES, 0)
    for code, picture in _pictures(count):
        truth.append(codes.index(code))
        for times in TIMES:
            seen = picture if times == 1 else in_more_skin(picture, times)
            part = _proposed(seen)
            proposed[times] += part is not None
            whole = _answer(network, seen)
            answers[f"whole_{times}x"].append(whole)
            answers[f"region_{times}x"].append(whole if part is None else _answer(network, part))
    figures: Figures = {"pictures": len(truth)}
    for times in TIMES:
        figures[f"proposed_{times}x"] = proposed[times] / len(truth)
    for name, given in answers.items():
        figures |= _accuracies(name, np.array(truth), np.array(given))
    return figures


def in_more_skin(picture: Picture, times: int) -> Picture:
    """The picture in the middle of that many times its width and height of its own skin."""
    height, width = picture.shape[:2]
    healed = _without_lesion(picture)
    room = ((times - 1) * height // 2 + 1, (times - 1) * width // 2 + 1)
    more = np.pad(healed, ((room[0], room[0]), (room[1], room[1]), (0, 0)), mode="symmetric")
    more[room[0] : room[0] + height, room[1] : room[1] + width] = picture
    return more


def _without_lesion(picture: Picture) -> Picture:
    """The skin's smooth colour in the lesion's place, with the noise of the skin around."""
    found = propose_outline(picture)
    if not isinstance(found, ProposedOutline):
        return picture
    height, width = picture.shape[:2]
    lesion = cv2.dilate(inside(found.points, width, height).astype(np.uint8), np.ones((3, 3)), iterations=6) > 0
    if (~lesion).mean() < 0.1:
        return picture
    colours = picture.astype(np.float32)
    skin = skin_colour(colours, ~lesion, terms=3)
    noise = np.random.default_rng(0).normal(0, 2, picture.shape)
    soft = cv2.GaussianBlur(lesion.astype(np.float32), (0, 0), 4)[:, :, None]
    return np.clip(colours + soft * (skin + noise - colours), 0, 255).astype(np.uint8)


def _proposed(picture: Picture) -> Picture | None:
    height, width = picture.shape[:2]
    found = propose_outline(picture)
    region = propose_region(found.points, width, height) if isinstance(found, ProposedOutline) else None
    if region is None:
        return None
    return picture[region.top : region.top + region.height, region.left : region.left + region.width]


def _answer(network: Classifier, picture: Picture) -> int:
    ready = preprocess(np.ascontiguousarray(picture), network.contract.preprocessing)
    return int(network.run(ready).probabilities.argmax())


def _pictures(count: int) -> Iterator[tuple[str, Picture]]:
    """Class and picture, brought back to 4:3, one for each lesion of the test part, in a fixed random order."""
    with (DATA / "HAM10000_metadata.csv").open(encoding="utf-8") as table:
        rows = {row["lesion_id"]: row for row in csv.DictReader(table) if part_of(row["lesion_id"]) is Part.TEST}
    order = np.random.default_rng(4).permutation(len(rows))[:count]
    chosen = list(rows.values())
    for row in (chosen[at] for at in order):
        path = next(DATA.glob(f"HAM10000_images_part_*/{row['image_id']}.jpg"))
        with Image.open(path) as image:
            squashed = np.asarray(image.convert("RGB"))
        picture = cv2.resize(squashed, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
        yield row["dx"], np.asarray(picture, np.uint8)


def _accuracies(name: str, truth: NDArray[np.int64], given: NDArray[np.int64]) -> Figures:
    right = truth == given
    recalls = [right[truth == label].mean() for label in np.unique(truth)]
    return {f"{name}_accuracy": float(right.mean()), f"{name}_balanced_accuracy": float(np.mean(recalls))}


if __name__ == "__main__":
    if not DATA.is_dir():
        sys.exit("error: no HAM10000 here: set SKINDESK_DATA to the folder of archives")
    print_figures("The proposed region, dermoscopy-7", measure(int(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
