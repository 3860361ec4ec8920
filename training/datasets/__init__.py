"""Readers of public archives, each in its publisher's own layout."""

from collections.abc import Callable
from pathlib import Path

from training.datasets import combine, folders, ham10000, isic9, isic2018, isic2019, pad_ufes_20, phantoms
from training.datasets.archive import Archive
from training.datasets.names import recipe_path
from training.datasets.recipes import read_toml
from training.errors import TrainingError

READERS: dict[str, Callable[[Path, Path | None], Archive]] = {
    "ham10000": lambda folder, _: ham10000.read(folder),
    "isic2018": lambda folder, _: isic2018.read(folder),
    "isic2019": lambda folder, _: isic2019.read(folder),
    "isic9": isic9.read,
    "isic9-as-published": isic9.read_as_published,
    "pad_ufes_20": lambda folder, _: pad_ufes_20.read(folder),
    "phantoms": lambda folder, _: phantoms.read(folder),
}


def read_archive(name: str, folder: Path, companion: Path | None = None) -> Archive:
    """Read an archive by its name.

    A name is one of READERS, `folders/<map>` for a set of class folders, `combined/<recipe>` for several archives
    below one folder, or the path of one's own TOML file of either kind. `companion` is a folder with another archive's
    tables that tell more of the same pictures, for the readers that can use them. Raises TrainingError where the name
    or the folder's layout is unknown.
    """
    if name in READERS:
        return READERS[name](folder, companion)
    recipe = recipe_path(name)
    if recipe is None or not recipe.is_file():
        raise TrainingError(
            f"There is no reader for the data set {name!r}.",
            f"Known: {', '.join(sorted(READERS))}, folders/<map>, combined/<recipe>, or a TOML file.",
        )
    if "archives" in read_toml(recipe):
        return combine.read(folder, combine.load_combination(recipe), read_archive)
    return folders.read(folder, folders.load_class_map(recipe))
