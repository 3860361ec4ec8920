"""What the program does to a profile: the workflows that are killed, starved and cut off from power."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from skindesk.bootstrap import Workspace
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.class_mix import archive_mix
from skindesk.domain.errors import AccessRefusedError
from skindesk.domain.people import Role
from skindesk.exchange.rows import RowFile
from skindesk.inference.classifier import Classifier
from skindesk.services.backups import Backups
from skindesk.services.batch import Job, Options, Search
from skindesk.services.batch import job as batch_job
from skindesk.storage.case_log import open_case_log
from skindesk.storage.engine import DatabaseFile
from skindesk.storage.image_store import ImageStore
from skindesk.storage.keyring import new_keyring
from skindesk.storage.schema import MIGRATIONS, bring_up_to_date
from skindesk.storage.sealing import PictureSealer
from skindesk.system.logs import start_logging
from skindesk.system.paths import Profile
from tests.faults.cases import (
    FAMILY,
    NAME,
    PASSPHRASE,
    content_of,
    draft_of,
    enter,
    enter_case,
    problems_of_log,
    workspace_in,
)
from tests.faults.following import prepare_follow_up, problems_of_follow_up, run_follow_up
from tests.faults.importing import prepare_import, problems_of_import, run_import
from tests.support.tiny_bundle import write_tiny_bundle

STORED = range(4)
"""The cases that a prepared profile holds already."""
ADDED = range(10, 15)
SAVED_LATER = 9
PICTURES = Path(__file__).parents[2] / "resources" / "examples"
WRITERS = 8

Done = frozenset[str]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Workflow:
    """`prepare` fills an empty folder; `run` works in it and tells of each unit that the user may rely on.

    `run` leaves out the units that were told of before a fault. `problems` says what is lost or damaged of what was
    there or told. `durable` picks, of what was told, what even a power cut must leave.
    """

    prepare: Callable[[Path], None]
    run: Callable[[Workspace, Done, Tell], None]
    problems: Callable[[Path, Done], list[str]]
    durable: Callable[[Done], Done] = lambda told: told


def _ignore(_unit: str) -> None:
    """Nobody relies on what a preparation does."""


def profile_in(folder: Path) -> Path:
    return folder / "profile"


def backups_in(folder: Path) -> Path:
    return folder / "drive"


def prepare_protected(folder: Path) -> None:
    backups_in(folder).mkdir()
    workspace = workspace_in(profile_in(folder))
    workspace.access.set_up_protected(NAME, PASSPHRASE)
    for number in STORED:
        enter_case(workspace, number, frozenset(), _ignore)
    workspace.close_case_log()


def prepare_backed_up(folder: Path) -> None:
    """A log with a verified backup, and a case that was saved after it."""
    prepare_protected(folder)
    workspace = workspace_in(profile_in(folder))
    enter(workspace)
    assert not Backups(workspace.profile, workspace.access).create(backups_in(folder)).flaws
    enter_case(workspace, SAVED_LATER, frozenset(), _ignore)
    workspace.close_case_log()


def prepare_of_first_version(folder: Path) -> None:
    log = open_case_log(Profile(profile_in(folder)).unsealed_log, None)
    for number in STORED:
        log.save(draft_of(number))
    log.close()


def prepare_old_revision(folder: Path) -> None:
    """A sealed log as the first migration alone has made it."""
    steps = folder.parent / "first-step"
    shutil.copytree(MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__", "r000[2-9]*"), dirs_exist_ok=True)
    ring = new_keyring()
    log = Profile(profile_in(folder)).log
    database = DatabaseFile(log.database, ring.open().database)
    bring_up_to_date(database, log.earlier, steps)
    pictures = ImageStore(log.images, PictureSealer(ring.open()))
    with closing(database.connect()) as connection, connection:
        for number in STORED:
            _insert_by_hand(connection, number)
            pictures.add(content_of(number), "image/jpeg")
    ring.save(log.keyring)


def _insert_by_hand(connection: sqlite3.Connection, number: int) -> None:
    """A case in the words of revision 0001."""
    draft, key = draft_of(number), number + 1
    patient, lesion, picture, review = draft.patient, draft.lesion, draft.pictures[0].details, draft.review
    assert not isinstance(patient, int)
    assert not isinstance(lesion, int)
    assert review is not None
    at = draft.visited_at.strftime("%Y-%m-%d %H:%M:%S.%f")
    rows: dict[str, tuple[object, ...]] = {
        "patient": (
            *(key, patient.identifier, patient.identifier.casefold(), patient.family_name, patient.given_name),
            *(f"{patient.family_name} {patient.given_name}".casefold(), None, "unknown", "unknown", at),
        ),
        "patient_word": (patient.identifier.casefold(), key),
        "lesion": (key, key, 1, lesion.site.value, lesion.description, at),
        "visit": (key, key, at[:10], at),
        "image": (
            *(key, key, picture.sha256, picture.file_name, picture.media_type, picture.width_px, picture.height_px),
            *(picture.modality.value, at),
        ),
    }
    for table, values in rows.items():
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    connection.execute(
        "INSERT INTO review (id, visit_id, impression, confidence, plan, notes, revealed_before, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        (key, key, review.impression, review.confidence, review.plan, review.notes, at),
    )


def run_set_up(workspace: Workspace, done: Done, tell: Tell) -> None:
    """A new log is protected, and five cases are saved and diagnosed."""
    if "set up" not in done:
        workspace.access.set_up_protected(NAME, PASSPHRASE)
        tell("set up")
    run_save(workspace, done, tell)


def run_save(workspace: Workspace, done: Done, tell: Tell) -> None:
    """Somebody signs in, saves five cases and diagnoses each."""
    enter(workspace)
    for number in ADDED:
        enter_case(workspace, number, done, tell)
    workspace.close_case_log()


def run_open(workspace: Workspace, done: Done, tell: Tell) -> None:
    """A log of an older revision is opened, which migrates it."""
    enter(workspace)
    assert workspace.casework.log.count() == len(STORED)
    tell("opened")
    workspace.close_case_log()


def run_seal(workspace: Workspace, done: Done, tell: Tell) -> None:
    """A log of SkinDesk 0.1 is encrypted and protected."""
    tell(f"recovery {workspace.access.set_up_protected(NAME, PASSPHRASE)}")


def run_rekey(workspace: Workspace, done: Done, tell: Tell) -> None:
    """The whole log is encrypted anew under another data key."""
    enter(workspace)
    tell(f"recovery {workspace.access.change_key(PASSPHRASE)}")


def run_backup(workspace: Workspace, done: Done, tell: Tell) -> None:
    """A backup, another case, and a second backup beside the open log."""
    enter(workspace)
    backups, drive = Backups(workspace.profile, workspace.access), backups_in(workspace.profile.root.parent)
    if not any(unit.startswith("backup") for unit in done):
        tell(f"backup {backups.create(drive).written.snapshot.name}")
    enter_case(workspace, ADDED[0], done, tell)
    tell(f"backup {backups.create(drive).written.snapshot.name}")
    workspace.close_case_log()


def run_restore(workspace: Workspace, done: Done, tell: Tell) -> None:
    """A backup takes the log's place, which is set aside."""
    enter(workspace)
    restored = Backups(workspace.profile, workspace.access).restore(backups_in(workspace.profile.root.parent))
    assert restored.old_log is not None
    tell(f"set aside {restored.old_log.name}")


