"""How long finding similar confirmed cases takes among a hundred thousand, that none is missed, and what it is worth.

The features are those that dermoscopy-7 finds in the pictures of HAM10000 that it had not learned from, extended to a
hundred thousand by mixing neighbours and giving each mixture a remainder of its own. The archive lies in the folder
that SKINDESK_DATA names. `python -m tests.benchmarks.similar` measures this alone.
"""

import csv
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import psutil

from skindesk.imaging.decode import read_picture_file
from skindesk.inference.classifier import Classifier
from skindesk.inference.similarity import Keys, SimilarityIndex, Vectors, vectors_of
from skindesk.services.classify import answer_for
from skindesk.services.similar_cases import LIMIT, SimilarCases
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder, bundled
from tests.benchmarks.figures import Figures, check, print_figures
from training.split import Part, part_of

PICTURES, QUERIES = 100_000, 200
STRANGE_PICTURES, STRANGE_QUERIES = 20_000, 5
MEDIAN_MOST_MS, HELD_MOST_MB = 100.0, 250.0
COMPARED = 5
_DIGEST = "d" * 64
_AT_ONCE = 5_000
_NEIGHBOURS, _SHARED = 10, 128
_MELANOMA, _NEVUS = "mel", "nv"


@dataclass(frozen=True)
class Archive:
    """Features (pictures, features), and of each picture its lesion and diagnosis."""

    features: Vectors
    lesions: tuple[str, ...]
    diagnoses: tuple[str, ...]


def measure(archive: Archive) -> Figures:
    """Milliseconds by the clock and of the processor, megabytes beyond those taken before, and the share of what brute
    force finds.
    """
    known, queries = archive.features[:-QUERIES], archive.features[-QUERIES:]
    key = DataKey.new()
    with tempfile.TemporaryDirectory() as temporary:
        folder = LogFolder(Path(temporary) / "log")
        _fill(folder, key, extended(known, PICTURES))
        with closing(open_case_log(folder, key)) as log:
            return _measured(log, queries)


def worth(archive: Archive) -> Figures:
    """Of the five most alike other lesions, how many per cent have the same diagnosis, and how many would by chance.

    One picture of each lesion asks, all pictures of all others answer.
    """
    unit = archive.features / np.linalg.norm(archive.features, axis=1, keepdims=True)
    asking = [archive.lesions.index(lesion) for lesion in dict.fromkeys(archive.lesions)]
    outcomes = np.array([archive.diagnoses[row] for row in asking])
    found = [[archive.diagnoses[near] for near in _others(archive, unit, row)] for row in asking]
    same = np.array([near.count(was) / COMPARED for near, was in zip(found, outcomes, strict=True)])
    chance = np.array([(np.count_nonzero(outcomes == was) - 1) / (len(outcomes) - 1) for was in outcomes])
    melanomas = outcomes == _MELANOMA
    nevi = [near.count(_NEVUS) / COMPARED for near, was in zip(found, melanomas, strict=True) if was]
    drawn = np.random.default_rng(0).integers(0, len(same), (1000, len(same)))
    low, high = np.quantile(same[drawn].mean(axis=1), (0.025, 0.975))
    figures = {
        "lesions": len(asking),
        "same_diagnosis_percent": 100 * float(same.mean()),
        "same_diagnosis_low_percent": 100 * float(low),
        "same_diagnosis_high_percent": 100 * float(high),
        "by_chance_percent": 100 * float(chance.mean()),
        "nevi_beside_melanomas_percent": 100 * statistics.fmean(nevi),
    }
    for diagnosis in sorted(set(outcomes)):
        of_it = outcomes == diagnosis
        figures[f"{diagnosis}_percent"] = 100 * float(same[of_it].mean())
        figures[f"{diagnosis}_by_chance_percent"] = 100 * float(chance[of_it].mean())
    return figures


