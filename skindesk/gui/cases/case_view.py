"""The chosen case: its lesion, and its visits, newest first."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from skindesk.domain.case import Case, CaseSummary, PictureDetails
from skindesk.domain.people import Permission, Person
from skindesk.gui.background import Background
from skindesk.gui.cases.thumbnail import SmallPicture, Thumbnail, small_picture
from skindesk.gui.cases.visit_card import VisitCard
from skindesk.gui.theme import set_icon
from skindesk.gui.widgets.labels import text_label
from skindesk.gui.widgets.reading_area import ReadingArea
from skindesk.gui.widgets.segmented import Segmented
from skindesk.gui.widgets.words import local_day, sentence, short_lesion, site_word

_BUTTON_PX = 40

ReadPicture = Callable[[str], bytes]
"""A stored picture's bytes by their digest; slow, so called in the background only."""


class CaseView(QWidget):
    """One case, with the patient's other lesions a press away."""

    add_picture_wanted = Signal()
    picture_wanted = Signal(object, object)
    """The clinician wants this StoredPicture of this Visit large."""
    other_case_wanted = Signal(int)
    patient_correction_wanted = Signal()
    lesion_correction_wanted = Signal()
    erasure_wanted = Signal()

    def __init__(
        self, read_picture: ReadPicture, background: Background, person: Person, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._read_picture = read_picture
        self._background = background
        self._label_names: Mapping[str, str] = {}
        self._heading = _Heading(self)
        self.add_button.clicked.connect(self.add_picture_wanted)
        self._offer_changes(person)
        self._others = QHBoxLayout()
        self._thumbnails: list[Thumbnail] = []
        self._scroll = ReadingArea(self.tr("Visits"), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._heading)
        column.addLayout(self._others)
        column.addWidget(self._scroll, 1)

    @property
    def add_button(self) -> QPushButton:
        """The wish for another picture of this lesion."""
        return self._heading.add_button

    @property
    def more_button(self) -> QToolButton:
        """The menu of what may be changed; hidden for those who may change nothing."""
        return self._heading.more_button

    def name_impressions(self, names: Mapping[str, str]) -> None:
        """Use these names for impressions that are label codes, from the next case on."""
        self._label_names = names

    def show_case(self, case: Case, siblings: tuple[CaseSummary, ...]) -> None:
        """Show a case and, where the patient has several, buttons to the other ones."""
        self._heading.show_case(case)
        self._show_siblings(case, siblings)
        visits = QWidget()
        column = QVBoxLayout(visits)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        names = {**_names_in(case), **self._label_names}
        self._thumbnails = []
        for visit in reversed(case.visits):
            card = VisitCard(visit, names, visits)
            card.picture_wanted.connect(self.picture_wanted)
            column.addWidget(card)
            self._thumbnails.extend(card.thumbnails.values())
            for picture in visit.pictures:
                self._load(picture.details, card.thumbnails[picture.details.sha256])
        column.addStretch()
        self._scroll.hold(visits)

    def take_focus(self) -> None:
        """Put the keyboard on the newest picture, so that Enter opens it."""
        target = self._thumbnails[0] if self._thumbnails else self.add_button
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def _offer_changes(self, person: Person) -> None:
        menu = QMenu(self)
        if person.may(Permission.CORRECT):
            menu.addAction(self.tr("Correct patient…"), self.patient_correction_wanted.emit)
            menu.addAction(self.tr("Correct lesion…"), self.lesion_correction_wanted.emit)
        if person.may(Permission.ADMINISTER):
            menu.addSeparator()
            menu.addAction(self.tr("Erase patient…"), self.erasure_wanted.emit)
        self.more_button.setMenu(menu)
        self.more_button.setVisible(not menu.isEmpty())

    def _show_siblings(self, case: Case, siblings: tuple[CaseSummary, ...]) -> None:
        while (item := self._others.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        if len(siblings) < 2:
            return
        lesions = sorted((entry.lesion for entry in siblings), key=lambda lesion: lesion.number)
        name = self.tr("This patient's lesions")
        choice = Segmented[int](name, [(lesion.case_id, f"L{lesion.number}") for lesion in lesions])
        for lesion in lesions:
            choice.button(lesion.case_id).setToolTip(short_lesion(lesion))
        choice.choose(case.lesion.case_id)
        choice.chosen.connect(self.other_case_wanted.emit)
        self._others.setSpacing(12)
        self._others.addWidget(text_label(name, "label"))
        self._others.addWidget(choice)
        self._others.addStretch()

    def _load(self, details: PictureDetails, thumbnail: Thumbnail) -> None:
        def done(picture: SmallPicture) -> None:
            if isValid(thumbnail):
                thumbnail.show_picture(picture)

        def failed(error: Exception) -> None:
            if isValid(thumbnail):
                thumbnail.show_trouble(sentence(error))

        self._background.start(
            lambda: small_picture(self._read_picture(details.sha256), details.file_name), done, failed
        )


class _Heading(QFrame):
    """Which lesion it is, since when it has been followed, and the way to another picture of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = text_label("", "page-title", wrap=True)
        self._about = text_label("", "secondary", wrap=True)
        self.add_button = QPushButton(self.tr("Add picture to this lesion"), self)
        self.add_button.setProperty("kind", "primary")
        self.add_button.setAccessibleName(self.add_button.text())
        set_icon(self.add_button, "plus", "on_accent")
        self.more_button = QToolButton(self)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more_button.setAccessibleName(self.tr("Correct or erase"))
        self.more_button.setToolTip(self.more_button.accessibleName())
        self.more_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.more_button.setFixedHeight(_BUTTON_PX)
        set_icon(self.more_button, "dots-three-vertical")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._about)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addLayout(words, 1)
        line.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignTop)

    def show_case(self, case: Case) -> None:
        """Name the lesion and sum up its visits."""
        details = case.lesion.details
        self._title.setText(short_lesion(case.lesion))
        parts = [details.description] if details.description and site_word(details.site) else []
        visits = len(case.visits)
        parts.append(self.tr("1 visit") if visits == 1 else self.tr("{0} visits").format(visits))
        if case.visits:
            parts.append(self.tr("first seen {0}").format(local_day(case.visits[0].visited_at)))
        self._about.setText(" · ".join(parts))


def _names_in(case: Case) -> dict[str, str]:
    """The label names that the case's own predictions carry."""
    return {
        label.code: label.name
        for visit in case.visits
        for picture in visit.pictures
        for prediction in picture.predictions
        for label in prediction.labels
    }
