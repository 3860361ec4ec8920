"""How values of the domain read in a report."""

from collections.abc import Iterable
from datetime import date, datetime

from skindesk.domain.case import Case, Confidence, Patient, Plan, ReviewDetails, Sex, Site, SkinType, Visit
from skindesk.domain.class_mix import BALANCED, ClassMix
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.prediction import AbstentionReason, Decision, Prediction
from skindesk.domain.wording import (
    NO_SUPPORT_BELOW,
    age,
    lead_and_limit,
    novelty_and_limit,
    patient_name,
    percent,
)
from skindesk.exchange.report.content import NetworkFacts

NOTHING = "\N{EN DASH}"
LEADING = 3
"""So many classes of an answer are named; the rest is one line."""

_SITES = {
    Site.HEAD_NECK: "head and neck",
    Site.PALMS_SOLES: "palms and soles",
    Site.ORAL_GENITAL: "oral or genital",
    Site.UNKNOWN: "",
}
_GROUPS = {MalignancyGroup.BENIGN: "benign class"}


def site_word(site: Site) -> str:
    """A body site; empty where it is unknown."""
    return _SITES.get(site, site.value)


def group_word(group: MalignancyGroup) -> str:
    """The word for a malignancy group."""
    return _GROUPS.get(group, group.value)


def patient_facts(patient: Patient, on: date) -> str:
    """Birth date and age, sex, identifier, skin type; what is not known is left out."""
    details = patient.details
    parts = []
    if details.birth_date is not None:
        parts.append(f"born {details.birth_date.isoformat()} (age {age(details.birth_date, on)})")
    if details.sex is not Sex.UNKNOWN:
        parts.append(details.sex.value)
    parts.append(f"ID {details.identifier}")
    if details.skin_type is not SkinType.UNKNOWN:
        parts.append(f"skin type {details.skin_type.value}")
    return " · ".join(parts)


def short_patient(patient: Patient) -> str:
    """The patient in one line, for the head of a page."""
    details = patient.details
    name = [patient_name(patient)] if details.family_name.strip() or details.given_name.strip() else []
    born = [] if details.birth_date is None else [details.birth_date.isoformat()]
    return " · ".join([*name, *born, f"ID {details.identifier}"])


def moment(at: datetime) -> str:
    """An aware time with its zone, as `2026-06-20 14:05 CEST (UTC+02:00)`."""
    offset = f"{at:%z}"
    zone = "UTC" if offset[:5] == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}"
    name = at.tzname() or ""
    known = name.isalpha() and name.isascii() and name != "UTC"
    return f"{at:%Y-%m-%d %H:%M} {f'{name} ({zone})' if known else zone}"


def day(at: datetime) -> str:
    """An aware time as the date of this computer's time zone."""
    return at.astimezone().date().isoformat()


def confidence_words(confidence: Confidence | None) -> str:
    """How sure the clinician was; empty where it was not said."""
    return "" if confidence is None else f"confidence {confidence.value}"


def plan_word(review: ReviewDetails) -> str:
    """What is to be done, and by when; empty where nothing was decided."""
    parts = [] if review.plan is Plan.NONE else [review.plan.value]
    if review.follow_up_on is not None:
        parts.append(f"see again by {review.follow_up_on.isoformat()}")
    return ", ".join(parts)


def who_was_first(visit: Visit, review: ReviewDetails) -> str:
    """Whether the network's answer had been on the screen when the impression was given; empty without an answer."""
    if not any(picture.predictions for picture in visit.pictures):
        return ""
    given = "given after seeing the network's answer" if review.revealed_before else "given before the network's answer"
    if review.asked_first is None:
        return given
    return f"{given}, {'as the clinic asks for it' if review.asked_first else 'which the clinic shows at once'}"


def names_in(case: Case) -> dict[str, str]:
    """The names of the label codes that the case's own answers carry."""
    return {
        label.code: label.name
        for visit in case.visits
        for picture in visit.pictures
        for prediction in picture.predictions
        for label in prediction.labels
    }


def answer_words(prediction: Prediction) -> str:
    """An answer in a table's cell: the leading classes and the sum, or that there is none."""
    ranked = "\n".join(f"{entry.label.name} {percent(entry.probability)}" for entry in prediction.ranked[:LEADING])
    words = f"{ranked}\nmalignant or premalignant in sum {percent(prediction.malignant_sum)}"
    return words if prediction.decision is Decision.SUPPORTED else f"No answer; its figures were:\n{words}"


def abstention_words(prediction: Prediction, network: NetworkFacts | None) -> str:
    """Why the network gave no answer, with the network's limits where they are known."""
    if prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING:
        limit = None if network is None else network.novelty_limit
        figures = zip(("novelty", "limit"), novelty_and_limit(prediction.novelty, limit), strict=True)
        found = ", ".join(f"{name} {figure}" for name, figure in figures if figure)
        return f"No answer: the picture is unlike those the network learned from{f' ({found})' if found else ''}."
    first, second = prediction.ranked[:2]
    lead, least = lead_and_limit(
        first.probability - second.probability, None if network is None else network.min_margin
    )
    limit_words = f"the network's limit ({least} points)" if least else "the network's limit"
    return f"No answer: the lead of the first class ({lead} points) is under {limit_words}."


def sum_words(prediction: Prediction) -> str:
    """What stands beside the malignant sum; a low one never says that a lesion is harmless."""
    if prediction.decision is Decision.ABSTAINED or prediction.malignant_sum >= NO_SUPPORT_BELOW:
        return "Malignant or premalignant in sum"
    return "No support for malignancy: malignant or premalignant in sum"


def mix_words(mix: ClassMix, codes: Iterable[str]) -> str:
    """Under which class mix an answer's probabilities hold, with its shares where they were recorded."""
    name = {"archive": "as in the training archive", BALANCED: "every class equally common"}.get(
        mix.name, f"the clinic's own, “{mix.name}”"
    )
    shares = ", ".join(f"{code} {percent(share)}" for code, share in zip(codes, mix.shares, strict=False))
    return f"{name} ({shares})" if shares else name


def characters_words(replaced: Iterable[str]) -> str:
    """Which characters a report could not print."""
    named = ", ".join(f"U+{ord(character):04X}" for character in sorted(replaced))
    return f"The report's typeface lacks some characters; each is printed as \N{REPLACEMENT CHARACTER}: {named}."
