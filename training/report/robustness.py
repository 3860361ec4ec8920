"""What worse and other pictures do to the answers, and the check for the known shortcut."""

from typing import Any

from training.formatting import format_share
from training.report.markup import Html, interval, interval_bar, join, paragraph, section, subtitle, table


def robustness(figures: dict[str, Any]) -> Html:
    """Every change with its figures beside the unchanged pictures', and the vascular shortcut's table."""
    measured = figures.get("robustness")
    if measured is None:
        return section("robustness", "Robustness", paragraph("Left out of this evaluation."))
    unchanged = measured["unperturbed"]
    rows = [("Unchanged", "", *_figures(unchanged), "")]
    rows += [
        (row["kind"], row["strength"], *_figures(row), format_share(row["unchanged"]))
        for row in measured["perturbed"].values()
    ]
    parts = [
        paragraph(
            f"{measured['images']:,} of the {measured['of_images']:,} test pictures, drawn at random with a fixed "
            "seed, changed one way at a time. Archive mix. Blur is for an input of 224 px; changes of geometry happen "
            "in the frame before it is squashed."
        ),
        table(("Change", "Strength", "Accuracy", "Balanced accuracy", "Same first answer"), rows),
    ]
    if "vasc_shortcut" in measured:
        parts += _shortcut(measured["vasc_shortcut"], measured["perturbed"])
    return section("robustness", "Robustness", *parts)


def _figures(row: dict[str, Any]) -> tuple[Html, Html]:
    accuracy = join((interval_bar(row["accuracy"]), interval(row["accuracy"])), " ")
    return accuracy, interval(row["balanced_accuracy"])


def _shortcut(shortcut: dict[str, Any], perturbed: dict[str, Any]) -> list[Html]:
    def title(name: str) -> str:
        row = perturbed.get(name)
        return f"{row['kind']}, {row['strength']}" if row else "Unchanged"

    rows = [
        (title(name), f"{row['mean_probability']:.4f}", format_share(row["answered"]))
        for name, row in shortcut["by"].items()
    ]
    return [
        subtitle("Vascular shortcut"),
        paragraph(
            "Most vascular lesions of HAM10000 went through another resampling than the rest, so a network can learn "
            "“blurred or re-encoded means vascular”. On the "
            f"{shortcut['images']:,} pictures of other classes the probability of vasc must not rise with re-sampling."
        ),
        table(("Change", "Mean probability of vasc", "Answered vasc"), rows),
    ]
