"""Takes a model bundle into the profile: unpacked aside, checked whole, then moved in by one rename."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skindesk.domain.contract import ModelContract
from skindesk.domain.errors import CaseLogUnavailableError, ContractError, ModelUnavailableError
from skindesk.exchange.bundle_archive import not_kept, pack, unpack
from skindesk.inference.bundle import (
    BUNDLE_FILES,
    MOST_BYTES,
    SUMS_FILE,
    ModelCard,
    check_sums,
    read_card,
    read_contract,
    sums_of,
)
from skindesk.services.models import InstalledModel, ModelLibrary, numbers_of
from skindesk.storage.occupancy import in_turn
from skindesk.system.files import make_folder, sync_folder
from skindesk.system.paths import Profile

_ARRIVING, _LOCK = ".arriving", ".lock"
_SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
"""What Windows takes for a device in any folder."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def install(source: Path, profile: Profile, models: ModelLibrary) -> InstalledModel:
    """Take a bundle, a folder or a ZIP file, into the profile beside what is there; nothing answers through it yet.

    Earlier versions stay. A crash at any moment leaves the profile's models as they were, or with the new one whole.
    Raises ModelUnavailableError or ContractError, and changes nothing, where the bundle is damaged, does not give its
    golden outputs on this machine, is no newer than what is installed, or cannot be kept.
    """
    with _alone(profile.models), _arrivals(profile.models / _ARRIVING) as arrivals:
        folder = arrivals / (_UNSAFE.sub("-", source.stem)[:64] or "bundle")
        with _keeping():
            folder.mkdir()
        unpack(source, folder, MOST_BYTES)
        model = _sound(folder, models)
        _refuse_unless_newer(model, models)
        target = profile.models / model.name
        with _keeping():
            if target.exists():
                raise ModelUnavailableError(f"{target} is there already.", "Remove that folder first.")
            folder.rename(target)
            sync_folder(profile.models)
        return models.find(model.name)


def pack_bundle(folder: Path, models: ModelLibrary, out: Path) -> None:
    """Check a bundle as it was exported and write it into a ZIP file that `install` takes, with its sums.

    Raises ModelUnavailableError or ContractError where the bundle is not sound, OutputUnavailableError where the file
    exists or cannot be written.
    """
    models.prove(folder)
    pack(folder, {SUMS_FILE: sums_of(folder).encode()}, BUNDLE_FILES, out)


def _sound(folder: Path, models: ModelLibrary) -> InstalledModel:
    """The bundle in a folder, of which everything holds that can be checked."""
    with _nothing_installed():
        check_sums(folder)
        card, contract = read_card(folder), read_contract(folder)
        _refuse_odd_names(contract)
        _refuse_foreign_card(card, contract)
        if models.prove(folder).contract != contract:
            raise ContractError(f"The network of {folder.name} holds two contracts.", "Export the model again.")
    return InstalledModel(folder, card, contract, shipped=False)


@contextmanager
def _nothing_installed() -> Iterator[None]:
    """What is wrong with a bundle that comes from elsewhere cannot be mended by installing it again."""
    try:
        yield
    except ModelUnavailableError as error:
        advice = "Nothing was installed. Get the bundle again from whoever made it."
        raise ModelUnavailableError(error.what, advice) from error


def _refuse_odd_names(contract: ModelContract) -> None:
    if not _SAFE_ID.fullmatch(contract.model_id) or _DEVICES.fullmatch(contract.model_id):
        raise ContractError(
            f"The contract names the model {contract.model_id!r}, which cannot be the name of a folder.",
            "Export it again under small letters, digits and hyphens.",
        )
    if not numbers_of(contract.version):
        raise ContractError(
            f"The contract names the version {contract.version!r} of {contract.model_id}, which cannot be ordered.",
            "Export it again with a version such as 2.1.0.",
        )


def _refuse_foreign_card(card: ModelCard, contract: ModelContract) -> None:
    told = (card.raw.get("model_id"), card.raw.get("version"))
    if told != (contract.model_id, contract.version):
        raise ModelUnavailableError(
            f"The card is of {told[0]} {told[1]}, but the network is {contract.model_id} {contract.version}."
        )


def _refuse_unless_newer(model: InstalledModel, models: ModelLibrary) -> None:
    """A name stands for one network: what comes later under the same name has to be newer, whoever made it."""
    same = models.with_digest(model.card.digest)
    if same is not None:
        raise ModelUnavailableError(f"This network is installed already, as {same.name}.", "Activate that.")
    for other in models.installed():
        if other.model_id != model.model_id:
            continue
        if other.modality is not model.modality:
            raise ModelUnavailableError(
                f"{model.model_id} answers {other.modality} pictures here, and this bundle {model.modality} ones.",
                "Export it under another name.",
            )
        if numbers_of(model.contract.version) <= numbers_of(other.contract.version):
            raise ModelUnavailableError(
                f"{model.model_id} {other.contract.version} is installed, and {model.contract.version} is not newer.",
                "Export it with a higher version, or under another name.",
            )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One installation at a time."""
    with _keeping():
        make_folder(folder)
    try:
        with in_turn(folder / _LOCK):
            yield
    except CaseLogUnavailableError as error:
        raise ModelUnavailableError(
            f"The models of the profile cannot be changed now: {folder} is in use or cannot be locked.",
            "Wait until another program has installed its model, then try again.",
        ) from error


@contextmanager
def _arrivals(folder: Path) -> Iterator[Path]:
    """An empty folder on the profile's drive, without what a crash has left in it; it goes in the end."""
    shutil.rmtree(folder, ignore_errors=True)
    with _keeping():
        make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _keeping() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_kept(error) from error
