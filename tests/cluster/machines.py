"""A scheduler and workers of one's own on the loopback, each a process as on a real cluster."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_START_S = 60


@dataclass
class Machines:
    """A running scheduler, and the workers that were started for it; `folder` has their logs."""

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, preload: str = "", cwd: Path = ROOT, threads: int = 1) -> None:
        """Start a worker under a nanny, which starts it again when it ends. `preload` is Python run in it first."""
        name = f"worker-{len(self.workers)}"
        host = f"{self.address.partition(':')[0]}://127.0.0.1"
        how = ["--nthreads", str(threads), "--nworkers", "1", "--host", host, "--no-dashboard", "--name", name]
        how += ["--memory-limit", "0", "--local-directory", str(self.folder)]
        if preload:
            (self.folder / f"{name}.py").write_text(preload, "utf-8")
            how += ["--preload", str(self.folder / f"{name}.py")]
        self.workers.append(_start(self.folder / f"{name}.log", cwd, "worker", self.address, *how))

    def pids(self) -> dict[str, int]:
        """The processes of the workers that are there, by their addresses."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return dict(client.run(os.getpid))

    def wait_for_workers(self, count: int) -> None:
        """Return once so many workers are there."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=_START_S)

    def stop_scheduler(self) -> None:
        """End the scheduler at once, as a crash would."""
        self.scheduler.kill()
        self.scheduler.wait(_START_S)

    def close(self) -> None:
        """End all of it."""
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (*self.workers, self.scheduler):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(15)


@contextmanager
def machines(folder: Path, workers: int = 0, preload: str = "", scheme: str = "tcp") -> Iterator[Machines]:
    """A scheduler, which first runs `preload`, with so many workers; they end with the block."""
    told = folder / "scheduler.json"
    how = ["--host", f"{scheme}://127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
    if preload:
        (folder / "scheduler.py").write_text(preload, "utf-8")
        how += ["--preload", str(folder / "scheduler.py")]
    scheduler = _start(folder / "scheduler.log", ROOT, "scheduler", *how)
    running = Machines(folder, "", scheduler)
    try:
        running.address = _address_in(told, scheduler)
        for _ in range(workers):
            running.add_worker()
        yield running
    finally:
        running.close()


def _start(log: Path, cwd: Path, *command: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            cwd=cwd,
            stdout=file,
            stderr=file,
            env={**os.environ, "PYTHONPATH": path},
        )


def _address_in(told: Path, scheduler: subprocess.Popen[bytes]) -> str:
    given_up_at_s = time.monotonic() + _START_S
    while time.monotonic() < given_up_at_s and scheduler.poll() is None:
        try:
            return str(json.loads(told.read_text("utf-8"))["address"])
        except (OSError, ValueError, KeyError):
            time.sleep(0.05)
    raise RuntimeError("the scheduler did not start")
