"""Files of cases, sound ones and such as were changed on the way."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skindesk.domain.case import Case
from skindesk.exchange.case_archive.writing import CaseArchiveWriter
from tests.support.whole_cases import contents_of

Members = dict[str, bytes]
MADE_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def write_case_file(path: Path, *cases: Case, contents: Mapping[str, bytes] | None = None) -> Path:
    """A file of these cases as an export writes it."""
    pictures = contents or contents_of(*cases)
    with CaseArchiveWriter(path, "0.1.0", MADE_AT, force=True) as writer:
        for case in cases:
            writer.add(case, pictures.__getitem__)
    return path


def write_first_version(path: Path, *cases: Case) -> Path:
    """A file of these cases as SkinDesk wrote it when there were no final diagnoses, states and captures."""

    def drop(told: list[Any]) -> None:
        for case in told:
            del case["final_diagnoses"], case["lesion"]["state"], case["lesion"]["follow_up_on"]
            del case["lesion"]["details"]["position"]
            del case["patient"]["details"]["history"], case["patient"]["details"]["notes"]
            for visit in case["visits"]:
                for picture in visit["pictures"]:
                    del picture["details"]["capture"]
                for review in visit["reviews"]:
                    for name in ("second_impression", "second_confidence", "follow_up_on"):
                        del review["details"][name]

    members = members_of(with_cases(write_case_file(path, *cases), drop))
    manifest = json.loads(members["manifest.json"])
    del manifest["counts"]["final_diagnoses"]
    members["manifest.json"] = json.dumps({**manifest, "format_version": 1}).encode()
    left = {name: content for name, content in members.items() if not name.startswith("attachments/")}
    return write_members(path, left)


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def write_members(path: Path, members: Members, *, vouched: bool = True) -> Path:
    """A ZIP of these members; its manifest is brought in line with them if it is to be `vouched` for."""
    if vouched:
        manifest = json.loads(members["manifest.json"])
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
        digests.pop("manifest.json")
        members = {**members, "manifest.json": json.dumps({**manifest, "digests": digests}).encode()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def with_cases(path: Path, edit: Callable[[list[Any]], None]) -> Path:
    """Change the JSON of a file's cases, and what the manifest says of them."""
    members = members_of(path)
    cases = [json.loads(line) for line in members["cases.jsonl"].splitlines()]
    edit(cases)
    members["cases.jsonl"] = b"".join(json.dumps(case).encode() + b"\n" for case in cases)
    return write_members(path, members)


def with_manifest(path: Path, **changes: Any) -> Path:
    """Change what a file says of itself."""
    members = members_of(path)
    manifest = {**json.loads(members["manifest.json"]), **changes}
    members["manifest.json"] = json.dumps(manifest).encode()
    return write_members(path, members, vouched=False)
