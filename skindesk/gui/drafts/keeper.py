"""Watches a form, and has its draft kept a second after the typing pauses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from skindesk.gui.drafts.kept import Drafts, Form
from skindesk.gui.widgets.segmented import Segmented

PAUSE_MS = 1000


@dataclass(frozen=True)
class Held:
    """What a form holds: plain JSON, and the bytes of its pictures, if it has any."""

    values: dict[str, Any]
    pictures: tuple[bytes, ...] = ()


class DraftKeeper(QObject):
    """One form's draft. `held` says what the form holds now; None where there is nothing worth keeping."""

    def __init__(self, drafts: Drafts, form: Form, held: Callable[[], Held | None], parent: QObject) -> None:
        super().__init__(parent)
        self._drafts, self._form, self._held = drafts, form, held
        self._kept = False
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._keep)

    def touch(self) -> None:
        """Something was typed or chosen."""
        self._pause.start()

    def adopt(self) -> None:
        """The form goes on with a draft that is in the log."""
        self._kept = True

    def drop(self) -> None:
        """What the form holds was saved or discarded."""
        self._pause.stop()
        if self._kept:
            self._kept = False
            self._drafts.drop(self._form)

    def _keep(self) -> None:
        held = self._held()
        if held is None:
            self.drop()
        else:
            self._kept = True
            self._drafts.keep(self._form, held.values, held.pictures)


def watch_fields(form: QWidget, changed: Callable[[], object]) -> None:
    """Have `changed` called whenever something is typed or chosen in any field of a form."""

    def tell(*_values: object) -> None:
        changed()

    for line in form.findChildren(QLineEdit):
        line.textChanged.connect(tell)
    for text in form.findChildren(QPlainTextEdit):
        text.textChanged.connect(tell)
    for combo in form.findChildren(QComboBox):
        combo.currentIndexChanged.connect(tell)
    for box in form.findChildren(QCheckBox):
        box.toggled.connect(tell)
    for choice in form.findChildren(Segmented):
        choice.chosen.connect(tell)
