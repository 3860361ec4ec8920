"""The class mix under which one kind of picture is answered: the archive's, every class alike, or a file's."""

from enum import Enum, auto
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.class_mix import ARCHIVE, BALANCED, ClassMix
from skindesk.domain.contract import Modality, ModelContract
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.labels import set_role, text_label
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import modality_name, percent, sentence
from skindesk.services.class_mixes import mix_for


class _Kind(Enum):
    """The three ways to a class mix."""

    ARCHIVE = auto()
    BALANCED = auto()
    OWN = auto()


class MixRow(QWidget):
    """Shows the mix of the settings with its shares, and tells of another choice once that fits the network."""

    wanted = Signal(object, str)
    """For this Modality, the user wants the mix `archive`, `balanced` or that of the file with this path."""

    def __init__(
        self, modality: Modality, workspace: Workspace, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.modality = modality
        self._workspace = workspace
        self._latest = Latest(background, self)
        kind_of_picture = modality_name(modality)
        options = (
            (_Kind.ARCHIVE, self.tr("The archive's")),
            (_Kind.BALANCED, self.tr("Every class alike")),
            (_Kind.OWN, self.tr("Own file")),
        )
        self.choice = Segmented[_Kind](self.tr("Class mix, {0}").format(kind_of_picture), options, self)
        self.choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.choice.chosen.connect(self._chosen)
        self.file_button = QPushButton(self.tr("Choose file…"), self)
        self.file_button.setAccessibleName(self.tr("Choose the class mix file, {0}").format(kind_of_picture))
        self.file_button.clicked.connect(self.choose_file)
        self.title = text_label(kind_of_picture, "strong")
        self.shares = text_label("", "secondary", wrap=True)
        self._lay_out()
        self.show_kept()

    def show_kept(self) -> None:
        """Show the mix of the settings, and what it means for the network of the settings."""
        self._mark_kept()
        self._latest.ask(partial(self._fitted, self._kept()), self._show_shares, self._show_trouble)

    def choose_file(self) -> None:
        """Ask for a file with a share for every label."""
        kinds = self.tr("Class mix (*.toml *.csv)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a class mix"), "", kinds)
        if name:
            self.take_file(Path(name))
        else:
            self.show_kept()

    def take_file(self, file: Path) -> None:
        """Want a file's mix; one that does not fit is told and changes nothing."""
        chosen = str(file.resolve())
        self._latest.ask(
            partial(self._fitted, chosen), lambda _found: self.wanted.emit(self.modality, chosen), self._refused
        )

    def _chosen(self, kind: _Kind) -> None:
        if kind is _Kind.OWN:
            self.choose_file()
        else:
            self.wanted.emit(self.modality, ARCHIVE if kind is _Kind.ARCHIVE else BALANCED)

    def _mark_kept(self) -> None:
        kind = {ARCHIVE: _Kind.ARCHIVE, BALANCED: _Kind.BALANCED}.get(self._kept(), _Kind.OWN)
        self.choice.blockSignals(True)
        self.choice.choose(kind)
        self.choice.blockSignals(False)
        self.file_button.setVisible(kind is _Kind.OWN)

    def _kept(self) -> str:
        return self._workspace.settings.mix_for(self.modality)

    def _fitted(self, choice: str) -> tuple[ModelContract, ClassMix]:
        """What a choice means for the network of the settings; for the background."""
        wanted = self._workspace.settings.model_for(self.modality)
        contract = self._workspace.models.find(wanted, self.modality).contract
        return contract, mix_for(choice, contract)

    def _show_shares(self, found: tuple[ModelContract, ClassMix]) -> None:
        contract, mix = found
        pairs = sorted(zip(mix.shares, contract.codes, strict=True), reverse=True)
        words = ", ".join(f"{code}\u00a0{percent(share)}" for share, code in pairs)
        kept = self._kept()
        name = contract.model_id if kept in (ARCHIVE, BALANCED) else kept
        self._say(f"{name}: {words}", "secondary")

    def _show_trouble(self, error: Exception) -> None:
        self._say(sentence(error), "error")

    def _refused(self, error: Exception) -> None:
        """The settings stay as they are, and so does the choice; the sentence says what is wrong with the file."""
        self._mark_kept()
        self._show_trouble(error)

    def _say(self, text: str, role: str) -> None:
        set_role(self.shares, role)
        self.shares.setText(text)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.title, 1)
        line.addWidget(self.file_button)
        line.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.shares)
