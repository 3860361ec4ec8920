"""What kind of picture it is, what is known of its making, and what is to be said of its quality."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from skindesk.domain.contract import Modality
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.examine.step import Step
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.quality_words import finding_sentence
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import modality_name, quality_sentence

OTHER_KIND_KEYS = QKeySequence("Ctrl+K")
_ICON_PX = 16


class PictureStep(Step):
    """Where there are networks for several kinds of picture, the user says which kind it is, and it stays so."""

    declared = Signal(object)
    """The user has said that pictures are of this Modality."""
    region_wanted = Signal(object)
    """The network is to be given this Region; None is the whole picture."""

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
        self._facts = text_label("", "secondary", wrap=True)
        self._remarks: list[QWidget] = []
        self._picture: ExaminedPicture | None = None
        self.region_button = QPushButton()
        self.region_button.setProperty("kind", "quiet")
        self.region_button.setAutoDefault(False)
        self.region_button.clicked.connect(self._want_region)
        self.header.addWidget(self.kind)
        self.body.setSpacing(4)
        self.body.addWidget(self._facts)
        self.body.addWidget(self.region_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_picture(None)

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

    def show_picture(self, picture: ExaminedPicture | None) -> None:
        """Say what is known of a picture; its kind stays what it was."""
        self._picture = picture
        for row in self._remarks:
            row.hide()
            self.body.removeWidget(row)
            row.deleteLater()
        self._remarks = []
        self._offer_region(picture)
        if picture is None:
            self._facts.setText(self.tr("No picture yet."))
            return
        self._facts.setText(self._known_of(picture))
        for finding in picture.findings or ():
            self._remark(finding_sentence(finding), finding.severe)
        for warning in picture.warnings:
            self._remark(quality_sentence(warning), False)

    def quality(self) -> str:
        """What is said of the picture and its quality."""
        said = [row.accessibleName() for row in self._remarks]
        return "\n".join([self._facts.text(), *said])

    def _known_of(self, picture: ExaminedPicture) -> str:
        width, height = picture.size_px
        capture = picture.image.capture
        parts = [f"{width} × {height}\u00a0px", capture.taken_at[:16].replace("T", " "), capture.device]
        if picture.findings is None:
            parts.append(self.tr("looking through it…"))
        elif not picture.findings and not picture.warnings:
            parts.append(self.tr("nothing to remark on its quality"))
        return " · ".join(part for part in parts if part)

    def _remark(self, words: str, severe: bool) -> None:
        row = QWidget()
        row.setAccessibleName(words)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        icon = IconLabel("warning", "premalignant", _ICON_PX) if severe else IconLabel("info", "muted", _ICON_PX)
        across.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(text_label(words, "strong" if severe else "secondary", wrap=True), 1)
        self.body.insertWidget(1 + len(self._remarks), row)
        self._remarks.append(row)

    def _offer_region(self, picture: ExaminedPicture | None) -> None:
        region = None if picture is None else picture.region
        proposed = None if picture is None else picture.proposed_region
        self.region_button.setVisible(region is not None or proposed is not None)
        if region is not None:
            words = self.tr("The network sees {width} × {height}\u00a0px. Give it the whole picture")
            self.region_button.setText(words.format(width=region.width, height=region.height))
        else:
            self.region_button.setText(self.tr("Give the network only the lesion"))
        self.region_button.setAccessibleName(self.region_button.text())

    def _want_region(self) -> None:
        if self._picture is not None:
            cropped = self._picture.region is not None
            self.region_wanted.emit(None if cropped else self._picture.proposed_region)
