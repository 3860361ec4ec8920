"""What importing a part of the program loads, checked in a fresh interpreter."""

import subprocess
import sys

import pytest


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("heavy", ["PySide6", "onnxruntime", "tensorflow", "sqlalchemy", "numpy"])
def test_importing_the_command_line_loads_nothing_heavy(heavy: str) -> None:
    assert heavy not in loaded_by("import skindesk.cli.main")


@pytest.mark.parametrize("heavy", ["onnxruntime", "sqlalchemy", "alembic", "tensorflow"])
def test_importing_the_window_leaves_network_and_case_log_for_later(heavy: str) -> None:
    assert heavy not in loaded_by("import skindesk.gui.main_window")


def test_the_window_leaves_the_import_statement_as_it_was() -> None:
    """PySide6 puts one in its place that reads the source of whatever is imported."""
    code = "import builtins\nown = builtins.__import__\nimport skindesk.gui.app\nassert builtins.__import__ is own"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_classifying_loads_neither_qt_nor_tensorflow() -> None:
    statement = (
        "from skindesk.bootstrap import open_workspace\n"
        "import skindesk.services.classify, tempfile, pathlib\n"
        "open_workspace(pathlib.Path(tempfile.mkdtemp())).models.open()"
    )
    loaded = loaded_by(statement)
    assert "onnxruntime" in loaded
    assert not {"PySide6", "tensorflow", "keras"} & loaded
