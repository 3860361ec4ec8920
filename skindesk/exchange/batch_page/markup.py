"""The few pieces of HTML that the page is built from; every text is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def text(value: object) -> Html:
    """Any value as escaped text; markup stays as it is. What is no Unicode in a file's name is replaced."""
    if isinstance(value, Html):
        return value
    return Html(escape(str(value).encode("utf-8", errors="replace").decode("utf-8")))


def join(parts: Iterable[Html], between: str = "\n") -> Html:
    """Several pieces as one."""
    return Html(between.join(parts))


def element(tag: str, content: object, **attributes: str) -> Html:
    """One element; attribute names may end in `_` where Python reserves the word."""
    written = "".join(f' {name.rstrip("_")}="{text(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{written}>{text(content)}</{tag}>")


def section(title: str, *parts: Html) -> Html:
    """A titled part of the page."""
    return Html(f"<section>\n{element('h2', title)}\n{join(parts)}\n</section>")


def table(headings: Sequence[object], rows: Iterable[Sequence[object]], class_: str = "") -> Html:
    """A table whose first column names the row."""
    head = join((element("th", heading, scope="col") for heading in headings), "")
    body = join(_row(row) for row in rows)
    opening = f'<table class="{class_}">' if class_ else "<table>"
    return Html(f'<div class="scroll">{opening}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>')


def figure(svg: Html, title: str, note: str) -> Html:
    """A drawing with its title, and what it shows in words."""
    caption = element("figcaption", Html(f"<strong>{text(title)}.</strong> {text(note)}"))
    return Html(f'<figure role="img" aria-label="{text(title)}">{svg}{caption}</figure>')


def _row(cells: Sequence[object]) -> Html:
    first, *others = cells
    return Html(f"<tr>{element('th', first, scope='row')}{join((element('td', cell) for cell in others), '')}</tr>")
