"""The cases behind a figure, as a list from which each can be opened."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.insights import Cases
from skindesk.gui.background import Background
from skindesk.gui.cases.case_model import CaseSource, CaseTableModel
from skindesk.gui.cases.case_table import CaseTable
from skindesk.gui.insights.words import cases_words
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.notice import Notice


class CasesBehind(QWidget):
    """A list of cases. Enter and a double click open one, Escape goes back to the figures."""

    closed = Signal()
    """The user wants to go back."""
    case_wanted = Signal(int)
    """The user wants to see this case."""

    def __init__(
        self, open_source: Callable[[], CaseSource], background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = text_label("", "page-title", wrap=True)
        self._count = text_label("", "secondary")
        self.notice = Notice(self)
        self.model = CaseTableModel(open_source, background, self)
        self.model.failed.connect(self.notice.show_error)
        self.model.answered.connect(self._choose_first)
        self.table = CaseTable(self.model, self)
        self.table.setAccessibleName(self.tr("Cases behind the figure"))
        self.table.case_entered.connect(self._open)
        self.table.doubleClicked.connect(lambda _index: self._open())
        self.back_button = QPushButton(self.tr("Insights"))
        self.back_button.setAccessibleName(self.tr("Back to Insights"))
        self.back_button.setProperty("kind", "quiet")
        set_icon(self.back_button, "arrow-left", "accent")
        self.back_button.clicked.connect(self.closed)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._lay_out()

    def show_cases(self, cases: Cases, words: str) -> None:
        """List these cases, of which this is said."""
        self._words.setText(words)
        self._count.setText(cases_words(len(cases)))
        self.notice.clear()
        self.model.search(CaseFilter(case_ids=frozenset(cases)))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def name_impressions(self, names: Mapping[str, str]) -> None:
        """Show these names in place of label codes."""
        self.model.name_impressions(names)

    def _choose_first(self) -> None:
        if self.model.rowCount() and self.table.chosen() is None:
            self.table.selectRow(0)

    def _open(self) -> None:
        case = self.table.chosen()
        if case is not None:
            self.case_wanted.emit(case.case_id)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.back_button)
        top.addStretch(1)
        top.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self._words)
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
