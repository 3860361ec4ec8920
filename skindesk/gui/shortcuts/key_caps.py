"""Keys as they stand on the keyboard, each in a frame."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from skindesk.gui.shortcuts.registry import ARROWS
from skindesk.gui.widgets.labels import text_label

_MOST_CAPS = 3
"""Of more keys than these the first and the last are shown."""
_ARROW_CAP = "← → ↑ ↓"


class KeyCaps(QWidget):
    """Alternative keys side by side, or a row of them from the first to the last."""

    def __init__(self, keys: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        texts, between = _caps(keys)
        for index, text in enumerate(texts):
            if index and between:
                row.addWidget(text_label(between, "secondary"))
            cap = text_label(text, "key")
            cap.setAccessibleName(spoken(keys) if text.endswith(_ARROW_CAP) else text)
            row.addWidget(cap)
        row.addStretch(1)


def native(key: str) -> str:
    """A key in portable text as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def spoken(keys: Sequence[str]) -> str:
    """Keys in words, as they are read out and searched for."""
    held = _held_with_arrows(keys)
    if held is None:
        return ", ".join(native(key) for key in keys)
    arrows = QCoreApplication.translate("shortcuts", "arrow keys")
    return f"{held}{arrows}"


def _caps(keys: Sequence[str]) -> tuple[list[str], str]:
    """What stands on the caps, and the word between them."""
    held = _held_with_arrows(keys)
    if held is not None:
        return [f"{held}{_ARROW_CAP}"], ""
    if len(keys) > _MOST_CAPS:
        return [native(keys[0]), native(keys[-1])], QCoreApplication.translate("shortcuts", "to")
    return [native(key) for key in keys], ""


def _held_with_arrows(keys: Sequence[str]) -> str | None:
    """What is held while all four arrows are meant, as "Shift+", which may be nothing; None where they are not."""
    if len(keys) != len(ARROWS) or not all(key.endswith(arrow) for key, arrow in zip(keys, ARROWS, strict=True)):
        return None
    return native(keys[0]).removesuffix(native(ARROWS[0]))
