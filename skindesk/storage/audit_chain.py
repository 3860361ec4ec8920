"""The HMACs that chain the audit's entries, vouch for their details and close their end."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence

_SALT_BYTES = 16
_START = ""
"""Stands before the first entry's MAC."""


class Chain:
    """Computes and checks under one audit key. MACs are hexadecimal text of 64 digits."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def start(self) -> str:
        """What the first entry follows."""
        return _START

    def entry_mac(self, previous: str, told: Sequence[object]) -> str:
        """The MAC of an entry, whose columns without the MAC are `told`, after the entry with the MAC `previous`."""
        return self._mac("entry", [previous, *told])

    def detail_digest(self, salt: str, content: str) -> str:
        """What an entry holds of its detail: it tells nothing of the content once that is erased."""
        return self._mac("detail", [salt, content])

    def head_seal(self, count: int, mac: str) -> str:
        """What vouches for the end of the chain."""
        return self._mac("head", [count, mac])

    def is_same(self, stored: object, expected: str) -> bool:
        """Whether a stored MAC is the expected one."""
        return isinstance(stored, str) and hmac.compare_digest(stored.encode(), expected.encode())

    def _mac(self, purpose: str, told: Sequence[object]) -> str:
        content = json.dumps([purpose, *told], ensure_ascii=True, separators=(",", ":"), default=repr)
        return hmac.new(self._key, content.encode(), hashlib.sha256).hexdigest()


def new_detail(detail: Mapping[str, object]) -> tuple[str, str]:
    """A salt that nobody can guess, and the detail as it is stored."""
    return secrets.token_hex(_SALT_BYTES), json.dumps(detail, ensure_ascii=False, sort_keys=True)
