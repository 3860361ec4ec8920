"""A picture file in memory that a decoder may read only so many times."""

import io

MOST_READS = 400_000
"""Half a second of the decoders that are written in Python. The largest PNG that is read, in pieces of 8 kB, takes
260,000; a file of nothing but empty pieces would keep them busy for minutes."""


class Source(io.BytesIO):
    """A file that may be read only so many times, however much of it is skipped."""

    def __init__(self, content: bytes, most_reads: int = MOST_READS) -> None:
        super().__init__(content)
        self._left = most_reads

    def read(self, size: int | None = -1, /) -> bytes:
        """As files do. Raises ValueError once it was read too often."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("more pieces than any photograph has")
        return super().read(size)
