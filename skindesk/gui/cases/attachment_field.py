"""A file that comes with a diagnosis: chosen or dropped, and read when it is recorded."""

import hashlib
import mimetypes
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPushButton, QWidget

from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.final_diagnosis import MAX_ATTACHMENT_MB, Attachment
from skindesk.gui.examine.incoming import first_file
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel

_LIMIT_BYTES = MAX_ATTACHMENT_MB * 1_000_000
_ANY_TYPE = "application/octet-stream"


class AttachmentField(QFrame):
    """At most one file. Nothing of it is read before it is recorded."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAcceptDrops(True)
        self._path: Path | None = None
        self._words = ElidedLabel("", "muted")
        self.choose_button = QPushButton(self.tr("Choose…"))
        self.choose_button.setAccessibleName(self.tr("Choose a file"))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.remove_button.setAccessibleName(self.tr("Do not attach the file"))
        set_icon(self.remove_button, "x", "muted")
        for button in (self.choose_button, self.remove_button):
            button.setAutoDefault(False)
        self.choose_button.clicked.connect(self._choose)
        self.remove_button.clicked.connect(lambda: self.take(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel("paperclip", "muted"))
        row.addWidget(self._words, 1)
        row.addWidget(self.remove_button)
        row.addWidget(self.choose_button)
        self.take(None)

    @property
    def path(self) -> Path | None:
        """The file."""
        return self._path

    def take(self, path: Path | None) -> None:
        """Attach a file, or none."""
        self._path = path
        hint = self.tr("Drop the laboratory's report here, up to {limit} MB").format(limit=MAX_ATTACHMENT_MB)
        self._words.set_full_text(hint if path is None else path.name)
        self.remove_button.setVisible(path is not None)
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if first_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach the file that was dropped."""
        event.acceptProposedAction()
        self.take(first_file(event.mimeData()))

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Attach a file"))
        if name:
            self.take(Path(name))


def read_attachment(path: Path) -> tuple[Attachment, bytes]:
    """A file as it is attached, with its bytes. Raises InvalidCaseError where it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > _LIMIT_BYTES:
            raise InvalidCaseError(
                f"{path.name} has {size / 1_000_000:.0f} MB; {MAX_ATTACHMENT_MB} MB can be attached.",
                "Attach a smaller file, such as only the pages that matter.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise InvalidCaseError(f"Could not read {path.name}: {error.strerror}.", "Choose the file again.") from error
    media_type = mimetypes.guess_type(path.name)[0] or _ANY_TYPE
    return Attachment(hashlib.sha256(content).hexdigest(), path.name, media_type), content
