"""Creating, refusing and migrating the case log's database."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from skindesk.domain.case import CaseDraft
from skindesk.domain.case_filter import CaseFilter
from skindesk.domain.class_mix import UNRECORDED_MIX
from skindesk.domain.errors import CaseLogUnavailableError
from skindesk.storage.case_log import open_case_log
from skindesk.storage.engine import DatabaseFile, open_engine
from skindesk.storage.rows import Base
from skindesk.storage.schema import MIGRATIONS, bring_up_to_date
from skindesk.system.paths import Profile

NEXT_STEP = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "0006", "0005", None, None

def upgrade():
    op.add_column("lesion", sa.Column("colour", sa.String()))
    {ending}
"""


def with_next_step(folder: Path, ending: str) -> Path:
    """A copy of the migrations with one more at their end."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "r0006_next.py").write_text(NEXT_STEP.format(ending=ending))
    return folder


def lesion_columns(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(lesion)")}


def is_a_model(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is a model's: the search in words is SQLite's own."""
    return kind != "table" or name is None or not name.startswith("case_text")


def save_one(profile: Profile, draft: CaseDraft) -> None:
    log = open_case_log(profile.log, None)
    log.save(draft)
    log.close()


def test_models_and_migrated_schema_are_equal(profile: Profile) -> None:
    bring_up_to_date(DatabaseFile(profile.log.database), profile.log.earlier)
    engine = open_engine(DatabaseFile(profile.log.database))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_a_model})
        assert compare_metadata(context, Base.metadata) == []
        for table in Base.metadata.tables.values():
            keys = connection.exec_driver_sql(f"PRAGMA foreign_key_list({table.name})").all()
            assert len(keys) == len(table.foreign_keys)
    engine.dispose()


def test_a_new_log_is_created_and_needs_no_backup(profile: Profile) -> None:
    open_case_log(profile.log, None).close()

    assert profile.log.database.exists()
    assert not profile.log.earlier.exists()


def test_opening_again_keeps_what_was_saved(profile: Profile, make_draft: Callable[..., CaseDraft]) -> None:
    save_one(profile, make_draft())

    log = open_case_log(profile.log, None)
    assert log.count() == 1
    log.close()


