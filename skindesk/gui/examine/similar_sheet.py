"""The page beside the picture that shows the clinic's confirmed cases most like it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Event

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from skindesk.bootstrap import Workspace
from skindesk.domain.labels import Label
from skindesk.domain.people import Permission
from skindesk.domain.prediction import ModelRef, Prediction
from skindesk.gui.background import Background
from skindesk.gui.cases.thumbnail import SmallPicture, small_picture
from skindesk.gui.examine.similar_card import SimilarCard
from skindesk.gui.latest import Latest
from skindesk.gui.theme.tokens import group_token
from skindesk.gui.widgets.labels import IconLabel, hairline, text_label
from skindesk.gui.widgets.notice import Notice
from skindesk.gui.widgets.side_sheet import SideSheet
from skindesk.gui.widgets.words import group_icon, group_word, sentence
from skindesk.services.similar_cases import LIMIT, Similar, Tally, tally

MEASURED_NETWORK = "3c5fba51129a318a154bcce83b609f582821b02e104f503330714364e2615820"
"""dermoscopy-7 2.0.0, of which `tests.benchmarks.similar` gave the figures that the page tells."""
_ICON_PX = 16


@dataclass(frozen=True)
class _Question:
    """The picture that is compared: by which network, with its labels, its features, and whose it is."""

    model: ModelRef
    labels: tuple[Label, ...]
    embedding: NDArray[np.float32]
    patient_id: int | None


@dataclass(frozen=True)
class _Reply:
    """What was found, with the names of label codes."""

    similar: Similar
    names: Mapping[str, str]


class SimilarSheet(SideSheet):
    """Asks in the background. Up and Down go from case to case, Enter makes a picture larger and small again.

    The first time that a network is asked about, it is shown those pictures of confirmed cases that it has not looked
    at yet, such as those of an import; then it is asked again.
    """

    case_wanted = Signal(int)
    """The user wants to see this confirmed case."""

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Similar confirmed cases"), parent)
        self._workspace, self._background = workspace, background
        self._latest = Latest(background, self)
        self._question: _Question | None = None
        self._reply: _Reply | None = None
        self._looked_at: set[str] = set()
        self._added = 0
        self.cards: list[SimilarCard] = []
        self.notice = Notice(self, closable=False)
        self._state = text_label("", "strong", wrap=True)
        self._hint = text_label("", "secondary", wrap=True)
        self._progress = text_label("", "secondary", wrap=True)
        self._about = text_label("", "secondary", wrap=True)
        self._place = QVBoxLayout()
        self._shown = QWidget()
        self._fill()

    def show_for(self, prediction: Prediction, embedding: NDArray[np.float32], patient_id: int | None) -> None:
        """Show the cases most like the picture with this answer and features, none of them of this patient."""
        model = prediction.model
        self._question = _Question(model, prediction.labels, embedding, patient_id)
        self._empty()
        self._about.setText(self._about_words(model.digest))
        self._ask()
        if model.digest not in self._looked_at:
            self._looked_at.add(model.digest)
            look = partial(_look_at_the_rest, self._workspace, model)
            self._background.stream(look, self._tell_progress, self._looked, self._not_looked)

    def words(self) -> str:
        """What the page says besides the cases."""
        labels = (self._state, self._hint, self._progress, self._about)
        parts = (self.notice.text(), *(label.text() for label in labels if not label.isHidden()))
        return "\n".join(part for part in parts if part)

    def _ask(self) -> None:
        question = self._question
        if question is not None:
            self._latest.ask(partial(_find, self._workspace, question), self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        self._empty()
        self._say("")
        self.notice.show_error(error)

    def _show(self, reply: _Reply) -> None:
        if reply == self._reply:
            return
        self._empty()
        self._reply = reply
        self._say(*self._heading(reply.similar))
        if reply.similar.cases:
            self._put(self._made(reply))
            self._about.show()
        if self.area.hasFocus() and self.cards:
            self.cards[0].thumbnail.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heading(self, similar: Similar) -> tuple[str, str]:
        """What was found, and how to take it."""
        count, compared = len(similar.cases), similar.compared
        if not count:
            waiting = self.tr(
                "Cases of other patients count once they are closed with a final diagnosis and this network has looked "
                "at their pictures."
            )
            return self.tr("No case to compare with yet"), waiting
        if compared == 1:
            words = self.tr("There is only 1 confirmed case, which tells little:")
        elif compared <= LIMIT:
            words = self.tr("There are only {compared} confirmed cases, which tell little:")
        else:
            words = self.tr("Of {compared} confirmed cases the {count} most alike were:")
        caution = self.tr("Alike to the network, which need not be alike to the eye.")
        return words.format(compared=f"{compared:,}", count=count), caution

    def _made(self, reply: _Reply) -> QWidget:
        """The outcomes in sum, and a card for each case."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for counted in tally(reply.similar.cases, reply.names):
            column.addLayout(_tally_row(counted))
        column.addWidget(hairline())
        opening = self._workspace.access.person.may(Permission.REVIEW)
        self.cards = [SimilarCard(case, reply.names, opening) for case in reply.similar.cases]
        for place, card in enumerate(self.cards):
            card.case_wanted.connect(self.case_wanted)
            card.thumbnail.stepped.connect(partial(self._step, place))
            read = partial(_read_picture, self._workspace, card.case.sha256, self.tr("The picture"))
            self._background.start(read, card.thumbnail.show_picture, card.show_trouble)
            column.addWidget(card)
        return holder

    def _about_words(self, model_digest: str) -> str:
        caution = self.tr(
            "Likeness is 1.00 for the same picture. The same network gave the answer, so that cases which agree with "
            "it are no second opinion. How common a diagnosis is among your cases decides, too."
        )
        if model_digest != MEASURED_NETWORK:
            return caution
        measured = self.tr(
            "Measured for this network on 1,453 lesions of its archive that it had not learned from: of the five most "
            "alike others, 81 % had the same diagnosis, where 56 % would by chance. For melanomas it was 35 %, and "
            "43 % were nevi."
        )
        return f"{caution}\n\n{measured}"

    def _tell_progress(self, added: list[int]) -> None:
        self._added = added[-1]
        words = self.tr("The network looks at confirmed cases that it has not seen yet: {count} pictures so far.")
        self._progress.setText(words.format(count=self._added))
        self._progress.setVisible(self._added > 0)

    def _looked(self) -> None:
        self._progress.hide()
        if self._added:
            self._added = 0
            self._ask()

    def _not_looked(self, error: Exception) -> None:
        self._progress.setText(sentence(error))
        self._progress.show()

    def _step(self, place: int, by: int) -> None:
        if 0 <= place + by < len(self.cards):
            card = self.cards[place + by]
            card.thumbnail.setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(card)

    def _empty(self) -> None:
        self._reply = None
        self.cards = []
        self.notice.clear()
        self._say(self.tr("Comparing with the confirmed cases…"))
        self._about.hide()
        self._put(QWidget())

    def _say(self, words: str, hint: str = "") -> None:
        for label, text in ((self._state, words), (self._hint, hint)):
            label.setText(text)
            label.setVisible(bool(text))

    def _put(self, shown: QWidget) -> None:
        self._place.replaceWidget(self._shown, shown)
        self._shown.hide()
        self._shown.deleteLater()
        self._shown = shown

    def _fill(self) -> None:
        self.area.setAccessibleName(self.tr("Similar confirmed cases"))
        self._place.addWidget(self._shown)
        self._progress.hide()
        for part in (self.notice, self._state, self._hint, self._progress):
            self.body.addWidget(part)
        self.body.addLayout(self._place)
        self.body.addWidget(self._about)


def _find(workspace: Workspace, question: _Question) -> _Reply:
    similar = workspace.similar_cases.find(question.model.digest, question.embedding, question.patient_id)
    installed = (label for model in workspace.models.installed() for label in model.contract.labels)
    return _Reply(similar, {label.code: label.name for label in (*installed, *question.labels)})


def _look_at_the_rest(workspace: Workspace, model: ModelRef, emit: Callable[[int], None], stop: Event) -> None:
    """Fill in what a network has not looked at yet, if it is still the one that is installed."""
    classifier = workspace.models.open(model.model_id)
    if classifier.ref.digest == model.digest:
        workspace.similar_cases.fill_in(classifier, stop, emit)


def _read_picture(workspace: Workspace, sha256: str, name: str) -> SmallPicture:
    return small_picture(workspace.casework.log.picture(sha256), name)


def _tally_row(counted: Tally) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(
        IconLabel(group_icon(counted.group), group_token(counted.group), _ICON_PX), 0, Qt.AlignmentFlag.AlignTop
    )
    row.addWidget(text_label(f"{counted.count}", "strong"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text_label(f"{counted.diagnosis} ({group_word(counted.group)})", wrap=True), 1)
    return row
