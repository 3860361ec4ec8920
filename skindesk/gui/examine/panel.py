"""The four steps beside the picture: picture, impression, network, plan."""

from datetime import date

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from skindesk.domain.case import Plan, ReviewDetails
from skindesk.domain.following import FOLLOW_UP_MONTHS, FOLLOWED_UP, months_after
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.impression import ImpressionField
from skindesk.gui.examine.network_step import NetworkStep
from skindesk.gui.examine.picture_step import PictureStep
from skindesk.gui.examine.step import Step
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import plan_word

WIDTH_PX = 400
_NOTES_PX = 44
"""Two lines, so that all four steps are in sight in a window of 1280 x 800."""
_MARGIN_PX = 24


class ExaminePanel(QFrame):
    """Shows the steps, which scroll by themselves, above the button that saves.

    Without `reviewing` there is no impression or plan to give.
    """

    save_wanted = Signal()

    def __init__(self, reviewing: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reviewing = reviewing
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH_PX)
        self.picture = PictureStep()
        self.impression = ImpressionField()
        self.network = NetworkStep()
        self.plan = Segmented[Plan](self.tr("Plan"), [(plan, plan_word(plan)) for plan in Plan])
        self.again = Segmented[int](
            self.tr("Look again in"), [(months, self.tr("{0} months").format(months)) for months in FOLLOW_UP_MONTHS]
        )
        self._again_row = QWidget()
        self.notes = QPlainTextEdit()
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setPlaceholderText(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setAcceptDrops(False)  # a dropped file is a picture wherever it falls
        self.notes.setFixedHeight(_NOTES_PX)
        self.save_button = QPushButton(self.tr("Save to case  Ctrl+S"))
        self.save_button.setProperty("kind", "primary")
        self.save_button.setAccessibleName(self.tr("Save to case"))
        self.save_button.clicked.connect(self.save_wanted)
        self._area = QScrollArea()
        self._lay_out()
        self.plan.chosen.connect(self._ask_when)
        self.reset()

    def reset(self) -> None:
        """Forget what was said of the last picture."""
        self.impression.clear()
        self.plan.choose(Plan.NONE)
        self.notes.clear()
        self.picture.show_picture(None)
        self.network.show_nothing()
        self.save_button.setEnabled(False)
        self.allow_review(False)

    @property
    def takes_review(self) -> bool:
        """Whether there is a picture to say something of."""
        return self.notes.isEnabledTo(self)

    def allow_review(self, allowed: bool) -> None:
        """Whether there is a picture to say something of."""
        for widget in (self.impression, self.plan, self.again, self.notes):
            widget.setEnabled(allowed)

    def bring_answer_into_view(self) -> None:
        """Scroll as far as needed to see the network's whole answer, once it is laid out."""
        QTimer.singleShot(0, self._scroll_to_answer)

    def _scroll_to_answer(self) -> None:
        bottom = self.network.geometry().bottom()
        self._area.ensureVisible(0, bottom, 0, _MARGIN_PX // 2)

    def review(self, examination: Examination) -> ReviewDetails:
        """What the clinician has said so far: before the network spoke, and after it where the view has changed."""
        said, sure = self.impression.value(), self.impression.confidence()
        blind, blind_sure = examination.blind_impression, examination.blind_confidence
        first = (blind, blind_sure) if examination.revealed and blind else (said, sure)
        second = (said, sure) if said and (said, sure) != first else ("", None)
        return ReviewDetails(
            impression=first[0],
            confidence=first[1],
            plan=self.plan.value() or Plan.NONE,
            notes=self.notes.toPlainText().strip(),
            revealed_before=bool(said) and examination.revealed and not blind,
            second_impression=second[0],
            second_confidence=second[1],
            follow_up_on=self._follow_up_on(),
            asked_first=examination.asked_first if first[0] else None,
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        area = self._area
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._steps())
        area.verticalScrollBar().rangeChanged.connect(self._make_room_for_scroll_bar)
        column.addWidget(area, 1)
        column.addWidget(self._footer())

    def _steps(self) -> QWidget:
        page = QWidget()
        page.setProperty("role", "scrolled")
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(_MARGIN_PX, 8, _MARGIN_PX, 8)
        column.setSpacing(10)
        impression = Step(2, self.tr("Your impression"))
        if self._reviewing:
            impression.body.addWidget(self.impression)
        else:
            words = self.tr("The impression is the clinician's. You can save the picture without one.")
            impression.body.addWidget(text_label(words, "secondary", wrap=True))
        steps = [self.picture, impression, self.network]
        if self._reviewing:
            steps.append(self._plan_step())
        for index, step in enumerate(steps):
            if index:
                column.addWidget(hairline())
            column.addWidget(step)
        column.addStretch(1)
        return page

    def _plan_step(self) -> Step:
        step = Step(4, self.tr("Plan"))
        step.body.addWidget(self.plan)
        row = QHBoxLayout(self._again_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(text_label(self.tr("Look again in"), "label"))
        row.addWidget(self.again, 1)
        step.body.addWidget(self._again_row)
        step.body.addWidget(self.notes)
        return step

    def _ask_when(self, plan: Plan) -> None:
        """A watched lesion is looked at again on a day; without another word, after the shortest time offered."""
        self._again_row.setVisible(plan in FOLLOWED_UP)
        if plan not in FOLLOWED_UP:
            self.again.choose(None)
        elif plan is Plan.WATCH and self.again.value() is None:
            self.again.choose(FOLLOW_UP_MONTHS[0])

    def _follow_up_on(self) -> date | None:
        months = self.again.value()
        return None if months is None else months_after(date.today(), months)

    def _make_room_for_scroll_bar(self, _least: int, most: int) -> None:
        """The steps keep their width when the scroll bar comes."""
        bar = self._area.verticalScrollBar().sizeHint().width() if most > 0 else 0
        self._column.setContentsMargins(_MARGIN_PX, 8, _MARGIN_PX - bar, 8)

    def _footer(self) -> QWidget:
        footer = QFrame()
        footer.setProperty("role", "footer")
        column = QVBoxLayout(footer)
        column.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 12)
        column.addWidget(self.save_button)
        return footer
