"""Narrows the list of cases: a button for the panel, the saved filters, and chips that show what is asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.gui.background import Background
from skindesk.gui.cases.filter_chips import FilterChips
from skindesk.gui.cases.filter_panel import FilterPanel
from skindesk.gui.cases.filter_store import FilterStore
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import set_role

if TYPE_CHECKING:
    from skindesk.storage.record import Record


class FilterBar(QObject):
    """Holds the filter that is asked for, without the words of the search field; the page places its widgets."""

    changed = Signal()
    """Another filter is asked for: see `wanted`."""
    words_wanted = Signal(str)
    """A saved filter has these words, which belong into the search field."""

    def __init__(self, open_record: "Callable[[], Record]", background: Background, page: QWidget) -> None:
        super().__init__(page)
        self._open_record, self._models = open_record, Latest(background, self)
        self.wanted = EVERY_CASE
        self.button = QPushButton(self.tr("Filter"))
        self.button.setAccessibleName(self.tr("Filter the list of cases"))
        self.button.setToolTip(self.tr("Filter the list of cases (Ctrl+Shift+F)"))
        set_icon(self.button, "funnel-simple")
        self.panel = FilterPanel(page)
        self.chips = FilterChips(page)
        self.store = FilterStore(open_record, background, page)
        self.button.clicked.connect(self.open)
        QShortcut(QKeySequence("Ctrl+Shift+F"), page, self.open)
        self.panel.changed.connect(self._take)
        self.chips.filter_left.connect(self._take)
        self.store.filter_chosen.connect(self.apply)

    def open(self) -> None:
        """Show the panel, with the networks to choose from as soon as they are known."""
        self._models.ask(lambda: self._open_record().leading_models(), self.panel.offer_models, lambda error: None)
        self.panel.open_below(self.button)

    def apply(self, wanted: CaseFilter) -> None:
        """Ask for a whole filter, with its words."""
        self.words_wanted.emit(wanted.words)
        self._take(wanted)

    def clear(self) -> None:
        """Ask for every case."""
        self._take(EVERY_CASE)

    def follow_words(self, words: str) -> None:
        """These words stand in the search field: a filter that is saved has them, too."""
        self.store.follow(replace(self.wanted, words=words))

    def _take(self, wanted: CaseFilter) -> None:
        self.wanted = replace(wanted, words="")
        self.panel.show_filter(self.wanted)
        self.chips.show_filter(self.wanted)
        set_role(self.button, "true" if self.wanted != EVERY_CASE else "false", "active")
        self.changed.emit()
