"""The model card: what a network is, how well it does, and what it must not be used for.

Figures come from the run's own files, facts of the data from the archive's reader; the intended use, and what the
method cannot do, are stated here.
"""

from importlib.metadata import version
from typing import Any

from skindesk.domain.contract import Geometry, Modality, ModelContract
from training.cache import Cache
from training.formatting import format_interval, format_share
from training.groups import ATTRIBUTES
from training.metrics import Interval

_INTENDED = {
    Modality.DERMOSCOPIC: "Decision support for research and second opinion on dermoscopic pictures of single skin"
    " lesions in adults.",
    Modality.CLINICAL: "Decision support for research and second opinion on close-up photographs of single skin lesions"
    " in adults, taken without a dermatoscope.",
}
_OTHER_MODALITY = {
    Modality.DERMOSCOPIC: "Pictures without a dermatoscope, mucosa, nails, inflammatory or infectious disease, or"
    " several lesions at once.",
    Modality.CLINICAL: "Dermoscopic pictures, overviews of the body, mucosa, nails, inflammatory or infectious disease,"
    " or several lesions at once.",
}
_NOT_FOR = (
    "Making a diagnosis without a clinician, or ruling out malignancy.",
    "Lesions of any class that is not listed: the network spreads its probability over the classes it knows.",
)
_LIMITS = (
    "The test part holds few lesions of the rarer classes; their intervals tell how little is known of them.",
    "The test part comes from the same archive as the training part; results at another clinic will be lower.",
    "The novelty score refuses pictures that look like no training picture. A disease that the network was never shown"
    " may look familiar to it and get an answer.",
    "No clinical evaluation has taken place: how clinicians decide with and without this network was not studied.",
)
_WAYS_TO_A_SQUARE = {
    Geometry.SQUASH: "the whole frame squashed to a square",
    Geometry.FIT: "the largest centred square",
}


def card_json(
    contract: ModelContract,
    cache: Cache,
    digest: str,
    figures: dict[str, Any],
    comparisons: list[dict[str, Any]],
    record: dict[str, Any],
    agreement: dict[str, Any],
) -> dict[str, Any]:
    """The card as data: digest, licence, intended use, metrics with intervals, provenance."""
    return {
        "model_id": contract.model_id,
        "version": contract.version,
        "title": contract.title,
        "digest": digest,
        "licence": contract.training.licence,
        "intended_use": _INTENDED[contract.modality],
        "not_for": [_NOT_FOR[0], _OTHER_MODALITY[contract.modality], *_NOT_FOR[1:]],
        "limits": [*_LIMITS, *cache.limits],
        "data": {
            "title": cache.dataset_title,
            "facts": [
                f"{len(cache.targets):,} pictures of {len(set(cache.groups)):,} {cache.grouped_by}.",
                *cache.facts,
            ],
            "split_digest": cache.split_digest,
        },
        "metrics": figures,
        "comparisons": comparisons,
        "agreement": agreement,
        "training": record,
        "export_versions": {name: version(name) for name in ("tensorflow", "tf2onnx", "onnx", "onnxruntime")},
    }


def card_text(contract: ModelContract, card: dict[str, Any]) -> str:
    """The card as Markdown for reading."""
    metrics = card["metrics"]
    parts = [
        f"# {contract.title} ({contract.model_id} {contract.version})",
        f"{card['intended_use']} Not a cleared medical device.",
        _identity(contract, card),
        "## How well it does",
        f"Measured on {metrics['images']:,} test pictures of {metrics['lesions']:,} {metrics['grouped_by']} that had "
        f"no picture in training or validation (grouped split `{metrics['split_digest'][:12]}`), one view a picture. "
        f"In brackets: 95 % bootstrap intervals over {metrics['grouped_by']}.",
        _overall_table([metrics, *card["comparisons"]]),
        "Without a note the figures are for the archive's class mix, which is what the program shows unless another is"
        " set. Balanced mix: every class equally likely.",
        _headlines(metrics),
        "### Each class (archive mix)",
        _class_table(contract, metrics),
        "### Groups (archive mix)",
        _group_tables(metrics["groups"]),
        "### When it does not answer",
        _decision(contract, metrics),
        *_robustness(metrics.get("robustness")),
        *_external(metrics.get("external")),
        "## Data",
        _bullets([f"{contract.training.dataset}. Licence: {card['licence']}.", *card["data"]["facts"]]),
        "## Not for",
        _bullets(card["not_for"]),
        "## Known limits and failures",
        _bullets([*card["limits"], _worst_class(contract, metrics)]),
        "## Make it again",
        _provenance(card),
        "## Where this card answers the checklists",
        _CHECKLIST,
    ]
    return "\n\n".join(parts) + "\n"


