"""One numbered step of the examination."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from skindesk.gui.widgets.labels import text_label


class Step(QWidget):
    """A number and a title, with at most one short fact or a widget in `header`; the rest of the step is in `body`."""

    def __init__(self, number: int, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.header = header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(_number(number))
        header.addWidget(text_label(title, "section"), 1)
        self._fact = text_label("", "secondary")
        header.addWidget(self._fact)
        column.addLayout(header)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column.addLayout(self.body)
        self.setAccessibleName(f"{number} {title}")

    def set_fact(self, text: str) -> None:
        """Say a short fact in the step's header."""
        self._fact.setText(text)


def _number(number: int) -> QLabel:
    label = text_label(str(number), "step")
    label.setFixedSize(24, 24)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
