"""A group of settings on a card, and one setting with its sentence."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from skindesk.gui.widgets.labels import text_label


class Section(QFrame):
    """A titled card; `column` takes its rows."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 16, 24, 20)
        self.column.setSpacing(16)
        self.column.addWidget(text_label(title, "section"))

    def add_setting(self, name: str, why: str, control: QWidget) -> None:
        """A row: what it is and why on the left, the control on the right."""
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(text_label(name, "strong", wrap=True))
        words.addWidget(text_label(why, "secondary", wrap=True))
        line = QHBoxLayout()
        line.setSpacing(24)
        line.addLayout(words, 1)
        line.addWidget(control)
        self.column.addLayout(line)
