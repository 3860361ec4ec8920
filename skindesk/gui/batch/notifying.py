"""Tells somebody who is busy elsewhere that a run has ended, as quietly as the desktop can."""

from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from skindesk.gui.mark import mark

_SHOWN_MS = 8000


class EndNotice:
    """Says nothing while the window is in use. Its words must not name files: others may see the screen."""

    def __init__(self, page: QWidget) -> None:
        self._page = page
        self._tray: QSystemTrayIcon | None = None

    def tell(self, title: str, words: str) -> None:
        """Show a message of the desktop where there is a place for them, else let the window's button blink."""
        if self._page.isActiveWindow():
            return
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._shown_tray()
            tray.showMessage(title, words, mark(), _SHOWN_MS)
        else:
            QApplication.alert(self._page.window())

    def rest(self) -> None:
        """Take away the place of the message."""
        if self._tray is not None:
            self._tray.hide()

    def _shown_tray(self) -> QSystemTrayIcon:
        if self._tray is None:
            self._tray = QSystemTrayIcon(mark(), self._page)
            self._tray.activated.connect(self._come_back)
            self._tray.messageClicked.connect(self._come_back)
        self._tray.show()
        return self._tray

    def _come_back(self) -> None:
        self.rest()
        window = self._page.window()
        window.show()
        window.activateWindow()
