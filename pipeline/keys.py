"""One secret, and the subkeys that HKDF derives from it for each use."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline.errors import ConfigError, StorageError

_MIN_SECRET = 32
_NONCE = 12


@lru_cache(maxsize=4096)
def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"chartmill/1", info=purpose.encode()).derive(secret)


def generate_secret() -> str:
    """Return a new random secret of 256 bits, as hex."""
    return os.urandom(32).hex()


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything that is keyed: pseudonyms, splits, anchors, encryption."""

    secret: bytes = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> Keys:
        """Take the secret as configured; surrounding white space does not count.

        Raises `ConfigError` for one of fewer than 32 characters.
        """
        secret = text.strip().encode()
        if len(secret) < _MIN_SECRET:
            raise ConfigError(
                f"CHARTMILL_KEY is too short: give at least {_MIN_SECRET} characters (`chartmill keygen` prints a key)"
            )
        return cls(secret)

    @property
    def fingerprint(self) -> str:
        """Return 16 hex digits that tell keys apart and reveal nothing of them."""
        return _derive(self.secret, "fingerprint").hex()[:16]

    def digest(self, purpose: str, *parts: str) -> str:
        """Return a keyed hash of `parts`, 32 hex digits; another purpose gives an unrelated one."""
        # Lengths in front of the parts keep ("ab", "c") and ("a", "bc") apart.
        message = b"".join(len(data).to_bytes(8, "big") + data for data in (p.encode() for p in parts))
        return hmac.digest(_derive(self.secret, purpose), message, hashlib.sha256).hex()[:32]

    def digests(self, purpose: str, messages: Iterable[bytes]) -> list[str]:
        """Return a keyed hash of each message, 32 hex digits: BLAKE2b, for many short ones."""
        keyed, digests = hashlib.blake2b(key=_derive(self.secret, f"many:{purpose}"), digest_size=16), []
        for message in messages:
            one = keyed.copy()
            one.update(message)
            digests.append(one.hexdigest())
        return digests

    def number(self, purpose: str, *parts: str) -> int:
        """Return a keyed hash of `parts` as an integer below 2**64."""
        return int(self.digest(purpose, *parts)[:16], 16)

    def fraction(self, purpose: str, *parts: str) -> float:
        """Return a keyed hash of `parts` as a number in [0, 1)."""
        return (self.number(purpose, *parts) >> 11) / (1 << 53)

    def file_key(self, path: str) -> bytes:
        """Return the encryption key of the file at `path`, relative to its zone."""
        return _derive(self.secret, f"file:{path}")

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Encrypt `plain` with AES-256-GCM under a fresh nonce; `purpose` is authenticated."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(_derive(self.secret, "seal")).encrypt(nonce, plain, purpose.encode())

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` returned for the same purpose.

        Raises `StorageError` if it was altered or sealed with another key.
        """
        try:
            return AESGCM(_derive(self.secret, "seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except InvalidTag:
            raise StorageError(f"an encrypted {purpose} cannot be opened: wrong key, or altered data") from None
