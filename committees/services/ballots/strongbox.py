"""Keys of sealed ballots: a pair for each of the two tellers, and papers encrypted to both, one inside the other.

A private key is written once, locked by its teller's passphrase, into a file beside the uploads. It is never in the
database, so it is in no backup of the database, no archive of ours and no write-ahead log. When the papers are
counted, or nobody will ever count them, the file is destroyed.

HPKE (RFC 9180) encrypts, bound to the ballot; Argon2id (RFC 9106) makes a key of a passphrase.
"""

import base64
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.conf import settings

from committees.rules.papers import LONGEST

# Every paper is as long as the longest one: its length tells nothing.
PAPER_BYTES = LONGEST + 1
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SALT_BYTES, _NONCE_BYTES = 16, 12


class WrongPassphrase(Exception):
    """The passphrase does not open the key."""


class KeyLost(Exception):
    """The file of the key is not there, or damaged."""


# --- papers ------------------------------------------------------------------------------------------


def encrypt(marking: str, ballot: UUID, public_keys: Sequence[bytes]) -> bytes:
    """A paper that only all of the private keys together open; always of the same length."""
    sealed = marking.encode("ascii").ljust(PAPER_BYTES, b"\0")
    for key in public_keys:
        sealed = _SUITE.encrypt(sealed, X25519PublicKey.from_public_bytes(key), _context(ballot))
    return sealed


def decrypt(ciphertext: bytes, ballot: UUID, private_keys: Sequence[X25519PrivateKey]) -> str:
    """What stands on the paper; the keys in the order in which it was encrypted to them."""
    opened = ciphertext
    for key in reversed(private_keys):
        opened = _SUITE.decrypt(opened, key, _context(ballot))
    return opened.rstrip(b"\0").decode("ascii")


def _context(ballot: UUID) -> bytes:
    return b"konvent-paper/1 " + ballot.bytes


# --- keys --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """The file of one teller's private key."""

    ballot: UUID
    position: int

    @property
    def path(self) -> Path:
        return _folder(self.ballot) / f"{self.position}.json"

    def make(self, passphrase: str) -> bytes:
        """Make the pair anew and lock its private half; answers the public one."""
        private = X25519PrivateKey.generate()
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        locked = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, private.private_bytes_raw(), self._bound)
        self._write(salt=salt, nonce=nonce, locked=locked)
        return private.public_key().public_bytes_raw()

    def open(self, passphrase: str) -> X25519PrivateKey:
        """The private key. Raises WrongPassphrase, KeyLost."""
        parts = self._read()
        key = AESGCM(_stretched(passphrase, parts["salt"]))
        try:
            return X25519PrivateKey.from_private_bytes(key.decrypt(parts["nonce"], parts["locked"], self._bound))
        except InvalidTag as problem:
            raise WrongPassphrase from problem

    def hand_on(self, private: X25519PrivateKey, other: bytes) -> None:
        """Lay the private key down for the other teller alone, whose passphrase then opens both."""
        public = X25519PublicKey.from_public_bytes(other)
        handed = _SUITE.encrypt(private.private_bytes_raw(), public, self._bound)
        self._write(**self._read(), handed=handed)

    def take_over(self, other: X25519PrivateKey) -> X25519PrivateKey:
        """The private key that was laid down for the holder of `other`. Raises KeyLost."""
        parts = self._read()
        if "handed" not in parts:
            raise KeyLost
        return X25519PrivateKey.from_private_bytes(_SUITE.decrypt(parts["handed"], other, self._bound))

    @property
    def _bound(self) -> bytes:
        return b"konvent-teller/1 " + self.ballot.bytes + bytes([self.position])

    def _read(self) -> dict[str, bytes]:
        try:
            data = json.loads(self.path.read_text())
            return {name: base64.b64decode(value) for name, value in data.items()}
        except (OSError, ValueError) as problem:
            raise KeyLost from problem

    def _write(self, **parts: bytes) -> None:
        """All or nothing, and on the disk before anybody is told."""
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self.path.with_suffix(".half")
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({name: base64.b64encode(value).decode() for name, value in parts.items()}, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self.path)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def destroy(ballot: UUID) -> None:
    """Overwrite and remove the keys of a ballot. What a disk keeps of overwritten blocks is beyond us."""
    folder = _folder(ballot)
    for file in folder.glob("*"):
        with file.open("r+b") as content:
            content.write(os.urandom(file.stat().st_size))
            content.flush()
            os.fsync(content.fileno())
    shutil.rmtree(folder, ignore_errors=True)


def kept() -> list[UUID]:
    """Ballots whose keys are still there."""
    root = settings.DATA_DIR / "keys"
    return [UUID(folder.name) for folder in root.iterdir()] if root.is_dir() else []


def _folder(ballot: UUID) -> Path:
    return settings.DATA_DIR / "keys" / str(ballot)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    """64 MiB and three rounds: a fraction of a second for each guess."""
    return Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=64 * 1024).derive(passphrase.encode())
