"""Has pictures read and answered in the background, so that only the newest picture is ever heard of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from skindesk.bootstrap import Workspace
from skindesk.domain.contract import ModelContract
from skindesk.gui.background import Background
from skindesk.gui.examine.examination import Examination
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.screen_picture import screen_picture
from skindesk.imaging.decode import PictureFile, PictureWarning, decode
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import Answered, answer_for


@dataclass(frozen=True)
class _Reply:
    """What a network said, and which network it was."""

    contract: ModelContract
    answered: Answered


class Examiner(QObject):
    """Each picture has a turn; what comes back for an earlier turn is dropped."""

    model_opened = Signal(object)
    """The ModelContract of the network that answers from now on."""
    model_failed = Signal(object)
    shown = Signal(object)
    """An Examination whose picture is decoded and has no answer yet."""
    unreadable = Signal(object)
    answered = Signal(object)
    """The same Examination, now with its answer."""
    unanswered = Signal(object)

    def __init__(self, workspace: Workspace, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._turn = 0
        self.examination: Examination | None = None
        self.contract: ModelContract | None = None

    def open_model(self) -> None:
        """Open the network that the settings name; a picture that is on the screen is asked of it anew."""
        self._background.start(self._classifier, self._opened, self._not_opened)

    def forget(self) -> None:
        """There is no picture any more, and nothing that is under way matters."""
        self._turn += 1
        self.examination = None

    def examine(self, read: Callable[[], PictureFile]) -> None:
        """Read and decode a picture, announce it, then have it answered and announce that."""
        self.forget()
        turn = self._turn
        self._background.start(
            lambda: _opened_picture(read()), partial(self._shown, turn), partial(self._unreadable, turn)
        )

    def _shown(self, turn: int, examination: Examination) -> None:
        if turn == self._turn:
            self.examination = examination
            self.shown.emit(examination)
            self._ask(examination)

    def _unreadable(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self.unreadable.emit(error)

    def _ask(self, examination: Examination) -> None:
        self._background.start(
            lambda: _reply(self._classifier(), examination.picture),
            partial(self._answered, self._turn, examination),
            partial(self._unanswered, self._turn),
        )

    def _answered(self, turn: int, examination: Examination, reply: _Reply) -> None:
        if turn == self._turn:
            examination.answer = reply.answered.answer
            examination.contract = reply.contract
            examination.flags = tuple(PictureWarning(flag) for flag in reply.answered.quality_flags)
            self.answered.emit(examination)

    def _unanswered(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self.unanswered.emit(error)

    def _classifier(self) -> Classifier:
        """The chosen network, opened at most once; called on a background thread."""
        return self._workspace.models.open(self._workspace.settings.model_id)

    def _not_opened(self, error: Exception) -> None:
        self.model_failed.emit(error)

    def _opened(self, classifier: Classifier) -> None:
        changed = self.contract is not None and self.contract != classifier.contract
        self.contract = classifier.contract
        self.model_opened.emit(classifier.contract)
        if changed and self.examination is not None:
            self._ask(self.examination)


def _opened_picture(picture: PictureFile) -> Examination:
    image = decode(picture)
    return Examination(picture, image, screen_picture(image.rgb, is_generated(picture.content)))


def _reply(classifier: Classifier, picture: PictureFile) -> _Reply:
    return _Reply(classifier.contract, answer_for(picture, classifier))
