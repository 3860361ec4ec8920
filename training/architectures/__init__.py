"""The network architectures by name, all with the same head and the same three outputs."""

from collections.abc import Callable
from functools import partial

from training.architectures import pretrainable, sequential
from training.architectures.network import Network
from training.errors import TrainingError

BUILDERS: dict[str, Callable[..., Network]] = {
    "sequential": sequential.build,
    **{name: partial(pretrainable.build, name) for name in pretrainable.PRETRAINABLE},
}


def build_network(architecture: str, classes: int, dropout: float, weights: str | None) -> Network:
    """Build an architecture; `weights` names a backbone weights file, None starts from random weights.

    Raises TrainingError for an unknown name, or weights where the architecture takes none.
    """
    if architecture not in BUILDERS:
        known = ", ".join(sorted(BUILDERS))
        raise TrainingError(f"There is no architecture {architecture!r}.", f"Known: {known}.")
    return BUILDERS[architecture](classes=classes, dropout=dropout, weights=weights)
