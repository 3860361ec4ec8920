"""What is known of the picture on the screen: its file, the network's answer, and who spoke first."""

from dataclasses import dataclass, field

from skindesk.domain.case import DraftPicture, PictureDetails, Plan, ReviewDetails
from skindesk.domain.contract import Modality, ModelContract
from skindesk.gui.widgets.screen_picture import ScreenPicture
from skindesk.imaging.decode import DecodedImage, PictureFile, PictureWarning
from skindesk.inference.classifier import Answer, embedding_of

NOTHING_REVIEWED = ReviewDetails(impression="", plan=Plan.NONE)


@dataclass
class Examination:
    """One picture from opening to saving.

    `blind_impression` is what the clinician had said when the network's answer came on the screen.
    """

    picture: PictureFile
    image: DecodedImage
    screen: ScreenPicture
    answer: Answer | None = None
    contract: ModelContract | None = None
    """The contract of the network that gave the answer."""
    flags: tuple[PictureWarning, ...] = ()
    reveal_asked: bool = False
    revealed: bool = False
    blind_impression: str = ""
    kept: ReviewDetails = field(default=NOTHING_REVIEWED)
    """The review as it was last saved; nothing at first."""
    saved: bool = False

    @property
    def warnings(self) -> tuple[PictureWarning, ...]:
        """What was noted while decoding for the screen and for the network, each once."""
        return tuple(dict.fromkeys((*self.image.warnings, *self.flags)))

    def reveal(self, impression: str) -> None:
        """The answer comes on the screen, while the clinician's impression is this; only the first time counts."""
        if not self.revealed:
            self.revealed = True
            self.blind_impression = impression

    def revealed_before(self, impression: str) -> bool:
        """Whether this impression was given with the network's answer in sight."""
        return bool(impression) and self.revealed and impression != self.blind_impression

    def draft_picture(self, modality: Modality) -> DraftPicture:
        """What the case log keeps of the picture."""
        details = PictureDetails(
            sha256=self.picture.sha256,
            file_name=self.picture.name,
            media_type=self.image.media_type,
            width_px=self.image.original_width_px,
            height_px=self.image.original_height_px,
            modality=modality,
        )
        prediction = None if self.answer is None else self.answer.prediction
        return DraftPicture(
            details, self.picture.content, prediction, None if self.answer is None else embedding_of(self.answer)
        )
