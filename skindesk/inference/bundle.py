"""A model bundle on disk: the network, its card and its golden outputs, and whether they belong together."""

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skindesk.domain.contract import METADATA_KEY, ModelContract
from skindesk.domain.errors import ModelUnavailableError
from skindesk.domain.prediction import ModelRef
from skindesk.inference.metadata import read_metadata

MODEL_FILE, CARD_FILE, CARD_TEXT, GOLDEN_FILE = "model.onnx", "card.json", "card.md", "golden.npz"
_REINSTALL = "Install the model again."


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
    except (OSError, ValueError, KeyError, TypeError) as error:
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
        with (folder / GOLDEN_FILE).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return Golden(stored["pictures"], stored["probabilities"], stored.get("novelty"))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelUnavailableError(f"The golden outputs of model {folder.name} cannot be read.", _REINSTALL) from error


def parse_contract(metadata: dict[str, str], name: str) -> ModelContract:
    """The contract within an ONNX file's metadata. Raises ModelUnavailableError or ContractError."""
    if METADATA_KEY not in metadata:
        raise ModelUnavailableError(
            f"The network {name} carries no SkinDesk contract.", "Export it with `python -m training export`."
        )
    return ModelContract.from_json(metadata[METADATA_KEY])


def reference(contract: ModelContract, digest: str) -> ModelRef:
    """How predictions name this network."""
    return ModelRef(contract.model_id, contract.version, digest)
