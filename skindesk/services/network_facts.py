"""What a report quotes from a network's card and contract."""

from collections.abc import Mapping, Sequence
from typing import Any

from skindesk.domain.errors import SkinDeskError
from skindesk.domain.prediction import ModelRef
from skindesk.exchange.report.content import NetworkFacts, SkinTypeEvidence
from skindesk.services.models import InstalledModel, ModelLibrary


def facts_of(models: ModelLibrary, network: ModelRef) -> NetworkFacts | None:
    """The facts of a network, or None where exactly that one is not installed."""
    try:
        model = models.find(network.model_id)
    except SkinDeskError:
        return None
    return quoted(model) if model.card.digest == network.digest else None


def quoted(model: InstalledModel) -> NetworkFacts:
    """What a bundle's card and contract say; a card that is silent on something leaves it empty."""
    card, contract = model.card.raw, model.contract
    data = _object(card.get("data"))
    metrics = _object(card.get("metrics"))
    return NetworkFacts(
        title=contract.title,
        trained_on=str(data.get("title") or contract.training.dataset),
        facts=_texts(data.get("facts")),
        intended_use=str(card.get("intended_use") or ""),
        limits=_texts(card.get("limits")),
        skin_types=_skin_types(_object(_object(metrics.get("groups")).get("skin_type"))),
        min_margin=contract.decision.min_margin,
        novelty_limit=None if contract.novelty is None else contract.novelty.threshold,
    )


def _skin_types(groups: Mapping[str, Any]) -> tuple[SkinTypeEvidence, ...]:
    found = ((name, _object(group)) for name, group in groups.items())
    return tuple(SkinTypeEvidence(name, _count(group.get("images")), _interval(group)) for name, group in found)


def _interval(group: Mapping[str, Any]) -> tuple[float, float, float] | None:
    accuracy = _object(group.get("accuracy"))
    ends = [accuracy.get(name) for name in ("value", "low", "high")]
    if not all(isinstance(end, float | int) for end in ends):
        return None
    value, low, high = (float(end) for end in ends if end is not None)
    return value, low, high


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    items: Sequence[object] = value if isinstance(value, list) else ()
    return tuple(str(item) for item in items)
