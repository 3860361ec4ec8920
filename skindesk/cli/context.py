"""What every sub-command gets: the workspace, opened when it is first needed, and the case log, once signed in."""

from functools import cached_property
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.domain.errors import AccessRefusedError

if TYPE_CHECKING:
    from skindesk.bootstrap import Workspace
    from skindesk.domain.people import Person
    from skindesk.services.access import Access
    from skindesk.services.casework import Casework
    from skindesk.storage.keyring import Keyring
    from skindesk.storage.sealing import DataKey


class Context:
    """The profile and person that the command line names, and the profile's workspace."""

    def __init__(
        self,
        profile: Path | None,
        user: str | None = None,
        passphrase_file: Path | None = None,
        database: str | None = None,
        log_folder: Path | None = None,
    ) -> None:
        self._profile = profile
        self._database = database
        self._log_folder = log_folder
        self._user = user
        self._passphrase_file = passphrase_file
        self._typed: str | None = None

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace; importing and opening it takes longer than parsing the command line."""
        from skindesk.bootstrap import open_workspace

        return open_workspace(self._profile, self._database, self._log_folder)

    @property
    def names_somebody(self) -> bool:
        """Whether the command line says who signs in."""
        return self._user is not None

    @property
    def access(self) -> "Access":
        """Who may open the case log, after signing in where it is locked. Raises AccessRefusedError."""
        from skindesk.services.access import Door

        access = self.workspace.access
        if access.door is Door.LOCKED:
            access.sign_in(self.somebody(self._user).person_id, self.passphrase())
        return access

    @property
    def casework(self) -> "Casework":
        """The case log, opened after signing in where it is locked. Raises as `Workspace.casework` does."""
        self.access  # noqa: B018 - signs in
        return self.workspace.casework

    def somebody(self, name: str | None) -> "Person":
        """One of the log's people by name, whatever the case of its letters. Raises AccessRefusedError."""
        return _among(self.workspace.access.people(), name)

    def unlock(self, ring: "Keyring") -> "DataKey":
        """The key of another ring than the case log's, such as a backup's. Raises AccessRefusedError."""
        if not ring.protected:
            return ring.open()
        return ring.unlock(_among(ring.people, self._user).person_id, self.passphrase())

    def passphrase(self) -> str:
        """The passphrase of whoever signs in. Raises AccessRefusedError where its file cannot be read."""
        if self._typed is None:
            self._typed = secret(self._passphrase_file, "Passphrase: ")
        return self._typed


def _among(people: "tuple[Person, ...]", name: str | None) -> "Person":
    found = [person for person in people if name is not None and person.name.casefold() == name.casefold()]
    if not found:
        known = ", ".join(person.name for person in people)
        raise AccessRefusedError(
            "The case log is locked." if name is None else f"There is nobody named {name} in this case log.",
            f"Name yourself with --user: {known}.",
        )
    return found[0]


def secret(file: Path | None, prompt: str) -> str:
    """A file's first line, or what is typed unseen where there is no file. Raises AccessRefusedError."""
    if file is None:
        try:
            return getpass(prompt)
        except EOFError as error:
            raise AccessRefusedError("Nothing was typed.", "Type it, or name a file that holds it.") from error
    try:
        return file.read_text("utf-8-sig").split("\n", 1)[0]
    except (OSError, UnicodeDecodeError) as error:
        raise AccessRefusedError(f"{file} cannot be read: {error}.", "Name a readable text file.") from error