def run_writers(workspace: Workspace, done: Done, tell: Tell) -> None:
    """Several programs at once, each with its own connection and its own patients."""
    children = []
    for writer in range(WRITERS):
        child = os.fork()
        if child == 0:
            _write(workspace.profile.root, range(100 * (writer + 1), 100 * (writer + 1) + len(ADDED)), tell)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * WRITERS


def _write(profile: Path, numbers: range, tell: Tell) -> None:
    status = 1
    try:
        workspace = workspace_in(profile)
        enter(workspace)
        for number in numbers:
            enter_case(workspace, number, frozenset(), tell)
        workspace.close_case_log()
        status = 0
    finally:
        os._exit(status)


def run_working_day(workspace: Workspace, done: Done, tell: Tell) -> None:
    """What a practice does in a day, with everything temporary below the watched folder."""
    folder = workspace.profile.root.parent
    (folder / "temporary").mkdir()
    backups_in(folder).mkdir()
    os.environ["TMPDIR"] = os.environ["SQLITE_TMPDIR"] = tempfile.tempdir = str(folder / "temporary")
    start_logging(workspace.profile)
    access = workspace.access
    access.set_up_protected(NAME, PASSPHRASE)
    access.add_person("Ben", Role.ASSISTANT, PASSPHRASE)
    for number in range(30):
        enter_case(workspace, number, frozenset(), _ignore)
    log = workspace.casework.log
    for summary in log.page(CaseFilter("P-1")).cases:
        log.case(summary.case_id)
    assert log.count(CaseFilter(FAMILY)) == len(log.patients(FAMILY)) == 30
    assert log.check(full=True) == ()
    backups = Backups(workspace.profile, access)
    assert not backups.create(backups_in(folder)).flaws
    assert not backups.drill(backups_in(folder)).flaws
    workspace.close_case_log()
    access.change_key(PASSPHRASE)
    assert workspace.casework.log.picture(draft_of(3).pictures[0].details.sha256) == content_of(3)
    workspace.lock()
    try:
        access.sign_in(access.people()[0].person_id, "not the passphrase")
    except AccessRefusedError:
        tell("refused")
    enter(workspace)
    tell(f"cases {workspace.casework.log.count()}")
    workspace.close_case_log()


