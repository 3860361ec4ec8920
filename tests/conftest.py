"""Fixtures that every test folder may use."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skindesk.inference.classifier import Classifier
from tests.support import on_postgres
from tests.support.tiny_bundle import write_tiny_bundle

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        on_postgres.OPTION, action="store_true", help="run the tests of the case log on a PostgreSQL server"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption(on_postgres.OPTION):
        on_postgres.skip_what_is_of_files(items)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A PostgreSQL server that ends with the tests."""
    for running in on_postgres.start_server():
        request.config.stash[on_postgres.RUNNING] = running
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    running = config.stash.get(on_postgres.RUNNING, None)
    if running is not None and config.getoption(on_postgres.OPTION):
        terminalreporter.write_line(f"{running.tests} tests had their case log on the server")


@pytest.fixture(autouse=True)
def _case_log_on_a_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """With --postgres every profile's case log lies on the server, but where a test names the server itself."""
    own = request.node.location[0].startswith("tests/postgres/")
    if request.config.getoption(on_postgres.OPTION) and not own:
        yield from on_postgres.put_logs_on(request.getfixturevalue("postgres"), request.getfixturevalue("monkeypatch"))
    else:
        yield


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose classes are the strongest colour; treat it as read-only."""
    return write_tiny_bundle(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def tiny_classifier(tiny_bundle: Path) -> Classifier:
    return Classifier.load(tiny_bundle)


@pytest.fixture(scope="session")
def examples() -> list[Path]:
    """The generated example pictures that ship with the program."""
    return sorted((ROOT / "resources" / "examples").glob("*.jpg"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public archives; tests that need it skip where there is none."""
    folder = Path(os.environ.get("SKINDESK_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "ham10000").is_dir():
        pytest.skip("no public archives here: set SKINDESK_DATA to their folder")
    return folder
