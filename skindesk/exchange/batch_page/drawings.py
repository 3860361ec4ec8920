"""The page's drawings as inline SVG, in the page's own colours, so that they serve light, dark and paper."""

from collections.abc import Sequence

from skindesk.exchange.batch_page.content import LeadingClass
from skindesk.exchange.batch_page.markup import Html, text

_WIDTH, _HEIGHT, _FOOT = 480, 150, 22
_ROW, _NAMES, _FIGURES = 24, 190, 60


def histogram(counts: Sequence[int], low: float, high: float, mark: float | None = None, marked: str = "") -> Html:
    """Counts in equal bins from `low` to `high`; `mark` draws a line at a value, with a word for it."""
    highest, width = max(max(counts, default=0), 1), _WIDTH / max(1, len(counts))
    bars = []
    for at, count in enumerate(counts):
        tall = (_HEIGHT - _FOOT - 14) * count / highest
        if count:
            tall = max(tall, 1.0)  # a single picture is to be seen among ten thousand
        bars.append(
            f'<rect x="{at * width + 0.5:.1f}" y="{_HEIGHT - _FOOT - tall:.1f}" width="{width - 1:.1f}" '
            f'height="{tall:.1f}" class="bar"><title>{count:,}</title></rect>'
        )
    line = "" if mark is None or not low <= mark <= high else _mark((mark - low) / (high - low) * _WIDTH, marked)
    foot = _HEIGHT - 6
    ticks = "".join(
        f'<text x="{share * _WIDTH:.0f}" y="{foot}" text-anchor="{anchor}">{low + share * (high - low):.3g}</text>'
        for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    )
    base = f'<line x1="0" y1="{_HEIGHT - _FOOT}" x2="{_WIDTH}" y2="{_HEIGHT - _FOOT}" class="axis"/>'
    most = f'<text x="0" y="10" class="muted">highest bar: {max(counts, default=0):,}</text>'
    return Html(f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(bars)}{base}{line}{ticks}{most}</svg>')


def class_bars(classes: Sequence[LeadingClass]) -> Html:
    """One bar a class: the supported answers, then the abstained ones, paler."""
    most = max((entry.supported + entry.abstained for entry in classes), default=0) or 1
    span = _WIDTH - _NAMES - _FIGURES
    rows = []
    for at, entry in enumerate(classes):
        top = at * _ROW
        solid, pale = (span * count / most for count in (entry.supported, entry.abstained))
        kind = "malignant" if entry.counts_as_malignant else "bar"
        rows.append(
            f'<text x="{_NAMES - 8}" y="{top + 16}" text-anchor="end">{text(_short(entry.name))}</text>'
            f'<rect x="{_NAMES}" y="{top + 4}" width="{solid:.1f}" height="{_ROW - 8}" class="{kind}"/>'
            f'<rect x="{_NAMES + solid:.1f}" y="{top + 4}" width="{pale:.1f}" height="{_ROW - 8}" class="{kind} pale"/>'
            f'<text x="{_NAMES + solid + pale + 6:.1f}" y="{top + 16}">{entry.supported + entry.abstained:,}</text>'
        )
    return Html(f'<svg viewBox="0 0 {_WIDTH} {max(1, len(classes)) * _ROW}">{"".join(rows)}</svg>')


def _mark(x: float, word: str) -> str:
    anchor, aside = ("end", -4) if x > _WIDTH / 2 else ("start", 4)
    return (
        f'<line x1="{x:.1f}" y1="14" x2="{x:.1f}" y2="{_HEIGHT - _FOOT}" class="mark"/>'
        f'<text x="{x + aside:.1f}" y="24" text-anchor="{anchor}">{text(word)}</text>'
    )


def _short(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"
