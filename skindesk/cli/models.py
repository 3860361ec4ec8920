"""`skindesk models`: which networks are installed and sound, installing one, and which of them answers."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skindesk.cli import model_recheck, model_shadow
from skindesk.cli.context import Context
from skindesk.cli.table import format_table
from skindesk.domain.contract import Modality
from skindesk.domain.errors import ModelUnavailableError, SkinDeskError

if TYPE_CHECKING:
    from skindesk.bootstrap import Workspace
    from skindesk.services.model_administration import ModelAdministration
    from skindesk.services.models import InstalledModel


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("models", help="list, verify, install and choose networks", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _register_reading(actions)
    _register_changing(actions)
    model_shadow.register(actions)
    model_recheck.register(actions)


def _register_reading(actions: Any) -> None:
    listing = actions.add_parser("list", help="every installed network")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="one network's card")
    show.add_argument("model", metavar="ID")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=run_show)
    verify = actions.add_parser("verify", help="check digest, contract and golden outputs")
    verify.add_argument("model", metavar="ID", nargs="?", help="default: every network")
    verify.set_defaults(run=run_verify)


def _register_changing(actions: Any) -> None:
    install = actions.add_parser("install", help="take in a bundle; it answers once it is activated")
    install.add_argument("bundle", metavar="BUNDLE", type=Path, help="a folder or ZIP file with its SHA256SUMS")
    install.add_argument("--json", action="store_true")
    install.set_defaults(run=run_install)
    pack = actions.add_parser("pack", help="write an exported bundle into a ZIP file that can be installed")
    pack.add_argument("folder", metavar="FOLDER", type=Path)
    pack.add_argument("--out", metavar="FILE.zip", type=Path, required=True)
    pack.set_defaults(run=run_pack)
    activate = actions.add_parser("activate", help="let a network answer its kind of picture")
    activate.add_argument("model", metavar="ID", help="as `list` has it; an id alone means the one of SkinDesk")
    activate.set_defaults(run=run_activate)
    rollback = actions.add_parser("rollback", help="let the network answer that answered before")
    rollback.add_argument(
        "--modality", type=Modality, choices=tuple(Modality), help="default: the kind that was changed"
    )
    rollback.set_defaults(run=run_rollback)


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a network."""
    workspace = context.workspace
    models = workspace.models.installed()
    active = _active(workspace)
    if chosen.json:
        print(json.dumps([_row(model, model.name in active) for model in models], ensure_ascii=False))
        return 0
    print(
        format_table(
            ("ID", "VERSION", "PICTURES", "ANSWERS", "TITLE", "LICENCE", "DIGEST", "FROM"),
            [
                (
                    model.name,
                    model.contract.version,
                    model.modality,
                    "yes" if model.name in active else "",
                    model.card.raw.get("title", ""),
                    model.card.licence,
                    model.card.digest[:12],
                    "SkinDesk" if model.shipped else "profile",
                )
                for model in models
            ],
        )
    )
    return 0


def run_show(chosen: argparse.Namespace, context: Context) -> int:
    """Print one card."""
    model = context.workspace.models.find(chosen.model)
    print(json.dumps(model.card.raw, ensure_ascii=False) if chosen.json else model.card.text, end="")
    return 0


def run_verify(chosen: argparse.Namespace, context: Context) -> int:
    """Verify one network or all; returns 3 where one is not sound."""
    models = context.workspace.models
    faults = () if chosen.model else models.faults()
    for fault in faults:
        print(fault)
    problems = len(faults)
    wanted = () if chosen.model else models.installed()
    if not wanted and not faults:
        wanted = (models.find(chosen.model),)
    for model in wanted:
        problem = models.problem_with(model.name)
        problems += problem is not None
        print(f"{model.name}: {problem or 'sound: digest, contract and golden outputs hold'}")
    return 3 if problems else 0


def run_install(chosen: argparse.Namespace, context: Context) -> int:
    """Take a bundle into the profile."""
    model = _administration(context).install(chosen.bundle)
    if chosen.json:
        print(json.dumps(_row(model, active=False), ensure_ascii=False))
    else:
        print(f"{model.name} is installed. To let it answer: skindesk models activate {model.name}")
    return 0


def run_pack(chosen: argparse.Namespace, context: Context) -> int:
    """Write a bundle into a ZIP file."""
    from skindesk.services.model_install import pack_bundle

    pack_bundle(chosen.folder, context.workspace.models, chosen.out)
    print(f"{chosen.out} can be installed: skindesk models install {chosen.out}")
    return 0


def run_activate(chosen: argparse.Namespace, context: Context) -> int:
    """Check a network and let it answer."""
    administration = _administration(context)
    model = administration.checked(chosen.model)
    changed = administration.activate(model)
    print(f"{model.name} answers {model.modality} pictures{' from now on' if changed else ' already'}.")
    return 0


def run_rollback(chosen: argparse.Namespace, context: Context) -> int:
    """Go back to the network that answered before."""
    administration = _administration(context)
    modality = chosen.modality or _changed_kind(context.workspace)
    administration.checked_former(modality)
    model = administration.roll_back(modality)
    print(f"{model.name} answers {modality} pictures again.")
    return 0


def _administration(context: Context) -> "ModelAdministration":
    """The administration for whoever signs in; before there is a case log nobody can."""
    from skindesk.services.access import Door

    if context.workspace.access.door is Door.LOCKED:
        context.access  # noqa: B018 - signs in
    return context.workspace.model_administration


def _changed_kind(workspace: "Workspace") -> Modality:
    """The only kind of picture for which it is known what answered before. Raises ModelUnavailableError."""
    kinds = [kind for kind in Modality if workspace.settings.former_model(kind) is not None]
    if len(kinds) != 1:
        what = "Networks for several kinds of picture were changed." if kinds else "No network was activated yet."
        raise ModelUnavailableError(what, "Say which by --modality." if kinds else "Activate one by `models activate`.")
    return kinds[0]


def _active(workspace: "Workspace") -> set[str]:
    """The names of the networks that answer; what the settings name may be gone."""
    found = set()
    for kind in Modality:
        try:
            found.add(workspace.models.find(workspace.settings.model_for(kind), kind).name)
        except SkinDeskError:
            continue
    return found


def _row(model: "InstalledModel", active: bool) -> dict[str, Any]:
    return {
        **model.card.raw,
        "model_id": model.model_id,
        "name": model.name,
        "shipped": model.shipped,
        "modality": model.modality,
        "active": active,
    }
