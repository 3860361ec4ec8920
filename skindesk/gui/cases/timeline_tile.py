"""One step of a lesion's timeline: a picture with what was thought of it, a visit without one, or the diagnosis."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from skindesk.domain.case import Plan, StoredPicture
from skindesk.domain.final_diagnosis import Attachment
from skindesk.domain.prediction import Decision
from skindesk.gui.cases.more_button import more_button
from skindesk.gui.cases.thumbnail import HEIGHT_PX, WIDTH_PX, Thumbnail
from skindesk.gui.cases.timeline_entries import Diagnosed, Seen
from skindesk.gui.cases.words import capture_facts, confirmed_word, diameter_words, kind_word, picture_kind
from skindesk.gui.theme import set_icon
from skindesk.gui.theme.tokens import group_token
from skindesk.gui.widgets.labels import ElidedLabel, IconLabel, text_label
from skindesk.gui.widgets.words import (
    group_icon,
    group_word,
    impression_name,
    local_day,
    percent,
    plan_word,
    why_abstained,
)

_PADDING_PX = 8
_MENU_PX = 24
TILE_PX = WIDTH_PX + 2 * _PADDING_PX


class Tile(QFrame):
    """A card as wide as a thumbnail."""

    def __init__(self, day: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setFixedWidth(TILE_PX)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(_PADDING_PX, _PADDING_PX, _PADDING_PX, _PADDING_PX)
        self.column.setSpacing(2)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(8)
        self.heading.addWidget(text_label(day, "strong"))

    def add_line(self, icon_name: str, colour: str, text: str, tip: str = "") -> None:
        """A line of one fact with its icon."""
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(IconLabel(icon_name, colour, 16))
        label = ElidedLabel(text)
        if tip:
            label.setAccessibleDescription(tip)
        row.addWidget(label, 1)
        self.column.addLayout(row)


class VisitTile(Tile):
    """What was seen at a visit. The box chooses the picture for a comparison, the menu removes it."""

    opened = Signal(object, object)
    """This StoredPicture of this Visit is wanted large."""
    removal_wanted = Signal(object, object)
    ticked = Signal(int, bool)
    """The picture of this id is to be compared, or is not."""

    def __init__(self, seen: Seen, names: Mapping[str, str], correcting: bool, parent: QWidget | None = None) -> None:
        super().__init__(local_day(seen.visit.visited_at), parent)
        self.seen, self._names = seen, names
        self.thumbnail: Thumbnail | None = None
        self.box: QCheckBox | None = None
        if seen.picture is None:
            self.column.addLayout(self.heading)
            self.column.addWidget(text_label(self.tr("Visit without a picture"), "secondary", wrap=True))
        else:
            self._show_picture(seen.picture, correcting)
        self._show_review(seen)
        self.column.addStretch(1)
        if seen.picture is not None:
            self._add_box(seen.picture)

    def _show_picture(self, picture: StoredPicture, correcting: bool) -> None:
        details = picture.details
        self.thumbnail = Thumbnail(details.file_name, self)
        self.thumbnail.clicked.connect(lambda: self.opened.emit(picture, self.seen.visit))
        self.column.addWidget(self.thumbnail)
        self.column.addSpacing(4)
        self.heading.addStretch(1)
        if correcting:
            self.heading.addWidget(self._menu_button(picture))
        self.column.addLayout(self.heading)
        facts = (kind_word(picture_kind(details)), capture_facts(details.capture))
        self.column.addWidget(ElidedLabel(" · ".join(fact for fact in facts if fact), "secondary"))
        if details.measurement is not None:
            self.add_line("ruler", "muted", diameter_words(details.measurement), self.tr("Longest diameter"))
        self._show_answer(picture)

    def _show_answer(self, picture: StoredPicture) -> None:
        if not picture.predictions:
            self.add_line("cpu", "muted", self.tr("no network asked"))
            return
        prediction = picture.predictions[-1]
        if prediction.decision is Decision.ABSTAINED:
            self.add_line("prohibit", "novel", self.tr("no answer"), why_abstained(prediction))
            return
        top = prediction.top
        words = f"{percent(top.probability)} {top.label.name}"
        self.add_line(group_icon(top.label.group), group_token(top.label.group), words, group_word(top.label.group))

    def _show_review(self, seen: Seen) -> None:
        review = seen.review
        if review is None:
            return
        if review.standing_impression:
            self.add_line("user", "text", impression_name(review.standing_impression, self._names))
        if review.plan is not Plan.NONE:
            until = "" if review.follow_up_on is None else f" · {review.follow_up_on.isoformat()}"
            self.add_line("arrow-bend-up-right", "muted", plan_word(review.plan) + until)
        if seen.picture is None and review.notes:
            self.column.addWidget(_few_lines(review.notes))

    def _add_box(self, picture: StoredPicture) -> None:
        self.box = QCheckBox(self.tr("Compare"))
        day = local_day(self.seen.visit.visited_at)
        self.box.setAccessibleName(self.tr("Compare the picture of {day}").format(day=day))
        self.box.toggled.connect(lambda on: self.ticked.emit(picture.image_id, on))
        self.column.addWidget(self.box)

    def _menu_button(self, picture: StoredPicture) -> QToolButton:
        remove = QAction(self.tr("Remove picture"), self)
        remove.triggered.connect(lambda: self.removal_wanted.emit(picture, self.seen.visit))
        day = local_day(self.seen.visit.visited_at)
        return more_button(self.tr("More on the picture of {day}").format(day=day), (remove,), _MENU_PX)


class DiagnosisTile(Tile):
    """What the lesion was in the end."""

    file_wanted = Signal(object)
    """A copy of this Attachment is wanted."""

    def __init__(
        self, diagnosed: Diagnosed, names: Mapping[str, str], exporting: bool, parent: QWidget | None = None
    ) -> None:
        details = diagnosed.diagnosis.details
        super().__init__(details.decided_on.isoformat(), parent)
        self.column.addWidget(text_label(self.tr("Final diagnosis"), "label"))
        self.column.addLayout(self.heading)
        self.column.addSpacing(4)
        name = text_label(impression_name(details.diagnosis, names), "section", wrap=True)
        self.column.addWidget(name)
        self.add_line(group_icon(details.group), group_token(details.group), group_word(details.group))
        self.add_line("check-circle", "muted", confirmed_word(details.confirmed_by))
        if details.text:
            self.column.addSpacing(4)
            self.column.addWidget(_few_lines(details.text))
        self.column.addStretch(1)
        if details.attachment is not None:
            self.column.addWidget(self._file(details.attachment, exporting))

    def _file(self, attachment: Attachment, exporting: bool) -> QPushButton:
        button = QPushButton(self)
        set_icon(button, "paperclip", "accent")
        button.setProperty("kind", "quiet")
        room = TILE_PX - 2 * _PADDING_PX - 52
        shown = self.fontMetrics().elidedText(attachment.file_name, Qt.TextElideMode.ElideMiddle, room)
        button.setText(shown)
        button.setToolTip(self.tr("Save a copy of {file}").format(file=attachment.file_name))
        button.setAccessibleName(button.toolTip())
        button.setEnabled(exporting)
        button.clicked.connect(partial(self.file_wanted.emit, attachment))
        return button


def _few_lines(text: str) -> QLabel:
    label = text_label(text, "secondary", wrap=True)
    label.setMaximumHeight(HEIGHT_PX // 2)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setToolTip(text)
    return label
