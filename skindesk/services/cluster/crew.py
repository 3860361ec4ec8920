"""The workers of a scheduler that can answer with a network, kept up to date while they come and go."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from skindesk.domain.errors import ClusterUnavailableError
from skindesk.services.cluster.at_worker import Greeting, Network, greet, sees, take_network, versions_here

if TYPE_CHECKING:
    from distributed import Client

    from skindesk.services.cluster.run import Task

LOOK_EVERY_S = 0.5
REST_S = 30.0
"""How long a worker is left alone that did not see a file which others do: a network drive's cache may be that old."""
PATIENCE_S = 60.0
"""How long a run waits for workers to come back; one that is started anew takes some seconds."""
_FIRST_PATIENCE_S = 30.0
_NOT_FOUND = ("ModuleNotFoundError", "ImportError", "AttributeError")
_Said = TypeVar("_Said")
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Place:
    """Where tasks are done: a worker, or this computer. `in_hand` holds them with their futures, the oldest first."""

    address: str
    threads: int
    in_hand: "dict[Task, Any]" = field(default_factory=dict)

    @property
    def load(self) -> float:
        """How many tasks each of its threads has."""
        return len(self.in_hand) / self.threads


class Crew:
    """The workers that have the network and the same versions as this computer.

    Every method raises ClusterUnavailableError where the scheduler does not answer any more.
    """

    def __init__(self, client: "Client", address: str, network: Network, tell: Callable[[str], None]) -> None:
        """Raises ClusterUnavailableError where no worker can answer as this computer does."""
        self._client, self._address, self._network, self._tell = client, address, network, tell
        self.places: dict[str, Place] = {}
        self._unfit: dict[str, str] = {}
        self._resting: dict[str, float] = {}
        self._told: set[str] = set()
        self._looked_at = float("-inf")
        self._deserted_at: float | None = None
        self._check_scheduler()
        self._wait_for_the_first()

    def look(self) -> list[Place]:
        """Take up workers that are new, at most so often; returns those that are gone, with what they had in hand.

        Raises ClusterUnavailableError where there has been no worker for PATIENCE_S.
        """
        now = monotonic()
        if now - self._looked_at < LOOK_EVERY_S:
            return []
        self._looked_at = now
        present: dict[str, int] = self.ask(self._client.nthreads)
        gone = [self.places.pop(address) for address in [*self.places] if address not in present]
        self._unfit = {address: why for address, why in self._unfit.items() if address in present}
        self._resting = {address: until for address, until in self._resting.items() if until > now}
        known = {*self.places, *self._unfit, *self._resting}
        self._take_up({address: threads for address, threads in present.items() if address not in known})
        self._check_not_deserted(now)
        return gone

    def dismiss(self, place: Place) -> None:
        """A worker has lost its network; it is taken up again at the next look, if it is there."""
        self.places.pop(place.address, None)

    def is_blind(self, place: Place, paths: Sequence[Path]) -> bool:
        """Whether another worker can read one of these files, and this one cannot; it then rests for a while."""
        if len(self.places) == 1:
            return False
        seen = {
            address: said
            for address, said in self._run(sees, tuple(paths), at=self.places).items()
            if not isinstance(said, Exception)
        }
        own = seen.pop(place.address, None)
        if own is None:
            return False
        for at, path in enumerate(paths):
            other = next((address for address, said in seen.items() if said[at]), None)
            if other is not None and not own[at]:
                self._rest(place, path, other)
                return True
        return False

    def ask(self, question: Callable[[], _Said]) -> _Said:
        """What the scheduler says."""
        from distributed.client import ClosedClientError

        try:
            if self._client.status == "running":
                return question()
        except (OSError, ClosedClientError) as error:
            raise self._gone() from error
        raise self._gone()

    def _gone(self) -> ClusterUnavailableError:
        return ClusterUnavailableError(
            f"The scheduler {self._address} does not answer any more.",
            "Every row so far is kept where --out names a file: continue with --resume, with or without a cluster.",
        )

    def _check_scheduler(self) -> None:
        try:
            self.ask(lambda: self._client.run_on_scheduler(greet, self._network.digest))
        except ClusterUnavailableError:
            raise
        except Exception as error:
            if not _knows_no_skindesk(error):
                raise
            raise ClusterUnavailableError(
                f"The scheduler {self._address} runs where there is no SkinDesk, or another version of it.",
                'Install the same "skindesk[cluster]" there.',
            ) from error

    def _wait_for_the_first(self) -> None:
        until = monotonic() + _FIRST_PATIENCE_S
        while not self.places:
            self._looked_at = float("-inf")
            self.look()
            if self._unfit and not self.places:
                raise ClusterUnavailableError(
                    f"No worker of {self._address} can answer. {_all_said(self._unfit)}",
                    "Put that right on the workers, and start them again.",
                )
            if not self.places and monotonic() > until:
                raise ClusterUnavailableError(
                    f"The scheduler {self._address} has no workers.", f"Start some: dask worker {self._address}"
                )
            if not self.places:
                sleep(LOOK_EVERY_S)
        self._leave_out(self._unfit)

    def _take_up(self, present: Mapping[str, int]) -> None:
        """Let new workers have the network, and count those that then have it."""
        if not present:
            return
        problems, without = {}, []
        for address, greeting in self._run(greet, self._network.digest, at=present).items():
            problems[address] = _difference(greeting)
            if not problems[address] and not greeting.has_network:
                without.append(address)
        if without:
            for address, said in self._run(take_network, self._network, at=without).items():
                problems[address] = _trouble(said) if isinstance(said, Exception) else said
        unfit = {address: problem for address, problem in problems.items() if problem}
        self._unfit |= unfit
        for address in problems.keys() - unfit.keys():
            self.places[address] = Place(address, max(1, present[address]))
        if self.places:
            self._leave_out(unfit)

    def _leave_out(self, unfit: Mapping[str, str]) -> None:
        new = {address: why for address, why in unfit.items() if address not in self._told}
        if new:
            self._told |= new.keys()
            self._tell(f"Left out: {_all_said(new)}")

    def _rest(self, place: Place, path: Path, other: str) -> None:
        self.places.pop(place.address, None)
        self._resting[place.address] = monotonic() + REST_S
        _log.warning("worker %s does not see a file that %s sees", place.address, other)
        if place.address not in self._told:
            self._told.add(place.address)
            self._tell(
                f"Worker {place.address} cannot read {path.parent}, where {other} can: it does little until it can, "
                "and others do its work. Connect its drive under the same path."
            )

    def _check_not_deserted(self, now: float) -> None:
        if self.places:
            self._deserted_at = None
        elif self._deserted_at is None:
            self._deserted_at = now
        elif now - self._deserted_at > PATIENCE_S:
            raise ClusterUnavailableError(
                f"All workers of {self._address} are gone.",
                "Start some; every row so far is kept where --out names a file, and --resume continues it.",
            )

    def _run(self, function: Callable[..., Any], *given: Any, at: Iterable[str]) -> dict[str, Any]:
        """What each worker's function returns, or the exception that came instead."""
        answers: dict[str, Any] = self.ask(lambda: self._client.run(function, *given, workers=[*at], on_error="return"))
        return answers


