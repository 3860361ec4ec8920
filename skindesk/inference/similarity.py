"""Finds the pictures whose features are most like those of another one: exactly, and without reading them all.

Likeness is the cosine between the features. Of each picture the index keeps where it lies along the leading principal
directions, rounded to whole steps, and two lengths: of what the directions miss, and of what rounding lost. By the
inequality of Cauchy and Schwarz these bound the likeness from above, so that only the pictures whose bound reaches the
likest ones found so far are looked at whole, and none that belongs among them is missed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""One row for each picture: (pictures, features)."""
Keys = NDArray[np.int64]
Whole = Callable[[Sequence[int]], tuple[Keys, Vectors]]
"""The features of the pictures with these keys, as far as they are still to be found, in any order."""

DIRECTIONS = 512
"""Half a kilobyte a picture. With 100,000 realistic pictures 512 rounded directions leave 200 to be looked at whole at
the median and 1,100 at most; 128 that are not rounded take as much room and leave 1,100 and 12,600."""
_STEPS = 127
_ROUNDS = 2
_BLOCK = 256
"""So few rows at a time fit the cache and keep numpy on one thread: of larger blocks its threads wait for each other,
which on a busy machine was measured to take sixty times as long."""
_AT_ONCE, _IN_ORDER = 128, 2048
_MARGIN = 1e-4
"""Bounds are computed in float32; the largest error measured was a hundredth of this."""
_LENGTH_MARGIN = 1e-5
"""Likewise of a length's square that is the difference of two others."""


@dataclass(frozen=True)
class Neighbour:
    """A picture by its key, what it belongs to, and its likeness: a cosine, -1 to 1."""

    key: int
    group: int
    likeness: float


class SimilarityIndex:
    """Pictures by their keys, each of which belongs to a group, such as the pictures of one lesion. Never changes."""

    def __init__(self, directions: Vectors, step: Vectors, codes: "_Codes") -> None:
        self._directions, self._step, self._codes = directions, step, codes

    @classmethod
    def fitted(cls, sample: Vectors, most_directions: int = DIRECTIONS) -> Self:
        """An empty index for pictures such as these: the better they stand for all, the fewer are looked at whole."""
        sample = _unit(sample)
        directions = _leading_directions(sample, min(most_directions, *sample.shape))
        widest = np.abs(sample @ directions).max(axis=0, initial=0)
        step = np.maximum(widest / _STEPS, np.finfo(np.float32).tiny, dtype=np.float32)
        return cls(directions, step, _no_codes(directions.shape[1]))

    @property
    def keys(self) -> Keys:
        """The pictures in the index."""
        return self._codes.keys

    @property
    def groups(self) -> Keys:
        """What each of them belongs to."""
        return self._codes.groups

    def changed(self, gone: Collection[int], new: Iterable[tuple[Keys, Keys, Vectors]]) -> Self:
        """The same index without some pictures, and with others by their keys, groups and features, in parts."""
        kept = self._codes.only(~np.isin(self.keys, list(gone)))
        added = (self._coded(keys, groups, vectors) for keys, groups, vectors in new)
        return type(self)(self._directions, self._step, _joined((kept, *added)))

    def nearest(
        self, features: NDArray[np.float32], whole: Whole, limit: int, without: Collection[int] = ()
    ) -> tuple[Neighbour, ...]:
        """The likest picture of each of the `limit` likest groups, likest first; none of the groups `without`.

        `features` are (features,). What `whole` does not give is passed over.
        """
        query = _unit(features[None])[0]
        bounds = self._bounds(query)
        likest: dict[int, Neighbour] = {}
        least = -np.inf
        for rows in self._promising(bounds, without):
            hopeful = rows[bounds[rows] >= least]
            if not hopeful.size:
                break
            for neighbour in self._looked_at(query, hopeful, whole):
                known = likest.get(neighbour.group)
                if known is None or _order(neighbour) < _order(known):
                    likest[neighbour.group] = neighbour
            found = sorted(likest.values(), key=_order)[:limit]
            if len(found) == limit:
                least = found[-1].likeness
        return tuple(sorted(likest.values(), key=_order)[:limit])

    def _bounds(self, query: Vectors) -> Vectors:
        """What each picture's likeness is at most, given how far both reach beyond what the codes tell."""
        along = query @ self._directions
        missed = np.linalg.norm(query - self._directions @ along)
        weights = along * self._step
        bounds = np.empty(len(self.keys), np.float32)
        for first in range(0, len(bounds), _BLOCK):
            block = self._codes.steps[first : first + _BLOCK].astype(np.float32)
            np.dot(block, weights, out=bounds[first : first + _BLOCK])
        bounds += self._codes.missed * missed
        bounds += self._codes.lost * np.linalg.norm(along)
        bounds += _MARGIN
        return bounds

    def _promising(self, bounds: Vectors, without: Collection[int]) -> Iterator[NDArray[np.intp]]:
        """The rows of the pictures, a few at a time, those of the highest bounds first; most are never sorted."""
        rest = np.flatnonzero(~np.isin(self.groups, list(without)))
        while rest.size:
            last = min(_IN_ORDER, rest.size) - 1
            place = np.argpartition(-bounds[rest], last)
            rows, rest = rest[place[: last + 1]], rest[place[last + 1 :]]
            rows = rows[np.argsort(-bounds[rows])]
            for first in range(0, len(rows), _AT_ONCE):
                yield rows[first : first + _AT_ONCE]

    def _looked_at(self, query: Vectors, rows: NDArray[np.intp], whole: Whole) -> Iterator[Neighbour]:
        groups = dict(zip(self.keys[rows].tolist(), self.groups[rows].tolist(), strict=True))
        keys, vectors = whole(list(groups))
        likeness = _unit(vectors) @ query if keys.size else np.empty(0)
        for key, value in zip(keys.tolist(), likeness.tolist(), strict=True):
            yield Neighbour(key, groups[key], value)

    def _coded(self, keys: Keys, groups: Keys, vectors: Vectors) -> "_Codes":
        vectors = _unit(vectors)
        along = vectors @ self._directions
        steps = np.clip(np.rint(along / self._step), -_STEPS, _STEPS)
        missed = np.sqrt(np.maximum(1 - np.square(along).sum(axis=1), 0) + _LENGTH_MARGIN)
        lost = np.linalg.norm(along - steps * self._step, axis=1)
        return _Codes(keys, groups, steps.astype(np.int8), missed, lost)


