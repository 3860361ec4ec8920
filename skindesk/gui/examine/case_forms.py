"""Who a patient is, where a lesion is, and which of a patient's lesions is meant."""

from datetime import date
from typing import Any

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from skindesk.domain.body_position import BodyPosition
from skindesk.domain.case import CaseSummary, Lesion, LesionDetails, PatientDetails, Sex, Site, SkinType
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.widgets.labels import field_label, set_role
from skindesk.gui.widgets.words import lesion_line, sex_word, site_word

_EARLIEST_BIRTH = date(1880, 1, 1)
_TEXT_PX = 72
_NOT_TYPED_YET = "\N{REPLACEMENT CHARACTER}"
"""Stands for an identifier while there is none: nobody has this one."""


class PatientForm(QWidget):
    """All of it is optional; the identifier stands elsewhere. Without `texts` it asks for no history and no notes."""

    def __init__(self, texts: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family = _line(self.tr("Family name"))
        self.given = _line(self.tr("Given name"))
        for name in (self.family, self.given):
            name.setPlaceholderText(self.tr("optional"))
        self.born = _line(self.tr("Birth date"))
        self.born.setPlaceholderText(self.tr("YYYY-MM-DD, optional"))
        self.born.textChanged.connect(self._forgive)
        self.sex = QComboBox()
        self.sex.setAccessibleName(self.tr("Sex"))
        for sex in (Sex.UNKNOWN, Sex.FEMALE, Sex.MALE, Sex.OTHER):
            self.sex.addItem(sex_word(sex), sex)
        self.skin = QComboBox()
        self.skin.setAccessibleName(self.tr("Skin type"))
        self.skin.addItem(self.tr("unknown"), SkinType.UNKNOWN)
        for skin in SkinType:
            if skin is not SkinType.UNKNOWN:
                self.skin.addItem(skin.value, skin)
        grid = _grid(self)
        _place(grid, 0, 0, self.tr("Family name"), self.family, 3)
        _place(grid, 0, 3, self.tr("Given name"), self.given, 3)
        _place(grid, 2, 0, self.tr("Birth date"), self.born, 2)
        _place(grid, 2, 2, self.tr("Sex"), self.sex, 2)
        _place(grid, 2, 4, self.tr("Skin type"), self.skin, 2)
        self.history = _text(self.tr("History"), self.tr("such as a melanoma in the family"))
        self.notes = _text(self.tr("Notes"), "")
        if texts:
            _place(grid, 4, 0, self.tr("History"), self.history, 3)
            _place(grid, 4, 3, self.tr("Notes"), self.notes, 3)

    def details(self, identifier: str) -> PatientDetails:
        """What was entered. Raises InvalidCaseError where the identifier is missing or the birth date is none."""
        return self._details(identifier, self._birth_date())

    def known_so_far(self, identifier: str) -> PatientDetails:
        """What can be made of what was typed until now."""
        try:
            born = date.fromisoformat(self.born.text().strip())
        except ValueError:
            born = None
        return self._details(identifier.strip() or _NOT_TYPED_YET, born)

    def fill(self, details: PatientDetails) -> None:
        """Start from what is known."""
        self.family.setText(details.family_name)
        self.given.setText(details.given_name)
        self.born.setText("" if details.birth_date is None else details.birth_date.isoformat())
        self.sex.setCurrentIndex(self.sex.findData(details.sex))
        self.skin.setCurrentIndex(self.skin.findData(details.skin_type))
        self.history.setPlainText(details.history)
        self.notes.setPlainText(details.notes)

    def values(self) -> dict[str, Any]:
        """Every field as it was typed, as plain JSON."""
        return {
            "family_name": self.family.text(),
            "given_name": self.given.text(),
            "birth_date": self.born.text(),
            "sex": self.sex.currentIndex(),
            "skin_type": self.skin.currentIndex(),
            "history": self.history.toPlainText(),
            "notes": self.notes.toPlainText(),
        }

    def restore(self, values: dict[str, Any]) -> None:
        """Fill every field as it was typed."""
        self.family.setText(values["family_name"])
        self.given.setText(values["given_name"])
        self.born.setText(values["birth_date"])
        self.sex.setCurrentIndex(values["sex"])
        self.skin.setCurrentIndex(values["skin_type"])
        self.history.setPlainText(values["history"])
        self.notes.setPlainText(values["notes"])

    def _details(self, identifier: str, birth_date: date | None) -> PatientDetails:
        return PatientDetails(
            identifier=identifier,
            family_name=self.family.text().strip(),
            given_name=self.given.text().strip(),
            birth_date=birth_date,
            sex=Sex(self.sex.currentData()),
            skin_type=SkinType(self.skin.currentData()),
            history=self.history.toPlainText().strip(),
            notes=self.notes.toPlainText().strip(),
        )

    def _birth_date(self) -> date | None:
        text = self.born.text().strip()
        if not text:
            return None
        try:
            born = date.fromisoformat(text)
        except ValueError:
            born = None
        if born is None or not _EARLIEST_BIRTH <= born <= date.today():
            set_role(self.born, "true", "invalid")
            self.born.setFocus()
            raise InvalidCaseError(
                self.tr("The birth date {text} is not a date of a living patient.").format(text=text),
                self.tr("Write it as year-month-day, such as 1961-04-02, or leave it empty."),
            )
        return born

    def _forgive(self) -> None:
        set_role(self.born, "false", "invalid")


class PlaceForm(QWidget):
    """Where a lesion is; all of it is optional. Its `position` on the drawn body comes from there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.position: BodyPosition | None = None
        self.site = QComboBox()
        self.site.setAccessibleName(self.tr("Site"))
        for site in Site:
            self.site.addItem(site_word(site) or self.tr("not stated"), site)
        self.site.setCurrentIndex(self.site.findData(Site.UNKNOWN))
        self.description = _line(self.tr("Description"))
        self.description.setPlaceholderText(self.tr("such as left forearm, radial"))
        grid = _grid(self)
        _place(grid, 0, 0, self.tr("Site"), self.site, 3)
        _place(grid, 0, 3, self.tr("Description"), self.description, 3)

    def details(self) -> LesionDetails:
        """What was entered."""
        return LesionDetails(Site(self.site.currentData()), self.description.text().strip(), self.position)

    def fill(self, details: LesionDetails) -> None:
        """Start from what is known."""
        self.position = details.position
        self.site.setCurrentIndex(self.site.findData(details.site))
        self.description.setText(details.description)


class LesionForm(QWidget):
    """One of the patient's lesions, or a new one with its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lesion = QComboBox()
        self.lesion.setAccessibleName(self.tr("Lesion"))
        self.place = PlaceForm()
        self.lesion.currentIndexChanged.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(field_label(self.tr("Lesion"), self.lesion))
        column.addWidget(self.lesion)
        column.addSpacing(8)
        column.addWidget(self.place)
        self.offer(())

    def offer(self, cases: tuple[CaseSummary, ...]) -> None:
        """Offer a patient's lesions after the new one."""
        self.lesion.clear()
        self.lesion.addItem(self.tr("New lesion"), None)
        for case in cases:
            self.lesion.addItem(lesion_line(case.lesion), case.lesion.case_id)
        self._chosen()

    def take(self, lesion: Lesion) -> None:
        """Choose a lesion that is already known."""
        if self.lesion.findData(lesion.case_id) < 0:
            self.lesion.addItem(lesion_line(lesion), lesion.case_id)
        self.lesion.setCurrentIndex(self.lesion.findData(lesion.case_id))

    def value(self) -> int | LesionDetails:
        """The key of a known lesion, or a new one's details."""
        case_id = self.lesion.currentData()
        if isinstance(case_id, int):
            return case_id
        return self.place.details()

    def _chosen(self) -> None:
        self.place.setEnabled(self.lesion.currentData() is None)


def _line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    return line


def _text(name: str, hint: str) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setAccessibleName(name)
    text.setPlaceholderText(hint)
    text.setTabChangesFocus(True)
    text.setFixedHeight(_TEXT_PX)
    return text


def _grid(owner: QWidget) -> QGridLayout:
    grid = QGridLayout(owner)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    for column in range(6):
        grid.setColumnStretch(column, 1)
    return grid


def _place(grid: QGridLayout, row: int, column: int, name: str, field: QWidget, span: int) -> None:
    """A field under its name."""
    label = field_label(name, field)
    label.setContentsMargins(0, 8 if row else 0, 0, 0)
    grid.addWidget(label, row, column, 1, span)
    grid.addWidget(field, row + 1, column, 1, span)
