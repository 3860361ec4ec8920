"""What evidence there is that a network serves a patient like this one."""

from dataclasses import dataclass
from enum import IntEnum

from skindesk.domain.case import Site


class EvidenceWeight(IntEnum):
    """How much is known, from nothing on; what is missing is said first."""

    NONE = 0
    FEW = 1
    """Some pictures, too few to judge."""
    MEASURED = 2

    @property
    def is_warning(self) -> bool:
        """Whether a clinician should think of it before relying on an answer."""
        return self is not EvidenceWeight.MEASURED


@dataclass(frozen=True)
class EvidenceLine:
    """One plain sentence."""

    weight: EvidenceWeight
    text: str


PARTS_OF_SITES = {
    Site.HEAD_NECK: ("head/neck", "face", "nose", "ear", "lip", "scalp", "neck"),
    Site.UPPER_EXTREMITY: ("upper extremity", "arm", "forearm", "hand"),
    Site.LOWER_EXTREMITY: ("lower extremity", "thigh", "foot"),
    Site.ANTERIOR_TORSO: ("anterior torso", "chest", "abdomen"),
    Site.POSTERIOR_TORSO: ("posterior torso", "back"),
    Site.LATERAL_TORSO: ("lateral torso", "trunk"),
    Site.PALMS_SOLES: ("palms/soles", "acral"),
    Site.ORAL_GENITAL: ("oral/genital", "genital"),
}
"""The words of HAM10000's, the ISIC Archive's and PAD-UFES-20's metadata that fall under a general site.

HAM10000's "trunk" leaves open which side it means; it counts for the one that no other word of that set names.
"""
