"""The index of like pictures: never another answer than comparing with each of them, whatever the features are."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from skindesk.inference.similarity import Keys, Neighbour, SimilarityIndex, Vectors, vectors_of

COUNT, FEATURES, DIRECTIONS, LIMIT = 3_000, 150, 40, 8


def clustered(count: int = COUNT, seed: int = 0) -> Vectors:
    """Positive, in clusters and of low dimension but for some noise, as a network's pooled features are."""
    chance = np.random.default_rng(seed)
    shapes = chance.gamma(0.5, size=(40, FEATURES))
    mixed = chance.dirichlet(np.full(40, 0.15), count) @ shapes
    return np.asarray(mixed + chance.gamma(0.3, 0.05, (count, FEATURES)), np.float32)


def isotropic(count: int = COUNT, seed: int = 0) -> Vectors:
    """Alike in no direction: nothing can be told from codes."""
    return np.random.default_rng(seed).standard_normal((count, FEATURES)).astype(np.float32)


class Store:
    """Pictures numbered from 1000 on, three of each lesion, which counts how many are looked at whole."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors, self.read = vectors, 0
        self.keys = np.arange(1000, 1000 + len(vectors))
        self.groups = self.keys // 3

    def parts(self, rows: slice = slice(None), size: int = 500) -> list[tuple[Keys, Keys, Vectors]]:
        keys, groups, vectors = self.keys[rows], self.groups[rows], self.vectors[rows]
        return [
            (keys[at : at + size], groups[at : at + size], vectors[at : at + size]) for at in range(0, len(keys), size)
        ]

    def whole(self, keys: Sequence[int]) -> tuple[Keys, Vectors]:
        self.read += len(keys)
        wanted = np.array(sorted(keys))
        return wanted, self.vectors[wanted - 1000]

    def brute_force(self, features: Vectors, limit: int = LIMIT, rows: slice = slice(None)) -> list[tuple[int, int]]:
        vectors, query = self.vectors[rows].astype(np.float64), features.astype(np.float64)
        likeness = vectors @ query / np.linalg.norm(vectors, axis=1) / np.linalg.norm(query)
        found: dict[int, int] = {}
        for row in np.argsort(-likeness):
            found.setdefault(int(self.groups[rows][row]), int(self.keys[rows][row]))
        return [(key, group) for group, key in found.items()][:limit]


def indexed(store: Store) -> SimilarityIndex:
    return SimilarityIndex.fitted(store.vectors[:1000], DIRECTIONS).changed((), store.parts())


def pairs(found: Sequence[Neighbour]) -> list[tuple[int, int]]:
    return [(neighbour.key, neighbour.group) for neighbour in found]


@pytest.mark.parametrize("made", [clustered, isotropic])
def test_the_answer_is_that_of_comparing_with_every_picture(made: Callable[..., Vectors]) -> None:
    store = Store(made())
    index = indexed(store)

    for query in made(20, seed=1):
        found = index.nearest(query, store.whole, LIMIT)
        assert pairs(found) == store.brute_force(query)
        likeness = [neighbour.likeness for neighbour in found]
        assert likeness == sorted(likeness, reverse=True)


def test_few_pictures_are_looked_at_whole_where_they_have_something_in_common() -> None:
    store = Store(clustered())
    index = indexed(store)
    for query in clustered(20, seed=1):
        index.nearest(query, store.whole, LIMIT)

    assert store.read / 20 < COUNT / 8


def test_a_picture_is_likest_to_itself() -> None:
    store = Store(clustered())
    first = indexed(store).nearest(store.vectors[77], store.whole, 1)

    assert [neighbour.key for neighbour in first] == [1077]
    assert first[0].likeness == pytest.approx(1, abs=1e-5)


def test_features_unlike_any_that_the_index_was_fitted_to_are_found_all_the_same() -> None:
    strange = isotropic(600, seed=2) * 50
    strange[:, :20] += 400
    store = Store(np.concatenate([clustered(1500), strange]))
    index = SimilarityIndex.fitted(store.vectors[:1000], DIRECTIONS).changed((), store.parts())

    for query in (*isotropic(5, seed=3), *(strange[:5] + isotropic(5, seed=4))):
        assert pairs(index.nearest(query, store.whole, LIMIT)) == store.brute_force(query)


def test_pictures_come_and_go() -> None:
    store = Store(clustered())
    index = SimilarityIndex.fitted(store.vectors[:1000], DIRECTIONS).changed((), store.parts(slice(0, 1500)))
    later = index.changed(store.keys[:600].tolist(), store.parts(slice(1500, 3000)))

    assert len(index.keys) == 1500
    assert sorted(later.keys) == list(range(1600, 4000))
    for query in clustered(5, seed=1):
        assert pairs(later.nearest(query, store.whole, LIMIT)) == store.brute_force(query, rows=slice(600, None))


def test_groups_can_be_left_out() -> None:
    store = Store(clustered())
    query = clustered(1, seed=1)[0]
    whole = store.brute_force(query, 12)
    mine = [group for _, group in whole[::3]]

    assert pairs(indexed(store).nearest(query, store.whole, LIMIT, mine)) == [
        pair for pair in whole if pair[1] not in mine
    ]


def test_what_is_no_longer_to_be_found_makes_room_for_the_next() -> None:
    store = Store(clustered())
    query = clustered(1, seed=1)[0]
    gone = {key for key, _ in store.brute_force(query, 3)}
    left = [row for row, key in enumerate(store.keys) if key not in gone]

    def whole(keys: Sequence[int]) -> tuple[Keys, Vectors]:
        return store.whole([key for key in keys if key not in gone])

    rest = Store(store.vectors[left])
    rest.keys, rest.groups = store.keys[left], store.groups[left]
    assert pairs(indexed(store).nearest(query, whole, LIMIT)) == rest.brute_force(query)


def test_a_small_index_gives_what_it_has() -> None:
    store = Store(clustered(4))
    index = SimilarityIndex.fitted(store.vectors).changed((), store.parts())
    query = clustered(1, seed=1)[0]

    assert pairs(index.nearest(query, store.whole, LIMIT)) == store.brute_force(query)
    assert SimilarityIndex.fitted(store.vectors).nearest(query, store.whole, LIMIT) == ()


def test_features_without_a_direction_are_like_nothing() -> None:
    vectors = clustered(30)
    vectors[3], vectors[4, 7], vectors[5, 8] = 0, np.nan, np.inf
    store = Store(vectors)
    index = SimilarityIndex.fitted(vectors).changed((), store.parts())
    likeness = {found.key: found.likeness for found in index.nearest(vectors[0], store.whole, 30)}

    assert all(likeness.get(key, 0.0) == 0 for key in (1003, 1004, 1005))
    assert all(found.likeness == 0 for found in index.nearest(vectors[4], store.whole, 30))


def test_features_are_read_as_they_are_kept() -> None:
    kept = clustered(3).astype("<f2")
    assert np.array_equal(vectors_of([row.tobytes() for row in kept]), kept.astype(np.float32))
