"""Reads the knowledge pages from their Markdown files; resources/knowledge/README.md tells how these are written."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from skindesk.domain.errors import KnowledgeError
from skindesk.domain.knowledge import SECTIONS, ClassReference, KnowledgePage, Section
from skindesk.domain.labels import MalignancyGroup

_FENCE, _SOURCES, _FEWEST_SOURCES = "---", "Sources", 2
_ADVICE = "Install SkinDesk again, or correct the page."
_CLASS = re.compile(r"([a-z0-9][a-z0-9-]*)/([a-z0-9_]+)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def load_pages(folder: Path, language: str) -> tuple[KnowledgePage, ...]:
    """All pages of a language such as `en`, by slug.

    Raises KnowledgeError where there are none, or one cannot be read; it names the file, and the line where a page is
    not written as the pages are.
    """
    files = sorted((folder / language).glob("*.md"))
    if not files:
        raise KnowledgeError(f"There are no knowledge pages in {folder / language}.", "Install SkinDesk again.")
    return tuple(_read(file) for file in files)


def _read(file: Path) -> KnowledgePage:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        what = f"The knowledge page {file.name} cannot be opened: {error.strerror or error}."
        raise KnowledgeError(what, _ADVICE) from error
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"The knowledge page {file.name} is not UTF-8.", _ADVICE) from error
    return _parse(_Lines(file.name, text.splitlines()), file.stem)


@dataclass
class _Lines:
    """The lines of a page, taken one after the other."""

    name: str
    lines: list[str]
    taken: int = 0

    @property
    def next(self) -> str | None:
        """The line that comes next; None at the end."""
        return self.lines[self.taken] if self.taken < len(self.lines) else None

    def take(self) -> str:
        """The next line, which must be there."""
        line = self.next
        if line is None:
            raise self.fault("the page ends too early")
        self.taken += 1
        return line

    def expect(self, wanted: str) -> None:
        """Take the next line, which must be this one."""
        line = self.take()
        if line != wanted:
            raise self.fault(f"“{wanted}” is wanted here, not “{line}”")

    def skip_empty(self) -> None:
        """Go past empty lines."""
        while self.next == "":
            self.taken += 1

    def fault(self, what: str) -> KnowledgeError:
        """The error that says what is wrong with the line taken last."""
        return KnowledgeError(f"The knowledge page {self.name}, line {max(self.taken, 1)}: {what}.", _ADVICE)


def _parse(lines: _Lines, slug: str) -> KnowledgePage:
    lines.expect(_FENCE)
    page = KnowledgePage(
        slug=slug,
        title=_value(lines, "title"),
        group=_group(lines),
        classes=_classes(lines),
        synonyms=_list(lines, "synonyms"),
        icd10=_list(lines, "icd10"),
        icd11=_list(lines, "icd11"),
        codes_from=_codes_from(lines),
        reviewed=_reviewed(lines),
        sections=_sections(lines),
        sources=_sources(lines),
    )
    if lines.next is not None:
        lines.take()
        raise lines.fault(f"nothing may follow {_SOURCES}")
    return page


def _value(lines: _Lines, key: str) -> str:
    line = lines.take()
    name, colon, value = line.partition(":")
    if name != key or not colon:
        raise lines.fault(f"the key “{key}” is wanted here, not “{line}”")
    if not value.strip():
        raise lines.fault(f"“{key}” has no value")
    return value.strip()


def _list(lines: _Lines, key: str) -> tuple[str, ...]:
    lines.expect(f"{key}:")
    items: list[str] = []
    while lines.next is not None and lines.next.startswith("  - "):
        item = lines.take()[4:].strip()
        if not item or item in items:
            raise lines.fault(f"“{key}” holds an item that is empty or stands there twice")
        items.append(item)
    return tuple(items)


def _group(lines: _Lines) -> MalignancyGroup:
    value = _value(lines, "group")
    try:
        return MalignancyGroup(value)
    except ValueError as error:
        raise lines.fault(f"there is no group “{value}”") from error


def _classes(lines: _Lines) -> tuple[ClassReference, ...]:
    found = [_CLASS.fullmatch(item) for item in _list(lines, "classes")]
    if None in found:
        raise lines.fault("a class is not written as <model id>/<label code>")
    return tuple(ClassReference(match[1], match[2]) for match in found if match is not None)


def _codes_from(lines: _Lines) -> str:
    if lines.next == "codes_from:":
        lines.take()
        return ""
    value = _value(lines, "codes_from")
    if not _YEAR.search(value):
        raise lines.fault(f"“{value}” does not tell of which year the codes are")
    return value


def _reviewed(lines: _Lines) -> date:
    value = _value(lines, "reviewed")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise lines.fault(f"“{value}” is no day such as 2026-11-21") from error
    lines.expect(_FENCE)
    return day


def _sections(lines: _Lines) -> tuple[Section, ...]:
    return tuple(Section(heading, _text(lines, heading)) for heading in SECTIONS)


def _text(lines: _Lines, heading: str) -> str:
    lines.skip_empty()
    lines.expect(f"## {heading}")
    body = []
    while lines.next is not None and not lines.next.startswith("#"):
        body.append(lines.take())
    text = "\n".join(body).strip()
    if not text:
        raise lines.fault(f"the section “{heading}” is empty")
    return text


def _sources(lines: _Lines) -> tuple[str, ...]:
    text = _text(lines, _SOURCES)
    if not text.startswith("- "):
        raise lines.fault(f"{_SOURCES} is not a list")
    sources = tuple(" ".join(item.split()) for item in re.split(r"^- ", text, flags=re.MULTILINE)[1:])
    if len(sources) < _FEWEST_SOURCES:
        raise lines.fault(f"there are fewer than {_FEWEST_SOURCES} sources")
    for source in sources:
        if not _YEAR.search(source):
            raise lines.fault(f"the source “{source}” has no year")
    return sources
