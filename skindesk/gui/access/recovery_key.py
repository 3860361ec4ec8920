"""Shows a recovery key, once, for printing or writing down."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from skindesk.gui.access.sheet import Sheet
from skindesk.gui.clipboard import copy_text
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.system.files import write_durably

_GROUPS_IN_A_ROW = 4
_ROW_PX = 36


class RecoveryKeyView(QWidget):
    """The key in large groups, with what can be done with it; `kept` once the user says that they have it."""

    kept_changed = Signal(bool)
    """The user has said that they have printed or written it down, or has taken that back."""

    def __init__(self, recovery_key: str, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._folder = recovery_key, folder
        self.notice = Notice()
        self.print_button = self._button(self.tr("Print…"), "printer")
        self.save_button = self._button(self.tr("Save as text…"), "floppy-disk")
        self.copy_button = self._button(self.tr("Copy"), "copy")
        self.copy_box = QCheckBox(self.tr("Allow copying: other programs can read the clipboard"))
        self.kept_box = QCheckBox(self.tr("I have printed it or written it down"))
        self.copy_button.setEnabled(False)
        self.print_button.clicked.connect(self.print_key)
        self.save_button.clicked.connect(self.save)
        self.copy_button.clicked.connect(self._copy)
        self.copy_box.toggled.connect(self.copy_button.setEnabled)
        self.kept_box.toggled.connect(self.kept_changed)
        self._lay_out()

    def print_key(self) -> None:
        """Ask for a printer, and print the key."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec():
            recovery_sheet(self._key, self._folder).print_(printer)
            self.notice.show_done(self.tr("Sent to the printer. Check the sheet before you go on."))

    def save(self) -> None:
        """Ask for a place, and write the key there as text."""
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the recovery key"), "skindesk-recovery-key.txt", self.tr("Text (*.txt)")
        )
        if not chosen:
            return
        try:
            write_durably(Path(chosen), recovery_sheet(self._key, self._folder).toPlainText().encode())
        except OSError as error:
            words = self.tr("{file} could not be written: {why}. Choose another folder.")
            self.notice.show_error(words.format(file=chosen, why=error.strerror or error))
            return
        words = self.tr("Wrote {file}. Keep it away from this computer, then delete it here.")
        self.notice.show_done(words.format(file=chosen))

    def _copy(self) -> None:
        copy_text(self._key)
        self.notice.show_done(self.tr("The key is in the clipboard until SkinDesk locks."))

    def _button(self, words: str, icon_name: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(self.tr("Recovery key: {action}").format(action=words))
        button.setAutoDefault(False)
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        why = self.tr(
            "It opens the case log when a passphrase is forgotten; without both, nobody can. It is shown only now. "
            "Print it or write it down, and lock it away from this computer."
        )
        column.addWidget(text_label(why, wrap=True))
        column.addWidget(self._groups())
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.print_button, self.save_button, self.copy_button):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        boxes = QVBoxLayout()
        boxes.setSpacing(0)
        boxes.addWidget(self.copy_box)
        boxes.addWidget(self.kept_box)
        column.addLayout(boxes)
        column.addWidget(self.notice)

    def _groups(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setAccessibleName(self.tr("Recovery key"))
        grid = QGridLayout(frame)
        grid.setContentsMargins(16, 16, 16, 16)
        grid.setVerticalSpacing(8)
        for place, group in enumerate(self._key.split("-")):
            row, column = divmod(place, _GROUPS_IN_A_ROW)
            grid.addWidget(text_label(group, "number"), row, column, Qt.AlignmentFlag.AlignCenter)
            grid.setRowMinimumHeight(row, _ROW_PX)
        return frame


class RecoveryKeyPage(Sheet):
    """The view on a page of its own, after a log was protected or a recovery key used."""

    done = Signal()
    abandoned = Signal()
    """Nobody has touched the program for a while: the key has to go."""

    def __init__(self, recovery_key: str, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.title.setText(self.tr("Your recovery key"))
        self.view = RecoveryKeyView(recovery_key, folder)
        self.go = QPushButton(self.tr("Continue"))
        self.go.setAccessibleName(self.go.text())
        self.go.setProperty("kind", "primary")
        self.go.setEnabled(False)
        self.view.kept_changed.connect(self.go.setEnabled)
        self.go.clicked.connect(self.done)
        self.column.addWidget(self.view)
        self.column.addWidget(self.go)
        self.begin_at(self.view.print_button)

    def leave_alone(self) -> None:
        """Nobody is there any more: whoever comes next must not see the key."""
        self.abandoned.emit()


def recovery_sheet(recovery_key: str, folder: Path) -> QTextDocument:
    """What is printed: the key, of which case log, since when, and what it is for."""
    translate = QCoreApplication.translate
    document = QTextDocument()
    cursor = QTextCursor(document)
    plain = cursor.charFormat()
    plain.setFontPointSize(11)
    large = cursor.charFormat()
    large.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    large.setFontPointSize(16)
    large.setFontWeight(QFont.Weight.Bold)
    cursor.insertText(translate("RecoverySheet", "SkinDesk recovery key"), plain)
    cursor.insertText(f"\n\n{recovery_key}\n\n", large)
    words = translate(
        "RecoverySheet",
        "Case log: {folder}\nMade on: {day}\n\nIt gives somebody a new passphrase when theirs is forgotten, and is "
        "used up by that. Keep it locked away from the computer: whoever has both can read every patient.",
    )
    cursor.insertText(words.format(folder=folder, day=date.today().isoformat()), plain)
    return document
