"""Has pictures read, looked through and answered in the background, so that only what is still wanted is heard of."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, QTimer, Signal

from skindesk.bootstrap import Workspace
from skindesk.domain.capture import PictureKind
from skindesk.domain.class_mix import ClassMix
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.quality import PictureWarning, QualityFinding
from skindesk.domain.region import Region
from skindesk.gui.background import Background
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.widgets.generated import is_generated
from skindesk.gui.widgets.screen_picture import ScreenPicture, screen_picture
from skindesk.imaging.decode import DecodedImage, PictureFile, decode, decode_for_screen
from skindesk.imaging.preprocess import is_scaled_while_decoded
from skindesk.inference.classifier import Classifier
from skindesk.services.classify import Answered, answer_for, answer_to
from skindesk.services.picture_quality import look_through, proposed_part

DRAFT_PX = 720
"""The least short side of what is shown first: sharp enough for a glance, and quick to decode from a large JPEG."""
_ENOUGH_PX = 1200
"""The least short side of what is measured, of a picture that has as many."""
_PAINTED_MS = 60
"""By then an answer is on the screen; what would slow its painting down waits so long."""
_KIND_OF = {
    PictureKind.DERMOSCOPIC: Modality.DERMOSCOPIC,
    PictureKind.CLOSE_UP: Modality.CLINICAL,
    PictureKind.OVERVIEW: Modality.CLINICAL,
}


@dataclass(frozen=True)
class Incoming:
    """A picture that is to be opened: the name it comes under, how to get its bytes, and what to say of it at once."""

    name: str
    read: Callable[[], PictureFile]
    prepare: Callable[[ExaminedPicture], None] | None = None


_Choices = tuple[tuple[str | None, str], ...]
"""The network and the class mix that the settings name for each kind of picture."""


@dataclass(frozen=True)
class _Wish:
    """What decides on the answer: the kind of picture, the part of it, and the settings."""

    modality: Modality | None
    region: Region | None
    choices: _Choices


@dataclass(frozen=True)
class _Network:
    """The network that a wish led to, and for which kinds of picture one is installed."""

    classifier: Classifier
    mix: ClassMix
    card: Mapping[str, Any]
    modalities: tuple[Modality, ...]
    choices: _Choices

    def fits(self, wish: _Wish) -> bool:
        """Whether the wish leads to the same network."""
        return wish.modality is self.classifier.contract.modality and wish.choices == self.choices


@dataclass(frozen=True)
class _Opened:
    """A picture as it was read and decoded for the screen."""

    file: PictureFile
    image: DecodedImage
    screen: ScreenPicture


@dataclass(frozen=True)
class _Whole:
    """All pixels of a picture, as many of them as it takes to measure, and all for the screen."""

    image: DecodedImage
    enough: DecodedImage
    screen: ScreenPicture


@dataclass(frozen=True)
class _Reply:
    """What a network said, and which network it was."""

    contract: ModelContract
    card: Mapping[str, Any]
    answered: Answered


class _Ahead:
    """A network's reply to a picture that is still being made ready for the screen; asked for once."""

    def __init__(self, wish: _Wish, ask: Callable[[], _Reply]) -> None:
        self.wish, self._ask = wish, ask
        self._lock = Lock()
        self._reply: _Reply | None = None

    def reply(self) -> _Reply:
        """The reply, on any thread, as soon as it is there; raises what asking for it does."""
        with self._lock:
            if self._reply is None:
                self._reply = self._ask()
            return self._reply


