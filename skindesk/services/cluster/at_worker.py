"""What happens on a worker: it tells what it runs, takes a network once, and classifies chunks of pictures with it."""

import hashlib
import logging
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from time import perf_counter

from skindesk import __version__
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import ModelUnavailableError, SkinDeskError
from skindesk.inference.bundle import Golden
from skindesk.inference.classifier import Classifier
from skindesk.services.batch.engine import Options, Result, classify_item
from skindesk.services.batch.items import Item

_DECIDING = ("numpy", "onnxruntime", "pillow", "opencv-python-headless", "pi-heif", "pydicom")
"""The libraries that decide on what a row says."""
_MOST_NETWORKS = 3

_networks: dict[str, Classifier] = {}
_lock = Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Greeting:
    """What a worker runs, by name, and whether it has the network that it was asked for."""

    versions: Mapping[str, str]
    has_network: bool


@dataclass(frozen=True)
class Network:
    """A network on its way to a worker; the digest decides on what it is."""

    name: str
    digest: str
    content: bytes = field(repr=False)
    golden: Golden = field(repr=False)


@dataclass(frozen=True)
class Chunk:
    """Items with their numbers in the run. Paths are absolute, and no item has content."""

    numbers: tuple[int, ...]
    items: tuple[Item, ...] = field(repr=False)  # workers' logs are no place for file names


@dataclass(frozen=True)
class Done:
    """What became of a chunk, and how long that took."""

    results: tuple[Result, ...] = field(repr=False)
    took_s: float


@dataclass(frozen=True)
class Failed:
    """A chunk that a bug or a lack of memory ended."""

    error: str


def versions_here() -> dict[str, str]:
    """All that must be the same for two computers to write the same rows."""
    return {
        "SkinDesk": __version__,
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "the system": sys.platform,
        **{library: _version_of(library) for library in _DECIDING},
    }


def greet(digest: str) -> Greeting:
    """What this worker is."""
    return Greeting(versions_here(), digest in _networks)


def take_network(network: Network) -> str:
    """Make a network ready, as `classify_chunk` needs it; empty, or why this worker cannot answer with it."""
    try:
        if hashlib.sha256(network.content).hexdigest() != network.digest:
            raise ModelUnavailableError(f"The network {network.name} did not arrive as it was sent.", "Try again.")
        classifier = Classifier.from_bytes(network.content, network.name, network.digest)
        classifier.check_golden(network.golden)
    except SkinDeskError as error:
        return str(error)
    with _lock:
        _networks[network.digest] = classifier
        while len(_networks) > _MOST_NETWORKS:
            del _networks[next(iter(_networks))]
    return ""


def sees(paths: Sequence[Path]) -> tuple[bool, ...]:
    """Which files this worker could read."""
    return tuple(map(_is_readable, paths))


def classify_chunk(chunk: Chunk, digest: str, mix: ClassMix | None, options: Options) -> Done | Failed | None:
    """Classify a chunk's items one after the other; None where this worker does not have the network.

    Raises nothing: distributed 2026.8 loses a task whose trace it cannot pickle, and its client waits for ever.
    """
    classifier = _networks.get(digest)
    if classifier is None:
        return None
    begun = perf_counter()
    try:
        results = tuple(
            classify_item(item, classifier, mix, options, number)
            for number, item in zip(chunk.numbers, chunk.items, strict=True)
        )
    except Exception as error:
        _log.exception("unexpected failure on a chunk")
        return Failed(repr(error))
    return Done(results, perf_counter() - begun)


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"


def _is_readable(path: Path) -> bool:
    with suppress(OSError, ValueError):
        return path.is_file() and os.access(path, os.R_OK)
    return False
