"""A log's folder is replaced by another in one step: a crash at any point leaves one of the two, whole."""

import errno
import shutil
from pathlib import Path

import pytest

from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.replacing import begin_replacing, finish_replacing, settle
from skindesk.system.paths import LogFolder


class Crash(BaseException):
    """What no clean-up sees."""


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    log = LogFolder(tmp_path / "caselog")
    log.root.mkdir()
    (log.root / "log").write_text("old")
    return log


def build(folder: LogFolder) -> None:
    (begin_replacing(folder).root / "log").write_text("new")


def content(folder: Path) -> str:
    return (folder / "log").read_text()


def crash_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Crash instead of the n-th rename or removal of a folder."""
    steps = iter(range(1, 100))
    rename, remove = Path.replace, shutil.rmtree

    def replace(self: Path, target: Path) -> Path:
        if self.is_dir() and next(steps) == step:
            raise Crash
        return rename(self, target)

    def rmtree(path: Path, ignore_errors: bool = False) -> None:
        if next(steps) == step:
            raise Crash
        remove(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(shutil, "rmtree", rmtree)


def test_the_new_log_takes_the_place_of_the_old(folder: LogFolder) -> None:
    build(folder)
    finish_replacing(folder)
    assert content(folder.root) == "new"
    assert [path.name for path in folder.root.parent.iterdir()] == ["caselog"]


def test_the_old_log_is_kept_whole_under_a_name(folder: LogFolder) -> None:
    build(folder)
    kept = folder.root.with_name("caselog.replaced")
    finish_replacing(folder, kept)
    assert (content(folder.root), content(kept)) == ("new", "old")
    assert [path.name for path in kept.iterdir()] == ["log"]


def test_a_log_that_was_never_finished_is_removed(folder: LogFolder) -> None:
    build(folder)
    settle(folder)
    assert content(folder.root) == "old"
    assert [path.name for path in folder.root.parent.iterdir()] == ["caselog"]


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("keep", [True, False])
def test_a_crash_leaves_one_log_and_loses_none_that_is_to_be_kept(
    folder: LogFolder, monkeypatch: pytest.MonkeyPatch, step: int, keep: bool
) -> None:
    build(folder)
    kept = folder.root.with_name("caselog.replaced")
    with monkeypatch.context() as patched:
        crash_at(patched, step)
        with pytest.raises(Crash):
            finish_replacing(folder, kept if keep else None)
    settle(folder)
    swapped = step == 3
    assert content(folder.root) == ("new" if swapped else "old")
    assert kept.exists() == (keep and swapped)
    if kept.exists():
        assert content(kept) == "old"
    assert {path.name for path in folder.root.parent.iterdir()} <= {"caselog", "caselog.replaced"}


@pytest.mark.parametrize("refused", [1, 2])
@pytest.mark.parametrize("keep", [True, False])
def test_a_rename_that_the_disk_refuses_leaves_the_old_log_alone(
    folder: LogFolder, monkeypatch: pytest.MonkeyPatch, refused: int, keep: bool
) -> None:
    build(folder)
    steps, rename = iter(range(1, 100)), Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.is_dir() and next(steps) == refused:
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        with pytest.raises(CaseLogUnavailableError, match="full"):
            finish_replacing(folder, folder.root.with_name("caselog.replaced") if keep else None)
    assert content(folder.root) == "old"
    assert [path.name for path in folder.root.iterdir()] == ["log"]
    assert [path.name for path in folder.root.parent.iterdir()] == ["caselog"]
