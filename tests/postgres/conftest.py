"""A case log on a PostgreSQL server, opened by as many workstations as a test asks for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skindesk.domain.people import OWNER, Person
from skindesk.storage.case_log import CaseLog, open_case_log
from skindesk.storage.sealing import DataKey
from skindesk.system.paths import LogFolder, SharedLog
from tests.storage.conftest import make_draft, make_prediction

if TYPE_CHECKING:
    from tests.support.postgres_server import Server

__all__ = ["make_draft", "make_prediction"]

KEY = DataKey(b"k" * 32)
OpenLog = Callable[..., CaseLog]


@pytest.fixture
def shared(postgres: "Server", tmp_path: Path) -> Iterator[SharedLog]:
    """The places of a shared log that is not there yet."""
    name = postgres.new_database()
    yield SharedLog(tmp_path / "shared", postgres.address(name))
    postgres.drop(name)


@pytest.fixture
def database(shared: SharedLog) -> str:
    """The name of its database."""
    return shared.server.rpartition("/")[2]


@pytest.fixture
def folder(shared: SharedLog) -> LogFolder:
    """The folder of the shared log."""
    return LogFolder(shared.folder / "caselog", shared.server)


@pytest.fixture
def open_log(folder: LogFolder) -> Iterator[OpenLog]:
    """Opens the shared log once more, as another workstation does."""
    with ExitStack() as opened:

        def another(at_work: Person = OWNER) -> CaseLog:
            log = open_case_log(folder, KEY, lambda: at_work)
            opened.callback(log.close)
            return log

        yield another
