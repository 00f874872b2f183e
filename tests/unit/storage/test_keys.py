"""Secrets: in the key store if there is one, else in a file nobody else can read; never half written, never guessed."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.storage.keys import open_secrets
from app.usecases.ports import KeyStoreUnavailable

KEYS = {"7": bytes(range(32)), "8": b"\xff" * 32}


class KeyStoreInMemory(KeyringBackend):
    """A key store of the operating system, made by hand."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _check(self) -> None:
        if self.is_locked:
            raise KeyringLocked


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "secrets.json"


@pytest.fixture
def key_store(monkeypatch: pytest.MonkeyPatch) -> KeyStoreInMemory:
    backend = KeyStoreInMemory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


def test_without_a_key_store_a_private_file_keeps_them_and_says_so(file: Path) -> None:
    secrets = open_secrets("till", file)
    assert secrets.weaker_way
    assert (secrets.device_token(), dict(secrets.pickup_keys())) == (None, {})
    secrets.set_device_token("token-1")
    secrets.set_pickup_keys(KEYS)
    again = open_secrets("till", file)
    assert (again.device_token(), dict(again.pickup_keys())) == ("token-1", KEYS)
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_tills_of_one_machine_do_not_see_each_others(file: Path) -> None:
    open_secrets("till-a", file).set_device_token("a")
    open_secrets("till-b", file).set_device_token("b")
    assert open_secrets("till-a", file).device_token() == "a"
    open_secrets("till-a", file).set_device_token(None)
    assert (open_secrets("till-a", file).device_token(), open_secrets("till-b", file).device_token()) == (None, "b")


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_a_file_opened_to_others_is_closed_again(file: Path) -> None:
    open_secrets("till", file).set_device_token("token-1")
    file.chmod(0o644)
    assert open_secrets("till", file).device_token() == "token-1"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", '{"till": 3}', '{"till": {"pickup_keys": 3}}', "\ud800"])
def test_a_file_that_cannot_be_read_says_so(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(KeyStoreUnavailable) as failed:
        open_secrets("till", file).device_token()
    assert failed.value.reason == "unreadable"


@pytest.mark.parametrize("keys", ["no json", "[]", '{"7": "no base64!"}', '{"7": 7}'])
def test_keys_that_cannot_be_read_say_so_and_are_not_printed(file: Path, keys: str) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"till": {"pickup_keys": keys}}))
    with pytest.raises(KeyStoreUnavailable) as failed:
        open_secrets("till", file).pickup_keys()
    assert failed.value.reason == "unreadable"
    assert keys not in str(failed.value)


def test_the_key_store_of_the_system_is_used(file: Path, key_store: KeyStoreInMemory) -> None:
    secrets = open_secrets("till", file)
    assert not secrets.weaker_way
    secrets.set_device_token("token-1")
    secrets.set_pickup_keys(KEYS)
    assert not file.exists()
    again = open_secrets("till", file)
    assert (again.device_token(), dict(again.pickup_keys())) == ("token-1", KEYS)
    again.set_device_token(None)
    again.set_device_token(None)
    assert open_secrets("till", file).device_token() is None


def test_what_the_file_kept_moves_to_the_key_store(
    file: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    before = open_secrets("till", file)
    before.set_device_token("token-1")
    before.set_pickup_keys(KEYS)
    request.getfixturevalue("key_store")
    after = open_secrets("till", file)
    assert (after.weaker_way, after.device_token(), dict(after.pickup_keys())) == (False, "token-1", KEYS)
    assert not file.exists()


def test_a_locked_key_store_says_so_and_each_secret_is_read_once(file: Path, key_store: KeyStoreInMemory) -> None:
    open_secrets("till", file).set_device_token("token-1")
    secrets = open_secrets("till", file)
    assert secrets.device_token() == "token-1"
    key_store.is_locked = True
    assert secrets.device_token() == "token-1"
    with pytest.raises(KeyStoreUnavailable) as failed:
        secrets.pickup_keys()
    assert failed.value.reason == "denied"
    with pytest.raises(KeyStoreUnavailable):
        secrets.set_device_token("token-2")
    assert secrets.device_token() == "token-1"


def test_the_token_before_is_kept_beside_the_newest(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    secrets = open_secrets("till", file)
    secrets.set_device_token("token-1")
    assert not secrets.use_other_device_token()
    secrets.set_device_token("token-2")
    assert secrets.use_other_device_token()
    again = open_secrets("till", file)
    assert again.device_token() == "token-1"
    assert again.use_other_device_token()
    assert open_secrets("till", file).device_token() == "token-2"
    again.set_device_token("token-2")
    assert again.use_other_device_token()
    again.set_device_token(None)
    assert (again.device_token(), again.use_other_device_token()) == (None, False)
    assert "token-" not in file.read_text()
