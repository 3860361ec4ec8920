"""The seven kinds of lesion that phantoms show: their names, what they are mistaken for, and where they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from skindesk.domain.body_position import BodyView
from skindesk.domain.labels import MalignancyGroup

Places = Mapping[BodyView, tuple[str, ...]]
"""The keys of regions on a view."""


@dataclass(frozen=True)
class Disease:
    """A kind of lesion. `code` and `name` are those of HAM10000; `reports` are what a laboratory might write."""

    code: str
    name: str
    group: MalignancyGroup
    mistaken_for: tuple[str, ...]
    reports: tuple[str, ...]


DISEASES = {
    disease.code: disease
    for disease in (
        Disease(
            "akiec",
            "Actinic keratosis / Bowen's disease",
            MalignancyGroup.PREMALIGNANT,
            ("bkl", "bcc"),
            (
                "Actinic keratosis, KIN II, with solar elastosis. No invasive growth.",
                "Full-thickness keratinocyte dysplasia: Bowen's disease. No invasion. Margins free.",
            ),
        ),
        Disease(
            "bcc",
            "Basal cell carcinoma",
            MalignancyGroup.MALIGNANT,
            ("nv", "akiec"),
            (
                "Nodular basal cell carcinoma, 1.6 mm deep. Lateral margin free by 2 mm, deep margin free.",
                "Superficial basal cell carcinoma. Margins free by 3 mm.",
            ),
        ),
        Disease(
            "bkl",
            "Benign keratosis",
            MalignancyGroup.BENIGN,
            ("nv", "mel", "akiec"),
            ("Seborrhoeic keratosis, irritated. No atypia.", "Lichen planus-like keratosis in regression. No atypia."),
        ),
        Disease(
            "df",
            "Dermatofibroma",
            MalignancyGroup.BENIGN,
            ("nv", "bkl"),
            ("Dermatofibroma with induction of the epidermis above it. Completely excised.",),
        ),
        Disease(
            "mel",
            "Melanoma",
            MalignancyGroup.MALIGNANT,
            ("nv", "bkl"),
            (
                "Melanoma in situ. Completely excised, margins free by 4 mm.",
                "Superficial spreading melanoma, Breslow 0.5 mm, no ulceration: pT1a. Margins free by 5 mm.",
                "Superficial spreading melanoma, Breslow 1.3 mm, no ulceration: pT2a. Margins free by 3 mm.",
            ),
        ),
        Disease(
            "nv",
            "Melanocytic nevus",
            MalignancyGroup.BENIGN,
            ("mel", "bkl"),
            (
                "Compound melanocytic nevus. No atypia. Completely excised.",
                "Dysplastic junctional nevus, low grade. Margins free.",
                "Dermal melanocytic nevus, papillomatous. No atypia.",
            ),
        ),
        Disease(
            "vasc",
            "Vascular lesion",
            MalignancyGroup.BENIGN,
            ("nv", "mel"),
            ("Capillary haemangioma, partly thrombosed. No atypia.",),
        ),
    )
}
"""By code."""

_TRUNK_AND_LIMBS: Places = {
    BodyView.FRONT: (
        *("left-upper-chest", "right-upper-chest", "left-upper-abdomen", "right-lower-abdomen"),
        *("left-thigh-front", "right-thigh-front", "left-shin", "right-shin", "left-forearm-front"),
        *("right-forearm-front", "left-shoulder-front", "right-upper-arm-front"),
    ),
    BodyView.BACK: (
        *("left-upper-back", "right-upper-back", "left-middle-back", "right-middle-back", "left-lower-back"),
        *("right-lower-back", "left-calf", "right-calf", "right-thigh-back", "left-upper-arm-back"),
        *("right-shoulder-back", "left-forearm-back"),
    ),
    BodyView.LEFT_SIDE: ("left-upper-arm-side", "left-thigh-side", "left-lower-leg-side"),
    BodyView.RIGHT_SIDE: ("right-upper-arm-side", "right-thigh-side", "right-lower-leg-side"),
}
_IN_THE_SUN: Places = {
    BodyView.HEAD_FRONT: ("forehead", "nose", "left-cheek", "right-cheek", "left-temple-front"),
    BodyView.HEAD_LEFT: ("left-ear", "left-temple", "left-cheek-side"),
    BodyView.HEAD_RIGHT: ("right-ear", "right-temple", "right-neck-side"),
    BodyView.HEAD_BACK: ("scalp-back", "nape"),
    BodyView.HANDS_BACK: ("left-hand-back", "right-hand-back"),
    BodyView.FRONT: ("left-shoulder-front", "right-shin"),
}
_PALMS_AND_SOLES: Places = {
    BodyView.SOLES: ("left-heel-sole", "right-arch", "left-ball"),
    BodyView.PALMS: ("right-hand-palm",),
}


def places_of(code: str, is_dark_skin: bool) -> Places:
    """Where lesions of a kind are put; melanomas of dark skin are commonest on palms and soles."""
    if code in ("akiec", "bcc"):
        return _IN_THE_SUN
    return _PALMS_AND_SOLES if code == "mel" and is_dark_skin else _TRUNK_AND_LIMBS
