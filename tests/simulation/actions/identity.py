"""What befalls the name of a till: its token grows old and is renewed, it is shut out and paired anew."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from app.marketplace import tables as t
from app.marketplace.pairing import rotate_key
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import time_text
from app.usecases.renew_token import RENEWED_EVERY, TOKEN_TASK
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import World


@action(per_day=(0, 0.4))
def a_token_grows_old(world: World, chance: Random) -> None:
    """As if a month had passed: the till renews it when it has nothing else to tell."""
    till = world.a_running_till(chance)
    if till is not None:
        let_the_token_grow_old(till)


def let_the_token_grow_old(till: Till) -> None:
    till.act("let the token grow old", lambda: _age(till))


def _age(till: Till) -> None:
    with till.counter.unit_of_work() as uow:
        uow.upkeep.note_done(TOKEN_TASK, till.clock.now() - RENEWED_EVERY - timedelta(days=1))
        uow.commit()


@action(per_day=(0, 0.1))
def a_till_is_shut_out(world: World, chance: Random) -> None:
    """Somebody shuts the wrong till out in the shop's account; it sells on."""
    till = world.a_running_till(chance)
    if till is None:
        return
    till_id = till.till_id
    if world.server.visit(lambda transaction: _shut_out(transaction, till_id)):
        till.shut_out = True
        world.trace.note("server", f"{till.name} is shut out")


def _shut_out(transaction: ShopTransaction, till_id: str) -> bool:
    done = transaction.connection.execute(
        t.till.update()
        .where(t.till.c.till_id == till_id, t.till.c.revoked_at.is_(None))
        .values(revoked_at=time_text(transaction.now))
    )
    return done.rowcount > 0


@action(per_day=(1, 2), hours=(8, 20))
def somebody_reads_that_a_till_must_be_paired_anew(world: World, _chance: Random) -> None:
    for till in world.tills:
        world.pair_anew_if_it_says_so(till)


@action(per_day=(0, 0.3))
def a_pickup_key_is_replaced(world: World, chance: Random) -> None:
    """By the calendar, or because somebody else may have it."""
    leaked = chance.random() < 0.3
    done = world.server.visit(lambda transaction: rotate_key(transaction, leaked=leaked))
    world.trace.note("server", f"a pickup key is replaced: {done is not None}")
