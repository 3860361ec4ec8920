"""The manifest of a backup: what it consists of, vouched for by a key that follows from the case log's data key."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skindesk.storage.sealing import DataKey
from skindesk.system.files import write_durably

_VERSION = 1
_KEY_ID_DIGITS = 16


class UnvouchedError(Exception):
    """A signed file that is damaged, was changed, or was signed under another key."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    `files` gives the SHA-256 of each file of its folder, `objects` those of the sealed pictures by their name, so that
    a copy of the backup can be compared without its key. `lost` are pictures of which no sound file was left.
    `rows` counts each table. `key_id` tells which key vouches, and nothing about it.
    """

    name: str
    log_id: str
    key_id: str
    files: Mapping[str, str]
    objects: Mapping[str, str]
    lost: tuple[str, ...]
    rows: Mapping[str, int]
    size_bytes: int
    audit_head: str | None = None

    @property
    def cases(self) -> int:
        """How many cases it holds."""
        return self.rows.get("lesion", 0)

    @property
    def pictures(self) -> int:
        """How many picture files it holds."""
        return len(self.objects)

    def write(self, path: Path, key: DataKey) -> None:
        """Write it, vouched for, durably. Raises OSError."""
        write_signed(path, {"version": _VERSION, **asdict(self)}, key)


def key_id(key: DataKey) -> str:
    """What tells a key from others without telling the key."""
    return key.derive("backup key id").hex()[:_KEY_ID_DIGITS]


def load_manifest(path: Path, key: DataKey | None) -> Manifest:
    """A backup's manifest. Raises UnvouchedError where it is damaged or, by this key, not to be trusted.

    Without a key, and where another key vouches (`key_id` differs), it is read as it stands: good for a list, not for
    a proof.
    """
    content = _read(path)
    try:
        manifest = _from_json(content["content"])
        if key is not None and manifest.key_id == key_id(key):
            _check(content, key)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnvouchedError from error
    return manifest


def write_signed(path: Path, content: Mapping[str, Any], key: DataKey) -> None:
    """Write JSON with an HMAC under the backups' key. Raises OSError."""
    signed = {"content": content, "hmac": _mac(content, key)}
    write_durably(path, json.dumps(signed, separators=(",", ":")).encode())


def read_signed(path: Path, key: DataKey) -> Any:
    """The JSON that was signed under this key. Raises UnvouchedError where it was not, or cannot be read."""
    content = _read(path)
    try:
        _check(content, key)
        return content["content"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnvouchedError from error


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnvouchedError from error


def _check(signed: Any, key: DataKey) -> None:
    if not hmac.compare_digest(str(signed["hmac"]).encode(), _mac(signed["content"], key).encode()):
        raise UnvouchedError


def _mac(content: Mapping[str, Any], key: DataKey) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return hmac.new(key.derive("backup"), canonical, hashlib.sha256).hexdigest()


def _from_json(raw: dict[str, Any]) -> Manifest:
    values = dict(raw)
    if values.pop("version") != _VERSION:
        raise ValueError("a manifest of another version")
    manifest = Manifest(**{**values, "lost": tuple(values["lost"])})
    plain = (*manifest.files.values(), *manifest.objects.values(), *manifest.objects, *manifest.lost)
    if not all(isinstance(text, str) for text in (manifest.name, manifest.log_id, manifest.key_id, *plain)):
        raise ValueError("names and digests are text")
    if not all(isinstance(count, int) for count in (manifest.size_bytes, *manifest.rows.values())):
        raise ValueError("counts are whole numbers")
    return manifest
