"""One visit on a card: its pictures with what the network said of each, and the clinician's own readings."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from skindesk.domain.case import Plan, Review, StoredPicture, Visit
from skindesk.domain.prediction import Prediction
from skindesk.gui.cases.thumbnail import Thumbnail
from skindesk.gui.widgets.differential import DifferentialView
from skindesk.gui.widgets.labels import hairline, text_label
from skindesk.gui.widgets.words import (
    confidence_word,
    impression_name,
    local_day,
    local_minute,
    modality_word,
    plan_word,
    when_given,
)

_SHORT_DIGEST = 8


class VisitCard(QFrame):
    """What was seen and thought of the lesion on one day."""

    picture_wanted = Signal(object, object)
    """The clinician wants this StoredPicture of this Visit large."""

    def __init__(self, visit: Visit, label_names: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Visit of {0}").format(local_day(visit.visited_at)))
        self.thumbnails: dict[str, Thumbnail] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addLayout(self._heading(visit))
        for place, picture in enumerate(visit.pictures):
            if place:
                column.addWidget(hairline())
            column.addLayout(self._picture(picture, visit))
        for review in reversed(visit.reviews):
            column.addWidget(hairline())
            column.addWidget(_ReviewLines(review, label_names, self))

    def _heading(self, visit: Visit) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(text_label(local_day(visit.visited_at), "section", wrap=True))
        line.addStretch()
        line.addWidget(text_label(self._pictures(len(visit.pictures)), "secondary", wrap=True))
        return line

    def _pictures(self, count: int) -> str:
        if not count:
            return self.tr("no picture")
        return self.tr("1 picture") if count == 1 else self.tr("{0} pictures").format(count)

    def _earlier(self, count: int) -> str:
        return self.tr("1 earlier answer kept") if count == 1 else self.tr("{0} earlier answers kept").format(count)

    def _picture(self, picture: StoredPicture, visit: Visit) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(16)
        thumbnail = Thumbnail(picture.details.file_name, self)
        thumbnail.clicked.connect(lambda: self.picture_wanted.emit(picture, visit))
        self.thumbnails[picture.details.sha256] = thumbnail
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(thumbnail)
        details = picture.details
        about = f"{details.width_px} × {details.height_px} px · {modality_word(details.modality)}"
        left.addWidget(text_label(about, "secondary", wrap=True))
        left.addStretch()
        line.addLayout(left)
        line.addLayout(self._answers(picture.predictions), 1)
        return line

    def _answers(self, predictions: tuple[Prediction, ...]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        if not predictions:
            column.addWidget(text_label(self.tr("No network was asked about this picture."), "secondary", wrap=True))
        else:
            view = DifferentialView(self)
            view.show_prediction(predictions[-1])
            column.addWidget(view)
            column.addWidget(self._source(predictions))
        column.addStretch()
        return column

    def _source(self, predictions: tuple[Prediction, ...]) -> QLabel:
        latest = predictions[-1]
        model = latest.model
        text = f"{model.model_id} {model.version} · {model.digest[:_SHORT_DIGEST]} · {local_minute(latest.created_at)}"
        if len(predictions) > 1:
            text += " · " + self._earlier(len(predictions) - 1)
        label = text_label(text, "secondary", wrap=True)
        label.setToolTip(
            self.tr("Model, version, digest and time of this answer. Whole digest: {0}").format(model.digest)
        )
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


class _ReviewLines(QWidget):
    """What the clinician thought: impression and confidence, plan, notes, and when it was given."""

    def __init__(self, review: Review, label_names: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        details = review.details
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(text_label(self.tr("Own impression"), "label", wrap=True))
        impression = impression_name(details.impression, label_names) or self.tr("none given")
        column.addWidget(text_label(impression, "strong", wrap=True))
        if details.second_impression:
            second = self.tr("After seeing the network's answer: {0}")
            name = impression_name(details.second_impression, label_names)
            column.addWidget(text_label(second.format(name), "strong", wrap=True))
        again_on = details.follow_up_on
        facts = [
            self.tr("confidence {0}").format(confidence_word(details.confidence)) if details.confidence else "",
            self.tr("plan: {0}").format(plan_word(details.plan)) if details.plan is not Plan.NONE else "",
            "" if again_on is None else self.tr("look again by {0}").format(again_on.isoformat()),
            local_minute(review.created_at),
        ]
        column.addWidget(text_label(" · ".join(fact for fact in facts if fact), "secondary", wrap=True))
        column.addWidget(text_label(when_given(details), "secondary", wrap=True))
        if details.notes:
            notes = text_label(details.notes, "body", wrap=True)
            notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(notes)
