"""The Worklist page: overdue first, then today's follow-ups, pending results, and what is due soon."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.people import OWNER, Permission, Person
from skindesk.domain.worklist import Due, WorklistCounts, WorklistItem
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.flow_layout import FlowLayout
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import patient_name
from skindesk.gui.worklist.actions import RowActions, Wish
from skindesk.gui.worklist.dialogs import FollowUpDialog, PostponeDialog, SeenDialog
from skindesk.gui.worklist.table import WorklistTable
from skindesk.gui.worklist.words import group_words, put_off_by_a_month, put_off_by_a_week

PAGE_SIZE = 200
_MOST_AT_ONCE = 2_000
"""So many items at most are read again at once."""
_ALL = "all"
_NAMES_AFTER_MS = 250


@dataclass(frozen=True)
class _Answer:
    """What was read: the items, how many there are in all, and on which day."""

    items: tuple[WorklistItem, ...]
    counts: WorklistCounts
    today: date


class WorklistWorkspace(QWidget):
    """Reads the log each time it is shown, and when `refresh` says that something has changed."""

    case_wanted = Signal(int)
    """This case is to be opened."""
    result_wanted = Signal(int)
    """The final diagnosis of this case is to be recorded."""
    edited = Signal()
    """A case of the list was changed here."""
    undo_wanted = Signal()
    """What was done last is to be taken back."""

    def __init__(
        self, workspace: Workspace, background: Background, person: Person = OWNER, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._latest = Latest(background, self)
        self._names: Mapping[str, str] = {}
        self._row = 0
        self.notice = Notice(self)
        self.dialog: FollowUpDialog | None = None
        """The dialog that was opened last; it may be closed by now."""
        self.groups = Segmented[str](self.tr("Show"), [(_ALL, self.tr("All")), *_groups()])
        self.groups.choose(_ALL)
        self.table = WorklistTable(self)
        self.row_actions = RowActions(self.table, person)
        self.more_button = QPushButton(self.tr("Show {count} more").format(count=PAGE_SIZE))
        self.more_button.setAccessibleName(self.more_button.text())
        self.export_button = QPushButton(self.tr("Export…"))
        self.export_button.setAccessibleName(self.tr("Export the worklist as CSV"))
        self.export_button.setToolTip(self.export_button.accessibleName())
        if not person.may(Permission.EXPORT):
            self.export_button.hide()
        set_icon(self.export_button, "export")
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Each time, read what is there now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()
        if not self._names:
            QTimer.singleShot(_NAMES_AFTER_MS, self, self._learn_names)

    def refresh(self) -> None:
        """Read again as many items as are shown."""
        limit = max(PAGE_SIZE, min(len(self.table.work.items()), _MOST_AT_ONCE))
        kinds = self._kinds()
        self._latest.ask(lambda: self._read(kinds, limit), self._show, self._failed)

    def refresh_in_sight(self) -> None:
        """Read again, unless that happens anyway when the page is next shown."""
        if self.isVisible():
            self.refresh()

    def show_more(self) -> None:
        """Read what comes after the last item."""
        items, kinds = tuple(self.table.work.items()), self._kinds()
        last = items[-1] if items else None
        self._latest.ask(lambda: self._read(kinds, PAGE_SIZE, last), partial(self._add, items), self._failed)

    def export_to(self, path: Path) -> None:
        """Write the whole worklist as CSV, which the audit is told."""
        self.export_button.setEnabled(False)
        self._background.start(partial(self._export, path), partial(self._exported, path), self._export_failed)

    def _read(self, kinds: Collection[Due], limit: int, after: WorklistItem | None = None) -> _Answer:
        record, today = self._workspace.casework.log.record, date.today()
        return _Answer(record.worklist(today, limit, after, kinds), record.worklist_counts(today), today)

    def _show(self, answer: _Answer) -> None:
        chosen, focused = self.table.chosen(), self.table.hasFocus()
        place = self.table.verticalScrollBar().value()
        self.table.work.show_items(answer.items, answer.counts, answer.today)
        self._show_counts(answer)
        if answer.items:
            row = None if chosen is None else self.table.work.row_of(chosen.case.case_id)
            self.table.choose(self._row if row is None else row)
            self.table.verticalScrollBar().setValue(place)
        empty = self._nothing if self._shown() == _ALL else self._nothing_here
        self._pages.setCurrentWidget(self.table if answer.items else empty)
        if focused:
            self.table.setFocus()

    def _add(self, items: tuple[WorklistItem, ...], answer: _Answer) -> None:
        self._show(_Answer((*items, *answer.items), answer.counts, answer.today))

    def _show_counts(self, answer: _Answer) -> None:
        counts = answer.counts
        numbers = dict(zip(Due, (counts.overdue, counts.today, counts.pending, counts.soon), strict=True))
        self._name_group(_ALL, self.tr("All"), sum(numbers.values()))
        for due, number in numbers.items():
            self._name_group(due.value, group_words(due), number)
        self.more_button.setVisible(len(answer.items) < sum(numbers[due] for due in self._kinds()))

    def _name_group(self, value: str, words: str, count: int) -> None:
        button = self.groups.button(value)
        button.setText(f"{words}  {count:,}")
        button.setAccessibleName(self.tr("Show {group}: {count}").format(group=words, count=count))

    def _shown(self) -> str:
        return self.groups.value() or _ALL

    def _kinds(self) -> tuple[Due, ...]:
        return tuple(due for due in Due if self._shown() in (_ALL, due.value))

    def _remember(self, item: WorklistItem | None) -> None:
        """Where the chosen row is, so that the next one is chosen when it goes."""
        self.row_actions.follow(item)
        if item is not None:
            self._row = self.table.currentIndex().row()

    def _do(self, wish: Wish, item: WorklistItem) -> None:
        case_id = item.case.case_id
        if wish is Wish.OPEN:
            self.case_wanted.emit(case_id)
        elif wish is Wish.RESULT:
            self.result_wanted.emit(case_id)
        elif wish is Wish.SEEN:
            self._ask(SeenDialog(lambda: self._workspace.casework, self._background, item, self), item)
        else:
            put_off = put_off_by_a_week if wish is Wish.WEEK else put_off_by_a_month
            day = put_off(item, date.today())
            self._ask(PostponeDialog(lambda: self._workspace.casework, self._background, item, day, self), item)

    def _ask(self, dialog: FollowUpDialog, item: WorklistItem) -> None:
        self.dialog = dialog
        dialog.finished_work.connect(partial(self._moved, item))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _moved(self, item: WorklistItem, day: date) -> None:
        words = self.tr("L{number} of {patient} is looked at again on {day}.")
        told = words.format(number=item.case.lesion.number, patient=patient_name(item.case.patient), day=day)
        self.notice.show_done(told, self.tr("Take back  Ctrl+Z"), self.undo_wanted.emit)
        self.refresh()
        self.edited.emit()

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export the worklist"), "worklist.csv", "CSV (*.csv)")
        if name:
            path = Path(name)
            self.export_to(path if path.suffix else path.with_suffix(".csv"))

    def _export(self, path: Path) -> int:
        from skindesk.services.worklist import export_worklist

        return export_worklist(self._workspace.casework, path, date.today())

    def _exported(self, path: Path, count: int) -> None:
        self.export_button.setEnabled(True)
        words = self.tr("{count} cases are written to {file}. It is not encrypted; the audit was told.")
        self.notice.show_done(words.format(count=f"{count:,}", file=path.name))

    def _export_failed(self, error: Exception) -> None:
        self.export_button.setEnabled(True)
        self.notice.show_error(error)

    def _failed(self, error: Exception) -> None:
        if not self.table.work.rowCount():
            self._pages.setCurrentWidget(self._unreadable)
        self.notice.show_error(error)

    def _learn_names(self) -> None:
        """Ask the installed networks what their label codes mean; without any the codes stand for themselves."""

        def names() -> dict[str, str]:
            models = reversed(self._workspace.models.installed())  # where two differ, the first one's word counts
            return {label.code: label.name for model in models for label in model.contract.labels}

        self._background.start(names, self._use_names, lambda error: None)

    def _use_names(self, names: Mapping[str, str]) -> None:
        self._names = names
        self.table.work.name_impressions(names)

    def _show_all(self) -> None:
        self.groups.choose(_ALL)

    def _connect(self) -> None:
        self.groups.chosen.connect(self.refresh)
        self.table.item_chosen.connect(self._remember)
        self.table.case_opened.connect(partial(self._do, Wish.OPEN))
        self.table.menu_wanted.connect(self.row_actions.show_menu)
        self.row_actions.wished.connect(self._do)
        self.more_button.clicked.connect(self.show_more)
        self.export_button.clicked.connect(self._choose_file)
        self._nothing_here.activated.connect(self._show_all)
        self._unreadable.activated.connect(self.refresh)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self.refresh)

    def _lay_out(self) -> None:
        self._nothing = EmptyState(
            "calendar-check", self.tr("Nothing is due."), self.tr("A plan with a date puts a lesion here.")
        )
        self._nothing_here = EmptyState(
            "calendar-check",
            self.tr("Nothing here."),
            self.tr("The other groups may have something."),
            self.tr("Show all groups"),
        )
        self._unreadable = EmptyState(
            "warning-circle",
            self.tr("The case log cannot be read"),
            self.tr("The message above says why. Nothing has been changed."),
            self.tr("Try again"),
        )
        self._pages.addWidget(QWidget(self))
        for page in (self.table, self._nothing, self._nothing_here, self._unreadable):
            self._pages.addWidget(page)
        top, foot = QHBoxLayout(), QWidget()
        top.addWidget(text_label(self.tr("Worklist"), "page-title"), 1)
        top.addWidget(self.export_button)
        below = FlowLayout(foot)
        for button in (*self.row_actions.buttons.values(), self.more_button):
            below.addWidget(button)
        self.more_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(self.groups)
        column.addWidget(self._pages, 1)
        column.addWidget(foot)


def _groups() -> list[tuple[str, str]]:
    return [(due.value, group_words(due)) for due in Due]
