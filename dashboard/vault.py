"""The vault: encrypts what must stay secret of a source, so that the database alone gives nothing away."""

import hashlib
import json
import os
import stat
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_ID, _NONCE = 8, 12


class VaultError(Exception):
    """A secret cannot be read or written; the message says why and never holds any of it."""


class Sealed(Protocol):
    """The place where sealed secrets lie; the engine of the store is one."""

    def sealed(self) -> Iterable[tuple[int, int | None, bytes]]:
        """Yield source, owner and encrypted secrets of every source that has any."""
        ...

    def seal(self, source: int, sealed: bytes, *, was: bytes | None = None) -> bool:
        """Replace the encrypted secrets of a source, if they still are ``was``; return whether that was so."""
        ...


class Vault:
    """Encrypts with AES-256-GCM, bound to the source and its owner: what is moved to another row does not open.

    Keys are held newest first; the newest encrypts, all decrypt. A file of keys is read again
    when it changes, so that a rotation needs no restart. Safe to use from several threads.
    """

    def __init__(self, keys: Sequence[bytes] = (), *, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._file = file
        self._read_at: tuple[int, int] | None = None
        self._keys: dict[bytes, AESGCM] = {}
        if file is None:
            self._hold(keys)

    def __repr__(self) -> str:
        return f"Vault({len(self._keys)} keys)"

    def check(self) -> None:
        """Raise VaultError where the keys cannot be used: the file is gone, damaged, or others may read it."""
        self._current()

    def seal(self, secrets: Mapping[str, Any], *, source: int, owner: int | None) -> bytes:
        """Return ``secrets`` (JSON-ready) as bytes that only this source of this owner can open."""
        keys = self._current()
        name, key = next(iter(keys.items()))
        nonce = os.urandom(_NONCE)
        plain = json.dumps(secrets, separators=(",", ":")).encode()
        return _FORMAT + name + nonce + key.encrypt(nonce, plain, _bound(name, source, owner))

    def open(self, sealed: bytes | None, *, source: int, owner: int | None) -> dict[str, Any]:
        """Return what was sealed, ``{}`` for None. Raises VaultError for a missing key or anything altered."""
        if not sealed:
            return {}
        name, rest = sealed[1 : 1 + _ID], sealed[1 + _ID :]
        key = self._current().get(name)
        if sealed[:1] != _FORMAT or key is None:
            raise VaultError("The key of this secret is missing: bring back the key file, or enter the secret again.")
        try:
            plain = key.decrypt(rest[:_NONCE], rest[_NONCE:], _bound(name, source, owner))
        except (InvalidTag, ValueError):
            raise VaultError("This secret was altered or belongs to another source: enter it again.") from None
        opened: dict[str, Any] = json.loads(plain)
        return opened

    def stale(self, sealed: bytes) -> bool:
        """Whether this was sealed with another key than the newest."""
        return sealed[1 : 1 + _ID] != next(iter(self._current()))

    def rotate(self, place: Sealed) -> int:
        """Make a new key, seal everything with it and forget all keys but the one before; return how many changed.

        Workers go on meanwhile: they read the new file before they seal. The key before is kept
        until the next rotation so that a backup of the database can still be read.
        Raises VaultError where the keys come from the environment.
        """
        if self._file is None:
            raise VaultError("The keys come from the settings: put a new one before them, then rotate again.")
        write_keys(self._file, [new_key(), *read_keys(self._file)])
        changed = self.reseal(place)
        write_keys(self._file, read_keys(self._file)[:2])
        return changed

    def reseal(self, place: Sealed) -> int:
        """Seal with the newest key whatever is sealed with an older one; return how many were."""
        changed = 0
        for source, owner, sealed in list(place.sealed()):
            if self.stale(sealed):
                secrets = self.open(sealed, source=source, owner=owner)
                # A worker may have put a renewed token there meanwhile: that one must stay.
                changed += place.seal(source, self.seal(secrets, source=source, owner=owner), was=sealed)
        return changed

    def unreadable(self, place: Sealed) -> int:
        """Return how many secrets no key of this vault opens."""
        lost = 0
        for source, owner, sealed in place.sealed():
            try:
                self.open(sealed, source=source, owner=owner)
            except VaultError:
                lost += 1
        return lost

    def _current(self) -> dict[bytes, AESGCM]:
        if self._file is None:
            return self._keys
        try:
            found = self._file.stat()
        except OSError:
            raise VaultError(f"The key file {self._file} cannot be read: bring it back from the backup.") from None
        written = (found.st_ino, found.st_mtime_ns)
        with self._lock:
            if written != self._read_at:
                self._hold(read_keys(self._file))
                self._read_at = written
            return self._keys

    def _hold(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise VaultError("There is no key to encrypt with.")
        self._keys = {hashlib.sha256(b"frontdesk key " + key).digest()[:_ID]: AESGCM(key) for key in keys}


def open_vault(file: Path, keys: str | None = None) -> Vault:
    """Return the vault with ``keys`` (divided by spaces) or those of ``file``, which is made at the first start."""
    if keys:
        return Vault([_decoded(line) for line in keys.split()])
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_keys(file, [new_key()], new=True)
    return Vault(file=file)


def new_key() -> bytes:
    """Return a fresh key."""
    return AESGCM.generate_key(256)


def read_keys(file: Path) -> list[bytes]:
    """Return the keys of a file, newest first. Raises VaultError where others may read the file or it holds no key."""
    try:
        if os.name != "nt" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise VaultError(f"Others on this machine may read the key file: run chmod 600 {file}")
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise VaultError(f"The key file {file} cannot be read: bring it back from the backup.") from None
    return [_decoded(line) for line in text.split()]


def write_keys(file: Path, keys: Sequence[bytes], *, new: bool = False) -> None:
    """Write a file of keys that only its owner can read, whole or not at all; ``new`` never replaces one."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.writelines(urlsafe_b64encode(key).decode() + "\n" for key in keys)
        out.flush()
        os.fsync(out.fileno())
    if not new:
        beside.replace(file)
        return
    try:
        os.link(beside, file)  # two processes start at once: the first one's key stands
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def _decoded(line: str) -> bytes:
    try:
        key = urlsafe_b64decode(line)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise VaultError("A key of the vault is damaged: it must be 32 bytes in base64.")
    return key


def _bound(name: bytes, source: int, owner: int | None) -> bytes:
    return b"frontdesk source %s %d %s" % (name.hex().encode(), source, b"-" if owner is None else b"%d" % owner)
