"""The dialog in which the clinician reads a lesion anew: impression, plan, and when to look again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from skindesk.domain.case import Case, Confidence, Plan, ReviewDetails
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.following import FOLLOW_UP_MONTHS, FOLLOWED_UP, months_after
from skindesk.domain.labels import Label
from skindesk.gui.cases.drafted_dialog import Desk, DraftedDialog, date_of
from skindesk.gui.cases.words import lesion_of_patient
from skindesk.gui.drafts import Form
from skindesk.gui.drafts.kept import CASE_ID, PATIENT_ID
from skindesk.gui.examine.impression import ImpressionField
from skindesk.gui.widgets.labels import field_label, set_role, text_label
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import plan_word

_NOTES_PX = 88


class ReviewDialog(DraftedDialog):
    """A lesion that is watched needs a day. Its work adds the review, and returns the lesion's number of the case."""

    def __init__(self, desk: Desk, case: Case, labels: tuple[Label, ...], parent: QWidget | None = None) -> None:
        super().__init__(desk, Form.REVIEW, parent)
        self._case = case
        self.entitle(self.tr("Review {lesion}").format(lesion=lesion_of_patient(case)), self.tr("Save review"))
        self.impression = ImpressionField()
        self.impression.offer(labels)
        self.plan = Segmented[Plan](self.tr("Plan"), [(plan, plan_word(plan)) for plan in Plan])
        self.plan.choose(Plan.NONE)
        self.again_on = QLineEdit()
        self.again_on.setAccessibleName(self.tr("Look again by"))
        self.again_on.setPlaceholderText(self.tr("YYYY-MM-DD"))
        self.again_on.textChanged.connect(self._forgive)
        self.quick = [self._quick(months) for months in FOLLOW_UP_MONTHS]
        self.notes = QPlainTextEdit()
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(_NOTES_PX)
        self._lay_out()
        self.plan.chosen.connect(self._plan_chosen)
        self._plan_chosen(Plan.NONE)
        self.keep_drafts()
        self.impression.take_focus()

    def work(self) -> Callable[[], Any]:
        """Something is said; a lesion that is watched is looked at again on a day to come."""
        review = self._review()
        if review == ReviewDetails("", revealed_before=review.revealed_before):
            raise InvalidCaseError(
                self.tr("Nothing is said of the lesion yet."), self.tr("Give an impression, a plan or a note.")
            )
        case_id = self._case.lesion.case_id
        return lambda: self.desk.casework().editing.review(case_id, review, datetime.now(UTC))

    def values(self) -> dict[str, Any]:
        """Every field as it stands."""
        confidence = self.impression.confidence()
        return {
            PATIENT_ID: self._case.patient.patient_id,
            CASE_ID: self._case.lesion.case_id,
            "impression": self.impression.value(),
            "confidence": None if confidence is None else confidence.value,
            "plan": self._plan().value,
            "follow_up_on": self.again_on.text(),
            "notes": self.notes.toPlainText(),
        }

    def restore(self, values: dict[str, Any]) -> None:
        """Fill every field."""
        confidence = values["confidence"]
        self.impression.take(values["impression"], None if confidence is None else Confidence(confidence))
        self.plan.choose(Plan(values["plan"]))
        self.again_on.setText(values["follow_up_on"])
        self.notes.setPlainText(values["notes"])

    def _lay_out(self) -> None:
        self.column.addWidget(field_label(self.tr("Your impression"), self.impression.line()))
        self.column.addWidget(self.impression)
        self.column.addSpacing(8)
        self.add_field(self.tr("Plan"), self.plan)
        self._again_label = field_label(self.tr("Look again by"), self.again_on)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.again_on, 1)
        row.addWidget(text_label(self.tr("in"), "label"))
        for button in self.quick:
            row.addWidget(button)
        self.column.addWidget(self._again_label)
        self.column.addLayout(row)
        self.column.addSpacing(8)
        self.add_field(self.tr("Notes"), self.notes)

    def _quick(self, months: int) -> QPushButton:
        button = QPushButton(self.tr("{months} months").format(months=months))
        button.setAutoDefault(False)
        button.setAccessibleName(self.tr("Look again in {months} months").format(months=months))
        button.clicked.connect(partial(self._set_months, months))
        return button

    def _set_months(self, months: int) -> None:
        self.again_on.setText(months_after(date.today(), months).isoformat())

    def _plan(self) -> Plan:
        return self.plan.value() or Plan.NONE

    def _plan_chosen(self, plan: Plan) -> None:
        for widget in (self._again_label, self.again_on, *self.quick):
            widget.setEnabled(plan in FOLLOWED_UP)

    def _review(self) -> ReviewDetails:
        return ReviewDetails(
            impression=self.impression.value(),
            confidence=self.impression.confidence(),
            plan=self._plan(),
            notes=self.notes.toPlainText().strip(),
            revealed_before=any(picture.predictions for visit in self._case.visits for picture in visit.pictures),
            follow_up_on=self._day() if self._plan() in FOLLOWED_UP else None,
        )

    def _day(self) -> date | None:
        advice = self.tr("Write it as year-month-day, such as 2027-03-14.")
        day = date_of(self.again_on, advice)
        if (day is None and self._plan() is Plan.WATCH) or (day is not None and day < date.today()):
            set_role(self.again_on, "true", "invalid")
            self.again_on.setFocus()
            raise InvalidCaseError(self.tr("A lesion that is watched needs a day to look at it again."), advice)
        return day

    def _forgive(self) -> None:
        set_role(self.again_on, "false", "invalid")
