"""Jobs: nothing announced is lost or done twice, whatever ends the run, and the end is that of an undisturbed run."""

import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from skindesk.domain.class_mix import archive_mix, balanced_mix
from skindesk.domain.errors import OutputUnavailableError
from skindesk.domain.outcome import Classified, Rejected
from skindesk.exchange.rows import RowFile
from skindesk.inference.classifier import Classifier
from skindesk.services.batch import Item, Job, Options, Progress, Result, Search, facts_of_job
from skindesk.services.batch import job as job_module
from skindesk.services.batch.job_file import JobFile, job_path
from skindesk.services.batch.progress import Meter
from skindesk.services.batch.watching import watch_items
from tests.faults.batch_kills import killed_run, write_folder
from tests.support.pictures import BLUE, GREEN, RED, write_picture


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_module, "GROUP_ROWS", 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hundred pictures of three colours, one of them damaged."""
    made = tmp_path / "pictures"
    made.mkdir()
    for at in range(100):
        write_picture(made / f"{at:03}.png", (RED, GREEN, BLUE)[at % 3])
    (made / "007.png").write_bytes(b"\x89PNG and nothing else")
    return made


Begin = Callable[..., Job]


@pytest.fixture
def begin(tiny_classifier: Classifier, folder: Path, tmp_path: Path) -> Begin:
    def job(resume: bool = False, **others: object) -> Job:
        given: dict[str, object] = {
            "out": tmp_path / "out.csv",
            "search": Search.over([folder]),
            "classifier": tiny_classifier,
            "mix": archive_mix(tiny_classifier.contract),
            "options": Options(workers=2),
            "resume": resume,
        }
        return Job(**{**given, **others})  # type: ignore[arg-type]

    return job


def names(results: list[Result]) -> list[str]:
    return [result.item.path.name for result in results]


def rows_of(job: Job, out: Path) -> bytes:
    """What the result file would hold."""
    with RowFile(out, ("red", "green", "blue")) as file:
        for result in job.all_results():
            file.write(result.outcome)
    return out.read_bytes()


def undisturbed(begin: Begin, tmp_path: Path) -> bytes:
    with begin(out=None) as job:
        list(job.results())
        return rows_of(job, tmp_path / "undisturbed.csv")


def test_undisturbed_run_has_every_row_once_and_in_order(begin: Begin, folder: Path, tmp_path: Path) -> None:
    with begin() as job:
        announced = list(job.results())
        kept = list(job.all_results())
        job.complete()
    assert names(announced) == names(kept) == sorted(path.name for path in folder.iterdir())
    assert [result.number for result in kept] == list(range(100))
    assert {path.name for path in tmp_path.iterdir()} == {"pictures"}


def test_kept_result_is_the_one_that_was_announced(begin: Begin) -> None:
    with begin() as job:
        announced = list(job.results())
        for one, other in zip(announced, job.all_results(), strict=True):
            assert one == other


def test_stopped_job_is_continued_where_it_was(begin: Begin, folder: Path, tmp_path: Path) -> None:
    with begin() as job, closing(job.results()) as results:
        first = [next(results) for _ in range(10)]
        job.stop()
        first += list(results)
    assert 10 <= len(first) < 100
    with begin(resume=True) as job:
        second = list(job.results())
        assert sorted(names(first + second)) == sorted(path.name for path in folder.iterdir())
        assert (job.progress.done, job.progress.kept) == (len(second), len(first))
        assert rows_of(job, tmp_path / "rows.csv") == undisturbed(begin, tmp_path)


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError, GeneratorExit])
def test_whatever_ends_a_run_what_was_classified_is_written(begin: Begin, trouble: type[BaseException]) -> None:
    with begin() as job, suppress(trouble), closing(job.results()) as results:
        for at, _ in enumerate(results):
            if at == 9:
                raise trouble
    with begin(resume=True) as job:
        assert len(list(job.results())) <= 90
        assert len(list(job.all_results())) == 100


def test_announced_row_is_in_the_file(begin: Begin, tmp_path: Path) -> None:
    with begin() as job, closing(job.results()) as results:
        for _ in range(9):
            next(results)
        with closing(sqlite3.connect(f"file:{job_path(tmp_path / 'out.csv')}?immutable=1", uri=True)) as other:
            assert other.execute("SELECT count(*) FROM row").fetchone()[0] >= 9


def test_killed_job_comes_to_the_same_end(tmp_path: Path) -> None:
    """A few hundred files and a few kills; `python -m tests.faults.batch_kills` has ten thousand and twenty."""
    folder, chance = tmp_path / "many", random.Random(1)
    write_folder(folder, count=300, damaged=9)
    whole = killed_run(folder, tmp_path / "whole", kills=0, chance=chance)
    torn = killed_run(folder, tmp_path / "torn", kills=4, chance=chance, group_rows=16)
    assert torn.kills == 4
    assert (torn.lost, torn.repeated) == ((), ())
    assert torn.rows == whole.rows
    assert len(whole.rows.splitlines()) == 301


def test_files_that_changed_came_and_went_are_as_they_are_now(begin: Begin, folder: Path, tmp_path: Path) -> None:
    with begin() as job:
        list(job.results())
    write_picture(folder / "003.png", BLUE)
    os.utime(folder / "004.png", ns=(1, 1))
    write_picture(folder / "004b.png", GREEN)
    write_picture(folder / "007.png", GREEN)
    (folder / "005.png").unlink()
    with begin(resume=True) as job:
        again = list(job.results())
        assert names(again) == ["003.png", "004.png", "004b.png", "007.png"]
        assert replace(job.progress, rate_per_s=None) == Progress(4, 0, kept=96, changed=2, total=None, rate_per_s=None)
        assert rows_of(job, tmp_path / "rows.csv") == undisturbed(begin, tmp_path)


def test_trouble_that_may_have_passed_is_tried_again(begin: Begin, folder: Path) -> None:
    search = Search((str(folder / "000.png"), str(folder / "late.png")))
    with begin(search=search) as job:
        assert isinstance(list(job.results())[1].outcome, Rejected)
    write_picture(folder / "late.png")
    with begin(search=search, resume=True) as job:
        (late,) = job.results()
    assert isinstance(late.outcome, Classified)


def test_picture_that_is_found_twice_has_one_row(begin: Begin, folder: Path) -> None:
    with begin(search=Search((str(folder / "001.png"), str(folder), str(folder / "001.png")))) as job:
        assert len(list(job.results())) == 100
        assert names(list(job.all_results()))[0] == "001.png"


def test_job_without_a_file_leaves_nothing_behind(begin: Begin, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    with begin(out=None) as job:
        assert len(list(job.results())) == len(list(job.all_results())) == 100
        job.complete()
    assert set(tmp_path.iterdir()) == before


def interrupted(begin: Begin, **how: object) -> None:
    with begin(**how) as job, closing(job.results()) as results:
        next(results)


def test_new_run_does_not_overwrite_an_interrupted_one(begin: Begin) -> None:
    interrupted(begin)
    with pytest.raises(OutputUnavailableError, match="Continue it with --resume"):
        begin()


def test_run_that_was_interrupted_before_its_first_row_is_nothing_to_keep(begin: Begin) -> None:
    with begin():
        pass
    with begin() as job:
        assert len(list(job.results())) == 100


def test_rows_of_two_networks_are_not_mixed(begin: Begin, tiny_classifier: Classifier) -> None:
    interrupted(begin)
    other = object.__new__(Classifier)
    other.__dict__.update(tiny_classifier.__dict__)
    other.ref = replace(tiny_classifier.ref, digest="1" * 64)
    with pytest.raises(OutputUnavailableError, match=r"another network \(colours-3 1\.0\.0\)"):
        begin(resume=True, classifier=other)


def test_rows_of_two_class_mixes_are_not_mixed(begin: Begin, tiny_classifier: Classifier) -> None:
    interrupted(begin)
    with pytest.raises(OutputUnavailableError, match=r"another class mix \(archive\)"):
        begin(resume=True, mix=balanced_mix(tiny_classifier.contract))


def test_rows_of_other_options_and_sources_are_not_mixed(begin: Begin, folder: Path) -> None:
    interrupted(begin)
    with pytest.raises(OutputUnavailableError, match="without the quality gate"):
        begin(resume=True, options=Options(quality=True))
    with pytest.raises(OutputUnavailableError, match="other sources"):
        begin(resume=True, search=Search.over([folder / "000.png"]))
    with pytest.raises(OutputUnavailableError, match="other options"):
        begin(resume=True, search=Search.over([folder], recursive=True))
    with begin(resume=True, search=replace(Search.over([folder]), label_by_folder=True)) as job:
        list(job.results())
        assert {result.item.label for result in job.all_results()} == {"pictures"}


def test_relative_sources_are_not_looked_for_elsewhere(
    begin: Begin, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    search = Search(("pictures",))
    interrupted(begin, search=search)
    monkeypatch.chdir(folder)
    with pytest.raises(OutputUnavailableError, match=f"in the folder {tmp_path}"):
        begin(resume=True, search=search)


def test_rows_of_a_drive_that_is_not_there_are_not_given_up(begin: Begin, folder: Path) -> None:
    with begin() as job:
        list(job.results())
    away = folder.rename(folder.with_name("unplugged"))
    with pytest.raises(OutputUnavailableError, match="is not there now"):
        begin(resume=True)
    away.rename(folder)
    with begin(resume=True) as job:
        assert list(job.results()) == []
        assert len(list(job.all_results())) == 100


def test_only_one_run_at_a_time_has_a_job(begin: Begin) -> None:
    with begin() as job:
        next(job.results())
        with pytest.raises(OutputUnavailableError, match="being written by another run"):
            begin(resume=True)


@pytest.mark.parametrize("content", [b"a night's work", b"SQLite format 3\0" + bytes(5000), os.urandom(9000)])
def test_file_that_is_no_job_is_left_as_it_is(begin: Begin, tmp_path: Path, content: bytes) -> None:
    part = job_path(tmp_path / "out.csv")
    part.write_bytes(content)
    for resume in (False, True):
        with pytest.raises(OutputUnavailableError, match="damaged, or is no interrupted run"):
            begin(resume=resume)
    assert part.read_bytes() == content


def test_another_programs_database_is_left_as_it_is(begin: Begin, tmp_path: Path) -> None:
    with closing(sqlite3.connect(job_path(tmp_path / "out.csv"))) as other, other:
        other.execute("CREATE TABLE row (x)")
    with pytest.raises(OutputUnavailableError, match="no interrupted run"):
        begin(resume=True)


def test_place_that_cannot_be_written_is_said(begin: Begin, tmp_path: Path) -> None:
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        begin(out=tmp_path / "nowhere" / "out.csv")


def test_job_tells_what_it_depends_on(begin: Begin, folder: Path, tmp_path: Path) -> None:
    assert facts_of_job(tmp_path / "out.csv") is None
    interrupted(begin)
    facts = facts_of_job(tmp_path / "out.csv")
    assert facts is not None
    assert facts.search == Search.over([folder])
    assert facts.model_id == "colours-3"


def test_progress_counts_rate_and_time_left(begin: Begin) -> None:
    now = 0.0
    meter = Meter(lambda: now)
    meter.total = 100
    for _ in range(20):
        now += 1
        meter.done += 4
    assert meter.look().rate_per_s == pytest.approx(4)
    assert meter.look().left_s == pytest.approx(5)
    with begin() as job:
        job.count()
        list(job.results())
        deadline = time.monotonic() + 10
        while job.progress.total is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert job.progress.total == 100
        assert (job.progress.done, job.progress.rejected) == (100, 1)


def test_watched_folder_gives_each_picture_once_it_is_whole(tmp_path: Path) -> None:
    now = 0.0

    def found() -> list[str]:
        nonlocal now
        now += 2
        names = []
        while (item := next(items)) is not None:
            names.append(item.path.name)
        return names

    def age(path: Path, seconds: float) -> None:
        at = time.time_ns() - int(seconds * 1e9)
        os.utime(path, ns=(at, at))

    age(write_picture(tmp_path / "old.png"), 60)
    items = watch_items(Search.over([tmp_path]), lambda: now)
    assert found() == ["old.png"]
    fresh = write_picture(tmp_path / "new.png")
    (tmp_path / "half.part.png").write_bytes(b"half")
    (tmp_path / "empty.png").touch()
    assert found() == []
    assert found() == ["new.png"]
    assert found() == []
    write_picture(fresh, BLUE)
    age(fresh, 5)
    assert found() == ["new.png"]
    with (tmp_path / "open.png").open("wb") as file:
        file.write(b"still being copied")
        file.flush()
        assert found() == []
        if sys.platform == "linux":
            assert found() == []


def test_watching_job_takes_what_comes_until_it_is_stopped(begin: Begin, folder: Path, tmp_path: Path) -> None:
    with begin(watch=True) as job:
        seen = []
        for result in job.results():
            seen.append(result.item.path.name)
            if len(seen) == 100:
                os.utime(write_picture(folder / "late.png"), ns=(1, 1))
            if len(seen) == 101:
                job.stop()
        assert seen[100] == "late.png"
        assert len(list(job.all_results())) == 101


def test_kept_rows_of_many_files_are_written_on_the_way(begin: Begin, tmp_path: Path) -> None:
    with begin() as job:
        list(job.results())
    with begin(resume=True) as job:
        job.stop()
        assert list(job.results()) == []
    file = JobFile(job_path(tmp_path / "out.csv"))
    assert file.count() == 100
    file.close()


def test_item_key_tells_members_and_problems_apart() -> None:
    archive = Path("a.zip")
    assert len({Item(archive).key, Item(archive, "b").key, Item(Path("a.zip/b")).key}) == 3
