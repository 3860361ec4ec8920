"""Classifying whole folders, archives and lists: what is found, the engine, and jobs that survive.

    for result in classify_items(find_items(Search(("scans", "cd.zip"), recursive=True)), classifier, mix): ...

`Search` says over what, `find_items` gives an `Item` for each picture, and `classify_items` a `Result` for each item;
`classify_item` is one worker's step, for engines of one's own. `Control` pauses and stops a run.
"""

from skindesk.services.batch.engine import Control, Options, Result, classify_item, classify_items
from skindesk.services.batch.items import Item, Problem
from skindesk.services.batch.sources import Search, find_items

__all__ = [
    "Control",
    "Item",
    "Options",
    "Problem",
    "Result",
    "Search",
    "classify_item",
    "classify_items",
    "find_items",
]
