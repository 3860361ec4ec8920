"""Offers what was begun and left behind: go on with it, or discard it."""

from collections import deque
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from skindesk.gui.drafts.kept import Drafts, Form, Offer
from skindesk.gui.widgets.labels import IconLabel, text_label
from skindesk.gui.widgets.words import patient_name


class DraftBar(QWidget):
    """One draft after the other; takes no room while there is none."""

    continued = Signal(object)
    """The user goes on with this Offer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drafts: Drafts | None = None
        self._waiting: deque[Offer] = deque()
        self._text = text_label("", wrap=True)
        self.go_on = QPushButton(self.tr("Continue"))
        self.discard = QPushButton(self.tr("Discard"))
        self.discard.setProperty("kind", "danger")
        for button, slot in ((self.go_on, self._continue), (self.discard, self._discard)):
            button.setAccessibleName(button.text())
            button.clicked.connect(slot)
        frame = QFrame()
        frame.setProperty("role", "notice")
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(IconLabel("clock-counter-clockwise", "accent"))
        row.addWidget(self._text, 1)
        row.addWidget(self.go_on)
        row.addWidget(self.discard)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.addWidget(frame)
        self.hide()

    def look(self, drafts: Drafts) -> None:
        """Offer the drafts that there are."""
        self._drafts = drafts
        drafts.left_behind(self._offer)

    def rest(self) -> None:
        """Offer nothing any more: whoever was at work is gone."""
        self._drafts = None
        self._offer(())

    def put_back(self, offer: Offer) -> None:
        """The user does not go on with it now: offer it again."""
        self._waiting.appendleft(offer)
        self._show()

    def text(self) -> str:
        """What is offered now."""
        return self._text.text()

    def _offer(self, offers: tuple[Offer, ...]) -> None:
        self._waiting = deque(offers if self._drafts is not None else ())
        self._show()

    def _show(self) -> None:
        if self._waiting:
            self._text.setText(self._words(self._waiting[0]))
        self.setVisible(bool(self._waiting))

    def _words(self, offer: Offer) -> str:
        at = time_or_day(offer.draft.saved_at, datetime.now(UTC))
        what = {
            Form.EXAMINATION: self.tr("the examination of {picture}"),
            Form.NEW_PATIENT: self.tr("a new patient"),
            Form.PATIENT: self.tr("a correction of the patient"),
            Form.LESION: self.tr("a lesion"),
            Form.REVIEW: self.tr("a review of L{lesion}"),
            Form.FINAL_DIAGNOSIS: self.tr("the final diagnosis of L{lesion}"),
        }[offer.form]
        number = "?" if offer.lesion is None else str(offer.lesion.number)
        what = what.format(picture=offer.draft.values.get("file_name", ""), lesion=number)
        whose = "" if offer.patient is None else ", " + patient_name(offer.patient)
        return self.tr("A draft of {at} was kept: {what}{whose}.").format(at=at, what=what, whose=whose)

    def _continue(self) -> None:
        offer = self._waiting.popleft()
        self._show()
        self.continued.emit(offer)

    def _discard(self) -> None:
        offer = self._waiting.popleft()
        if self._drafts is not None:
            self._drafts.discard(offer)
        self._show()


def time_or_day(moment: datetime, now: datetime) -> str:
    """The time of today, or else the day and the time, in this computer's time zone."""
    here = moment.astimezone()
    return here.strftime("%H:%M" if here.date() == now.astimezone().date() else "%Y-%m-%d %H:%M")
