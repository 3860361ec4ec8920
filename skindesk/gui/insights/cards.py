"""What stands on the three cards: the network's figures, the clinicians', and what the one did to the other."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from skindesk.domain.insights import (
    COUNTS_ONLY_UNDER,
    SMALL_UNDER,
    Agreement,
    Cases,
    ChangesOfMind,
    Detection,
    Insights,
    Level,
    Reader,
    Share,
    Why,
)
from skindesk.gui.insights.figure_line import Line, Link
from skindesk.gui.insights.words import (
    cases_words,
    counts,
    decimals,
    interval_words,
    kappa_interval,
    kappa_value,
    p_words,
    share_interval,
    share_value,
    why_sentence,
    why_word,
)
from skindesk.gui.widgets.words import NOTHING, percent

translate = QCoreApplication.translate


def network_lines(insights: Insights, threshold: float) -> tuple[Line, ...]:
    """The network's: its leading class, its malignant sum from `threshold` on, kappa, and the sum's error."""
    leading = insights.detection(Reader.NETWORK)
    over = insights.detection(Reader.NETWORK_SUM, threshold)
    at = percent(threshold)
    found = translate("insights", "Sensitivity, malignant in sum from {threshold}").format(threshold=at)
    spared = translate("insights", "Specificity, malignant in sum from {threshold}").format(threshold=at)
    return (
        _sensitivity(translate("insights", "Sensitivity of the leading class"), leading, headline=True),
        _specificity(translate("insights", "Specificity of the leading class"), leading),
        _sensitivity(found, over),
        _specificity(spared, over),
        _kappa(
            translate("insights", "Kappa with the final diagnosis"),
            insights.agreement(Reader.NETWORK, Reader.OUTCOME, Level.MALIGNANCY),
        ),
        _brier(insights),
        *_left_out(translate("insights", "Not counted for the leading class"), leading),
    )


def clinicians_lines(insights: Insights) -> tuple[Line, ...]:
    """The clinicians': their blind first impression, and what stood in the end."""
    first, standing = insights.detection(Reader.FIRST), insights.detection(Reader.STANDING)
    return (
        _sensitivity(translate("insights", "Sensitivity of the first impression"), first, headline=True),
        _specificity(translate("insights", "Specificity of the first impression"), first),
        _sensitivity(translate("insights", "Sensitivity of the standing impression"), standing),
        _specificity(translate("insights", "Specificity of the standing impression"), standing),
        _kappa(
            translate("insights", "Kappa of the first impression with the final diagnosis"),
            insights.agreement(Reader.FIRST, Reader.OUTCOME, Level.MALIGNANCY),
        ),
        _kappa(
            translate("insights", "Kappa of the standing impression with it"),
            insights.agreement(Reader.STANDING, Reader.OUTCOME, Level.MALIGNANCY),
        ),
        *_left_out(translate("insights", "Not counted as first impressions"), first),
    )


def together_lines(insights: Insights) -> tuple[Line, ...]:
    """How often the network's answer changed a mind, whether for better or worse, and how often both agreed."""
    mind = insights.changes_at(Level.MALIGNANCY)
    name = translate("insights", "Changed impressions")
    words = translate("insights", "Impression changed after the network's answer")
    return (
        Line(
            name,
            share_value(mind.changed),
            share_interval(mind.changed),
            (Link(counts(mind.changed), words, mind.changed.hits),),
            headline=True,
        ),
        *_better_or_worse(translate("insights", "malignancy"), mind),
        *_better_or_worse(translate("insights", "diagnosis"), insights.changes_at(Level.DIAGNOSIS)),
        _kappa(
            translate("insights", "Kappa of network and first impression"),
            insights.agreement(Reader.NETWORK, Reader.FIRST, Level.MALIGNANCY),
        ),
    )


def _sensitivity(name: str, detection: Detection, headline: bool = False) -> Line:
    share = detection.sensitivity
    return _share(name, share, translate("insights", "{count} missed"), translate("insights", "missed"), headline)


def _specificity(name: str, detection: Detection) -> Line:
    share = detection.specificity
    one, several = translate("insights", "1 false alarm"), translate("insights", "{count} false alarms")
    text = one if len(share.others) == 1 else several
    return _share(name, share, text, translate("insights", "false alarms"))


def _share(name: str, share: Share, wrong_text: str, wrong: str, headline: bool = False) -> Line:
    return Line(
        name,
        share_value(share),
        share_interval(share),
        (
            Link(counts(share), name, share.cases),
            Link(wrong_text.format(count=len(share.others)), f"{name}, {wrong}", share.others),
        ),
        headline,
    )


def _kappa(name: str, agreement: Agreement) -> Line:
    link = Link(cases_words(len(agreement.cases)), name, agreement.cases)
    return Line(name, kappa_value(agreement), kappa_interval(agreement), (link,))


def _brier(insights: Insights) -> Line:
    calibration = insights.calibration
    total = len(calibration.cases)
    name = translate("insights", "Brier score of the malignant sum")
    link = Link(cases_words(total), name, calibration.cases)
    if calibration.brier is None or total < COUNTS_ONLY_UNDER:
        return Line(name, NOTHING, "", (link,))
    interval = interval_words(calibration.brier, decimals)
    if calibration.ece is not None and total >= SMALL_UNDER:
        name = translate("insights", "{brier}; calibration error {ece}").format(
            brier=name, ece=percent(calibration.ece)
        )
    return Line(name, decimals(calibration.brier.value), interval, (link,))


def _better_or_worse(level: str, mind: ChangesOfMind) -> Sequence[Line]:
    def line(name: str, cases: Cases, interval: str = "") -> Line:
        named = f"{name}, {level}"
        return Line(named, f"{len(cases):,}", interval, (Link(cases_words(len(cases)), named, cases),))

    return (
        line(translate("insights", "Wrong first, then right"), mind.better, "" if mind.p is None else p_words(mind.p)),
        line(translate("insights", "Right first, then wrong"), mind.worse),
    )


def _left_out(name: str, detection: Detection) -> Sequence[Line]:
    """One line for all that does not count, with a link for each reason."""
    if not detection.left_out:
        return ()
    links = tuple(
        Link(f"{len(detection.left_out[why])} {why_word(why)}", why_sentence(why), detection.left_out[why])
        for why in Why
        if why in detection.left_out
    )
    return (Line(name, f"{sum(map(len, detection.left_out.values())):,}", "", links),)
