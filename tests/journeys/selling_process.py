"""A till that sells without end, as a process of its own, with a real key, duplicates, cash movements and closures.

Each line on standard output is a JSON object; `number` is said after the sale has returned, as a screen would show it.
With `--after N` it kills itself (SIGKILL) at the N-th call, return or library call of Comptoir's own code in an act.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys

from app.bootstrap.core import build_core
from app.bootstrap.ledger_watch import check_ledger
from app.domain.cash import CashCount, CashMovementKind
from app.domain.money import Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.paths import database_path, secrets_path
from app.usecases.close_period import CloseDayRequest, close_day
from app.usecases.keep_cash import move_cash
from app.usecases.ports import Counter
from app.usecases.print_document import print_receipt_copy
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.journeys.till_process import CLERK, Death

OPERATOR = "Zoé"
SALES_TO_A_CLOSURE = 40


def say(**line: object) -> None:
    """One write of one line: either all of it was said or nothing."""
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())


def sell(counter: Counter, chance: random.Random) -> SaleDone:
    lines = tuple(
        BasketLine(counter.ids.new(), f"Article {place}", Money(chance.randint(1, 3000)), chance.choice((2000, 550)))
        for place in range(chance.randint(1, 5))
    )
    basket = Basket(lines)
    payments = (Payment(PaymentMeans.CASH, basket.total, basket.total),)
    done = sell_at_counter(counter, SaleRequest(basket, payments, OPERATOR, print_receipt=chance.random() < 0.3))
    assert isinstance(done, SaleDone), done
    return done


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--after", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    core = build_core(database_path(), secrets_path())
    findings = check_ledger(core, starting=True)
    say(open=os.getpid(), findings=[finding.kind.value for finding in findings])
    death = Death(CLERK if options.after else "", options.after)
    for count in range(1, 100_000):
        death.watch_act("sell")
        done = sell(core.counter, chance)
        death.leave_act()
        say(number=done.sale.number)
        death.watch_act("sell")
        if chance.random() < 0.1:
            print_receipt_copy(core.counter, done.sale.sale_id, OPERATOR)
        if chance.random() < 0.05:
            move_cash(core.counter, CashMovementKind.CASH_IN, Money(100), "monnaie", OPERATOR)
        if count % SALES_TO_A_CLOSURE == 0:
            expected = core.store.queries.cash_session().expected
            close_day(core.counter, CloseDayRequest(OPERATOR, CashCount.of_amount(expected)))
        death.leave_act()


if __name__ == "__main__":
    main()
