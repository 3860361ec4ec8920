"""One training run's folder: what it was, how far it came, and its weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skindesk.system.files import write_durably
from training.errors import TrainingError


@dataclass(frozen=True)
class Run:
    """The files of a run; each name is stated here and nowhere else."""

    folder: Path

    @property
    def record(self) -> Path:
        """What was trained: configuration file, data, commit, versions."""
        return self.folder / "run.json"

    @property
    def progress(self) -> Path:
        """Which stage and epoch the checkpoint closes."""
        return self.folder / "progress.json"

    @property
    def checkpoint(self) -> Path:
        """Weights and optimiser state after the last finished epoch."""
        return self.folder / "checkpoint.weights.h5"

    @property
    def average(self) -> Path:
        """The running average of the weights, beside the checkpoint."""
        return self.folder / "average.npz"

    @property
    def best(self) -> Path:
        """The weights of the epoch that did best on the validation part."""
        return self.folder / "best.weights.h5"

    @property
    def history(self) -> Path:
        """One row an epoch."""
        return self.folder / "history.csv"

    @property
    def evaluation(self) -> Path:
        """The folder of figures and report that `evaluate` writes."""
        return self.folder / "evaluation"

    @property
    def figures(self) -> Path:
        """All of an evaluation's figures."""
        return self.evaluation / "evaluation.json"

    @property
    def times(self) -> Path:
        """How long the network takes for a picture."""
        return self.folder / "times.json"

    @property
    def report(self) -> Path:
        """The evaluation as a page to read."""
        return self.evaluation / "report.html"

    @property
    def calibration(self) -> Path:
        """Temperature, class mix and decision rule, set on the validation part."""
        return self.folder / "calibration.json"

    @property
    def teacher(self) -> Path:
        """The network as ONNX, from which another run learns."""
        return self.folder / "teacher.onnx"

    @property
    def novelty(self) -> Path:
        """The parameters and threshold of the novelty score."""
        return self.folder / "novelty.npz"


def save_weights(model: Any, path: Path) -> None:
    """Save a Keras model's weights, whole or not at all."""
    temporary = path.with_name(f"new-{path.name}")
    model.save_weights(temporary, overwrite=True)
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write JSON durably and readably."""
    write_durably(path, json.dumps(value, indent=2, ensure_ascii=False).encode())


def read_json(path: Path, missing: str) -> Any:
    """Read JSON. Raises TrainingError with the advice `missing` where the file is absent."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise TrainingError(f"{path} does not exist.", missing) from error
