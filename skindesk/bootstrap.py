"""The one place where things meet: opens a profile's workspace for the command line and the desktop program."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, RLock
from typing import TYPE_CHECKING

from skindesk.domain.caution import Caution
from skindesk.domain.errors import SkinDeskError
from skindesk.services.demo_clinic.mark import mark_as_demo, note_complete
from skindesk.system.drives import caution_of_drive
from skindesk.system.logs import start_logging
from skindesk.system.paths import Profile, find_profile
from skindesk.system.presence import OTHER_WINDOW, Presence
from skindesk.system.settings import Settings, load_settings, save_settings
from skindesk.system.shared_log import find_shared_log

if TYPE_CHECKING:
    from skindesk.domain.class_mix import ClassMix
    from skindesk.domain.contract import Modality
    from skindesk.inference.classifier import Classifier
    from skindesk.services.access import Access
    from skindesk.services.casework import Casework
    from skindesk.services.demo_clinic.furnish import Network
    from skindesk.services.knowledge import Knowledge
    from skindesk.services.model_administration import ModelAdministration
    from skindesk.services.models import ModelLibrary
    from skindesk.services.reports import Reports
    from skindesk.services.similar_cases import SimilarCases

ON_A_SERVER = Caution(
    "This case log lies on a server that several workstations share.",
    "SkinDesk encrypts its pictures; names, notes and diagnoses are as safe as the server and its backups are.",
)
_log = logging.getLogger(__name__)


class Workspace:
    """A profile with its settings, models and case log; each is opened when it is first asked for."""

    def __init__(self, profile: Profile, log_file: Path | None) -> None:
        self.profile = profile
        self.log_file = log_file
        self.settings: Settings = load_settings(profile)
        self._opening = RLock()
        self._opened = ExitStack()
        self._access: Access | None = None
        self._casework: Casework | None = None
        self._similar_cases: SimilarCases | None = None
        self._knowledge: Knowledge | None = None
        self._presence = Presence(profile.window_lock)

    @cached_property
    def models(self) -> "ModelLibrary":
        """The networks on this computer."""
        from skindesk.services.models import ModelLibrary

        return ModelLibrary(self.profile)

    def announce_window(self) -> None:
        """Tell other windows on this profile of this one, until it leaves or the program ends; not for commands."""
        self._presence.announce()

    def leave_window(self) -> None:
        """The window is closed."""
        self._presence.leave()

    @property
    def other_window(self) -> bool:
        """Whether another window was open on this profile when this one was announced."""
        return self._presence.met_another

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """What the user is to be warned of at opening: a network drive, another window, what encrypting left behind,
        and what a server does not protect.
        """
        drive = caution_of_drive(self.profile.root)
        server = None if self.profile.shared is None else ON_A_SERVER
        found = (drive, OTHER_WINDOW if self.other_window else None, server, *self.access.cautions)
        return tuple(caution for caution in found if caution is not None)

    @property
    def access(self) -> "Access":
        """Who may open the case log."""
        if self._access is None:
            from skindesk.services.access import Access

            self._access = Access(self.profile)
        return self._access

    @property
    def casework(self) -> "Casework":
        """The case log's use cases.

        Raises AccessRefusedError while it is locked or not set up, CaseLogUnavailableError where it cannot be opened.
        """
        with self._opening:
            if self._casework is None:
                self._casework = self._open_casework()
            return self._casework

    @property
    def reports(self) -> "Reports":
        """Reports of cases. Raises as `casework` does."""
        from skindesk.services.letterhead import letterhead_of
        from skindesk.services.reports import Reports

        access = self.access
        return Reports(
            self.casework,
            self.models,
            lambda: letterhead_of(self.profile, self.settings),
            access.require,
            access.person,
        )

    @property
    def knowledge(self) -> "Knowledge":
        """The pages on diagnoses, which need no signing in."""
        if self._knowledge is None:
            from skindesk.services.knowledge import Knowledge

            self._knowledge = Knowledge()
        return self._knowledge

    @property
    def model_administration(self) -> "ModelAdministration":
        """What administrators do with networks."""
        from skindesk.services.model_administration import ModelAdministration

        return ModelAdministration(self.profile, self.models, self.access, lambda: self.settings, self.change_settings)

    @property
    def similar_cases(self) -> "SimilarCases":
        """The confirmed cases that are like a picture. Raises as `casework` does."""
        from skindesk.services.similar_cases import SimilarCases

        with self._opening:
            if self._similar_cases is None:
                self._similar_cases = SimilarCases(self.casework.log)
            return self._similar_cases

    @property
    def is_open(self) -> bool:
        """Whether the case log has been opened."""
        return self._casework is not None

    def close_case_log(self) -> None:
        """Release the case log; it is opened again when it is next asked for."""
        with self._opening:
            self._casework = self._similar_cases = None
            self._opened.close()

    def lock(self) -> None:
        """Close the case log and forget its key."""
        with self._opening:
            try:
                self.close_case_log()
            finally:
                self.access.lock()

    def _open_casework(self) -> "Casework":
        from skindesk.services.casework import Casework
        from skindesk.storage.case_log import open_case_log
        from skindesk.storage.occupancy import working_with
        from skindesk.storage.place import refuse_missing

        with ExitStack() as opening:
            key = self.access.key
            opening.enter_context(working_with(self.profile.log_lock))
            refuse_missing(self.profile.log)
            log = open_case_log(self.profile.log, key, lambda: self.access.person)
            opening.callback(log.close)
            opening.callback(self.access.detach)
            self.access.attach(log)
            self._opened = opening.pop_all()
        return Casework(log, self.access.require)

    def network_for(self, modality: "Modality") -> "tuple[Classifier, ClassMix]":
        """The network that the settings name for a kind of picture, and the class mix that it answers under.

        Raises as `ModelLibrary.open` and `mix_for` do.
        """
        from skindesk.services.class_mixes import mix_for

        classifier = self.models.open(self.settings.model_for(modality), modality)
        return classifier, mix_for(self.settings.mix_for(modality), classifier.contract)

    def first_network(self) -> "tuple[Classifier, ClassMix]":
        """The network for the first kind of picture that one is installed for; opened at most once, on any thread.

        Raises as `network_for` does.
        """
        from skindesk.domain.contract import Modality

        return self.network_for(next(iter(self.models.modalities()), Modality.DERMOSCOPIC))

    def change_settings(self, settings: Settings) -> None:
        """Keep new settings. Raises OSError where the profile cannot be written; the old ones then stay."""
        save_settings(self.profile, settings)
        self.settings = settings


def open_workspace(
    chosen: Path | None = None, database: str | None = None, log_folder: Path | None = None
) -> Workspace:
    """Open the chosen profile folder, the one SKINDESK_PROFILE names, or the user's own.

    Its case log is the one that `find_shared_log` finds, or its own. Raises ProfileUnavailableError.
    """
    profile = find_profile(chosen)
    log_file = start_logging(profile)
    shared = find_shared_log(database, log_folder, load_settings(profile))
    return Workspace(replace(profile, shared=shared), log_file)


@contextmanager
def open_demo(chosen: Path | None = None) -> Iterator[Workspace]:
    """A workspace for a generated clinic, on the chosen folder or on one that goes at the end; never on a shared log.

    Raises ProfileUnavailableError where the chosen folder holds anything but a demo.
    """
    from skindesk.services.access import Door

    with ExitStack() as leaving:
        if chosen is None:
            temporary = TemporaryDirectory(prefix="skindesk-demo-", ignore_cleanup_errors=True)
            chosen = Path(leaving.enter_context(temporary)) / "profile"
        profile = find_profile(chosen)
        mark_as_demo(profile)
        workspace = Workspace(profile, start_logging(profile))
        leaving.callback(workspace.close_case_log)
        if workspace.access.door is Door.NEW:
            workspace.access.set_up_open()
        yield workspace


def furnish_demo(workspace: Workspace, told: Callable[[int, int], None], stop: Event) -> None:
    """Add the generated clinic's patients who are not there yet, with answers where a network is installed.

    `told` and `stop` are as in `furnish`. Raises as saving does.
    """
    from skindesk.services.casework import Casework
    from skindesk.services.demo_clinic.furnish import furnish
    from skindesk.services.demo_clinic.plan import plan_clinic

    today = date.today()
    casework = Casework(workspace.casework.log, workspace.access.require)  # the window's own has nothing to take back
    furnish(casework, plan_clinic(today), _demo_network(workspace), today, told, stop)
    if not stop.is_set():
        note_complete(workspace.profile)


def _demo_network(workspace: Workspace) -> "Network | None":
    from skindesk.domain.contract import Modality
    from skindesk.services.demo_clinic.furnish import Network

    try:
        return Network(*workspace.network_for(Modality.DERMOSCOPIC))
    except SkinDeskError:
        _log.warning("the generated clinic gets no answers, since there is no network for them", exc_info=True)
        return None
