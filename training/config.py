"""What a TOML file of `training/configs` says about one network: data, architecture, recipe, contract."""

import tomllib
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from skindesk.domain.contract import Geometry, Modality, Preprocessing, Resampling
from training.architectures import smallest_px
from training.errors import TrainingError


@dataclass(frozen=True)
class ModelConfig:
    """Which network; `version` and `title` go into its contract.

    `licence` is the network's where it is not its archive's alone, because it starts from another's weights.
    """

    id: str
    version: str
    title: str
    modality: Modality
    architecture: str
    pretrained: bool
    dropout: float
    licence: str = ""


@dataclass(frozen=True)
class DataConfig:
    """Which archive, and how its pictures become the network's input.

    `trains_on` is the archive to train on where it is another, which must hold out the same pictures; "" for none.
    """

    dataset: str
    width_px: int
    height_px: int
    geometry: Geometry
    resampling: Resampling
    trains_on: str = ""

    @property
    def preprocessing(self) -> Preprocessing:
        """The specification that the cache and the program both follow."""
        return Preprocessing(self.width_px, self.height_px, self.geometry, self.resampling)


@dataclass(frozen=True)
class Stage:
    """Some epochs at one input size.

    `frozen` trains the head alone; `restart` begins a new cosine of the learning rate with a fresh optimiser
    (Loshchilov and Hutter 2017, arXiv 1608.03983); `mixup` is the alpha of its beta distribution, 0 for none; where a
    stage is not `taught`, the recipe's teacher is silent.
    """

    size_px: int
    epochs: int
    frozen: bool = False
    restart: bool = False
    mixup: float = 0.0
    taught: bool = True


@dataclass(frozen=True)
class RecipeConfig:
    """How the network is trained.

    `class_balance` is `logit_adjustment` (Menon et al. 2021, arXiv 2007.07314) or `weights` (inverse
    frequency); `head_rate` is the learning rate of frozen stages, `peak_rate` the top of every other cosine.
    A pretrained backbone's first layers learn at `first_layers_rate` times the rate, those between at steps
    between (discriminative rates, Howard and Ruder 2018, arXiv 1801.06146). `averaging` is the momentum of the
    running average of the weights that is validated and kept; 0 for none. `teacher` is the configuration of a finished
    network whose answers count by `teacher_share` beside the true class; "" for none.
    """

    seed: int
    batch_size: int
    optimiser: str
    head_rate: float
    peak_rate: float
    warmup_steps: int
    weight_decay: float
    class_balance: str
    label_smoothing: float
    stages: tuple[Stage, ...]
    first_layers_rate: float = 1.0
    averaging: float = 0.0
    teacher: str = ""
    teacher_share: float = 0.5


@dataclass(frozen=True)
class AugmentationConfig:
    """Random changes of a training picture; `*_probability` is 0 to 1.

    `min_crop_area` is a share of the picture, `max_rotation_deg` applies beside exact quarter turns,
    `brightness`, `contrast` and `saturation` are the largest relative changes and `hue_deg` the largest turn
    of the colour circle.
    """

    flip: bool
    max_rotation_deg: float
    min_crop_area: float
    max_stretch: float
    brightness: float
    contrast: float
    saturation: float
    hue_deg: float
    resample_probability: float
    min_resample_scale: float
    jpeg_probability: float
    min_jpeg_quality: int


@dataclass(frozen=True)
class NetworkConfig:
    """What calibration, evaluation and export need to know of a network, however it came about."""

    model: ModelConfig
    data: DataConfig


@dataclass(frozen=True)
class Config(NetworkConfig):
    """The whole configuration of a network that is trained."""

    recipe: RecipeConfig
    augmentation: AugmentationConfig


@dataclass(frozen=True)
class EnsembleConfig(NetworkConfig):
    """A network put together from the trained runs of other configurations, named by `members`."""

    members: tuple[str, ...]


def load_config(path: Path) -> Config:
    """Read the configuration of a network that is trained.

    Raises TrainingError for unknown or missing keys, names and impossible values, and for an ensemble.
    """
    config = load_network_config(path)
    if not isinstance(config, Config):
        raise TrainingError(f"{path.name} names an ensemble, which is not trained.", "Train its members.")
    return config


