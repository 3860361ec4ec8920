"""What a configuration may call a data set: a reader, folders/<map>, combined/<recipe>, or the path of a TOML file."""

from pathlib import Path

_HERE = Path(__file__).parent
_SUFFIX, _AS_PUBLISHED = ".toml", "-as-published"
_COMBINED, _FOLDERS = "combined", "folders"
_SHIPPED = {_COMBINED: _HERE / "combined", _FOLDERS: _HERE / "maps"}


def recipe_path(name: str) -> Path | None:
    """The TOML file that a name stands for, or None where it is a reader's."""
    if name.endswith(_SUFFIX):
        return Path(name)
    kind, slash, rest = name.partition("/")
    return _SHIPPED[kind] / f"{rest}{_SUFFIX}" if slash and kind in _SHIPPED else None


def short_name(name: str) -> str:
    """A name that can be a folder's: `combined/dermoscopy-7` and the path of that file become `dermoscopy-7`."""
    return Path(name).name.removesuffix(_SUFFIX)


def folder_of(name: str, root: Path) -> Path:
    """Where a data set is looked for under the folder of all: the root itself for a combined one."""
    if Path(name).parent.name == _COMBINED:
        return root
    return root / short_name(name).removesuffix(_AS_PUBLISHED)
