"""What a page shows when there is nothing yet: what it is for, and what to do next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from skindesk.gui.widgets.labels import IconLabel, text_label

_TITLE_WIDTH_PX, _TEXT_WIDTH_PX = 440, 420


class EmptyState(QWidget):
    """An icon, a title, a sentence and at most one action, in the middle of the free room."""

    activated = Signal()
    """The action was chosen."""

    def __init__(
        self, icon_name: str, title: str, text: str, action_text: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.setSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        self.column.addStretch(2)
        self.column.addWidget(IconLabel(icon_name, "muted", 40), 0, centre)
        self.column.addSpacing(8)
        self._title = text_label(title, "section", wrap=True)
        self._title.setAlignment(centre)
        self._title.setFixedWidth(_TITLE_WIDTH_PX)
        self.column.addWidget(self._title, 0, centre)
        self._text = text_label(text, "secondary", wrap=True)
        self._text.setAlignment(centre)
        self._text.setFixedWidth(_TEXT_WIDTH_PX)
        self.column.addWidget(self._text, 0, centre)
        self.button = QPushButton(action_text or "")
        self.button.setProperty("kind", "primary")
        self.button.setAccessibleName(action_text or "")
        if action_text is None:
            self.button.hide()
        self.button.clicked.connect(self.activated)
        self.column.addSpacing(8)
        self.column.addWidget(self.button, 0, centre)
        self.column.addStretch(3)

    def showEvent(self, event: QShowEvent) -> None:
        """Give the words the height that they need."""
        super().showEvent(event)
        self._fit()

    def set_words(self, title: str, text: str) -> None:
        """Say something else, such as that a search found nothing."""
        self._title.setText(title)
        self._text.setText(text)
        self._fit()

    def words(self) -> str:
        """Title and text in one."""
        return f"{self._title.text()} {self._text.text()}".strip()

    def _fit(self) -> None:
        for label in (self._title, self._text):  # where a label is centred, the layout asks for no height for its width
            label.setMinimumHeight(max(0, label.heightForWidth(label.width())))  # -1 where it says nothing
