"""`comptoir connect` on a real database file and a connector to nowhere: what is kept where, and what is said."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.cli.connect_parser import PASSWORD_VARIABLE
from app.paths import database_path, secrets_path
from app.sync.connectors import registry
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.link_ports import LinkChoice, LinkFinding, LinkProblem
from tests.fakes.offered_connector import TESTED, OfferedConnector
from tests.fakes.samples import an_order

LINK = ("connect", "vendure", "--url", "https://boutique.example", "--user", "lefevre", "--channel", "t0k")


class Asked:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> dict[str, Any]:
        exit_code = main([*words, "--json"])
        captured = self._capsys.readouterr()
        assert captured.err == ""
        answer: dict[str, Any] = json.loads(captured.out)
        assert answer["ok"] == (exit_code == 0)
        return answer


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setenv(PASSWORD_VARIABLE, "s3cret")
    return Asked(capsys)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> OfferedConnector:
    offered = OfferedConnector()
    monkeypatch.setattr(registry, "_connector", lambda kind: offered)
    return offered


def test_a_till_is_linked_and_says_what_the_site_cannot_do(
    site: OfferedConnector, ask: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(*LINK, "--pickup-method", "retrait", "--pickup-method", "stand", "--name", "Caisse 1")
    assert (answer["till_letter"], answer["shop"], answer["kind"]) == ("A", "Épicerie Lefèvre", "vendure")
    assert site.wishes[0].credentials == {"user": "lefevre", "password": "s3cret"}
    assert site.wishes[0].options == {"channel": "t0k", "pickup_methods": "retrait,stand"}
    with opened_core(database_path(), secrets_path(), read_only=True) as core:
        linked = core.store.queries.linked()
        assert linked == Linked(MarketplaceKind.VENDURE, {"channel": "t0k", "pickup_methods": "retrait,stand"})
        assert core.store.queries.identity().marketplace_url == "https://boutique.example"
        assert len(core.secrets.pickup_keys()) == 1
    assert b"s3cret" not in database_path().read_bytes()
    assert main([*LINK]) == 0
    said = capsys.readouterr().out
    assert "retrait,stand" not in said
    assert "codes de retrait" in said


def test_linked_again_it_keeps_what_is_not_typed_and_its_letter(site: OfferedConnector, ask: Asked) -> None:
    ask(*LINK, "--pickup-method", "retrait", "--name", "Caisse 1")
    again = ask("connect", "vendure", "--user", "lefevre")
    assert again["options"] == {"channel": "t0k", "pickup_methods": "retrait"}
    assert (again["till_name"], again["till_letter"]) == ("Caisse 1", "A")
    assert site.wishes[-1].address == "https://boutique.example"


def test_only_trying_keeps_nothing(site: OfferedConnector, ask: Asked) -> None:
    answer = ask(*LINK, "--test")
    assert (answer["ok"], answer["shop_id"]) == (True, TESTED.shop_id)
    with opened_core(database_path(), secrets_path(), read_only=True) as core:
        assert core.store.queries.identity().paired_at is None
        assert core.secrets.device_token() is None


def test_what_must_be_put_right_is_said_with_the_choices(site: OfferedConnector, ask: Asked) -> None:
    choices = (LinkChoice("1", "Boutique"), LinkChoice("2", "Réserve"))
    site.tested = replace(TESTED, findings=(LinkFinding(LinkProblem.NEEDED, "location", choices=choices),))
    for words in (LINK, (*LINK, "--test")):
        answer = ask(*words)
        assert answer["reason"] == "findings"
        assert "1 (Boutique), 2 (Réserve)" in answer["message"]


def test_a_wrong_password_is_said_so(site: OfferedConnector, ask: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    answer = ask(*LINK)
    assert answer["reason"] == "wrong_login"
    assert "wrong" not in answer["message"]


def test_without_an_address_nobody_is_asked(site: OfferedConnector, ask: Asked) -> None:
    assert ask("connect", "vendure", "--user", "lefevre")["reason"] == "no_url"
    assert site.wishes == []


@pytest.mark.shows_secrets("the join code, for a person to type at the next till")
@pytest.mark.parametrize("from_a_file", [False, True])
def test_the_next_till_joins_by_the_code_of_the_first(
    site: OfferedConnector, ask: Asked, tmp_path: Path, *, from_a_file: bool
) -> None:
    assert ask("connect", "join-code")["reason"] == "not_linked"
    ask(*LINK)
    code = ask("connect", "join-code")
    assert code["letter"] == "B"
    text, second = code["join_code"], str(tmp_path / "second.sqlite3")
    if from_a_file:
        (tmp_path / "code.txt").write_text(text + "\n")
        text = str(tmp_path / "code.txt")
    assert ask(*LINK, "--letter", "B", "--database", second)["reason"] == "join_code_needed"
    joined = ask(*LINK, "--join", text, "--database", second)
    assert joined["till_letter"] == "B"
    with (
        opened_core(database_path(), secrets_path(), read_only=True) as first,
        opened_core(Path(second), secrets_path(), read_only=True) as other,
    ):
        assert first.secrets.pickup_keys() == other.secrets.pickup_keys()
        assert not first.store.queries.linked().only_till
        assert not other.store.queries.linked().only_till


def test_every_caller_goes_through_the_connector(site: OfferedConnector, ask: Asked) -> None:
    ask(*LINK)
    assert ask("sync")["received"] == 0
    checks = {check["name"]: check for check in ask("doctor", "--online")["checks"]}
    assert checks["online"]["health"] == "ok"
    assert "codes de retrait" in checks["site"]["detail"]
    assert not {"token", "reconciliation"} & checks.keys(), "nothing of what the site cannot do is asked for"
    [*openings] = site.openings
    assert len(openings) == 2
    for opening in openings:
        assert opening.address == "https://boutique.example"
        assert opening.till.till_letter == "A"
        assert opening.options["channel"] == "t0k"


def test_the_code_of_an_order_is_shown_printed_and_written(site: OfferedConnector, ask: Asked) -> None:
    ask(*LINK, "--code-page", "https://ville.example/q")
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        uow.orders.save_server_copy(an_order())
        uow.commit()
    number, spoken = an_order().number, an_order().spoken_code
    shown = ask("pickup-code", number)
    code = shown["pickup_code"]
    assert shown["link"] == f"https://ville.example/q/{code}"
    assert ask("pickup-code", spoken)["pickup_code"] == ask("pickup-code", code)["pickup_code"] == code
    written = ask("pickup-code", number, "--text", "--language", "en")
    assert written["subject"].startswith("Your order")
    assert code in written["body"]
    assert ask("pickup-code", number, "--text")["subject"].startswith("Votre commande")
    assert ask("pickup-code", number, "--print")["job_id"]
    assert ask("handover", code)["reason"] == "cannot_tell", "known here; no till has its lease"
    assert ask("pickup-code", "no such order")["reason"] == "unknown_order"


def test_what_the_site_cannot_do_is_said_where_it_matters(site: OfferedConnector, ask: Asked, tmp_path: Path) -> None:
    ask(*LINK)
    file = tmp_path / "articles.csv"
    file.write_text("nom;prix;tva;unité;code\nTomme;18,90;5,5;kg;T1\n")
    imported = ask("import", str(file))
    assert imported["new"] == 1
    assert "sur le site" in imported["message"]
    assert ask("outbox")["waiting"] == 0, "what the site would refuse is not told"
    assert ask("reconcile")["reason"] == "not_offered"
    assert ask("rescue", "write", str(tmp_path))["reason"] == "not_offered"


def test_the_file_for_support_says_neither_where_the_site_is_nor_what_opens_it(
    site: OfferedConnector, ask: Asked, tmp_path: Path
) -> None:
    ask(*LINK)
    ask("support", str(tmp_path / "support.zip"))
    with zipfile.ZipFile(tmp_path / "support.zip") as bundle:
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
    assert b'"shop_id": "vendure:"' in everything
    for hidden in (b"boutique.example", b"s3cret", b"t0k", b"lefevre"):
        assert hidden not in everything


def test_the_help_says_how_a_secret_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["connect", "woocommerce", "--help"])
    told = capsys.readouterr().out
    assert PASSWORD_VARIABLE in told
    assert "clé client (WooCommerce)" in " ".join(told.split())
