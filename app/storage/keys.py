"""Owns this till's secrets: device token, the shop's pickup keys, the ledger's private key, and the chains' ends as
last witnessed. Never in the database, a log or a backup.

They are in the operating system's key store; where there is none (a bare Linux, a server), in a file of mode 0600
outside the data folder, which is the weaker way and says so. Nothing is read before it is asked for.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.fiscal import KnownHead, Series
from app.domain.money import Money
from app.usecases.ports import KeyStoreUnavailable, Secrets

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "comptoir"
_TOKEN = "device_token"  # noqa: S105  # the name of an entry, not a secret
_BOTH_TOKENS = "device_tokens"
_KEYS = "pickup_keys"
_FISCAL_KEY = "fiscal_key"
_HEADS = "ledger_heads"


def open_secrets(profile: str, file: Path) -> Secrets:
    """The secrets of one till.

    Args:
        profile: tells tills of one machine apart: the database's absolute path.
        file: stands in for the key store where there is none. What an earlier start kept there moves to the key store
            as soon as there is one.

    Raises:
        KeyStoreUnavailable: the file is there but cannot be read.
    """
    in_file = _File(profile, file)
    in_file.all()
    return StoredSecrets(_SafestPlace(profile, in_file))


class _Place(Protocol):
    """Where texts are kept secret, by name. Raises KeyStoreUnavailable."""

    def read(self, name: str) -> str | None: ...
    def write(self, name: str, secret: str | None) -> None: ...


class StoredSecrets:
    """Implements `ports.Secrets`; what was read once stays in memory."""

    def __init__(self, place: _SafestPlace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._known: dict[str, str | None] = {}
        self._keys: Mapping[str, bytes] | None = None

    @property
    def weaker_way(self) -> bool:
        return self._place.weaker_way

    def device_token(self) -> str | None:
        return self._read(_TOKEN)

    def set_device_token(self, token: str | None) -> None:
        before = self._read(_TOKEN)
        if token is None or before not in (None, token):
            # first both, then which is used: whatever dies in between, one that is known to the marketplace is in use
            self._write(_BOTH_TOKENS, None if token is None else json.dumps([token, before]))
        self._write(_TOKEN, token)

    def use_other_device_token(self) -> bool:
        used = self._read(_TOKEN)
        other = next((token for token in _tokens_of(self._read(_BOTH_TOKENS)) if token != used), None)
        if other is not None:
            self._write(_TOKEN, other)
        return other is not None

    def pickup_keys(self) -> Mapping[str, bytes]:
        if self._keys is None:
            self._keys = _keys_of(self._read(_KEYS))
        return self._keys

    def set_pickup_keys(self, keys: Mapping[str, bytes]) -> None:
        plain = {key_id: base64.b64encode(key).decode("ascii") for key_id, key in sorted(keys.items())}
        self._write(_KEYS, json.dumps(plain) if plain else None)
        self._keys = dict(keys)

    def fiscal_key(self) -> str | None:
        return self._read(_FISCAL_KEY)

    def set_fiscal_key(self, pem: str) -> None:
        self._write(_FISCAL_KEY, pem)

    def known_heads(self) -> Sequence[KnownHead]:
        return _heads_of(self._read(_HEADS))

    def set_known_heads(self, heads: Sequence[KnownHead]) -> None:
        self._write(_HEADS, json.dumps([_plain_head(head) for head in heads]))

    def _read(self, name: str) -> str | None:
        with self._lock:
            if name not in self._known:
                self._known[name] = self._place.read(name)
            return self._known[name]

    def _write(self, name: str, secret: str | None) -> None:
        with self._lock:
            self._place.write(name, secret)
            self._known[name] = secret


def _tokens_of(text: str | None) -> Sequence[str]:
    try:
        return [str(token) for token in json.loads(text or "[]")]
    except (ValueError, TypeError) as error:
        raise KeyStoreUnavailable("unreadable", type(error).__name__) from error


def _keys_of(text: str | None) -> Mapping[str, bytes]:
    try:
        return {key_id: base64.b64decode(key, validate=True) for key_id, key in json.loads(text or "{}").items()}
    except (ValueError, AttributeError, TypeError, binascii.Error) as error:
        raise KeyStoreUnavailable("unreadable", type(error).__name__) from error


def _plain_head(head: KnownHead) -> list[str | int]:
    return [
        head.till_letter,
        head.series.value,
        head.number,
        head.hash.hex(),
        head.signature.hex(),
        head.perpetual.minor,
        head.perpetual_absolute.minor,
        head.trading_day.isoformat() if head.trading_day else "",
        head.happened_at.isoformat() if head.happened_at else "",
    ]


def _heads_of(text: str | None) -> Sequence[KnownHead]:
    try:
        return [_head_of(plain) for plain in json.loads(text or "[]")]
    except (ValueError, TypeError) as error:
        raise KeyStoreUnavailable("unreadable", type(error).__name__) from error


def _head_of(plain: Sequence[str | int]) -> KnownHead:
    """Raises ValueError, TypeError."""
    letter, series, number, digest, signature, perpetual, absolute, day, moment = plain
    return KnownHead(
        till_letter=str(letter),
        series=Series(str(series)),
        number=int(number),
        hash=bytes.fromhex(str(digest)),
        signature=bytes.fromhex(str(signature)),
        perpetual=Money(int(perpetual)),
        perpetual_absolute=Money(int(absolute)),
        trading_day=date.fromisoformat(str(day)) if day else None,
        happened_at=datetime.fromisoformat(str(moment)) if moment else None,
    )


class _SafestPlace:
    """The key store if there is one, else the file. Looked for when it is first needed: `keyring` and its back ends
    take as long to import as an empty window to paint, and the first article scanned needs no secret."""

    def __init__(self, profile: str, in_file: _File) -> None:
        self._profile = profile
        self._in_file = in_file

    def read(self, name: str) -> str | None:
        return self._found.read(name)

    def write(self, name: str, secret: str | None) -> None:
        self._found.write(name, secret)

    @property
    def weaker_way(self) -> bool:
        """Never waits for the key store to be unlocked."""
        return self._backend is None

    @cached_property
    def _backend(self) -> KeyringBackend | None:
        return _os_key_store()

    @cached_property
    def _found(self) -> _Place:
        if self._backend is None:
            return self._in_file
        in_key_store = _KeyStore(self._profile, self._backend)
        for name, secret in self._in_file.all().items():
            in_key_store.write(name, secret)
        self._in_file.forget()
        return in_key_store


def _os_key_store() -> KeyringBackend | None:
    """The operating system's key store if there is one that keeps secrets; plain-text ones do not count."""
    import keyring  # looks through its back ends when imported: only when a secret is asked for
    from keyring.backends import chainer, fail, null
    from keyring.errors import KeyringError

    try:
        backend = keyring.get_keyring()
        if isinstance(backend, chainer.ChainerBackend):
            return backend if backend.backends else None
    except (KeyringError, RuntimeError, OSError):
        return None
    if isinstance(backend, fail.Keyring | null.Keyring) or "plaintext" in type(backend).__name__.lower():
        return None
    return backend


