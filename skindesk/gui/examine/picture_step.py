"""What kind of picture it is, how large, and what is to be said of its quality."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QSizePolicy, QWidget

from skindesk.domain.contract import Modality
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.step import Step
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import modality_name, quality_sentence

OTHER_KIND_KEYS = QKeySequence("Ctrl+K")


class PictureStep(Step):
    """Where there are networks for several kinds of picture, the user says which kind it is, and it stays so."""

    declared = Signal(object)
    """The user has said that pictures are of this Modality."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(1, self.tr("Picture"), parent)
        kinds = [(kind, modality_name(kind)) for kind in Modality]
        self.kind = Segmented[Modality](self.tr("Kind of picture"), kinds)
        self.kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.kind.setToolTip(
            self.tr("Decides which network answers. {keys} takes the other kind.").format(
                keys=OTHER_KIND_KEYS.toString(QKeySequence.SequenceFormat.NativeText)
            )
        )
        self.kind.hide()
        self.kind.chosen.connect(self.declared)
        self._quality = text_label("", "secondary", wrap=True)
        self.header.addWidget(self.kind)
        self.body.addWidget(self._quality)
        self.show_examination(None)

    def modality(self) -> Modality:
        """The kind of picture as it stands."""
        return self.kind.value() or Modality.DERMOSCOPIC

    def offer(self, kinds: Sequence[Modality]) -> None:
        """Ask for the kind only where it decides on a network."""
        self.kind.setVisible(len(kinds) > 1)

    def answered_by(self, modality: Modality) -> None:
        """The kind of picture that the network answers, without a signal."""
        self.kind.blockSignals(True)
        self.kind.choose(modality)
        self.kind.blockSignals(False)

    def take_other_kind(self) -> None:
        """From dermoscopic to clinical and back, where there is a choice."""
        if self.kind.isVisible():
            kinds = tuple(Modality)
            self.kind.choose(kinds[(kinds.index(self.modality()) + 1) % len(kinds)])

    def show_examination(self, examination: Examination | None) -> None:
        """Say the size and what was noted of the picture; its kind stays what it was."""
        if examination is None:
            self._quality.setText(self.tr("No picture yet."))
            return
        image = examination.image
        size = f"{image.original_width_px} × {image.original_height_px}\u00a0px"
        notes = [quality_sentence(warning) for warning in examination.warnings]
        self._quality.setText(f"{size} · " + ("\n".join(notes) or self.tr("nothing to remark on its quality")))

    def quality(self) -> str:
        """What is said of the picture's quality."""
        return self._quality.text()
