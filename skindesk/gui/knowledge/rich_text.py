"""Turns the paragraphs and lists of a knowledge page into rich text in which nothing is code and no link leads out."""

from collections.abc import Callable
from html import escape

from skindesk.services.knowledge import Passage

_LINE_HEIGHT = "line-height: 140%;"
_LIST = "margin: 0px 0px 0px 14px; -qt-list-indent: 0;"
Linking = Callable[[str], tuple[Passage, ...]]
"""Cuts a text where it names other pages."""


def rich_text(markdown: str, linking: Linking | None = None) -> str:
    """A section's text; its links carry the slugs of the pages that they name."""
    return "".join(_block(block, linking or _unlinked) for block in markdown.split("\n\n"))


def _block(block: str, linking: Linking) -> str:
    if not block.startswith("- "):
        return f'<p style="margin: 0px 0px 8px 0px; {_LINE_HEIGHT}">{_inline(block, linking)}</p>'
    items = (_inline(item, linking) for item in block.removeprefix("- ").split("\n- "))
    listed = "".join(f'<li style="margin-bottom: 4px; {_LINE_HEIGHT}">{item}</li>' for item in items)
    return f'<ul style="{_LIST}">{listed}</ul>'


def _inline(text: str, linking: Linking) -> str:
    return "".join(_passage(passage) for passage in linking(" ".join(text.split())))


def _passage(passage: Passage) -> str:
    words = escape(passage.text)
    return words if passage.slug is None else f'<a href="{escape(passage.slug)}">{words}</a>'


def _unlinked(text: str) -> tuple[Passage, ...]:
    return (Passage(text),)
