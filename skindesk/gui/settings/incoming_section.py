"""Settings: where pictures come from by themselves, and whether a camera can be used."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from skindesk.gui.backups.setting_row import SettingRow
from skindesk.gui.clipboard import copy_text
from skindesk.gui.incoming.camera_support import install_command, missing_library
from skindesk.gui.settings.section import Section
from skindesk.gui.widgets.labels import hairline
from skindesk.system.settings import Settings


class IncomingSection(Section):
    """The watched folder and the camera. The page keeps what `changed` tells."""

    changed = Signal(object)
    """A dict of settings with new values, by their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("IncomingSection", "Bringing pictures in"), parent)
        self.choose_button = _button(self.tr("Choose…"), self.tr("Choose the watched folder"))
        self.choose_button.clicked.connect(self.choose_folder)
        self.stop_button = _button(self.tr("Stop watching"), self.tr("Stop watching the folder"))
        self.stop_button.clicked.connect(lambda: self.changed.emit({"watched_folder": None}))
        self.copy_button = _button(self.tr("Copy command"), self.tr("Copy the command that installs the camera part"))
        self.copy_button.clicked.connect(lambda: copy_text(install_command()))
        self.folder_row = SettingRow(self.tr("Watched folder"), _beside(self.choose_button, self.stop_button))
        self.camera_row = SettingRow(self.tr("Camera or USB dermatoscope"), self.copy_button)
        self.column.addWidget(self.folder_row)
        self.column.addWidget(hairline())
        self.column.addWidget(self.camera_row)

    def show_settings(self, settings: Settings) -> None:
        """Say what is chosen. Nobody looks whether the folder is there: on a dead drive that can take for ever."""
        folder = settings.watched_folder
        self.stop_button.setVisible(folder is not None)
        if folder is None:
            words = self.tr(
                "None. Choose the folder of a camera's card, or the one into which a dermatoscope puts its pictures: "
                "Examine then tells you when there are new ones. Nothing in it is ever changed."
            )
        else:
            words = self.tr("{folder}\nWith the folders directly in it. A drive or card may go and come back.")
        self.folder_row.tell(words.format(folder=folder))
        self._tell_camera(settings.camera)

    def choose_folder(self) -> None:
        """Ask for the folder."""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder whose new pictures are told in Examine"))
        if chosen:
            self.changed.emit({"watched_folder": chosen})

    def _tell_camera(self, last: str) -> None:
        missing = missing_library()
        self.copy_button.setVisible(missing is not None and "pip" in missing.advice)
        if missing is not None:
            self.camera_row.tell(str(missing))
        elif last:
            self.camera_row.tell(self.tr("Open it in Examine. Last used: {camera}.").format(camera=last))
        else:
            self.camera_row.tell(self.tr("Open it in Examine."))


def _button(words: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setAccessibleName(name)
    button.setAutoDefault(False)
    return button


def _beside(*buttons: QPushButton) -> QWidget:
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    return held
