"""What a configuration may call a data set: a reader, folders/<map>, combined/<recipe>, or the path of a TOML file."""

from pathlib import Path

_SUFFIX, _COMBINED, _AS_PUBLISHED = ".toml", "combined", "-as-published"


def short_name(name: str) -> str:
    """A name that can be a folder's: `combined/dermoscopy-7` and the path of that file become `dermoscopy-7`."""
    return Path(name).name.removesuffix(_SUFFIX)


def folder_of(name: str, root: Path) -> Path:
    """Where a data set is looked for under the folder of all: the root itself for a combined one."""
    if Path(name).parent.name == _COMBINED:
        return root
    return root / short_name(name).removesuffix(_AS_PUBLISHED)
