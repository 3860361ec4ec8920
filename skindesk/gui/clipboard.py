"""What the program puts into the clipboard, and takes back when it locks."""

from PySide6.QtGui import QClipboard, QGuiApplication

_copied: list[str] = []
"""What `copy_text` has put there, since not every platform tells whose the clipboard's content is."""


def copy_text(text: str) -> None:
    """Put a text into the clipboard until the program locks."""
    _copied[:] = [text]
    QGuiApplication.clipboard().setText(text)


def take_back() -> None:
    """Empty the clipboard of what was copied in this program by whatever means; what others put there stays."""
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard() or clipboard.text() in _copied:
        clipboard.clear()
    if clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
    _copied.clear()
