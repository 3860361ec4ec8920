"""What a report quotes from a network's card and contract."""

from collections.abc import Mapping
from typing import Any

from skindesk.domain.prediction import ModelRef
from skindesk.exchange.report.content import NetworkFacts, SkinTypeEvidence
from skindesk.services.card_json import count_in, interval_in, object_in, objects_in, texts_in
from skindesk.services.models import InstalledModel, ModelLibrary


def facts_of(models: ModelLibrary, network: ModelRef) -> NetworkFacts | None:
    """The facts of a network, or None where exactly that one is not installed."""
    model = models.with_digest(network.digest)
    return quoted(model) if model is not None and model.contract.model_id == network.model_id else None


def quoted(model: InstalledModel) -> NetworkFacts:
    """What a bundle's card and contract say; a card that is silent on something leaves it empty."""
    card, contract = model.card.raw, model.contract
    data = object_in(card, "data")
    return NetworkFacts(
        title=contract.title,
        trained_on=str(data.get("title") or contract.training.dataset),
        facts=texts_in(data, "facts"),
        intended_use=str(card.get("intended_use") or ""),
        limits=texts_in(card, "limits"),
        skin_types=_skin_types(card),
        min_margin=contract.decision.min_margin,
        novelty_limit=None if contract.novelty is None else contract.novelty.threshold,
    )


def _skin_types(card: Mapping[str, Any]) -> tuple[SkinTypeEvidence, ...]:
    groups = objects_in(card, "metrics", "groups", "skin_type")
    return tuple(
        SkinTypeEvidence(name, count_in(group, "images"), interval_in(group, "accuracy"))
        for name, group in groups.items()
    )
