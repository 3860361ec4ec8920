"""Several archives as one: their labels brought to one label set, their common pictures and lesions kept together."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from skindesk.domain.labels import Label
from training.datasets.archive import Archive, Record
from training.datasets.audit import audit
from training.datasets.cleaning import clean
from training.datasets.names import folder_of
from training.datasets.recipes import check_keys, check_once, label_of, read_toml, tables, text
from training.errors import TrainingError
from training.split import Part, part_of

_HELD_OUT = (Part.TEST, Part.VALIDATION, Part.TRAIN)


@dataclass(frozen=True)
class Ingredient:
    """One archive: its reader's name, its folder below the folder of all, and its labels' new codes."""

    dataset: str
    folder: Path
    codes: dict[str, str]


@dataclass(frozen=True)
class Combination:
    """Which archives become one, and the labels that they are brought to."""

    name: str
    title: str
    labels: tuple[Label, ...]
    ingredients: tuple[Ingredient, ...]


def load_combination(path: Path) -> Combination:
    """Read a combination. Raises TrainingError for missing or unknown keys, and codes that are no label."""
    table, where = read_toml(path), path.name
    check_keys(table, ("title", "labels", "archives"), (), where)
    labels = tuple(label_of(entry, where) for entry in tables(table, "labels", where))
    check_once(labels, where)
    known = {label.code for label in labels}
    ingredients = []
    for entry in tables(table, "archives", where):
        check_keys(entry, ("dataset", "codes"), ("folder",), f"{where}, an archive,")
        name = text(entry, "dataset", where)
        if not isinstance(entry["codes"], dict) or not set(entry["codes"].values()) <= known:
            raise TrainingError(f"{where}: the codes of {name} lead to labels that are none.")
        folder = text(entry, "folder", where)
        ingredients.append(Ingredient(name, Path(folder) if folder else folder_of(name, Path()), entry["codes"]))
    return Combination(path.stem, text(table, "title", where), labels, tuple(ingredients))


def read(root: Path, combination: Combination, read_archive: Callable[[str, Path], Archive]) -> Archive:
    """Read all archives below `root` into one, by the rule of `cleaning` where they share pictures.

    A label that a combination does not name is left out, counted and told. A group that reaches into several
    archives lies in the most held-out part (test, validation, training) of any of its pictures, so that no archive's
    test picture trains the combined network. Raises TrainingError as the readers do, or for labels that an archive
    does not have.
    """
    archives, records, told = [], [], []
    for ingredient in combination.ingredients:
        archive = read_archive(ingredient.dataset, root / ingredient.folder)
        _check_labels(archive, ingredient, combination.name)
        archives.append(archive)
        records += [_adopt(record, archive, ingredient) for record in archive.records if _wanted(record, ingredient)]
        told += _tell_unwanted(archive, ingredient)
    cleaned = clean(records, audit(records, side=lambda record: str(record.part)))
    return Archive(
        name=combination.name,
        title=combination.title,
        licence=_joint_licence(archives),
        facts=_each_once([*(fact for archive in archives for fact in archive.facts), *told, *cleaned.told]),
        limits=_each_once(limit for archive in archives for limit in archive.limits),
        labels=combination.labels,
        records=_held_out(records, cleaned.records),
        faults=cleaned.faults,
    )


def _check_labels(archive: Archive, ingredient: Ingredient, where: str) -> None:
    absent = set(ingredient.codes) - {label.code for label in archive.labels}
    if absent:
        raise TrainingError(f"{where}: {archive.name} has no label {', '.join(sorted(absent))}.")


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
