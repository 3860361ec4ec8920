"""How values of the domain read on the screen."""

from collections.abc import Mapping
from datetime import date, datetime

from PySide6.QtCore import QCoreApplication

from skindesk.domain import wording
from skindesk.domain.case import Confidence, Lesion, LesionDetails, Patient, Plan, ReviewDetails, Sex, Site, SkinType
from skindesk.domain.class_mix import BALANCED, ClassMix
from skindesk.domain.combining import Range
from skindesk.domain.contract import Modality, ModelContract
from skindesk.domain.errors import SkinDeskError
from skindesk.domain.labels import MalignancyGroup
from skindesk.domain.prediction import AbstentionReason, Prediction
from skindesk.domain.quality import PictureWarning

NOTHING = "\N{EN DASH}"
"""Stands in a table's cell for what is not known."""

NO_SUPPORT_BELOW = wording.NO_SUPPORT_BELOW
percent, patient_name, age = wording.percent, wording.patient_name, wording.age
"""What a report says in the same words."""

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def differential_line(probability: float, name: str) -> str:
    """One line of a differential: how probable, and what."""
    return f"{percent(probability)}\u00a0\u00a0{name}"


def sentence(error: Exception | str) -> str:
    """What to show of a failure: an expected one's own words, and for a bug where to look."""
    if isinstance(error, SkinDeskError | str):
        return str(error)
    return translate("words", "Something went wrong that SkinDesk did not expect. The details are in its log.")


def range_words(spread: Range) -> str:
    """From the lowest to the highest probability, such as "41 % to 62 %"."""
    return translate("words", "{lowest} to {highest}").format(
        lowest=percent(spread.lowest), highest=percent(spread.highest)
    )


def group_word(group: MalignancyGroup) -> str:
    """The word for a malignancy group, which always stands beside its icon and colour."""
    return {
        MalignancyGroup.MALIGNANT: translate("words", "malignant"),
        MalignancyGroup.PREMALIGNANT: translate("words", "premalignant"),
        MalignancyGroup.BENIGN: translate("words", "benign class"),
        MalignancyGroup.INFLAMMATORY: translate("words", "inflammatory"),
        MalignancyGroup.INFECTIOUS: translate("words", "infectious"),
        MalignancyGroup.OTHER: translate("words", "other"),
    }[group]


def group_icon(group: MalignancyGroup) -> str:
    """The icon of a malignancy group."""
    return {MalignancyGroup.MALIGNANT: "warning-octagon", MalignancyGroup.PREMALIGNANT: "warning"}.get(group, "circle")


def abstention(prediction: Prediction, contract: ModelContract | None = None) -> str:
    """Why the network gave no answer, and what to do; with the limits of its contract, where that is at hand."""
    if prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING:
        words = translate(
            "words",
            "No answer: this picture is {why}. It may show something else, or be taken in another way. Judge without "
            "the network, or retake it.",
        )
    else:
        words = translate("words", "No answer: {why}. Retake the picture, or rely on your own examination.")
    return words.format(why=why_abstained(prediction, contract))


def why_abstained(prediction: Prediction, contract: ModelContract | None = None) -> str:
    """The reason for an abstention in a few words."""
    if prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING:
        rule = None if contract is None else contract.novelty
        return _strange(prediction.novelty, None if rule is None else rule.threshold)
    return narrow_lead(prediction, None if contract is None else contract.decision.min_margin)


def _strange(novelty: float | None, limit: float | None) -> str:
    words = translate("words", "unlike those the network learned from")
    shown, most = wording.novelty_and_limit(novelty, limit)
    if most:
        return words + translate("words", " (novelty {novelty}, limit {limit})").format(novelty=shown, limit=most)
    if shown:
        return words + translate("words", " (novelty {novelty})").format(novelty=shown)
    return words


def mix_sentence(mix: ClassMix) -> str:
    """Under which class mix an answer's probabilities hold; nothing where that is the archive's."""
    if mix.is_archives:
        return ""
    if mix.name == BALANCED:
        return translate("words", "As if every class were equally common, not as in the archive.")
    return translate("words", "Under your class mix “{name}”, not the archive's.").format(name=mix.name)


def narrow_lead(prediction: Prediction, limit: float | None = None) -> str:
    """That the first class does not lead the second by enough; with the limit, 0 to 1, where it is known."""
    first, second = prediction.ranked[:2]
    lead, least = wording.lead_and_limit(first.probability - second.probability, limit)
    if not least:
        words = translate("words", "the lead of the first class ({lead}) is under the network's limit")
        return words.format(lead=_points(lead))
    words = translate("words", "the lead of the first class ({lead}) is under this network's limit ({limit})")
    return words.format(lead=_points(lead), limit=_points(least))


def _points(number: str) -> str:
    words = translate("words", "1 point") if number == "1" else translate("words", "{number} points")
    return words.format(number=number).replace(" ", "\u00a0")


