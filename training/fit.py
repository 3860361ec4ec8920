"""Trains a network stage by stage, with a checkpoint after every epoch from which a run resumes."""

import csv
import math
import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training import metrics
from training.architectures import build_network
from training.architectures.network import Network
from training.average import WeightAverage
from training.batches import EvaluationBatches, TrainingBatches
from training.cache import Cache
from training.config import Config, Stage
from training.errors import TrainingError
from training.runs import Run, read_json, save_weights, write_json
from training.split import Part
from training.teacher import Teacher

_HISTORY_COLUMNS = (
    "stage", "epoch", "size_px", "learning_rate", "loss", "validation_accuracy", "validation_balanced_accuracy",
    "validation_macro_auc", "validation_nll", "seconds",
)  # fmt: skip


class BalancedCrossentropy(keras.losses.Loss):  # type: ignore[misc] # keras ships no types
    """Categorical cross-entropy whose logits come out as if every class were equally common.

    `logit_adjustment` adds the logarithm of the class mix to the logits inside the loss (Menon et al. 2021,
    arXiv 2007.07314); `weights` weighs each picture by its class's inverse frequency.
    """

    def __init__(self, class_mix: NDArray[np.float64], class_balance: str, label_smoothing: float) -> None:
        super().__init__(name="balanced_crossentropy")
        adjusted = class_balance == "logit_adjustment"
        self.offset = np.log(class_mix).astype(np.float32) if adjusted else np.zeros(len(class_mix), np.float32)
        weights = np.ones(len(class_mix)) if adjusted else 1 / (class_mix * len(class_mix))
        self.class_weights = weights.astype(np.float32)
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss per picture from soft targets and logits, both (n, classes)."""
        losses = keras.losses.categorical_crossentropy(
            y_true, keras.ops.add(y_pred, self.offset), from_logits=True, label_smoothing=self.label_smoothing
        )
        return losses * keras.ops.sum(keras.ops.multiply(y_true, self.class_weights), axis=-1)


class LayerwiseAdamW(keras.optimizers.AdamW):  # type: ignore[misc] # keras ships no types
    """AdamW whose rate is multiplied by `factors`, one for each of the variables that it is built for, in order."""

    def __init__(self, *arguments: Any, factors: Sequence[float], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.factors = factors

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """One variable's step."""
        # On TensorFlow this is the backend's variable, which only Keras' own look-up knows.
        super().update_step(gradient, variable, learning_rate * self.factors[self._get_variable_index(variable)])


def fit(
    config: Config,
    config_path: Path,
    cache: Cache,
    run: Run,
    weights: Path | None,
    resume: bool,
    precision: str = "float32",
    teacher: Run | None = None,
) -> None:
    """Train to the end of the configured stages, leaving the best weights in the run's folder.

    `precision` is what layers compute in, `float32` or `bfloat16`; the weights are float32 in either. `teacher` is the
    run of the network that the recipe names. Raises TrainingError where the run exists and `resume` is not given, or
    where weights or the teacher are missing. A finished run that is resumed is left as it is.
    """
    if run.progress.exists() and not resume:
        raise TrainingError(f"{run.folder} holds a run already.", "Go on with --resume, or name another folder.")
    done = read_json(run.progress, "") if run.progress.exists() else {"stage": 0, "epochs_done": 0, "best": math.inf}
    stages = config.recipe.stages
    if (done["stage"], done["epochs_done"]) == (len(stages) - 1, stages[-1].epochs):
        print(f"{run.folder} is trained to its end.")
        return
    if config.model.pretrained and weights is None:
        raise TrainingError(f"{config_path.name} needs pretrained weights.", "Name their file with --weights.")
    if weights is not None and not weights.is_file():
        raise TrainingError(f"The weights file {weights} does not exist.")
    keras.utils.set_random_seed(config.recipe.seed)
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else precision)
    taught_by = None if teacher is None else Teacher(teacher.teacher, cache.class_mix())
    digest = None if taught_by is None else taught_by.digest
    _record(run, {**_describe(config, config_path, cache), "precision": precision, "teacher_digest": digest})
    network = build_network(
        config.model.architecture, len(cache.labels), config.model.dropout, str(weights) if weights else None
    )
    _Trainer(config, cache, run, network, done, taught_by).train()


