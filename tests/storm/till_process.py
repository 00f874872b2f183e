"""One of the shop's tills as a process: the real core and the real worker, no window, a scripted clerk at the counter.

What the clerk did is written to a journal of its own, and forced to the disk, after the use case has returned: that is
the promise made to the customer, and what `kill -9` must not break. On standard input a first line ends the acting (the
worker goes on), a second one ends the process with code 0. An end by a fault of ours is code 70, with the reason on
standard error.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.bootstrap.core import Core, build_core
from app.bootstrap.ledger_watch import check_ledger
from app.domain import lease
from app.domain.cash import CashCount, CashMovementKind
from app.domain.fiscal import KnownHead
from app.domain.money import ZERO, Money
from app.domain.order import HandoverVerdict, VerdictKind
from app.domain.sale import Basket, Payment, PaymentMeans
from app.paths import database_path, secrets_path
from app.sync import push, token_age
from app.sync.client import HttpMarketplace
from app.sync.pace import Pace
from app.sync.transport import Limits
from app.sync.worker import SyncWorker
from app.usecases import renew_token
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.correct_sale import Cancelled, cancel_sale, lines_coming_back, return_lines
from app.usecases.hand_over_order import HandoverDone, HandoverRequest
from app.usecases.import_catalogue import import_catalogue
from app.usecases.keep_cash import CashMoved, move_cash
from app.usecases.ports import MarketplaceRefused, Touched
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from app.usecases.settle_exception import Settling, settle_exception
from tests.journeys.till_process import OPERATOR, Clerk, Death
from tests.storm.breakages import break_till

PACE = Pace(poll_s=2.0, idle_s=0.5, lease_check_s=5.0, lease_gap_s=0.3, first_pause_s=0.05, longest_pause_s=1.0)
LIMITS = Limits(connect_s=2.0, read_s=3.0, drip_s=5.0)
CLAIM_S = 2.0
"""Shorter than a request may take here, so that claims do run out while they are under way."""
RENEW_BEFORE = timedelta(seconds=10)
"""Of leases that run for `marketplace_process.SHORT_LEASE`."""
TOKEN_AGE = timedelta(seconds=6)
BREATH_S = 0.06
CUSTOMERS_REMEMBERED = 60
OUR_FAULT = 70


def say(**line: Any) -> None:
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())


class Journal:
    """What was promised, on the disk before anything else happens."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, **line: Any) -> None:
        os.write(self._file, (json.dumps(line) + "\n").encode())
        os.fsync(self._file)


class StormClerk(Clerk):
    """The clerk of the journeys, with more to do: prices, returns, cancellations, cash, closures. No paper."""

    def __init__(
        self,
        core: Core,
        codes: list[str],
        customers: Path,
        death: Death,
        seed: int,
        journal: Journal,
        want_lease: Callable[[str], None],
    ) -> None:
        super().__init__(core, codes, customers, death, seed)
        self._journal = journal
        self._want_lease = want_lease
        self._acts = {
            "sell": (26, self._sell),
            "prepare": (22, self._prepare),
            "serve": (38, self._serve),
            "undo": (4, self._undo),
            "goods_in": (4, self._goods_in),
            "count": (4, self._count),
            "carry": (2, self._carry),
            "reprice": (4, self._reprice),
            "give_back": (4, self._give_back),
            "cancel": (2, self._cancel),
            "settle": (4, self._settle),
            "cash": (2, self._cash),
            "close": (1, self._close),
        }

    def act(self) -> None:
        self._greet()
        del self._customers[:-CUSTOMERS_REMEMBERED]
        names = list(self._acts)
        name = self._chance.choices(names, [self._acts[name][0] for name in names])[0]
        self._death.watch_act(name)
        try:
            done = self._acts[name][1]()
        finally:
            self._death.leave_act()
        if done is not None:
            self._journal.write(done=name, **done)

    def _noticed(self, verdict: HandoverVerdict) -> None:
        """Another till may hand it over: ask for that, and let the customer wait a little."""
        if verdict.kind is VerdictKind.CANNOT_TELL and verdict.order is not None:
            self._want_lease(verdict.order.order.order_id)
            self._customers.append(verdict.order.order.spoken_code)

    def _handed_over(self, done: HandoverDone, request: HandoverRequest) -> dict[str, Any]:
        return {**super()._handed_over(done, request), "overridden": bool(request.override_reason)}

    def _reprice(self) -> dict[str, Any] | None:
        code = self._chance.choice(self._codes)
        row = self._queries.product_by_code(code)
        if row is None or not row.product.published:
            return None
        price = f"{row.product.price.minor // 100},{self._chance.randint(0, 99):02d}"
        data = f"nom;prix;tva;code\n{row.product.name};{price};{row.product.vat_rate_bp / 100:g};{code}\n"
        report = import_catalogue(self._counter, data.encode(), OPERATOR)
        return {"repriced": row.product.product_id} if report.rows_updated else None

    def _give_back(self) -> dict[str, Any] | None:
        """A line of a ticket of today comes back, in part or as a whole."""
        if not self._sold:
            return None
        ticket = return_lines(self._counter, self._chance.choice(self._sold))
        can_return = [entry for entry in ticket.lines if entry.quantity > 0] if ticket else []
        if ticket is None or not can_return:
            return None
        entry = self._chance.choice(can_return)
        quantity = self._chance.randint(1, entry.quantity)
        lines = lines_coming_back(self._core.ids, ticket, {entry.line.line_no: quantity})
        basket = Basket(lines)
        payments = (Payment(PaymentMeans.CASH, basket.total, basket.total),) if basket.total else ()
        done = sell_at_counter(self._counter, SaleRequest(basket, payments, OPERATOR, reason="abîmé"))
        return self._promised(done) if isinstance(done, SaleDone) else None

    def _cancel(self) -> dict[str, Any] | None:
        if not self._sold:
            return None
        done = cancel_sale(self._counter, self._sold[-1], OPERATOR, "erreur de caisse")
        if not isinstance(done, Cancelled):
            return None
        document = done.document
        return {
            "sale_id": document.sale_id,
            "number": document.display_number,
            "total_minor": document.total.minor,
            "lines": len(document.lines),
            "receipt": False,
        }

    def _promised(self, done: SaleDone) -> dict[str, Any]:
        return {
            "sale_id": done.sale.sale_id,
            "number": done.sale.display_number,
            "total_minor": done.sale.total.minor,
            "lines": len(done.sale.lines),
            "receipt": False,
        }

    def _settle(self) -> dict[str, Any] | None:
        """Answer one of the newest disagreements; another till may be answering the same."""
        found = self._queries.exceptions(limit=5)
        if not found:
            return None
        chosen = self._chance.choice(found)
        answer = self._chance.choice(chosen.choices).value
        done = settle_exception(self._counter, chosen.exception_id, OPERATOR, "vu", answer)
        return {"settled": chosen.exception_id} if done is Settling.SETTLED else None

    def _cash(self) -> dict[str, Any] | None:
        moved = move_cash(self._counter, CashMovementKind.CASH_IN, Money(500), "monnaie", OPERATOR)
        return {"cash": True} if isinstance(moved, CashMoved) else None

    def _close(self) -> dict[str, Any] | None:
        expected = self._queries.cash_session().expected
        count = CashCount.of_amount(expected) if expected >= ZERO else None
        done = close_day(self._counter, CloseDayRequest(OPERATOR, count, print_z=False))
        return {"closed": [closure.closure_id for closure in done.closures]} if isinstance(done, DayClosed) else None


