"""What of a cluster needs neither Dask nor other computers."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.errors import ClusterUnavailableError
from skindesk.domain.outcome import Classified
from skindesk.inference.bundle import read_golden, read_network
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, Options
from skindesk.services.cluster import at_worker, open_cluster
from skindesk.services.cluster.at_worker import Chunk, Done, Failed, Network, classify_chunk, greet, sees, take_network
from skindesk.services.cluster.pace import CHUNK_S, FIRST_ITEMS, MOST_ITEMS, Pace


@pytest.fixture(autouse=True)
def _new_worker() -> Iterator[None]:
    at_worker._networks.clear()
    yield
    at_worker._networks.clear()


@pytest.fixture
def network(tiny_bundle: Path) -> Network:
    content, digest = read_network(tiny_bundle)
    return Network("colours-3", digest, content, read_golden(tiny_bundle))


def test_computer_without_dask_is_told_what_to_install(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterUnavailableError, match=r'not installed\. Install "skindesk\[cluster\]"'):
        open_cluster("tcp://127.0.0.1:8786", tiny_bundle, print)


def test_worker_answers_only_with_the_very_network(network: Network, examples: list[Path]) -> None:
    chunk = Chunk((7,), (Item(examples[0]),))
    assert classify_chunk(chunk, network.digest, None, Options()) is None
    assert take_network(replace(network, content=network.content + b"\0")).startswith("The network colours-3 did not")
    assert not greet(network.digest).has_network
    assert take_network(network) == ""
    assert greet(network.digest).has_network
    done = classify_chunk(chunk, network.digest, None, Options())
    assert isinstance(done, Done)
    assert isinstance(done.results[0].outcome, Classified)
    assert done.results[0].number == 7


def test_worker_that_computes_something_else_says_so(network: Network) -> None:
    golden = replace(network.golden, probabilities=network.golden.probabilities[:, ::-1].copy())
    assert "gives other answers than it should" in take_network(replace(network, golden=golden))
    assert not greet(network.digest).has_network


def test_worker_holds_a_few_networks_and_no_more(network: Network, tiny_classifier: Classifier) -> None:
    at_worker._networks.update({str(at): tiny_classifier for at in range(3)})
    take_network(network)
    assert set(at_worker._networks) == {"1", "2", network.digest}


def test_chunk_that_fails_is_said_and_raises_nothing(
    network: Network, examples: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("none left")

    take_network(network)
    monkeypatch.setattr(at_worker, "classify_item", fail)
    chunk = Chunk((0,), (Item(examples[0]),))
    assert classify_chunk(chunk, network.digest, None, Options()) == Failed("MemoryError('none left')")


def test_no_file_name_is_in_what_a_workers_log_may_show(examples: list[Path]) -> None:
    assert examples[0].name not in repr(Chunk((0,), (Item(examples[0]),)))


def test_worker_tells_which_files_it_could_read(examples: list[Path], tmp_path: Path) -> None:
    assert sees((examples[0], tmp_path, tmp_path / "gone", tmp_path / "n\0", Path("x" * 5000))) == (
        *(True, False, False, False, False),
    )


def test_chunks_grow_and_shrink_with_the_time_that_pictures_take() -> None:
    pace = Pace()
    assert pace.items == FIRST_ITEMS
    pace.note(4, 4 * CHUNK_S / 10)
    assert pace.items == 10
    for _ in range(30):
        pace.note(10, 100)
    assert pace.items == 1
    for _ in range(60):
        pace.note(10, 0)
    assert pace.items == MOST_ITEMS
