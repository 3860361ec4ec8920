"""The chosen row's picture with its differential, or why the file was rejected."""

from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from skindesk.domain.contract import ModelContract
from skindesk.domain.outcome import Classified, Outcome, Rejected
from skindesk.gui.background import Background
from skindesk.gui.latest import Latest
from skindesk.gui.widgets.canvas import PictureCanvas
from skindesk.gui.widgets.differential import DifferentialView
from skindesk.gui.widgets.empty_state import EmptyState
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.gui.widgets.screen_picture import ScreenPicture, screen_picture
from skindesk.imaging.decode import decode, read_picture_file

_LARGE_ENOUGH_PX = 1024
"""Decoded for a close look at the lesion; far quicker than a whole photograph of 12 megapixels."""


class OutcomeView(QWidget):
    """One file of the run beside the table."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latest = Latest(background, self)
        self._name = ElidedLabel("", "section")
        self._folder = ElidedLabel("", "secondary")
        self.canvas = PictureCanvas(self)
        self.canvas.setMinimumHeight(200)
        self._notice = Notice(self)
        self._differential = DifferentialView(self)
        self._source = text_label("", "secondary", wrap=True)
        self.rejection = text_label("", "body", wrap=True)
        self._pages = QStackedWidget(self)
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
        self._name.set_full_text("")
        self._folder.set_full_text("")
        self.rejection.clear()
        self.canvas.clear()
        self._pages.setCurrentWidget(self._nothing)

    def show_outcome(self, outcome: Outcome, contract: ModelContract | None) -> None:
        """Show a row's outcome; its picture follows as soon as it is decoded. `contract` as `abstention` takes it."""
        self._name.set_full_text(outcome.path.name)
        self._folder.set_full_text(str(outcome.path.parent))
        self._notice.clear()
        self._latest.forget()
        self.canvas.clear()
        if isinstance(outcome, Rejected):
            self.rejection.setText(outcome.message)
            self._answer_pages.setCurrentIndex(1)
        else:
            self._show_answer(outcome, contract)
        self._pages.setCurrentIndex(1)

    def _show_answer(self, outcome: Classified, contract: ModelContract | None) -> None:
        self._differential.show_prediction(outcome.prediction, contract)
        model = outcome.prediction.model
        self._source.setText(f"{model.model_id} {model.version} · {model.digest[:8]}")
        self._answer_pages.setCurrentIndex(0)
        self._latest.ask(lambda: _read(outcome.path), self.canvas.show_picture, self._notice.show_error)

    def _outcome_page(self) -> QWidget:
        answer = QWidget(self)
        answer_column = QVBoxLayout(answer)
        answer_column.setContentsMargins(0, 0, 4, 0)
        answer_column.setSpacing(12)
        answer_column.addWidget(self.canvas, 1)
        answer_column.addWidget(self._notice)
        answer_column.addWidget(self._differential)
        answer_column.addWidget(self._source)
        held = ReadingArea(self.tr("The network's answer"), self)
        held.hold(answer)
        rejected = QWidget(self)
        rejected_column = QVBoxLayout(rejected)
        rejected_column.setContentsMargins(0, 16, 0, 0)
        rejected_column.setSpacing(8)
        rejected_column.addWidget(IconLabel("file-x", "error", 32))
        rejected_column.addWidget(text_label(self.tr("This file was rejected"), "section"))
        rejected_column.addWidget(self.rejection)
        rejected_column.addStretch()
        self._answer_pages = QStackedWidget(self)
        self._answer_pages.addWidget(held)
        self._answer_pages.addWidget(rejected)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._name)
        column.addWidget(self._folder)
        column.addSpacing(4)
        column.addWidget(self._answer_pages, 1)
        return page


def _read(path: Path) -> ScreenPicture:
    file = read_picture_file(path)
    return screen_picture(decode(file, at_least_px=_LARGE_ENOUGH_PX).rgb, is_generated(file.content))
