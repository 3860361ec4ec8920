"""What a picture file tells of its patient, which the clinician may take over."""

from dataclasses import dataclass
from datetime import date

from skindesk.domain.case import Sex, Site


@dataclass(frozen=True)
class OfferedFacts:
    """Facts for the form, as a file such as a DICOM object holds them; what is not there is empty or None.

    They are an offer: nothing of them is kept before the clinician has seen and taken them.
    """

    identifier: str = ""
    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    site: Site = Site.UNKNOWN
    description: str = ""


NOTHING_OFFERED = OfferedFacts()
