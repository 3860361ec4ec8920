"""The figures over all pictures: the ones that matter most, then every class mix, one view beside eight."""

from typing import Any

from training.figures import MIXES
from training.formatting import OVERALL, mix_name
from training.metrics import Interval
from training.report.markup import Html, element, interval, join, paragraph, section, table, text

_MIXES_EXPLAINED = (
    "Archive mix: probabilities for the class shares of the archive, which is what the program shows unless it is told "
    "otherwise. Balanced mix: every class equally likely beforehand. Halfway mix: each class's share is the square "
    "root of the archive's, rescaled."
)


def summary(figures: dict[str, Any]) -> Html:
    """The leading figures as tiles."""
    archive = figures["archive_mix"]
    tiles: list[tuple[str, Interval | None, int]] = [
        ("Accuracy, archive mix", archive["accuracy"], 3),
        ("Balanced accuracy, balanced mix", figures["balanced_mix"]["balanced_accuracy"], 3),
        ("Macro AUC", archive["macro_auc"], 3),
        ("Expected calibration error", archive["expected_calibration_error"], 3),
        ("Accuracy at 80 % coverage", figures["selective_80"]["accuracy"], 3),
        ("Gain at 80 % coverage, points", figures["selective_80"]["gain_points"], 1),
    ]
    if "mel" in archive["per_class"]:
        melanoma = archive["per_class"]["mel"]["sensitivity_at_90_specificity"]
        tiles.insert(3, ("Melanoma: sensitivity at 0.90 specificity", melanoma, 3))
    if archive["malignant"] is not None:
        malignant = archive["malignant"]["sensitivity_at_90_specificity"]
        tiles.insert(4, ("Malignant in sum: sensitivity at 0.90 specificity", malignant, 3))
    if "novelty" in figures:
        tiles += [(f"Novelty AUROC, {name}", row["auroc"], 3) for name, row in figures["novelty"]["against"].items()]
    return section(
        "summary",
        "Summary",
        paragraph(
            f"{figures['images']:,} pictures of {figures['lesions']:,} {figures['grouped_by']} of the "
            f"{figures['part']} part, one view a picture. In brackets: {figures['interval']}."
        ),
        element("div", join(_tile(*tile) for tile in tiles), class_="tiles"),
    )


def overall(figures: dict[str, Any]) -> Html:
    """Every class mix, one view beside eight."""
    eight = figures.get("eight_views", {})
    rows = [
        (
            text(f"{mix_name(mix)}, {title}"),
            interval(figures[mix][name]),
            interval(eight.get(mix, {}).get(name)),
        )
        for mix in MIXES
        for name, title in {**OVERALL, "negative_log_likelihood": "log loss (nats)"}.items()
    ]
    return section(
        "overall",
        "All pictures",
        paragraph(_MIXES_EXPLAINED),
        table(("", "One view", "Eight views"), rows),
        paragraph(
            "Eight views: the probabilities of the four quarter turns and their mirror images, averaged. The program "
            "uses one view.",
            "muted",
        ),
    )


def _tile(name: str, measured: Interval | None, digits: int) -> Html:
    return element("div", join((interval(measured, digits), element("div", name, class_="name"))), class_="tile")
