"""The dialogs of the worklist: when to look again after a lesion was seen, and why a follow-up is put off."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.following import months_after
from skindesk.domain.worklist import WorklistItem
from skindesk.gui.background import Background
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import set_role, text_label
from skindesk.gui.widgets.words import lesion_line, patient_line

if TYPE_CHECKING:
    from skindesk.services.casework import Casework

_WIDTH_PX = 560
_QUICK_MONTHS = (3, 6, 12)
_SEEN = "seen"
"""What the audit is told, in the words of the audit itself."""

OpenCasework = Callable[[], "Casework"]


class FollowUpDialog(FormDialog):
    """Asks for the day on which a lesion is looked at again. Its work returns that day."""

    def __init__(
        self, open_casework: OpenCasework, background: Background, item: WorklistItem, parent: QWidget | None = None
    ) -> None:
        super().__init__(background, parent, _WIDTH_PX)
        self._open_casework, self._item = open_casework, item
        self.day = QLineEdit()
        self.day.setAccessibleName(self.tr("Look again by"))
        self.day.setPlaceholderText(self.tr("YYYY-MM-DD"))
        self.day.textChanged.connect(self._forgive)
        case = item.case
        self.column.addWidget(text_label(patient_line(case.patient, date.today()), "strong", wrap=True))
        self.column.addWidget(text_label(lesion_line(case.lesion), "secondary", wrap=True))
        self.column.addSpacing(12)

    def work(self) -> Callable[[], Any]:
        """Set the day, for the reason that is given."""
        day, reason, lesion = self._read_day(), self.reason(), self._item.case.lesion

        def move() -> date:
            self._open_casework().editing.set_follow_up(lesion, day, reason)
            return day

        return move

    def reason(self) -> str:
        """What the audit is told. Raises InvalidCaseError where it is missing."""
        raise NotImplementedError

    def _read_day(self) -> date:
        text, today = self.day.text().strip(), date.today()
        advice = self.tr("Write it as year-month-day, such as 2027-03-14.")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self._blame()
            what = self.tr("{text} is no date.").format(text=text) if text else self.tr("The day is missing.")
            raise InvalidCaseError(what, advice) from None
        if day <= today:
            self._blame()
            raise InvalidCaseError(
                self.tr("{day} is not in the future.").format(day=text), self.tr("Choose a later day.")
            )
        return day

    def _blame(self) -> None:
        set_role(self.day, "true", "invalid")
        self.day.setFocus()

    def _forgive(self) -> None:
        set_role(self.day, "false", "invalid")


class SeenDialog(FollowUpDialog):
    """The lesion was looked at, and nothing was to be written down but when to look again."""

    def __init__(
        self, open_casework: OpenCasework, background: Background, item: WorklistItem, parent: QWidget | None = None
    ) -> None:
        super().__init__(open_casework, background, item, parent)
        self.entitle(self.tr("Seen: when to look again"), self.tr("Set next date"))
        held, row = QWidget(), QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.day, 1)
        self.quick = [self._quick(months) for months in _QUICK_MONTHS]
        for button in self.quick:
            row.addWidget(button)
        held.setLayout(row)
        self.add_field(self.tr("Look again by"), held)
        hint = self.tr("To write down an impression or a plan, open the case and review it.")
        self.column.addWidget(text_label(hint, "secondary", wrap=True))
        self.day.setFocus()

    def reason(self) -> str:
        """Looking at it is the reason."""
        return _SEEN

    def _quick(self, months: int) -> QPushButton:
        words = self.tr("{months} months").format(months=months)
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setAccessibleName(self.tr("Look again in {months} months").format(months=months))
        button.clicked.connect(partial(self._set, months))
        return button

    def _set(self, months: int) -> None:
        self.day.setText(months_after(date.today(), months).isoformat())


class PostponeDialog(FollowUpDialog):
    """The lesion was not looked at; the audit is told why."""

    def __init__(
        self,
        open_casework: OpenCasework,
        background: Background,
        item: WorklistItem,
        day: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(open_casework, background, item, parent)
        self.entitle(self.tr("Postpone the follow-up"), self.tr("Postpone"))
        self.day.setText(day.isoformat())
        self.add_field(self.tr("Look again by"), self.day)
        self.why = QComboBox()
        self.why.setEditable(True)
        self.why.setAccessibleName(self.tr("Reason"))
        self.why.addItems(
            [
                self.tr("The patient did not come"),
                self.tr("The patient asked for another day"),
                self.tr("No appointment was free"),
            ]
        )
        self.why.setCurrentIndex(-1)
        line = self.why.lineEdit()
        assert line is not None
        line.setPlaceholderText(self.tr("type or pick"))
        line.setAccessibleName(self.tr("Reason"))
        self.why.editTextChanged.connect(lambda _text: set_role(self.why, "false", "invalid"))
        self.add_field(self.tr("Reason"), self.why)
        self.column.addWidget(
            text_label(self.tr("The audit keeps the reason and the old day."), "secondary", wrap=True)
        )
        self.why.setFocus()

    def reason(self) -> str:
        """Whoever postpones says why."""
        reason = self.why.currentText().strip()
        if not reason:
            set_role(self.why, "true", "invalid")
            self.why.setFocus()
            raise InvalidCaseError(self.tr("The reason is missing."), self.tr("Type or pick one."))
        return reason
