"""The dialog in which a note on a picture is written."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from skindesk.gui.widgets.labels import ElidedLabel, text_label

_WIDTH_PX, _NOTE_HEIGHT_PX = 480, 120


class NoteDialog(QDialog):
    """Starts from the note that there is; an empty one takes it away."""

    written = Signal(str)

    def __init__(self, name: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Note"))
        self.setFixedWidth(_WIDTH_PX)
        self.field = QPlainTextEdit(note)
        self.field.setAccessibleName(self.tr("Note on {name}").format(name=name))
        self.field.setFixedHeight(_NOTE_HEIGHT_PX)
        self.field.setTabChangesFocus(True)
        self.keep_button = QPushButton(self.tr("Keep note  Ctrl+Enter"))
        self.keep_button.setAccessibleName(self.tr("Keep note"))
        self.keep_button.setProperty("kind", "primary")
        self.keep_button.clicked.connect(self._keep)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(text_label(self.tr("Note"), "page-title"))
        column.addWidget(ElidedLabel(name, "secondary"))
        column.addWidget(self.field)
        where = self.tr("Notes are kept with the run and go into its export. They are not encrypted: name no patients.")
        column.addWidget(text_label(where, "secondary", wrap=True))
        column.addLayout(row)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._keep)

    def _keep(self) -> None:
        self.written.emit(self.field.toPlainText())
        self.accept()
