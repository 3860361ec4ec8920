"""One figure on a card: what it is, its value with its interval, and the way to the cases behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.insights import Cases
from skindesk.gui.theme import tabular
from skindesk.gui.widgets.labels import hairline, text_label

_LINK_SHEET = """
QPushButton { padding: 0px 4px; min-height: 20px; font-size: 12px; border-radius: 4px; }
QPushButton:focus { padding: 0px 3px; min-height: 18px; }
"""


@dataclass(frozen=True)
class Link:
    """A way to some cases: what stands on it, and what is said of them above their list."""

    text: str
    words: str
    cases: Cases


@dataclass(frozen=True)
class Line:
    """A figure in words; `headline` makes its value the one number of its card."""

    name: str
    value: str
    interval: str
    links: tuple[Link, ...]
    headline: bool = False


class FigureLines(QWidget):
    """Figures one below the other, which can be replaced by others."""

    cases_wanted = Signal(object, str)
    """The user wants to see these Cases, of which this is to be said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._content = QWidget()
        self._column.addWidget(self._content)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these in the place of the last ones; the keyboard stays on the link where it was."""
        buttons = self._content.findChildren(QPushButton)
        focused = next((place for place, button in enumerate(buttons) if button.hasFocus()), None)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for place, line in enumerate(lines):
            if place:
                column.addWidget(hairline())
            column.addWidget(self._made(line))
        column.addStretch(1)
        self._column.replaceWidget(self._content, content)
        content.show()
        self._content.hide()
        self._content.deleteLater()
        self._content = content
        made = content.findChildren(QPushButton)
        if focused is not None and made:
            made[min(focused, len(made) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _made(self, line: Line) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        top = Qt.AlignmentFlag.AlignTop
        right = Qt.AlignmentFlag.AlignRight
        value = text_label(line.value, "number" if line.headline else "strong")
        value.setFont(tabular(value.font(), weight=QFont.Weight.DemiBold))
        grid.addWidget(text_label(line.name, "strong" if line.headline else "body", wrap=True), 0, 0, top)
        grid.addWidget(value, 0, 1, right | top)
        grid.addLayout(self._links(line), 1, 0)
        interval = text_label(line.interval, "secondary")
        interval.setFont(tabular(interval.font()))
        grid.addWidget(interval, 1, 1, right | Qt.AlignmentFlag.AlignVCenter)
        return made

    def _links(self, line: Line) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for link in line.links:
            button = QPushButton(link.text)
            button.setProperty("kind", "quiet")
            button.setStyleSheet(_LINK_SHEET)
            button.setAccessibleName(f"{link.words}: {link.text}")
            button.setToolTip(self.tr("Show these cases"))
            button.setEnabled(bool(link.cases))
            button.clicked.connect(lambda _checked=False, link=link: self.cases_wanted.emit(link.cases, link.words))
            row.addWidget(button)
        row.addStretch(1)
        return row
