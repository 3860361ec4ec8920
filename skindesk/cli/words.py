"""How the terminal says an answer, and how good the answers are."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skindesk.domain.prediction import Prediction

_REASONS = {
    "unlike_training": "unlike the training pictures",
    "classes_too_close": "leading classes too close",
}


def decision_words(prediction: "Prediction") -> str:
    """The decision, with the reason where there is no answer."""
    reason = prediction.abstention_reason
    return str(prediction.decision) if reason is None else f"{prediction.decision} ({_REASONS[reason]})"


def differential_words(prediction: "Prediction") -> str:
    """The three leading classes and the malignant sum, and the class mix unless it is the archive's."""
    ranked = ", ".join(f"{entry.label.name} {entry.probability:.0%}" for entry in prediction.ranked[:3])
    parts = [ranked, f"malignant or premalignant in sum {prediction.malignant_sum:.0%}"]
    if not prediction.class_mix.is_archives:
        parts.append(f"class mix {prediction.class_mix.name}")
    return "; ".join(parts)


def evaluation_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What an evaluation says first: how many pictures, the labels that are not known, and the figures over all."""
    yield (
        f"{found['images']} labelled pictures of {found['lesions']} lesions answered, {found['rejected']} rejected, "
        f"{found['unlabelled']} without a label"
    )
    if found["unknown_labels"]:
        named = ", ".join(f"{label} ({count})" for label, count in found["unknown_labels"].items())
        yield f"labels that the network does not know: {named}"
    figures = found["figures"]
    if figures is not None:
        for name in ("accuracy", "balanced_accuracy", "macro_auc", "expected_calibration_error"):
            yield f"  {name.replace('_', ' '):<28}{_interval(figures[name])}"
        if figures["malignant"] is not None:
            yield f"  {'AUC of the malignant sum':<28}{_interval(figures['malignant']['auc'])}"


def _interval(measured: Mapping[str, float | None]) -> str:
    if measured["value"] is None:
        return "–"
    if measured["low"] is None or measured["high"] is None:
        return f"{measured['value']:.3f}"
    return f"{measured['value']:.3f} [{measured['low']:.3f}, {measured['high']:.3f}]"
