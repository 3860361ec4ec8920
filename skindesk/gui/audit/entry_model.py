"""The table of the audit's entries: newest first, a page at a time, read in the background."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from skindesk.domain.audit import AuditEntry
from skindesk.domain.audit_reading import ALL_ENTRIES, AuditFilter
from skindesk.gui.audit.words import about, action_word, detail_words, local_second, person_word
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.table_model import Index, TableModel

if TYPE_CHECKING:
    from skindesk.services.casework import Casework

PAGE_SIZE = 100


class EntryColumn(IntEnum):
    """The columns from left to right."""

    ENTRY = 0
    TIME = 1
    WHO = 2
    WHAT = 3
    ABOUT = 4
    DETAIL = 5


@dataclass(frozen=True)
class EntryQuery:
    """Which entries are wanted; `identifier` is a patient's, or empty for all."""

    only: AuditFilter = ALL_ENTRIES
    identifier: str = ""


@dataclass(frozen=True)
class _Page:
    entries: tuple[AuditEntry, ...]
    identifiers: Mapping[int, str]


class EntryModel(TableModel):
    """Entries that pass the filter. A newer question makes the answers to older ones void."""

    figures = frozenset({EntryColumn.ENTRY})
    answered = Signal()
    """The first page of the newest question is in the table."""
    failed = Signal(object)
    """The audit could not be read; carries the exception."""

    def __init__(
        self,
        open_casework: "Callable[[], Casework]",
        names: Mapping[str, str],
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_casework, self._names = open_casework, names
        self._latest = Latest(background, self)
        self._query = EntryQuery()
        self._rows: list[AuditEntry] = []
        self._texts: list[tuple[str, ...]] = []
        self._busy = False
        self._has_more = False

    def ask(self, query: EntryQuery) -> None:
        """Show other entries; `answered` or `failed` follows."""
        self._query = query
        self._busy = True
        self._latest.ask(lambda: _read(self._open_casework(), query, None), self._begin, self._give_up)

    def rows(self) -> Sequence[AuditEntry]:
        """The entries that are loaded."""
        return self._rows

    def column_names(self) -> tuple[str, ...]:
        """In the order of EntryColumn."""
        return (
            self.tr("Entry"),
            self.tr("Time"),
            self.tr("Who"),
            self.tr("What"),
            self.tr("About"),
            self.tr("Detail"),
        )

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there are older entries; never while an answer is awaited or being inserted."""
        return not parent.isValid() and not self._busy and self._has_more

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page."""
        if not self.canFetchMore(parent):
            return
        self._busy = True
        query, before = self._query, self._rows[-1].seq
        self._latest.ask(lambda: _read(self._open_casework(), query, before), self._continue, self._give_up)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; the tool tip has the whole row."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            pairs = zip(self.column_names(), self._texts[index.row()], strict=True)
            return "\n".join(f"{name}: {text}" for name, text in pairs if text)
        return None

    def _begin(self, page: _Page) -> None:
        self._busy = True
        self.beginResetModel()
        self._rows, self._texts = [], []
        self._add(page)
        self.endResetModel()
        self._busy = False
        self.answered.emit()

    def _continue(self, page: _Page) -> None:
        if page.entries:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page.entries) - 1)
            self._add(page)
            self.endInsertRows()
        self._has_more = len(page.entries) == PAGE_SIZE
        self._busy = False  # only now: views ask for more while rows are being inserted

    def _add(self, page: _Page) -> None:
        self._rows.extend(page.entries)
        self._texts.extend(self._cells(entry, page.identifiers) for entry in page.entries)
        self._has_more = len(page.entries) == PAGE_SIZE

    def _give_up(self, error: Exception) -> None:
        self._busy = self._has_more = False
        self.failed.emit(error)

    def _cells(self, entry: AuditEntry, identifiers: Mapping[int, str]) -> tuple[str, ...]:
        return (
            f"{entry.seq:,}",
            local_second(entry.at),
            person_word(entry.person_id, self._names),
            action_word(entry.action),
            about(entry, self._names, identifiers),
            detail_words(entry.detail),
        )


def _read(casework: "Casework", query: EntryQuery, before: int | None) -> _Page:
    only = query.only
    if query.identifier:
        patient = casework.log.patient_by_identifier(query.identifier)
        if patient is None:
            return _Page((), {})
        only = AuditFilter(only.person_id, only.action, patient.patient_id)
    entries = casework.audit_entries(before, PAGE_SIZE, only)
    patients = {entry.patient_id for entry in entries if entry.patient_id is not None}
    return _Page(entries, casework.log.identifiers(patients))
