"""Fixtures that every test folder may use."""

import os
from pathlib import Path

import pytest

from skindesk.inference.classifier import Classifier
from tests.support.tiny_bundle import write_tiny_bundle

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose classes are the strongest colour; treat it as read-only."""
    return write_tiny_bundle(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def tiny_classifier(tiny_bundle: Path) -> Classifier:
    return Classifier.load(tiny_bundle)


@pytest.fixture(scope="session")
def examples() -> list[Path]:
    """The generated example pictures that ship with the program."""
    return sorted((ROOT / "resources" / "examples").glob("*.jpg"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public archives; tests that need it skip where there is none."""
    folder = Path(os.environ.get("SKINDESK_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "ham10000").is_dir():
        pytest.skip("no public archives here: set SKINDESK_DATA to their folder")
    return folder
