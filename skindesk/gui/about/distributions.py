"""Which libraries the program is made of, in which versions and under which licences, as their metadata says."""

import platform
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata

RUNTIME = (
    "alembic",
    "cffi",
    "charset-normalizer",
    "cryptography",
    "cssselect2",
    "flatbuffers",
    "lxml",
    "Mako",
    "MarkupSafe",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "packaging",
    "pi_heif",
    "pillow",
    "platformdirs",
    "portalocker",
    "protobuf",
    "pycparser",
    "pydicom",
    "pypdfium2",
    "PySide6_Essentials",
    "QtAwesome",
    "QtPy",
    "reportlab",
    "shiboken6",
    "SQLAlchemy",
    "sqlcipher3",
    "svglib",
    "tinycss2",
    "typing_extensions",
    "webencodings",
)
"""Every distribution that the program needs to run, found or not: a frozen program may have lost some metadata."""

_BY_LICENCE_FILE = {"sqlcipher3": "Zlib"}
"""What the licence files say of distributions whose metadata names none."""
_LICENCE_CLASSIFIER = "License :: "
_LONGEST_LICENCE = 80
"""Beyond this the field holds a licence's whole text, not its name."""


@dataclass(frozen=True)
class Distribution:
    """A library; `version` and `licence` are None where its metadata is missing or silent."""

    name: str
    version: str | None
    licence: str | None


def runtime_distributions() -> tuple[Distribution, ...]:
    """Python and every distribution that the program runs on, by name."""
    found = [Distribution("Python", platform.python_version(), "PSF-2.0"), *map(distribution, RUNTIME)]
    return tuple(sorted(found, key=lambda entry: entry.name.casefold()))


def distribution(name: str) -> Distribution:
    """What is recorded of one distribution."""
    try:
        recorded = metadata(name)
    except PackageNotFoundError:
        return Distribution(name, None, None)
    return Distribution(name, _field(recorded, "Version"), _licence(recorded) or _BY_LICENCE_FILE.get(name))


def _licence(recorded: PackageMetadata) -> str | None:
    """The licence expression, else a short licence field, else the classifiers' last parts."""
    expression = _field(recorded, "License-Expression")
    if expression:
        return expression
    named = _field(recorded, "License")
    if named and len(named) <= _LONGEST_LICENCE and "\n" not in named:
        return named
    classifiers = recorded.get_all("Classifier") or []
    names = [entry.rpartition(" :: ")[2] for entry in classifiers if entry.startswith(_LICENCE_CLASSIFIER)]
    return ", ".join(names) or None


def _field(recorded: PackageMetadata, name: str) -> str | None:
    values = recorded.get_all(name)
    return str(values[0]) if values else None
