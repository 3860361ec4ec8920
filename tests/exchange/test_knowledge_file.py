from datetime import date
from pathlib import Path

import pytest

from skindesk.domain.errors import KnowledgeError
from skindesk.domain.knowledge import SECTIONS, ClassReference
from skindesk.domain.labels import MalignancyGroup
from skindesk.exchange.knowledge_file import load_pages

FRONT = """---
title: Dermatofibroma
group: benign
classes:
  - dermoscopy-7/df
  - isic-9/df
synonyms:
icd10:
  - D23
icd11:
codes_from:
reviewed: 2026-11-21
---
"""
BODY = "\n".join(f"## {heading}\n\nWhat is to be said.\n\n- More of it,\n  wrapped.\n" for heading in SECTIONS)
SOURCES = "## Sources\n\n- One A. First. 2008;\n  1-2.\n- Two B. Second. 2018.\n"
PAGE = f"{FRONT}\n{BODY}\n{SOURCES}"


def _write(folder: Path, text: str) -> None:
    (folder / "en").mkdir()
    (folder / "en" / "dermatofibroma.md").write_text(text, encoding="utf-8")


def test_page_is_read_whole(tmp_path: Path) -> None:
    _write(tmp_path, PAGE)
    (page,) = load_pages(tmp_path, "en")
    assert (page.slug, page.title, page.group) == ("dermatofibroma", "Dermatofibroma", MalignancyGroup.BENIGN)
    assert page.classes == (ClassReference("dermoscopy-7", "df"), ClassReference("isic-9", "df"))
    assert (page.synonyms, page.icd10, page.icd11, page.codes_from) == ((), ("D23",), (), "")
    assert page.reviewed == date(2026, 11, 21)
    assert tuple(section.heading for section in page.sections) == SECTIONS
    assert page.sections[0].text == "What is to be said.\n\n- More of it,\n  wrapped."
    assert page.sources == ("One A. First. 2008; 1-2.", "Two B. Second. 2018.")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("---\ntitle", "title", "line 1: “---” is wanted here, not “title: Dermatofibroma”"),
        ("title: Dermatofibroma", "title:", "line 2: “title” has no value"),
        ("title: Dermatofibroma\n", "", "line 2: the key “title” is wanted here, not “group: benign”"),
        ("group: benign", "group: harmless", "line 3: there is no group “harmless”"),
        ("dermoscopy-7/df", "dermoscopy-7", "line 6: a class is not written as"),
        ("  - isic-9/df", "  - dermoscopy-7/df", "line 6: “classes” holds an item that is empty or stands there twice"),
        ("  - D23", "  - ", "line 9: “icd10” holds an item that is empty"),
        ("  - D23", "- D23", "line 9: “icd11:” is wanted here, not “- D23”"),
        ("codes_from:", "codes_from: WHO", "line 11: “WHO” does not tell of which year the codes are"),
        ("codes_from:", "checked:", "line 11: the key “codes_from” is wanted here"),
        ("2026-11-21", "November", "line 12: “November” is no day"),
        ("reviewed", "extra: 1\nreviewed", "line 12: the key “reviewed” is wanted here"),
        ("## Causes", "## Reasons", "“## Causes” is wanted here, not “## Reasons”"),
        ("## Causes\n\nWhat is to be said.\n\n- More of it,\n  wrapped.\n", "## Causes\n", "“Causes” is empty"),
        ("## Sources", "## Further reading", "“## Sources” is wanted here"),
        (SOURCES, "", "line 63: the page ends too early"),
        ("- Two B. Second. 2018.\n", "", "fewer than 2 sources"),
        ("2018.", "volume 3018.", "the source “Two B. Second. volume 3018.” has no year"),
        ("- One A", "One A", "Sources is not a list"),
        ("2018.\n", "2018.\n\n## Notes\n", "line 70: nothing may follow Sources"),
    ],
)
def test_page_that_is_not_written_as_the_pages_are_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert old in PAGE
    _write(tmp_path, PAGE.replace(old, new, 1))
    with pytest.raises(KnowledgeError, match=r"^The knowledge page dermatofibroma\.md, line \d+: ") as error:
        load_pages(tmp_path, "en")
    assert complaint in str(error.value)


def test_page_says_where_its_codes_were_read(tmp_path: Path) -> None:
    _write(tmp_path, PAGE.replace("codes_from:", "codes_from: WHO, release 2024-01"))
    (page,) = load_pages(tmp_path, "en")
    assert page.codes_from == "WHO, release 2024-01"


def test_file_in_another_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "naevus.md").write_bytes("title: Nævus".encode("latin-1"))
    with pytest.raises(KnowledgeError, match=r"naevus\.md is not UTF-8"):
        load_pages(tmp_path, "en")


def test_language_without_pages_is_said(tmp_path: Path) -> None:
    _write(tmp_path, PAGE)
    with pytest.raises(KnowledgeError, match=r"no knowledge pages in .*tlh"):
        load_pages(tmp_path, "tlh")
