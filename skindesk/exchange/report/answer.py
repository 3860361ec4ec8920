"""The report's third part: what the network said of the newest picture, and how far that can be relied on."""

from collections.abc import Iterator
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import KeepTogether, Spacer

from skindesk.domain.case import SkinType
from skindesk.domain.prediction import Decision, Prediction
from skindesk.domain.wording import INTENDED_USE, percent
from skindesk.exchange.report import words
from skindesk.exchange.report.content import NetworkFacts, ReportContent, SkinTypeEvidence
from skindesk.exchange.report.course import NumberedPicture, answered
from skindesk.exchange.report.drawings import bar
from skindesk.exchange.report.style import (
    ABSTAINED,
    ABSTENTION,
    BODY,
    GRID_PT,
    HAIRLINE,
    LABEL,
    MUTED,
    NUMBER,
    SECTION,
    SMALL,
    STRONG,
    SUM,
    Typesetter,
    group_colour,
)
from skindesk.exchange.report.tables import facts, rows

_NAME_SHARE, _BAR_SHARE, _GROUP_SHARE, _NUMBER_SHARE = 0.36, 0.34, 0.18, 0.12


def answer(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    """The newest visit's answer as bars, and where it comes from."""
    shown = answered(content.case)
    if shown is None:
        yield setter.text("The network", SECTION)
        yield setter.text("No network was asked about a picture of this lesion.")
        yield setter.text(INTENDED_USE, STRONG)
        return
    picture, prediction = shown
    pieces = [setter.text("The network", SECTION), *_heading(setter, picture, prediction)]
    if prediction.decision is Decision.ABSTAINED:
        pieces.append(setter.text(words.abstention_words(prediction, content.network), ABSTENTION))
    pieces.append(Spacer(0, GRID_PT))
    pieces.append(_bars(setter, prediction))
    pieces.append(Spacer(0, GRID_PT))
    pieces.append(setter.text(INTENDED_USE, STRONG))
    yield KeepTogether(pieces)
    yield Spacer(0, 2 * GRID_PT)
    yield facts(setter, _source(prediction, content.network), setter.sheet.width_pt)
    yield from _limits(setter, content)


def _heading(setter: Typesetter, picture: NumberedPicture, prediction: Prediction) -> Iterator[Any]:
    said = f"What {prediction.model.model_id} said of picture {picture.number}, {words.day(picture.visit.visited_at)}"
    yield setter.text(f"{said}.", BODY)
    earlier = len(picture.picture.predictions) - 1
    if earlier:
        yield setter.text(f"Earlier answers kept in the case log: {earlier}.", SMALL)


def _bars(setter: Typesetter, prediction: Prediction) -> Any:
    width_pt = setter.sheet.width_pt
    abstained = prediction.decision is Decision.ABSTAINED
    lines = [
        (entry.label.name, words.group_word(entry.label.group), entry.probability, group_colour(entry.label.group))
        for entry in prediction.ranked[: words.LEADING]
    ]
    rest = prediction.ranked[words.LEADING :]
    if rest:
        lines.append((f"Other ({len(rest)})", "", sum(entry.probability for entry in rest), MUTED))
    cells = [_bar_row(setter, *line, abstained) for line in lines]
    total = [
        setter.text(words.sum_words(prediction), STRONG),
        "",
        "",
        setter.text(percent(prediction.malignant_sum), SUM),
    ]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), GRID_PT / 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), GRID_PT / 2),
        ("LINEABOVE", (0, -1), (-1, -1), 0.5, HAIRLINE),
        ("SPAN", (0, -1), (2, -1)),
    ]
    widths = [width_pt * share for share in (_NAME_SHARE, _BAR_SHARE, _GROUP_SHARE, _NUMBER_SHARE)]
    return rows([*cells, total], widths, style)


def _bar_row(
    setter: Typesetter, name: str, group: str, probability: float, colour: Color, abstained: bool
) -> list[Any]:
    bar_pt = setter.sheet.width_pt * _BAR_SHARE - 2 * GRID_PT
    drawn = bar(probability, ABSTAINED if abstained else colour, abstained, bar_pt)
    return [setter.text(name), drawn, setter.text(group, LABEL), setter.text(percent(probability), NUMBER)]


def _source(prediction: Prediction, network: NetworkFacts | None) -> list[tuple[str, str]]:
    model = prediction.model
    codes = [label.code for label in prediction.labels]
    region = prediction.region
    part = "" if region is None else f"{region.width} × {region.height} px, from {region.left}, {region.top}"
    counted = [label.name for label in prediction.labels if label.group.counts_as_malignant]
    return [
        ("Network", network.title if network else ""),
        ("Model", f"{model.model_id}, version {model.version}"),
        ("SHA-256", model.digest),
        ("Answered", words.moment(prediction.created_at.astimezone())),
        ("Part of the picture", part),
        ("Class mix", words.mix_words(prediction.class_mix, codes)),
        ("In the sum", ", ".join(counted)),
    ]


def _limits(setter: Typesetter, content: ReportContent) -> Iterator[Any]:
    network = content.network
    yield setter.text("What the network knows, and what it does not", SECTION)
    if network is None:
        yield setter.text("The network of this answer is not installed here any more, so its card cannot be quoted.")
        return
    yield setter.text(network.intended_use, BODY)
    yield setter.text(f"Trained on {network.trained_on}. {' '.join(network.facts)}".strip(), BODY)
    for limit in network.limits:
        yield setter.bullet(limit)
    for sentence in _skin_types(network, content.case.patient.details.skin_type):
        yield setter.bullet(sentence)


def _skin_types(network: NetworkFacts, own: SkinType) -> Iterator[str]:
    """What the network's test tells of skin types, and of this patient's."""
    if network.skin_types:
        counts = ", ".join(f"{each.skin_type} {each.pictures}" for each in network.skin_types)
        yield f"Test pictures by skin type (Fitzpatrick): {counts}."
    if own is SkinType.UNKNOWN:
        return
    found = next((each for each in network.skin_types if each.skin_type == own.value), None)
    yield f"This patient has skin type {own.value}: {_evidence(found)}."


def _evidence(found: SkinTypeEvidence | None) -> str:
    if found is None or not found.pictures:
        return "no test picture is known to show it"
    if found.accuracy is None:
        return f"{found.pictures} test pictures show it, too few to tell how well the network does"
    value, low, high = found.accuracy
    figures = f"{percent(value)} right (95\N{NO-BREAK SPACE}% interval {percent(low)} to {percent(high)})"
    return f"of {found.pictures} test pictures that show it, {figures}"
