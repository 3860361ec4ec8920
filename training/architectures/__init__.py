"""The network architectures by name, all with the same head and the same three outputs."""

from collections.abc import Callable

from training.architectures import mobilenetv2, sequential
from training.architectures.network import Network
from training.errors import TrainingError

BUILDERS: dict[str, Callable[..., Network]] = {
    "mobilenetv2": mobilenetv2.build,
    "sequential": sequential.build,
}


def build_network(architecture: str, classes: int, dropout: float, weights: str | None) -> Network:
    """Build an architecture; `weights` names a backbone weights file, None starts from random weights.

    Raises TrainingError for an unknown name, or weights where the architecture takes none.
    """
    if architecture not in BUILDERS:
        known = ", ".join(sorted(BUILDERS))
        raise TrainingError(f"There is no architecture {architecture!r}.", f"Known: {known}.")
    return BUILDERS[architecture](classes=classes, dropout=dropout, weights=weights)
