import csv
from pathlib import Path

import numpy as np
from PIL import Image

from training.datasets.fingerprint import fingerprints, same_pictures
from training.phantoms import generate


def test_flat_pictures_are_like_none(tmp_path: Path) -> None:
    paths = [tmp_path / f"{at}.png" for at in range(3)]
    for path in paths:
        Image.new("RGB", (90, 90), (200, 150, 130)).save(path)
    prints = fingerprints(paths)
    assert same_pictures([entry for entry in prints if entry is not None]) == []


def test_likeness_survives_light_compression_and_blur_but_not_another_lesion(tmp_path: Path) -> None:
    original = Image.fromarray(generate("mel", 5, 300, 225).rgb)
    brighter = Image.fromarray((np.asarray(original, np.float32) * 1.08).clip(0, 255).astype(np.uint8))
    other = Image.fromarray(generate("mel", 6, 300, 225).rgb)
    for name, picture in (("a", original), ("b", brighter), ("c", original.resize((100, 75))), ("d", other)):
        picture.save(tmp_path / f"{name}.jpg", quality=50)
    prints = fingerprints([tmp_path / f"{name}.jpg" for name in "abcd"])
    assert same_pictures([entry for entry in prints if entry is not None]) == [(0, 1), (0, 2), (1, 2)]


def test_real_pictures_of_two_archives_are_recognised_as_the_same(real_data: Path) -> None:
    copies = sorted((real_data / "isic9").rglob("vascular lesion/*.jpg"))[:40]
    with (real_data / "ham10000" / "HAM10000_metadata.csv").open(newline="", encoding="utf-8") as file:
        lesion = {row["image_id"]: row["lesion_id"] for row in csv.DictReader(file)}
    originals = [next((real_data / "ham10000").rglob(f"{path.stem}.jpg")) for path in copies]
    prints = [entry for entry in fingerprints([*copies, *originals]) if entry is not None]
    pairs = set(same_pictures(prints))
    assert {(at, at + len(copies)) for at in range(len(copies))} <= pairs
    names = [path.stem for path in (*copies, *originals)]
    assert all(lesion[names[first]] == lesion[names[second]] for first, second in pairs)
