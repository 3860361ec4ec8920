"""What it is worth to take the pictures of a lesion together: `python -m tests.benchmarks.combining`.

On the lesions of HAM10000's test part that have several pictures: the first picture alone, against the mean over all of
them as `skindesk.domain.combining` takes it. Differences come with 95 % bootstrap intervals over lesions. Needs the
public archive (SKINDESK_DATA names its folder).
"""

import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skindesk.imaging.decode import read_picture_file
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import answer_for
from skindesk.services.models import ModelLibrary
from skindesk.system.paths import Profile
from tests.benchmarks.figures import Figures, print_figures
from training.datasets import read_archive
from training.metrics import accuracy, expected_calibration_error, negative_log_likelihood, unweighted
from training.split import Part

Floats = NDArray[np.float64]
NETWORK = "dermoscopy-7"
DRAWS = 2000


def measure(folder: Path) -> Figures:
    """Figures of one picture and of all of a lesion, and what the second gains."""
    with tempfile.TemporaryDirectory() as temporary:
        classifier = ModelLibrary(Profile(Path(temporary) / "profile")).open(NETWORK)
        lesions = _lesions(folder)
        said = [np.array([_probabilities(path, classifier) for path in paths]) for paths, _ in lesions]
    targets = np.array([classifier.contract.codes.index(code) for _, code in lesions])
    alone, together = np.array([each[0] for each in said]), np.array([each.mean(axis=0) for each in said])
    figures: Figures = {"lesions": len(said), "pictures": sum(map(len, said))}
    named: tuple[tuple[str, Callable[[Floats, NDArray[np.int64]], float]], ...] = (
        ("accuracy", lambda p, t: accuracy(unweighted(p, t))),
        ("calibration error", lambda p, t: expected_calibration_error(unweighted(p, t))),
        ("negative log likelihood", lambda p, t: negative_log_likelihood(unweighted(p, t))),
    )
    generator = np.random.default_rng(1)
    draws = [generator.integers(0, len(targets), len(targets)) for _ in range(DRAWS)]
    for name, figure in named:
        figures[f"{name}, one picture"] = figure(alone, targets)
        figures[f"{name}, all together"] = figure(together, targets)
        gains = [figure(together[at], targets[at]) - figure(alone[at], targets[at]) for at in draws]
        figures[f"{name}, difference, low"], figures[f"{name}, difference, high"] = np.quantile(gains, (0.025, 0.975))
    return figures


def _lesions(folder: Path) -> list[tuple[list[Path], str]]:
    """The pictures of each lesion of the test part that has several, with its class."""
    found: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for record in read_archive("ham10000", folder / "ham10000").records:
        if record.part is Part.TEST:
            found[record.group_id, record.label_code].append(record.path)
    return [(sorted(paths), code) for (_, code), paths in sorted(found.items()) if len(paths) > 1]


def _probabilities(path: Path, classifier: Classifier) -> tuple[float, ...]:
    return answer_for(read_picture_file(path), classifier).answer.prediction.probabilities


if __name__ == "__main__":
    data = Path(os.environ.get("SKINDESK_DATA", "../shared/data"))
    if not (data / "ham10000").is_dir():
        sys.exit("skipped: the public archive is not here; SKINDESK_DATA names its folder")
    print_figures("Pictures of a lesion taken together", measure(data))
