"""What evidence there is for a patient like this one, in two lines, and the rest on demand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.evidence import EvidenceLine
from skindesk.gui.widgets.labels import IconLabel, text_label

_SHOWN = 2
_ICON_PX = 16


class EvidenceNote(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Evidence for a patient like this"))
        self._rows: list[QWidget] = []
        self.more = QPushButton()
        self.more.setProperty("kind", "quiet")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._lines)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_lines(())

    def show_lines(self, lines: Sequence[EvidenceLine]) -> None:
        """Show the first lines, folded up, in the place of those before."""
        for row in self._rows:
            row.hide()
            self._lines.removeWidget(row)
            row.deleteLater()
        self._rows = [_row(line) for line in lines]
        for row in self._rows:
            self._lines.addWidget(row)
        self.more.setVisible(len(lines) > _SHOWN)
        self.more.setChecked(False)
        self._unfold(False)
        self.setVisible(bool(lines))

    def _unfold(self, whole: bool) -> None:
        for place, row in enumerate(self._rows):
            row.setVisible(whole or place < _SHOWN)
        count = len(self._rows) - _SHOWN
        self.more.setText(self.tr("Less") if whole else self.tr("{count} more").format(count=count))
        about = self.tr("Show less of the evidence") if whole else self.tr("Show all of the evidence")
        self.more.setAccessibleName(about)


def _row(line: EvidenceLine) -> QWidget:
    row = QWidget()
    across = QHBoxLayout(row)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(8)
    icon = (
        IconLabel("warning", "premalignant", _ICON_PX)
        if line.weight.is_warning
        else IconLabel("info", "muted", _ICON_PX)
    )
    across.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    text = text_label(line.text, "secondary", wrap=True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    across.addWidget(text, 1)
    return row
