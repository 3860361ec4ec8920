"""Runs the program as a user does, in a process of its own, on a profile with the tiny network."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skindesk.system.paths import PROFILE_VARIABLE
from tests.support.tiny_bundle import write_tiny_bundle

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    write_tiny_bundle(tmp_path / "profile" / "models")
    return tmp_path / "profile"


@pytest.fixture
def skindesk(profile: Path) -> Run:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "skindesk", *(str(argument) for argument in arguments)]
        environment = {**os.environ, PROFILE_VARIABLE: str(profile)}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)

    return run
