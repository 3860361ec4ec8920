"""How figures are written, in the terminal, in cards and in reports."""

from typing import Any

from training.figures import MIXES
from training.metrics import Interval

NOTHING = "–"
"""What stands where a figure is undefined."""
OVERALL = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_auc": "macro AUC",
    "expected_calibration_error": "expected calibration error",
}


def format_share(share: float | None) -> str:
    """`81.2%`, or a dash where there is nothing to take a share of."""
    return NOTHING if share is None else f"{share:.1%}"


def format_interval(interval: Interval | None, digits: int = 3) -> str:
    """`0.812 [0.794, 0.829]`, or a dash where the figure is undefined."""
    if interval is None or interval["value"] is None or interval["low"] is None or interval["high"] is None:
        return NOTHING
    return f"{interval['value']:.{digits}f} [{interval['low']:.{digits}f}, {interval['high']:.{digits}f}]"


def mix_name(mix: str) -> str:
    """`archive mix` for the key `archive_mix`."""
    return mix.replace("_", " ")


def format_figures(figures: dict[str, Any]) -> str:
    """The figures as a table for the terminal."""
    return "\n".join(
        (
            f"{figures['model_id']} ({figures['architecture']}): {figures['images']} test pictures of "
            f"{figures['lesions']} {figures['grouped_by']}, {figures['interval']}",
            *_mixes(figures),
            *_classes(figures["archive_mix"]),
            *_malignant(figures["archive_mix"]),
            *_selection(figures),
            *_novelty(figures.get("novelty")),
            *_robustness(figures.get("robustness")),
            *_externals(figures.get("external", {})),
        )
    )


def _mixes(figures: dict[str, Any]) -> list[str]:
    lines = [f"  {'':<30}{'one view':<24}eight views"]
    for mix in MIXES:
        lines.append(f"  {mix_name(mix)}")
        for name, title in OVERALL.items():
            eight = figures.get("eight_views", {}).get(mix, {}).get(name)
            cell = "" if eight is None else format_interval(eight)
            lines.append(f"    {title:<28}{format_interval(figures[mix][name]):<24}{cell}".rstrip())
    calibration = figures["calibration"]
    before = calibration["before"]["expected_calibration_error"]
    lines.append(
        f"  expected calibration error before calibration {format_interval(before)}, "
        f"temperature {calibration['temperature']:.3f}"
    )
    return lines


def _classes(measured: dict[str, Any]) -> list[str]:
    columns = {
        "precision": "precision", "recall": "recall", "f1": "F1", "auc": "AUC",
        "sensitivity_at_90_specificity": "sensitivity at 0.90 specificity  (archive mix)",
    }  # fmt: skip
    lines = [f"  {'class':<8}{'images':>7}  " + "".join(f"{title:<22}" for title in columns.values())]
    for code, row in measured["per_class"].items():
        cells = "".join(f"{format_interval(row[name]):<22}" for name in columns)
        lines.append(f"  {code:<8}{row['images']:>7}  {cells.rstrip()}")
    return lines


def _malignant(measured: dict[str, Any]) -> list[str]:
    named = {code: row["sensitivity_at_90_specificity"] for code, row in measured["per_class"].items() if code == "mel"}
    if measured["malignant"] is not None:
        named["malignant in sum"] = measured["malignant"]["sensitivity_at_90_specificity"]
    return [f"  sensitivity at 0.90 specificity, {name}: {format_interval(value)}" for name, value in named.items()]


def _selection(figures: dict[str, Any]) -> list[str]:
    rule, at_80 = figures["selective"], figures["selective_80"]
    return [
        f"  at {at_80['coverage']:.0%} coverage: accuracy {format_interval(at_80['accuracy'])}, "
        f"gain {format_interval(at_80['gain_points'], 1)} points",
        f"  decision rule: answers {rule['coverage']:.1%}, of which {format_share(rule['accuracy_answered'])} right; "
        f"of the rest {format_share(rule['accuracy_abstained'])} would have been",
    ]


def _novelty(novelty: dict[str, Any] | None) -> list[str]:
    if novelty is None:
        return []
    lines = [f"  novelty by {novelty['method']}: refuses {format_interval(novelty['test_refused'])} of test pictures"]
    lines += [
        f"    against {name} ({row['pictures']} pictures): AUROC {format_interval(row['auroc'])}, "
        f"refused {format_interval(row['refused'])}"
        for name, row in novelty["against"].items()
    ]
    return lines


def _robustness(robustness: dict[str, Any] | None) -> list[str]:
    if robustness is None:
        return ["  robustness: not measured"]
    worst = min(robustness["perturbed"].values(), key=lambda row: row["balanced_accuracy"]["value"])
    return [
        f"  robustness, {robustness['images']} pictures: balanced accuracy "
        f"{format_interval(robustness['unperturbed']['balanced_accuracy'])}, worst under "
        f"{worst['kind'].lower()} {worst['strength']}: {format_interval(worst['balanced_accuracy'])}"
    ]


def _externals(externals: dict[str, Any]) -> list[str]:
    lines = []
    for name, measured in externals.items():
        lines.append(f"  {name}: {measured['images']} pictures of {measured['lesions']} lesions or patients")
        for mix in MIXES:
            if measured[mix] is not None:
                cells = ", ".join(f"{title} {format_interval(measured[mix][key])}" for key, title in OVERALL.items())
                lines.append(f"    {mix_name(mix)}: {cells}")
    return lines
