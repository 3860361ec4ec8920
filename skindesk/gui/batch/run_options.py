"""How the next run is to work: kind of pictures, network, workers, order, and what else."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from skindesk.domain.contract import Modality
from skindesk.gui.widgets.flow_layout import FlowLayout
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import modality_name
from skindesk.services.batch import Options
from skindesk.services.models import InstalledModel

_MOST_WORKERS = 64


class RunOptions(QFrame):
    """Each choice holds for the runs that are begun after it, until the program is closed."""

    kind_chosen = Signal(object)
    """Another Modality was chosen: its networks are to be offered."""

    def __init__(self, workers: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        kinds = [(kind, modality_name(kind)) for kind in Modality]
        self.modality_choice = Segmented[Modality](self.tr("Kind of pictures"), kinds, self)
        self.modality_choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.modality_choice.choose(Modality.DERMOSCOPIC)
        self.modality_choice.chosen.connect(self.kind_chosen)
        self.model_box = QComboBox(self)
        self.model_box.setAccessibleName(self.tr("Network"))
        self.model_box.setMaximumWidth(280)
        self.workers_box = self._workers_box(workers)
        self.recursive_box = self._check(self.tr("Folders within"), self.tr("Include the folders within a folder"))
        self.recursive_box.setChecked(True)
        self.ordered_box = self._check(
            self.tr("In order"), self.tr("Sort the pictures of a folder by name; a very large folder begins later")
        )
        self.ordered_box.setChecked(True)
        self.quality_box = self._check(
            self.tr("Judge quality"), self.tr("Judge each picture's quality too, which takes longer than the network")
        )
        self.polite_box = self._check(self.tr("Low priority"), self.tr("Let everything else on this computer go first"))
        self.watch_box = self._check(
            self.tr("Keep watching"), self.tr("Go on while the folders fill, until it is stopped")
        )
        self._lay_out()

    @property
    def modality(self) -> Modality:
        """The kind of pictures."""
        return self.modality_choice.value() or Modality.DERMOSCOPIC

    @property
    def model(self) -> str | None:
        """The chosen network; None for the one of the settings."""
        chosen: str | None = self.model_box.currentData()
        return chosen

    def options(self) -> Options:
        """How the run's workers work."""
        return Options(
            self.workers_box.value(),
            ordered=self.ordered_box.isChecked(),
            quality=self.quality_box.isChecked(),
            low_priority=self.polite_box.isChecked(),
        )

    def offer(self, usual: str, models: tuple[InstalledModel, ...], kinds: tuple[Modality, ...]) -> None:
        """Offer networks of the chosen kind besides the `usual` one of the settings, and kinds where there are more."""
        self.modality_choice.setVisible(len(kinds) > 1)
        chosen = self.model
        self.model_box.clear()
        self.model_box.addItem(self.tr("{0} (of Settings)").format(usual), None)
        for model in models:
            if model.modality is self.modality:
                self.model_box.addItem(f"{model.model_id} {model.contract.version}", model.name)
        self.model_box.setCurrentIndex(max(0, self.model_box.findData(chosen)))

    def _workers_box(self, workers: int) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(self.tr("Workers"))
        box.setToolTip(self.tr("Pictures classified at the same time"))
        box.setRange(0, _MOST_WORKERS)
        box.setSpecialValueText(self.tr("One per core"))
        box.setValue(workers)
        box.setFixedSize(128, 36)
        box.lineEdit().setTextMargins(8, 0, 0, 0)
        return box

    def _check(self, words: str, about: str) -> QCheckBox:
        box = QCheckBox(words, self)
        box.setAccessibleName(about)
        box.setToolTip(about)
        return box

    def _lay_out(self) -> None:
        first = FlowLayout(spacing_px=12)
        for field in (self.modality_choice, _named(self.tr("Network"), self.model_box)):
            first.addWidget(field)
        first.addWidget(_named(self.tr("Workers"), self.workers_box))
        second = FlowLayout(spacing_px=16)
        for box in (self.recursive_box, self.ordered_box, self.quality_box, self.polite_box, self.watch_box):
            second.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for line in (first, second):
            held = QWidget()
            held.setLayout(line)
            column.addWidget(held)


def _named(name: str, field: QWidget) -> QWidget:
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(text_label(name, "label"))
    row.addWidget(field)
    return held
