"""A picture file in memory that a decoder may read only so many times."""

import io

_MOST_READS = 100_000
"""A fifth of a second of the decoders that are written in Python: one in nothing but empty pieces would keep them busy
for minutes. A PNG of 200 MB in the usual pieces of 8 kB takes as many."""


class Source(io.BytesIO):
    """A file that may be read only so many times, however much of it is skipped."""

    def __init__(self, content: bytes, most_reads: int = _MOST_READS) -> None:
        super().__init__(content)
        self._left = most_reads

    def allow(self, reads: int) -> None:
        """Let it be read so many times more."""
        self._left += reads

    def read(self, size: int | None = -1, /) -> bytes:
        """As files do. Raises ValueError once it was read too often."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("more pieces than any photograph has")
        return super().read(size)
