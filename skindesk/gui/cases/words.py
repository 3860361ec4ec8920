"""How the case log's values read on the Cases page, translated; what other pages say too is in `widgets.words`."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from skindesk.domain.case import Lesion, ReviewDetails
from skindesk.gui.widgets.words import site_word

NO_BREAK = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"


def short_lesion(lesion: Lesion) -> str:
    """'L3 · upper extremity', or the description where the site is unknown."""
    place = site_word(lesion.details.site) or lesion.details.description.strip()
    return f"L{lesion.number} · {place}" if place else f"L{lesion.number}"


def impression_name(impression: str, names: Mapping[str, str]) -> str:
    """An impression as a diagnosis: a label code by its name in `names`, free text as it was typed."""
    return names.get(impression, impression)


def when_given(review: ReviewDetails) -> str:
    """Whether the network's answer had been on the screen when the impression was given."""
    if review.revealed_before:
        return QCoreApplication.translate("Words", "Given after seeing the network's answer")
    return QCoreApplication.translate("Words", "Given before seeing the network's answer")


def local_day(moment: datetime) -> str:
    """An aware time as the ISO date of this computer's time zone."""
    return moment.astimezone().date().isoformat()


def local_minute(moment: datetime) -> str:
    """An aware time as ISO date and time of this computer's time zone, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
