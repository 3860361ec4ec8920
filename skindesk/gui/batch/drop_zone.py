"""The place to drop a folder on, which is a button too."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from skindesk.gui.theme import current, set_icon
from skindesk.gui.widgets.labels import IconLabel, text_label


class DropZone(QWidget):
    """A dashed field. The page around it takes the drop; `show_hovering` says that one is over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovering = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Drop a folder here"))
        self.folder_button = QPushButton(self.tr("Choose folder…"), self)
        self.folder_button.setProperty("kind", "primary")
        self.folder_button.setAccessibleName(self.tr("Choose a folder to classify"))
        set_icon(self.folder_button, "folder-open", "on_accent")
        self.files_button = QPushButton(self.tr("Choose files…"), self)
        self.files_button.setAccessibleName(self.tr("Choose pictures, archives or lists to classify"))
        set_icon(self.files_button, "image")
        self._lay_out()

    def show_hovering(self, hovering: bool) -> None:
        """Answer a drag over the page."""
        self._hovering = hovering
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field and its dashed edge."""
        tokens = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.accent if self._hovering else tokens.border), 2 if self._hovering else 1.5)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.raised if self._hovering else tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def _lay_out(self) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.files_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(IconLabel("folder-open", "muted", 40), 0, centre)
        column.addSpacing(8)
        column.addWidget(text_label(self.tr("Drop a folder here, or press Ctrl+O"), "section"), 0, centre)
        about = self.tr("Folders, pictures, ZIP and TAR archives, CSV lists, DICOMDIR. Pictures stay where they are.")
        column.addWidget(text_label(about, "secondary"), 0, centre)
        column.addSpacing(8)
        row = QHBoxLayout()
        row.addStretch()
        row.addLayout(buttons)
        row.addStretch()
        column.addLayout(row)
        column.addStretch(3)
