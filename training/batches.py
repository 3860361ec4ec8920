"""Batches of training and evaluation pictures for Keras, reproducible from seed, epoch and step."""

import math
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.augment import augment, resize_square
from training.cache import Cache
from training.config import AugmentationConfig, RecipeConfig, Stage
from training.teacher import Teacher


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc] # keras ships no types
    """Augmented, mixed-up, shuffled batches: float32 (n, size, size, 3) in 0 to 255 and float32 (n, classes).

    A teacher's answers to these pictures count in the targets by the recipe's share, the true classes by the rest.
    Every batch is a function of (seed, epoch, step), so a resumed run sees what an unbroken one would have. `epoch` is
    set by the trainer before each epoch.
    """

    def __init__(
        self,
        cache: Cache,
        indices: NDArray[np.int64],
        stage: Stage,
        recipe: RecipeConfig,
        augmentation: AugmentationConfig,
        teacher: Teacher | None = None,
        workers: int = 2,
    ) -> None:
        super().__init__(workers=workers, use_multiprocessing=False, max_queue_size=8)
        self.cache = cache
        self.indices = indices
        self.stage = stage
        self.recipe = recipe
        self.augmentation = augmentation
        self.teacher = teacher if stage.taught else None
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.indices) // self.recipe.batch_size

    def __getitem__(self, step: int) -> tuple[Any, ...]:
        rng = np.random.default_rng([self.recipe.seed, self.epoch, step])
        order = np.random.default_rng([self.recipe.seed, self.epoch]).permutation(self.indices)
        chosen = order[step * self.recipe.batch_size : (step + 1) * self.recipe.batch_size]
        pictures = np.stack(
            [augment(self.cache.images[at], self.stage.size_px, self.augmentation, rng) for at in chosen]
        )
        targets = np.eye(len(self.cache.labels), dtype=np.float32)[self.cache.targets[chosen]]
        blended, targets = _mixup(pictures.astype(np.float32), targets, self.stage.mixup, rng)
        if self.teacher is not None:
            share = np.float32(self.recipe.teacher_share)
            targets = (1 - share) * targets + share * self.teacher.answer(blended)
        return blended, targets


class EvaluationBatches(keras.utils.PyDataset):  # type: ignore[misc] # keras ships no types
    """Unchanged pictures in order: float32 (n, size, size, 3) in 0 to 255."""

    def __init__(self, cache: Cache, indices: NDArray[np.int64], size_px: int, batch_size: int = 16) -> None:
        super().__init__()
        self.cache = cache
        self.indices = indices
        self.size_px = size_px
        self.batch_size = batch_size

    def __len__(self) -> int:
        return math.ceil(len(self.indices) / self.batch_size)

    def __getitem__(self, step: int) -> NDArray[np.float32]:
        chosen = self.indices[step * self.batch_size : (step + 1) * self.batch_size]
        return np.stack([resize_square(self.cache.images[at], self.size_px) for at in chosen]).astype(np.float32)


def _mixup(
    pictures: NDArray[np.float32], targets: NDArray[np.float32], alpha: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Blend each picture and its target with another of the batch (Zhang et al. 2018, arXiv 1710.09412)."""
    if alpha <= 0:
        return pictures, targets
    share = rng.beta(alpha, alpha, size=len(pictures)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    partner = rng.permutation(len(pictures))
    wide = share[:, None, None, None]
    blended = wide * pictures + (1 - wide) * pictures[partner]
    return blended, share[:, None] * targets + (1 - share[:, None]) * targets[partner]
