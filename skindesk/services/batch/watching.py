"""A search that never ends: what is there, and then whatever is new, once it has been copied whole."""

import time
from collections.abc import Callable, Iterator

from skindesk.services.batch.items import Item, Seen
from skindesk.services.batch.sources import Search, find_items
from skindesk.system.in_use import is_being_written

LOOK_EVERY_S = 1.0
_SETTLED_NS = 2_000_000_000
"""FAT, on which most cards are, keeps times of modification to two seconds."""
_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".filepart", "~")
"""How the name before the ending ends while some programs copy, as in `IMG_0412.part.jpg`."""


def watch_items(search: Search, clock: Callable[[], float] = time.monotonic) -> Iterator[Item | None]:
    """Each picture once it is complete, and again whenever it has changed; None where there is nothing at the moment.

    A picture is complete when nobody is writing it and its file is older than two seconds or has looked the same at
    two looks. Looks at most once a second.
    """
    known: dict[str, Seen] = {}
    settling: dict[str, Seen] = {}
    looked_at = float("-inf")
    while True:
        if clock() - looked_at < LOOK_EVERY_S:
            yield None
            continue
        looked_at, before, settling = clock(), settling, {}
        for item in find_items(search):
            seen = item.look()
            if seen is None or known.get(item.key) == seen:
                continue
            if _is_complete(item, seen, before.get(item.key)):
                known[item.key] = seen
                yield item
            else:
                settling[item.key] = seen


def _is_complete(item: Item, seen: Seen, before: Seen | None) -> bool:
    if item.path.stem.lower().endswith(_TEMPORARY) or seen.size_bytes == 0 or is_being_written(item.path):
        return False
    return seen == before or time.time_ns() - seen.modified_ns >= _SETTLED_NS
