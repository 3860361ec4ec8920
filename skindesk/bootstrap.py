"""The one place where things meet: opens a profile's workspace for the command line and the desktop program."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.services.models import ModelLibrary
from skindesk.system.logs import start_logging
from skindesk.system.paths import Profile, find_profile
from skindesk.system.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from skindesk.domain.class_mix import ClassMix
    from skindesk.domain.contract import Modality
    from skindesk.inference.classifier import Classifier
    from skindesk.services.casework import Casework


class Workspace:
    """A profile with its settings, models and case log; each is opened when it is first asked for."""

    def __init__(self, profile: Profile, log_file: Path | None) -> None:
        self.profile = profile
        self.log_file = log_file
        self.settings: Settings = load_settings(profile)
        self.models = ModelLibrary(profile)

    @cached_property
    def casework(self) -> "Casework":
        """The case log's use cases. Raises CaseLogUnavailableError where the log cannot be opened."""
        from skindesk.services.casework import Casework
        from skindesk.storage.case_log import open_case_log

        return Casework(open_case_log(self.profile))

    def network_for(self, modality: "Modality") -> "tuple[Classifier, ClassMix]":
        """The network that the settings name for a kind of picture, and the class mix that it answers under.

        Raises as `ModelLibrary.open` and `mix_for` do.
        """
        from skindesk.services.class_mixes import mix_for

        classifier = self.models.open(self.settings.model_for(modality), modality)
        return classifier, mix_for(self.settings.mix_for(modality), classifier.contract)

    def change_settings(self, settings: Settings) -> None:
        """Keep new settings. Raises OSError where the profile cannot be written; the old ones then stay."""
        save_settings(self.profile, settings)
        self.settings = settings


def open_workspace(chosen: Path | None = None) -> Workspace:
    """Open the chosen profile folder, the one SKINDESK_PROFILE names, or the user's own."""
    profile = find_profile(chosen)
    return Workspace(profile, start_logging(profile))
