"""How figures over closed cases read on the screen."""

from collections.abc import Callable, Mapping

from skindesk.domain.case import Site, SkinType
from skindesk.domain.contract import Modality
from skindesk.domain.insights import (
    COUNTS_ONLY_UNDER,
    NO_AGE,
    SMALL_UNDER,
    Agreement,
    Dimension,
    Interval,
    Level,
    Reader,
    Share,
    Why,
)
from skindesk.domain.labels import MalignancyGroup
from skindesk.gui.widgets.words import NOTHING, group_word, modality_name, percent, site_word, translate
from skindesk.services.drift import ALARM_P, LEAST_PICTURES, WINDOW, Drift

Form = Callable[[float], str]
Names = Mapping[str, str]
"""What label codes mean."""
_PERCENT = "\u00a0%"
_WHY = {why.value: why for why in Why}


def share_value(share: Share) -> str:
    """A share in percent; of too few cases the counts alone."""
    if share.interval is None:
        return NOTHING
    return percent(share.interval.value) if share.total >= COUNTS_ONLY_UNDER else counts(share)


def share_interval(share: Share) -> str:
    """The ends of a share's interval; empty where only counts are shown."""
    if share.interval is None or share.total < COUNTS_ONLY_UNDER:
        return ""
    low, high = share.interval.low, share.interval.high
    if low is None or high is None:
        return ""
    words = translate("insights", "{low} to {high}")
    return words.format(low=percent(low).removesuffix(_PERCENT), high=percent(high))


def counts(share: Share) -> str:
    """How many of how many."""
    return translate("insights", "{count} of {total}").format(count=share.count, total=share.total)


def kappa_value(agreement: Agreement) -> str:
    """Kappa with two decimals; nothing of too few cases."""
    if agreement.kappa is None or len(agreement.cases) < COUNTS_ONLY_UNDER:
        return NOTHING
    return decimals(agreement.kappa.value)


def kappa_interval(agreement: Agreement) -> str:
    """The ends of kappa's interval; empty where there is none."""
    if agreement.kappa is None or len(agreement.cases) < COUNTS_ONLY_UNDER:
        return ""
    return interval_words(agreement.kappa, decimals)


def interval_words(interval: Interval, form: Form) -> str:
    """The ends of an interval, or that there is none."""
    if interval.low is None or interval.high is None:
        return translate("insights", "no interval")
    words = translate("insights", "{low} to {high}")
    return words.format(low=form(interval.low), high=form(interval.high))


