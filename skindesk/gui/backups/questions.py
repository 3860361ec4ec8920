"""Asks before something is taken away for good."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from skindesk.gui.backups.words import size
from skindesk.gui.widgets.labels import set_role
from skindesk.services.set_aside import SetAside

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def sure_to_remove(parent: QWidget, count: int) -> bool:
    """Whether so many backups are to be removed."""
    return _sure(
        parent,
        translate("backups", "Remove the backups that are not protected as this log is ({n})").format(n=count),
        translate("backups", "They are removed for good. The backups under the key of now stay."),
        translate("backups", "Remove"),
    )


def sure_to_erase_logs(parent: QWidget, aside: Sequence[SetAside]) -> bool:
    """Whether the logs that were set aside are to be erased."""
    words = translate(
        "backups", "Replaced logs: {n}, {size}. They are erased whole; what was saved only there is gone then."
    )
    in_all = sum(log.size_bytes for log in aside)
    return _sure(
        parent,
        translate("backups", "Erase the logs that were set aside"),
        words.format(n=len(aside), size=size(in_all)),
        translate("backups", "Erase"),
    )


def _sure(parent: QWidget, title: str, text: str, action: str) -> bool:
    question = QMessageBox(parent)
    question.setWindowTitle(title)
    question.setText(title)
    question.setInformativeText(text)
    keep = question.addButton(translate("backups", "Keep"), QMessageBox.ButtonRole.RejectRole)
    go = question.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    set_role(go, "danger", "kind")
    question.setDefaultButton(keep)
    question.setEscapeButton(keep)
    question.exec()
    return question.clickedButton() is go