def vectors_of(features: Sequence[bytes]) -> Vectors:
    """Features as `Embedding` holds them, all of one network, as numbers; (0, 0) of none."""
    width = len(features[0]) // 2 if features else 0
    return np.frombuffer(b"".join(features), "<f2").reshape(len(features), width).astype(np.float32)


@dataclass(frozen=True)
class _Codes:
    """What the index keeps of each picture: where it lies in whole steps (pictures, directions), and two lengths."""

    keys: Keys
    groups: Keys
    steps: NDArray[np.int8]
    missed: Vectors
    lost: Vectors

    def only(self, rows: NDArray[np.bool_]) -> "_Codes":
        """Some of the pictures."""
        return _Codes(self.keys[rows], self.groups[rows], self.steps[rows], self.missed[rows], self.lost[rows])


def _no_codes(directions: int) -> _Codes:
    nothing, no_keys = np.empty(0, np.float32), np.empty(0, np.int64)
    return _Codes(no_keys, no_keys, np.empty((0, directions), np.int8), nothing, nothing)


def _joined(parts: Sequence[_Codes]) -> _Codes:
    return _Codes(
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.groups for part in parts]),
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.missed for part in parts]),
        np.concatenate([part.lost for part in parts]),
    )


def _unit(vectors: Vectors) -> Vectors:
    """Each row at length 1. What has no direction, or is no number, becomes zeros, which are like nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made = np.zeros_like(vectors)
    np.divide(vectors, lengths, out=made, where=np.isfinite(lengths) & (lengths > 0))
    return made


def _leading_directions(sample: Vectors, count: int) -> Vectors:
    """About the first `count` principal directions, (features, count), by subspace iteration; orthonormal."""
    drawn = np.random.default_rng(0).standard_normal((sample.shape[1], count), np.float32)
    directions = np.linalg.qr(drawn).Q
    for _ in range(_ROUNDS):
        directions = np.linalg.qr(sample.T @ (sample @ directions)).Q
    return directions


def _order(neighbour: Neighbour) -> tuple[float, int]:
    return -neighbour.likeness, neighbour.key
