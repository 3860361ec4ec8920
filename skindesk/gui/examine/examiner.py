"""Has pictures read and answered in the background, so that only the newest picture is ever heard of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from skindesk.bootstrap import Workspace
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality, ModelContract
from skindesk.gui.background import Background
from skindesk.gui.examine.examination import Examination
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.screen_picture import screen_picture
from skindesk.imaging.decode import PictureFile, PictureWarning, decode
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import Answered, answer_for


@dataclass(frozen=True)
class _Wish:
    """What decides on the network that answers: the kind of picture, where it was said, and the settings."""

    declared: Modality | None
    choices: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True)
class _Network:
    """The network that a wish led to, and for which kinds of picture one is installed."""

    classifier: Classifier
    mix: ClassMix
    modalities: tuple[Modality, ...]


@dataclass(frozen=True)
class _Reply:
    """What a network said, and which network it was."""

    contract: ModelContract
    answered: Answered


class Examiner(QObject):
    """Each picture has a turn; what comes back for an earlier turn, or from a network no longer wanted, is dropped."""

    model_opened = Signal(object)
    """The ModelContract of the network that answers from now on."""
    model_failed = Signal(object)
    modalities_found = Signal(object)
    """For which kinds of picture a network is installed, as a tuple."""
    shown = Signal(object)
    """An Examination whose picture is decoded and has no answer yet."""
    unreadable = Signal(object)
    asked_anew = Signal(object)
    """The same Examination, which has lost its answer because another network is to give one."""
    answered = Signal(object)
    """The same Examination, now with its answer."""
    unanswered = Signal(object)

    def __init__(self, workspace: Workspace, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._turn = 0
        self._declared: Modality | None = None
        self._wish: _Wish | None = None
        self._asked: _Wish | None = None
        self._network: _Network | None = None
        self.examination: Examination | None = None

    @property
    def contract(self) -> ModelContract | None:
        """The contract of the network that answers, once it is open."""
        return None if self._network is None else self._network.classifier.contract

    def declare(self, modality: Modality) -> None:
        """The user says what kind of picture it is; from now on the network for that kind answers."""
        self._declared = modality
        self.open_model()

    def open_model(self) -> None:
        """Open the network that the settings name; a picture that is on the screen is asked of it anew."""
        wish = self._current_wish()
        if self._wish is not None and wish != self._wish:
            self._lose_answer()
        self._wish = wish
        self._background.start(partial(self._find, wish), partial(self._opened, wish), partial(self._not_opened, wish))

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
        wish = self._asked = self._current_wish()
        about = (self._turn, wish)
        self._background.start(
            lambda: _reply(self._find(wish), examination.picture),
            partial(self._answered, about, examination),
            partial(self._unanswered, about),
        )

    def _answered(self, about: tuple[int, _Wish], examination: Examination, reply: _Reply) -> None:
        if about == (self._turn, self._asked):
            examination.answer = reply.answered.answer
            examination.contract = reply.contract
            examination.flags = tuple(PictureWarning(flag) for flag in reply.answered.quality_flags)
            self.answered.emit(examination)

    def _unanswered(self, about: tuple[int, _Wish], error: Exception) -> None:
        if about == (self._turn, self._asked):
            self.unanswered.emit(error)

    def _lose_answer(self) -> None:
        """What another network said, or this one under another class mix, is not what was asked for."""
        self._asked = None
        if self.examination is not None:
            self.examination.answer = None
            self.asked_anew.emit(self.examination)

    def _current_wish(self) -> _Wish:
        settings = self._workspace.settings
        return _Wish(self._declared, tuple((settings.model_for(kind), settings.mix_for(kind)) for kind in Modality))

    def _find(self, wish: _Wish) -> _Network:
        """The network of a wish, opened at most once; called on a background thread.

        Until the user has said what kind the picture is, it is the first kind for which there is a network.
        """
        kinds = self._workspace.models.modalities()
        modality = wish.declared or next(iter(kinds), Modality.DERMOSCOPIC)
        return _Network(*self._workspace.network_for(modality), kinds)

    def _not_opened(self, wish: _Wish, error: Exception) -> None:
        if wish != self._wish:
            return
        self._network = None
        self.model_failed.emit(error)
        if self.examination is not None and self._asked != wish:
            self._asked = wish
            self.unanswered.emit(error)

    def _opened(self, wish: _Wish, network: _Network) -> None:
        if wish != self._wish:
            return
        changed = self._network is not None and self._network != network
        self._network = network
        self.modalities_found.emit(network.modalities)
        self.model_opened.emit(network.classifier.contract)
        if self.examination is not None and (changed or self._asked != wish):
            self._ask(self.examination)


def _opened_picture(picture: PictureFile) -> Examination:
    image = decode(picture)
    return Examination(picture, image, screen_picture(image.rgb, is_generated(picture.content)))


def _reply(network: _Network, picture: PictureFile) -> _Reply:
    return _Reply(network.classifier.contract, answer_for(picture, network.classifier, network.mix))
