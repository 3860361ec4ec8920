"""What a cluster that cannot do its work says, and what the command line makes of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skindesk.domain.errors import ClusterUnavailableError
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item
from skindesk.services.cluster import crew, open_cluster
from skindesk.system.paths import PROFILE_VARIABLE
from tests.cluster.machines import ROOT, Machines, machines
from tests.support.tiny_bundle import tiny_contract, write_tiny_bundle

_OLDER = "import skindesk; skindesk.__version__ = '0.0.1'"
_WITHOUT = "import sys; sys.modules['skindesk'] = None"


def test_scheduler_that_is_not_there_is_said(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skindesk.services.cluster.cluster._CONNECT_S", 0.5)
    with pytest.raises(ClusterUnavailableError, match=r"There is no scheduler at tcp://127\.0\.0\.1:9 that"):
        open_cluster("tcp://127.0.0.1:9", tiny_bundle, print)


@pytest.mark.parametrize("address", ["", "node1", "node1:8786", "nonsense://a:1", "tcp://node1", "tcp://:x"])
def test_what_is_no_address_is_said(address: str, tiny_bundle: Path) -> None:
    with pytest.raises(ClusterUnavailableError, match=r"is no address of a scheduler\. Name it as tcp://HOST:PORT"):
        open_cluster(address, tiny_bundle, print)


def test_encrypted_cluster_needs_a_certificate(tiny_bundle: Path) -> None:
    with pytest.raises(ClusterUnavailableError, match=r"tls://127\.0\.0\.1:9 needs a certificate"):
        open_cluster("tls://127.0.0.1:9", tiny_bundle, print)


def test_scheduler_without_skindesk_is_said(tiny_bundle: Path, tmp_path: Path) -> None:
    with machines(tmp_path, preload=_WITHOUT) as running, pytest.raises(ClusterUnavailableError) as error:
        open_cluster(running.address, tiny_bundle, print)
    assert "runs where there is no SkinDesk, or another version of it." in str(error.value)


def test_workers_that_would_write_other_rows_are_left_out_by_name(
    tiny_bundle: Path,
    tiny_classifier: Classifier,
    examples: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "_FIRST_PATIENCE_S", 0.5)
    told: list[str] = []
    with machines(tmp_path) as running:
        with pytest.raises(ClusterUnavailableError, match=r"has no workers\. Start some: dask worker tcp://"):
            open_cluster(running.address, tiny_bundle, told.append)
        running.add_worker(preload=_OLDER)
        running.add_worker(preload=_WITHOUT)
        running.wait_for_workers(2)
        with pytest.raises(ClusterUnavailableError) as error:
            open_cluster(running.address, tiny_bundle, told.append)
        assert "SkinDesk is 0.0.1 there and 0.1.0 here." in str(error.value)
        assert "there is no SkinDesk there, or another version of it." in str(error.value)
        assert told == []
        running.add_worker()
        running.wait_for_workers(3)
        with open_cluster(running.address, tiny_bundle, told.append) as cluster:
            found = [result for result in cluster.run_items(map(Item, examples), tiny_classifier) if result]
        assert len(found) == len(examples)
        assert "SkinDesk is 0.0.1 there" in " ".join(told)


def test_each_run_has_the_network_that_it_asked_for(
    ready: Machines, tiny_bundle: Path, tiny_classifier: Classifier, examples: list[Path], tmp_path: Path
) -> None:
    other = write_tiny_bundle(tmp_path, tiny_contract("colours-other"))
    for bundle in (tiny_bundle, other, tiny_bundle):
        classifier = Classifier.load(bundle)
        with open_cluster(ready.address, bundle, print) as cluster:
            (result,) = filter(None, cluster.run_items([Item(examples[0])], classifier))
            with pytest.raises(ValueError, match="another network"):
                next(cluster.run_items([], Classifier.load(other if bundle is tiny_bundle else tiny_bundle)))
        assert result.outcome.prediction.model == classifier.ref


@pytest.fixture
def command(ready: Machines, tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    """The command line of a run on the cluster, and its environment."""
    write_tiny_bundle(tmp_path / "profile" / "models")
    words = ["-m", "skindesk", "classify", "--model", "colours-3", "--json", "--cluster", ready.address]
    return [sys.executable, *words], {**os.environ, PROFILE_VARIABLE: str(tmp_path / "profile")}


Command = tuple[list[str], dict[str, str]]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_run_that_is_ended_is_continued(
    command: Command, slow_pictures: Path, tmp_path: Path, how: signal.Signals
) -> None:
    words, environment = command
    out, whole = tmp_path / "out.csv", tmp_path / "whole.csv"
    run = subprocess.Popen(
        [*words, slow_pictures, "--out", out], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None
    first = [run.stdout.readline() for _ in range(5)]
    run.send_signal(how)
    rest, said = run.communicate(timeout=60)
    announced = len(first) + len(rest.splitlines())
    assert 5 <= announced < 200
    if how is signal.SIGINT:
        assert run.returncode == 130
        assert b"Go on with: skindesk classify " in said
    done = subprocess.run(
        [*words, "--resume", "--out", out], cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    assert len(done.stdout.splitlines()) <= 200 - announced
    here = [*words[: words.index("--cluster")], slow_pictures, "--out", whole]
    subprocess.run(here, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
    assert out.read_bytes() == whole.read_bytes()


def test_command_line_says_what_is_wrong_in_one_sentence(command: Command, tmp_path: Path) -> None:
    words, environment = command
    words[-1] = "tcp://127.0.0.1:9"
    environment["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "1s"
    begun_at = time.monotonic()
    done = subprocess.run([*words, tmp_path], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert time.monotonic() - begun_at < 40
    assert done.returncode == 3
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("skindesk: There is no scheduler at tcp://127.0.0.1:9")


def test_workers_of_this_computer_and_of_a_cluster_do_not_go_together(command: Command, tmp_path: Path) -> None:
    words, environment = command
    done = subprocess.run(
        [*words, tmp_path, "--workers", "2"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "--workers is of this computer, not of a cluster." in done.stderr
