"""Which networks are installed, and opening them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from skindesk.domain.errors import ModelUnavailableError, SkinDeskError
from skindesk.inference.bundle import MODEL_FILE, ModelCard, read_card, read_golden
from skindesk.inference.classifier import Classifier
from skindesk.system.paths import Profile, bundled

DEFAULT_MODEL = "dermoscopy-7"


@dataclass(frozen=True)
class InstalledModel:
    """A bundle found on this machine; `shipped` says whether it came with the program."""

    model_id: str
    folder: Path
    card: ModelCard
    shipped: bool


class ModelLibrary:
    """The bundles that ship with the program and those in the profile. Each network is loaded at most once."""

    def __init__(self, profile: Profile) -> None:
        self._places = ((profile.models, False), (bundled("models"), True))
        self._opened: dict[str, Classifier] = {}
        self._lock = Lock()

    def installed(self) -> tuple[InstalledModel, ...]:
        """Every bundle with a readable card, the program's default first, then by id.

        A bundle in the profile stands in for a shipped one of the same id. Damaged ones are left to `faults`.
        """
        found: dict[str, InstalledModel] = {}
        for folder, shipped in self._folders():
            if folder.name not in found:
                with suppress(ModelUnavailableError):
                    found[folder.name] = InstalledModel(folder.name, folder, read_card(folder), shipped)
        return tuple(sorted(found.values(), key=lambda model: (model.model_id != DEFAULT_MODEL, model.model_id)))

    def faults(self) -> tuple[ModelUnavailableError, ...]:
        """What is wrong with the bundles whose card cannot be read."""
        found = []
        for folder, _ in self._folders():
            try:
                read_card(folder)
            except ModelUnavailableError as error:
                found.append(error)
        return tuple(found)

    def find(self, model_id: str | None = None) -> InstalledModel:
        """A bundle by its id, or the default. Raises ModelUnavailableError where there is none."""
        models = self.installed()
        if not models:
            raise ModelUnavailableError("No model is installed.", "Install SkinDesk again, or add a model bundle.")
        if model_id is None:
            return models[0]
        for model in models:
            if model.model_id == model_id:
                return model
        for folder, _ in self._folders():
            if folder.name == model_id:
                read_card(folder)  # it is there, and this says what is wrong with it
        known = ", ".join(model.model_id for model in models)
        raise ModelUnavailableError(f"There is no model {model_id!r}.", f"Installed: {known}.")

    def open(self, model_id: str | None = None) -> Classifier:
        """A network ready to answer. Raises ModelUnavailableError or ContractError where it cannot be used."""
        model = self.find(model_id)
        with self._lock:
            if model.model_id not in self._opened:
                self._opened[model.model_id] = Classifier.load(model.folder)
            return self._opened[model.model_id]

    def verify(self, model_id: str | None = None) -> None:
        """Check a bundle's digest, contract and golden outputs. Raises a SkinDeskError that says what is wrong."""
        model = self.find(model_id)
        Classifier.load(model.folder).check_golden(read_golden(model.folder))

    def problem_with(self, model_id: str) -> str | None:
        """What `verify` finds wrong, as a sentence, or None."""
        try:
            self.verify(model_id)
        except SkinDeskError as error:
            return str(error)
        return None

    def _folders(self) -> Iterator[tuple[Path, bool]]:
        for place, shipped in self._places:
            try:
                networks = sorted(place.glob(f"*/{MODEL_FILE}"))
            except OSError:  # a name too long, no permission: nothing can be installed there
                continue
            for network in networks:
                yield network.parent, shipped
