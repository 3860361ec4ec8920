"""The data key of a case log, the keys that follow from it, and the sealing of files."""

import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_MAGIC = b"SKDSEAL\x01"
_TAG_BYTES = 16
SEAL_BYTES = len(_MAGIC) + _NONCE_BYTES + _TAG_BYTES
"""So many bytes more than its content has what was sealed."""


class SealBrokenError(Exception):
    """Sealed bytes that were changed, cut off, or sealed with another key or for another purpose."""


class DataKey:
    """The one random key of a case log. Every other key follows from it (HKDF, RFC 5869), each for one purpose."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes")
        self.secret = secret

    @classmethod
    def new(cls) -> "DataKey":
        """A key that nobody else has."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"skindesk {purpose}".encode()).derive(self.secret)

    @property
    def database(self) -> bytes:
        """The key of the database's pages."""
        return self.derive("database")

    @property
    def audit(self) -> bytes:
        """The key of the audit chain's HMAC."""
        return self.derive("audit")

    @property
    def people(self) -> bytes:
        """The key that vouches for the list of people."""
        return self.derive("people")


class Sealer:
    """Seals bytes with AES-256-GCM under a random nonce, bound to a label that must be given again to open them."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, label: str) -> bytes:
        """Magic, nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return _MAGIC + nonce + self._cipher.encrypt(nonce, content, _MAGIC + label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """What was sealed. Raises SealBrokenError where it is not what was sealed under this key and label."""
        start = len(_MAGIC) + _NONCE_BYTES
        if not sealed.startswith(_MAGIC) or len(sealed) < start:
            raise SealBrokenError
        try:
            return self._cipher.decrypt(sealed[len(_MAGIC) : start], sealed[start:], _MAGIC + label.encode())
        except InvalidTag as error:
            raise SealBrokenError from error


class PictureSealer:
    """Seals picture files, and gives them names that tell nothing of their content."""

    def __init__(self, key: DataKey) -> None:
        self._sealer = Sealer(key.derive("pictures"))
        self._names = key.derive("picture names")

    def name(self, sha256: str) -> str:
        """The file name's 64 hexadecimal digits for a picture of this digest."""
        return hmac.new(self._names, sha256.encode(), hashlib.sha256).hexdigest()

    def seal(self, content: bytes, sha256: str) -> bytes:
        """A picture's bytes, sealed for its digest."""
        return self._sealer.seal(content, sha256)

    def open(self, sealed: bytes, sha256: str) -> bytes:
        """A picture's bytes. Raises SealBrokenError where they are not those sealed for this digest."""
        return self._sealer.open(sealed, sha256)
