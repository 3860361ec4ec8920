"""One picture of an examination: its file, what is shown of it, what was found in it, and what the network says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from skindesk.domain.case import DraftPicture, PictureDetails
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.measurement import Measurement, Scale, ScaleSource
from skindesk.domain.quality import PictureWarning, QualityFinding
from skindesk.domain.region import Region
from skindesk.gui.widgets.screen_picture import ScreenPicture
from skindesk.imaging.decode import DecodedImage, PictureFile
from skindesk.imaging.preprocess import is_scaled_while_decoded
from skindesk.inference.classifier import Answer, embedding_of


@dataclass(eq=False)
class ExaminedPicture:
    """`image` and `screen` are a draft of fewer pixels at first where that is quicker; sizes are of the original.

    `findings` is None until the picture has been looked through. `region` is the part that the network is given, None
    for the whole. `trouble` says why there is no answer.
    """

    file: PictureFile
    image: DecodedImage
    screen: ScreenPicture
    modality: Modality
    findings: tuple[QualityFinding, ...] | None = None
    proposed_region: Region | None = None
    region: Region | None = None
    answer: Answer | None = None
    contract: ModelContract | None = None
    """The contract of the network that gave the answer."""
    card: Mapping[str, Any] = field(default_factory=dict)
    """Its card."""
    flags: tuple[PictureWarning, ...] = ()
    trouble: Exception | None = None
    measurement: Measurement | None = None
    is_draft_shown: bool = False
    """Whether fewer pixels than there are are on the screen, and the rest is not on its way."""
    set_scale: Scale | None = None
    """What the clinician has read off the picture."""

    @property
    def scale(self) -> Scale | None:
        """What was set by hand, or else what the device wrote into the file."""
        told = self.image.capture.mm_per_px
        return self.set_scale or (None if told is None else Scale(told, ScaleSource.FILE))

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the upright original."""
        return self.image.original_width_px, self.image.original_height_px

    @property
    def is_draft(self) -> bool:
        """Whether fewer pixels than the original's are at hand."""
        height, width = self.image.rgb.shape[:2]
        return (width, height) != self.size_px

    @property
    def is_scaled_while_decoded(self) -> bool:
        """Whether a part of the file's pixels comes much sooner than all of them."""
        return is_scaled_while_decoded(self.file.content)

    @property
    def warnings(self) -> tuple[PictureWarning, ...]:
        """What was noted while decoding for the screen and for the network, each once."""
        return tuple(dict.fromkeys((*self.image.warnings, *self.flags)))

    @property
    def severe(self) -> tuple[QualityFinding, ...]:
        """Why an answer to this picture is not to be relied on."""
        return tuple(finding for finding in self.findings or () if finding.severe)

    @property
    def is_looked_through(self) -> bool:
        """Whether its quality is known, and its answer or that there is none."""
        return self.findings is not None and (self.answer is not None or self.trouble is not None)

    def lose_answer(self) -> None:
        """Another answer is to come: that of another network, or to another part of the picture."""
        self.answer = self.contract = self.trouble = None
        self.flags = ()

    def to_draft(self) -> DraftPicture:
        """What the case log keeps of the picture."""
        width_px, height_px = self.size_px
        details = PictureDetails(
            sha256=self.file.sha256,
            file_name=self.file.name,
            media_type=self.image.media_type,
            width_px=width_px,
            height_px=height_px,
            modality=self.modality,
            capture=replace(self.image.capture, mm_per_px=None if self.scale is None else self.scale.mm_per_px),
            quality=tuple(finding.issue for finding in self.findings or ()),
            measurement=self.measurement,
        )
        if self.answer is None:
            return DraftPicture(details, self.file.content)
        return DraftPicture(details, self.file.content, self.answer.prediction, embedding_of(self.answer))
