"""`comptoir outbox` and `comptoir exceptions`: what waits, what was refused, and a person's decision, windowless."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.facts import Fact, FactKind
from app.paths import database_path, secrets_path
from app.usecases.marketplace_port import Disagreement, FactAnswer, FactOutcome
from tests.fakes.surroundings import NOON

pytestmark = pytest.mark.allowed_logs("stopped")


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    def run(*words: str) -> dict[str, Any]:
        main([*words, "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert isinstance(answer, dict)
        return answer

    return run


@pytest.fixture
def refused() -> int:
    """A fact that was refused for its wording; its number at this till."""
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        number = uow.outbox.next_seq()
        payload = {"order_id": "o-1", "bags": 1, "shelf": "A" * 70, "lines": [], "operator": "Léa"}
        uow.outbox.append(Fact("fact-1", number, FactKind.ORDER_READY, "order:o-1", NOON, payload))
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.REFUSED, "Mal formé.", None, "bad_payload")], NOON)
        uow.commit()
    return number


def test_a_refused_fact_is_worded_anew(ask, refused: int) -> None:
    listed = ask("outbox")
    assert (listed["refused"], listed["waiting"]) == (1, 0)
    [fact] = listed["facts"]
    assert (fact["till_seq"], fact["state"], fact["reason"]) == (refused, "refused", "bad_payload")
    assert fact["editable"] == {"shelf": "A" * 70, "operator": "Léa"}
    assert ask("outbox", "repair", str(refused), "--set", "bags=2")["reason"] == "no_such_field"
    assert ask("outbox", "repair", str(refused), "--set", "shelf=" + "B" * 65)["reason"] == "bad_wording"
    assert ask("outbox", "repair", str(refused), "--set", "shelf")["reason"] == "no_wording"
    mended = ask("outbox", "repair", str(refused), "--set", "shelf=A=1", "--operator", "Tom")
    assert mended["ok"]
    listed = ask("outbox")
    [waiting] = listed["facts"]
    assert (waiting["fact_id"], waiting["state"]) == (mended["fact_id"], "pending")
    [aside] = listed["set_aside"]
    assert (aside["fact_id"], aside["operator"], aside["replaced_by"]) == ("fact-1", "Tom", mended["fact_id"])


def test_a_refused_fact_is_sent_again_or_set_aside(ask, refused: int) -> None:
    assert ask("outbox", "set-aside", "fact-1")["reason"] == "no_reason"
    assert ask("outbox", "resend", "fact-1")["ok"]
    assert ask("outbox", "resend", "fact-1")["reason"] == "not_refused"
    assert ask("outbox", "set-aside", "fact-1", "--note", "vu")["reason"] == "not_refused"
    assert ask("outbox", "resend", "999")["reason"] == "unknown_number"
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.REFUSED)], NOON)
        uow.commit()
    assert ask("outbox", "set-aside", str(refused), "--note", "saisie deux fois", "--operator", "Tom")["ok"]
    listed = ask("outbox")
    assert listed["facts"] == []
    assert [(row["fact_id"], row["note"]) for row in listed["set_aside"]] == [("fact-1", "saisie deux fois")]


def test_a_disagreement_is_settled(ask) -> None:
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        view = {"label": "Pain", "unit": "piece", "physical": 1, "promised": 3, "missing": 2}
        uow.exceptions.told(Disagreement("oversold:p:m", "oversold", NOON, product_id="p", view=view))
        uow.commit()
    [row] = ask("exceptions")["exceptions"]
    assert (row["exception_id"], row["kind"], row["proposed"]) == ("oversold:p:m", "oversold", "call_customer")
    assert row["choices"] == ["call_customer", "goods_are_coming", "count_stock"]
    assert "Pain" in row["title"]
    assert ask("exceptions", "settle", "oversold:p:m", "--answer", "ours_again")["reason"] == "wrong_answer"
    settled = ("exceptions", "settle", "oversold:p:m", "--answer", "goods_are_coming", "--note", "demain")
    assert ask(*settled, "--operator", "Tom")["ok"]
    assert ask(*settled)["reason"] == "not_open"
    assert ask("exceptions")["exceptions"] == []
    [row] = ask("exceptions", "--all")["exceptions"]
    assert (row["answer"], row["settled_by"], row["note"]) == ("goods_are_coming", "Tom", "demain")
    assert [fact["kind"] for fact in ask("outbox")["facts"]] == ["exception_settled"]


def test_what_is_listed_reads_well(capsys: pytest.CaptureFixture[str], refused: int) -> None:
    main(["outbox"])
    main(["exceptions"])
    shown = capsys.readouterr().out
    assert "0 en attente, 1 refusés, 0 à régler." in shown
    assert "Mal formé." in shown
    assert "Aucun désaccord à régler." in shown