def strange() -> Figures:
    """The same of features that have nothing in common: nothing is spared then, and nothing may be missed."""
    chance = np.random.default_rng(7)
    vectors = chance.standard_normal((STRANGE_PICTURES, 2_560), np.float32)
    keys = np.arange(STRANGE_PICTURES)
    index = SimilarityIndex.fitted(vectors[:4096]).changed((), ((keys, keys, vectors),))

    def whole(wanted: Sequence[int]) -> tuple[Keys, Vectors]:
        return np.array(wanted), vectors[wanted]

    spent_s, right = [], 0
    for query in chance.standard_normal((STRANGE_QUERIES, 2_560), np.float32):
        begun_s = time.perf_counter()
        found = index.nearest(query, whole, LIMIT)
        spent_s.append(time.perf_counter() - begun_s)
        likeness = vectors @ query / np.linalg.norm(vectors, axis=1)
        right += [near.key for near in found] == np.argsort(-likeness)[:LIMIT].tolist()
    return {
        "strange_pictures": STRANGE_PICTURES,
        "strange_recall": right / STRANGE_QUERIES,
        "strange_median_ms": 1000 * statistics.median(spent_s),
    }


def read_archive() -> Archive:
    """What the network finds in the pictures of lesions that it had not learned from. Takes a minute or two."""
    data = Path(os.environ.get("SKINDESK_DATA", Path(__file__).parents[3] / "shared" / "data")) / "ham10000"
    check(data.is_dir(), f"no archive in {data}: set SKINDESK_DATA to the folder of the public archives")
    with (data / "HAM10000_metadata.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if part_of(row["lesion_id"]) is Part.TEST]
    files = {path.stem: path for path in data.glob("HAM10000_images_part_*/*.jpg")}
    classifier = Classifier.load(bundled("models") / "dermoscopy-7")
    rows.sort(key=lambda row: row["image_id"])
    found = [answer_for(read_picture_file(files[row["image_id"]]), classifier).answer.embedding for row in rows]
    lesions, diagnoses = (tuple(row[name] for row in rows) for name in ("lesion_id", "dx"))
    return Archive(np.stack(found), lesions, diagnoses)


def extended(known: Vectors, count: int) -> Iterator[Vectors]:
    """Features like these, some thousands at a time: mixtures of neighbours whose remainder, beyond the directions that
    they share, is turned at random and stays as long as it was.
    """
    chance = np.random.default_rng(1)
    unit = known / np.linalg.norm(known, axis=1, keepdims=True)
    shared = np.linalg.svd(unit, full_matrices=False).Vh[:_SHARED].T
    rest = unit - unit @ shared @ shared.T
    length = np.linalg.norm(rest, axis=1, keepdims=True)
    near = np.argsort(-(unit @ unit.T), axis=1)[:, 1 : _NEIGHBOURS + 1]
    for first in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - first)
        one, other = chance.integers(0, len(known), (2, size))
        share = chance.random((size, 1), np.float32)
        mixed = share * unit[one] + (1 - share) * unit[near[one, chance.integers(0, _NEIGHBOURS, size)]]
        along = mixed @ shared @ shared.T
        turned = _unit(mixed - along) + _unit(rest[other]) * chance.choice(np.array([-1, 1], np.float32), (size, 1))
        yield np.asarray(along + _unit(turned) * length[one], np.float32)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _measured(log: CaseLog, queries: Vectors) -> Figures:
    similar, before = SimilarCases(log), _resident_mb()
    with _peak_mb() as peak:
        begun_s = time.perf_counter()
        similar.prepare(_DIGEST)
        build_s = time.perf_counter() - begun_s
    after = _resident_mb()
    clock_ms, busy_ms, answers = [], [], []
    for query in queries:
        began_s, busy_s = time.perf_counter(), time.process_time()
        answers.append([case.image_id for case in similar.find(_DIGEST, query).cases])
        clock_ms.append(1000 * (time.perf_counter() - began_s))
        busy_ms.append(1000 * (time.process_time() - busy_s))
    expected = _brute_force(log, queries)
    pairs = zip(answers, expected, strict=True)
    figures = {
        "pictures": PICTURES,
        "build_s": build_s,
        "median_ms": statistics.median(clock_ms),
        "worst_ms": max(clock_ms),
        "median_processor_ms": statistics.median(busy_ms),
        "worst_processor_ms": max(busy_ms),
        "recall": statistics.fmean(len(set(found) & set(best)) / LIMIT for found, best in pairs),
        "held_mb": after - before,
        "more_while_building_mb": peak[0] - before,
    }
    check(figures["recall"] == 1, "a case was missed")
    return figures


