"""What the tests of the desktop program share: the theme, a workspace on a fresh profile, and its window."""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from skindesk.bootstrap import Workspace
from skindesk.gui.background import Background
from skindesk.gui.theme import apply_theme
from skindesk.services.access import Access
from skindesk.storage.keyring import Cost
from skindesk.system.paths import Profile, bundled
from skindesk.system.settings import Theme

_LET_GO_EVERY = 8
_tests_run = [0]


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # What the offscreen platform cannot do (size hints, raising, grabbing for pop-ups) is not about the program.
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support ")


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    apply_theme(qapp, Theme.LIGHT)


@pytest.fixture(autouse=True)
def windows_go() -> Iterator[None]:
    """Every few tests, let go of the windows and networks of earlier ones, also of what an opened log has frozen."""
    yield
    _tests_run[0] += 1
    if _tests_run[0] % _LET_GO_EVERY == 0:
        gc.unfreeze()
        gc.collect()
        if sys.platform == "linux":
            ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture
def fresh_workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace at its first start, whose passphrases cost next to nothing to check."""
    opened = Workspace(Profile(tmp_path / "profile"), log_file=None)
    opened._access = Access(opened.profile, Cost(memory_kib=64, passes=1, lanes=1))
    yield opened
    opened.close_case_log()


@pytest.fixture
def workspace(fresh_workspace: Workspace) -> Workspace:
    """A workspace with nothing in it and the model that ships."""
    fresh_workspace.access.set_up_open()
    return fresh_workspace


@pytest.fixture
def background(qtbot: QtBot, workspace: Workspace) -> Iterator[Background]:
    """What runs in it ends before the workspace goes."""
    made = Background()
    yield made
    made.close()


@pytest.fixture
def example() -> Path:
    """A generated phantom."""
    return bundled("resources", "examples", "generated-mel.jpg")


@pytest.fixture
def other_example() -> Path:
    return bundled("resources", "examples", "generated-nv.jpg")
