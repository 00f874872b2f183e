"""A till without a window, as a process of its own: its clerk acts at random until the process is told to end or dies.

Each line on standard output is one JSON object: `begun` before an act, `done` with the ids the screen would show after
it. Nothing is said to be done before the use case has returned. On standard input, one line ends the acting: everything
is sent, fetched and printed, and the process ends with code 0.

With `--die-in PLACE --after N` it kills itself (SIGKILL) at the N-th call, return or library call that Comptoir's own
code makes there: in the `clerk`'s sales and handovers, or in the thread `net-push`, `net-pull` or `print`. With
`PLACE:FUNCTION` only what is called so counts.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from app.bootstrap.core import Core, build_core
from app.domain.catalogue import MovementReason, Unit
from app.domain.money import ZERO, Money, total_of
from app.domain.order import (
    HandoverState,
    HandoverVerdict,
    LineOutcome,
    LineResult,
    OrderAtCounter,
    VerdictKind,
    weighed,
    without_goods,
)
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans, line_for_product
from app.paths import database_path, secrets_path
from app.printing.printer import build_printer
from app.printing.spooler import Spooler
from app.settings import PrinterProfile
from app.sync.one_round import run_round
from app.sync.pace import Pace
from app.sync.worker import SyncWorker
from app.usecases.adjust_stock import correct_level, move_stock, receive_goods
from app.usecases.find_order import HowFound, judge_code
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.park_basket import park_basket, take_basket
from app.usecases.ports import PrintState, Touched
from app.usecases.prepare_order import mark_ready, record_preparation
from app.usecases.print_document import print_receipt_copy
from app.usecases.queries import OrderList
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.undo_handover import UndoDone, undo_handover

OPERATOR = "Zoé"
CLERK = "clerk"
RISKY_ACTS = ("sell", "serve")
PACE = Pace(poll_s=2.0, idle_s=1.0, first_pause_s=0.05, longest_pause_s=0.5, lease_gap_s=0.5)
MOST_ROUNDS = 20
WAITING_FOR_PAPER = (PrintState.QUEUED, PrintState.PRINTING, PrintState.FAILED)


def say(**line: Any) -> None:
    """One write of one line: either all of it was said or nothing."""
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())


class Death:
    """Kills the process at a chosen point of what Comptoir's own code does in one place."""

    def __init__(self, place: str, after: int) -> None:
        self._left = after
        self._place, _, self._function = place.partition(":")

    def watch_threads(self) -> None:
        """Threads started from now on are watched, if they are the place."""
        if self._place not in ("", CLERK):
            threading.setprofile(self._in_thread)

    def watch_act(self, act: str) -> None:
        if self._place == CLERK and act in RISKY_ACTS:
            sys.setprofile(self._count)

    def leave_act(self) -> None:
        if self._place == CLERK:
            sys.setprofile(None)

    def _in_thread(self, frame: FrameType, event: str, argument: object) -> None:
        if threading.current_thread().name == self._place:
            self._count(frame, event, argument)

    def _count(self, frame: FrameType, _event: str, _argument: object) -> None:
        if not str(frame.f_globals.get("__name__", "")).startswith("app."):
            return
        if self._function and frame.f_code.co_name != self._function:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Clerk:
    """Serves whoever comes, in random order, by the same use cases that the screens call."""

    def __init__(self, core: Core, codes: list[str], customers: Path, death: Death, seed: int) -> None:
        self._core = core
        self._counter = core.counter
        self._queries = core.store.queries
        self._codes = codes
        self._arriving = customers.open(encoding="utf-8")
        self._customers: list[str] = []
        self._served: list[str] = []
        self._sold: list[str] = []
        self._parked: list[str] = []
        self._death = death
        self._chance = random.Random(seed)
        self._acts: dict[str, tuple[int, Callable[[], dict[str, Any] | None]]] = {
            "sell": (30, self._sell),
            "prepare": (15, self._prepare),
            "serve": (35, self._serve),
            "undo": (4, self._undo),
            "goods_in": (4, self._goods_in),
            "count": (4, self._count),
            "carry": (2, self._carry),
            "copy": (3, self._copy),
            "park": (2, self._park),
            "unpark": (2, self._unpark),
        }

    def act(self) -> None:
        """One act, announced before and, if it was not refused, after."""
        self._greet()
        names = list(self._acts)
        name = self._chance.choices(names, [self._acts[name][0] for name in names])[0]
        say(begun=name)
        self._death.watch_act(name)
        try:
            done = self._acts[name][1]()
        finally:
            self._death.leave_act()
        if done is not None:
            say(done=name, **done)

    def close(self) -> None:
        self._arriving.close()

    def _greet(self) -> None:
        while line := self._arriving.readline():
            self._customers.append(line.strip())

    # --- sales ---

    def _sell(self) -> dict[str, Any] | None:
        lines = tuple(self._article() for _ in range(self._chance.randint(1, 5)))
        return self._paid(Basket(lines), None)

    def _article(self) -> BasketLine:
        row = self._queries.product_by_code(self._chance.choice(self._codes))
        if row is None:
            return BasketLine(self._core.ids.new(), "Divers", Money(self._chance.randint(1, 2000)), 2000)
        product = row.product
        quantity = self._chance.randint(1, 3) if product.unit is Unit.PIECE else self._chance.randint(50, 2500)
        return line_for_product(self._core.ids.new(), product, quantity, product.codes[0])

    def _paid(self, basket: Basket, handover: HandoverRequest | None) -> dict[str, Any] | None:
        prints = self._chance.random() < 0.3
        payments = self._payments(basket.total)
        request = SaleRequest(basket, payments, OPERATOR, handover, prints, age_confirmed_by=OPERATOR)
        done = sell_at_counter(self._counter, request)
        if not isinstance(done, SaleDone):
            say(refused="sale", reason=done.reason.value)
            return None
        self._sold.append(done.sale.sale_id)
        answer: dict[str, Any] = {
            "sale_id": done.sale.sale_id,
            "number": done.sale.display_number,
            "total_minor": done.sale.total.minor,
            "lines": len(done.sale.lines),
            "receipt": prints,
        }
        if handover is not None and done.handover is not None:
            answer |= self._handed_over(done.handover, handover)
        return answer

    def _payments(self, total: Money) -> tuple[Payment, ...]:
        card = Money(self._chance.choice((0, total.minor, total.minor // 2)))
        cash = total - card
        if cash > Money(900_00):
            card, cash = total, ZERO
        tendered = Money(-(-cash.minor // 500) * 500)
        payments = (Payment(PaymentMeans.CARD, card, card), Payment(PaymentMeans.CASH, cash, tendered))
        return tuple(payment for payment in payments if payment.amount)

    # --- orders ---

    def _prepare(self) -> dict[str, Any] | None:
        waiting = self._queries.orders(OrderList.TO_PREPARE, self._core.clock.now())
        if not waiting:
            return None
        order_id = self._chance.choice(waiting).order_id
        order = self._queries.order(order_id)
        if order is None:
            return None
        answer: dict[str, Any] = {"order_id": order_id}
        found = self._found(order)
        if found and _is_kept(record_preparation(self._counter, order_id, found, OPERATOR), found):
            answer["prepared"] = [[result.line_no, result.outcome.value, result.quantity] for result in found]
        if self._chance.random() < 0.8 and _is_kept(mark_ready(self._counter, order_id, 1, "A1", OPERATOR)):
            answer["ready"] = True
        return answer

    def _found(self, order: OrderAtCounter) -> list[LineResult]:
        results = []
        for line in order.open_lines:
            turn = self._chance.random()
            if turn < 0.1:
                results.append(without_goods(line, LineOutcome.MISSING))
            elif turn < 0.5 and line.unit is Unit.KG:
                results.append(weighed(line, max(1, line.quantity + self._chance.randint(-200, 200))))
        return results

    def _serve(self) -> dict[str, Any] | None:
        """Whoever holds a code comes to the counter, some of them twice."""
        if not self._customers:
            return None
        code = self._chance.choice(self._customers)
        verdict = judge_code(self._queries, self._core.secrets, code, self._core.clock.now())
        self._noticed(verdict)
        may_go = verdict.may_hand_over or (verdict.may_override and self._chance.random() < 0.1)
        if verdict.order is None or not may_go:
            return None
        overridden = "" if verdict.kind is VerdictKind.READY else "le client insiste"
        order_id = verdict.order.order.order_id
        results = self._taken_away(verdict.order)
        slip = self._chance.random() < 0.2
        request = HandoverRequest(
            order_id,
            HowFound.SCAN,
            OPERATOR,
            results,
            override_reason=overridden,
            print_slip=slip,
            age_confirmed_by=OPERATOR,
        )
        leaving = verdict.order.with_results(verdict.order.results_at_handover(results))
        extras = tuple(self._article() for _ in range(self._chance.choice((0, 0, 1, 2))))
        lines = order_basket_lines(self._core.ids, leaving) + extras
        if lines:
            return self._paid(Basket(lines, order_id), request)
        done = hand_over_order(self._counter, request)
        if isinstance(done, HandoverDone):
            return self._handed_over(done, request)
        say(refused="handover", reason=done.verdict.kind.value)
        return None

    def _noticed(self, verdict: HandoverVerdict) -> None:
        """For a clerk who does more about a verdict."""

    def _taken_away(self, order: OrderAtCounter) -> tuple[LineResult, ...]:
        """Mostly all of it; sometimes a part, the rest to follow."""
        expected = order.results_at_handover()
        if len(expected) < 2 or self._chance.random() < 0.8:
            return ()
        return expected[: self._chance.randint(1, len(expected) - 1)]

    def _handed_over(self, done: HandoverDone, request: HandoverRequest) -> dict[str, Any]:
        self._served.append(request.order_id)
        return {"handover_id": done.handover_id, "order_id": request.order_id, "slip": request.print_slip}

    def _undo(self) -> dict[str, Any] | None:
        if not self._served:
            return None
        order_id = self._served[-1]
        done = undo_handover(self._counter, order_id, OPERATOR, "trompé de client")
        return {"undone": done.handover_id, "order_id": order_id} if isinstance(done, UndoDone) else None

    # --- stock, paper, baskets ---

    def _product_id(self) -> str:
        row = self._queries.product_by_code(self._chance.choice(self._codes))
        return row.product.product_id if row else ""

    def _goods_in(self) -> dict[str, Any] | None:
        delivery = [(self._product_id(), self._chance.randint(1, 50)) for _ in range(3)]
        moved = receive_goods(self._counter, delivery, "shop", OPERATOR)
        return {"movements": [movement.movement_id for movement in moved]} if moved else None

    def _count(self) -> dict[str, Any] | None:
        row = self._queries.product_by_code(self._chance.choice(self._codes))
        if row is None:
            return None
        counted = max(0, row.physical + self._chance.randint(-5, 20))
        product_id = row.product.product_id
        moved = correct_level(self._counter, product_id, counted, "shop", MovementReason.CORRECTION, OPERATOR)
        return {"movements": [moved.movement_id]} if moved else None

    def _carry(self) -> dict[str, Any] | None:
        moved = move_stock(self._counter, self._product_id(), self._chance.randint(1, 9), "store", "shop", OPERATOR)
        return {"movements": [movement.movement_id for movement in moved]} if moved else None

    def _copy(self) -> dict[str, Any] | None:
        if not self._sold:
            return None
        job = print_receipt_copy(self._counter, self._chance.choice(self._sold), OPERATOR)
        return {"job_id": job.job_id} if job else None

    def _park(self) -> dict[str, Any]:
        basket = Basket((self._article(), self._article()))
        parked = park_basket(self._counter, basket, "Mme Petit")
        self._parked.append(parked)
        return {"parked": parked, "total_minor": total_of([line.total for line in basket.lines]).minor}

    def _unpark(self) -> dict[str, Any] | None:
        if not self._parked:
            return None
        basket_id = self._parked.pop()
        say(taking=basket_id)
        return {"taken": basket_id} if take_basket(self._counter, basket_id) else None


def _is_kept(order: OrderAtCounter | None, results: Sequence[LineResult] = ()) -> bool:
    """Whether preparing took place: not if the order was handed over, cancelled or changed a moment before."""
    if order is None or order.order.cancelled_at is not None or order.handover is HandoverState.HANDED_OVER:
        return False
    return {result.line_no for result in results} <= {line.line_no for line in order.open_lines}


class Devices:
    """The threads beside the clerk: the link to the marketplace and the printer."""

    def __init__(self, core: Core, printer_port: int) -> None:
        self._core = core
        self._paper_changed = threading.Event()
        profile = PrinterProfile(name="network", transport="network", host="127.0.0.1", port=printer_port)
        printer = build_printer(profile, "fr", lambda moment: moment, lambda *_: None)
        retry_s = (0.05, 0.2)
        self._spooler = Spooler(core.store.unit_of_work, printer, core.clock, self._paper_changed.set, retry_s)
        self._worker = SyncWorker(
            core.counter,
            core.store.queries,
            core.secrets,
            core.connect,
            chance=random.random,
            pace=PACE,
        )
        core.news.subscribe(self._pass_on)

    def _pass_on(self, touched: Touched) -> None:
        if touched.outbox:
            self._worker.kick()
        if touched.print_queue:
            self._spooler.kick()

    def start(self) -> None:
        self._spooler.start()
        self._spooler.kick()
        self._worker.start()

    def finish(self) -> None:
        """Everything sent, fetched and on paper."""
        assert self._worker.stop(10), "the link did not end"
        self._send_and_fetch_all()
        while any(job.state in WAITING_FOR_PAPER for job in self._core.store.queries.print_jobs(1_000_000)):
            self._paper_changed.wait(1)
            self._paper_changed.clear()
        assert self._spooler.stop(), "the print queue did not end"

    def _send_and_fetch_all(self) -> None:
        connection = self._core.connect()
        try:
            for _ in range(MOST_ROUNDS):  # a fact that is refused holds back others for ever: the audit will say so
                done = run_round(self._core.counter, self._core.store.queries, self._core.secrets, connection)
                if not done.waiting and not done.pulled.changes:
                    return
        finally:
            connection.close()


def _wait_for_the_end(told_to_end: threading.Event) -> None:
    if not sys.stdin.readline():
        os._exit(3)  # the test itself has died: nobody is left to finish for
    told_to_end.set()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=Path, required=True)
    parser.add_argument("--codes", type=Path, required=True)
    parser.add_argument("--printer", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--die-in", default="")
    parser.add_argument("--after", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)  # to standard error, which the test keeps
    death = Death(options.die_in, options.after)
    core = build_core(database_path(), secrets_path())
    death.watch_threads()
    devices = Devices(core, options.printer)
    say(open=os.getpid())
    devices.start()
    told_to_end = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(told_to_end,), daemon=True).start()
    clerk = Clerk(core, options.codes.read_text().split(), options.customers, death, options.seed)
    while not told_to_end.wait(0.002):
        clerk.act()
    clerk.close()
    devices.finish()
    core.close()
    say(finished=True)


if __name__ == "__main__":
    main()
