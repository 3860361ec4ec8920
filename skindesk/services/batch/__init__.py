"""Classifying whole folders, archives and lists: what is found, the engine, and jobs that survive.

    for result in classify_items(find_items(Search(("scans", "cd.zip"), recursive=True)), classifier, mix): ...

`Search` says over what, `find_items` gives an `Item` for each picture, and `classify_items` a `Result` for each item;
`classify_item` is one worker's step, for engines of one's own. `Control` pauses and stops a run.

    with Job(out, search, classifier, mix, resume=True) as job:
        for result in job.results(): ...        # each once it survives a power cut
        for result in job.all_results(): ...    # all of them, those of earlier runs too, in order
        job.complete()

`Job.pause`, `go_on` and `stop` may be called from any thread, and `Job.progress` tells counts, rate and time left.
"""

from skindesk.services.batch.engine import Control, Options, Result, classify_item, classify_items
from skindesk.services.batch.items import Item, Problem
from skindesk.services.batch.job import Job, facts_of_job, refuse_to_overwrite_job
from skindesk.services.batch.progress import Progress
from skindesk.services.batch.sources import Search, find_items

__all__ = [
    "Control",
    "Item",
    "Job",
    "Options",
    "Problem",
    "Progress",
    "Result",
    "Search",
    "classify_item",
    "classify_items",
    "facts_of_job",
    "find_items",
    "refuse_to_overwrite_job",
]
