"""The card in the middle of the window on which each page about access stands."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from skindesk.gui.mark import mark
from skindesk.gui.widgets.labels import PixmapLabel, field_label, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.tab_order import lead_to_taken

_WIDTH_PX = 520
_MARK_PX = 40


class Sheet(QScrollArea):
    """The program's mark, a title, and a column for the rest; `notice` says what went wrong."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.notice = Notice(closable=False)
        self._first: QWidget | None = None
        self.title = text_label(title, "page-title", wrap=True)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(_WIDTH_PX)
        self.column = QVBoxLayout(card)
        self.column.setContentsMargins(32, 28, 32, 28)
        self.column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(PixmapLabel(mark(), _MARK_PX), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        self.column.addLayout(head)
        page = QWidget()
        page.setProperty("role", "scrolled")
        middle = QVBoxLayout(page)
        middle.setContentsMargins(24, 24, 24, 24)
        row = QHBoxLayout()  # an alignment would keep wrapped text from getting the height that it needs
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        middle.addStretch(2)
        middle.addLayout(row)
        middle.addStretch(3)
        self.setWidget(page)

    def begin_at(self, field: QWidget) -> None:
        """Let this field have the keyboard when the page comes into sight; a focus proxy would draw Tab to it, too."""
        self._first = field

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keyboard on."""
        super().focusInEvent(event)
        if self._first is not None:
            self._first.setFocus(event.reason())

    def leave_alone(self) -> None:
        """Nobody is there any more: a page with secrets on it takes them away."""

    def add_field(self, name: str, field: QWidget) -> None:
        """A field under its name."""
        self._add_close(4, field_label(name, field), field)

    def add_choices(self, *choices: QAbstractButton) -> None:
        """Buttons of which one is taken."""
        group = QButtonGroup(self)
        for choice in choices:
            group.addButton(choice)
        lead_to_taken(group)
        self._add_close(0, *choices)

    def _add_close(self, spacing_px: int, *widgets: QWidget) -> None:
        group = QVBoxLayout()
        group.setSpacing(spacing_px)
        for widget in widgets:
            group.addWidget(widget)
        self.column.addLayout(group)

    def add_text(self, text: str, role: str = "body") -> QLabel:
        """A paragraph."""
        label = text_label(text, role, wrap=True)
        self.column.addWidget(label)
        return label
