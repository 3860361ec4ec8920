"""Batches on several computers: a dask.distributed scheduler's workers as the engine of a job.

    with open_cluster("tcp://node1:8786", bundle, print) as cluster:
        with Job(out, search, classifier, mix, engine=cluster.run_items) as job: ...

The workers read pictures themselves, under the same paths as this computer, so these lie on storage that all share;
no picture passes through the scheduler. Each worker is given the network once, and proves it as any computer does.
Whoever reaches a scheduler's open port can run code on its workers and on the computers of its users.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.domain.errors import ClusterUnavailableError

if TYPE_CHECKING:
    from skindesk.services.cluster.cluster import Cluster

__all__ = ["open_cluster"]


def open_cluster(address: str, bundle: Path, tell: Callable[[str], None]) -> "Cluster":
    """The workers of the scheduler at an address such as `tcp://node1:8786` or `tls://node1:8786`.

    Keys and certificates of `tls://` are those of Dask's own configuration. `bundle` is the folder of the network, and
    `tell` is called with a sentence for workers that are left out. Raises ClusterUnavailableError where Dask is not
    installed, the scheduler cannot be reached, or none of its workers can answer as this computer does;
    ModelUnavailableError where the bundle cannot be read.
    """
    try:
        import distributed  # noqa: F401 - whether it is there
    except ImportError as error:
        raise ClusterUnavailableError(
            "Classifying on a cluster needs Dask, which is not installed.", 'Install "skindesk[cluster]".'
        ) from error
    from skindesk.services.cluster.cluster import Cluster

    return Cluster(address, bundle, tell)