def _brute_force(log: CaseLog, queries: Vectors) -> list[list[int]]:
    """The pictures most alike, by comparing with every one of them."""
    unit, ids = _unit(queries), log.embeddings.confirmed_ids(_DIGEST)
    likest: list[list[tuple[float, int]]] = [[] for _ in queries]
    for first in range(0, len(ids), _AT_ONCE):
        pictures = log.embeddings.pictures(_DIGEST, ids[first : first + _AT_ONCE])
        likeness = unit @ _unit(vectors_of([picture.features for picture in pictures])).T
        for at, row in enumerate(likeness):
            best = np.argpartition(-row, LIMIT)[:LIMIT]
            likest[at] += [(float(row[place]), pictures[place].image_id) for place in best]
            likest[at] = sorted(likest[at], reverse=True)[:LIMIT]
    return [[image_id for _, image_id in best] for best in likest]


def _others(archive: Archive, unit: Vectors, row: int) -> list[int]:
    """The likest picture of each of the likest other lesions."""
    found: dict[str, int] = {}
    for near in np.argsort(-(unit @ unit[row])):
        if archive.lesions[near] != archive.lesions[row]:
            found.setdefault(archive.lesions[near], int(near))
        if len(found) == COMPARED:
            break
    return list(found.values())


def _fill(folder: LogFolder, key: DataKey, parts: Iterator[Vectors]) -> None:
    """A closed case for each picture, past the program's own saving, which would take hours."""
    open_case_log(folder, key).close()
    number = 0
    with closing(DatabaseFile(folder.database, key.database).connect()) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for part in parts:
            connection.execute("BEGIN")
            for features in part.astype("<f2"):
                number += 1
                _insert_case(connection, number, features.tobytes())
            connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")


def _insert_case(connection: Any, number: int, features: bytes) -> None:
    at, day = "2024-01-01 10:00:00.000000", "2024-01-01"
    named, sha256 = f"p{number}", f"{number:064x}"
    rows: dict[str, dict[str, object]] = {
        "patient": {"id": number, "identifier": named, "identifier_key": named, "family_name": "F", "given_name": "G"}
        | {"name_key": "f g", "sex": "female", "skin_type": "II", "created_at": at},
        "lesion": {"id": number, "patient_id": number, "number": 1, "site": "unknown", "description": ""}
        | {"last_visit_at": at, "recency": number, "state": "closed"},
        "visit": {"id": number, "lesion_id": number, "day": day, "visited_at": at},
        "image": {"id": number, "visit_id": number, "sha256": sha256, "file_name": "l.jpg", "media_type": "image/jpeg"}
        | {"width_px": 600, "height_px": 450, "modality": "dermoscopic", "created_at": at},
        "embedding": {"image_id": number, "model_digest": _DIGEST, "features": features},
        "final_diagnosis": {"lesion_id": number, "diagnosis": "nv", "malignancy": "benign", "decided_on": day}
        | {
            "confirmed_by": "histopathology",
            "text": "",
            "attachment_name": "",
            "attachment_type": "",
            "created_at": at,
        },
    }
    for table, row in rows.items():
        places = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)


@contextmanager
def _peak_mb() -> Iterator[list[float]]:
    """The most memory that was taken meanwhile, looked at a hundred times a second."""
    peak, done = [_resident_mb()], Event()

    def watch() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], _resident_mb())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


if __name__ == "__main__":
    pictures = read_archive()
    print_figures("What similar cases are worth", worth(pictures))
    print_figures("Features with nothing in common", strange())
    measured = measure(pictures)
    print_figures("Similar cases", measured)
    check(measured["median_ms"] < MEDIAN_MOST_MS, "finding takes too long")
    check(measured["more_while_building_mb"] < HELD_MOST_MB, "too much memory is taken")
