"""Fields for passphrases: one that can be shown while it is typed, and a pair for a new one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from skindesk.domain.errors import AccessRefusedError
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import field_label, set_role, text_label


class PassphraseField(QWidget):
    """A passphrase, hidden unless the user asks to see it."""

    entered = Signal()
    """Enter was pressed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.returnPressed.connect(self.entered)
        self.line.textChanged.connect(self.forgive)
        self.eye = QToolButton()
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._show)
        self._show(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.eye)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """What was typed."""
        return self.line.text()

    def clear(self) -> None:
        """Take away what was typed, and hide what is typed next."""
        self.line.clear()
        self.eye.setChecked(False)

    def mark_wrong(self) -> None:
        """Show that this is the field to mend, and let it be typed over."""
        set_role(self.line, "true", "invalid")
        self.line.setFocus()
        self.line.selectAll()

    def forgive(self) -> None:
        """Take the mark away."""
        if self.line.property("invalid") == "true":
            set_role(self.line, "false", "invalid")

    def _show(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        set_icon(self.eye, "eye-slash" if shown else "eye", "muted")
        words = self.tr("Hide what is typed") if shown else self.tr("Show what is typed")
        self.eye.setAccessibleName(words)
        self.eye.setToolTip(words)


class NewPassphrase(QWidget):
    """A new passphrase, typed twice, with a hint on what makes a good one."""

    entered = Signal()
    """Enter was pressed in the second field."""

    def __init__(self, shortest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortest = shortest
        self.first = PassphraseField(self.tr("New passphrase"))
        self.again = PassphraseField(self.tr("The same once more"))
        self.first.entered.connect(self.again.setFocus)
        self.again.entered.connect(self.entered)
        hint = self.tr(
            "At least {count} characters. Four or five unrelated words are strong and easy to keep in mind; "
            "a name, a date or a saying is not."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(field_label(self.tr("Passphrase"), self.first))
        column.addWidget(self.first)
        column.addWidget(text_label(hint.format(count=shortest), "secondary", wrap=True))
        column.addSpacing(8)
        column.addWidget(field_label(self.tr("The same once more"), self.again))
        column.addWidget(self.again)
        self.setFocusProxy(self.first)

    def clear(self) -> None:
        """Take away what was typed."""
        self.first.clear()
        self.again.clear()

    def value(self) -> str:
        """The passphrase. Raises AccessRefusedError where it is too short or the two differ; that field is marked."""
        if len(self.first.text()) < self._shortest:
            self.first.mark_wrong()
            raise AccessRefusedError(
                self.tr("The passphrase is too short."),
                self.tr("Use at least {count} characters; several words do well.").format(count=self._shortest),
            )
        if self.first.text() != self.again.text():
            self.again.mark_wrong()
            raise AccessRefusedError(
                self.tr("The two passphrases differ."), self.tr("Type the same one in both fields.")
            )
        return self.first.text()