_CHECKLIST = "\n".join(
    (
        "| Topic (CLEAR Derm, DECIDE-AI) | Where |",
        "|---|---|",
        "| Image source, dates, modality, de-identification | Data |",
        "| How the reference diagnosis was set | Data |",
        "| Artefacts: hair, ruler, pen marks | Known limits; Robustness |",
        "| Skin types, age, sex, site | Groups; Known limits |",
        "| Split, and that no lesion or patient is on both sides | How well it does; Data |",
        "| Preprocessing, architecture, training, versions, seed | the list above; Make it again |",
        "| Figures with intervals, per class and per group | How well it does |",
        "| Calibration, class mix | How well it does |",
        "| Abstention, unfamiliar pictures, failures | When it does not answer; Known limits |",
        "| Intended use and users; what it is not for | the first lines; Not for |",
        "| Version and digest | the first list |",
        "| Use by clinicians, human factors, safety in practice | not studied (Known limits) |",
    )
)


def _identity(contract: ModelContract, card: dict[str, Any]) -> str:
    spec = contract.preprocessing
    entries = [
        f"Architecture: {contract.training.architecture}, input {spec.width_px} x {spec.height_px}, "
        f"{_WAYS_TO_A_SQUARE[spec.geometry]}",
        f"SHA-256 of the network: `{card['digest']}`",
        f"Trained {contract.training.trained_at[:10]} at commit `{contract.training.git_commit}`",
        f"Licence of the network: {card['licence']}, as its training data",
    ]
    twin = card["metrics"].get("quantised")
    if twin is not None:
        compared = twin["validation"]
        entries.append(
            f"The 8-bit twin of {twin['parent']} (`{twin['parent_digest'][:12]}`). On the {compared['pictures']:,} "
            f"validation pictures its balanced accuracy is {compared['balanced_accuracy']:.3f} against "
            f"{compared['balanced_accuracy_parent']:.3f}, and {compared['agreement']:.1%} of its first answers are "
            "its parent's"
        )
    return _bullets(entries)


