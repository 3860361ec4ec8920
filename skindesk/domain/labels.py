"""Diagnostic labels, the groups they belong to, and their codes."""

from dataclasses import dataclass
from enum import StrEnum


class MalignancyGroup(StrEnum):
    """What a diagnosis means for the patient's risk; never used to say that a lesion is harmless."""

    MALIGNANT = "malignant"
    PREMALIGNANT = "premalignant"
    BENIGN = "benign"
    INFLAMMATORY = "inflammatory"
    INFECTIOUS = "infectious"
    OTHER = "other"

    @property
    def counts_as_malignant(self) -> bool:
        """Whether the group adds to the malignant sum.

        Premalignant counts: the one premalignant class of the archives (akiec) holds Bowen's disease, a
        carcinoma in situ, and both actinic keratosis and Bowen's disease call for treatment or referral.
        """
        return self in (MalignancyGroup.MALIGNANT, MalignancyGroup.PREMALIGNANT)


@dataclass(frozen=True)
class Label:
    """One class of a network.

    `code` is the archive's short name and the suffix of the column `p_<code>`; `icd10` and `icd11` may be
    empty where no checked code exists.
    """

    code: str
    name: str
    group: MalignancyGroup
    icd10: str = ""
    icd11: str = ""