class Link:
    """The worker, as the window runs it, with a shorter breath."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._worker = SyncWorker(
            core.counter,
            core.store.queries,
            core.secrets,
            self._connect,
            chance=random.random,
            on_heads=self._heard,
            pace=PACE,
        )
        core.news.subscribe(self._pass_on)

    def _connect(self) -> HttpMarketplace:
        identity = self._core.store.queries.identity()
        if not identity.marketplace_url:
            raise MarketplaceRefused("not_paired")
        return HttpMarketplace(identity.marketplace_url, self._core.secrets.device_token, limits=LIMITS)

    def _heard(self, heads: Sequence[KnownHead]) -> None:
        found = check_ledger(self._core, starting=False, told=heads)
        if found:
            fail(f"the ledger is not where the marketplace knows it to be: {found}")

    def _pass_on(self, touched: Touched) -> None:
        if touched.outbox:
            self._worker.kick()

    def start(self) -> None:
        self._worker.start()

    def want_lease(self, order_id: str) -> None:
        self._worker.want_lease(order_id)

    def stop(self) -> None:
        if not self._worker.stop(30):
            fail("the link did not end")


def fail(why: str) -> None:
    """A fault of ours: the process must not go on as if nothing were."""
    sys.stderr.write(f"FAULT: {why}\n")
    sys.stderr.flush()
    os._exit(OUR_FAULT)


def _a_thread_broke(arguments: threading.ExceptHookArgs) -> None:
    threading.__excepthook__(arguments)
    fail(f"thread {arguments.thread.name if arguments.thread else ''} broke")


def _obey(orders: Sequence[Callable[[], None]]) -> None:
    """One line of standard input each; the end of it is the end of the test itself."""
    for order in orders:
        if not sys.stdin.readline():
            os._exit(3)
        order()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=Path, required=True)
    parser.add_argument("--codes", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--said", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--die-in", default="")
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--at-rest", action="store_true", help="only the worker")
    parser.add_argument("--renew-tokens", action="store_true", help="every few seconds instead of every month")
    parser.add_argument("--breakage", default="")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)  # to standard error, which the storm keeps
    threading.excepthook = _a_thread_broke
    push.CLAIM_S = CLAIM_S
    lease.RENEW_BEFORE = RENEW_BEFORE
    if options.renew_tokens:
        renew_token.RENEWED_EVERY, token_age.LOOK_EVERY_S = TOKEN_AGE, TOKEN_AGE.total_seconds() / 2
    break_till(options.breakage)
    journal = Journal(options.journal)
    core = build_core(database_path(), secrets_path())
    findings = check_ledger(core, starting=True)
    if findings:
        fail(f"after a crash the ledger has {findings}")
    death = Death(options.die_in, options.after)
    death.watch_threads()
    link = Link(core)
    say(open=os.getpid())
    os.dup2(os.open(options.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stdout.fileno())  # nobody reads the pipe
    link.start()
    acting_over, over = threading.Event(), threading.Event()
    threading.Thread(target=_obey, args=((acting_over.set, over.set),), daemon=True).start()
    chance = random.Random(options.seed)
    clerk = StormClerk(
        core,
        options.codes.read_text().split(),
        options.customers,
        death,
        chance.randrange(10**9),
        journal,
        link.want_lease,
    )
    while not (options.at_rest or acting_over.wait(chance.expovariate(1 / BREATH_S))):
        clerk.act()
    clerk.close()
    journal.write(at_rest=os.getpid())
    over.wait()
    link.stop()
    core.close()


if __name__ == "__main__":
    main()
