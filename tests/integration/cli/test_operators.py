"""`comptoir operators`: a team made and mended without a window, PINs from standard input, on a real database."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.operators import Operator
from app.paths import database_path, secrets_path
from app.storage.pin import Argon2PinHasher
from app.usecases.sign_in import sign_in

pytestmark = pytest.mark.allowed_logs("stopped")


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def run(*words: str, pin: str = "") -> dict[str, Any]:
        monkeypatch.setattr("sys.stdin", io.StringIO(pin + "\n"))
        main(["operators", *words, "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert isinstance(answer, dict)
        assert not pin or pin not in json.dumps(answer)
        return answer

    return run


def test_a_team_is_made_and_a_forgotten_pin_replaced(ask) -> None:
    assert ask("add", "Sami", "--role", "cashier", pin="7391")["reason"] == "first_must_manage"
    assert ask("list")["operators"] == []
    assert ask("add", "Claire", pin="3456")["reason"] == "pin_too_simple"
    assert ask("add", "Claire", pin="2580")["role"] == "manager"
    assert ask("add", "Sami", pin="2580")["reason"] == "pin_taken"
    assert ask("add", "Sami", pin="7391")["role"] == "cashier"
    assert ask("leave", "claire")["reason"] == "last_manager"
    assert ask("pin", "nobody", pin="4907")["reason"] == "unknown"
    assert ask("pin", "claire", pin="4907")["ok"]
    assert ask("role", "Sami", "--role", "accountant")["role"] == "accountant"
    assert ask("leave", "Sami")["active"] is False
    assert ask("back", "Sami", pin="8052")["active"] is True
    listed = [(person["name"], person["role"], person["active"]) for person in ask("list")["operators"]]
    assert listed == [("Claire", "manager", True), ("Sami", "accountant", True)]
    with opened_core(database_path(), secrets_path()) as core:
        signed_in = sign_in(core.counter, core.store.queries, Argon2PinHasher(), "4907")
    assert isinstance(signed_in, Operator)
    assert signed_in.name == "Claire"


def test_no_pin_is_readable_in_the_database(ask) -> None:
    ask("add", "Claire", pin="25803691")
    for path in database_path().parent.glob(database_path().name + "*"):
        assert b"25803691" not in path.read_bytes()
