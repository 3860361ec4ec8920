"""How well the network notices a picture that is unlike its training data."""

from typing import Any

from training.formatting import format_share
from training.report.markup import Html, element, interval, paragraph, section, subtitle, table


def novelty(figures: dict[str, Any]) -> Html:
    """The novelty score against each foreign set, and the scores that it was chosen from."""
    measured = figures.get("novelty")
    if measured is None:
        return section("novelty", "Novelty", paragraph("Not measured in this evaluation."))
    rows = [
        (name, row["pictures"], interval(row["auroc"]), interval(row["refused"]))
        for name, row in measured["against"].items()
    ]
    parts = [
        paragraph(
            f"Score: {measured['method']}. The threshold {measured['threshold']:.4g} was set on the validation part, "
            f"of which it refuses {format_share(measured['validation_refused'])}."
        ),
        element("p", Html(f"Test pictures refused as novel: {interval(measured['test_refused'])}")),
        table(("Against", "Pictures", "AUROC", "Refused"), rows),
    ]
    if measured.get("compared"):
        parts += [subtitle("Scores compared"), _compared(measured["compared"], measured["method"])]
    return section("novelty", "Novelty", *parts)


def _compared(methods: dict[str, dict[str, Any]], chosen: str) -> Html:
    names = list(dict.fromkeys(name for row in methods.values() for name in row))
    rows = [
        (f"{method} (chosen)" if method == chosen else method, *(_cell(row.get(name)) for name in names))
        for method, row in methods.items()
    ]
    return table(("Score", *(name.replace("_", " ") for name in names)), rows)


def _cell(value: Any) -> Html | str:
    if isinstance(value, dict):
        return interval(value)  # type: ignore[arg-type] # an Interval read back from JSON
    return f"{value:.3f}" if isinstance(value, float) else str("–" if value is None else value)