def decimals(value: float) -> str:
    """Two decimals, with a real minus sign."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def p_words(p: float) -> str:
    """A p value; small ones by their bound."""
    if p >= 0.9995:
        return "p\u00a0=\u00a01"
    return "p\u00a0<\u00a00.001" if p < 0.001 else f"p\u00a0=\u00a0{p:.3f}"


def cases_words(count: int) -> str:
    """How many cases."""
    return translate("insights", "1 case") if count == 1 else translate("insights", "{0} cases").format(f"{count:,}")


def size_words(count: int) -> str:
    """What so few closed cases mean for the figures; empty where they are enough."""
    if count >= SMALL_UNDER:
        return ""
    if count < COUNTS_ONLY_UNDER:
        words = translate("insights", "{cases}: too few for shares, so counts alone are shown. {more} more are needed.")
        return words.format(cases=_closed(count), more=COUNTS_ONLY_UNDER - count)
    words = translate(
        "insights",
        "{cases} are few: every share stands with its interval, which tells how little is known. At {enough} this "
        "sentence goes; {more} more are needed.",
    )
    return words.format(cases=_closed(count), enough=SMALL_UNDER, more=SMALL_UNDER - count)


def _closed(count: int) -> str:
    if count == 1:
        return translate("insights", "1 closed case")
    return translate("insights", "{0} closed cases").format(count)


def bias_words() -> str:
    """What closed cases cannot tell."""
    return translate(
        "insights",
        "Closed cases are no random sample: lesions that looked suspicious are confirmed more often than others "
        "(verification bias), so these shares do not hold for all lesions that you see. Intervals are 95 % and take "
        "lesions as independent. Malignant includes premalignant.",
    )


def drift_words(drift: Drift) -> str:
    """What the pictures of late were like, in a sentence or two."""
    refused, pictures = len(drift.refused), drift.pictures
    network = f"{drift.model_id} {drift.version}"
    if drift.expected_share is None:
        words = translate(
            "insights",
            "{refused} of the last {pictures} pictures were unlike the training pictures of {network}, which is not "
            "installed: how many were to be expected is not known.",
        )
        return words.format(refused=refused, pictures=pictures, network=network)
    if pictures < LEAST_PICTURES:
        words = translate(
            "insights",
            "{refused} of {pictures} pictures were unlike the training pictures of {network}. Nothing is concluded "
            "before {least}.",
        )
        return words.format(refused=refused, pictures=pictures, network=network, least=LEAST_PICTURES)
    words = translate(
        "insights",
        "{refused} of the last {pictures} pictures were unlike the training pictures of {network}; {expected} {were} "
        "to be expected.",
    )
    expected = drift.expected_share * pictures
    said = words.format(
        refused=refused,
        pictures=pictures,
        network=network,
        expected=f"{expected:.0f}" if expected >= 1 else translate("insights", "less than 1"),
        were=translate("insights", "was") if round(expected) <= 1 else translate("insights", "were"),
    )
    if not drift.is_alarm:
        return said
    advice = translate("insights", "Check the camera, the light and the kind of picture.")
    return f"{said} {advice}"


def drift_rule() -> str:
    """When there is an alarm."""
    words = translate(
        "insights",
        "The first pictures of the last {visits} visits count, as they were answered first. An alarm comes where "
        "chance would refuse as many in fewer than 1 of {rarely} such series.",
    )
    return words.format(visits=WINDOW, rarely=f"{1 / ALARM_P:,.0f}")


def why_word(why: Why) -> str:
    """Why a case does not count, in a word or two."""
    return {
        Why.NO_ANSWER: translate("insights", "no answer"),
        Why.ABSTAINED: translate("insights", "abstained"),
        Why.NO_IMPRESSION: translate("insights", "no impression"),
        Why.NOT_BLIND: translate("insights", "not blind"),
        Why.NOT_CLASSIFIABLE: translate("insights", "not classifiable"),
    }[why]


def why_sentence(why: Why) -> str:
    """Why a case does not count, at length."""
    return {
        Why.NO_ANSWER: translate("insights", "No network answered before the diagnosis"),
        Why.ABSTAINED: translate("insights", "The network abstained"),
        Why.NO_IMPRESSION: translate("insights", "No impression before the diagnosis"),
        Why.NOT_BLIND: translate("insights", "First impression given after the network's answer"),
        Why.NOT_CLASSIFIABLE: translate("insights", "The impression is free text that no label explains"),
    }[why]


def reader_word(reader: Reader) -> str:
    """Who said it, as the name of a choice."""
    return {
        Reader.NETWORK: translate("insights", "Network"),
        Reader.NETWORK_SUM: translate("insights", "Network, malignant in sum"),
        Reader.FIRST: translate("insights", "First impression"),
        Reader.STANDING: translate("insights", "Standing impression"),
        Reader.OUTCOME: translate("insights", "Final diagnosis"),
    }[reader]


def level_word(level: Level) -> str:
    """How finely diagnoses are told apart, as the name of a choice."""
    return {
        Level.MALIGNANCY: translate("insights", "Malignancy"),
        Level.GROUP: translate("insights", "Groups"),
        Level.DIAGNOSIS: translate("insights", "Diagnoses"),
    }[level]


def dimension_word(dimension: Dimension) -> str:
    """By what cases are divided, as the name of a choice."""
    return {
        Dimension.SKIN_TYPE: translate("insights", "Skin type"),
        Dimension.AGE: translate("insights", "Age"),
        Dimension.SITE: translate("insights", "Site"),
        Dimension.MODALITY: translate("insights", "Kind of picture"),
        Dimension.MODEL: translate("insights", "Network"),
    }[dimension]


def subgroup_word(dimension: Dimension, name: str) -> str:
    """A subgroup's name."""
    unknown = translate("insights", "unknown")
    match dimension:
        case Dimension.SITE:
            return site_word(Site(name)) or unknown
        case Dimension.MODALITY:
            return modality_name(Modality(name)) if name else unknown
        case Dimension.MODEL:
            return name or translate("insights", "no answer")
        case Dimension.AGE:
            return _age_word(name)
        case Dimension.SKIN_TYPE:
            return unknown if name == SkinType.UNKNOWN else name


def _age_word(name: str) -> str:
    return {
        "under 40": translate("insights", "under 40"),
        "40 to 59": translate("insights", "40 to 59"),
        "60 to 79": translate("insights", "60 to 79"),
        "80 and over": translate("insights", "80 and over"),
        NO_AGE: translate("insights", "unknown"),
    }[name]


def category_word(category: str, level: Level, names: Names) -> str:
    """A row or column of a confusion matrix."""
    if category in _WHY:
        return why_word(_WHY[category])
    if not category:
        return translate("insights", "other diagnosis")
    if level is Level.GROUP:
        return group_word(MalignancyGroup(category))
    return names.get(category, category)
