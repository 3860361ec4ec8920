"""The demonstration: the program shows itself where there is no display."""

from pathlib import Path

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from skindesk.bootstrap import Workspace
from skindesk.gui import demo

PAGES = ("examine", "examine-map", "cases", "batch", "settings", "about")


@pytest.mark.usefixtures("qapp")
def test_it_writes_pictures_of_the_windows_and_saves_one_case(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "_SETTLED_S", 0.1)
    before = qInstallMessageHandler(None)
    try:
        status = demo.run_demo(tmp_path / "pictures", workspace.profile.root)
    finally:
        qInstallMessageHandler(before)

    assert status == 0
    written = {path.stem for path in (tmp_path / "pictures").glob("*.png")}
    assert written == {
        "start-light",
        "save-light",
        *(f"{page}-{theme}" for page in PAGES for theme in ("light", "dark")),
    }
    assert QImage(str(tmp_path / "pictures" / "cases-dark.png")).width() == 1280
    assert workspace.casework.log.count() == 1
    assert "generated-mel.jpg" in capsys.readouterr().out
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
