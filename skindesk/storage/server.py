"""Opens a case log's database on a PostgreSQL server, which several workstations of one clinic share.

https://www.postgresql.org/docs/current/libpq-connect.html tells what the query of an address may say, and where a
password is taken from that it does not hold.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from skindesk.domain.errors import CaseLogUnavailableError

_DRIVER = "postgresql+psycopg"
_DRIVERS = ("postgresql", _DRIVER)
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_CONNECTIONS, _MORE_CONNECTIONS = 2, 6
"""PostgreSQL lets in a hundred unless told otherwise, which are for all workstations together."""
_LONGEST_STATEMENT_S = 120
_LONGEST_PAUSE_S = 120
"""A writer that says nothing for so long has gone to sleep, and holds up everybody else."""
_WRITERS = 7_236_841_905
"""Names the lock that a writer holds; the number is SkinDesk's own."""
_ANSWERS = {
    "application_name": "SkinDesk",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""What an address may say otherwise: a server that has gone away is noticed within a minute."""
_NO_DRIVER = (
    "What SkinDesk needs to work with a PostgreSQL server is not installed.",
    "Install it: pip install 'skindesk[postgres]'.",
)
_NO_ADDRESS = (
    "The address of the case log's database cannot be read.",
    "Write it as postgresql+psycopg://user@server/database?sslmode=verify-full; the password comes from PGPASSWORD or "
    "the file .pgpass.",
)
_NOT_ENCRYPTED = (
    "The case log's server is another computer, and the connection to it would not be encrypted.",
    "Put sslmode=verify-full into the address of the database, and sslrootcert where the clinic has its own authority.",
)
_OTHER_ENCODING = (
    "The database on the server cannot keep every letter: its encoding is not UTF8.",
    "Nothing was changed. Let its administrator make one with: createdb --encoding=UTF8 --template=template0.",
)


@dataclass(frozen=True)
class DatabaseServer:
    """A database on a PostgreSQL server, by its address. The pages are not encrypted by SkinDesk.

    The address may hold a password, so that it is never printed.
    """

    address: str = field(repr=False)

    @property
    def url(self) -> URL:
        """The address with what SkinDesk asks of every connection.

        Raises CaseLogUnavailableError where it is none of PostgreSQL, or leads to another computer without TLS.
        Between computers the server's certificate is checked unless the address says otherwise.
        """
        try:
            url = make_url(self.address)
        except ArgumentError:
            raise CaseLogUnavailableError(*_NO_ADDRESS) from None  # whose words may hold the password
        if url.drivername not in _DRIVERS or not (url.database or "service" in url.query):
            raise CaseLogUnavailableError(*_NO_ADDRESS)
        asked = {name: value for name, value in _ANSWERS.items() if name not in url.query}
        if not _is_here(url):
            asked["sslmode"] = _encrypting(url)
        return url.set(drivername=_DRIVER).update_query_dict(asked)


def connect_to(server: DatabaseServer, longest_wait_s: float, **in_common: Any) -> Engine:
    """An engine for a server's database; nothing is asked of the server before the first connection.

    A transaction sees the log as it was when it began to read. One that is for writing begins when all others that
    write have ended: see `begin_writing`. Raises CaseLogUnavailableError for an address that will not do, and where
    the driver is not installed.
    """
    try:
        engine = create_engine(
            server.url,
            pool_size=_CONNECTIONS,
            max_overflow=_MORE_CONNECTIONS,
            pool_timeout=30,
            pool_use_lifo=True,  # what is not needed any more is let go by the server's or a router's own rules
            pool_pre_ping=True,  # after a night's sleep, or a restart of the server
            isolation_level="REPEATABLE READ",
            **in_common,
        )
    except ModuleNotFoundError as error:
        raise CaseLogUnavailableError(*_NO_DRIVER) from error
    wanted = (
        "SET timezone = 'UTC'; SET synchronous_commit = on; "
        f"SET statement_timeout = '{_LONGEST_STATEMENT_S}s'; SET lock_timeout = '{round(longest_wait_s * 1000)}ms'"
    )

    def prepare(connection: Any, _record: object) -> None:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            connection.close()
            raise CaseLogUnavailableError(*_OTHER_ENCODING)
        connection.autocommit = True
        connection.execute(wanted)
        connection.autocommit = False

    event.listen(engine, "connect", prepare)
    event.listen(engine, "handle_error", _leave_out_values)
    return engine


def begin_writing(connection: Connection) -> None:
    """Wait until nobody else writes; the transaction's end lets the next one begin.

    Every transaction that writes ends by adding to the audit's one chain, so that they follow one another anyway. That
    they do so from their beginning is what keeps two workstations from giving one number twice, and from losing what
    the other has just written; and who holds one lock only is never part of a deadlock.
    """
    connection.exec_driver_sql(
        f"SELECT set_config('idle_in_transaction_session_timeout', '{_LONGEST_PAUSE_S}s', true), "
        f"pg_advisory_xact_lock({_WRITERS})"
    )


def on_server(bound: Connection | Engine) -> bool:
    """Whether this is a connection to a server's database."""
    return bound.dialect.name == "postgresql"


def _leave_out_values(context: ExceptionContext) -> None:
    """Let an error tell its code and place alone: a server's own words hold the very values that it refuses.

    They would go into the program's log, which holds no patient.
    """
    refused: Any = context.original_exception
    code = getattr(refused, "sqlstate", None)
    if not code:
        return
    places = (refused.diag.table_name, refused.diag.constraint_name)
    words = " ".join(filter(None, (code, *places)))
    refused.args = (words,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(refused).__name__}) {words}",)


def _encrypting(url: URL) -> str:
    """How a connection to another computer is to be encrypted."""
    mode = url.query.get("sslmode", "verify-full")
    if mode not in _ENCRYPTED:
        raise CaseLogUnavailableError(*_NOT_ENCRYPTED)
    return str(mode)


def _is_here(url: URL) -> bool:
    """Whether an address leads to this computer and nowhere else; of one that names no host, libpq's settings tell."""
    hosts = list(_hosts(url))
    return bool(hosts) and all(map(_is_own, hosts))


def _hosts(url: URL) -> Iterator[str]:
    """Every host that may be asked: libpq takes several, divided by commas, and SQLAlchemy each with its port."""
    given = [url.host or ""]
    for name in ("host", "hostaddr"):
        value = url.query.get(name, ())
        given += [value] if isinstance(value, str) else list(value)
    for entry in given:
        yield from filter(None, entry.split(","))


def _is_own(host: str) -> bool:
    if host.startswith(("/", "@")):
        return True  # a socket of this computer
    name = host.strip("[]") if host.startswith("[") else host.partition(":")[0] if host.count(":") == 1 else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
