"""Decides what of the network's answer is in sight, so that the clinician comes first and a poor picture is noticed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from skindesk.domain.evidence import EvidenceLine
from skindesk.gui.examine.examination import Examination
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.gui.examine.network_step import NetworkStep
from skindesk.gui.examine.viewer import Viewer
from skindesk.gui.widgets.words import sentence
from skindesk.inference.explanation import support_map

_MAP_LONG_SIDE_PX = 640


class Answering(QObject):
    """Shows one of: nothing yet, that the answer waits or is held back, why there is none, the answer."""

    revealed = Signal()
    """The first answer of this examination has come on the screen."""

    def __init__(
        self,
        step: NetworkStep,
        viewer: Viewer,
        evidence: Callable[[ExaminedPicture], Sequence[EvidenceLine]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._step, self._viewer, self._evidence = step, viewer, evidence
        self._examination: Examination | None = None
        self._asks_first = True
        step.scope_changed.connect(self.refresh)
        step.map_toggled.connect(self.show_map)
        viewer.map_toggled.connect(self._toggle_map)

    @property
    def is_in_sight(self) -> bool:
        """Whether an answer is on the screen."""
        return self._examination is not None and self._step.differential.isVisibleTo(self._step)

    def show(self, examination: Examination | None, asks_first: bool) -> None:
        """Show what there is of an examination; with `asks_first` the impression comes before the answer."""
        self._examination, self._asks_first = examination, asks_first
        self.refresh()

    def refresh(self) -> None:
        """Show what there is now."""
        self.hide_map()
        self._viewer.allow_map(False)
        examination = self._examination
        if examination is None:
            self._step.show_nothing()
            return
        picture = examination.picture
        self._step.name_model(picture.contract)
        if picture.trouble is not None:
            self._step.show_trouble(sentence(picture.trouble))
        elif not picture.is_looked_through:
            self._step.show_working()
        elif self._asks_first and not (examination.revealed or examination.reveal_asked):
            self._step.show_ready()
        elif examination.is_held_back:
            self._step.show_held(picture.severe)
        else:
            self._show_answer(examination, picture)

    def reveal(self, anyway: bool) -> None:
        """Show the answer as soon as there is one; `anyway` also where the picture's quality speaks against it."""
        if self._examination is not None:
            self._examination.reveal_asked = True
            self._examination.shown_anyway |= anyway and self._step.is_held
            self.refresh()

    def show_map(self, code: str, on: bool) -> None:
        """Lay a class's map over the picture, or take it away."""
        picture = None if self._examination is None else self._examination.picture
        if picture is None or picture.answer is None or picture.contract is None:
            return
        if not on:
            self.hide_map()
            return
        contract = picture.contract
        index = contract.codes.index(code)
        width, height = _map_size(*picture.size_px)
        part = None if picture.region is None else picture.region.scaled(width / picture.size_px[0])
        heat = support_map(picture.answer.cam, index, contract.preprocessing, width, height, part)
        self._step.mark_map(code)
        self._viewer.show_map(heat, contract.labels[index].name)

    def hide_map(self) -> None:
        """Take the map away."""
        self._step.mark_map(None)
        self._viewer.show_map(None)

    def _toggle_map(self, on: bool) -> None:
        """The map of the leading class, from the button beside the picture or the key."""
        answer = None if self._examination is None else self._examination.answer
        if answer is not None:
            self.show_map(answer.prediction.top.label.code, on)

    def _show_answer(self, examination: Examination, picture: ExaminedPicture) -> None:
        if picture.answer is None:
            return
        first = not examination.revealed
        if first:
            self.revealed.emit()
        combined = examination.combined()
        evidence = self._evidence(picture)
        self._step.show_prediction(picture.answer.prediction, picture.contract, combined, evidence)
        self._viewer.allow_map(True)


def _map_size(width_px: int, height_px: int) -> tuple[int, int]:
    """A size of the picture's shape that is enough for a map of a few cells."""
    scale = min(1.0, _MAP_LONG_SIDE_PX / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))
