"""The trainer's command line: `python -m training prepare | fit | evaluate | export | ...`."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from skindesk.domain.errors import SkinDeskError

if TYPE_CHECKING:
    from training.cache import Cache
    from training.config import Config, DataConfig, NetworkConfig
    from training.evaluate import Foreign
    from training.runs import Run

CONFIGS = Path(__file__).parent / "configs"
RUNS = Path("runs")
DATA_VARIABLE = "SKINDESK_DATA"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb. Returns 0 when done, 2 for expected trouble, which is printed as one sentence."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except SkinDeskError as error:
        print(f"training: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    prepare = verbs.add_parser("prepare", help="read an archive and build its cache")
    _add_config(prepare)
    prepare.add_argument("--data", type=Path, help=f"the archive's folder (default: its name in ${DATA_VARIABLE})")
    prepare.add_argument("--dataset", help="another archive than the configuration's, prepared in the same way")
    prepare.add_argument(
        "--with", dest="companion", type=Path, metavar="FOLDER", help="another archive whose tables tell more (isic9)"
    )
    prepare.set_defaults(run=_prepare)

    fit = verbs.add_parser("fit", help="train, or go on training")
    _add_config(fit)
    fit.add_argument("--weights", type=Path, help="pretrained backbone weights (.weights.h5)")
    fit.add_argument("--resume", action="store_true", help="go on after the last finished epoch")
    fit.add_argument("--precision", choices=("float32", "bfloat16"), default="float32", help="what layers compute in")
    fit.set_defaults(run=_fit)

    teacher = verbs.add_parser("teacher", help="write an evaluated run as the teacher that other configurations name")
    _add_config(teacher)
    teacher.set_defaults(run=_teacher)

    ensemble = verbs.add_parser("ensemble", help="put an ensemble together from its members' finished runs")
    _add_config(ensemble)
    ensemble.set_defaults(run=_ensemble)

    evaluate = verbs.add_parser("evaluate", help="calibrate on the validation part, measure on the test part")
    _add_config(evaluate)
    evaluate.add_argument("--quick", action="store_true", help="leave out eight views and robustness")
    evaluate.add_argument(
        "--external", action="append", default=[], metavar="NAME=CACHE", help="another prepared archive to measure on"
    )
    _add_foreign(evaluate)
    evaluate.add_argument(
        "--choose-novelty", type=Path, metavar="FOLDER", help="other foreign pictures, which decide what score ships"
    )
    evaluate.set_defaults(run=_evaluate)

    backbone = verbs.add_parser("backbone", help="save a run's backbone, from which another run can start")
    _add_config(backbone)
    backbone.add_argument("--out", type=Path, required=True, metavar="FILE.weights.h5")
    backbone.set_defaults(run=_backbone)

    export = verbs.add_parser("export", help="write a model bundle that the program runs")
    _add_config(export)
    export.add_argument("--out", type=Path, default=Path("models"), help="the folder that receives the bundle")
    export.add_argument("--compare", type=Path, action="append", default=[], metavar="RUN", help="a run for the card")
    export.add_argument(
        "--beside", type=Path, action="append", default=[], metavar="FILE", help="a file for the bundle"
    )
    export.set_defaults(run=_export)

    probe = verbs.add_parser("probe", help="measure logistic regression on a frozen backbone, to compare with")
    _add_config(probe)
    probe.add_argument("--weights", type=Path, required=True, help="pretrained backbone weights (.weights.h5)")
    probe.set_defaults(run=_probe)

    time = verbs.add_parser("time", help="measure how long finished runs take for a picture, in turns in one process")
    time.add_argument("configs", nargs="+", metavar="config", help="files, or names of training/configs")
    time.set_defaults(run=_time)

    ablate = verbs.add_parser("ablate", help="train without each part of a recipe in turn, and compare on validation")
    _add_config(ablate)
    ablate.add_argument("--weights", type=Path, help="pretrained backbone weights (.weights.h5)")
    ablate.set_defaults(run=_ablate)

    quantise = verbs.add_parser("quantise", help="write the 8-bit twin of an exported bundle")
    _add_config(quantise)
    quantise.add_argument("--parent", type=Path, required=True, metavar="BUNDLE", help="the exported bundle's folder")
    quantise.add_argument("--id", required=True, help="the twin's model id, such as dermoscopy-7-fast")
    quantise.add_argument("--out", type=Path, default=Path("models"), help="the folder that receives the twin")
    quantise.add_argument("--quick", action="store_true", help="leave out eight views and robustness")
    _add_foreign(quantise)
    quantise.set_defaults(run=_quantise)

    predict = verbs.add_parser("predict", help="classify pictures with a run's weights, before any export")
    _add_config(predict)
    predict.add_argument("pictures", type=Path, nargs="+")
    predict.set_defaults(run=_predict)

    phantoms = verbs.add_parser("phantoms", help="generate the example pictures, or a whole data set of phantoms")
    phantoms.add_argument("--out", type=Path, required=True)
    phantoms.add_argument("--dataset", type=int, metavar="N", help="N pictures a class in HAM10000's layout")
    phantoms.set_defaults(run=_phantoms)
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", help="a file, or the name of one in training/configs")
    parser.add_argument("--run", dest="folder", type=Path, help="the run's folder (default: runs/<model id>)")
    parser.add_argument("--cache", type=Path, help="the prepared archive (default: runs/cache/<data set>-<width>)")


def _add_foreign(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--foreign", action="append", default=[], metavar="NAME=FOLDER", help="pictures that novelty should refuse"
    )


class _Places:
    """The configuration and folders that a command line names."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        from training.config import load_network_config
        from training.runs import Run

        self.config_path = _config_path(chosen.config)
        self.config = load_network_config(self.config_path)
        self.cache: Path = chosen.cache or _cache_of(self.config.data)
        self.run = Run(chosen.folder or RUNS / self.config.model.id)

    @property
    def trained(self) -> "Config":
        """The configuration with its recipe. Raises TrainingError for an ensemble."""
        from training.config import load_config

        return load_config(self.config_path)

    def other(self, name: str) -> "tuple[NetworkConfig, Run]":
        """Another network's configuration, and its run beside this one. Raises TrainingError where there is none."""
        from training.config import load_network_config
        from training.runs import Run

        config = load_network_config(_config_path(name))
        return config, Run(self.run.folder.with_name(config.model.id))

    def load_cache(self) -> "Cache":
        """The prepared archive. Raises TrainingError where it does not fit the configuration."""
        from training.cache import load_cache

        return load_cache(self.cache, self.config.data.preprocessing)

    def load_training_cache(self) -> "Cache":
        """The archive to train on. Raises TrainingError where it does not fit, or holds out other pictures."""
        from training.cache import load_cache
        from training.errors import TrainingError

        data, measured_on = self.config.data, self.load_cache()
        if not data.trains_on:
            return measured_on
        cache = load_cache(_cache_of(replace(data, dataset=data.trains_on)), data.preprocessing)
        if cache.held_out_digest != measured_on.held_out_digest:
            raise TrainingError(
                f"{data.trains_on} holds out other pictures than {data.dataset}.",
                "Combine the archives with only_trains for all but one.",
            )
        return cache

    def load_externals(self, named: Sequence[str]) -> dict[str, "Cache"]:
        """Further prepared archives, each given as NAME=CACHE. Raises TrainingError for anything else."""
        from training.cache import load_cache

        spec = self.config.data.preprocessing
        return {name: load_cache(folder, spec) for name, folder in _named_folders("--external", named)}

    def load_foreign(self, named: Sequence[str], chosen_by: Path | None) -> "Foreign":
        """Folders of foreign pictures, those to measure given as NAME=FOLDER."""
        from training.evaluate import Foreign
        from training.pictures import load_folder

        spec = self.config.data.preprocessing
        measured = {name: load_folder(folder, spec) for name, folder in _named_folders("--foreign", named)}
        return Foreign(measured, None if chosen_by is None else load_folder(chosen_by, spec))


