"""What is known of the pictures on the screen, all of one lesion, and who spoke first: clinician or network."""

from dataclasses import dataclass, field

from skindesk.domain.case import Confidence, Plan, ReviewDetails
from skindesk.domain.combining import Combined, combine
from skindesk.gui.examine.examined_picture import ExaminedPicture
from skindesk.inference.classifier import Answer

NOTHING_REVIEWED = ReviewDetails(impression="", plan=Plan.NONE)


@dataclass
class Examination:
    """The pictures of one lesion from opening to saving; there is at least one, and `at` is the one in sight.

    `blind_impression` and `blind_confidence` are what the clinician had said when the first answer came on the screen.
    `shown_anyway` says that the clinician wanted to see the answers though the pictures' quality speaks against them.
    """

    pictures: list[ExaminedPicture]
    at: int = 0
    reveal_asked: bool = False
    revealed: bool = False
    shown_anyway: bool = False
    blind_impression: str = ""
    blind_confidence: Confidence | None = None
    asked_first: bool = False
    kept: ReviewDetails = field(default=NOTHING_REVIEWED)
    """The review as it was last saved; nothing at first."""
    kept_pictures: int = 0
    """So many pictures were saved with it."""
    saved: bool = False

    @property
    def picture(self) -> ExaminedPicture:
        """The picture in sight."""
        return self.pictures[self.at]

    @property
    def answer(self) -> Answer | None:
        """The network's answer to the picture in sight."""
        return self.picture.answer

    @property
    def is_looked_through(self) -> bool:
        """Whether all that is coming for any picture is there."""
        return all(picture.is_looked_through for picture in self.pictures)

    @property
    def is_held_back(self) -> bool:
        """Whether the answer to the picture in sight is held back until the clinician asks for it all the same."""
        return bool(self.picture.severe) and not self.shown_anyway

    def combined(self) -> Combined | None:
        """The common answer of the pictures that go with the one in sight; None for a single one."""
        contract = self.picture.contract
        if contract is None:
            return None
        answers = [
            None if picture.answer is None or (picture.severe and picture is not self.picture) else picture.answer
            for picture in self.pictures
        ]
        predictions = [None if answer is None else answer.prediction for answer in answers]
        return combine(predictions, contract.decision, self.at)

    def reveal(self, impression: str, confidence: Confidence | None) -> None:
        """An answer comes on the screen, while the clinician has said this; only the first time counts."""
        if not self.revealed:
            self.revealed = True
            self.blind_impression, self.blind_confidence = impression, confidence
