"""The connection to a scheduler, and the engine that a job runs on it."""

import re
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from distributed import Client
from distributed.security import Security

from skindesk.domain.class_mix import ClassMix
from skindesk.domain.errors import ClusterUnavailableError
from skindesk.inference.bundle import read_golden, read_network
from skindesk.inference.classifier import Classifier
from skindesk.services.batch.engine import DEFAULTS, Control, Options, Result
from skindesk.services.batch.items import Item
from skindesk.services.cluster.at_worker import Network
from skindesk.services.cluster.crew import Crew
from skindesk.services.cluster.run import Run

_CONNECT_S = 10.0
_PLACE = re.compile(r".+:[0-9]{1,5}")


class Cluster:
    """The workers of a scheduler, ready to answer with one network. A context manager; leaving it disconnects."""

    def __init__(self, address: str, bundle: Path, tell: Callable[[str], None]) -> None:
        """As `open_cluster`."""
        content, self._digest = read_network(bundle)
        network = Network(bundle.name, self._digest, content, read_golden(bundle))
        self._client = _connected(address)
        try:
            self._crew = Crew(self._client, address, network, tell)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def run_items(
        self,
        items: Iterable[Item | None],
        classifier: Classifier,
        mix: ClassMix | None = None,
        options: Options = DEFAULTS,
        control: Control | None = None,
    ) -> Generator[Result | None, None, None]:
        """As the batch engine's own, on every thread of every worker; `options.workers` is not asked for.

        Rows are those of this computer. What only one worker cannot read, or what was on a worker that was lost, is
        done by another; a picture that was lost with three workers is rejected. Raises ClusterUnavailableError where
        the scheduler or all its workers are gone.
        """
        if classifier.ref.digest != self._digest:
            raise ValueError("the workers have another network")
        run = Run(self._client, self._crew, self._digest, items, classifier, mix, options, control or Control())
        try:
            yield from run.results()
        finally:
            run.close()

    def _close(self) -> None:
        with suppress(OSError):
            self._client.close()


def _connected(address: str) -> Client:
    _check(address)
    try:
        return Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError, RuntimeError) as error:
        raise ClusterUnavailableError(
            f"There is no scheduler at {address} that this computer can talk to: {str(error).rstrip('.')}.",
            "Check the address, and that both run the same version of Dask.",
        ) from error


def _check(address: str) -> None:
    """Refuse what a client would begin with and not end; with distributed 2026.8 that takes twenty seconds."""
    scheme, _, place = address.partition("://")
    if scheme not in ("tcp", "tls") or not _PLACE.fullmatch(place):
        raise ClusterUnavailableError(
            f"{address!r} is no address of a scheduler.", "Name it as tcp://HOST:PORT or tls://HOST:PORT."
        )
    if scheme == "tls" and Security().get_connection_args("client").get("ssl_context") is None:
        raise ClusterUnavailableError(
            f"{address} needs a certificate, and Dask's configuration names none.",
            "Set ca-file, client.cert and client.key under distributed.comm.tls.",
        )
