"""How the address of a server is read: what leaves this computer is encrypted, and a password is never told."""

import logging
import sys
import traceback

import pytest

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.engine import open_engine
from skindesk.storage.plain_words import in_plain_words
from skindesk.storage.server import DatabaseServer

SECRET = "hunter2-of-the-clinic"


@pytest.mark.parametrize(
    "place",
    ["127.0.0.1:5433/log", "localhost/log", "[::1]:5433/log", "/log?host=/var/run/postgresql", "/log?host=localhost"],
)
def test_a_server_on_this_computer_needs_no_encryption(place: str) -> None:
    assert "sslmode" not in DatabaseServer(f"postgresql+psycopg://ada@{place}").url.query


@pytest.mark.parametrize("place", ["db.clinic/log", "10.0.0.4/log", "/log?host=db.clinic", "/log?service=x", "/log"])
def test_the_certificate_of_another_computer_is_checked_unless_the_address_says_otherwise(place: str) -> None:
    assert DatabaseServer(f"postgresql+psycopg://ada@{place}").url.query["sslmode"] == "verify-full"


def test_an_address_may_ask_for_less_checking_but_for_encryption() -> None:
    assert DatabaseServer("postgresql://ada@db.clinic/log?sslmode=require").url.query["sslmode"] == "require"


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "on"])
@pytest.mark.parametrize(
    "place",
    ["db.clinic/log?", "localhost/log?hostaddr=10.0.0.4&", "localhost/log?host=db.clinic:1&", "/log?service=x&"],
)
def test_a_plain_connection_to_another_computer_is_refused(mode: str, place: str) -> None:
    with pytest.raises(CaseLogUnavailableError, match="would not be encrypted") as refused:
        open_engine(DatabaseServer(f"postgresql+psycopg://ada@{place}sslmode={mode}"))

    assert "sslmode=verify-full" in refused.value.advice


@pytest.mark.parametrize("address", ["", "caselog.sqlite3", "mysql://ada@localhost/log", "postgresql://ada@localhost"])
def test_what_is_no_address_of_a_database_is_refused(address: str) -> None:
    with pytest.raises(CaseLogUnavailableError, match="cannot be read"):
        open_engine(DatabaseServer(address))


@pytest.mark.parametrize("address", [f"postgresql://ada:{SECRET}@127.0.0.1:1/log", f"ada:{SECRET}@nonsense://"])
def test_a_password_is_told_nowhere(address: str, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("psycopg")
    server = DatabaseServer(address)

    with pytest.raises(CaseLogUnavailableError) as refused, in_plain_words(), open_engine(server).connect():
        pass

    logging.getLogger("skindesk").error("it failed for %s", server, exc_info=refused.value)
    assert SECRET not in str(refused.value)
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    assert SECRET not in caplog.text


def test_a_server_that_does_not_answer_is_said_in_words() -> None:
    pytest.importorskip("psycopg")
    with (
        pytest.raises(CaseLogUnavailableError, match="cannot be reached"),
        in_plain_words(),
        open_engine(DatabaseServer("postgresql://ada@127.0.0.1:1/log")).connect(),
    ):
        pass


def test_a_missing_driver_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(CaseLogUnavailableError, match="not installed") as refused:
        open_engine(DatabaseServer("postgresql://ada@127.0.0.1:1/log"))

    assert "skindesk[postgres]" in refused.value.advice
