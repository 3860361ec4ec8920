"""The chosen lesion: where it stands, its timeline, and its visits."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.domain.case import Case, PictureDetails
from skindesk.domain.lesion_state import LesionState
from skindesk.domain.people import Permission, Person
from skindesk.gui.background import Background
from skindesk.gui.cases.more_button import more_button
from skindesk.gui.cases.state_badge import StateBadge
from skindesk.gui.cases.thumbnail import Thumbnail
from skindesk.gui.cases.thumbnails import ReadPicture, fill
from skindesk.gui.cases.timeline import Timeline
from skindesk.gui.cases.visit_card import VisitCard
from skindesk.gui.cases.words import diagnosis_line
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.words import local_day, short_lesion, site_word


class LesionView(QWidget):
    """Shows one case; what it cannot do itself, it wishes for."""

    picture_wanted = Signal(object, object)
    """The clinician wants this StoredPicture of this Visit large."""
    review_wanted = Signal()
    diagnosis_wanted = Signal()
    closing_wanted = Signal()
    """The case is to be closed, or reopened."""
    correction_wanted = Signal()
    comparison_wanted = Signal(int, int)
    """These two pictures, by their ids, the earlier one first."""

    def __init__(
        self, read: ReadPicture, background: Background, person: Person, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._read, self._background = read, background
        self._title = text_label("", "section")
        self._about = text_label("", "secondary", wrap=True)
        self.badge = StateBadge()
        self.review_button = self._button(self.tr("Review…"), "note-pencil", self.review_wanted)
        self.diagnosis_button = self._button(self.tr("Final diagnosis…"), "check-circle", self.diagnosis_wanted)
        self.compare_button = self._button(self.tr("Compare"), "columns", self._compare)
        for button in (self.review_button, self.diagnosis_button):
            button.setVisible(person.may(Permission.REVIEW))
        self.correct_action = QAction(self.tr("Correct lesion…"), self)
        self.correct_action.triggered.connect(self.correction_wanted)
        self.correct_action.setVisible(person.may(Permission.CORRECT))
        self.closing_action = QAction(self)
        self.closing_action.triggered.connect(self.closing_wanted)
        self.closing_action.setVisible(person.may(Permission.REVIEW))
        self.more_button = more_button(self.tr("Correct or close"), (self.correct_action, self.closing_action))
        self.outcome = _Outcome(self)
        self.timeline = Timeline(person.may(Permission.CORRECT), person.may(Permission.EXPORT), self)
        self.timeline.opened.connect(self.picture_wanted)
        self.timeline.ticks_changed.connect(self._offer_comparison)
        self._visits = QWidget(self)
        self._lay_out()

    def show_case(self, case: Case, names: Mapping[str, str]) -> None:
        """Show a lesion, with these names for label codes."""
        self._show_heading(case)
        self.outcome.show_case(case, names)
        self.timeline.show_case(case, names)
        cards = [VisitCard(visit, names) for visit in reversed(case.visits) if visit.pictures or visit.reviews]
        self._show_visits(cards)
        for visit in case.visits:
            for picture in visit.pictures:
                self._fill(picture.details, cards)

    def take_focus(self) -> None:
        """Put the keyboard on the latest picture, so that Enter opens it."""
        shown = [tile.thumbnail for tile in self.timeline.tiles if tile.thumbnail is not None]
        target = shown[-1] if shown else self.review_button
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def _fill(self, picture: PictureDetails, cards: list[VisitCard]) -> None:
        owners: list[dict[str, Thumbnail]] = [self.timeline.thumbnails(), *(card.thumbnails for card in cards)]
        fill(self._read, self._background, picture, [each[picture.sha256] for each in owners if picture.sha256 in each])

    def _show_heading(self, case: Case) -> None:
        lesion, details = case.lesion, case.lesion.details
        self._title.setText(short_lesion(lesion))
        parts = [details.description] if details.description and site_word(details.site) else []
        seen = [visit for visit in case.visits if visit.pictures or visit.reviews]
        count = self.tr("{0} visits").format(len(seen)) if seen else self.tr("no visit yet")
        parts.append(self.tr("1 visit") if len(seen) == 1 else count)
        if seen:
            parts.append(self.tr("first seen {0}").format(local_day(seen[0].visited_at)))
        self._about.setText(" · ".join(parts))
        self.badge.show_lesion(lesion)
        closed = lesion.state is LesionState.CLOSED
        self.closing_action.setText(self.tr("Reopen the case") if closed else self.tr("Close the case"))

    def _show_visits(self, cards: list[VisitCard]) -> None:
        visits = QWidget(self)
        column = QVBoxLayout(visits)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for card in cards:
            card.picture_wanted.connect(self.picture_wanted)
            column.addWidget(card)
        layout = self.layout()
        if layout is not None:
            layout.replaceWidget(self._visits, visits)
        visits.show()
        self._visits.hide()
        self._visits.deleteLater()
        self._visits = visits

    def _offer_comparison(self) -> None:
        pair = self.timeline.pair()
        self.compare_button.setEnabled(pair is not None)
        words = self.tr("Compare the pictures ticked below, or else the first and the latest of one kind")
        few = self.tr("There are no two pictures of one kind. Tick two below to compare them all the same.")
        self.compare_button.setToolTip(words if pair is not None else few)

    def _compare(self) -> None:
        pair = self.timeline.pair()
        if pair is not None:
            self.comparison_wanted.emit(*pair)

    def _button(self, text: str, icon_name: str, wish: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAccessibleName(text.rstrip("…"))
        set_icon(button, icon_name)
        button.clicked.connect(wish)
        return button

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._about)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addLayout(words, 1)
        heading.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for button in (self.review_button, self.diagnosis_button, self.compare_button):
            actions.addWidget(button)
        actions.addWidget(self.more_button)
        actions.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(heading)
        column.addLayout(actions)
        column.addWidget(self.outcome)
        column.addWidget(self.timeline)
        column.addWidget(self._visits)


class _Outcome(QFrame):
    """Says what the lesion was in the end, once that is known."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._words = text_label("", "strong", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel("check-circle", "accent"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)

    def show_case(self, case: Case, names: Mapping[str, str]) -> None:
        """Show the diagnosis that counts, and whether the case is closed with it."""
        diagnosis = case.final_diagnosis
        closed = case.lesion.state is LesionState.CLOSED
        self.setVisible(diagnosis is not None or closed)
        if diagnosis is not None:
            line = diagnosis_line(diagnosis.details, names)
            words = self.tr("Closed with the final diagnosis: {line}") if closed else self.tr("Final diagnosis: {line}")
            self._words.setText(words.format(line=line))
        elif closed:
            self._words.setText(self.tr("Closed without a final diagnosis."))
        self.setAccessibleName(self._words.text())
