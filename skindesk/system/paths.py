"""Where SkinDesk finds its own files and keeps the user's, in a checkout, a wheel or a frozen program."""

import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path

from skindesk.domain.errors import ProfileUnavailableError

PROFILE_VARIABLE = "SKINDESK_PROFILE"
_SET_ASIDE, _SET_ASIDE_AT = ".replaced-", "%Y%m%dT%H%M%S%fZ"
_PACKAGE = Path(__file__).resolve().parent.parent


def bundled(*parts: str) -> Path:
    """A file or folder that ships with the program, such as `bundled("models")`.

    A frozen program unpacks them beside its modules, a wheel carries them inside the package, and a checkout
    holds them at its top level.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        root = Path(frozen)
    elif (_PACKAGE / "bundled").is_dir():
        root = _PACKAGE / "bundled"
    else:
        root = _PACKAGE.parent
    return root.joinpath(*parts)


@dataclass(frozen=True)
class LogFolder:
    """The files of one case log. Nothing is created by naming it.

    `server` is the address of the database that holds its rows, where that is not a file among them.
    """

    root: Path
    server: str | None = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "caselog.sqlite3"

    @property
    def images(self) -> Path:
        """The content-addressed store of picture files."""
        return self.root / "images"

    @property
    def keyring(self) -> Path:
        """The data key, wrapped for each person or open."""
        return self.root / "keyring.json"

    @property
    def audit_head(self) -> Path:
        """Where the audit ended when it was last written, sealed."""
        return self.root / "audit-head"

    @property
    def earlier(self) -> Path:
        """Copies of the database made before each migration."""
        return self.root / "backups"


@dataclass(frozen=True)
class SharedLog:
    """A case log that several workstations work with: the folder of its key and pictures, which all of them reach, and
    the address of the database on a server that holds its rows.
    """

    folder: Path
    server: str = field(repr=False)


@dataclass(frozen=True)
class Profile:
    """One user's folder: the case log, settings, installed models and logs. Nothing is created by naming it.

    A `shared` case log lies elsewhere, with everything by which programs that work with it know of each other.
    """

    root: Path
    shared: SharedLog | None = None

    @property
    def log(self) -> LogFolder:
        """The case log, whole in one folder, so that it can be replaced by another in one step."""
        return LogFolder(self._place / "caselog", None if self.shared is None else self.shared.server)

    @property
    def unsealed_log(self) -> LogFolder:
        """Where SkinDesk 0.1 kept the case log, in plain files of the profile itself."""
        return LogFolder(self.root)

    def set_aside(self, at: datetime) -> Path:
        """The folder under which a log that is replaced at this moment, in UTC, is kept whole."""
        return self.log.root.with_name(f"{self.log.root.name}{_SET_ASIDE}{at:{_SET_ASIDE_AT}}")

    def logs_set_aside(self) -> tuple[tuple[Path, datetime], ...]:
        """The logs that were replaced and are kept whole, each with when, in UTC; the latest first."""
        found = ((path, _set_aside_at(path)) for path in self._place.glob(f"{self.log.root.name}{_SET_ASIDE}*"))
        dated = [(path, at) for path, at in found if at is not None]
        return tuple(sorted(dated, key=lambda one: one[1], reverse=True))

    @property
    def log_lock(self) -> Path:
        """The file by whose locks programs tell each other that they work with the case log."""
        return self._place / "caselog.lock"

    @property
    def ring_lock(self) -> Path:
        """The file by whose lock programs change the case log's keyring one after the other."""
        return self._place / "keyring.lock"

    @property
    def window_lock(self) -> Path:
        """The file by whose lock windows on this profile know of each other."""
        return self.root / "window.lock"

    @property
    def sign_ins(self) -> Path:
        """Failed sign-ins, which slow down guessing."""
        return self._place / "sign-ins.json"

    @property
    def untold(self) -> Path:
        """What people did at the door of the log, which waits to be entered into the audit."""
        return self._place / "untold.jsonl"

    @property
    def last_backup(self) -> Path:
        """When and where the case log was last backed up, for while the drive of the backups is away."""
        return self.root / "last-backup.json"

    @property
    def models(self) -> Path:
        """Model bundles that the user has added."""
        return self.root / "models"

    @property
    def verified_models(self) -> Path:
        """Which networks have been proven to compute on this machine what they should."""
        return self.root / "verified-models.json"

    @property
    def letterhead_logo(self) -> Path:
        """The clinic's logo for its reports, as PNG, where one was chosen."""
        return self.root / "letterhead-logo.png"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.root / "settings.json"

    @property
    def logs(self) -> Path:
        """The program's logs; they hold ids and digests, never names."""
        return self.root / "logs"

    @property
    def _place(self) -> Path:
        return self.root if self.shared is None else self.shared.folder


def _set_aside_at(path: Path) -> datetime | None:
    """When a log was set aside; None for a folder that somebody else has named so."""
    try:
        return datetime.strptime(path.name.rpartition(_SET_ASIDE)[2], _SET_ASIDE_AT).replace(tzinfo=UTC)
    except ValueError:
        return None


def find_profile(chosen: Path | None = None) -> Profile:
    """The profile to use: the chosen folder, else the environment's SKINDESK_PROFILE, else the system's place.

    Raises ProfileUnavailableError where the name leads nowhere.
    """
    if chosen is None:
        named = os.environ.get(PROFILE_VARIABLE)
        chosen = Path(named) if named else user_data_path("SkinDesk", appauthor=False)
    try:
        return Profile(chosen.expanduser().resolve())
    except (OSError, RuntimeError, ValueError) as error:  # an unknown ~user, a link that leads to itself, a NUL
        raise ProfileUnavailableError(
            f"The profile folder {chosen} cannot be used: {error}.", "Choose another with --profile."
        ) from error
