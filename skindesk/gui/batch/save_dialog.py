"""The dialog that asks whose the chosen pictures are, and saves each as a case."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QRadioButton, QWidget

from skindesk.domain.contract import Modality
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.background import Background
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import ElidedLabel, set_role, text_label

if TYPE_CHECKING:
    from skindesk.gui.batch.run import Reader
    from skindesk.services.batch import Item
    from skindesk.services.casework import Casework


@dataclass(frozen=True)
class Saved:
    """How many pictures are in the case log now, and for the others why they are not."""

    count: int
    refused: tuple[str, ...]


class SaveSelectedDialog(FormDialog):
    """Each picture becomes a lesion of its own. Its work returns Saved."""

    def __init__(
        self,
        casework: "Callable[[], Casework]",
        background: Background,
        reader: "Reader",
        keys: Sequence[str],
        modality: Modality,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent, width_px=560)
        self._casework, self._reader = casework, reader
        self._keys, self._modality = tuple(keys), modality
        self._table: Path | None = None
        count = len(self._keys)
        words = self.tr("Save 1 picture") if count == 1 else self.tr("Save {0} pictures").format(f"{count:,}")
        self.entitle(self.tr("Save into the case log"), words)
        about = self.tr("Each picture becomes a lesion of its own, with the network's answer and no impression.")
        self.column.addWidget(text_label(about, "secondary", wrap=True))
        self.column.addSpacing(8)
        self.one = QRadioButton(self.tr("All are of one patient"))
        self.listed = QRadioButton(self.tr("As the list or DICOMDIR said that they were found by"))
        self.tabled = QRadioButton(self.tr("As a table says, with columns such as “file” and “patient”"))
        self.identifier = QLineEdit()
        self.identifier.setAccessibleName(self.tr("Identifier"))
        self.identifier.setPlaceholderText(self.tr("the patient's identifier in your own records"))
        self.identifier.textChanged.connect(lambda: set_role(self.identifier, "false", "invalid"))
        self.table_button = QPushButton(self.tr("Choose table…"))
        self.table_button.setAccessibleName(self.tr("Choose the table of patients"))
        set_icon(self.table_button, "folder-open")
        self._table_name = ElidedLabel("", "secondary")
        self._lay_out()
        for choice in (self.one, self.listed, self.tabled):
            choice.toggled.connect(self._follow)
        self.table_button.clicked.connect(self._choose_table)
        self.one.setChecked(True)
        self.identifier.setFocus()

    def take_table(self, table: Path) -> None:
        """Use a table of files and patients."""
        self._table = table
        self._table_name.set_full_text(table.name)
        self.tabled.setChecked(True)

    def work(self) -> Callable[[], Saved]:
        """An identifier, or a table, where they are asked for."""
        identifier = self.identifier.text().strip()
        if self.one.isChecked() and not identifier:
            set_role(self.identifier, "true", "invalid")
            self.identifier.setFocus()
            raise InvalidCaseError(self.tr("No patient is named."), self.tr("Enter the patient's identifier."))
        if self.tabled.isChecked() and self._table is None:
            raise InvalidCaseError(self.tr("No table is chosen."), self.tr("Choose one."))
        table = self._table if self.tabled.isChecked() else None
        return partial(self._save, identifier if self.one.isChecked() else None, table)

    def _save(self, identifier: str | None, table: Path | None) -> Saved:
        from skindesk.services.batch.saving import NotSaved, identifier_in_list, save_selected

        patients = None if table is None else patients_in(table)

        def identifier_of(item: "Item") -> str:
            if identifier is not None:
                return identifier
            return identifier_in_list(item) if patients is None else _patient_of(item, patients)

        results = (result for key in self._keys if (result := self._reader.result_of(key)) is not None)
        ends = tuple(save_selected(results, self._casework(), self._modality, identifier_of))
        refused = tuple(end.message for end in ends if isinstance(end, NotSaved))
        return Saved(len(ends) - len(refused), refused)

    def _follow(self) -> None:
        self.identifier.setEnabled(self.one.isChecked())
        self.table_button.setEnabled(self.tabled.isChecked())

    def _choose_table(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Table of patients"), "", "CSV, TSV (*.csv *.tsv)")
        if name:
            self.take_table(Path(name))

    def _lay_out(self) -> None:
        self.column.addWidget(self.one)
        self.column.addWidget(self.identifier)
        self.column.addSpacing(8)
        self.column.addWidget(self.listed)
        self.column.addSpacing(8)
        self.column.addWidget(self.tabled)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.table_button)
        row.addWidget(self._table_name, 1)
        self.column.addLayout(row)


def patients_in(table: Path) -> Mapping[str, str]:
    """The patients' identifiers of a table by the paths and names of their files. Raises InvalidCaseError.

    A name under which the table has files of several patients is left out: it tells nobody's.
    """
    from skindesk.services.batch.lists import rows_of

    try:
        rows = [row for row in rows_of(table) if row.name and row.patient]
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidCaseError(f"{table.name} cannot be read: {error}.", "Save it as CSV.") from error
    if not rows:
        raise InvalidCaseError(
            f"{table.name} names no patients.", "It needs a column of files, such as `file`, and one named `patient`."
        )
    patients: dict[str, set[str]] = {}
    for row in rows:
        for name in {row.name, str(table.parent / row.name), Path(row.name).name}:
            patients.setdefault(name, set()).add(row.patient)
    return {name: whose.pop() for name, whose in patients.items() if len(whose) == 1}


def _patient_of(item: "Item", patients: Mapping[str, str]) -> str:
    shown = item.shown
    found = (patients.get(name) for name in (str(shown), item.member, shown.name, shown.stem))
    return next((patient for patient in found if patient), "")
