"""What the network says of the picture, once the clinician wants to see it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from skindesk.domain.contract import ModelContract
from skindesk.domain.prediction import Prediction
from skindesk.gui.examine.step import Step
from skindesk.gui.widgets.differential import DifferentialView
from skindesk.gui.widgets.labels import set_role, text_label


class NetworkStep(Step):
    """Exactly one of a sentence, with or without the button to reveal, and a differential is shown."""

    reveal_wanted = Signal()
    map_toggled = Signal(str, bool)
    """A class's code, and whether its map is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(3, self.tr("Network"), parent)
        self._state = text_label("", "secondary", wrap=True)
        self.reveal_button = QPushButton(self.tr("Reveal now  Ctrl+R"))
        self.reveal_button.setAccessibleName(self.tr("Reveal the network's answer now"))
        self.reveal_button.clicked.connect(self.reveal_wanted)
        self.differential = DifferentialView(maps=True)
        self.differential.map_toggled.connect(self.map_toggled)
        self.body.addWidget(self._state)
        self.body.addWidget(self.reveal_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.differential)
        self.show_nothing()

    def state(self) -> str:
        """The sentence that stands in the place of an answer, if one does."""
        return "" if self._state.isHidden() else self._state.text()

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
        self.reveal_button.show()

    def show_trouble(self, sentence: str) -> None:
        """There will be no answer."""
        self._say(sentence, "error")

    def show_prediction(self, prediction: Prediction, contract: ModelContract | None) -> None:
        """Show the answer of the network with this contract."""
        self._state.hide()
        self.reveal_button.hide()
        self.differential.show_prediction(prediction, contract)
        self.differential.show()

    def mark_map(self, code: str | None) -> None:
        """Show which class's map is on the picture, without a signal."""
        self.differential.mark_map(code)

    def _say(self, text: str, role: str = "secondary") -> None:
        set_role(self._state, role)
        self._state.setText(text)
        self._state.show()
        self.reveal_button.hide()
        self.differential.hide()
