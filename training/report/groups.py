"""The figures by patient's and picture's attributes."""

from typing import Any

from training.formatting import NOTHING
from training.groups import ATTRIBUTES
from training.metrics import Interval
from training.report.markup import Html, element, interval, interval_bar, join, paragraph, section, subtitle, table


def groups(figures: dict[str, Any]) -> Html:
    """A table an attribute; a group that is too small is said to be so."""
    measured: dict[str, dict[str, Any]] = figures["groups"]
    if not measured:
        return section("groups", "Groups", paragraph("The archive states no attributes of its patients or pictures."))
    parts = [
        paragraph(
            "Archive mix. Balanced accuracy is the mean sensitivity over the classes that occur in the group, so "
            "groups with few classes compare poorly by it. Malignant AUC: malignant and premalignant classes against "
            "the rest. A difference counts only where intervals lie apart; groups also differ in their class mix."
        )
    ]
    for attribute, values in measured.items():
        parts += [subtitle(ATTRIBUTES[attribute]), _table(values)]
    absent = [title for attribute, title in ATTRIBUTES.items() if attribute not in measured]
    if absent:
        parts.append(paragraph(f"Not stated by this archive: {', '.join(absent).lower()}.", "muted"))
    return section("groups", "Groups", *parts)


def _table(values: dict[str, Any]) -> Html:
    rows = [
        (
            value,
            row["images"],
            row["lesions"],
            row["malignant_lesions"],
            _cell(row["accuracy"], row["too_few"]),
            interval(row["balanced_accuracy"]),
            _cell(row["malignant_auc"], row["too_few"] if row["accuracy"] else None),
        )
        for value, row in values.items()
    ]
    headings = ("", "Pictures", "Lesions", "Malignant lesions", "Accuracy", "Balanced accuracy", "Malignant AUC")
    return table(headings, rows)


def _cell(measured: Interval | None, too_few: str | None) -> Html:
    if measured is None:
        return element("span", f"too small to judge: {too_few}" if too_few else NOTHING, class_="muted")
    return join((interval_bar(measured), interval(measured)), " ")
