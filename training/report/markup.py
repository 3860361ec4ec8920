"""The few pieces of HTML that a report is built from; every text is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape

from training.formatting import NOTHING
from training.metrics import Interval


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def text(value: object) -> Html:
    """Any value as escaped text; markup stays as it is."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def join(parts: Iterable[Html], between: str = "\n") -> Html:
    """Several pieces as one."""
    return Html(between.join(parts))


def element(tag: str, content: object, **attributes: str) -> Html:
    """One element; attribute names may end in `_` where Python reserves the word."""
    written = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{written}>{text(content)}</{tag}>")


def paragraph(content: object, class_: str = "") -> Html:
    """A paragraph."""
    return element("p", content, class_=class_) if class_ else element("p", content)


def section(anchor: str, title: str, *parts: Html) -> Html:
    """A titled part of the page."""
    return Html(f'<section id="{escape(anchor)}">\n{element("h2", title)}\n{join(parts)}\n</section>')


def subtitle(title: str) -> Html:
    """A title within a section."""
    return element("h3", title)


def table(headings: Sequence[object], rows: Iterable[Sequence[object]], caption: str = "", dense: bool = False) -> Html:
    """A table whose first column names the row and whose other columns are figures.

    `dense` puts intervals below their figures, for tables of many columns.
    """
    head = join((element("th", heading, scope="col") for heading in headings), "")
    body = join(_row(row) for row in rows)
    title = element("caption", caption) if caption else Html("")
    opening = '<table class="dense">' if dense else "<table>"
    return Html(
        f'<div class="scroll">{opening}{title}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'
    )


def interval(measured: Interval | None, digits: int = 3, unit: str = "") -> Html:
    """A figure with its interval, smaller, behind it; a dash where there is none."""
    if measured is None or measured["value"] is None:
        return Html(NOTHING)
    value = f"{measured['value']:.{digits}f}{escape(unit)}"
    if measured["low"] is None or measured["high"] is None:
        return element("span", value, class_="value")
    bounds = f"[{measured['low']:.{digits}f}, {measured['high']:.{digits}f}]"
    return Html(f"{element('span', value, class_='value')} {element('span', bounds, class_='bounds')}")


def interval_bar(measured: Interval | None, low: float = 0.0, high: float = 1.0) -> Html:
    """A figure and its interval drawn on a line from `low` to `high`; nothing where there is none."""
    if measured is None or measured["value"] is None or measured["low"] is None or measured["high"] is None:
        return Html("")
    width = 80
    left, middle, right = (
        width * min(max((value - low) / (high - low), 0), 1)
        for value in (measured["low"], measured["value"], measured["high"])
    )
    return Html(
        f'<svg class="bar" width="{width + 8}" height="14" viewBox="-4 0 {width + 8} 14" aria-hidden="true">'
        f'<line x1="0" y1="7" x2="{width}" y2="7" class="axis"/>'
        f'<line x1="{left:.1f}" y1="7" x2="{right:.1f}" y2="7" class="range"/>'
        f'<circle cx="{middle:.1f}" cy="7" r="3.2"/></svg>'
    )


def plot(svg: str, title: str, note: str) -> Html:
    """A drawing with its title and what it shows in words."""
    caption = element("figcaption", Html(f"<strong>{escape(title)}.</strong> {escape(note)}"))
    return Html(f'<figure class="plot" role="img" aria-label="{escape(title)}">{svg}{caption}</figure>')


def beside(*parts: Html) -> Html:
    """Pieces next to each other, as many as fit."""
    return Html(f'<div class="beside">{join(parts)}</div>')


def bullets(entries: Iterable[object]) -> Html:
    """A list."""
    return element("ul", join(element("li", entry) for entry in entries))


def _row(cells: Sequence[object]) -> Html:
    first, *others = cells
    return Html(f"<tr>{element('th', first, scope='row')}{join((element('td', cell) for cell in others), '')}</tr>")