class Examiner(QObject):
    """Each examination has a turn; what comes back for an earlier turn, or for a wish that has changed, is dropped."""

    model_opened = Signal(object)
    """The ModelContract of the network that answers from now on."""
    model_failed = Signal(object)
    modalities_found = Signal(object)
    """For which kinds of picture a network is installed, as a tuple."""
    shown = Signal(object)
    """An ExaminedPicture has come into sight; nothing else may be known of it yet."""
    sharpened = Signal(object)
    """All pixels of the ExaminedPicture in sight are there now."""
    changed = Signal(object)
    """Something is known of an ExaminedPicture that was not, or is known no more."""
    unreadable = Signal(str, object)
    """The name of a picture and why it could not be opened."""
    repeated = Signal(str)
    """The name of a picture that is in the examination already."""

    def __init__(self, workspace: Workspace, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._turn = 0
        self._waiting: deque[Incoming] = deque()
        self._opening = False
        self._declared: Modality | None = None
        self._wish: _Wish | None = None
        self._asked: dict[ExaminedPicture, _Wish] = {}
        self._network: _Network | None = None
        self.examination: Examination | None = None

    @property
    def contract(self) -> ModelContract | None:
        """The contract of the network that answers, once it is open."""
        return None if self._network is None else self._network.classifier.contract

    @property
    def is_opening(self) -> bool:
        """Whether pictures are still to come."""
        return self._opening or bool(self._waiting)

    def open_model(self) -> None:
        """Open the network that the settings name; the pictures of the examination are asked of it anew."""
        wish = self._current_wish()
        if self._wish is not None and wish != self._wish:
            self._lose_answers()
        self._wish = wish
        self._background.start(partial(self._find, wish), partial(self._opened, wish), partial(self._not_opened, wish))

    def declare(self, modality: Modality) -> None:
        """The user says of what kind the picture in sight is, and those that come from now on."""
        self._declared = modality
        if self.examination is not None:
            self._take_kind(self.examination.picture, modality)
        self.open_model()

    def forget(self) -> None:
        """There is no picture any more, and nothing that is under way matters."""
        self._turn += 1
        self._waiting.clear()
        self._asked.clear()
        self._opening = False
        self.examination = None

    def examine(self, incoming: Sequence[Incoming]) -> None:
        """Begin an examination of these pictures, of which the first comes into sight."""
        self.forget()
        self.add(incoming)

    def add(self, incoming: Sequence[Incoming]) -> None:
        """Open further pictures of the same lesion, one after the other."""
        self._waiting.extend(incoming)
        self._open_next()

    def choose(self, at: int) -> None:
        """Bring another picture of the examination into sight; the last one keeps a draft only."""
        examination = self.examination
        if examination is None or not 0 <= at < len(examination.pictures):
            return
        examination.at = at
        self._bring_into_sight(examination.picture)

    def remove(self, at: int) -> None:
        """Take a picture out of an examination that has others."""
        examination = self.examination
        if examination is None or len(examination.pictures) < 2 or not 0 <= at < len(examination.pictures):
            return
        gone = examination.pictures.pop(at)
        self._asked.pop(gone, None)
        if at < examination.at:
            examination.at -= 1
            self.changed.emit(examination.picture)
        elif at == examination.at:
            examination.at = min(at, len(examination.pictures) - 1)
            self._bring_into_sight(examination.picture)
        else:
            self.changed.emit(examination.picture)

    def crop(self, region: Region | None) -> None:
        """Give the network another part of the picture in sight."""
        examination = self.examination
        if examination is not None and examination.picture.region != region:
            examination.picture.region = region
            self._ask_anew(examination.picture)

    def _open_next(self) -> None:
        if self._opening or not self._waiting:
            return
        self._opening = True
        incoming, turn = self._waiting.popleft(), self._turn
        failed = partial(self._unreadable, turn, incoming.name)
        self._background.start(incoming.read, partial(self._read, turn, incoming), failed)

    def _read(self, turn: int, incoming: Incoming, file: PictureFile) -> None:
        if turn != self._turn:
            return
        ahead = None
        if is_scaled_while_decoded(file.content):
            wish = _Wish(self._kind_told(None), None, self._choices())
            ahead = _Ahead(wish, lambda: _reply(self._network_for(wish), file, None, None))
            self._background.start(ahead.reply, _not_yet, _not_yet)
        failed = partial(self._unreadable, turn, incoming.name)
        self._background.start(lambda: _open(file), partial(self._shown, turn, incoming, ahead), failed)

    def _shown(self, turn: int, incoming: Incoming, ahead: _Ahead | None, opened: _Opened) -> None:
        if turn != self._turn:
            return
        self._opening = False
        examination = self.examination
        if examination is not None and any(opened.file.sha256 == each.file.sha256 for each in examination.pictures):
            self.repeated.emit(opened.file.name)
        else:
            self._take_in(incoming, ahead, opened)
        self._open_next()

    def _take_in(self, incoming: Incoming, ahead: _Ahead | None, opened: _Opened) -> None:
        kind = self._kind_told(opened.image.capture.kind)
        picture = ExaminedPicture(opened.file, opened.image, opened.screen, kind)
        if incoming.prepare is not None:
            incoming.prepare(picture)
        if self.examination is None:
            self.examination = Examination([picture])
            self._bring_into_sight(picture)
        else:
            self.examination.pictures.append(picture)
            self.changed.emit(picture)
        if picture.is_draft and not picture.is_scaled_while_decoded:
            self._bring_all_pixels(picture, self._ask)
        else:
            self._ask(picture, None if picture.is_scaled_while_decoded else picture.image, ahead)

    def _unreadable(self, turn: int, name: str, error: Exception) -> None:
        if turn == self._turn:
            self._opening = False
            self.unreadable.emit(name, error)
            self._open_next()

    def _bring_into_sight(self, picture: ExaminedPicture) -> None:
        picture.is_draft_shown = picture.is_draft
        self.shown.emit(picture)
        if picture.is_looked_through:
            self._finish(picture)

    def _bring_all_pixels(
        self, picture: ExaminedPicture, then: Callable[[ExaminedPicture, DecodedImage], None]
    ) -> None:
        picture.is_draft_shown = False
        turn, file = self._turn, picture.file
        self._background.start(
            lambda: _whole(file),
            partial(self._sharpened, (turn, picture), then),
            partial(self._not_sharpened, (turn, picture)),
        )

    def _sharpened(
        self,
        about: tuple[int, ExaminedPicture],
        then: Callable[[ExaminedPicture, DecodedImage], None],
        whole: _Whole,
    ) -> None:
        """Only the picture in sight is held whole: twelve of 12 megapixels would take more than a gigabyte."""
        turn, picture = about
        examination = self.examination
        if turn != self._turn or examination is None:
            return
        picture.image = whole.enough
        if examination.picture is picture:
            self.sharpened.emit(whole.screen)
        then(picture, whole.image)

    def _not_sharpened(self, about: tuple[int, ExaminedPicture], error: Exception) -> None:
        """A preview may be sound where the picture is not."""
        turn, picture = about
        if turn == self._turn and picture.trouble is None and picture.answer is None:
            self._asked[picture] = self._wish_for(picture)
            picture.findings, picture.trouble = (), error
            self.changed.emit(picture)

    def _finish(self, picture: ExaminedPicture) -> None:
        """All is known on which the answer hangs: once that is painted, bring what else helps, while it is in sight."""
        QTimer.singleShot(_PAINTED_MS, self, partial(self._bring_the_rest, self._turn, picture))

    def _bring_the_rest(self, turn: int, picture: ExaminedPicture) -> None:
        examination = self.examination
        if turn != self._turn or examination is None or examination.picture is not picture:
            return
        if picture.is_draft_shown:
            self._bring_all_pixels(picture, lambda *_all: None)
        if picture.region is None and picture.proposed_region is None:
            image, wish = picture.image, self._asked.get(picture)
            self._background.start(lambda: proposed_part(image), partial(self._proposed, wish, picture), _nothing)

    def _proposed(self, wish: _Wish | None, picture: ExaminedPicture, region: Region | None) -> None:
        if region is not None and self._asked.get(picture) == wish:
            picture.proposed_region = region
            self.changed.emit(picture)

    def _kind_told(self, by_file: PictureKind | None) -> Modality:
        """What the file says, else what the user has said, else the first kind for which there is a network."""
        kinds = () if self._network is None else self._network.modalities
        told = None if by_file is None else _KIND_OF[by_file]
        return told if told in kinds else self._declared or next(iter(kinds), Modality.DERMOSCOPIC)

    def _take_kind(self, picture: ExaminedPicture, modality: Modality) -> None:
        if picture.modality is not modality:
            picture.modality = modality
            picture.findings = None

    def _ask_anew(self, picture: ExaminedPicture) -> None:
        picture.findings = None
        picture.lose_answer()
        self.changed.emit(picture)
        self._ask(picture)

    def _ask(self, picture: ExaminedPicture, whole: DecodedImage | None = None, ahead: _Ahead | None = None) -> None:
        """Have a picture looked through and answered.

        `whole` is all of it, where it is decoded and may be used; `ahead` is what may have been asked already.
        """
        wish = self._asked[picture] = self._wish_for(picture)
        file, image, region, modality = picture.file, picture.image, picture.region, picture.modality
        if picture.findings is None:
            self._background.start(
                lambda: look_through(image, modality, region),
                partial(self._looked_through, wish, picture),
                partial(self._not_looked_through, wish, picture),
            )
        if ahead is None or ahead.wish != wish:
            ahead = _Ahead(wish, lambda: _reply(self._network_for(wish), file, whole, region))
        self._background.start(
            ahead.reply,
            partial(self._answered, wish, picture),
            partial(self._unanswered, wish, picture),
        )

    def _looked_through(self, wish: _Wish, picture: ExaminedPicture, findings: tuple[QualityFinding, ...]) -> None:
        if self._asked.get(picture) == wish:
            picture.findings = findings
            self._tell(picture)

    def _tell(self, picture: ExaminedPicture) -> None:
        self.changed.emit(picture)
        if picture.is_looked_through:
            self._finish(picture)

    def _not_looked_through(self, wish: _Wish, picture: ExaminedPicture, error: Exception) -> None:
        """A bug in the gate, which the log tells of, is no reason to hold the answer back."""
        self._looked_through(wish, picture, ())

    def _answered(self, wish: _Wish, picture: ExaminedPicture, reply: _Reply) -> None:
        if self._asked.get(picture) == wish:
            picture.answer = reply.answered.answer
            picture.contract, picture.card = reply.contract, reply.card
            picture.flags = tuple(PictureWarning(flag) for flag in reply.answered.quality_flags)
            self._tell(picture)

    def _unanswered(self, wish: _Wish, picture: ExaminedPicture, error: Exception) -> None:
        if self._asked.get(picture) == wish:
            picture.trouble = error
            self._tell(picture)

    def _lose_answers(self) -> None:
        """What another network said, or this one under another class mix, is not what was asked for."""
        for picture in self._not_asked():
            self._asked.pop(picture, None)
            picture.lose_answer()
            self.changed.emit(picture)

    def _wish_for(self, picture: ExaminedPicture) -> _Wish:
        return _Wish(picture.modality, picture.region, self._choices())

    def _current_wish(self) -> _Wish:
        in_sight = None if self.examination is None else self.examination.picture.modality
        return _Wish(in_sight or self._declared, None, self._choices())

    def _choices(self) -> _Choices:
        settings = self._workspace.settings
        return tuple((settings.model_for(kind), settings.mix_for(kind)) for kind in Modality)

    def _network_for(self, wish: _Wish) -> _Network:
        """The network of a wish, at once where it is open; called on a background thread."""
        network = self._network
        return network if network is not None and network.fits(wish) else self._find(wish)

    def _find(self, wish: _Wish) -> _Network:
        """The network of a wish, opened at most once; called on a background thread, and looks what is installed.

        Until it is known what kind the picture is, it is the first kind for which there is a network.
        """
        kinds = self._workspace.models.modalities()
        modality = wish.modality or next(iter(kinds), Modality.DERMOSCOPIC)
        classifier, mix = self._workspace.network_for(modality)
        card = self._workspace.models.find(classifier.contract.model_id).card.raw
        return _Network(classifier, mix, card, kinds, wish.choices)

    def _not_opened(self, wish: _Wish, error: Exception) -> None:
        if wish != self._wish:
            return
        self._network = None
        self.model_failed.emit(error)
        for picture in self._not_asked():
            asked = self._wish_for(picture)
            if wish.modality in (None, picture.modality):
                self._asked[picture] = asked
                self._unanswered(asked, picture, error)
            else:
                self._ask(picture)

    def _opened(self, wish: _Wish, network: _Network) -> None:
        if wish != self._wish:
            return
        self._network = network
        self.modalities_found.emit(network.modalities)
        self.model_opened.emit(network.classifier.contract)
        for picture in self._not_asked():
            self._ask(picture)

    def _not_asked(self) -> list[ExaminedPicture]:
        """The pictures of which no network was asked as it is wished now."""
        pictures = [] if self.examination is None else self.examination.pictures
        return [picture for picture in pictures if self._asked.get(picture) != self._wish_for(picture)]


def _open(file: PictureFile) -> _Opened:
    image = decode_for_screen(file, DRAFT_PX)
    return _Opened(file, image, screen_picture(image.rgb, is_generated(file.content)))


def _whole(file: PictureFile) -> _Whole:
    image = decode(file)
    times = min(image.rgb.shape[:2]) // _ENOUGH_PX
    enough = image if times < 2 else replace(image, rgb=np.asarray(Image.fromarray(image.rgb).reduce(times)))
    return _Whole(image, enough, screen_picture(image.rgb, is_generated(file.content)))


def _reply(network: _Network, file: PictureFile, whole: DecodedImage | None, region: Region | None) -> _Reply:
    if whole is None:
        answered = answer_for(file, network.classifier, network.mix, region)
    else:
        answered = answer_to(whole, network.classifier, network.mix, region)
    return _Reply(network.classifier.contract, network.card, answered)


def _nothing(_error: Exception) -> None:
    """The draft stays: the log tells why there is no more."""


def _not_yet(_end: object) -> None:
    """Whoever needs it asks for it."""
