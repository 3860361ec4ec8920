"""Each class for itself: its figures, what it is taken for, and its curves."""

from typing import Any

from training import plots
from training.report.evidence import Evidence
from training.report.markup import Html, beside, element, interval, join, paragraph, plot, section, subtitle, table

_COLUMNS = {
    "precision": "Precision",
    "recall": "Sensitivity (recall)",
    "f1": "F1",
    "auc": "AUC",
    "sensitivity_at_90_specificity": "Sensitivity at 0.90 specificity",
}


def classes(figures: dict[str, Any], evidence: Evidence) -> Html:
    """Figures per class and for the malignant sum, the confusion matrix, ROC and precision-recall curves."""
    archive = figures["archive_mix"]
    rows: list[tuple[object, ...]] = []
    for label in evidence.labels:
        row = archive["per_class"][label.code]
        cells = (interval(row[name]) for name in _COLUMNS)
        rows.append((f"{label.name} ({label.code})", label.group, row["images"], *cells))
    if archive["malignant"] is not None:
        row = archive["malignant"]
        cells = (interval(row.get(name)) for name in _COLUMNS)
        rows.append(("Malignant in sum", "malignant or premalignant", row["images"], *cells))
    return section(
        "classes",
        "Each class",
        paragraph("Archive mix. Every class is judged against all others together."),
        table(("Class", "Group", "Pictures", *_COLUMNS.values()), rows, dense=True),
        paragraph(
            "Sensitivity at 0.90 specificity is read off the test part's own curve, anew in every resample; it "
            "compares networks and is not a threshold that ships.",
            "muted",
        ),
        subtitle("Confusion matrix"),
        _confusion(archive["confusion"], evidence.codes),
        beside(
            plot(
                plots.roc(evidence.probabilities, evidence.targets, evidence.codes),
                "ROC curves",
                "Each class against the rest, archive mix.",
            ),
            plot(
                plots.precision_recall(evidence.probabilities, evidence.targets, evidence.codes),
                "Precision-recall curves",
                "Each class against the rest, archive mix. A rare class starts from a low share, which is the "
                "precision that guessing reaches.",
            ),
        ),
    )


def _confusion(counts: list[list[int]], codes: tuple[str, ...]) -> Html:
    head = join((element("th", code, scope="col") for code in ("", *codes)), "")
    rows = join(
        Html(f"<tr>{element('th', code, scope='row')}{_confusion_cells(row)}</tr>")
        for code, row in zip(codes, counts, strict=True)
    )
    caption = element(
        "caption", "Rows: reference. Columns: the network's first answer. Pictures, and their share of the row."
    )
    return Html(
        f'<div class="scroll"><table class="confusion">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>'
        "</table></div>"
    )


def _confusion_cells(row: list[int]) -> Html:
    total = max(sum(row), 1)
    return join(
        (
            element(
                "td",
                Html(f"{count}<small>{count / total:.0%}</small>"),
                style=f"background: color-mix(in srgb, var(--accent) {45 * count / total:.0f}%, transparent)",
            )
            for count in row
        ),
        "",
    )
