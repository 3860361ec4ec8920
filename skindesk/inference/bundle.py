"""A model bundle on disk: the network, its card and its golden outputs, and whether they belong together."""

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import METADATA_KEY, ModelContract
from skindesk.domain.errors import ContractError, ModelUnavailableError
from skindesk.domain.prediction import ModelRef
from skindesk.inference.metadata import read_metadata
from skindesk.system.files import write_durably

MODEL_FILE, CARD_FILE, CARD_TEXT, GOLDEN_FILE = "model.onnx", "card.json", "card.md", "golden.npz"
SUMS_FILE = "SHA256SUMS"
"""What each other file of a bundle is, as `sha256sum --check` reads it: without it damage to a card goes unseen."""
BUNDLE_FILES = (MODEL_FILE, CARD_FILE, CARD_TEXT, GOLDEN_FILE)
"""What a bundle is made of, besides its sums."""
MOST_BYTES = {MODEL_FILE: 512 << 20, CARD_FILE: 16 << 20, CARD_TEXT: 4 << 20, GOLDEN_FILE: 64 << 20, SUMS_FILE: 4096}
"""How long each file of a bundle that comes from elsewhere may be: the largest shipped network has 33 MB."""
_MOST_GOLDEN_BYTES = 256 << 20
"""How much golden outputs may take once they are unpacked."""
_REINSTALL = "Install the model again."
_GOLDEN_ERRORS = (
    OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy and zipfile raise on a damaged file."""


@dataclass(frozen=True)
class ModelCard:
    """What is known of a network besides its contract; `raw` is the card's JSON object, `text` its Markdown."""

    digest: str
    licence: str
    raw: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Golden:
    """Generated pictures uint8 (n, height, width, 3) with what is expected for them.

    `probabilities` float32 (n, classes), and `novelty` float32 (n,) for a network that measures it.
    """

    pictures: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    novelty: NDArray[np.float32] | None = None


def read_card(folder: Path) -> ModelCard:
    """Read a bundle's card. Raises ModelUnavailableError where it is missing or malformed."""
    try:
        raw = json.loads((folder / CARD_FILE).read_text("utf-8"))
        text = (folder / CARD_TEXT).read_text("utf-8")
        return ModelCard(digest=str(raw["digest"]), licence=str(raw["licence"]), raw=raw, text=text)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelUnavailableError(f"The card of model {folder.name} cannot be read.", _REINSTALL) from error


def read_network(folder: Path) -> tuple[bytes, str]:
    """The ONNX file's bytes and their SHA-256. Raises ModelUnavailableError where it cannot be read."""
    try:
        content = (folder / MODEL_FILE).read_bytes()
    except OSError as error:
        raise ModelUnavailableError(f"The network of model {folder.name} cannot be read.", _REINSTALL) from error
    return content, hashlib.sha256(content).hexdigest()


def read_contract(folder: Path) -> ModelContract:
    """The contract within a bundle's network, read without loading that. Raises as `parse_contract` does."""
    try:
        text = read_metadata(folder / MODEL_FILE, METADATA_KEY)
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(f"The network of model {folder.name} cannot be read.", _REINSTALL) from error
    return parse_contract({} if text is None else {METADATA_KEY: text}, folder.name)


def read_golden(folder: Path) -> Golden:
    """Read a bundle's golden outputs. Raises ModelUnavailableError where they are missing or malformed."""
    try:
        with (folder / GOLDEN_FILE).open("rb") as file:
            _refuse_bomb(file)
            with np.load(file, allow_pickle=False) as stored:
                return Golden(stored["pictures"], stored["probabilities"], stored.get("novelty"))
    except _GOLDEN_ERRORS as error:
        raise ModelUnavailableError(f"The golden outputs of model {folder.name} cannot be read.", _REINSTALL) from error


def _refuse_bomb(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as members:
        if sum(member.file_size for member in members.infolist()) > _MOST_GOLDEN_BYTES:
            raise ValueError("the golden outputs are too large")
    file.seek(0)


def write_sums(folder: Path) -> None:
    """Write, or write again, what each file of a bundle is. Raises OSError where one is missing."""
    write_durably(folder / SUMS_FILE, sums_of(folder).encode())


def check_sums(folder: Path) -> None:
    """Raises ModelUnavailableError where a file of a bundle, to the last bit, is not what its sums say."""
    try:
        told = (folder / SUMS_FILE).read_text("utf-8").splitlines(keepends=True)
        found = sums_of(folder).splitlines(keepends=True)
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(f"The files of model {folder.name} cannot be read.", _REINSTALL) from error
    if told == found:
        return
    changed = [name for name, line in zip(BUNDLE_FILES, found, strict=True) if line not in told]
    raise ModelUnavailableError(
        f"The bundle of model {folder.name} is damaged: {changed[0] if changed else SUMS_FILE} is not what it was.",
        _REINSTALL,
    )


def sums_of(folder: Path) -> str:
    """The sums of a bundle's files as they are now. Raises OSError where one is missing."""
    return "".join(f"{_digest(folder / name)}  {name}\n" for name in BUNDLE_FILES)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def parse_contract(metadata: dict[str, str], name: str) -> ModelContract:
    """The contract within an ONNX file's metadata. Raises ModelUnavailableError or ContractError."""
    if METADATA_KEY not in metadata:
        raise ModelUnavailableError(
            f"The network {name} carries no SkinDesk contract.", "Export it with `python -m training export`."
        )
    try:
        return ModelContract.from_json(metadata[METADATA_KEY])
    except RecursionError as error:
        raise ContractError(f"The contract of {name} cannot be read.", "Export the model again.") from error


def reference(contract: ModelContract, digest: str) -> ModelRef:
    """How predictions name this network."""
    return ModelRef(contract.model_id, contract.version, digest)
