"""Writes a run's rows, or the page that sums them up, to a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skindesk.exchange.batch_page import write_page
from skindesk.exchange.rows import RowFile
from skindesk.gui.batch.run import Begun
from skindesk.services.batch import Result
from skindesk.services.batch.reviews import REVIEW_COLUMNS, review_row

PAGE = ".html"


@dataclass(frozen=True)
class Exported:
    """Where the rows went, and how many."""

    path: Path
    rows: int


def export(run: Begun, keys: Sequence[str] | None, path: Path) -> Exported:
    """Write CSV, JSON Lines or Parquet with what was decided on each row, or an HTML page, by the file's ending.

    The rows are those of these keys; with None all of a run that has ended by itself, in the order of its search.
    Raises OutputUnavailableError.
    """
    results = _Counting(run.job.all_results() if keys is None else _results_of(run, keys))
    if path.suffix.lower() == PAGE:
        from skindesk.services.batch.summary import summarise

        write_page(summarise(results, run.contract, run.job.mix.name, run.job.search.sources), path)
    else:
        with RowFile(path, run.contract.codes, REVIEW_COLUMNS) as file:
            for result in results:
                file.write(result.outcome, {**review_row(run.reviews.get(result.item.key))})
    return Exported(path, results.count)


def _results_of(run: Begun, keys: Iterable[str]) -> Iterator[Result]:
    return (result for key in keys if (result := run.reader.result_of(key)) is not None)


class _Counting:
    """Counts what goes through."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._results = results
        self.count = 0

    def __iter__(self) -> Iterator[Result]:
        for result in self._results:
            self.count += 1
            yield result
