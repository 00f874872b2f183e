"""`comptoir close`: the day, the month, the period under way, on a real database and a real key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.money import Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.paths import database_path, secrets_path
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter

pytestmark = pytest.mark.allowed_logs("stopped")


def sell(minor: int) -> None:
    with opened_core(database_path(), secrets_path()) as core:
        basket = Basket((BasketLine(core.ids.new(), "Divers", Money(minor), 2000),))
        payment = Payment(PaymentMeans.CASH, Money(minor), Money(minor))
        assert isinstance(sell_at_counter(core.counter, SaleRequest(basket, (payment,), "Léa")), SaleDone)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    def run(*words: str) -> dict[str, Any]:
        main(["close", *words, "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert isinstance(answer, dict)
        return answer

    return run


def test_a_day_is_looked_at_and_closed(ask) -> None:
    assert ask()["reason"] == "nothing_to_close"
    sell(12_00)
    report = ask("--x")["report"]
    assert (report["turnover_minor"], report["cash"]["expected_minor"]) == (1200, 1200)
    assert [due["kind"] for due in ask("--due")["due"]] == ["day"]
    assert ask("--month")["reason"] == "not_over"
    done = ask("--counted", "12,00", "--float", "2", "--operator", "Léa")
    (closure,) = done["closures"]
    assert (closure["number"], closure["kind"], closure["turnover_minor"]) == (1, "day", 1200)
    assert (closure["cash"]["counted_minor"], closure["cash"]["left_minor"]) == (1200, 200)
    assert closure["vat"] == [
        {"regime": "normal", "rate_bp": 2000, "gross_minor": 1200, "net_minor": 1000, "vat_minor": 200}
    ]
    assert ask("--due")["due"] == []


def test_a_difference_needs_a_reason_and_says_what_may_explain_it(ask) -> None:
    sell(18_40)
    refused = ask("--counted", "0")
    assert (refused["reason"], refused["difference_minor"]) == ("difference_needs_reason", -1840)
    assert refused["causes"] == [{"kind": "card_entered_as_cash", "tickets": ["A-000001"]}]
    assert ask("--counted", "much")["reason"] == "not_an_amount"
    done = ask("--counted", "0", "--reason", "carte")
    assert done["difference_minor"] == -1840