class _Trainer:
    """Holds what the stages share: the network, its optimiser and how far the run has come."""

    def __init__(
        self,
        config: Config,
        cache: Cache,
        run: Run,
        network: Network,
        done: dict[str, Any],
        teacher: Teacher | None = None,
    ) -> None:
        self.config = config
        self.cache = cache
        self.run = run
        self.network = network
        self.done = done
        self.teacher = teacher
        self.train_part = cache.where(Part.TRAIN)
        momentum = config.recipe.averaging
        self.average = WeightAverage(network.training_model, momentum) if momentum else None
        self.loss = BalancedCrossentropy(cache.class_mix(), config.recipe.class_balance, config.recipe.label_smoothing)

    def train(self) -> None:
        """Train every stage that is not done; the first may have to go on from the checkpoint."""
        stages = self.config.recipe.stages
        resuming = self.run.checkpoint.exists()
        if resuming and self.average is not None:
            self.average.load(self.run.average)
        for at in range(self.done["stage"], len(stages)):
            begins = at == _cycle_of(stages, at).start and self.done["epochs_done"] == 0
            if resuming and begins:
                self.network.training_model.load_weights(self.run.checkpoint)  # the optimiser starts afresh
            if resuming or begins:
                self._compile(_cycle_of(stages, at))
            if resuming and not begins:
                self.network.training_model.load_weights(self.run.checkpoint)
            resuming = False
            self._train_stage(at, stages[at])
            self.done.update(stage=at + 1, epochs_done=0)

    def _train_stage(self, at: int, stage: Stage) -> None:
        batches = TrainingBatches(
            self.cache, self.train_part, stage, self.config.recipe, self.config.augmentation,
            self.teacher, workers=os.cpu_count() or 1,
        )  # fmt: skip
        self.network.training_model.fit(
            batches,
            epochs=stage.epochs,
            initial_epoch=self.done["epochs_done"],
            shuffle=False,
            callbacks=[_EpochKeeper(self, at, stage, batches)],
        )

    def _compile(self, cycle: range) -> None:
        """A fresh optimiser, with the learning rate planned over all stages of the cycle."""
        recipe = self.config.recipe
        frozen = recipe.stages[cycle.start].frozen
        if self.network.backbone is not None:
            _set_trainable(self.network.backbone, frozen)
        rate: Any = recipe.head_rate
        if not frozen:
            epochs = sum(recipe.stages[at].epochs for at in cycle)
            steps = epochs * (len(self.train_part) // recipe.batch_size)
            rate = keras.optimizers.schedules.CosineDecay(
                recipe.peak_rate / 100,
                max(1, steps - recipe.warmup_steps),
                alpha=0.001,
                warmup_target=recipe.peak_rate,
                warmup_steps=recipe.warmup_steps,
            )
        optimiser = _optimiser(recipe.optimiser, rate, recipe.weight_decay, self._rate_factors())
        self.network.training_model.compile(
            optimizer=optimiser, loss=self.loss, jit_compile="auto" if keras.backend.backend() == "jax" else False
        )
        optimiser.build(self.network.training_model.trainable_variables)

    def _rate_factors(self) -> list[float]:
        """What each trainable variable's rate is multiplied by: a pretrained backbone's first layers learn least."""
        variables = self.network.training_model.trainable_variables
        first, backbone = self.config.recipe.first_layers_rate, self.network.backbone
        if backbone is None or first == 1.0:
            return [1.0] * len(variables)
        depth = len(backbone.layers) - 1
        slower = {
            id(variable): first ** (1 - at / depth)
            for at, layer in enumerate(backbone.layers)
            for variable in layer.trainable_variables
        }
        return [slower.get(id(variable), 1.0) for variable in variables]


class _EpochKeeper(keras.callbacks.Callback):  # type: ignore[misc] # keras ships no types
    """Tells the batches which epoch it is; afterwards validates, records and checkpoints."""

    def __init__(self, trainer: _Trainer, at: int, stage: Stage, batches: TrainingBatches) -> None:
        super().__init__()
        self.trainer = trainer
        self.at = at
        self.stage = stage
        self.batches = batches
        self.epochs_before = sum(earlier.epochs for earlier in trainer.config.recipe.stages[:at])
        self.started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Seeds this epoch's batches and dropout, so that a resumed run goes on as an unbroken one would."""
        self.batches.epoch = self.epochs_before + epoch
        backbone = self.trainer.network.backbone
        for at, layer in enumerate((*self.model.layers, *(backbone.layers if backbone is not None else ()))):
            if hasattr(layer, "seed_generator"):
                layer.seed_generator.state.assign([self.trainer.config.recipe.seed + at, self.batches.epoch])
        self.started = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Takes the step into the average."""
        if self.trainer.average is not None:
            self.trainer.average.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Validates at the size that ships, keeps the best weights and makes the epoch resumable."""
        trainer = self.trainer
        with trainer.average.in_place() if trainer.average is not None else nullcontext():
            self._validate_and_keep(epoch, logs)
        if trainer.average is not None:
            trainer.average.save(trainer.run.average)
        save_weights(self.model, trainer.run.checkpoint)
        write_json(trainer.run.progress, {**trainer.done, "stage": self.at, "epochs_done": epoch + 1})

    def _validate_and_keep(self, epoch: int, logs: dict[str, float] | None) -> None:
        trainer = self.trainer
        scores = _validate(trainer.network, trainer.cache, trainer.config)
        row = {
            "stage": self.at,
            "epoch": self.epochs_before + epoch + 1,
            "size_px": self.stage.size_px,
            "learning_rate": float(self.model.optimizer.learning_rate),
            "loss": (logs or {})["loss"],
            **scores,
            "seconds": round(time.monotonic() - self.started, 1),
        }
        _append_row(trainer.run.history, row)
        print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
        if scores["validation_nll"] < trainer.done["best"]:
            trainer.done["best"] = scores["validation_nll"]
            save_weights(self.model, trainer.run.best)


def _cycle_of(stages: tuple[Stage, ...], at: int) -> range:
    """The stages, `at` among them, that share one optimiser and one plan of the learning rate."""
    begins = [
        stage.restart or index == 0 or stage.frozen != stages[index - 1].frozen for index, stage in enumerate(stages)
    ]
    first = max(index for index in range(at + 1) if begins[index])
    later = [index for index in range(at + 1, len(stages)) if begins[index]]
    return range(first, min(later, default=len(stages)))


def predict_logits(network: Network, cache: Cache, indices: NDArray[np.int64], size_px: int) -> NDArray[np.float64]:
    """The network's balanced logits (n, classes) for unchanged pictures at an input size."""
    logits = network.training_model.predict(EvaluationBatches(cache, indices, size_px), verbose=0)
    return np.asarray(logits, np.float64)


def _validate(network: Network, cache: Cache, config: Config) -> dict[str, float]:
    indices = cache.where(Part.VALIDATION)
    logits = predict_logits(network, cache, indices, config.data.width_px)
    targets = cache.targets[indices]
    balanced = metrics.unweighted(metrics.softmax_with_prior(logits, np.ones(logits.shape[1]), 1.0), targets)
    # What is held out has the archive's mix; further pictures to train on may have another.
    archive = metrics.unweighted(metrics.softmax_with_prior(logits, cache.class_mix(Part.VALIDATION), 1.0), targets)
    return {
        "validation_accuracy": metrics.accuracy(archive),
        "validation_balanced_accuracy": metrics.balanced_accuracy(balanced),
        "validation_macro_auc": metrics.macro_auc(archive),
        "validation_nll": metrics.negative_log_likelihood(archive),
    }


def _set_trainable(backbone: Any, frozen: bool) -> None:
    """Free or freeze a pretrained backbone; its BatchNorm always stays in inference mode.

    A layer that is not trainable is what Keras runs in inference mode: `training=False` on the nested model's
    call does not reach it during `fit` (Keras 3.15).
    """
    backbone.trainable = not frozen
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


def _optimiser(name: str, rate: Any, weight_decay: float, factors: Sequence[float]) -> Any:
    if name == "adam":
        return keras.optimizers.Adam(rate)
    if name != "adamw":
        raise TrainingError(f"There is no optimiser {name!r}.", "Known: adam, adamw.")
    optimiser = (
        LayerwiseAdamW(rate, weight_decay=weight_decay, factors=factors)
        if any(factor != 1.0 for factor in factors)
        else keras.optimizers.AdamW(rate, weight_decay=weight_decay)
    )
    optimiser.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimiser


def _append_row(path: Path, row: dict[str, float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _HISTORY_COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow(row)


def _record(run: Run, started: dict[str, Any]) -> None:
    """Keep what a run was started with; each time it is resumed, also what it went on with."""
    if run.record.exists():
        record = read_json(run.record, "")
        started = {**record, "resumed": [*record.get("resumed", ()), started]}
    write_json(run.record, started)


def _describe(config: Config, config_path: Path, cache: Cache) -> dict[str, Any]:
    return {
        "config": config_path.name,
        "settings": asdict(config),
        "dataset": cache.dataset_title,
        "licence": cache.licence,
        "split_digest": cache.split_digest,
        "held_out_digest": cache.held_out_digest,
        "git_commit": git_commit(),
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "backend": keras.backend.backend(),
        "versions": {name: version(name) for name in ("keras", "numpy", "pillow")},
    }


def git_commit() -> str:
    """The checkout's commit, with `-dirty` where files differ from it; `unknown` outside a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
