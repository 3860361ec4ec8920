"""One installed network: choose it, and check that it is what its card says."""

from enum import StrEnum

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout, QWidget

from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.words import sentence
from skindesk.services.models import InstalledModel


class VerifyTone(StrEnum):
    """How a check went; the value is the token of its icon's colour."""

    WAITING = "muted"
    GOOD = "done"
    BAD = "error"


_ICONS = {
    VerifyTone.WAITING: "shield",
    VerifyTone.GOOD: "shield-check",
    VerifyTone.BAD: "shield-warning",
}


class ModelRow(QWidget):
    """A radio button with the network's title, where it is from, and its check."""

    def __init__(self, model: InstalledModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_id = model.model_id
        self.modality = model.modality
        title = str(model.card.raw.get("title", model.model_id))
        version = str(model.card.raw.get("version", ""))
        self.choice = QRadioButton(title, self)
        self.choice.setAccessibleName(self.tr("Use {0}").format(title))
        self.verify_button = QPushButton(self.tr("Verify"), self)
        self.verify_button.setAccessibleName(self.tr("Verify {0}").format(title))
        self.verify_button.setToolTip(self.tr("Check the network's digest, contract and golden outputs"))
        origin = self.tr("came with SkinDesk") if model.shipped else self.tr("added to this profile")
        facts = [f"{model.model_id} {version}".strip(), model.card.digest[:8], model.card.licence, origin]
        self._facts = text_label(" · ".join(facts), "secondary", wrap=True)
        self._icon = IconLabel(_ICONS[VerifyTone.WAITING], VerifyTone.WAITING.value)
        self.state_label = text_label("", "secondary", wrap=True)
        self.show_state(VerifyTone.WAITING, self.tr("Not verified since SkinDesk was started"))
        self._lay_out()

    def show_state(self, tone: VerifyTone, text: str) -> None:
        """Say how the check stands."""
        self._icon.set_icon(_ICONS[tone], tone.value)
        self.state_label.setText(text)

    def show_verifying(self) -> None:
        """The check is on its way."""
        self.verify_button.setEnabled(False)
        self.show_state(VerifyTone.WAITING, self.tr("Verifying…"))

    def show_verified(self, problem: str | None) -> None:
        """The check has ended, with what it found wrong or None."""
        self.verify_button.setEnabled(True)
        if problem is None:
            self.show_state(VerifyTone.GOOD, self.tr("Verified: digest, contract and golden outputs hold"))
        else:
            self.show_state(VerifyTone.BAD, problem)

    def show_failed(self, error: Exception) -> None:
        """The check could not be made."""
        self.show_verified(sentence(error))

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(8)
        state.addWidget(self._icon)
        state.addWidget(self.state_label, 1)
        below = QVBoxLayout()
        below.setContentsMargins(28, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self._facts)
        below.addLayout(state)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.choice)
        words.addLayout(below)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addLayout(words, 1)
        line.addWidget(self.verify_button)
