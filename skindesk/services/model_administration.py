"""What administrators do with networks: install one, compare it, let it answer, and go back to the one before."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from skindesk.domain.audit import AuditAction, Subject
from skindesk.domain.contract import Modality
from skindesk.domain.errors import ModelUnavailableError, SkinDeskError
from skindesk.domain.people import Permission
from skindesk.exchange.bundle_archive import not_kept
from skindesk.services.access import Access, Door
from skindesk.services.class_mixes import mix_for
from skindesk.services.model_install import install
from skindesk.services.model_shadow import Shadow, contestants
from skindesk.services.models import InstalledModel, ModelLibrary
from skindesk.storage.case_log import CaseLog
from skindesk.system.paths import Profile
from skindesk.system.settings import Settings


class ModelAdministration:
    """A profile's networks, for whoever is at work; the audit is told of each change.

    `settings` gives what is chosen now, and `keep` makes another choice last; it raises OSError where the profile
    cannot be written. Each method raises AccessRefusedError where whoever is at work is no administrator.
    """

    def __init__(
        self,
        profile: Profile,
        models: ModelLibrary,
        access: Access,
        settings: Callable[[], Settings],
        keep: Callable[[Settings], None],
    ) -> None:
        self._profile, self._models, self._access = profile, models, access
        self._settings, self._keep = settings, keep

    def active(self, modality: Modality) -> InstalledModel:
        """The network that answers a kind of picture, which anybody may know. Raises as `ModelLibrary.find` does."""
        return self._models.find(self._settings().model_for(modality), modality)

    def require(self) -> None:
        """Raises AccessRefusedError; before there is a case log nobody could have signed in, and everybody may."""
        if self._access.door not in (Door.NEW, Door.UNSEALED):
            self._access.require(Permission.ADMINISTER)

    def install(self, source: Path) -> InstalledModel:
        """Take a bundle in as `model_install.install` does; what answers stays what it is."""
        self.require()
        self._pin()
        model = install(source, self._profile, self._models)
        self._tell(AuditAction.MODEL_INSTALLED, model)
        return model

    def checked(self, name: str) -> InstalledModel:
        """A network that may be activated, since all of it holds on this machine now; this takes a second or two.

        Raises as `ModelLibrary.verify` does, and ClassMixError where the clinic's class mix does not fit it.
        """
        self.require()
        model = self._models.find(name)
        mix_for(self._settings().mix_for(model.modality), model.contract)
        self._models.prove(model.folder)
        return model

    def activate(self, model: InstalledModel) -> bool:
        """Let a checked network answer its kind of picture from now on; False where it does already."""
        self.require()
        with suppress(SkinDeskError):  # what the settings name may be gone
            if self.active(model.modality).folder == model.folder:
                return False
        self._change(self._settings().with_next_model(model.modality, model.name))
        self._tell(AuditAction.MODEL_ACTIVATED, model)
        return True

    def checked_former(self, modality: Modality) -> InstalledModel:
        """What answered before, checked as `checked` does. Raises ModelUnavailableError where that is not known."""
        self.require()
        former = self._settings().former_model(modality)
        if former is None:
            raise ModelUnavailableError(
                f"It is not known that another network answered {modality} pictures before.", "Activate one instead."
            )
        return self.checked(self._models.find(former.model_id, modality).name)

    def roll_back(self, modality: Modality) -> InstalledModel:
        """Let the network answer that answered before; what answered in between is forgotten.

        Check it first by `checked_former`. Raises as that does.
        """
        self.require()
        self._change(self._settings().with_former_model(modality))
        model = self.active(modality)
        self._tell(AuditAction.MODEL_ROLLED_BACK, model)
        return model

    def shadow(self, name: str, log: CaseLog) -> Shadow:
        """Another network beside the one that answers its kind of picture, to be compared on the log's pictures.

        Raises as `ModelLibrary.open` does, and ModelUnavailableError where it is the one that answers.
        """
        self.require()
        after = self._models.find(name)
        before = self.active(after.modality)
        if before.folder == after.folder:
            raise ModelUnavailableError(
                f"{after.name} answers {after.modality} pictures now.", "Choose another network to compare it with."
            )
        opened = self._models.opened(before), self._models.opened(after)
        return Shadow(*contestants(*opened, self._settings().mix_for(after.modality)), log)

    def _pin(self) -> None:
        """Name the version of what answers where that is the newest of its name: a newer one is about to come."""
        for kind in self._models.modalities():
            with suppress(ModelUnavailableError):  # what the settings name is gone, and answers nothing
                active = self.active(kind)
                if not active.shipped and self._settings().model_for(kind) != active.name:
                    self._change(self._settings().with_model(kind, active.name))

    def _change(self, settings: Settings) -> None:
        try:
            self._keep(settings)
        except OSError as error:
            raise not_kept(error) from error

    def _tell(self, action: AuditAction, model: InstalledModel) -> None:
        self._access.tell(action, Subject.MODEL, f"{model.name} {model.card.digest[:12]}")
