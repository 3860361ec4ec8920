"""A PostgreSQL server of one's own on this computer, which ends with the tests."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB"}
"""Of a server that lives for minutes, on a disk that need not keep anything."""
_UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL refuses to run as root."""


def binaries() -> Path | None:
    """The folder of the newest server's programs on this computer, if there is any."""
    named = os.environ.get("SKINDESK_POSTGRES_BIN")
    if named:
        return Path(named)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    beside = shutil.which("initdb")
    return found[-1].parent if found else Path(beside).parent if beside else None


@dataclass
class Server:
    """A running server, and how to start it again where it was stopped; `tests` counts those that worked on it."""

    programs: Path
    folder: Path
    port: int
    settings: dict[str, str]
    process: subprocess.Popen[bytes]
    made: int = 0
    tests: int = 0

    def address(self, database: str) -> str:
        """How SkinDesk is to be told of one of its databases."""
        return f"postgresql+psycopg://skindesk@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """An outsider's connection, each statement of which is committed at once."""
        return psycopg.connect(host="127.0.0.1", port=self.port, user="skindesk", dbname=database, autocommit=True)

    def new_database(self) -> str:
        """An empty database; returns its name."""
        self.made += 1
        name = f"log_{self.made}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def wait_until(self, question: str, answer: object) -> None:
        """Until a new connection gets this answer, as after its settings were read again."""
        given_up_at_s = time.monotonic() + 30
        while time.monotonic() < given_up_at_s:
            with self.connect() as connection:
                if connection.execute(question).fetchone() == (answer,):
                    return
            time.sleep(0.02)
        raise TimeoutError(f"the server never answers {answer!r}")

    def stop(self) -> None:
        """End it at once, as a crash would for those who are connected."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def start(self) -> None:
        """Start it again, on the same data and port."""
        self.process = _run(self.programs, self.folder, self.port, self.settings)
        _wait_until_it_answers(self)


@contextmanager
def server(programs: Path, **settings: str) -> Iterator[Server]:
    """A server with an empty cluster, in a temporary folder, as somebody who may do nothing else."""
    settings = {**_SETTINGS, **settings}
    folder = Path(tempfile.mkdtemp(prefix="skindesk-postgres-"))
    running: Server | None = None
    try:
        if os.getuid() == 0:
            owner = _owner()
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "skindesk",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd="/", **_as_somebody())
        port = _free_port()
        running = Server(programs, folder, port, settings, _run(programs, folder, port, settings))
        _wait_until_it_answers(running)
        yield running
    finally:
        if running is not None and running.process.poll() is None:
            running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _run(programs: Path, folder: Path, port: int, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    all_settings = {**settings, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
    options = [part for name, value in all_settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-p", str(port), *options],
            stdout=log,
            stderr=log,
            cwd="/",
            **_as_somebody(),
        )


def _as_somebody() -> dict[str, int | list[int]]:
    if os.getuid() != 0:
        return {}
    owner = _owner()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _owner() -> pwd.struct_passwd:
    for name in _UNPRIVILEGED:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("there is nobody here as whom the server could run")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_until_it_answers(running: Server) -> None:
    given_up_at_s = time.monotonic() + 60
    while True:
        try:
            running.connect().close()
            return
        except psycopg.OperationalError:
            if running.process.poll() is not None or time.monotonic() > given_up_at_s:
                raise
            time.sleep(0.05)
