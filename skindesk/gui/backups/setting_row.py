"""A setting whose sentence changes."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from skindesk.gui.widgets.labels import text_label


class SettingRow(QWidget):
    """What it is and what is known of it on the left, the control on the right, as in a section."""

    def __init__(self, name: str, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = text_label("", "secondary", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(text_label(name, "strong", wrap=True))
        words.addWidget(self._told)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(24)
        line.addLayout(words, 1)
        line.addWidget(control)

    def tell(self, words: str) -> None:
        """Say what is known now."""
        self._told.setText(words)

    def told(self) -> str:
        """What it says."""
        return self._told.text()
