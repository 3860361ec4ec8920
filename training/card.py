"""The model card: what a network is, how well it does, and what it must not be used for.

Figures come from the run's own files, facts of the data from the archive's reader; the intended use, and what the
method cannot do, are stated here.
"""

from importlib.metadata import version
from typing import Any

from skindesk.domain.contract import Geometry, ModelContract
from training.cache import Cache
from training.formatting import format_interval, format_share
from training.metrics import Interval

_INTENDED = "Decision support for research and second opinion on dermoscopic pictures of single skin lesions in adults."
_NOT_FOR = (
    "Making a diagnosis without a clinician, or ruling out malignancy.",
    "Pictures without a dermatoscope, mucosa, nails, inflammatory or infectious disease, or several lesions at once.",
    "Lesions of any class that is not listed: the network spreads its probability over the classes it knows.",
)
_LIMITS = (
    "The decision rule notices close classes only. This version does not recognise a picture that is unlike its"
    " training data: a photograph of something else also gets an answer.",
    "The test part holds few lesions of the rarer classes; their intervals tell how little is known of them.",
    "The test part comes from the same archive as the training part; results at another clinic will be lower.",
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
        "intended_use": _INTENDED,
        "not_for": list(_NOT_FOR),
        "limits": [*_LIMITS, *cache.limits],
        "data": {
            "title": cache.dataset_title,
            "facts": [f"{len(cache.targets):,} pictures of {len(set(cache.groups)):,} lesions.", *cache.facts],
            "split_digest": cache.split_digest,
        },
        "metrics": figures,
        "comparisons": comparisons,
        "agreement_with_keras": agreement,
        "training": record,
        "export_versions": {name: version(name) for name in ("tensorflow", "tf2onnx", "onnx", "onnxruntime")},
    }


def card_text(contract: ModelContract, card: dict[str, Any]) -> str:
    """The card as Markdown for reading."""
    metrics = card["metrics"]
    parts = [
        f"# {contract.title} ({contract.model_id} {contract.version})",
        f"{card['intended_use']} Not a cleared medical device.",
        f"- Architecture: {contract.training.architecture}, input {contract.preprocessing.width_px} x "
        f"{contract.preprocessing.height_px}, {_WAYS_TO_A_SQUARE[contract.preprocessing.geometry]}\n"
        f"- SHA-256 of the network: `{card['digest']}`\n"
        f"- Trained {contract.training.trained_at[:10]} at commit `{contract.training.git_commit}`\n"
        f"- Licence of the network: {card['licence']}, as its training data",
        "## How well it does\n\n"
        f"Measured on {metrics['images']:,} test pictures of {metrics['lesions']:,} lesions that had no picture in "
        f"training or validation (lesion-grouped split `{metrics['split_digest'][:12]}`), one view a picture. "
        "In brackets: 95 % bootstrap intervals over lesions.",
        _overall_table([metrics, *card["comparisons"]]),
        "Without a note the figures are for the archive's class mix, which is what the program shows. Balanced mix: "
        "every class equally likely. Halfway mix: each class's share is the square root of the archive's, rescaled; it "
        "was added after a look at the test part, so its figures flatter a little.",
        "### Each class (archive mix)\n\n" + _class_table(contract, metrics),
        "### Decision rule\n\n" + _decision(contract, metrics),
        "## Training data\n\n" + contract.training.dataset + "\n\n" + _bullets(card["data"]["facts"]),
        "## Not for\n\n" + _bullets(card["not_for"]),
        "## Known limits\n\n" + _bullets(card["limits"]),
    ]
    return "\n\n".join(parts) + "\n"


def _overall_table(rows: list[dict[str, Any]]) -> str:
    columns = (
        ("accuracy", "archive_mix", "Accuracy"),
        ("balanced_accuracy", "archive_mix", "Balanced accuracy"),
        ("macro_auc", "archive_mix", "Macro AUC"),
        ("expected_calibration_error", "archive_mix", "Calibration error"),
        ("accuracy", "halfway_mix", "Accuracy, halfway mix"),
        ("balanced_accuracy", "halfway_mix", "Balanced accuracy, halfway mix"),
        ("balanced_accuracy", "balanced_mix", "Balanced accuracy, balanced mix"),
    )
    lines = [
        "| Network | " + " | ".join(title for _, _, title in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for row in rows:
        cells = " | ".join(format_interval(row[mix][name]) for name, mix, _ in columns)
        lines.append(f"| {row['model_id']} ({row['architecture']}) | {cells} |")
    return "\n".join(lines)


def _class_table(contract: ModelContract, metrics: dict[str, Any]) -> str:
    lines = ["| Class | Group | Test pictures | Precision | Recall | F1 | AUC |", "|---|---|---|---|---|---|---|"]
    for label in contract.labels:
        row = metrics["archive_mix"]["per_class"][label.code]
        figures: list[Interval] = [row[name] for name in ("precision", "recall", "f1", "auc")]
        cells = " | ".join(format_interval(figure) for figure in figures)
        lines.append(f"| {label.name} ({label.code}) | {label.group} | {row['images']} | {cells} |")
    return "\n".join(lines)


def _decision(contract: ModelContract, metrics: dict[str, Any]) -> str:
    selective = metrics["selective"]
    return (
        f"The network abstains where its two leading probabilities are closer than {contract.decision.min_margin:.3f} "
        f"(set on the validation part). On the test part it answers {selective['coverage']:.1%} of the pictures and is "
        f"right on {format_share(selective['accuracy_answered'])} of those; on the rest it would have been right on "
        f"{format_share(selective['accuracy_abstained'])}."
    )


def _bullets(entries: list[str]) -> str:
    return "\n".join(f"- {entry}" for entry in entries)
