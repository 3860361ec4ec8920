"""What the program tells of a diagnosis: one page of fixed sections, with its codes and sources."""

from dataclasses import dataclass
from datetime import date

from skindesk.domain.labels import MalignancyGroup

NOTICE = (
    "Information for clinicians, not advice on a patient: it tells of the disease in general, never of the picture at "
    "hand. Local guidelines and your own examination come first."
)
"""What stands beside every page wherever one is shown."""

SECTIONS = (
    "When to refer urgently",
    "What it is",
    "Signs and symptoms",
    "Dermoscopy",
    "Causes",
    "Differential diagnosis",
    "Management",
)
"""The headings of every page in their order; the sources follow."""


@dataclass(frozen=True)
class ClassReference:
    """A class of a network: the network's id and the label's code."""

    model_id: str
    code: str


@dataclass(frozen=True)
class Section:
    """A part of a page; `text` is Markdown of paragraphs and lists only."""

    heading: str
    text: str


@dataclass(frozen=True)
class KnowledgePage:
    """One diagnosis told in words.

    `slug` names the page within its language. `sections` carry the headings of SECTIONS in that order. `sources` are at
    least two, each with its year. `codes_from` names where and in which release the codes were read; where it is empty
    they were not read at a source, and may be missing or wrong. `reviewed` is the day on which the page was last read
    through.
    """

    slug: str
    title: str
    group: MalignancyGroup
    classes: tuple[ClassReference, ...]
    synonyms: tuple[str, ...]
    icd10: tuple[str, ...]
    icd11: tuple[str, ...]
    codes_from: str
    reviewed: date
    sections: tuple[Section, ...]
    sources: tuple[str, ...]


def codes_words(page: KnowledgePage) -> str:
    """A page's codes in one line, and where they were read, or plainly that they were not."""
    systems = (("ICD-10", page.icd10), ("ICD-11", page.icd11))
    parts = [f"{name} {', '.join(codes)}" for name, codes in systems if codes]
    if not parts:
        return "no codes known; look them up"
    read = f"read in {page.codes_from}" if page.codes_from else "not checked at their source: look them up before use"
    return f"{' · '.join(parts)} ({read})"
