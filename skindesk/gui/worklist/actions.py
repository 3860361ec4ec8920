"""What can be done with a row of the worklist, by key, by button and in a menu."""

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from skindesk.domain.people import Permission, Person
from skindesk.domain.worklist import WorklistItem
from skindesk.gui.theme import set_icon


class Wish(Enum):
    """What somebody wants to do with a row."""

    OPEN = auto()
    SEEN = auto()
    RESULT = auto()
    WEEK = auto()
    MONTH = auto()


class RowActions(QObject):
    """Offered while a row is chosen. What the person may not do is not offered at all."""

    wished = Signal(object, object)
    """This Wish, and the WorklistItem that it is about."""

    def __init__(self, table: QWidget, person: Person) -> None:
        super().__init__(table)
        self._item: WorklistItem | None = None
        judges = person.may(Permission.REVIEW)
        texts = {
            Wish.OPEN: (self.tr("Open case"), "Return", "arrow-square-out", True),
            Wish.SEEN: (self.tr("Seen, set next date…"), "S", "check", judges),
            Wish.RESULT: (self.tr("Record result…"), "R", "flask", judges),
            Wish.WEEK: (self.tr("Postpone by 1 week…"), "P", "clock-clockwise", judges),
            Wish.MONTH: (self.tr("Postpone by 1 month…"), "Shift+P", "clock-clockwise", judges),
        }
        self._actions: dict[Wish, QAction] = {}
        self.buttons: dict[Wish, QPushButton] = {}
        for wish, (words, key, icon_name, offered) in texts.items():
            if offered:
                self._actions[wish] = _action(table, words, key, self._emitter(wish), wish is not Wish.OPEN)
                self.buttons[wish] = self._button(wish, words, key, icon_name)
        self.follow(None)

    def follow(self, item: WorklistItem | None) -> None:
        """This row is the chosen one; a follow-up without a day cannot be postponed."""
        self._item = item
        for wish, action in self._actions.items():
            needs_day = wish in (Wish.WEEK, Wish.MONTH)
            possible = item is not None and not (needs_day and item.case.lesion.follow_up_on is None)
            action.setEnabled(possible)
            self.buttons[wish].setEnabled(possible)

    def show_menu(self, place: QPoint) -> None:
        """Offer everything at a place of the screen."""
        menu = QMenu(self.buttons[Wish.OPEN].window())
        menu.addActions(list(self._actions.values()))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def action(self, wish: Wish) -> QAction:
        """What stands in the menu for a wish."""
        return self._actions[wish]

    def _emitter(self, wish: Wish) -> Callable[[], None]:
        def emit() -> None:
            if self._item is not None:
                self.wished.emit(wish, self._item)

        return emit

    def _button(self, wish: Wish, words: str, key: str, icon_name: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)})")
        button.clicked.connect(self._actions[wish].trigger)
        set_icon(button, icon_name)
        return button


def _action(table: QWidget, words: str, key: str, slot: Callable[[], None], by_key: bool) -> QAction:
    """An action whose key counts while the table has the keyboard; the table itself knows Enter."""
    action = QAction(words, table)
    action.setShortcut(QKeySequence(key))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.triggered.connect(slot)
    if by_key:
        table.addAction(action)
    return action