def prepare_batch(folder: Path) -> None:
    """A network; the pictures lie elsewhere, where no fault moves them."""
    write_tiny_bundle(folder)
    profile_in(folder).mkdir()


def run_batch(workspace: Workspace, done: Done, tell: Tell) -> None:
    """Classify a folder into a file, a few rows at a time; a job that was cut short is continued."""
    batch_job.GROUP_ROWS = 2
    out = workspace.profile.root / "rows.csv"
    if out.exists():
        return
    folder = workspace.profile.root.parent
    classifier = Classifier.load(folder / "colours-3")
    mix, search = archive_mix(classifier.contract), Search.over([PICTURES])
    with Job(out, search, classifier, mix, Options(workers=1), resume=True) as job:
        for result in job.results():
            tell(f"row {result.outcome.path.name}")
        with RowFile(out, classifier.contract.codes) as file:
            for result in job.all_results():
                file.write(result.outcome)
        tell("complete")
        job.complete()


def problems_of_cases(folder: Path, told: Done) -> list[str]:
    """The cases that were there are whole and diagnosed, and those that were told of are as far as was told."""
    return _problems_of_log(folder, told, STORED, STORED)


def problems_of_older_cases(folder: Path, told: Done) -> list[str]:
    """The cases that were there, from before there were diagnoses, are whole."""
    return _problems_of_log(folder, told, STORED, ())


def _problems_of_log(folder: Path, told: Done, stored: Iterable[int], diagnosed: Iterable[int]) -> list[str]:
    return problems_of_log(
        profile_in(folder), {*stored, *_numbers("case", told)}, frozenset((*diagnosed, *_numbers("diagnosis", told)))
    )


def _numbers(kind: str, told: Done) -> set[int]:
    return {int(unit.removeprefix(f"{kind} ")) for unit in told if unit.startswith(f"{kind} ")}


def problems_of_new_log(folder: Path, told: Done) -> list[str]:
    missing = ["the log is gone"] if told and not Profile(profile_in(folder)).log.keyring.exists() else []
    return missing or _problems_of_log(folder, told, (), ())


