"""Says in plain sentences what a network's card tells of its evidence for a patient like the one at hand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from skindesk.domain.case import Site, SkinType
from skindesk.domain.contract import ModelContract
from skindesk.domain.evidence import PARTS_OF_SITES, EvidenceLine, EvidenceWeight
from skindesk.domain.labels import Label
from skindesk.services.card_json import count_in, interval_in, object_in, objects_in, texts_in

_NOT_STATED = frozenset({"not stated", "unknown", ""})
_LESIONS, _PATIENTS = "lesions", "patients"
_ADULT_FROM_YEARS = 18
_FEWEST_PICTURES = 30
"""Below this many pictures of a class the trainer, too, leaves a group without figures."""
_AT_RANDOM = 0.5
"""The area under the curve of guessing."""
_BAND = re.compile(r"under (?P<below>\d+)|(?P<first>\d+) to (?P<last>\d+)|(?P<least>\d+) and over")
_DARK = (SkinType.V, SkinType.VI)
_PART_NAMES = {
    "acral": "palms and soles",
    "palms/soles": "palms and soles",
    "genital": "genital skin",
    "oral/genital": "oral or genital",
    "head/neck": "head and neck",
    "trunk": "trunk without its side",
}
_SITE_NAMES = {
    Site.HEAD_NECK: "head and neck",
    Site.PALMS_SOLES: "palms and soles",
    Site.ORAL_GENITAL: "oral or genital sites",
}

Card = Mapping[str, Any]
"""A network's card as JSON, read as if nothing in it could be relied on."""


def evidence_for(
    card: Card, contract: ModelContract, skin_type: SkinType, age: int | None, site: Site
) -> tuple[EvidenceLine, ...]:
    """What holds for this patient and, where a fact is not known, what holds always.

    What there is no evidence for comes first, then what was tested too little, then what was measured. Among equals
    what concerns this patient goes before what holds always, and the shortest first. `age` is in years, None where it
    is not known.
    """
    skin = tuple(_of_skin(card, skin_type))
    known = skin if skin_type is not SkinType.UNKNOWN else ()
    of_patient = [*known, *_of_age(card, age), *_of_site(card, site)]
    always = [*(skin if not known else ()), *_of_classes(card, contract.labels), *_of_all(card)]
    lines = sorted(of_patient, key=_length) + sorted(always, key=_length)
    return tuple(sorted(lines, key=lambda line: line.weight))


def _length(line: EvidenceLine) -> int:
    return len(line.text)


def _of_skin(card: Card, skin_type: SkinType) -> Iterable[EvidenceLine]:
    groups = _groups(card, "skin_type")
    if not groups:
        yield _unrecorded_skin(card, skin_type)
    elif skin_type is SkinType.UNKNOWN:
        yield from _weak_skin_types(card, groups)
    elif skin_type.value in groups:
        yield _of_group(card, f"Skin type {skin_type}", groups[skin_type.value])
    else:
        yield _none(f"No evidence for skin type {skin_type}: none in the test part.")


def _unrecorded_skin(card: Card, skin_type: SkinType) -> EvidenceLine:
    """For a card that counts nothing by skin type, though its limits may tell of fair skin."""
    if not any("fair skin" in limit.casefold() for limit in texts_in(card, "limits")):
        whom = "any skin type" if skin_type is SkinType.UNKNOWN else f"skin type {skin_type}"
        return _none(f"No evidence for {whom}: its card does not tell whose skin was tested.")
    if skin_type in (*_DARK, SkinType.UNKNOWN):
        return _none("No evidence for skin types V and VI: the training pictures show fair skin almost only.")
    return _none(f"No evidence for skin type {skin_type} by itself: its archive, of mostly fair skin, records no type.")


def _weak_skin_types(card: Card, groups: Mapping[str, Card]) -> Iterable[EvidenceLine]:
    """The types that were tested too little, together."""
    types = [kind.value for kind in SkinType if kind is not SkinType.UNKNOWN]
    weak = [kind for kind in types if interval_in(groups.get(kind, {}), "accuracy") is None]
    if weak:
        found = sum(_size(groups.get(kind, {})) for kind in weak)
        counted = f"{found:,} of {_tested(card)}"
        yield _few(f"Skin types {_listed(weak)}: {counted} in the test part, too few to judge.")


def _of_age(card: Card, age: int | None) -> Iterable[EvidenceLine]:
    if age is None:
        return
    if age < _ADULT_FROM_YEARS and "adults" in str(card.get("intended_use")).casefold():
        yield _none("Not meant for children: its card names adults only.")
    groups = _groups(card, "age_band")
    band = next((name for name in groups if _within(age, name)), None)
    if band is not None:
        yield _of_group(card, f"Age {band}", groups[band])
    elif groups:
        yield _none(f"No evidence for the age of {age}: none in the test part.")
    else:
        yield _silent("age")


