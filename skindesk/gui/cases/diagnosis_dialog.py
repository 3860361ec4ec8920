"""The dialog in which is recorded what a lesion was in the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from skindesk.domain.case import Case
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.final_diagnosis import ConfirmedBy, FinalDiagnosisDetails
from skindesk.domain.labels import Label, MalignancyGroup
from skindesk.gui.cases.attachment_field import AttachmentField, read_attachment
from skindesk.gui.cases.drafted_dialog import Desk, DraftedDialog, date_of
from skindesk.gui.cases.words import confirmed_word, lesion_of_patient
from skindesk.gui.drafts import Form
from skindesk.gui.drafts.kept import CASE_ID, PATIENT_ID
from skindesk.gui.widgets.diagnosis_field import DiagnosisField
from skindesk.gui.widgets.labels import field_label, set_role, text_label
from skindesk.gui.widgets.words import group_word

_TEXT_PX = 104


class DiagnosisDialog(DraftedDialog):
    """Its work records the final diagnosis, which closes the case."""

    def __init__(self, desk: Desk, case: Case, labels: tuple[Label, ...], parent: QWidget | None = None) -> None:
        super().__init__(desk, Form.FINAL_DIAGNOSIS, parent)
        self._case = case
        title = self.tr("Final diagnosis of {lesion}").format(lesion=lesion_of_patient(case))
        self.entitle(title, self.tr("Record and close the case"))
        self.diagnosis = DiagnosisField(self.tr("Diagnosis"))
        self.diagnosis.offer(labels)
        self.group = QComboBox()
        self.group.setAccessibleName(self.tr("Group"))
        self.group.setPlaceholderText(self.tr("choose"))
        for group in MalignancyGroup:
            self.group.addItem(group_word(group), group)
        self.group.setCurrentIndex(-1)
        self.confirmed = QComboBox()
        self.confirmed.setAccessibleName(self.tr("Confirmed by"))
        for way in ConfirmedBy:
            self.confirmed.addItem(confirmed_word(way), way)
        self.decided_on = QLineEdit(date.today().isoformat())
        self.decided_on.setAccessibleName(self.tr("Date"))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Text of the report"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_TEXT_PX)
        self.file = AttachmentField()
        self._lay_out()
        self.diagnosis.edited.connect(self._diagnosis_edited)
        self.group.currentIndexChanged.connect(lambda _index: set_role(self.group, "false", "invalid"))
        self.decided_on.textChanged.connect(lambda _text: set_role(self.decided_on, "false", "invalid"))
        self.keep_drafts()
        self.file.changed.connect(self.touch)
        self.diagnosis.setFocus()

    def work(self) -> Callable[[], Any]:
        """A diagnosis, its group, and a day that is not in the future."""
        details, path = self._details(), self.file.path
        return lambda: self._record(details, path)

    def values(self) -> dict[str, Any]:
        """Every field as it stands."""
        return {
            PATIENT_ID: self._case.patient.patient_id,
            CASE_ID: self._case.lesion.case_id,
            "diagnosis": self.diagnosis.value(),
            "group": self.group.currentIndex(),
            "confirmed_by": self.confirmed.currentIndex(),
            "decided_on": self.decided_on.text(),
            "text": self.text.toPlainText(),
            "file": None if self.file.path is None else str(self.file.path),
        }

    def restore(self, values: dict[str, Any]) -> None:
        """Fill every field."""
        self.diagnosis.take(values["diagnosis"])
        self.group.setCurrentIndex(values["group"])
        self.confirmed.setCurrentIndex(values["confirmed_by"])
        self.decided_on.setText(values["decided_on"])
        self.text.setPlainText(values["text"])
        self.file.take(None if values["file"] is None else Path(values["file"]))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        fields = (
            (self.tr("Diagnosis"), self.diagnosis, 0, 0),
            (self.tr("Group"), self.group, 0, 1),
            (self.tr("Confirmed by"), self.confirmed, 2, 0),
            (self.tr("Date of the diagnosis"), self.decided_on, 2, 1),
        )
        for name, field, row, column in fields:
            label = field_label(name, field)
            label.setContentsMargins(0, 8 if row else 0, 0, 0)
            grid.addWidget(label, row, column)
            grid.addWidget(field, row + 1, column)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)
        self.column.addSpacing(8)
        self.add_field(self.tr("Text of the report"), self.text)
        self.column.addWidget(self.file)
        self.column.addSpacing(8)
        words = self.tr("The case is closed then, and leaves the worklist. It can be reopened.")
        self.column.addWidget(text_label(words, "secondary", wrap=True))

    def _diagnosis_edited(self) -> None:
        set_role(self.diagnosis, "false", "invalid")
        label = self.diagnosis.label()
        if label is not None:
            self.group.setCurrentIndex(self.group.findData(label.group))

    def _details(self) -> FinalDiagnosisDetails:
        if not self.diagnosis.value():
            self._refuse(self.diagnosis, self.tr("The final diagnosis is missing."), self.tr("Type or pick one."))
        if self.group.currentIndex() < 0:
            what = self.tr("It is not said whether the diagnosis is malignant.")
            self._refuse(self.group, what, self.tr("Choose the group that it belongs to."))
        advice = self.tr("Write the day as year-month-day, such as 2026-03-14.")
        day = date_of(self.decided_on, advice)
        if day is None or day > date.today():
            self._refuse(self.decided_on, self.tr("The diagnosis needs a day that is not in the future."), advice)
        return FinalDiagnosisDetails(
            diagnosis=self.diagnosis.value(),
            group=MalignancyGroup(self.group.currentData()),
            confirmed_by=ConfirmedBy(self.confirmed.currentData()),
            decided_on=day,
            text=self.text.toPlainText().strip(),
        )

    def _refuse(self, field: QWidget, what: str, advice: str) -> NoReturn:
        set_role(field, "true", "invalid")
        field.setFocus()
        raise InvalidCaseError(what, advice)

    def _record(self, details: FinalDiagnosisDetails, path: Path | None) -> None:
        editing, case_id = self.desk.casework().editing, self._case.lesion.case_id
        if path is None:
            editing.diagnose(case_id, details)
        else:
            attachment, content = read_attachment(path)
            editing.diagnose(case_id, replace(details, attachment=attachment), content)
