"""The panel in which a filter over the cases is put together."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from skindesk.domain.case import Site
from skindesk.domain.case_filter import EVERY_CASE, CaseFilter
from skindesk.domain.errors import InvalidCaseError
from skindesk.domain.lesion_state import LesionState
from skindesk.gui.cases.filter_words import site_choice
from skindesk.gui.cases.words import state_word
from skindesk.gui.widgets.labels import field_label, set_role, text_label

_WIDTH_PX = 480
_MARGIN_PX = 8
_TYPING_MS = 300
_QUICK_DAYS = (0, 14, 30)

T = TypeVar("T", LesionState, Site)


class FilterPanel(QFrame):
    """Opens below its button and goes when something else is clicked. What is chosen counts at once."""

    changed = Signal(object)
    """Another CaseFilter is wanted; its words are empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # else the click on the button would open it again
        self.setProperty("role", "popup")
        self.setFixedWidth(_WIDTH_PX)
        self._shown, self._filling = EVERY_CASE, False
        self.states = {state: QCheckBox(state_word(state)) for state in LesionState}
        self.sites = {site: QCheckBox(site_choice(site)) for site in Site}
        self.seen_from, self.seen_to = self._day(self.tr("Seen from")), self._day(self.tr("Seen until"))
        self.due_by = self._day(self.tr("Follow-up due by"))
        self.sum_from, self.sum_to = self._share(self.tr("Malignant sum from")), self._share(self.tr("up to"))
        self.model = QComboBox()
        self.model.setAccessibleName(self.tr("Network"))
        self._trouble = text_label("", "error", wrap=True)
        self.clear_button, self.done_button = QPushButton(self.tr("Clear")), QPushButton(self.tr("Done"))
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._lay_out()
        self.offer_models(())
        self.show_filter(EVERY_CASE)
        self._connect()

    def offer_models(self, model_ids: Sequence[str]) -> None:
        """Let the user choose among these networks; the chosen one stays."""
        chosen = self._shown.model_id
        self._filling = True
        self.model.clear()
        self.model.addItem(self.tr("any"), "")
        for model_id in dict.fromkeys((*model_ids, *([chosen] if chosen else []))):
            self.model.addItem(model_id, model_id)
        self.model.setCurrentIndex(self.model.findData(chosen))
        self._filling = False

    def show_filter(self, wanted: CaseFilter) -> None:
        """Fill in a filter, without telling so."""
        self._shown, self._filling = wanted, True
        for state, box in self.states.items():
            box.setChecked(state in wanted.states)
        for site, box in self.sites.items():
            box.setChecked(site in wanted.sites)
        for line, day in (
            (self.seen_from, wanted.visited_from),
            (self.seen_to, wanted.visited_to),
            (self.due_by, wanted.due_by),
        ):
            line.setText("" if day is None else day.isoformat())
            set_role(line, "false", "invalid")
        self.sum_from.setValue(round(100 * (wanted.malignant_sum_from or 0)))
        self.sum_to.setValue(round(100 * (1 if wanted.malignant_sum_to is None else wanted.malignant_sum_to)))
        if wanted.model_id and self.model.findData(wanted.model_id) < 0:
            self.model.addItem(wanted.model_id, wanted.model_id)
        self.model.setCurrentIndex(self.model.findData(wanted.model_id))
        self._filling = False
        self._say("")

    def open_below(self, button: QWidget) -> None:
        """Show the panel, within the window, with the keyboard on its first field."""
        self.adjustSize()
        window, corner = button.window(), button.mapToGlobal(QPoint(0, button.height() + 4))
        left, right = window.mapToGlobal(QPoint()).x(), window.mapToGlobal(QPoint(window.width(), 0)).x()
        lowest = button.screen().availableGeometry().bottom() - self.height()
        self.move(max(left, min(corner.x(), right - self.width())), max(0, min(corner.y(), lowest)))
        self.show()
        next(iter(self.states.values())).setFocus(Qt.FocusReason.PopupFocusReason)

    def criteria(self) -> CaseFilter:
        """What is chosen. Raises InvalidCaseError where a field holds no day, or an end lies before its beginning."""
        first, last = self._read_day(self.seen_from), self._read_day(self.seen_to)
        if first is not None and last is not None and last < first:
            set_role(self.seen_to, "true", "invalid")
            raise InvalidCaseError(self.tr("The last day lies before the first."), self.tr("Change one of them."))
        least, most = self.sum_from.value(), self.sum_to.value()
        if most < least:
            raise InvalidCaseError(
                self.tr("The greatest malignant sum is under the least."), self.tr("Change one of them.")
            )
        return CaseFilter(
            states=_ticked(self.states),
            sites=_ticked(self.sites),
            visited_from=first,
            visited_to=last,
            due_by=self._read_day(self.due_by),
            malignant_sum_from=least / 100 if least > 0 else None,
            malignant_sum_to=most / 100 if most < 100 else None,
            model_id=self.model.currentData(),
            case_ids=self._shown.case_ids,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Enter close the panel."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
            return
        super().keyPressEvent(event)

    def _type(self, _value: object) -> None:
        self._typing.start()

    def _apply(self) -> None:
        if self._filling:
            return  # what was typed meanwhile still waits for the timer
        self._typing.stop()
        try:
            wanted = self.criteria()
        except InvalidCaseError as error:
            self._say(str(error))
            return
        self._say("")
        if wanted != self._shown:
            self._shown = wanted
            self.changed.emit(wanted)

    def _finish(self) -> None:
        self._apply()
        if not self._trouble.text():
            self.close()

    def _clear(self) -> None:
        self.show_filter(EVERY_CASE)
        self.changed.emit(EVERY_CASE)

    def _say(self, trouble: str) -> None:
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self.adjustSize()

    def _read_day(self, field: QLineEdit) -> date | None:
        text = field.text().strip()
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            set_role(field, "true", "invalid")
            raise InvalidCaseError(
                self.tr("{text} is no date.").format(text=text),
                self.tr("Write it as year-month-day, such as 2027-03-14."),
            ) from None
        set_role(field, "false", "invalid")
        return day

    def _set_due(self, days: int) -> None:
        self.due_by.setText((date.today() + timedelta(days=days)).isoformat())
        self._apply()

    def _connect(self) -> None:
        for box in (*self.states.values(), *self.sites.values()):
            box.toggled.connect(self._apply)
        for line in (self.seen_from, self.seen_to, self.due_by):
            line.textChanged.connect(self._type)
        for share in (self.sum_from, self.sum_to):
            share.valueChanged.connect(self._type)
        self._typing.timeout.connect(self._apply)
        self.model.currentIndexChanged.connect(self._apply)
        self.clear_button.clicked.connect(self._clear)
        self.done_button.clicked.connect(self._finish)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        self._add(column, self.tr("State"), _grid(list(self.states.values()), 2))
        self._add(column, self.tr("Site"), _grid(list(self.sites.values()), 3))
        seen = _row(self.seen_from, text_label(self.tr("to"), "label"), self.seen_to)
        self._add(column, self.tr("Last seen between"), seen)
        quick = [self._quick(days) for days in _QUICK_DAYS]
        self._add(column, self.tr("Follow-up due by"), _row(self.due_by, *quick))
        sums = _row(self.sum_from, text_label(self.tr("to"), "label"), self.sum_to)
        self._add(column, self.tr("Malignant or premalignant in sum"), sums)
        column.addWidget(field_label(self.tr("Network"), self.model))
        column.addWidget(self.model)
        column.addWidget(self._trouble)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        buttons.addWidget(self.done_button)
        self.done_button.setProperty("kind", "primary")
        column.addLayout(buttons)

    def _add(self, column: QVBoxLayout, name: str, fields: QWidget) -> None:
        column.addWidget(text_label(name, "label"))
        column.addWidget(fields)
        column.addSpacing(8)

    def _day(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(self.tr("YYYY-MM-DD"))
        return line

    def _share(self, name: str) -> QSpinBox:
        box = QSpinBox()
        box.setAccessibleName(name)
        box.setRange(0, 100)
        box.setSuffix("\u00a0%")
        box.lineEdit().setTextMargins(_MARGIN_PX, 0, 0, 0)  # the stylesheet's padding does not reach it
        return box

    def _quick(self, days: int) -> QPushButton:
        words = self.tr("today") if days == 0 else self.tr("in {days} days").format(days=days)
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setAccessibleName(self.tr("Follow-up due by: {when}").format(when=words))
        button.clicked.connect(partial(self._set_due, days))
        return button


def _ticked(boxes: dict[T, QCheckBox]) -> frozenset[T]:
    return frozenset(value for value, box in boxes.items() if box.isChecked())


def _grid(boxes: Sequence[QCheckBox], columns: int) -> QWidget:
    held = QWidget()
    grid = QGridLayout(held)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(0)
    rows = -(-len(boxes) // columns)
    for index, box in enumerate(boxes):
        grid.addWidget(box, index % rows, index // rows)
    return held


def _row(*widgets: QWidget) -> QWidget:
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, QLineEdit | QSpinBox) else 0)
    return held
