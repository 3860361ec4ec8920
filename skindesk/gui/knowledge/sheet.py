"""The sheet beside the picture that shows the pages of a class and finds others."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from skindesk.domain.errors import KnowledgeError
from skindesk.domain.knowledge import NOTICE, KnowledgePage
from skindesk.gui.knowledge.page_view import PageView
from skindesk.gui.theme import notifier
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.side_sheet import SideSheet
from skindesk.gui.widgets.words import group_word
from skindesk.services.knowledge import Knowledge

_MARGIN_PX = 24
_SLUG = Qt.ItemDataRole.UserRole


class KnowledgeSheet(SideSheet):
    """A search over all pages on top, the page or what was found below it, and the notice always at the foot.

    Ctrl+F or / goes to the search, Alt+Left to the page that led here, Esc out of the search and then out of the sheet.
    """

    def __init__(self, knowledge: Knowledge, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._knowledge = knowledge
        self._page: KnowledgePage | None = None
        self._trail: list[KnowledgePage] = []
        self._content = QWidget()
        self.search = QLineEdit()
        self.earlier = QPushButton()
        self.choice = QComboBox()
        self._results = QWidget()
        self.found = QListWidget()
        self._trouble = text_label("", "secondary", wrap=True)
        self._build()
        self._connect()
        self._say(self.tr("About diagnoses"), self.tr("Search the pages by name, sign or code."))

    def show_class(self, model_id: str, code: str) -> None:
        """Show what a network's class may mean: the gravest page first, the others to choose from."""
        self._begin()
        try:
            pages = self._knowledge.for_class(model_id, code)
        except KnowledgeError as error:
            self._say(self.tr("About diagnoses"), str(error), "error")
            return
        if not pages:
            self._say(self.tr("About diagnoses"), self.tr("There is no page for this class. Search the other pages."))
            return
        self._offer(pages)
        self._show(pages[0])

    def show_page(self, slug: str) -> None:
        """Show one page."""
        self._begin()
        self._open(slug)

    @property
    def page(self) -> KnowledgePage | None:
        """The page that is shown, or would be shown without the search."""
        return self._page

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the search first, and the sheet only then."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self._leave_search()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from the search field down into what was found, back up, and into a page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            taken = self._key_in_search(event) if watched is self.search else self._key_in_found(event)
            if taken:
                return True
        return super().eventFilter(watched, event)

    def _key_in_search(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Down or not self.found.count():
            return False
        self.found.setFocus()
        return True

    def _key_in_found(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_found()
            return True
        if event.key() == Qt.Key.Key_Up and self.found.currentRow() <= 0:
            self.search.setFocus()
            return True
        return False

    def _build(self) -> None:
        self.search.setPlaceholderText(self.tr("Search all pages (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search all pages"))
        self.search.setClearButtonEnabled(True)
        self.choice.setAccessibleName(self.tr("What this class may mean"))
        self.choice.setToolTip(self.choice.accessibleName())
        self.earlier.setProperty("kind", "quiet")
        self.found.setAccessibleName(self.tr("Pages found"))
        self.area.setAccessibleName(self.tr("Page"))
        tools = QVBoxLayout()
        tools.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 12)
        tools.setSpacing(8)
        tools.addWidget(self.search)
        tools.addWidget(self.choice)
        tools.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeft)
        results = QVBoxLayout(self._results)
        results.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 12)
        results.addWidget(self._trouble)
        results.addWidget(self.found, 1)
        results.addStretch()
        column = cast(QVBoxLayout, self.layout())
        column.insertLayout(1, tools)
        column.addWidget(self._results, 1)
        column.addWidget(_foot())
        self.body.addWidget(self._content)
        self._begin()
        self._look("")

    def _connect(self) -> None:
        self.search.textChanged.connect(self._look)
        self.search.returnPressed.connect(self._open_found)
        self.found.itemClicked.connect(lambda item: self._follow(item.data(_SLUG)))
        self.choice.activated.connect(self._choose)
        self.earlier.clicked.connect(self._go_back)
        self.search.installEventFilter(self)
        self.found.installEventFilter(self)
        notifier().changed.connect(self._renew)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in (QKeySequence.StandardKey.Find, QKeySequence("/")):
            QShortcut(QKeySequence(keys), self, self._start_search, context=within)
        QShortcut(QKeySequence("Alt+Left"), self, self._go_back, context=within)

    def _begin(self) -> None:
        """Forget where the reader came from."""
        self._trail = []
        self._page = None
        self.choice.clear()
        self.choice.hide()
        self.search.clear()

    def _offer(self, pages: tuple[KnowledgePage, ...]) -> None:
        """Let the reader choose between the meanings of a class."""
        for page in pages:
            self.choice.addItem(_line(page), page.slug)

    def _open(self, slug: str) -> None:
        try:
            page = self._knowledge.page(slug)
        except KnowledgeError as error:
            self._say(self.tr("About diagnoses"), str(error), "error")
        else:
            self._show(page)

    def _follow(self, slug: str) -> None:
        """Open a page that was found, or that this one names, and remember the way."""
        if self._page is not None and self._page.slug != slug:
            self._trail.append(self._page)
        self.search.clear()
        self._open(slug)

    def _choose(self, row: int) -> None:
        self._trail = []
        self._open(self.choice.itemData(row))

    def _go_back(self) -> None:
        if self._trail:
            self.search.clear()
            self._show(self._trail.pop())

    def _show(self, page: KnowledgePage) -> None:
        self._page = page
        self.set_title(page.title)
        view = PageView(page, self._knowledge)
        view.page_wanted.connect(self._follow)
        self._fill(view)
        row = self.choice.findData(page.slug)
        self.choice.setCurrentIndex(row)
        self.choice.setVisible(row >= 0 and self.choice.count() > 1)
        self.area.setFocus()

    def _say(self, title: str, text: str, role: str = "secondary") -> None:
        """Show a sentence where a page would stand, and wait for words to search."""
        self._page = None
        self.set_title(title)
        self._fill(text_label(text, role, wrap=True))
        self.search.setFocus()

    def _fill(self, content: QWidget) -> None:
        self.body.replaceWidget(self._content, content)
        self._content.hide()
        self._content.deleteLater()
        self._content = content
        content.show()
        self.area.verticalScrollBar().setValue(0)
        self.earlier.setVisible(bool(self._trail))
        if self._trail:
            self.earlier.setText(self.tr("Back to {title}").format(title=self._trail[-1].title))
            self.earlier.setAccessibleName(self.earlier.text())
            self.earlier.setToolTip(self.tr("Alt+Left"))

    def _renew(self) -> None:
        """Rich text keeps the colours with which it was laid out."""
        if self._page is not None:
            view = PageView(self._page, self._knowledge)
            view.page_wanted.connect(self._follow)
            self._fill(view)

    def _start_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _leave_search(self) -> None:
        self.search.clear()
        (self.search if self._page is None else self.area).setFocus()

    def _look(self, words: str) -> None:
        """Show what was found in the place of the page, while there are words."""
        searching = bool(words.strip())
        pages, trouble = self._find(words) if searching else ((), "")
        self.found.clear()
        for page in pages:
            item = QListWidgetItem(_line(page), self.found)
            item.setData(_SLUG, page.slug)
        self.found.setCurrentRow(0)
        self.found.setVisible(bool(pages))
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self._results.setVisible(searching)
        self.area.setVisible(not searching)

    def _find(self, words: str) -> tuple[tuple[KnowledgePage, ...], str]:
        """The pages that hold the words, or a sentence that says why there are none."""
        try:
            pages = self._knowledge.search(words)
        except KnowledgeError as error:
            return (), str(error)
        return pages, "" if pages else self.tr("No page holds all these words.")

    def _open_found(self) -> None:
        item = self.found.currentItem()
        if item is not None:
            self._follow(item.data(_SLUG))


def _line(page: KnowledgePage) -> str:
    return f"{page.title} · {group_word(page.group)}"


def _foot() -> QFrame:
    """The notice that stands beside every page."""
    foot = QFrame()
    foot.setProperty("role", "footer")
    column = QVBoxLayout(foot)
    column.setContentsMargins(_MARGIN_PX, 8, _MARGIN_PX, 12)
    column.addWidget(text_label(NOTICE, "secondary", wrap=True))
    return foot
