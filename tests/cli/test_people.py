"""Protecting a case log and signing in from the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase.txt"
    path.write_text("correct horse battery\n")
    return path


def test_there_is_no_log_before_it_is_set_up(skindesk: Run) -> None:
    done = skindesk("cases", "list")
    assert done.returncode == 3
    assert "There is no case log yet." in done.stderr


def test_a_personal_log_opens_without_a_passphrase(skindesk: Run) -> None:
    assert "whoever can read this profile folder" in skindesk("people", "personal").stdout
    assert skindesk("cases", "list").returncode == 0


def test_a_protected_log_asks_who_it_is(skindesk: Run, passphrase: Path, tmp_path: Path) -> None:
    shown = skindesk("people", "protect", "Ada", "--new-passphrase-file", passphrase).stdout
    recovery_key = shown.split("Recovery key: ")[1].split("\n")[0]
    assert "Ada   administrator" in skindesk("people", "list").stdout
    refused = skindesk("cases", "list")
    assert refused.returncode == 3
    assert "Name yourself with --user: Ada." in refused.stderr
    signing_in = ("--user", "ada", "--passphrase-file", passphrase)
    assert skindesk(*signing_in, "cases", "list").returncode == 0
    added = skindesk(*signing_in, "people", "add", "Ben", "--role", "assistant", "--new-passphrase-file", passphrase)
    assert "Ben can sign in as assistant." in added.stdout
    as_ben = ("--user", "Ben", "--passphrase-file", passphrase)
    assert "As assistant" in skindesk(*as_ben, "people", "remove", "Ada").stderr
    for everything in (("--json",), ("--limit", "0")):
        assert "As assistant" in skindesk(*as_ben, "cases", "list", *everything).stderr
    assert skindesk(*signing_in, "people", "role", "Ben", "clinician").returncode == 0
    assert skindesk(*signing_in, "people", "remove", "Ben").returncode == 0
    assert "There is nobody named Ben" in skindesk(*as_ben, "cases", "list").stderr
    (tmp_path / "recovery.txt").write_text(recovery_key)
    (tmp_path / "new.txt").write_text("a new passphrase")
    recovered = skindesk(
        "people", "recover", "Ada",
        "--recovery-key-file", tmp_path / "recovery.txt", "--new-passphrase-file", tmp_path / "new.txt",
    )  # fmt: skip
    assert "Recovery key: " in recovered.stdout
    assert "not right" in skindesk(*signing_in, "cases", "list").stderr
    assert skindesk("--user", "Ada", "--passphrase-file", tmp_path / "new.txt", "doctor").returncode == 0
    assert "to look inside, sign in" in skindesk("doctor").stdout
