"""Any set that is folders of pictures, one a class, told apart by a small class map in TOML.

The folders lie in the set's own folder or one below, as in train/ and test/ or whatever the publisher's sides are
called. Several folders may be one label. Their names are compared without regard to case, `_` and `-`.
"""

from dataclasses import dataclass
from pathlib import Path

from skindesk.domain.labels import Label
from training.datasets.archive import Archive, Record
from training.datasets.audit import audit
from training.datasets.cleaning import clean
from training.datasets.files import pictures_under
from training.datasets.recipes import check_keys, check_once, label_of, read_toml, tables, text, texts
from training.errors import TrainingError

_SIDES = {"train": "train", "training": "train", "valid": "validation", "val": "validation", "validation": "validation"}
_SIDES |= {"test": "test", "testing": "test"}
_GROUPS_TOLD = "Pictures are grouped by likeness only: which of them show one patient is not known."


@dataclass(frozen=True)
class ClassMap:
    """What a class map tells.

    `codes` leads from a plain folder name to a label's code; `ignored` folders are skipped.
    """

    name: str
    title: str
    licence: str
    facts: tuple[str, ...]
    limits: tuple[str, ...]
    labels: tuple[Label, ...]
    codes: dict[str, str]
    ignored: frozenset[str]


def load_class_map(path: Path) -> ClassMap:
    """Read a class map. Raises TrainingError for missing or unknown keys, and folders or codes named twice."""
    table, where = read_toml(path), path.name
    check_keys(table, ("title", "licence", "classes"), ("facts", "limits", "ignored"), where)
    labels: list[Label] = []
    codes: dict[str, str] = {}
    for entry in tables(table, "classes", where):
        check_keys(entry, ("code", "name", "group", "folders"), ("icd10", "icd11"), f"{where}, a class,")
        labels.append(label_of(entry, where))
        for folder in texts(entry, "folders", where):
            if codes.setdefault(_plain(folder), labels[-1].code) != labels[-1].code:
                raise TrainingError(f"{where} gives the folder {folder!r} to two classes.")
    check_once(labels, where)
    return ClassMap(
        name=path.stem,
        title=text(table, "title", where),
        licence=text(table, "licence", where),
        facts=texts(table, "facts", where),
        limits=texts(table, "limits", where),
        labels=tuple(labels),
        codes=codes,
        ignored=frozenset(_plain(folder) for folder in texts(table, "ignored", where)),
    )


def read(folder: Path, class_map: ClassMap) -> Archive:
    """Read the set cleaned by the rule of `cleaning`, split anew by group, ordered by path.

    The publisher's side is kept as an attribute. Raises TrainingError where a folder is in no class, or a class has
    no folder with pictures.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder} does not exist.", "Name the set's folder with --data.")
    records = [record for place, side in _places(folder) for record in _read_place(folder, place, side, class_map)]
    empty = {label.code for label in class_map.labels} - {record.label_code for record in records}
    if empty:
        raise TrainingError(
            f"{folder} holds no pictures of {', '.join(sorted(empty))}.", f"Check it against the map {class_map.name}."
        )
    cleaned = clean(records, audit(records))
    return Archive(
        name=class_map.name,
        title=class_map.title,
        licence=class_map.licence,
        facts=(*class_map.facts, *cleaned.told),
        limits=(*class_map.limits, _GROUPS_TOLD),
        labels=class_map.labels,
        records=cleaned.records,
        faults=cleaned.faults,
    )


def _places(folder: Path) -> list[tuple[Path, str]]:
    """Where class folders lie, each with the publisher's side; the folder itself where there are no sides."""
    sides = [(entry, _SIDES[entry.name.lower()]) for entry in _folders_in(folder) if entry.name.lower() in _SIDES]
    return sides or [(folder, "")]


def _read_place(top: Path, place: Path, side: str, class_map: ClassMap) -> list[Record]:
    found = []
    for entry in _folders_in(place):
        name = _plain(entry.name)
        if name in class_map.ignored:
            continue
        if name not in class_map.codes:
            raise TrainingError(
                f"The class map {class_map.name} has no class for the folder {entry}.",
                "Add it to the map, under `ignored` where it is not wanted.",
            )
        for path in pictures_under(entry):
            image_id = f"{class_map.name}/{path.relative_to(top).with_suffix('').as_posix()}"
            attributes = {"publisher_split": side, "source": class_map.name}
            found.append(Record(image_id, path, image_id, class_map.codes[name], attributes))
    return found


def _folders_in(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())
