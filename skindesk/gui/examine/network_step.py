"""What the network says of the pictures, once the clinician wants to see it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from skindesk.domain.combining import Combined, Disagreement
from skindesk.domain.contract import ModelContract
from skindesk.domain.evidence import EvidenceLine
from skindesk.domain.prediction import Prediction
from skindesk.domain.quality import QualityFinding
from skindesk.gui.examine.evidence_note import EvidenceNote
from skindesk.gui.examine.step import Step
from skindesk.gui.widgets.differential import DifferentialView
from skindesk.gui.widgets.flow_layout import FlowLayout
from skindesk.gui.widgets.labels import set_role, text_label
from skindesk.gui.widgets.quality_words import finding_sentence
from skindesk.gui.widgets.segmented import Segmented


class NetworkStep(Step):
    """Exactly one of a sentence, with or without the button to reveal, and a differential is shown."""

    reveal_wanted = Signal()
    map_toggled = Signal(str, bool)
    """A class's code, and whether its map is wanted."""
    scope_changed = Signal()
    """The user wants the answer of all pictures together, or of the one in sight."""
    similar_wanted = Signal()
    knowledge_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(3, self.tr("Network"), parent)
        self._held = False
        self._state = text_label("", "secondary", wrap=True)
        self.reveal_button = QPushButton()
        self.reveal_button.clicked.connect(self.reveal_wanted)
        self.scope = Segmented[bool](
            self.tr("Answer to"), [(True, self.tr("All pictures")), (False, self.tr("This picture"))]
        )
        self.scope.choose(True)
        self.scope.chosen.connect(self.scope_changed)
        self._remark = text_label("", "secondary", wrap=True)
        self.differential = DifferentialView(maps=True)
        self.differential.map_toggled.connect(self.map_toggled)
        self.evidence = EvidenceNote()
        self._ways = QWidget()
        self.similar_button = self._way(self.tr("Similar cases  F3"), self.tr("Show similar confirmed cases"))
        self.similar_button.clicked.connect(self.similar_wanted)
        self.knowledge_button = self._way(self.tr("About this  F2"), self.tr("Show what is known of the diagnosis"))
        self.knowledge_button.clicked.connect(self.knowledge_wanted)
        self._lay_out()
        self.show_nothing()

    def state(self) -> str:
        """The sentence that stands in the place of an answer, if one does."""
        return "" if self._state.isHidden() else self._state.text()

    def remark(self) -> str:
        """What is to be said of the pictures' common answer."""
        return "" if self._remark.isHidden() else self._remark.text()

    @property
    def is_held(self) -> bool:
        """Whether an answer is held back because of the picture's quality."""
        return self._held

    @property
    def of_all(self) -> bool:
        """Whether the user wants the common answer where there is one."""
        return self.scope.value() is not False

    def name_model(self, contract: ModelContract | None) -> None:
        """Say which network speaks."""
        self.set_fact("" if contract is None else f"{contract.model_id} · {contract.version}")

    def show_nothing(self) -> None:
        """There is no picture."""
        self._say(self.tr("Open a picture first."))

    def show_working(self) -> None:
        """The network is looking at the picture."""
        self._say(self.tr("Looking at the picture…"))

    def show_ready(self) -> None:
        """There is an answer, which waits for the clinician's impression."""
        self._say(self.tr("Ready. Your impression first (Enter), or reveal now (Ctrl+R)."))
        self._offer_reveal(self.tr("Reveal now  Ctrl+R"), self.tr("Reveal the network's answer now"))

    def show_held(self, findings: Sequence[QualityFinding]) -> None:
        """There is an answer that the quality of the picture speaks against."""
        why = " ".join(finding_sentence(finding) for finding in findings)
        self._say(self.tr("The answer is held back. {why}").format(why=why), "abstained")
        self._offer_reveal(self.tr("Show it all the same  Ctrl+R"), self.tr("Show the answer all the same"))
        self._held = True

    def show_trouble(self, sentence: str) -> None:
        """There will be no answer."""
        self._say(sentence, "error")

    def show_prediction(
        self,
        prediction: Prediction,
        contract: ModelContract | None,
        combined: Combined | None = None,
        evidence: Sequence[EvidenceLine] = (),
    ) -> None:
        """Show the answer of the network with this contract, with the common one of several pictures where wanted."""
        together = combined is not None and self.of_all
        self._held = False
        self._state.hide()
        self.reveal_button.hide()
        self.scope.setVisible(combined is not None)
        self._say_of_several(combined if together else None)
        self.differential.show_prediction(
            combined.prediction if combined is not None and together else prediction,
            contract,
            combined if together else None,
        )
        self.evidence.show_lines(evidence)
        for part in (self.differential, self._ways):
            part.show()

    def mark_map(self, code: str | None) -> None:
        """Show which class's map is on the picture, without a signal."""
        self.differential.mark_map(code)

    def _say_of_several(self, combined: Combined | None) -> None:
        self._remark.setVisible(combined is not None)
        if combined is None:
            return
        words = self.tr("{count} pictures taken together.").format(count=len(combined.used))
        if combined.left_out:
            numbers = ", ".join(str(at + 1) for at in combined.left_out)
            words += " " + self.tr("Not counted: picture {numbers}.").format(numbers=numbers)
        if combined.disagreement is Disagreement.MALIGNANCY:
            words = self.tr("The pictures contradict each other on malignancy: look at each by itself.") + " " + words
        elif combined.disagreement is Disagreement.LEADING_CLASS:
            words = self.tr("The pictures lead to different classes.") + " " + words
        set_role(self._remark, "secondary" if combined.disagreement is None else "abstained")
        self._remark.setText(words)

    def _offer_reveal(self, text: str, name: str) -> None:
        self.reveal_button.setText(text)
        self.reveal_button.setAccessibleName(name)
        self.reveal_button.show()

    def _say(self, text: str, role: str = "secondary") -> None:
        self._held = False
        set_role(self._state, role)
        self._state.setText(text)
        self._state.show()
        self.evidence.show_lines(())
        for part in (self.reveal_button, self.scope, self._remark, self.differential, self._ways):
            part.hide()

    def _way(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("kind", "quiet")
        button.setAutoDefault(False)
        button.setAccessibleName(name)
        return button

    def _lay_out(self) -> None:
        self.body.addWidget(self._state)
        self.body.addWidget(self.reveal_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.scope)
        for part in (self._remark, self.differential, self.evidence):
            self.body.addWidget(part)
        ways = FlowLayout(self._ways)
        ways.addWidget(self.similar_button)
        ways.addWidget(self.knowledge_button)
        self.body.addWidget(self._ways)
