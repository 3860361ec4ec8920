"""Several archives as one: their labels brought to one label set, their common pictures and lesions kept together."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from skindesk.domain.labels import Label
from training.datasets.archive import Archive, Record
from training.datasets.audit import audit, joined
from training.datasets.cleaning import clean
from training.datasets.fault import Fault
from training.datasets.names import folder_of
from training.datasets.recipes import check_keys, check_once, label_of, read_toml, tables, text
from training.errors import TrainingError
from training.split import Part, part_of

_HELD_OUT = (Part.TEST, Part.VALIDATION, Part.TRAIN)


@dataclass(frozen=True)
class Ingredient:
    """One archive: its reader's name, its folder below the folder of all, and its labels' new codes.

    One that `only_trains` leaves validation and test as they are without it.
    """

    dataset: str
    folder: Path
    codes: dict[str, str]
    only_trains: bool = False


@dataclass(frozen=True)
class Combination:
    """Which archives become one, and the labels that they are brought to: those of the first where none are given."""

    name: str
    title: str
    labels: tuple[Label, ...]
    ingredients: tuple[Ingredient, ...]


def load_combination(path: Path) -> Combination:
    """Read a combination. Raises TrainingError for missing, unknown or senseless keys."""
    table, where = read_toml(path), path.name
    check_keys(table, ("title", "archives"), ("labels",), where)
    labels = tuple(label_of(entry, where) for entry in tables(table, "labels", where)) if "labels" in table else ()
    check_once(labels, where)
    ingredients = []
    for entry in tables(table, "archives", where):
        check_keys(entry, ("dataset", "codes"), ("folder", "only_trains"), f"{where}, an archive,")
        name = text(entry, "dataset", where)
        if not isinstance(entry["codes"], dict):
            raise TrainingError(f"{where}: codes of {name} must be a table of the archive's labels to the new ones.")
        folder = text(entry, "folder", where)
        place = Path(folder) if folder else folder_of(name, Path())
        only_trains = entry.get("only_trains", False)
        if not isinstance(only_trains, bool):
            raise TrainingError(f"{where}: only_trains of {name} must be true or false.")
        ingredients.append(Ingredient(name, place, entry["codes"], only_trains))
    if all(ingredient.only_trains for ingredient in ingredients):
        raise TrainingError(f"{where}: an archive must do more than train, or there is nothing to measure on.")
    return Combination(path.stem, text(table, "title", where), labels, tuple(ingredients))


def read(root: Path, combination: Combination, read_archive: Callable[[str, Path], Archive]) -> Archive:
    """Read all archives below `root` into one, by the rule of `cleaning` where they share pictures.

    A label that a combination does not name is left out, counted and told. A group that reaches into several
    archives lies in the most held-out part (test, validation, training) of any of its pictures, so that no archive's
    test picture trains the combined network. Of an archive that only trains, what is tied to any picture of the others
    is left out and all the rest trains; a single other archive thus keeps its records and its split as they are.
    Raises TrainingError as the readers do, or for labels that there are none of.
    """
    archives: list[Archive] = []
    records: list[Record] = []
    supporting: list[Record] = []
    told: list[str] = []
    faults: tuple[Fault, ...] | None = None
    for ingredient in combination.ingredients:
        archive = read_archive(ingredient.dataset, root / ingredient.folder)
        archives.append(archive)
        labels = combination.labels or archives[0].labels
        _check_codes(archive, ingredient, labels, combination.name)
        wanted = [_adopt(record, archive, ingredient) for record in archive.records if _wanted(record, ingredient)]
        (supporting if ingredient.only_trains else records).extend(wanted)
        told += _tell_unwanted(archive, ingredient)
    if sum(not ingredient.only_trains for ingredient in combination.ingredients) > 1:
        cleaned = clean(records, audit(records, side=lambda record: str(record.part)))
        records, faults = list(_held_out(records, cleaned.records)), cleaned.faults
        told += cleaned.told
    if supporting:
        untied = _untied(records, supporting)
        told.append(
            f"Left out: {len(supporting) - len(untied)} pictures tied to those that are held out or train already."
        )
        records += untied
    return Archive(
        name=combination.name,
        title=combination.title,
        licence=_joint_licence(archives),
        facts=_each_once([*(fact for archive in archives for fact in archive.facts), *told]),
        limits=_each_once(limit for archive in archives for limit in archive.limits),
        labels=labels,
        records=tuple(records),
        faults=faults,
    )


def _untied(records: list[Record], supporting: list[Record]) -> list[Record]:
    """The supporting records, to train on, without those that belong together with any of the others."""
    everything = [*records, *supporting]
    by_group: dict[str, list[int]] = {}
    for at, record in enumerate(everything):
        by_group.setdefault(record.group_id, []).append(at)
    chains = (*(tie.members for tie in audit(everything).ties), *by_group.values())
    groups = joined(len(everything), (pair for chain in chains for pair in pairwise(chain)))
    free = sorted(at for group in groups if group[0] >= len(records) for at in group)
    return [replace(everything[at], fixed_part=Part.TRAIN) for at in free]


def _check_codes(archive: Archive, ingredient: Ingredient, labels: tuple[Label, ...], where: str) -> None:
    absent = set(ingredient.codes) - {label.code for label in archive.labels}
    if absent:
        raise TrainingError(f"{where}: {archive.name} has no label {', '.join(sorted(absent))}.")
    if not set(ingredient.codes.values()) <= {label.code for label in labels}:
        raise TrainingError(f"{where}: the codes of {archive.name} lead to labels that are none.")


def _wanted(record: Record, ingredient: Ingredient) -> bool:
    return record.label_code in ingredient.codes


def _adopt(record: Record, archive: Archive, ingredient: Ingredient) -> Record:
    attributes = {**record.attributes, "source": record.attributes.get("source") or archive.name}
    return replace(record, label_code=ingredient.codes[record.label_code], attributes=attributes)


def _tell_unwanted(archive: Archive, ingredient: Ingredient) -> list[str]:
    counts = Counter(record.label_code for record in archive.records if not _wanted(record, ingredient))
    said = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    return [f"Left out: {counts.total()} pictures of {archive.title} with labels not used ({said})."] if counts else []


def _held_out(before: list[Record], after: tuple[Record, ...]) -> tuple[Record, ...]:
    """The regrouped records, each group in the most held-out part that any of its pictures had."""
    part_before = {record.path: record.part for record in before}
    found: dict[str, set[Part]] = {}
    for record in after:
        found.setdefault(record.group_id, set()).add(part_before[record.path])
    wanted = {group: min(parts, key=_HELD_OUT.index) for group, parts in found.items()}
    return tuple(
        replace(
            record, fixed_part=None if part_of(record.group_id) is wanted[record.group_id] else wanted[record.group_id]
        )
        for record in after
    )


def _joint_licence(archives: Iterable[Archive]) -> str:
    """All licences hold at once, so the strictest term of each."""
    licences: dict[str, list[str]] = {}
    for archive in archives:
        licences.setdefault(archive.licence, []).append(archive.title)
    if len(licences) == 1:
        return next(iter(licences))
    parts = (f"{licence} ({', '.join(titles)})" for licence, titles in licences.items())
    return f"{' and '.join(parts)}: the strictest term of each holds"


def _each_once(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
