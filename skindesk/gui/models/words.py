"""How networks and what became of a comparison read on the screen."""

from PySide6.QtCore import QCoreApplication

from skindesk.domain.contract import Modality
from skindesk.domain.insights import Interval, Share
from skindesk.domain.prediction import AbstentionReason, Decision, Prediction
from skindesk.domain.shadow import Effect, Rate
from skindesk.gui.widgets.words import NOTHING, differential_line, percent
from skindesk.services.model_figures import Measure
from skindesk.services.models import InstalledModel

translate = QCoreApplication.translate  # under this name the translation tools find the texts


def title_of(model: InstalledModel) -> str:
    """What a network is called."""
    return str(model.card.raw.get("title") or model.contract.title)


def versioned(model: InstalledModel) -> str:
    """Its id and version in one."""
    return f"{model.model_id} {model.contract.version}"


def origin_word(model: InstalledModel) -> str:
    """Where it came from."""
    return translate("models", "from SkinDesk") if model.shipped else translate("models", "installed here")


def kind_heading(modality: Modality) -> str:
    """Above the networks of a kind."""
    return {
        Modality.DERMOSCOPIC: translate("models", "Dermoscopic pictures"),
        Modality.CLINICAL: translate("models", "Clinical photographs"),
    }[modality]


def answers_now() -> str:
    """Beside the network that answers, under the heading that says what."""
    return translate("models", "answers now")


def answers_words(modality: Modality) -> str:
    """That a network is the active one."""
    return {
        Modality.DERMOSCOPIC: translate("models", "Answers dermoscopic pictures"),
        Modality.CLINICAL: translate("models", "Answers clinical photographs"),
    }[modality]


def measure_word(measure: Measure) -> str:
    """What was measured."""
    return {
        Measure.ACCURACY: translate("models", "Accuracy"),
        Measure.BALANCED_ACCURACY: translate("models", "Balanced accuracy"),
        Measure.MACRO_AUC: translate("models", "AUC, mean of classes"),
        Measure.CALIBRATION_ERROR: translate("models", "Calibration error"),
    }[measure]


def measured(measure: Measure, interval: Interval) -> tuple[str, str]:
    """A figure of the card, and its interval."""
    if measure is Measure.MACRO_AUC:
        return f"{interval.value:.3f}", f"{interval.low:.3f} – {interval.high:.3f}"
    if measure is Measure.CALIBRATION_ERROR:
        return _points(interval.value), f"{_points(interval.low or 0)} – {_points(interval.high or 0)}"
    return percent(interval.value), _ends(interval)


def effect_word(effect: Effect, threshold: float) -> str:
    """What would change for a picture."""
    words = {
        Effect.NO_LONGER_MALIGNANT: translate("models", "Falls below {threshold} malignant"),
        Effect.NEWLY_MALIGNANT: translate("models", "Reaches {threshold} malignant"),
        Effect.OTHER_DECISION: translate("models", "Answers, or no longer does"),
        Effect.OTHER_LEADING: translate("models", "Another leading class"),
    }[effect]
    return words.format(threshold=percent(threshold))


def said(prediction: Prediction) -> str:
    """What a network leads with, or that it abstains."""
    leading = differential_line(prediction.top.probability, prediction.top.label.name)
    if prediction.decision is Decision.SUPPORTED:
        return leading
    if prediction.abstention_reason is AbstentionReason.UNLIKE_TRAINING:
        return translate("models", "No answer, unlike training ({leading})").format(leading=leading)
    return translate("models", "No answer ({leading})").format(leading=leading)


def rate_words(rate: Rate) -> tuple[str, str]:
    """A share of pictures, and how many of how many with the interval."""
    return _with_counts(rate.count, rate.total, rate.interval)


def share_words(share: Share) -> tuple[str, str]:
    """A share of cases, likewise."""
    return _with_counts(share.count, share.total, share.interval)


def mean_words(interval: Interval | None) -> tuple[str, str]:
    """A mean of shares, and its interval."""
    return (NOTHING, "") if interval is None else (percent(interval.value), _ends(interval))


def _with_counts(count: int, total: int, interval: Interval | None) -> tuple[str, str]:
    if interval is None:
        return NOTHING, ""
    words = translate("models", "{count} of {total} · {ends}")
    return percent(interval.value), words.format(count=f"{count:,}", total=f"{total:,}", ends=_ends(interval))


def _ends(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return ""
    return f"{percent(interval.low)} – {percent(interval.high)}"


def _points(value: float) -> str:
    return f"{value * 100:.1f}\u00a0%"