class _KeyStore:
    """The operating system's key store, by `keyring`."""

    def __init__(self, profile: str, backend: KeyringBackend) -> None:
        self._profile = profile
        self._backend = backend

    def read(self, name: str) -> str | None:
        from keyring.errors import KeyringError

        try:
            return self._backend.get_password(SERVICE, self._entry(name))
        except (KeyringError, OSError, RuntimeError) as error:
            raise KeyStoreUnavailable("denied", type(error).__name__) from error

    def write(self, name: str, secret: str | None) -> None:
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            if secret is not None:
                self._backend.set_password(SERVICE, self._entry(name), secret)
                return
            with contextlib.suppress(PasswordDeleteError):  # it was not there
                self._backend.delete_password(SERVICE, self._entry(name))
        except (KeyringError, OSError, RuntimeError) as error:
            raise KeyStoreUnavailable("denied", type(error).__name__) from error

    def _entry(self, name: str) -> str:
        return f"{self._profile}#{name}"


class _File:
    """A file that only its owner may read: `{profile: {name: secret}}`. Replaced in one step, never half written."""

    def __init__(self, profile: str, path: Path) -> None:
        self._profile = profile
        self._path = path

    def read(self, name: str) -> str | None:
        return self.all().get(name)

    def write(self, name: str, secret: str | None) -> None:
        everything = self._load()
        own = everything.setdefault(self._profile, {})
        if secret is None:
            own.pop(name, None)
        else:
            own[name] = secret
        self._save(everything)

    def all(self) -> dict[str, str]:
        """Every secret of this profile, by name."""
        return dict(self._load().get(self._profile, {}))

    def forget(self) -> None:
        """Take this profile out; the file goes with its last one."""
        everything = self._load()
        if everything.pop(self._profile, None) is None:
            return
        if everything:
            self._save(everything)
        else:
            self._path.unlink(missing_ok=True)

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            text = self._path.read_text(encoding="utf-8")
            if os.name != "nt" and self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)  # copied by someone in a way that opened it to others
            return _checked(json.loads(text))
        except FileNotFoundError:
            return {}
        except PermissionError as error:
            raise KeyStoreUnavailable("denied", "the file of secrets") from error
        except (OSError, ValueError) as error:
            raise KeyStoreUnavailable("unreadable", type(error).__name__) from error

    def _save(self, everything: Mapping[str, Mapping[str, str]]) -> None:
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=folder, prefix=self._path.name)  # of mode 0600 from its first moment
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(everything, file)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except PermissionError as error:
            raise KeyStoreUnavailable("denied", "the file of secrets") from error
        except OSError as error:
            raise KeyStoreUnavailable("unreadable", f"the file of secrets: {error.strerror}") from error


def _checked(plain: object) -> dict[str, dict[str, str]]:
    """Raises ValueError if it is not what `_save` writes."""
    if not isinstance(plain, dict):
        raise ValueError("not an object")
    for own in plain.values():
        if not isinstance(own, dict) or not all(isinstance(secret, str) for secret in own.values()):
            raise ValueError("not texts by name")
    return plain