def load_network_config(path: Path) -> Config | EnsembleConfig:
    """Read any network's configuration. Raises TrainingError for unknown or missing keys and impossible values."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {error.strerror}.", "Name a file of training/configs.") from error
    except tomllib.TOMLDecodeError as error:
        raise TrainingError(f"{path} is not valid TOML: {error}.") from error
    if "members" in raw:
        ensemble: EnsembleConfig = _build(EnsembleConfig, raw, path.name)
        smallest_px(ensemble.model.architecture)
        return ensemble
    config: Config = _build(Config, raw, path.name)
    _check_ranges(config, path.name)
    return config


def _check_ranges(config: Config, where: str) -> None:
    """Refuse numbers with which training would fail late, or quietly do something else."""
    recipe, change = config.recipe, config.augmentation
    sizes = (config.data.width_px, config.data.height_px, *(stage.size_px for stage in recipe.stages))
    smallest = smallest_px(config.model.architecture)
    conditions = {
        "batch_size must be at least 1": recipe.batch_size >= 1,
        "class_balance must be logit_adjustment or weights": recipe.class_balance in ("logit_adjustment", "weights"),
        "label_smoothing must lie between 0 and 1": 0 <= recipe.label_smoothing < 1,
        "a stage needs at least one epoch": all(stage.epochs >= 1 for stage in recipe.stages),
        f"{config.model.architecture} needs pictures of at least {smallest} px": min(sizes) >= smallest,
        "first_layers_rate must be over 0 and at most 1": 0 < recipe.first_layers_rate <= 1,
        "teacher_share must lie between 0 and 1": 0 <= recipe.teacher_share <= 1,
        "averaging must lie between 0 and 1": 0 <= recipe.averaging < 1,
        "there must be a stage": bool(recipe.stages),
        "dropout must lie between 0 and 1": 0 <= config.model.dropout < 1,
        "min_crop_area must be over 0 and at most 1": 0 < change.min_crop_area <= 1,
        "min_resample_scale must be over 0 and at most 1": 0 < change.min_resample_scale <= 1,
        "max_stretch must be at least 1": change.max_stretch >= 1,
        "min_jpeg_quality must lie between 1 and 95": 1 <= change.min_jpeg_quality <= 95,
    }
    broken = [rule for rule, holds in conditions.items() if not holds]
    if broken:
        raise TrainingError(f"{where}: {'; '.join(broken)}.")


def _build(kind: Any, raw: Any, where: str) -> Any:
    """Turn parsed TOML into the annotated type, refusing what does not fit."""
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(raw, dict):
            raise TrainingError(f"{where} must be a table.")
        hints = get_type_hints(kind)
        unknown = set(raw) - set(hints)
        if unknown:
            raise TrainingError(f"{where} has unknown keys: {', '.join(sorted(unknown))}.")
        values = {name: _build(hints[name], raw[name], f"{where}.{name}") for name in hints if name in raw}
        missing = [entry.name for entry in fields(kind) if entry.name not in raw and entry.name not in _optional(kind)]
        if missing:
            raise TrainingError(f"{where} lacks {', '.join(missing)}.")
        return kind(**values)
    if get_origin(kind) is tuple:
        if not isinstance(raw, list):
            raise TrainingError(f"{where} must be a list.")
        return tuple(_build(get_args(kind)[0], entry, f"{where}[{at}]") for at, entry in enumerate(raw))
    if not _fits(kind, raw):
        raise TrainingError(f"{where} cannot be {raw!r}.")
    try:
        return kind(raw)
    except (TypeError, ValueError) as error:
        raise TrainingError(f"{where} cannot be {raw!r}.") from error


def _fits(kind: Any, raw: Any) -> bool:
    """Whether a value has TOML's own type for it: Python would take "false" for True and 1.9 epochs for one."""
    if kind is float:
        return type(raw) in (int, float)
    return type(raw) is kind if kind in (bool, int, str) else isinstance(raw, str)


def _optional(kind: type) -> set[str]:
    return {name for name in get_type_hints(kind) if hasattr(kind, name)}
