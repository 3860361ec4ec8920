"""What `doctor` and the About page check: models, case log, libraries and display, each with what to do."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from skindesk.domain.errors import BackupUnavailableError, CaseLogDamagedError, CaseLogUnavailableError, SkinDeskError
from skindesk.domain.people import Permission, Person
from skindesk.services.access import Access, Door
from skindesk.services.models import ModelLibrary
from skindesk.system.display import has_display
from skindesk.system.drives import caution_of_drive
from skindesk.system.paths import Profile
from skindesk.system.settings import load_settings

LIBRARIES = (
    "numpy", "pillow", "onnxruntime", "sqlalchemy", "sqlcipher3", "cryptography", "alembic", "portalocker",
    "pyside6-essentials", "qtawesome", "opencv-python-headless", "reportlab", "svglib", "pypdfium2",
)  # fmt: skip
"""The distributions that the program stands on."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `advice` is empty where it is sound."""

    subject: str
    sound: bool
    finding: str
    advice: str = ""


def check_all(profile: Profile, access: Access, full: bool = False) -> Iterator[Check]:
    """Every check in turn. `full` also reads each stored picture and the whole database."""
    yield from check_libraries()
    yield from check_models(ModelLibrary(profile))
    yield check_drive(profile)
    yield check_case_log(profile, access, full)
    yield from check_remains(access)
    yield check_backups(profile, access)
    yield check_display()


def check_libraries() -> Iterator[Check]:
    """Whether the libraries that run networks and keep cases can be loaded, and which versions they are."""
    for module in ("onnxruntime", "sqlalchemy", "PIL", "numpy"):
        try:
            import_module(module)
        except ImportError as error:
            yield Check(module, False, f"cannot be loaded: {error}.", "Install SkinDesk again.")
    yield Check("libraries", True, ", ".join(f"{name} {library_version(name)}" for name in LIBRARIES))


def library_version(distribution: str) -> str:
    """An installed distribution's version, or `not recorded` where a frozen program carries no metadata."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not recorded"


def check_models(models: ModelLibrary) -> Iterator[Check]:
    """Whether there is a network, and each is the one its card describes and computes what it should."""
    for fault in models.faults():
        yield Check("models", False, fault.what, fault.advice)
    installed = models.installed()
    if not installed:
        yield Check("models", False, "No model is installed.", "Install SkinDesk again, or add a model bundle.")
    for model in installed:
        try:
            models.verify(model.name)
        except SkinDeskError as error:
            yield Check(f"model {model.name}", False, error.what, error.advice)
        else:
            yield Check(f"model {model.name}", True, "digest, contract and golden outputs hold")


def check_drive(profile: Profile) -> Check:
    """Whether the profile lies on a drive of this computer."""
    caution = caution_of_drive(profile.root)
    if caution is not None:
        return Check("drive", False, caution.what, caution.advice)
    return Check("drive", True, "the profile lies on this computer")


def check_case_log(profile: Profile, access: Access, full: bool = False) -> Check:
    """Whether the case log opens and is whole. One that does not exist is not created, a locked one not opened."""
    from skindesk.storage.case_log import open_case_log
    from skindesk.storage.integrity import FindingKind
    from skindesk.storage.occupancy import working_with
    from skindesk.storage.place import refuse_missing

    try:
        if access.door is Door.LOCKED:
            return Check("case log", True, f"protected in {profile.root}; to look inside, sign in with --user")
        if access.door in (Door.NEW, Door.UNSEALED):
            return Check("case log", True, f"not set up yet in {profile.root}")
        refuse_missing(profile.log)
        with working_with(profile.log_lock), closing(open_case_log(profile.log, access.key)) as log:
            findings = log.check(full)
            count = log.count()
    except CaseLogDamagedError as error:
        return Check("case log", False, error.what, _way_out(profile, access, error.advice))
    except SkinDeskError as error:
        return Check("case log", False, error.what, error.advice)
    except OSError as error:
        what = f"The profile folder {profile.root} cannot be used: {error.strerror or error}."
        return Check("case log", False, what, "Choose another one.")
    trouble = [finding for finding in findings if finding.kind is not FindingKind.FILE_UNKNOWN]
    if trouble:
        first = trouble[0]
        damaged = first.kind is FindingKind.DATABASE_DAMAGED
        advice = _way_out(profile, access, first.advice) if damaged else first.advice
        return Check("case log", False, f"{len(trouble)} findings, the first: {first.what}", advice)
    left_over = f"; {len(findings)} files that no case refers to, which does no harm" if findings else ""
    depth = "every picture read" if full else "quick check"
    return Check("case log", True, f"{count} cases in {profile.root}, {depth}{left_over}")


def check_backups(profile: Profile, access: Access) -> Check:
    """Whether backups are made, and how old the newest verified one is."""
    from skindesk.services.daily_backup import DailyBackup

    settings = load_settings(profile)
    if profile.shared is not None:
        return Check("backups", True, f"those of the server, with {profile.log.root}, are its administrator's")
    if settings.backup_folder is None:
        return Check("backups", True, "none are made by themselves: choose a folder in Settings, or by `backup daily`")
    now = datetime.now(UTC)
    newest = DailyBackup(profile, access, lambda: settings).newest()
    finding = f"{newest.words(now)} Backups go to {settings.backup_folder}."
    if settings.backup_daily and newest.is_stale(now):
        return Check("backups", False, finding, "Connect its drive and run `skindesk backup create`.")
    return Check("backups", True, finding)


def _way_out(profile: Profile, access: Access, otherwise: str) -> str:
    """The command that restores the backup to offer for a damaged log; other advice where there is none."""
    from skindesk.services.rescue import find_rescue

    chosen = load_settings(profile).backup_folder
    if chosen is None or profile.shared is not None:
        return otherwise
    try:
        rescue = find_rescue(profile, access, Path(chosen))
    except BackupUnavailableError as error:
        return f"{otherwise} {error}"
    if rescue is None:
        return f"{otherwise} There is no backup in {chosen}."
    command = f"skindesk --profile {shlex.quote(str(profile.root))}{_as_somebody(rescue.people, access)} backup restore"
    return (
        f"The backup of {rescue.made_at.astimezone():%Y-%m-%d %H:%M} holds {rescue.cases} cases. To put it in the case "
        f"log's place: {command} {shlex.quote(chosen)} --snapshot {rescue.entry.snapshot.name} (the damaged log is set "
        "aside whole)"
    )


def _as_somebody(people: Sequence[Person], access: Access) -> str:
    """The option that names an administrator; nothing where no passphrase is needed."""
    try:
        known = people or access.people()
    except CaseLogUnavailableError:  # its key is damaged, and the backup's needs no passphrase
        return ""
    administrators = [person.name for person in known if person.may(Permission.ADMINISTER)]
    return f" --user {shlex.quote(administrators[0])}" if administrators else ""


def check_remains(access: Access) -> Iterator[Check]:
    """What looking at the log's door has shown to be left of an earlier log; nothing where all is well."""
    for caution in access.cautions:
        yield Check("earlier log", False, caution.what, caution.advice)


def check_display() -> Check:
    """Whether a window could be opened; Qt itself is looked for, not loaded."""
    if find_spec("PySide6") is None:
        return Check("display", False, "The window toolkit is not installed.", "Install SkinDesk again.")
    if not has_display():
        return Check("display", True, "no display here: the command line works, the window needs a desktop session")
    return Check("display", True, "found")