def _overall_table(rows: list[dict[str, Any]]) -> str:
    columns = (
        ("accuracy", "archive_mix", "Accuracy"),
        ("balanced_accuracy", "archive_mix", "Balanced accuracy"),
        ("macro_auc", "archive_mix", "Macro AUC"),
        ("expected_calibration_error", "archive_mix", "Calibration error"),
        ("balanced_accuracy", "balanced_mix", "Balanced accuracy, balanced mix"),
    )
    lines = [
        "| Network | " + " | ".join(title for _, _, title in columns) + " | A picture, one thread |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for row in rows:
        cells = " | ".join(format_interval(row[mix][name]) for name, mix, _ in columns)
        took = f"{row['times']['milliseconds']:.1f} ms" if "times" in row else "–"
        lines.append(f"| {row['model_id']} ({row['architecture']}) | {cells} | {took} |")
    return "\n".join(lines)


def _headlines(metrics: dict[str, Any]) -> str:
    archive, eight, at_80 = metrics["archive_mix"], metrics.get("eight_views"), metrics["selective_80"]
    calibration = metrics["calibration"]
    before = calibration["before"]["expected_calibration_error"]
    entries = [
        f"Calibration: temperature {calibration['temperature']:.3f}, set on the validation part; before it the error "
        f"was {format_interval(before)}.",
        f"Answering the clearest {at_80['coverage']:.0%} only: accuracy {format_interval(at_80['accuracy'])}, "
        f"{format_interval(at_80['gain_points'], 1)} points more than on all.",
    ]
    if eight is not None:
        entries.append(
            "Eight views (turned and mirrored) of each picture: accuracy "
            f"{_cell(eight, 'archive_mix', 'accuracy')}, macro AUC {_cell(eight, 'archive_mix', 'macro_auc')}, "
            "balanced accuracy under a balanced mix "
            f"{_cell(eight, 'balanced_mix', 'balanced_accuracy')}."
        )
    if archive["malignant"] is not None:
        summed = archive["malignant"]
        entries.append(
            f"Malignant and premalignant classes in sum: AUC {format_interval(summed['auc'])}, sensitivity at 0.90 "
            f"specificity {format_interval(summed['sensitivity_at_90_specificity'])}."
        )
    return _bullets(entries)


def _cell(figures: dict[str, Any], mix: str, name: str) -> str:
    return format_interval(figures[mix][name])


def _class_table(contract: ModelContract, metrics: dict[str, Any]) -> str:
    names = ("precision", "recall", "f1", "auc", "sensitivity_at_90_specificity")
    lines = [
        "| Class | Group | Test pictures | Precision | Recall | F1 | AUC | Sensitivity at 0.90 specificity |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for label in contract.labels:
        row = metrics["archive_mix"]["per_class"][label.code]
        figures: list[Interval] = [row[name] for name in names]
        cells = " | ".join(format_interval(figure) for figure in figures)
        lines.append(f"| {label.name} ({label.code}) | {label.group} | {row['images']} | {cells} |")
    return "\n".join(lines)


def _group_tables(groups: dict[str, dict[str, Any]]) -> str:
    if not groups:
        return "The archive states no attributes of its patients or pictures."
    lines = [
        "| Group | Pictures | Accuracy | Balanced accuracy | Malignant against the rest, AUC |",
        "|---|---|---|---|---|",
    ]
    for attribute, values in groups.items():
        for value, row in values.items():
            cells = [_or_too_few(row, name) for name in ("accuracy", "balanced_accuracy", "malignant_auc")]
            lines.append(f"| {ATTRIBUTES[attribute]}: {value} | {row['images']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _or_too_few(row: dict[str, Any], name: str) -> str:
    return format_interval(row[name]) if row[name] is not None else f"too small to judge: {row['too_few']}"


def _decision(contract: ModelContract, metrics: dict[str, Any]) -> str:
    selective, novelty = metrics["selective"], metrics["novelty"]
    entries = [
        f"Classes too close: the two leading probabilities are nearer than {contract.decision.min_margin:.3f} (set on "
        f"the validation part). It answers {selective['coverage']:.1%} of the test pictures and is right on "
        f"{format_share(selective['accuracy_answered'])} of those; on the rest it would have been right on "
        f"{format_share(selective['accuracy_abstained'])}.",
        f"Unlike the training data: the {novelty['method'].replace('_', ' ')} score of its own features is above "
        f"{novelty['threshold']:.4g}, set on the validation part, of which "
        f"{format_share(novelty['validation_refused'])} lie above it. Of the test pictures "
        f"{format_interval(novelty['test_refused'])} are refused.",
    ]
    entries += [
        f"Against {name} ({row['pictures']} pictures): AUROC {format_interval(row['auroc'])}; "
        f"{format_interval(row['refused'])} refused."
        for name, row in novelty["against"].items()
    ]
    return _bullets(entries)


def _robustness(measured: dict[str, Any] | None) -> list[str]:
    if measured is None:
        return []
    lines = ["| Change | Accuracy | Balanced accuracy | Same first answer |", "|---|---|---|---|"]
    rows = [("unchanged", measured["unperturbed"]), *((_change(row), row) for row in measured["perturbed"].values())]
    for name, row in rows:
        same = format_share(row["unchanged"]) if "unchanged" in row else ""
        lines.append(
            f"| {name} | {format_interval(row['accuracy'])} | {format_interval(row['balanced_accuracy'])} | {same} |"
        )
    told = f"On {measured['images']} test pictures drawn at random (archive mix):"
    return ["### Robustness", told, "\n".join(lines), *_shortcut(measured.get("vasc_shortcut"))]


def _change(row: dict[str, Any]) -> str:
    return f"{row['kind'].lower()} {row['strength']}".strip()


def _shortcut(measured: dict[str, Any] | None) -> list[str]:
    if measured is None:
        return []
    rows = ", ".join(
        f"{name}: {row['mean_probability']:.4f} and {row['answered']:.2%}" for name, row in measured["by"].items()
    )
    return [
        "Vascular lesions of the archive are small files, which a network could learn instead of the lesion. Mean "
        f"probability of that class, and how often it is answered, on {measured['images']} pictures of other classes: "
        f"{rows}."
    ]


def _external(measured: dict[str, dict[str, Any]] | None) -> list[str]:
    if not measured:
        return []
    lines = ["| Archive | Pictures | Accuracy | Macro AUC | Balanced accuracy, balanced mix |", "|---|---|---|---|---|"]
    for row in measured.values():
        archive, balanced = row["archive_mix"], row["balanced_mix"]
        if archive is not None and balanced is not None:
            lines.append(
                f"| {row['title']} | {row['images']} | {format_interval(archive['accuracy'])} | "
                f"{format_interval(archive['macro_auc'])} | {format_interval(balanced['balanced_accuracy'])} |"
            )
    return ["### Other archives", "No lesion of these was in training or validation.", "\n".join(lines)]


def _worst_class(contract: ModelContract, metrics: dict[str, Any]) -> str:
    rows = metrics["archive_mix"]["per_class"]
    known = [label for label in contract.labels if rows[label.code]["recall"]["value"] is not None]
    worst = min(known, key=lambda label: rows[label.code]["recall"]["value"])
    unseen = [label.name for label in contract.labels if label not in known]
    words = (
        f"Most often missed: {worst.name}, named first for {format_share(rows[worst.code]['recall']['value'])} of its "
        f"{rows[worst.code]['images']} test pictures."
    )
    return words + (f" Not in the test part at all, so of unknown worth: {', '.join(unseen)}." if unseen else "")


def _provenance(card: dict[str, Any]) -> str:
    record, versions = card["training"], card["export_versions"]
    members = record.get("members", [record])
    entries = [
        f"`make network-{record['config'].removesuffix('.toml')}` goes from the archive's folder to this bundle.",
        *map(_trained, members),
        "Exported with " + ", ".join(f"{package} {number}" for package, number in sorted(versions.items())),
        f"Split of the archive: `{card['data']['split_digest']}`",
    ]
    if "members" in record:
        shares = ", ".join(f"{weight:.1f}" for weight in record["weights"])
        entries.insert(2, f"The members' calibrated logits are weighed {shares}, as validation's likelihood has it.")
    return _bullets(entries)


def _trained(record: dict[str, Any]) -> str:
    latest = record.get("resumed", [record])[-1]
    model, recipe = latest["settings"]["model"], latest["settings"]["recipe"]
    versions = ", ".join(f"{package} {number}" for package, number in sorted(latest["versions"].items()))
    resumed = f", resumed {len(record['resumed'])} times" if "resumed" in record else ""
    return (
        f"{model['architecture']}: trained on {latest['dataset']}, "
        f"configuration `{latest['config']}` as of commit `{latest['git_commit'][:12]}`, seed "
        f"{recipe['seed']}, Keras on {latest['backend']} in {latest.get('precision', 'float32')}, {versions}, started "
        f"{record['started_at']}{resumed}"
    )


def _bullets(entries: list[str]) -> str:
    return "\n".join(f"- {entry}" for entry in entries)
