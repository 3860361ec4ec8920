"""What kind of picture it is, how large, and what is to be said of its quality."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from skindesk.domain.contract import Modality
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.step import Step
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.words import modality_word, quality_sentence

_KIND_PX = 152


class PictureStep(Step):
    """The kind of picture starts as the network's own and can be corrected."""

    modality_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(1, self.tr("Picture"), parent)
        self._expected: Modality | None = None
        self._combo = QComboBox()
        self._combo.setAccessibleName(self.tr("Kind of picture"))
        for modality in Modality:
            self._combo.addItem(modality_word(modality), modality)
        self._combo.currentIndexChanged.connect(self._changed)
        self._mismatch = text_label("", "warning", wrap=True)
        self._mismatch.hide()
        self._quality = text_label("", "secondary", wrap=True)
        self._combo.setToolTip(self.tr("Kind of picture"))
        self._combo.setFixedWidth(_KIND_PX)
        self.header.addWidget(self._combo)
        self.body.addWidget(self._mismatch)
        self.body.addWidget(self._quality)
        self.show_examination(None)

    def modality(self) -> Modality:
        """The kind of picture as it stands."""
        return Modality(self._combo.currentData())

    def expect(self, modality: Modality) -> None:
        """Start from the kind of picture that the network was trained on."""
        self._expected = modality
        self.choose(modality)
        self._changed()

    def show_examination(self, examination: Examination | None) -> None:
        """Say the size and what was noted of the picture; the kind starts again as the network's."""
        if examination is None:
            if self._expected is not None:
                self.expect(self._expected)
            self._quality.setText(self.tr("No picture yet."))
            return
        image = examination.image
        size = f"{image.original_width_px} × {image.original_height_px}\u00a0px"
        notes = [quality_sentence(warning) for warning in examination.warnings]
        self._quality.setText(f"{size} · " + ("\n".join(notes) or self.tr("nothing to remark on its quality")))

    def mismatch(self) -> str:
        """The warning about the kind of picture, if there is one."""
        return self._mismatch.text()

    def quality(self) -> str:
        """What is said of the picture's quality."""
        return self._quality.text()

    def choose(self, modality: Modality) -> None:
        """Take a kind of picture."""
        self._combo.setCurrentIndex(self._combo.findData(modality))

    def _changed(self) -> None:
        differs = self._expected is not None and self.modality() is not self._expected
        text = ""
        if differs and self._expected is not None:
            text = self.tr(
                "The network was trained on {expected} pictures. Its answer for a {given} one is not reliable."
            ).format(expected=modality_word(self._expected), given=modality_word(self.modality()))
        self._mismatch.setText(text)
        self._mismatch.setVisible(differs)
        self.modality_changed.emit()