def problems_of_rekeyed(folder: Path, told: Done) -> list[str]:
    """The log is whole, and every recovery key that was shown last opens it."""
    return problems_of_cases(folder, told) + _problems_of_recovery(folder, told)


def problems_of_sealed(folder: Path, told: Done) -> list[str]:
    """The log of SkinDesk 0.1 is whole, and every recovery key that was shown last opens it."""
    return problems_of_older_cases(folder, told) + _problems_of_recovery(folder, told)


def _problems_of_recovery(folder: Path, told: Done) -> list[str]:
    for unit in told:
        access = workspace_in(profile_in(folder)).access
        access.recover(unit.removeprefix("recovery "), access.people()[0].person_id, PASSPHRASE)
    return []


def problems_of_backups(folder: Path, told: Done) -> list[str]:
    """The log is whole, every backup that was told of is listed, and whatever is listed has no flaw."""
    problems = problems_of_cases(folder, told)
    workspace = workspace_in(profile_in(folder))
    enter(workspace)
    backups = Backups(workspace.profile, workspace.access)
    names = [entry.snapshot.name for entry in backups.list(backups_in(folder))]
    gone = [f"{unit} is gone" for unit in told if unit.startswith("backup ") and unit[7:] not in names]
    flaws = [str(flaw) for name in names for flaw in backups.verify(backups_in(folder), name).flaws]
    return [*problems, *gone, *flaws]


def problems_of_restored(folder: Path, told: Done) -> list[str]:
    """The log is whole, and the one that was set aside is there, at the latest once the log was opened again."""
    problems = problems_of_cases(folder, frozenset())
    gone = [unit for unit in told if not (profile_in(folder) / unit.removeprefix("set aside ")).is_dir()]
    return [*problems, *(f"{unit} is gone" for unit in gone)]


def problems_of_rows(folder: Path, told: Done) -> list[str]:
    """No row that was told of is done again, and the file holds every row exactly once."""
    out = profile_in(folder) / "rows.csv"
    workspace = workspace_in(profile_in(folder))
    complete_before = out.exists()
    again: list[str] = []
    run_batch(workspace, frozenset(), again.append)
    names = [Path(line.split(",", 1)[0]).name for line in out.read_text("utf-8").splitlines()[1:]]
    problems = [f"{unit} was told of and is done again" for unit in sorted(told & set(again) - {"complete"})]
    if "complete" in told and not complete_before:
        problems.append("the complete file is gone")
    if names != sorted(path.name for path in PICTURES.glob("*.jpg")):
        problems.append("the file does not hold every row once")
    return problems


WORKFLOWS = {
    "set up": Workflow(lambda folder: profile_in(folder).mkdir(), run_set_up, problems_of_new_log),
    "save": Workflow(prepare_protected, run_save, problems_of_cases),
    "backup": Workflow(prepare_protected, run_backup, problems_of_backups),
    "restore": Workflow(prepare_backed_up, run_restore, problems_of_restored),
    "migration": Workflow(prepare_old_revision, run_open, problems_of_older_cases),
    "rekey": Workflow(prepare_protected, run_rekey, problems_of_rekeyed),
    "sealing": Workflow(prepare_of_first_version, run_seal, problems_of_sealed),
    "batch": Workflow(prepare_batch, run_batch, problems_of_rows),
    "follow-up": Workflow(
        lambda folder: prepare_follow_up(profile_in(folder)),
        run_follow_up,
        lambda folder, told: problems_of_follow_up(profile_in(folder), told),
    ),
    "import": Workflow(
        lambda folder: prepare_import(profile_in(folder)),
        run_import,
        lambda folder, told: problems_of_import(profile_in(folder), told),
    ),
}
"""Those that every fault happens to."""
TOGETHER = Workflow(prepare_protected, run_writers, problems_of_cases)
WORKING_DAY = Workflow(lambda folder: profile_in(folder).mkdir(), run_working_day, problems_of_cases)
ALL = {**WORKFLOWS, "eight writers": TOGETHER, "working day": WORKING_DAY}