def patient_line(patient: Patient, today: date) -> str:
    """The patient in one line: name, birth date and age, identifier, skin type."""
    details = patient.details
    parts = [patient_name(patient)] if details.family_name.strip() or details.given_name.strip() else []
    if details.birth_date is not None:
        parts.append(f"{details.birth_date.isoformat()} ({age(details.birth_date, today)})")
    parts.append(translate("words", "ID {identifier}").format(identifier=details.identifier))
    if details.skin_type is not SkinType.UNKNOWN:
        parts.append(translate("words", "skin type {type}").format(type=details.skin_type.value))
    return " · ".join(parts)


def lesion_line(lesion: Lesion) -> str:
    """The lesion in one line: number, site, description."""
    return " · ".join([f"L{lesion.number}", *_place(lesion.details)])


def short_lesion(lesion: Lesion) -> str:
    """The lesion where room is scarce: number and site, or the description where the site is unknown."""
    return " · ".join([f"L{lesion.number}", *_place(lesion.details)[:1]])


def impression_name(impression: str, names: Mapping[str, str]) -> str:
    """An impression as a diagnosis: a label code by its name in `names`, free text as it was typed."""
    return names.get(impression, impression)


def when_given(review: ReviewDetails) -> str:
    """Whether the network's answer had been on the screen when the impression was given."""
    if review.revealed_before:
        return translate("words", "Given after seeing the network's answer")
    return translate("words", "Given before seeing the network's answer")


def local_day(moment: datetime) -> str:
    """An aware time as the ISO date of this computer's time zone."""
    return moment.astimezone().date().isoformat()


def local_minute(moment: datetime) -> str:
    """An aware time as ISO date and time of this computer's time zone, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _place(details: LesionDetails) -> list[str]:
    return [part for part in (site_word(details.site), details.description.strip()) if part]


def site_word(site: Site) -> str:
    """A body site; empty where it is unknown."""
    return {
        Site.HEAD_NECK: translate("words", "head and neck"),
        Site.UPPER_EXTREMITY: translate("words", "upper extremity"),
        Site.LOWER_EXTREMITY: translate("words", "lower extremity"),
        Site.ANTERIOR_TORSO: translate("words", "anterior torso"),
        Site.POSTERIOR_TORSO: translate("words", "posterior torso"),
        Site.LATERAL_TORSO: translate("words", "lateral torso"),
        Site.PALMS_SOLES: translate("words", "palms and soles"),
        Site.ORAL_GENITAL: translate("words", "oral or genital"),
        Site.UNKNOWN: "",
    }[site]


def sex_word(sex: Sex) -> str:
    """Administrative sex."""
    return {
        Sex.FEMALE: translate("words", "female"),
        Sex.MALE: translate("words", "male"),
        Sex.OTHER: translate("words", "other"),
        Sex.UNKNOWN: translate("words", "unknown"),
    }[sex]


def confidence_word(confidence: Confidence) -> str:
    """How sure the clinician is."""
    return {
        Confidence.LOW: translate("words", "low"),
        Confidence.MEDIUM: translate("words", "medium"),
        Confidence.HIGH: translate("words", "high"),
    }[confidence]


def plan_word(plan: Plan) -> str:
    """What is to be done."""
    return {
        Plan.NONE: translate("words", "none"),
        Plan.WATCH: translate("words", "watch"),
        Plan.BIOPSY: translate("words", "biopsy"),
        Plan.EXCISE: translate("words", "excise"),
        Plan.REFER: translate("words", "refer"),
    }[plan]


def modality_name(modality: Modality) -> str:
    """The kind of picture as the name of a choice."""
    return {
        Modality.DERMOSCOPIC: translate("words", "Dermoscopic"),
        Modality.CLINICAL: translate("words", "Clinical photograph"),
    }[modality]


def modality_word(modality: Modality) -> str:
    """The kind of picture."""
    return {Modality.DERMOSCOPIC: translate("words", "dermoscopic"), Modality.CLINICAL: translate("words", "clinical")}[
        modality
    ]


def quality_sentence(warning: PictureWarning) -> str:
    """What a reader should know of a picture."""
    return {
        PictureWarning.FIRST_OF_SEVERAL_FRAMES: translate(
            "words", "The file holds several pictures; this is the first."
        ),
        PictureWarning.TRANSPARENCY_FLATTENED: translate("words", "Transparent parts are shown on white."),
        PictureWarning.COLOUR_PROFILE_IGNORED: translate(
            "words", "Its colour profile is unusable, so colours may be off."
        ),
        PictureWarning.GREYSCALE: translate(
            "words", "The picture has no colour; the network was trained on colour pictures."
        ),
        PictureWarning.LOW_RESOLUTION: translate(
            "words", "It has fewer pixels than the network looks at; take a closer picture."
        ),
    }[warning]
