"""The audit page: who did what, newest first, and a check of the whole chain."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.audit import AuditHead
from skindesk.domain.audit_reading import AuditVerdict
from skindesk.gui.audit.entry_model import EntryColumn, EntryModel
from skindesk.gui.audit.filters import EntryFilters
from skindesk.gui.background import Background
from skindesk.gui.clipboard import copy_text
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.fitting_table import Columns, FittingTable
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice

_ROW_HEIGHT_PX = 36
_MOST_FINDINGS = 5
"""So many are told in the window; the command tells them all."""
_COLUMNS = Columns(
    least_px={
        EntryColumn.ENTRY: 72,
        EntryColumn.TIME: 196,
        EntryColumn.WHO: 144,
        EntryColumn.WHAT: 176,
        EntryColumn.ABOUT: 168,
        EntryColumn.DETAIL: 200,
    },
    by_importance=(
        EntryColumn.TIME,
        EntryColumn.WHO,
        EntryColumn.WHAT,
        EntryColumn.ABOUT,
        EntryColumn.ENTRY,
        EntryColumn.DETAIL,
    ),
    growing=frozenset({EntryColumn.WHO, EntryColumn.WHAT, EntryColumn.ABOUT, EntryColumn.DETAIL}),
    whole=frozenset({EntryColumn.TIME}),
)


class AuditWorkspace(QWidget):
    """For administrators. It reads anew each time it is shown."""

    closed = Signal()
    """The user wants to go back."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        names = {person.person_id: person.name for person in workspace.access.people()}
        self.notice = Notice(self)
        self.filters = EntryFilters(names, self)
        self.model = EntryModel(lambda: workspace.casework, names, background, self)
        self.table = FittingTable(self.model, _COLUMNS, _ROW_HEIGHT_PX, self)
        self.table.setAccessibleName(self.tr("Entries of the audit"))
        self.back_button = self._button(self.tr("Settings"), "arrow-left", self.tr("Back to Settings"))
        self.back_button.setProperty("kind", "quiet")
        self.copy_button = self._button(self.tr("Copy head"), "copy", self.tr("Copy where the audit ends now"))
        self.verify_button = self._button(self.tr("Verify"), "shield-check", self.tr("Look for tampering"))
        self.nothing = EmptyState(
            "magnifying-glass",
            self.tr("No entry matches"),
            self.tr("Choose something else, or type the whole identifier."),
            self.tr("Show all entries"),
        )
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Each time, read what is there now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()

    def refresh(self) -> None:
        """Read the newest entries that are wanted."""
        self.model.ask(self.filters.query())

    def verify(self) -> None:
        """Look for tampering along the whole chain, in the background."""
        self._set_busy(True)
        self.notice.show_information(self.tr("Verifying every entry…"))
        self._background.start(self._check, self._show_verdict, self._failed)

    def copy_head(self) -> None:
        """Put where the audit ends into the clipboard."""
        self._set_busy(True)
        self._background.start(self._read_head, self._copy, self._failed)

    def _check(self) -> AuditVerdict:
        return self._workspace.casework.check_audit()

    def _read_head(self) -> AuditHead | None:
        return self._workspace.casework.log.audit_head()

    def _show_verdict(self, verdict: AuditVerdict) -> None:
        self._set_busy(False)
        if verdict.findings or verdict.head is None:
            self.notice.show_error(self._trouble(verdict))
            return
        words = self.tr("The audit is sound: {count} entries, none changed, missing or moved. Its head begins {head}.")
        self.notice.show_done(words.format(count=f"{verdict.head.count:,}", head=_shortened(verdict.head)))
        self.refresh()

    def _trouble(self, verdict: AuditVerdict) -> str:
        told = [finding.what for finding in verdict.findings[:_MOST_FINDINGS]]
        more = len(verdict.findings) - len(told)
        if more:
            told.append(self.tr("{count} more are listed by “skindesk audit verify”.").format(count=more))
        return "\n".join(
            (
                self.tr("The audit was tampered with. Keep the profile folder as it is, and compare it with a backup."),
                *told,
            )
        )

    def _copy(self, head: AuditHead | None) -> None:
        self._set_busy(False)
        if head is None:
            return
        copy_text(f"{head.count}:{head.mac}")
        self.notice.show_done(
            self.tr(
                "The audit's head is in the clipboard until SkinDesk locks. Keep it away from this computer: "
                "“skindesk audit verify --head” shows later whether an entry up to it was touched."
            )
        )

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.notice.show_error(error)

    def _show_answer(self) -> None:
        self._pages.setCurrentWidget(self.table if self.model.rowCount() else self.nothing)

    def _set_busy(self, busy: bool) -> None:
        self.verify_button.setEnabled(not busy)
        self.copy_button.setEnabled(not busy)

    def _connect(self) -> None:
        self.back_button.clicked.connect(self.closed)
        self.verify_button.clicked.connect(self.verify)
        self.copy_button.clicked.connect(self.copy_head)
        self.filters.changed.connect(self.refresh)
        self.nothing.activated.connect(self.filters.clear)
        self.model.answered.connect(self._show_answer)
        self.model.failed.connect(self._failed)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self.refresh)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(text_label(self.tr("Audit trail"), "page-title"))
        top.addStretch(1)
        top.addWidget(self.copy_button)
        top.addWidget(self.verify_button)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(self.filters)
        column.addWidget(self._pages, 1)

    def _button(self, words: str, icon_name: str, name: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(name)
        button.setToolTip(name)
        set_icon(button, icon_name, "accent" if icon_name == "arrow-left" else "text")
        return button


def _shortened(head: AuditHead) -> str:
    return f"{head.count}:{head.mac[:12]}"
