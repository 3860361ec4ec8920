"""An inline bar that says what happened and what to do next."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from skindesk.domain.errors import SkinDeskError
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import IconLabel, set_role, text_label
from skindesk.gui.widgets.words import sentence


class Notice(QFrame):
    """Hidden until there is something to say; the user closes it, or the page clears it."""

    shown_changed = Signal(bool)
    """The notice has something to say now, or has not."""

    def __init__(self, parent: QWidget | None = None, closable: bool = True) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._action: Callable[[], None] | None = None
        self._icon = IconLabel("info", "accent")
        self._text = text_label("", wrap=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.action_button = QPushButton()
        self.action_button.clicked.connect(self._act)
        self._close = QToolButton()
        set_icon(self._close, "x", "muted")
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setToolTip(self._close.accessibleName())
        self._close.clicked.connect(self.clear)
        if not closable:
            self._close.hide()
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        row.addWidget(self.action_button)
        row.addWidget(self._close)

    def text(self) -> str:
        """What the notice says now."""
        return self._text.text()

    def show_error(self, error: SkinDeskError | Exception | str) -> None:
        """Say what went wrong: an expected failure in its own words, a bug without its innards."""
        self._show(sentence(error), "error", "warning-circle", None, None)

    def show_done(self, text: str, action_text: str | None = None, action: Callable[[], None] | None = None) -> None:
        """Say what was done, with at most one thing to do next."""
        self._show(text, "done", "check-circle", action_text, action)

    def show_information(
        self, text: str, action_text: str | None = None, action: Callable[[], None] | None = None
    ) -> None:
        """Say what the user should know, with at most one thing to do next."""
        self._show(text, "accent", "info", action_text, action)

    def show_warning(self, text: str) -> None:
        """Say what may go wrong, though nothing has yet."""
        self._show(text, "premalignant", "warning", None, None)

    def clear(self) -> None:
        """Say nothing and take no room."""
        self._text.clear()
        self._action = None
        self.hide()
        self.shown_changed.emit(False)

    def _show(
        self, text: str, tone: str, icon_name: str, action_text: str | None, action: Callable[[], None] | None
    ) -> None:
        set_role(self, tone, "tone")
        self._icon.set_icon(icon_name, tone)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._action = action
        self.action_button.setText(action_text or "")
        self.action_button.setAccessibleName(action_text or "")
        self.action_button.setVisible(action_text is not None)
        self.show()
        self.shown_changed.emit(True)

    def _act(self) -> None:
        action = self._action
        if action is not None:
            action()