def _within(age: int, band: str) -> bool:
    """Whether an age lies in a band as the trainer names it, such as “50 to 69”."""
    match = _BAND.fullmatch(band)
    if match is None:
        return False
    if match["below"]:
        return age < int(match["below"])
    if match["least"]:
        return age >= int(match["least"])
    return int(match["first"]) <= age <= int(match["last"])


def _of_site(card: Card, site: Site) -> Iterable[EvidenceLine]:
    if site is Site.UNKNOWN:
        return
    groups = _groups(card, "site")
    parts = {part: groups[part] for part in PARTS_OF_SITES[site] if part in groups}
    if not groups:
        yield _silent("body sites")
    elif not parts:
        yield _none(f"No evidence for {_SITE_NAMES.get(site, f'the {site}')}: none in the test part.")
    weak = {part: group for part, group in parts.items() if interval_in(group, "accuracy") is None}
    for part, group in parts.items():
        if part not in weak:
            yield _of_group(card, _part_name(part).capitalize(), group)
    if weak:
        names = _listed([_part_name(part) for part in weak]).capitalize()
        found = sum(count_in(group, "images") for group in weak.values())
        if len(weak) == 1:
            yield _of_group(card, names, next(iter(weak.values())))
        else:
            yield _few(f"{names}: {_counted(found, 'pictures')} in the test part, too few to judge.")


def _part_name(part: str) -> str:
    return _PART_NAMES.get(part, part)


def _of_classes(card: Card, labels: Sequence[Label]) -> Iterable[EvidenceLine]:
    """The malignant and premalignant classes of which there were few pictures, or that were not told apart at all."""
    measured = objects_in(card, "metrics", "archive_mix", "per_class")
    grave = [label for label in labels if label.group.counts_as_malignant and label.code in measured]
    counts = [(label.name, count_in(measured[label.code], "images")) for label in grave]
    few = [f"{name[:1].lower()}{name[1:]} {count}" for name, count in counts if count < _FEWEST_PICTURES]
    if few:
        yield _few(f"Few test pictures: {', '.join(few)}.")
    for label in grave:
        area = interval_in(measured[label.code], "auc")
        if area is not None and area[1] <= _AT_RANDOM:
            yield _none(f"{label.name} was not told from the rest: AUC {_figures(area)}.")


def _of_all(card: Card) -> Iterable[EvidenceLine]:
    malignant = object_in(card, "metrics", "archive_mix", "malignant")
    area = interval_in(malignant, "auc")
    if area is not None and _size(object_in(card, "metrics")):
        yield EvidenceLine(EvidenceWeight.MEASURED, f"Tested on {_tested(card)}; malignant AUC {_figures(area)}.")


def _of_group(card: Card, name: str, group: Card) -> EvidenceLine:
    """What was measured in a group of the test part."""
    tested = _counted(_size(group), _unit(card))
    area = interval_in(group, "malignant_auc")
    if interval_in(group, "accuracy") is None:
        return _few(f"{name}: {tested} in the test part, too few to judge.")
    if area is None:
        ill = "malignant" if _unit(card) == _LESIONS else "with a malignant lesion"
        count = count_in(group, "malignant_lesions")
        return _few(f"{name}: tested on {tested}, {count:,} {ill}: too few to judge malignancy.")
    return EvidenceLine(EvidenceWeight.MEASURED, f"{name}: tested on {tested}; malignant AUC {_figures(area)}.")


def _groups(card: Card, attribute: str) -> dict[str, Card]:
    """The groups of the test part by an attribute, but for the one where it is not stated."""
    found = objects_in(card, "metrics", "groups", attribute)
    return {name: group for name, group in found.items() if name not in _NOT_STATED}


def _unit(card: Card) -> str:
    """What the card counts as `lesions`: it is patients where the archive does not tell their lesions apart."""
    return _PATIENTS if object_in(card, "metrics").get("grouped_by") == _PATIENTS else _LESIONS


def _size(group: Card) -> int:
    return count_in(group, _LESIONS)


def _tested(card: Card) -> str:
    return _counted(_size(object_in(card, "metrics")), _unit(card))


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit if count != 1 else unit.removesuffix('s')}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _figures(area: tuple[float, float, float]) -> str:
    value, low, high = area
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _none(text: str) -> EvidenceLine:
    return EvidenceLine(EvidenceWeight.NONE, text)


def _few(text: str) -> EvidenceLine:
    return EvidenceLine(EvidenceWeight.FEW, text)


def _silent(of: str) -> EvidenceLine:
    return _none(f"Its card says nothing of {of}.")
