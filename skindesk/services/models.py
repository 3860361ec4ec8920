"""Which networks are installed, for which kind of picture, and opening them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.errors import ContractError, ModalityMismatchError, ModelUnavailableError, SkinDeskError
from skindesk.inference.bundle import MODEL_FILE, ModelCard, read_card, read_contract, read_golden
from skindesk.inference.classifier import Classifier
from skindesk.services.verified import VerifiedNetworks
from skindesk.system.paths import Profile, bundled

DEFAULT_MODELS = {Modality.DERMOSCOPIC: "dermoscopy-7", Modality.CLINICAL: "clinical-6"}
"""Which network answers a kind of picture while the user has chosen none."""
_KINDS = tuple(Modality)


@dataclass(frozen=True)
class InstalledModel:
    """A bundle found on this machine; `shipped` says whether it came with the program."""

    model_id: str
    folder: Path
    card: ModelCard
    contract: ModelContract
    shipped: bool

    @property
    def modality(self) -> Modality:
        """The kind of picture that the network was trained on."""
        return self.contract.modality


class ModelLibrary:
    """The bundles that ship with the program and those in the profile. Each network is loaded at most once."""

    def __init__(self, profile: Profile) -> None:
        self._places = ((profile.models, False), (bundled("models"), True))
        self._verified = VerifiedNetworks(profile.verified_models)
        self._opened: dict[str, Classifier] = {}
        self._lock = Lock()

    def installed(self) -> tuple[InstalledModel, ...]:
        """Every bundle with a readable card and contract: by kind of picture, its default first, then by id.

        A bundle in the profile stands in for a shipped one of the same id. Damaged ones are left to `faults`.
        """
        found: dict[str, InstalledModel] = {}
        for folder, shipped in self._folders():
            if folder.name not in found:
                with suppress(ModelUnavailableError, ContractError):
                    found[folder.name] = _installed(folder, shipped)
        return tuple(sorted(found.values(), key=_place))

    def faults(self) -> tuple[SkinDeskError, ...]:
        """What is wrong with the bundles whose card or contract cannot be read."""
        found: list[SkinDeskError] = []
        for folder, shipped in self._folders():
            try:
                _installed(folder, shipped)
            except (ModelUnavailableError, ContractError) as error:
                found.append(error)
        return tuple(found)

    def modalities(self) -> tuple[Modality, ...]:
        """The kinds of picture that some installed network answers."""
        answered = {model.modality for model in self.installed()}
        return tuple(kind for kind in _KINDS if kind in answered)

    def find(self, model_id: str | None = None, modality: Modality | None = None) -> InstalledModel:
        """A bundle by its id, or the default for a kind of picture, dermoscopic where none is named.

        Raises ModelUnavailableError where there is none, ModalityMismatchError where both are named and do not go
        together, ContractError where its contract cannot be used.
        """
        models = self.installed()
        if model_id is None:
            return _default(models, modality or Modality.DERMOSCOPIC)
        for model in models:
            if model.model_id == model_id:
                _check_modality(model.contract, modality)
                return model
        for folder, shipped in self._folders():
            if folder.name == model_id:
                _installed(folder, shipped)  # it is there, and this says what is wrong with it
        raise ModelUnavailableError(f"There is no model {model_id!r}.", _what_is_there(models))

    def open(self, model_id: str | None = None, modality: Modality | None = None) -> Classifier:
        """A network ready to answer, found as `find` does.

        The first time on this machine it has to give its golden outputs. Raises as `find` does, and
        ModelUnavailableError where the network is not the one its card describes or computes something else.
        """
        model = self.find(model_id, modality)
        with self._lock:
            if model.model_id not in self._opened:
                self._opened[model.model_id] = self._proven(model.folder)
            classifier = self._opened[model.model_id]
        _check_modality(classifier.contract, modality)
        return classifier

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

    def _proven(self, folder: Path) -> Classifier:
        """The network of a bundle, whose golden outputs hold on this machine."""
        classifier = Classifier.load(folder)
        if not self._verified.holds(classifier.ref.digest):
            classifier.check_golden(read_golden(folder))
            self._verified.add(classifier.ref.digest)
        return classifier

    def _folders(self) -> Iterator[tuple[Path, bool]]:
        for place, shipped in self._places:
            try:
                networks = sorted(place.glob(f"*/{MODEL_FILE}"))
            except OSError:  # a name too long, no permission: nothing can be installed there
                continue
            for network in networks:
                yield network.parent, shipped


def _installed(folder: Path, shipped: bool) -> InstalledModel:
    return InstalledModel(folder.name, folder, read_card(folder), read_contract(folder), shipped)


def _place(model: InstalledModel) -> tuple[int, bool, str]:
    return _KINDS.index(model.modality), model.model_id != DEFAULT_MODELS[model.modality], model.model_id


def _default(models: tuple[InstalledModel, ...], modality: Modality) -> InstalledModel:
    for model in models:
        if model.modality is modality:
            return model
    if not models:
        raise ModelUnavailableError("No model is installed.", "Install SkinDesk again, or add a model bundle.")
    raise ModelUnavailableError(f"No model for {modality} pictures is installed.", _what_is_there(models))


def _check_modality(contract: ModelContract, wanted: Modality | None) -> None:
    if wanted is not None and contract.modality is not wanted:
        raise ModalityMismatchError(
            f"{contract.model_id} was trained on {contract.modality} pictures and does not answer {wanted} ones.",
            f"Choose a model for {wanted} pictures, or say that the picture is {contract.modality}.",
        )


def _what_is_there(models: tuple[InstalledModel, ...]) -> str:
    return f"Installed: {', '.join(model.model_id for model in models) or 'none'}."
