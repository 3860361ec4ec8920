"""The same network on other archives."""

from typing import Any

from training.figures import MIXES
from training.formatting import OVERALL, mix_name
from training.report.markup import Html, interval, paragraph, section, subtitle, table

_COLUMNS = {
    "precision": "Precision",
    "recall": "Sensitivity",
    "f1": "F1",
    "auc": "AUC",
    "sensitivity_at_90_specificity": "Sensitivity at 0.90 specificity",
}


def external(figures: dict[str, Any]) -> Html:
    """Overall and per-class figures of each external archive."""
    measured: dict[str, dict[str, Any]] = figures.get("external", {})
    if not measured:
        return Html("")
    parts = [part for name, entry in measured.items() for part in _archive(name, entry)]
    return section("external", "Other archives", *parts)


def _archive(name: str, entry: dict[str, Any]) -> list[Html]:
    left_out = entry["left_out"]
    said = (
        f"{entry['title']}: {entry['images']:,} of {entry['of_images']:,} pictures, of {entry['lesions']:,} lesions or "
        f"patients. Left out: {left_out['other_classes']:,} of classes that the network does not know, "
        f"{left_out['learnt_from']:,} that it was trained or validated on."
    )
    if entry["archive_mix"] is None:
        return [subtitle(name), paragraph(said), paragraph("Nothing is left to measure.")]
    overall = [(mix_name(mix), *(interval(entry[mix][key]) for key in OVERALL)) for mix in MIXES]
    classes = [
        (code, row["images"], *(interval(row[key]) for key in _COLUMNS))
        for code, row in entry["archive_mix"]["per_class"].items()
    ]
    return [
        subtitle(name),
        paragraph(said),
        table(("Class mix", *(title[0].upper() + title[1:] for title in OVERALL.values())), overall),
        table(("Class", "Pictures", *_COLUMNS.values()), classes, "Classes with pictures, archive mix", dense=True),
    ]
