"""How the terminal says an answer: decision, leading classes, malignant sum, and a class mix of one's own."""

from typing import TYPE_CHECKING

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
