"""Which networks are installed, for which kind of picture, and opening them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.errors import ContractError, ModalityMismatchError, ModelUnavailableError, SkinDeskError
from skindesk.inference.bundle import (
    BUNDLE_FILES,
    MODEL_FILE,
    SUMS_FILE,
    ModelCard,
    check_sums,
    read_card,
    read_contract,
    read_golden,
)
from skindesk.inference.classifier import Classifier
from skindesk.services.verified import VerifiedNetworks
from skindesk.system.paths import Profile, bundled

DEFAULT_MODELS = {Modality.DERMOSCOPIC: "dermoscopy-7", Modality.CLINICAL: "clinical-6"}
"""Which network answers a kind of picture while the user has chosen none."""
_KINDS = tuple(Modality)
_VERSION_MARK = "@"
_Stamp = tuple[tuple[int, int, int], ...]
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")


@dataclass(frozen=True)
class InstalledModel:
    """A bundle found on this machine; `shipped` says whether it came with the program."""

    folder: Path
    card: ModelCard
    contract: ModelContract
    shipped: bool

    @property
    def model_id(self) -> str:
        """What all versions of the network are called."""
        return self.contract.model_id

    @property
    def name(self) -> str:
        """What finds exactly this bundle: the plain id means the network that came with the program."""
        return self.names[0]

    @property
    def names(self) -> tuple[str, str]:
        """Everything that it may be called, its own name first."""
        versioned = f"{self.model_id}{_VERSION_MARK}{self.contract.version}"
        return (self.model_id, versioned) if self.shipped else (versioned, self.model_id)

    @property
    def modality(self) -> Modality:
        """The kind of picture that the network was trained on."""
        return self.contract.modality


class ModelLibrary:
    """The bundles that ship with the program and those in the profile. Each network is loaded at most once."""

    def __init__(self, profile: Profile) -> None:
        self._places = ((profile.models, False), (bundled("models"), True))
        self._verified = VerifiedNetworks(profile.verified_models)
        self._opened: dict[Path, Classifier] = {}
        self._read: dict[Path, tuple[_Stamp, InstalledModel]] = {}
        self._lock = Lock()

    def installed(self) -> tuple[InstalledModel, ...]:
        """Every bundle with a readable card and contract: by kind of picture, its default first, then by id.

        Of several versions of one network that which came with the program stands first, then the newest. Damaged ones
        are left to `faults`.
        """
        found: list[InstalledModel] = []
        for folder, shipped in self._folders():
            with suppress(ModelUnavailableError, ContractError):
                found.append(self._installed(folder, shipped))
        return tuple(sorted(sorted(found, key=_age, reverse=True), key=_place))

    def faults(self) -> tuple[SkinDeskError, ...]:
        """What is wrong with the bundles whose card or contract cannot be read."""
        found: list[SkinDeskError] = []
        for folder, shipped in self._folders():
            try:
                self._installed(folder, shipped)
            except (ModelUnavailableError, ContractError) as error:
                found.append(error)
        return tuple(found)

    def modalities(self) -> tuple[Modality, ...]:
        """The kinds of picture that some installed network answers."""
        answered = {model.modality for model in self.installed()}
        return tuple(kind for kind in _KINDS if kind in answered)

    def find(self, name: str | None = None, modality: Modality | None = None) -> InstalledModel:
        """A bundle by its id, or id and version as in `dermoscopy-7@2.1.0`; without one the default for a kind of
        picture, dermoscopic where none is named.

        An id alone means the network that came with the program, or else its newest version. Raises
        ModelUnavailableError where there is none, ModalityMismatchError where both are named and do not go together,
        ContractError where its contract cannot be used.
        """
        models = self.installed()
        if name is None:
            return _default(models, modality or Modality.DERMOSCOPIC)
        for model in sorted(models, key=lambda model: name != model.name):
            if name in model.names:
                _check_modality(model.contract, modality)
                return model
        for folder, shipped in self._folders():
            if folder.name == name:
                self._installed(folder, shipped)  # it is there, and this says what is wrong with it
        raise ModelUnavailableError(f"There is no model {name!r}.", _what_is_there(models))

    def with_digest(self, digest: str) -> InstalledModel | None:
        """The very network whose ONNX file has this SHA-256, as its card says; None where it is not installed."""
        return next((model for model in self.installed() if model.card.digest == digest), None)

    def open(self, name: str | None = None, modality: Modality | None = None) -> Classifier:
        """A network ready to answer, found as `find` does.

        The first time on this machine it has to give its golden outputs. Raises as `find` does, and
        ModelUnavailableError where the network is not the one its card describes or computes something else.
        """
        classifier = self.opened(self.find(name, modality))
        _check_modality(classifier.contract, modality)
        return classifier

    def opened(self, model: InstalledModel) -> Classifier:
        """An installed network ready to answer. Raises ModelUnavailableError as `open` does."""
        with self._lock:
            if model.folder not in self._opened:
                self._opened[model.folder] = self._proven(model.folder)
            return self._opened[model.folder]

    def prove(self, folder: Path) -> Classifier:
        """The network of any bundle, whose sums, digest, contract and golden outputs hold on this machine, which is
        kept. Raises a SkinDeskError that says what is wrong.
        """
        if (folder / SUMS_FILE).exists():
            check_sums(folder)
        classifier = Classifier.load(folder)
        classifier.check_golden(read_golden(folder))
        self._verified.add(classifier.ref.digest)
        return classifier

    def verify(self, name: str | None = None) -> None:
        """Check an installed bundle as `prove` does."""
        self.prove(self.find(name).folder)

    def problem_with(self, name: str) -> str | None:
        """What `verify` finds wrong, as a sentence, or None."""
        try:
            self.verify(name)
        except SkinDeskError as error:
            return str(error)
        return None

    def _proven(self, folder: Path) -> Classifier:
        """The network of a bundle, whose golden outputs hold on this machine."""
        return Classifier.load(folder) if self._verified.holds(read_card(folder).digest) else self.prove(folder)

    def _installed(self, folder: Path, shipped: bool) -> InstalledModel:
        """The bundle in a folder, read anew where one of its files has changed: a card takes some milliseconds."""
        stamp = _stamp(folder)
        known = self._read.get(folder)
        if known is None or known[0] != stamp:
            known = stamp, InstalledModel(folder, read_card(folder), read_contract(folder), shipped)
            self._read[folder] = known
        return known[1]

    def _folders(self) -> Iterator[tuple[Path, bool]]:
        for place, shipped in self._places:
            try:
                networks = sorted(place.glob(f"*/{MODEL_FILE}"))
            except OSError:  # a name too long, no permission: nothing can be installed there
                continue
            for network in networks:
                yield network.parent, shipped


def _stamp(folder: Path) -> _Stamp:
    """What tells whether a bundle's files are those that were read; what is missing is told by reading it."""
    found: list[tuple[int, int, int]] = []
    for name in BUNDLE_FILES:
        with suppress(OSError):
            stat = (folder / name).stat()
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def numbers_of(version: str) -> tuple[int, ...]:
    """A version such as 2.10.0 in the order of versions; empty, and so before all others, if it is not of numbers."""
    return tuple(map(int, f"{version}.0.0.0".split(".")[:4])) if _VERSION.fullmatch(version) else ()


def _age(model: InstalledModel) -> tuple[tuple[int, ...], str]:
    return numbers_of(model.contract.version), model.contract.version


def _place(model: InstalledModel) -> tuple[int, bool, str, bool]:
    is_default = model.model_id == DEFAULT_MODELS[model.modality]
    return _KINDS.index(model.modality), not is_default, model.model_id, not model.shipped


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
    return f"Installed: {', '.join(model.name for model in models) or 'none'}."
