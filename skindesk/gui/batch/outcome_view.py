"""The current row's picture with its differential, or why the file was rejected, and what was decided on it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from skindesk.domain.contract import ModelContract
from skindesk.domain.outcome import Classified, Rejected
from skindesk.gui.background import Background
from skindesk.gui.batch.review_keys import ReviewWish
from skindesk.gui.batch.words import flag_word
from skindesk.gui.latest import Latest
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.differential import DifferentialView
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel, set_role, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.gui.widgets.screen_picture import ScreenPicture, screen_picture
from skindesk.imaging.decode import decode
from skindesk.services.batch import Item, Result
from skindesk.services.batch.reviews import Mark, Review

_LARGE_ENOUGH_PX = 1024
"""Decoded for a close look at the lesion; far quicker than a whole photograph of 12 megapixels."""


class OutcomeView(QWidget):
    """One file of the run beside the table."""

    wished = Signal(object)
    """A ReviewWish about the picture in sight."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latest = Latest(background, self)
        self._name = ElidedLabel("", "section")
        self._folder = ElidedLabel("", "secondary")
        self.accept_button = self._button(ReviewWish.ACCEPT, self.tr("Accept"), "A", "check-circle")
        self.flag_button = self._button(ReviewWish.FLAG, self.tr("Flag"), "F", "flag")
        self.note_button = self._button(ReviewWish.NOTE, self.tr("Note…"), "N", "note-pencil")
        self.note_label = text_label("", "body", wrap=True)
        self.canvas = PictureCanvas(self)
        self.canvas.setMinimumHeight(180)
        self._notice = Notice(self)
        self._differential = DifferentialView(self)
        self._source = text_label("", "secondary", wrap=True)
        self.rejection = text_label("", "body", wrap=True)
        self._pages, self._answer_pages = QStackedWidget(), QStackedWidget()
        self._nothing = EmptyState(
            "image-square",
            self.tr("No row chosen"),
            self.tr("Choose a row to see its picture and the network's answer."),
        )
        self._nothing.column.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self._outcome_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def show_nothing(self) -> None:
        """No row is chosen, and nothing of the last one stays."""
        self._latest.forget()
        for label in (self._name, self._folder):
            label.set_full_text("")
        for words in (self.rejection, self.note_label):
            words.clear()
        self._notice.clear()
        self.canvas.clear()
        self._pages.setCurrentWidget(self._nothing)

    def show_result(self, result: Result, contract: ModelContract) -> None:
        """Show a row's result; its picture follows as soon as it is decoded."""
        outcome = result.outcome
        self._name.set_full_text(outcome.path.name)
        self._folder.set_full_text(str(outcome.path.parent))
        self._notice.clear()
        self._latest.forget()
        self.canvas.clear()
        if isinstance(outcome, Rejected):
            self.rejection.setText(outcome.message)
            self._answer_pages.setCurrentIndex(1)
        else:
            self._show_answer(result.item, outcome, contract)
        self._pages.setCurrentIndex(1)

    def show_review(self, review: Review) -> None:
        """Show what is decided on the row."""
        for button, mark in ((self.accept_button, Mark.ACCEPTED), (self.flag_button, Mark.FLAGGED)):
            set_role(button, "true" if review.mark is mark else "false", "active")
        words = {None: self.tr("Not reviewed"), Mark.ACCEPTED: self.tr("Accepted"), Mark.FLAGGED: self.tr("Flagged")}
        self.note_label.setText("\n".join(filter(None, (words[review.mark], review.note))))

    def show_trouble(self, error: Exception) -> None:
        """The row's result cannot be read."""
        self.show_nothing()
        self._pages.setCurrentIndex(1)
        self._notice.show_error(error)

    def _show_answer(self, item: Item, outcome: Classified, contract: ModelContract) -> None:
        self._differential.show_prediction(outcome.prediction, contract)
        model = outcome.prediction.model
        about = f"{model.model_id} {model.version} · {model.digest[:8]}"
        flags = ", ".join(map(flag_word, outcome.quality_flags))
        self._source.setText("\n".join(filter(None, (flags and self.tr("Quality: {0}").format(flags), about))))
        self._answer_pages.setCurrentIndex(0)
        self._latest.ask(lambda: _read(item), self.canvas.show_picture, self._notice.show_error)

    def _button(self, wish: ReviewWish, words: str, key: str, icon_name: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({key})")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.wished.emit(wish))
        set_icon(button, icon_name)
        return button

    def _outcome_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._name)
        column.addWidget(self._folder)
        column.addSpacing(4)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.accept_button, self.flag_button, self.note_button):
            buttons.addWidget(button, 1)
        column.addLayout(buttons)
        column.addWidget(self.note_label)
        column.addSpacing(4)
        column.addWidget(self._notice)
        self._answer_pages.addWidget(self._answer_page())
        self._answer_pages.addWidget(self._rejected_page())
        column.addWidget(self._answer_pages, 1)
        return page

    def _answer_page(self) -> QWidget:
        answer = QWidget(self)
        column = QVBoxLayout(answer)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._differential)
        column.addWidget(self._source)
        held = ReadingArea(self.tr("The network's answer"), self)
        held.hold(answer)
        return held

    def _rejected_page(self) -> QWidget:
        rejected = QWidget(self)
        column = QVBoxLayout(rejected)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(8)
        column.addWidget(IconLabel("file-x", "error", 32))
        column.addWidget(text_label(self.tr("This file was rejected"), "section"))
        column.addWidget(self.rejection)
        column.addStretch()
        return rejected


def _read(item: Item) -> ScreenPicture:
    file = item.read()
    return screen_picture(decode(file, at_least_px=_LARGE_ENOUGH_PX).rgb, is_generated(file.content))
