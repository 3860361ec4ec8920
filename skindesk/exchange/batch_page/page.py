"""Puts the page together and writes it."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.wording import INTENDED_USE
from skindesk.exchange.batch_page.content import BatchPage, Shown
from skindesk.exchange.batch_page.drawings import class_bars, histogram
from skindesk.exchange.batch_page.markup import Html, element, figure, join, section, table, text
from skindesk.exchange.batch_page.style import STYLE
from skindesk.system.files import write_durably

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The page fetches nothing, and a browser holds it to that."""
_NOTHING = "–"
_FIGURES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_auc": "macro AUC",
    "expected_calibration_error": "expected calibration error",
    "negative_log_likelihood": "negative log likelihood",
}
_PER_CLASS = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "auc": "AUC",
    "sensitivity_at_90_specificity": "sensitivity at 0.90 specificity",
}


def write_page(page: BatchPage, path: Path) -> None:
    """Write the page, whole or not at all. Raises OutputUnavailableError."""
    try:
        write_durably(path, as_html(page).encode("utf-8"))
    except OSError as error:
        raise OutputUnavailableError(
            f"{path.name} cannot be written: {error.strerror or error}.", "Check the folder and the free space."
        ) from error


def as_html(page: BatchPage) -> str:
    """The page as one HTML document."""
    body = join(_parts(page))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>SkinDesk: results of {page.total:,} pictures</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _parts(page: BatchPage) -> Iterator[Html]:
    yield _head(page)
    yield Html("<main>")
    yield _counts(page)
    yield _distributions(page)
    if page.evaluation is not None:
        yield _evaluation(page)
    if page.rejected:
        yield _rejected(page)
    if page.shown:
        yield _sheet(page)
    yield Html("</main>")
    yield element("footer", element("p", INTENDED_USE, class_="muted"))


def _head(page: BatchPage) -> Html:
    facts = f"{page.model} · class mix {page.class_mix} · {page.made_at.astimezone():%d %B %Y, %H:%M}"
    named = ["paths on standard input" if source == "-" else source for source in page.sources]
    sources = ", ".join(named[:5]) + (f" and {len(named) - 5:,} more" if len(named) > 5 else "")
    return element(
        "header",
        join(
            (
                element("h1", "Results of a batch"),
                element("p", facts),
                element("p", sources, class_="muted"),
                element("p", "File names and pictures on this page may identify patients.", class_="caution"),
            )
        ),
    )


def _counts(page: BatchPage) -> Html:
    tiles = {
        "pictures": page.total,
        "supported": page.classified_count - page.abstained_count,
        **{f"abstained: {reason.replace('_', ' ')}": count for reason, count in page.abstained.items()},
        "rejected": page.rejected_count,
    }
    drawn = join(
        element("div", Html(f"<strong>{count:,}</strong><span>{text(name)}</span>"), class_="tile")
        for name, count in tiles.items()
    )
    flags = table(("quality flag", "pictures"), ((name, f"{n:,}") for name, n in page.quality_flags.items()))
    return section("Counts", element("div", drawn, class_="tiles"), *((flags,) if page.quality_flags else ()))


def _distributions(page: BatchPage) -> Html:
    drawings = [
        figure(
            class_bars(page.leading),
            "Leading class",
            "How many pictures each class led for; abstained answers are paler, malignant or premalignant classes red.",
        ),
        figure(
            histogram(page.malignant_sums, 0, 1),
            "Malignant or premalignant in sum",
            "How many pictures had which probability of any malignant or premalignant class.",
        ),
    ]
    if page.novelty_range is not None:
        low, high = page.novelty_range
        drawings.append(
            figure(
                histogram(page.novelties, low, high, page.novelty_threshold, "abstains from here"),
                "Novelty",
                "How unlike its training pictures the network found them; strange pictures are to the right.",
            )
        )
    return section("Distributions", element("div", join(drawings), class_="beside"))


def _evaluation(page: BatchPage) -> Html:
    found = page.evaluation or {}
    facts = (
        f"{found['images']:,} labelled pictures of {found['lesions']:,} lesions were answered; {found['rejected']:,} "
        f"labelled ones were rejected, {found['unlabelled']:,} had no label. {found['interval']}."
    )
    parts = [element("p", facts)]
    if found["unknown_labels"]:
        named = ", ".join(f"{label} ({count:,})" for label, count in list(found["unknown_labels"].items())[:20])
        parts.append(element("p", f"Labels that the network does not know: {named}.", class_="caution"))
    figures = found["figures"]
    if figures is not None:
        parts += [
            table(("figure", "value and 95 % interval"), _overall(figures)),
            table(("class", "pictures", *_PER_CLASS.values()), _classes(figures)),
            _confusion(figures),
        ]
    return section("Against the labels", *parts)


def _overall(figures: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    for key, name in _FIGURES.items():
        yield name, _interval(figures[key])
    malignant = figures["malignant"]
    if malignant is not None:
        yield "AUC of the malignant sum", _interval(malignant["auc"])
        yield (
            "sensitivity of the malignant sum at 0.90 specificity",
            _interval(malignant["sensitivity_at_90_specificity"]),
        )


def _classes(figures: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    for code, row in figures["per_class"].items():
        yield code, f"{row['images']:,}", *(_interval(row[key]) for key in _PER_CLASS)


def _confusion(figures: Mapping[str, Any]) -> Html:
    codes = list(figures["per_class"])
    rows = ((code, *(f"{n:,}" for n in row)) for code, row in zip(codes, figures["confusion"], strict=True))
    note = element("p", "Confusion matrix: a row for each label, a column for each leading class.", class_="muted")
    return join((note, table(("", *codes), rows, "confusion")))


def _rejected(page: BatchPage) -> Html:
    by_reason = table(
        ("reason", "files"), ((reason.replace("_", " "), f"{count:,}") for reason, count in page.rejected.items())
    )
    files = table(("file", "why"), ((entry.name, entry.message) for entry in page.rejected_files))
    left_out = page.rejected_count - len(page.rejected_files)
    more = f"The first {len(page.rejected_files):,} of {page.rejected_count:,} files"
    title = more if left_out else f"All {page.rejected_count:,} files"
    return section("Rejected", by_reason, Html(f"<details><summary>{text(title)}</summary>{files}</details>"))


def _sheet(page: BatchPage) -> Html:
    count = len(page.shown)
    note = (
        f"The {count:,} of {page.classified_count:,} pictures with the highest malignant sums; each leads to its file."
    )
    sheet = element("div", join(map(_picture, page.shown)), class_="sheet")
    return section("Highest malignant sums", element("p", note, class_="muted"), sheet)


def _picture(shown: Shown) -> Html:
    data = base64.b64encode(shown.thumbnail).decode("ascii")
    image = f'<img src="data:image/jpeg;base64,{data}" alt="" loading="lazy">' if data else '<div class="none"></div>'
    decision = " · abstained" if shown.abstained else ""
    answer = element("span", f"{shown.malignant_sum:.0%} · {shown.leading}{decision}")
    name = element("span", shown.name, class_="name")
    return element("a", Html(f"{image}{answer}{name}"), href=shown.place, title=shown.name)


def _interval(measured: Mapping[str, float | None] | None) -> str:
    if measured is None or measured["value"] is None:
        return _NOTHING
    if measured["low"] is None or measured["high"] is None:
        return f"{measured['value']:.3f}"
    return f"{measured['value']:.3f} [{measured['low']:.3f}, {measured['high']:.3f}]"