def test_several_programs_may_create_the_log_at_once(profile: Profile) -> None:
    failures: list[BaseException] = []

    def open_and_close() -> None:
        try:
            open_case_log(profile.log, None).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_newer_log_is_refused_and_left_as_it_is(profile: Profile) -> None:
    open_case_log(profile.log, None).close()
    with closing(sqlite3.connect(profile.log.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = profile.log.database.read_bytes()

    with pytest.raises(CaseLogUnavailableError, match="newer SkinDesk") as refused:
        open_case_log(profile.log, None)

    assert "Update SkinDesk" in refused.value.advice
    assert profile.log.database.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, but long enough to be one" * 100, b"SQLite format 3\0" * 300])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(profile: Profile, content: bytes) -> None:
    profile.log.root.mkdir(parents=True)
    profile.log.database.write_bytes(content)

    with pytest.raises(CaseLogUnavailableError) as refused:
        open_case_log(profile.log, None)

    assert refused.value.advice
    assert profile.log.database.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_left_as_it_is(profile: Profile) -> None:
    profile.log.root.mkdir(parents=True)
    with closing(sqlite3.connect(profile.log.database)) as connection, connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    before = profile.log.database.read_bytes()

    with pytest.raises(CaseLogUnavailableError, match="not a case log"):
        open_case_log(profile.log, None)

    assert profile.log.database.read_bytes() == before


def test_a_cut_off_database_is_refused_and_left_as_it_is(profile: Profile) -> None:
    open_case_log(profile.log, None).close()
    half = profile.log.database.read_bytes()[: profile.log.database.stat().st_size // 2]
    profile.log.database.write_bytes(half)

    with pytest.raises(CaseLogUnavailableError, match="damaged"):
        open_case_log(profile.log, None)

    assert profile.log.database.read_bytes() == half


def test_a_profile_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(CaseLogUnavailableError) as refused:
        open_case_log(Profile(tmp_path / "file" / "profile").log, None)

    assert refused.value.advice
    assert isinstance(refused.value.__cause__, OSError)


def test_a_folder_in_the_database_s_place_is_refused(profile: Profile) -> None:
    profile.log.database.mkdir(parents=True)

    with pytest.raises(CaseLogUnavailableError, match="not a case log"):
        open_case_log(profile.log, None)


def test_a_log_without_its_migrations_is_refused(profile: Profile, tmp_path: Path) -> None:
    incomplete = tmp_path / "100% migrations"  # a percent sign must not trip the path's parser
    shutil.copytree(MIGRATIONS, incomplete, ignore=shutil.ignore_patterns("__pycache__", "r0*"))

    with pytest.raises(CaseLogUnavailableError, match="incomplete"):
        bring_up_to_date(DatabaseFile(profile.log.database), profile.log.earlier, incomplete)

    assert not profile.log.database.exists()


def test_a_migration_is_preceded_by_a_backup_of_the_old_log(
    profile: Profile, tmp_path: Path, make_draft: Callable[..., CaseDraft]
) -> None:
    save_one(profile, make_draft())

    bring_up_to_date(
        DatabaseFile(profile.log.database), profile.log.earlier, with_next_step(tmp_path / "migrations", "pass")
    )

    (backup,) = profile.log.earlier.iterdir()
    assert backup.name.startswith("caselog-0005-2")
    assert backup.name.endswith("Z.sqlite3")
    assert "colour" in lesion_columns(profile.log.database)
    assert "colour" not in lesion_columns(backup)
    backup.replace(profile.log.database)
    log = open_case_log(profile.log, None)
    assert log.count() == 1
    log.close()


FIRST_LOG = """
INSERT INTO patient VALUES (1, 'P-1', 'p-1', '', '', ' ', NULL, 'unknown', 'unknown', '2026-03-14 12:00:00');
INSERT INTO lesion VALUES (1, 1, 1, 'unknown', '', '2026-03-14 12:00:00');
INSERT INTO visit VALUES (1, 1, '2026-03-14', '2026-03-14 12:00:00');
INSERT INTO image VALUES (1, 1, '{digest}', 'a.jpg', 'image/jpeg', 600, 450, 'dermoscopic', '2026-03-14 12:00:00');
INSERT INTO prediction VALUES (1, 1, 'm', '1', '{digest}', '{digest}', '{answers}', 'supported', NULL,
    '2026-03-14 12:00:00');
"""
ANSWERS = (
    '[{"code": "nv", "name": "Nevus", "group": "benign", "icd10": "", "icd11": "", "probability": 0.75},'
    ' {"code": "mel", "name": "Melanoma", "group": "malignant", "icd10": "", "icd11": "", "probability": 0.25}]'
)


def test_predictions_of_the_first_log_are_read_as_made_under_the_archives_mix(profile: Profile, tmp_path: Path) -> None:
    first = tmp_path / "first"
    shutil.copytree(MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__", "r000[2-9]*"))
    bring_up_to_date(DatabaseFile(profile.log.database), profile.log.earlier, first)
    with closing(sqlite3.connect(profile.log.database)) as connection:
        connection.executescript(FIRST_LOG.format(digest="f" * 64, answers=ANSWERS))

    log = open_case_log(profile.log, None)

    (prediction,) = log.case(1).visits[0].pictures[0].predictions
    assert (prediction.top.label.code, prediction.novelty) == ("nv", None)
    assert prediction.class_mix == UNRECORDED_MIX
    assert [backup.name[:12] for backup in profile.log.earlier.iterdir()] == ["caselog-0001"]
    log.close()


EARLIER = Path(__file__).parent / "earlier"
"""Plain logs that the migrations up to a revision have made, with `FIRST_LOG` in them; the
last one has a draft with a picture too."""


@pytest.mark.parametrize(
    ("revision", "mix"), [("0001", "archive"), ("0002", "balanced"), ("0003", "balanced"), ("0004", "balanced")]
)
def test_a_log_of_an_earlier_revision_keeps_everything_and_gives_no_number_again(
    profile: Profile, make_draft: Callable[..., CaseDraft], revision: str, mix: str
) -> None:
    profile.log.root.mkdir(parents=True)
    shutil.copy(EARLIER / f"caselog-{revision}.sqlite3", profile.log.database)

    log = open_case_log(profile.log, None)

    case = log.case(1)
    (prediction,) = case.visits[0].pictures[0].predictions
    assert (case.patient.details.identifier, prediction.class_mix.name) == ("P-1", mix)
    (summary,) = log.page(CaseFilter("nevus p-1", malignant_sum_from=0.2)).cases
    assert summary.case_id == 1
    assert [finding.subject for finding in log.check()] == ["f" * 64]  # the picture's file was never there
    assert log.audit_entries() == ()
    draft = log.record.draft("owner", "examination")
    assert (() if draft is None else draft.pictures) == ((b"picture",) if revision >= "0004" else ())
    log.erase_patient(1)
    saved = log.save(make_draft("P-1"))
    assert (saved.patient_id, saved.case_id, saved.image_ids) == (2, 2, (2,))
    log.close()


def test_a_migration_runs_once(profile: Profile, tmp_path: Path) -> None:
    open_case_log(profile.log, None).close()
    newer = with_next_step(tmp_path / "migrations", "pass")

    for _ in range(2):
        bring_up_to_date(DatabaseFile(profile.log.database), profile.log.earlier, newer)

    assert len(list(profile.log.earlier.iterdir())) == 1


@pytest.mark.parametrize(
    "ending",
    [
        "raise RuntimeError('halfway')",
        "op.execute('INSERT INTO visit (lesion_id, day, visited_at) VALUES (77, 1, 1)')",
    ],
    ids=["error", "broken reference"],
)
def test_a_failing_migration_leaves_the_old_log(
    profile: Profile, tmp_path: Path, make_draft: Callable[..., CaseDraft], ending: str
) -> None:
    save_one(profile, make_draft())

    with pytest.raises(RuntimeError):
        bring_up_to_date(
            DatabaseFile(profile.log.database), profile.log.earlier, with_next_step(tmp_path / "migrations", ending)
        )

    assert "colour" not in lesion_columns(profile.log.database)
    log = open_case_log(profile.log, None)
    assert log.count() == 1
    assert log.check(full=True) == ()
    log.close()


def test_a_damaged_log_is_not_migrated(profile: Profile, tmp_path: Path, make_draft: Callable[..., CaseDraft]) -> None:
    save_one(profile, make_draft())
    with closing(sqlite3.connect(profile.log.database)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'patient'").fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(profile.log.database.read_bytes())
    content[(page - 1) * page_bytes : page * page_bytes] = b"\xff" * page_bytes
    profile.log.database.write_bytes(content)

    with pytest.raises(CaseLogUnavailableError, match="damaged"):
        bring_up_to_date(
            DatabaseFile(profile.log.database), profile.log.earlier, with_next_step(tmp_path / "migrations", "pass")
        )

    assert list(profile.log.earlier.iterdir()) == []
    assert "colour" not in lesion_columns(profile.log.database)
