"""Lets the tests of the case log run on a PostgreSQL server: `pytest --postgres`.

Every profile of a test gets an empty database of its own. What only a SQLite file can show is skipped with its reason.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from skindesk.system.paths import Profile, SharedLog

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.support.postgres_server import Server

OPTION = "--postgres"
RUNNING: pytest.StashKey["Server"] = pytest.StashKey()
"""Where the server of this run is kept."""

_FILE = "of the SQLite file: what lies in its place, or how it is made"
_BYTES = "looks at or changes the bytes of the SQLite file"
_PLAN = "reads SQLite's plan; tests/postgres reads the server's"
_COPY = "a server's log is not copied before a step, and none is older than revision 0005"
_MOVED = "a shared log is not put under another key, nor into another's place"
_FIRST = "of the plain files of SkinDesk 0.1, which were never on a server"
_WARNED = "counts the warnings, among which one of the server stands"
_SQL = "asks in SQLite's own words; tests/postgres asks in the server's"
OF_FILES = {
    "tests/services/test_access.py": {
        "test_protecting_an_open_log_encrypts_it_under_a_new_key": _MOVED,
        "test_a_log_of_the_first_version_is_sealed": _FIRST,
        "test_sealing_that_is_interrupted_before_the_end_loses_nothing": _FIRST,
        "test_a_full_disk_leaves_no_half_of_a_new_log[protected]": _MOVED,
        "test_plain_files_that_cannot_be_removed_keep_nobody_out_of_the_sealed_log": _FIRST,
        "test_what_a_crash_has_left_keeps_nobody_out_of_a_log_that_is_in_its_place": _WARNED,
        "test_what_a_crash_has_left_waits_without_a_word_for_the_other_program_to_end": _WARNED,
        "test_a_new_recovery_key_and_a_new_data_key_ask_for_the_passphrase_again": _MOVED,
        "test_a_damaged_database_keeps_nobody_from_signing_in_to_restore_one": _BYTES,
        "test_the_key_is_changed_for_everything_and_everybody": _MOVED,
        "test_a_log_whose_database_is_gone_is_not_opened_as_if_empty": _FILE,
        "test_a_log_that_its_key_does_not_open_is_not_called_somebody_elses": _BYTES,
        "test_an_old_key_is_not_put_back_by_a_program_that_has_not_heard_of_the_new_one": _MOVED,
        "test_sealing_removes_no_file_that_is_not_the_logs": _FIRST,
        "test_damaged_pictures_are_kept_with_the_old_log_when_the_key_changes": _MOVED,
        "test_a_log_without_its_database_is_not_replaced_by_an_empty_one": _FILE,
    },
    "tests/storage/test_audit.py": {
        "test_what_cannot_be_told_is_not_shown": _SQL,
    },
    "tests/storage/test_case_log.py": {
        "test_the_database_refuses_to_change_or_delete_a_prediction": _SQL,
        "test_a_full_disk_loses_nothing_saved_and_the_save_can_be_tried_again": _SQL,
        "test_a_locked_log_is_said_in_words_and_keeps_nothing_of_the_draft": _SQL,
        "test_a_database_damaged_while_open_is_said_in_words": _BYTES,
        "test_a_page_is_read_from_the_index": _PLAN,
    },
    "tests/storage/test_record.py": {
        "test_the_worklist_is_read_from_the_index_of_its_day": _PLAN,
    },
    "tests/storage/test_erasing.py": {
        "test_nothing_of_an_erased_patient_remains": _BYTES,
        "test_predictions_are_protected_again_after_an_erasure": _SQL,
    },
    "tests/storage/test_integrity.py": {
        "test_a_broken_reference_is_found": _SQL,
        "test_a_damaged_database_is_found": _BYTES,
    },
    "tests/storage/test_schema.py": {
        "test_a_new_log_is_created_and_needs_no_backup": _FILE,
        "test_a_newer_log_is_refused_and_left_as_it_is": _SQL,
        "test_a_file_that_is_no_database_is_refused_and_left_as_it_is": _FILE,
        "test_the_database_of_another_program_is_refused_and_left_as_it_is": _FILE,
        "test_a_cut_off_database_is_refused_and_left_as_it_is": _FILE,
        "test_a_profile_that_cannot_be_made_is_said_in_words": _FILE,
        "test_a_folder_in_the_database_s_place_is_refused": _FILE,
        "test_a_migration_is_preceded_by_a_backup_of_the_old_log": _COPY,
        "test_predictions_of_the_first_log_are_read_as_made_under_the_archives_mix": _COPY,
        "test_a_log_of_an_earlier_revision_keeps_everything_and_gives_no_number_again": _COPY,
        "test_a_migration_runs_once": _COPY,
        "test_a_damaged_log_is_not_migrated": _BYTES,
    },
    "tests/services/test_audit.py": {
        "test_another_data_key_and_its_change_leave_a_whole_chain": _MOVED,
    },
    "tests/services/test_audit_reading.py": {
        "test_a_check_tells_where_the_audit_ends_and_what_is_wrong": _SQL,
    },
}
"""The tests that a server can neither pass nor fail, by their files, and why."""


def start_server() -> Iterator["Server"]:
    """A server for as long as the caller goes on; a test skips where this computer has none."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    from tests.support.postgres_server import binaries, server

    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server here: install it, or set SKINDESK_POSTGRES_BIN to its programs")
    with server(programs) as running:
        yield running


def skip_what_is_of_files(items: list[pytest.Item]) -> None:
    """Skip the tests that a server cannot pass or fail, each with its reason."""
    for item in items:
        listed = OF_FILES.get(item.location[0], {})
        reason = listed.get(item.name) or listed.get(item.name.partition("[")[0])
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def put_logs_on(running: "Server", monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the case log of every profile lie on the server, for as long as the caller goes on.

    Tests leave many a log open, as a crash does; its connections end here.
    """
    from skindesk.storage import engine

    databases: dict[Path, str] = {}
    engines: list[Engine] = []
    made, connect = Profile.__init__, engine.connect_to

    def on_server(profile: Profile, root: Path, shared: SharedLog | None = None) -> None:
        if shared is None:
            if root not in databases:
                databases[root] = running.new_database()
            shared = SharedLog(root, running.address(databases[root]))
        made(profile, root, shared)

    def noted(*given: Any, **named: Any) -> "Engine":
        engines.append(connect(*given, **named))
        return engines[-1]

    monkeypatch.setattr(Profile, "__init__", on_server)
    monkeypatch.setattr(engine, "connect_to", noted)
    yield
    running.tests += bool(databases)
    for opened in engines:
        opened.dispose()
    for name in databases.values():
        running.drop(name)
