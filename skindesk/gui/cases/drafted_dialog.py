"""A form dialog whose content is kept while somebody types, and is back after a crash."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.background import Background
from skindesk.gui.drafts import DraftKeeper, Drafts, Form, Held, watch_fields
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import set_role

if TYPE_CHECKING:
    from skindesk.services.casework import Casework

WIDTH_PX = 640


@dataclass(frozen=True)
class Desk:
    """What a dialog works with: the case log, which may have to be opened first, threads, and the drafts."""

    casework: "Callable[[], Casework]"
    background: Background
    drafts: Drafts


class DraftedDialog(FormDialog):
    """A subclass says in `values` what it holds, as plain JSON, and calls `keep_drafts` once its fields are there.

    Cancelling discards the draft, and so does finished work. Where the dialog is closed by the lock, it stays.
    """

    def __init__(self, desk: Desk, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(desk.background, parent, WIDTH_PX)
        self.desk = desk
        self._keeper = DraftKeeper(desk.drafts, form, lambda: Held(self.values()), self)
        self.finished_work.connect(self._keeper.drop)

    def values(self) -> dict[str, Any]:
        """What stands in the fields."""
        raise NotImplementedError

    def restore(self, values: dict[str, Any]) -> None:
        """Fill the fields from a draft."""
        raise NotImplementedError

    def go_on(self, values: dict[str, Any]) -> None:
        """Go on with a draft that is in the log."""
        self.restore(values)
        self._keeper.adopt()

    def keep_drafts(self) -> None:
        """From now on, keep what is typed."""
        watch_fields(self, self._keeper.touch)

    def touch(self) -> None:
        """Something changed that is no field."""
        self._keeper.touch()

    def reject(self) -> None:
        """Close without doing anything, and forget the draft; not while the work is under way."""
        if not self.busy:
            self._keeper.drop()
        super().reject()


def date_of(field: QLineEdit, advice: str) -> date | None:
    """The day that stands in a field; None where it is empty. Raises InvalidCaseError, and marks the field."""
    text = field.text().strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        set_role(field, "true", "invalid")
        field.setFocus()
        raise InvalidCaseError(field.tr("{text} is no date.").format(text=text), advice) from None
