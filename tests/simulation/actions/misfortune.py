"""What should not happen and does: spoiled records, older copies put in place by hand, a marketplace set back."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from random import Random

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, StockMovement
from app.domain.facts import FactKind, stock_moved_payload
from app.marketplace import tables as t
from app.marketplace.store import ChangeKind, ShopTransaction
from app.usecases.ports import Counter
from app.usecases.record_fact import record_fact
from tests.simulation.actions.rescue import STICKS
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import World

SPOILED_RECORDS = "spoiled records"
SET_BACK = "set back"
WILD_CLOCKS = "wild clocks"
OLDER_COPIES = "older copies"
HELD_BACK = "facts behind refused ones"
"""As (till, the refused one, the one behind it, how often the first was sent, how many rescue files there were)."""


@action(per_day=(0, 0.3))
def a_fact_is_spoiled(world: World, chance: Random) -> None:
    """One that the marketplace refuses for ever waits among the others."""
    till = world.a_running_till(chance)
    if till is None:
        return
    number = chance.getrandbits(32)
    world.book.spoiled_subjects.add(_subject(number))  # first: the machine may die with the commit, and the fact stays
    fact_id = till.act("keep a spoiled fact", lambda: _tell_of(till.counter, number, 2_000_000_000))
    if fact_id is not None:
        world.after(chance.choice((1.0, 600.0, 20_000.0)), lambda: _go_on(world, till, number, fact_id))


def _go_on(world: World, till: Till, number: int, spoiled_id: str) -> None:
    """Something happens to the same article."""
    if not till.running:
        return
    refused = till.ask("SELECT attempts FROM outbox WHERE fact_id = ? AND state = 'refused'", spoiled_id)
    next_id = till.act("keep what follows it", lambda: _tell_of(till.counter, number, 0))
    if next_id is not None and refused:
        sticks = len(world.notes.get(STICKS, ()))
        world.notes.setdefault(HELD_BACK, []).append((till, spoiled_id, next_id, refused[0][0], sticks))


def _tell_of(counter: Counter, number: int, quantity: int) -> str:
    """A fact about an article that nobody else moves; of more than the contract takes, or of nothing at all."""
    with counter.unit_of_work() as uow:
        now = counter.clock.now()
        movement_id = counter.ids.new()
        moved = StockMovement(movement_id, "spoiled", DEFAULT_LOCATION, quantity, MovementReason.GOODS_IN, now, "")
        payload = stock_moved_payload([moved] if quantity else [])
        fact = record_fact(uow, counter, FactKind.STOCK_MOVED, _subject(number), now, payload)
        uow.commit()
    return fact.fact_id


def _subject(number: int) -> str:
    return f"stock:spoiled-{number}"


@action(per_day=(0, 0.3))
def a_record_is_spoiled(world: World, chance: Random) -> None:
    """An article with a VAT rate that does not exist comes down among the others."""
    product_id = f"spoiled-{chance.getrandbits(32)}"
    if world.server.visit(lambda transaction: _write_nonsense(transaction, product_id)) is not None:
        world.notes.setdefault(SPOILED_RECORDS, set()).add(product_id)


def _write_nonsense(transaction: ShopTransaction, product_id: str) -> bool:
    columns = {
        "shop_id": transaction.shop_id,
        "product_id": product_id,
        "name": "Spoiled",
        "price_minor": 100,
        "vat_rate_bp": 1234,
        "unit": "piece",
        "codes": "[]",
        "category": "",
        "stock_tracked": False,
        "shelf": "",
        "published": False,
        "withdrawal_right": True,
        "age_limit": 0,
        "active": True,
        "folded": "spoiled",
        "version": 1,
    }
    transaction.connection.execute(t.product.insert().values(**columns))
    transaction.mark(ChangeKind.PRODUCT, product_id)
    return True


@action(per_day=(0, 0.15))
def an_old_file_is_put_in_place(world: World, chance: Random) -> None:
    """Somebody closes the program, copies its file, and days later copies it back."""
    till = world.a_running_till(chance)
    if till is None:
        return
    till.stop()
    if till.is_open:
        return
    copy = Path(shutil.copyfile(till.database, till.database.parent.parent / "by-hand.sqlite3"))
    world.trace.note(till.name, "its file is copied")
    till.start()
    world.after(3600.0 * chance.uniform(0.1, 60.0), lambda: _put_back(till, copy))


def _put_back(till: Till, copy: Path, *, by_hand: bool = True) -> None:
    if till.running:
        till.put_back(copy, by_hand=by_hand)


@action(per_day=(1, 2), hours=(8, 18), scenario=OLDER_COPIES)
def this_morning_is_put_back(world: World, chance: Random) -> None:
    """By `comptoir restore` or a file manager, hours later: tickets, handovers and leases of these hours are gone."""
    till = world.a_running_till(chance)
    if till is None:
        return
    kept = till.keep_copy()
    copy = Path(shutil.copyfile(kept, kept.with_name(f"morning-{chance.getrandbits(32)}.sqlite3")))
    world.trace.note(till.name, "a copy is made")
    by_hand = chance.random() < 0.5
    world.after(3600.0 * chance.uniform(0.5, 8.0), lambda: _put_back(till, copy, by_hand=by_hand))


@action(per_day=(0, 0.4), scenario=SET_BACK)
def the_marketplace_is_set_back(world: World, chance: Random) -> None:
    """Its operator restores last night's copy: it forgets what it had been told since."""
    if world.server.is_down:
        return
    copy = world.server.keep_copy()
    world.trace.note("server", "a copy is made")
    world.after(3600.0 * chance.uniform(0.1, 30.0), lambda: world.server.put_back(copy))


@action(per_day=(0, 1), scenario=WILD_CLOCKS)
def a_clock_goes_wild(world: World, chance: Random) -> None:
    """An empty battery or a slip of the finger: days, months, a year either way, for a while. Nothing may be lost or
    doubled by it; what the till then says of days and closures is another matter."""
    till = world.a_running_till(chance)
    if till is not None:
        till.clock.wrong_by = timedelta(days=chance.choice((-400, -30, -3, 3, 30, 400)) * chance.random())
        world.trace.note(till.name, f"its clock is wrong by {till.clock.wrong_by}")
        world.after(3600.0 * chance.uniform(0.1, 40.0), lambda: setattr(till.clock, "wrong_by", timedelta(0)))