def _difference(greeting: Any) -> str:
    """Why a worker that greets so would not write the same rows; empty where it would."""
    if isinstance(greeting, Exception):
        return _trouble(greeting)
    there: Mapping[str, str] = greeting.versions if isinstance(greeting, Greeting) else {}
    pairs = ((name, there.get(name, "unknown"), here) for name, here in versions_here().items())
    differing = [f"{name} is {found} there and {here} here" for name, found, here in pairs if found != here]
    return f"{'; '.join(differing)}." if differing else ""


def _trouble(error: Exception) -> str:
    if _knows_no_skindesk(error):
        return "there is no SkinDesk there, or another version of it."
    _log.warning("a worker failed: %r", error)
    return f"it failed with {type(error).__name__}; see its log."


def _knows_no_skindesk(error: Exception) -> bool:
    """Whether a function of SkinDesk was not found; distributed passes some errors on as mere text."""
    return isinstance(error, ImportError | AttributeError) or str(error).startswith(_NOT_FOUND)


def _all_said(unfit: Mapping[str, str]) -> str:
    """Every reason once, after those that it is of."""
    reasons: dict[str, list[str]] = {}
    for address, why in unfit.items():
        reasons.setdefault(why, []).append(address)
    return " ".join(f"{', '.join(addresses)}: {why}" for why, addresses in reasons.items())