def _config_path(name: str) -> Path:
    named = Path(name)
    return named if named.suffix == ".toml" else CONFIGS / f"{name}.toml"


def _cache_of(data: "DataConfig") -> Path:
    """Where a prepared archive lies unless `--cache` names another folder."""
    from training.datasets.names import short_name

    return RUNS / "cache" / f"{short_name(data.dataset)}-{data.width_px}"


def _named_folders(option: str, entries: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Each NAME=FOLDER taken apart. Raises TrainingError for anything else."""
    from training.errors import TrainingError

    for entry in entries:
        name, _, folder = entry.partition("=")
        if not name or not folder:
            raise TrainingError(f"{option} {entry} does not name a folder.", f"Write {option} NAME=FOLDER.")
        yield name, Path(folder)


def _prepare(chosen: argparse.Namespace) -> None:
    from training.datasets import read_archive
    from training.datasets.names import folder_of
    from training.prepare import prepare

    places = _Places(chosen)
    data = places.config.data
    if chosen.dataset is not None:
        data = replace(data, dataset=chosen.dataset)
    folder = chosen.data or folder_of(data.dataset, Path(os.environ.get(DATA_VARIABLE, ".")))
    prepare(read_archive(data.dataset, folder, chosen.companion), data.preprocessing, chosen.cache or _cache_of(data))


def _fit(chosen: argparse.Namespace) -> None:
    from training.fit import fit

    places = _Places(chosen)
    config = places.trained
    teacher = places.other(config.recipe.teacher)[1] if config.recipe.teacher else None
    fit(
        config, places.config_path, places.load_training_cache(), places.run, chosen.weights, chosen.resume,
        chosen.precision, teacher,
    )  # fmt: skip


def _teacher(chosen: argparse.Namespace) -> None:
    from training.calibrate import load_calibration
    from training.teacher import write_teacher
    from training.trained import load_network

    places = _Places(chosen)
    network = load_network(places.config, len(places.load_cache().labels), places.run)
    print(f"Wrote {write_teacher(network, load_calibration(places.run), places.run)}")


def _ensemble(chosen: argparse.Namespace) -> None:
    from training.config import EnsembleConfig, load_config
    from training.ensemble import put_together
    from training.errors import TrainingError

    places = _Places(chosen)
    if not isinstance(places.config, EnsembleConfig):
        raise TrainingError(f"{places.config_path.name} names no members.", "Train it with `fit`.")
    members = [(load_config(_config_path(name)), places.other(name)[1]) for name in places.config.members]
    weights = put_together(places.config, places.config_path, places.load_cache(), places.run, members)
    for name, weight in zip(places.config.members, weights, strict=True):
        print(f"{name}: {weight:.1f}")


def _evaluate(chosen: argparse.Namespace) -> None:
    from training.evaluate import evaluate
    from training.formatting import format_figures

    places = _Places(chosen)
    figures = evaluate(
        places.config,
        places.load_cache(),
        places.run,
        chosen.quick,
        places.load_externals(chosen.external),
        places.load_foreign(chosen.foreign, chosen.choose_novelty),
    )
    print(format_figures(figures))
    print(f"Report: {places.run.report}")


def _backbone(chosen: argparse.Namespace) -> None:
    from training.trained import load_network

    places = _Places(chosen)
    network = load_network(places.config, len(places.load_cache().labels), places.run)
    network.feature_extractor.save_weights(chosen.out)
    print(f"Wrote {chosen.out}")


def _export(chosen: argparse.Namespace) -> None:
    from training.export import export
    from training.runs import Run

    places = _Places(chosen)
    compared = [Run(folder) for folder in chosen.compare]
    print(f"Wrote {export(places.config, places.load_cache(), places.run, chosen.out, compared, chosen.beside)}")


def _probe(chosen: argparse.Namespace) -> None:
    from training.formatting import format_interval
    from training.probe import probe
    from training.runs import Run

    places = _Places(chosen)
    run = Run(places.run.folder.with_name(f"{places.run.folder.name}-probe"))
    figures = probe(places.trained, places.load_cache(), chosen.weights, run)
    for mix in ("archive_mix", "balanced_mix"):
        for name in ("accuracy", "balanced_accuracy", "macro_auc"):
            print(f"{mix} {name}: {format_interval(figures[mix][name])}")
    print(f"Figures: {run.figures}")


def _time(chosen: argparse.Namespace) -> None:
    from training.cache import load_cache
    from training.config import load_network_config
    from training.runs import Run
    from training.timing import time_networks

    configs = [load_network_config(_config_path(name)) for name in chosen.configs]
    caches = [load_cache(_cache_of(config.data)) for config in configs]
    runs = [Run(RUNS / config.model.id) for config in configs]
    for config, took in zip(configs, time_networks(configs, caches, runs), strict=True):
        print(
            f"{config.model.id} ({config.model.architecture}): {took['milliseconds']:.1f} ms a picture on one thread, "
            f"{took['ratio']:.2f} times the first"
        )


def _ablate(chosen: argparse.Namespace) -> None:
    from training.ablate import ablate

    places = _Places(chosen)
    table = ablate(places.trained, places.config_path, places.load_cache(), places.run, chosen.weights)
    print(table.read_text("utf-8"))


def _quantise(chosen: argparse.Namespace) -> None:
    from training.quantise import write_fast_bundle
    from training.runs import Run

    places = _Places(chosen)
    run = Run(places.run.folder.with_name(chosen.id))
    foreign = places.load_foreign(chosen.foreign, None)
    cache = places.load_cache()
    folder = write_fast_bundle(places.config, cache, chosen.parent, chosen.out, run, chosen.quick, foreign)
    print(f"Wrote {folder}; report: {run.report}")


def _predict(chosen: argparse.Namespace) -> None:
    from training.predict import predict

    places = _Places(chosen)
    for line in predict(places.config, places.load_cache(), places.run, chosen.pictures):
        print(line)


def _phantoms(chosen: argparse.Namespace) -> None:
    from training.phantoms import write_dataset, write_examples

    if chosen.dataset is None:
        for path in write_examples(chosen.out):
            print(path)
    else:
        write_dataset(chosen.out, per_class=chosen.dataset, seed=0)


if __name__ == "__main__":
    sys.exit(main())
