"""Deciding on rows: what is decided counts at once, is written in the background, and can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from skindesk.gui.background import Background
from skindesk.gui.batch.triage_model import TriageModel
from skindesk.services.batch.reviews import Mark, Review, ReviewFile


class Reviewing(QObject):
    """The reviews of one run at a time; without a run there is nothing to decide on."""

    trouble = Signal(object)
    """The reviews cannot be written at the moment; they are with the next one."""

    def __init__(self, model: TriageModel, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._background = model, background
        self._file: ReviewFile | None = None
        self._undo: list[dict[int, Review]] = []

    def begin(self, file: ReviewFile | None) -> None:
        """Review another run, or none."""
        self._file = file
        self._undo.clear()

    @property
    def can_undo(self) -> bool:
        """Whether there is a decision to take back."""
        return bool(self._undo)

    def review_of(self, row: int) -> Review:
        """What is decided on a row."""
        return Review() if self._file is None else self._file.get(self._model.rows_of_run.key(row))

    def mark(self, rows: Sequence[int], mark: Mark) -> None:
        """Decide on rows; their notes stay."""
        self._decide({row: replace(self.review_of(row), mark=mark) for row in rows})

    def note(self, row: int, note: str) -> None:
        """Write a note on a row; its mark stays."""
        self._decide({row: replace(self.review_of(row), note=note.strip())})

    def undo(self) -> int | None:
        """Take back the last decision; returns the first row that it was about, None where there was none."""
        if not self._undo:
            return None
        before = self._undo.pop()
        self._keep(before)
        return next(iter(before))

    def _decide(self, decided: Mapping[int, Review]) -> None:
        before = {row: self.review_of(row) for row in decided}
        if self._file is None or before == dict(decided):
            return
        self._undo.append(before)
        self._keep(decided)

    def _keep(self, decided: Mapping[int, Review]) -> None:
        if self._file is None:
            return
        self._file.put({self._model.rows_of_run.key(row): review for row, review in decided.items()})
        for row, review in decided.items():
            self._model.set_review(row, review)
        self._model.tell_reviewed()
        self._background.start(self._file.write, _do_nothing, self.trouble.emit)


def _do_nothing(_result: None) -> None:
    """It is written, as everybody expects."""
