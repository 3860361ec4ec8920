"""The menu of the filters that were saved by name, and the dialog that saves one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from skindesk.domain.case_filter import EVERY_CASE, CaseFilter, SavedFilter
from skindesk.domain.errors import InvalidCaseError
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.form_dialog import FormDialog
from skindesk.gui.widgets.labels import text_label

if TYPE_CHECKING:
    from skindesk.storage.record import Record

_LONGEST_NAME = 60


class FilterStore(QPushButton):
    """A button with a menu. The filters are read in the background, at first and after each change."""

    filter_chosen = Signal(object)
    """This saved CaseFilter is wanted, with its words."""
    trouble = Signal(object)

    def __init__(
        self, open_record: "Callable[[], Record]", background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open_record, self._background = open_record, background
        self._latest = Latest(background, self)
        self._saved: tuple[SavedFilter, ...] = ()
        self._wanted, self._was_shown = EVERY_CASE, False
        self.dialog: SaveFilterDialog | None = None
        """The dialog that was opened last; it may be closed by now."""
        self.setAccessibleName(self.tr("Saved filters"))
        self.setToolTip(self.accessibleName())
        self.setProperty("kind", "square")
        set_icon(self, "bookmark-simple")
        self.setMenu(QMenu(self))
        self._fill()

    def read(self) -> None:
        """Look what is saved."""
        self._latest.ask(lambda: self._open_record().filters(), self._know, lambda error: None)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, look what is saved. Where the log cannot be read, the table says so."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.read()

    def follow(self, wanted: CaseFilter) -> None:
        """This is what would be saved."""
        self._wanted = wanted
        self._fill()

    def _know(self, saved: tuple[SavedFilter, ...]) -> None:
        self._saved = saved
        self._fill()

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for kept in self._saved:
            action = menu.addAction(_literal(kept.name), partial(self.filter_chosen.emit, kept.criteria))
            action.setCheckable(True)
            action.setChecked(kept.criteria == self._wanted)
        if self._saved:
            menu.addSeparator()
        save = menu.addAction(self.tr("Save this filter…"), self._ask_for_name)
        save.setEnabled(self._wanted != EVERY_CASE)
        if self._saved:
            removing = menu.addMenu(self.tr("Remove"))
            for kept in self._saved:
                removing.addAction(_literal(kept.name), partial(self._remove, kept.name))

    def _ask_for_name(self) -> None:
        names = frozenset(kept.name for kept in self._saved)
        self.dialog = SaveFilterDialog(self._open_record, self._background, self._wanted, names, self.window())
        self.dialog.finished_work.connect(lambda _saved: self.read())
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    def _remove(self, name: str) -> None:
        self._background.start(
            lambda: self._open_record().remove_filter(name), lambda _nothing: self.read(), self.trouble.emit
        )


class SaveFilterDialog(FormDialog):
    """Asks for a name; one that is taken replaces what was saved under it, and says so before."""

    def __init__(
        self,
        open_record: "Callable[[], Record]",
        background: Background,
        wanted: CaseFilter,
        names: frozenset[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent)
        self._open_record, self._wanted, self._names = open_record, wanted, names
        self.entitle(self.tr("Save this filter"), self.tr("Save filter"))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the filter"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.add_field(self.tr("Name"), self.name)
        self._hint = text_label(self.tr("Everybody who works with this case log sees it."), "secondary", wrap=True)
        self.column.addWidget(self._hint)
        self.name.textChanged.connect(self._look)

    def work(self) -> Callable[[], Any]:
        """The filter needs a name."""
        name = self.name.text().strip()
        if not name:
            raise InvalidCaseError(self.tr("The filter has no name yet."), self.tr("Type one."))
        return lambda: self._open_record().save_filter(SavedFilter(name, self._wanted))

    def _look(self, text: str) -> None:
        taken = text.strip() in self._names
        words = self.tr("A filter of this name is saved already; this one takes its place.")
        self._hint.setText(words if taken else self.tr("Everybody who works with this case log sees it."))


def _literal(name: str) -> str:
    """A name as a menu shows it: a single ampersand would underline a letter."""
    return name.replace("&", "&&")
