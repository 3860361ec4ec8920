"""Says in a clinician's words what a PostgreSQL server refused, or that it cannot be reached.

https://www.postgresql.org/docs/current/errcodes-appendix.html lists the codes; an attempt to connect that failed has
none, so that its words tell.
"""

from typing import Any

from sqlalchemy.exc import DBAPIError

from skindesk.domain.errors import CaseLogUnavailableError, CrossedError, InvalidCaseError

Sentences = tuple[str, str]

_AWAY = (
    "The case log's server cannot be reached.",
    "Nothing was changed. Check the network and the address of the database, then try again.",
)
_LOST = (
    "The connection to the case log's server was lost.",
    "Nothing of this was written. Check the network, then try again.",
)
IN_DOUBT = (
    "The connection to the case log's server was lost while it was saving.",
    "It was saved whole or not at all. Check the network, look whether it is there, and save it again if it is not.",
)
_STRANGER = (
    "The case log's server does not let SkinDesk in.",
    "Check the user in the address of the database, and the password in PGPASSWORD or .pgpass; ask its administrator.",
)
_UNTRUSTED = (
    "The connection to the case log's server cannot be trusted: it is not encrypted as its address asks.",
    "Nothing was sent. Ask its administrator for the certificate, and name it with sslrootcert in the address.",
)
_NO_DATABASE = (
    "The case log's server has no database of that name.",
    "Check the address of the database, or let the server's administrator make it.",
)
_BUSY = (
    "Another workstation is writing into the case log and does not come to an end.",
    "Nothing was written. Try again in a moment.",
)
_FULL = ("The disk of the case log's server is full.", "Nothing was written. Tell its administrator, then try again.")
_OVERLOADED = (
    "The case log's server has no room for another connection, or too little memory.",
    "Nothing was written. Try again in a moment; tell its administrator if it stays so.",
)
_TOOK_TOO_LONG = ("The case log's server took too long to answer.", "Nothing was written. Try again in a moment.")
_MAY_NOT = (
    "The case log's server does not allow this to the user that SkinDesk comes as.",
    "Nothing was written. Let its administrator make that user the owner of the case log's tables.",
)
_READ_ONLY = (
    "The case log's server takes no changes: it is a copy of another server, or is set to be read only.",
    "Nothing was written. Ask its administrator for the address of the one that takes changes.",
)
_CROSSED = (
    "What somebody did at another workstation came in between.",
    "Nothing was written. Try again.",
)
_DAMAGED = (
    "The case log's server reports that the database is damaged.",
    "Close SkinDesk at every workstation, and let its administrator look at the server and its backups.",
)
_NUL = (
    "A text holds a character that the case log's server cannot keep (NUL).",
    "Nothing was written. Remove it where it comes from, such as the picture's file name or device.",
)

_BY_CODE = {
    "08": _LOST,
    "25006": _READ_ONLY,
    "25P03": _LOST,
    "28": _STRANGER,
    "3D000": _NO_DATABASE,
    "42501": _MAY_NOT,
    "53100": _FULL,
    "53": _OVERLOADED,
    "55P03": _BUSY,
    "57014": _TOOK_TOO_LONG,
    "57P": _LOST,
    "58": _FULL,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "40001": _CROSSED,
    "40P01": _CROSSED,
}
"""By the code itself or its beginning; the longest counts."""
_BY_WORDS = {
    "authentication failed": _STRANGER,
    "no password supplied": _STRANGER,
    "no pg_hba.conf entry": _STRANGER,
    "certificate": _UNTRUSTED,
    "does not support SSL": _UNTRUSTED,
    "SSL error": _UNTRUSTED,
    "does not exist": _NO_DATABASE,
    "too many clients": _OVERLOADED,
    "starting up": _AWAY,
}
"""What the words of a failed connection hold; a server that speaks another language cannot be reached."""


def said_by_server(error: Exception) -> CaseLogUnavailableError | InvalidCaseError | None:
    """What to raise for a driver's error; None where it is no server's, or a bug.

    It is never CaseLogDamagedError, for which a backup of SkinDesk's would be offered.
    """
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    if not hasattr(cause, "sqlstate"):
        return None
    code = cause.sqlstate
    sentences = _of_code(code) if code else _without_code(error, str(cause))
    if sentences is _CROSSED:
        return CrossedError(*sentences)
    if sentences is _NUL:
        return InvalidCaseError(*sentences)
    return None if sentences is None else CaseLogUnavailableError(*sentences)


def is_lost(error: BaseException) -> bool:
    """Whether this says that the connection to a server was lost in the middle of something."""
    return isinstance(error, CaseLogUnavailableError) and (error.what, error.advice) == _LOST


def _of_code(code: str) -> Sentences | None:
    return next((_BY_CODE[code[:length]] for length in range(len(code), 1, -1) if code[:length] in _BY_CODE), None)


def _without_code(error: Exception, words: str) -> Sentences | None:
    if "NUL (0x00)" in words:
        return _NUL
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _LOST
    if not _is_of_connection(error):
        return None
    return next((sentences for part, sentences in _BY_WORDS.items() if part in words), _AWAY)


def _is_of_connection(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)
