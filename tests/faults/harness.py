"""Prepares profiles, sends runs to the workers, and reads what they said."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.faults.workers import Order
from tests.faults.workflows import ALL

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("shim.c")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@dataclass(frozen=True)
class Run:
    """What became of one run. `broken` holds the traces of errors that no user should ever see."""

    status: int
    told: tuple[str, ...]
    refused: tuple[str, ...]
    broken: tuple[str, ...]
    changes: int | None


class Workers:
    """The process that forks the runs. One order at a time."""

    def __init__(self, folder: Path, shim: Path) -> None:
        self._folder = folder
        self._templates: dict[str, Path] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.workers"],
            cwd=ROOT,
            env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    @contextmanager
    def prepared(self, workflow: str) -> Iterator[Path]:
        """A fresh copy of a workflow's prepared folder, removed afterwards."""
        if workflow not in self._templates:
            template = self._folder / f"template of {workflow}"
            template.mkdir()
            ALL[workflow].prepare(template)
            self._templates[workflow] = template
        with tempfile.TemporaryDirectory(dir=self._folder) as made:
            folder = Path(made).resolve() / "work"
            shutil.copytree(self._templates[workflow], folder)
            yield folder

    def run(self, workflow: str, folder: Path, **how: Any) -> Run:
        """One run of a workflow in a prepared folder; `how` are the fields of an Order."""
        said = folder.with_name("said")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(Order(workflow, str(folder), str(said), **how))) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        lines = [json.loads(line) for line in said.read_text("utf-8").splitlines()] if said.exists() else []
        said.unlink(missing_ok=True)

        def of(kind: str) -> tuple[str, ...]:
            return tuple(text for name, text in lines if name == kind)

        return Run(status, of("told"), of("refused"), of("broken"), int(of("changes")[0]) if of("changes") else None)


@contextmanager
def workers_in(folder: Path) -> Iterator[Workers]:
    workers = Workers(folder, build_shim())
    try:
        yield workers
    finally:
        workers.close()


def build_shim() -> Path:
    """The shared library, built anew where its source has changed."""
    library = ROOT / "build" / "faults-shim.so"
    if not library.exists() or library.stat().st_mtime < SOURCE.stat().st_mtime:
        library.parent.mkdir(exist_ok=True)
        assert COMPILER is not None
        subprocess.run(
            [COMPILER, "-Wall", "-Wextra", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl", "-pthread"],
            check=True,
        )
    return library
