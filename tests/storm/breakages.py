"""Comptoir broken on purpose, one way at a time: a storm that does not see these would see nothing.

Each name is a promise of the protocol that is no longer kept. Applied inside the process concerned, nowhere else.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any


def _server_forgets_what_it_took() -> None:
    """No idempotency: a fact known already takes effect once more, under another name."""
    from app.marketplace import intake

    original, count = intake._take_fact, iter(range(10**9))

    def take(transaction: Any, till: Any, fact: Any) -> Any:
        if intake._known(transaction, fact.fact_id) is None:
            return original(transaction, till, fact)
        again = fact.model_copy(update={"fact_id": f"again-{next(count)}", "till_seq": 10**9 + next(count)})
        return dataclasses.replace(original(transaction, till, again), fact_id=fact.fact_id)

    intake._take_fact = take


def _server_answers_before_it_commits() -> None:
    """The answer says `applied`, and now and then the transaction is rolled back."""
    from app.marketplace import intake

    original, count = intake._take_fact, iter(range(10**9))

    def take(transaction: Any, till: Any, fact: Any) -> Any:
        if next(count) % 50 == 49:
            return intake.Answer(fact.fact_id, intake.APPLIED)
        return original(transaction, till, fact)

    intake._take_fact = take


def _sale_and_fact_apart() -> None:
    """The sale is committed first, its fact in a transaction of its own."""
    from app.usecases import record_fact, sell_at_counter

    def later(_uow: Any, counter: Any, *arguments: Any) -> None:
        untold.append(arguments)
        latest[:] = [counter]

    untold: list[tuple[Any, ...]] = []
    latest: list[Any] = []
    record_sale: Any = sell_at_counter.sell_at_counter

    def sell(counter: Any, request: Any) -> Any:
        done = record_sale(counter, request)
        kept, untold[:] = untold[:], []
        if kept and isinstance(done, sell_at_counter.SaleDone):
            time.sleep(0.02)
            with counter.unit_of_work() as uow:
                for arguments in kept:
                    record_fact.record_fact(uow, counter, *arguments)
                uow.commit()
        return done

    module: Any = sell_at_counter
    module.record_fact = later
    _replace_everywhere(sell_at_counter.sell_at_counter, sell)


def _settled_before_sent() -> None:
    """The worker takes facts out of the outbox, then sends them."""
    from app.sync import push
    from app.usecases.marketplace_port import FactAnswer, FactOutcome

    original = push._claim

    def claim(counter: Any, *arguments: Any) -> Any:
        claimed = original(counter, *arguments)
        facts: Sequence[Any] = claimed[0]
        with counter.unit_of_work() as uow:
            answers = [FactAnswer(fact.fact_id, FactOutcome.APPLIED) for fact in facts]
            uow.outbox.settle(answers, counter.clock.now())
            uow.commit()
        return claimed

    module: Any = push
    module._claim = claim


def _cursor_before_page() -> None:
    """The cursor moves in a commit of its own, before the page is applied."""
    from app.usecases import apply_server_orders

    original = apply_server_orders.apply_page

    def apply(counter: Any, secrets: Any, page: Any, *, asked_after: str | None = None) -> Any:
        with counter.unit_of_work() as uow:
            if asked_after in (None, uow.pulled.cursor()):
                uow.pulled.set_cursor(page.cursor)
                uow.commit()
                asked_after = page.cursor  # or it would find itself overtaken
        time.sleep(0.4)
        return original(counter, secrets, page, asked_after=asked_after)

    _replace_everywhere(original, apply)


def _lease_ignored() -> None:
    """Whoever has the order hands it over, whatever till has its lease."""
    from app.domain import lease

    _replace_everywhere(lease.is_held, lambda *_: True)


def _page_counted_again() -> None:
    """A movement that comes down changes the level even if it is known."""
    from app.storage.repositories import stock

    original = stock.StockRows.record

    def record(self: Any, movements: Any) -> Any:
        new = original(self, movements)
        for movement in list(movements)[len(new) :]:
            again = dataclasses.replace(movement, movement_id=f"{movement.movement_id}-again")
            original(self, [again])
        return new

    stock.StockRows.record = record  # type: ignore[method-assign]  # broken on purpose


def _replace_everywhere(old: Any, new: Any) -> None:
    """Under every name it was imported by."""
    for module in [found for name, found in sys.modules.items() if name.startswith(("app.", "tests."))]:
        for name, value in list(vars(module).items()):
            if value is old:
                setattr(module, name, new)


MARKETPLACE: dict[str, Callable[[], None]] = {
    "server_forgets": _server_forgets_what_it_took,
    "server_answers_early": _server_answers_before_it_commits,
}
TILL: dict[str, Callable[[], None]] = {
    "sale_and_fact_apart": _sale_and_fact_apart,
    "settled_before_sent": _settled_before_sent,
    "cursor_before_page": _cursor_before_page,
    "lease_ignored": _lease_ignored,
    "page_counted_again": _page_counted_again,
}
ALL = (*MARKETPLACE, *TILL)


def break_marketplace(name: str) -> None:
    if name in MARKETPLACE:
        MARKETPLACE[name]()


def break_till(name: str) -> None:
    if name in TILL:
        TILL[name]()
