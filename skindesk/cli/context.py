"""What every sub-command gets: the workspace, opened when it is first needed."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skindesk.bootstrap import Workspace


class Context:
    """The profile that the command line names, and its workspace."""

    def __init__(self, profile: Path | None) -> None:
        self._profile = profile

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace; importing and opening it takes longer than parsing the command line."""
        from skindesk.bootstrap import open_workspace

        return open_workspace(self._profile)
