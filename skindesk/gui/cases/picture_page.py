"""One stored picture as large as the page, to be looked at closely."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import PictureDetails
from skindesk.gui.background import Background
from skindesk.gui.cases.thumbnails import ReadPicture
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.screen_picture import ScreenPicture, screen_picture
from skindesk.imaging.decode import decode, picture_from_bytes


class PicturePage(QWidget):
    """The picture on its canvas, under a bar with the way back; Esc goes back too."""

    closed = Signal()

    def __init__(self, read_picture: ReadPicture, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read_picture = read_picture
        self._latest = Latest(background, self)
        self._title = text_label("", "section")
        self._about = text_label("", "secondary")
        self.notice = Notice(self)
        self.canvas = PictureCanvas(self)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addWidget(self.notice)
        column.addWidget(self.canvas, 1)

    def show_picture(self, details: PictureDetails, taken: str) -> None:
        """Read and decode a stored picture in the background, then show it."""
        self._title.setText(details.file_name)
        self._about.setText(f"{taken} · {details.width_px} × {details.height_px} px")
        self.notice.clear()
        self.canvas.hide()
        self._latest.ask(lambda: self._decode(details), self._show, self.notice.show_error)

    def _decode(self, details: PictureDetails) -> ScreenPicture:
        content = self._read_picture(details.sha256)
        return screen_picture(decode(picture_from_bytes(details.file_name, content)).rgb, is_generated(content))

    def _show(self, picture: ScreenPicture) -> None:
        self.canvas.show_picture(picture)
        self.canvas.show()
        self.canvas.setFocus()

    def _bar(self) -> QFrame:
        bar = QFrame(self)
        bar.setProperty("role", "toolbar")
        back = QPushButton(self.tr("Back to the case"), bar)
        back.setProperty("kind", "quiet")
        back.setToolTip(self.tr("Esc"))
        back.setAccessibleName(back.text())
        set_icon(back, "arrow-left", "accent")
        back.clicked.connect(self.closed)
        hint = text_label(self.tr("Wheel or + and − zoom, drag moves, 0 fits"), "secondary")
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 8, 24, 8)
        line.setSpacing(16)
        line.addWidget(back)
        line.addWidget(self._title)
        line.addWidget(self._about)
        line.addStretch()
        line.addWidget(hint)
        return bar
