"""What fails at the very moment that a safeguard is for. Each is too rare to wait for in any town, so it has a scenario
of its own, in which it happens several times a day, between all that happens anyhow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from random import Random

from app.marketplace.orders import PlacedOrder
from app.usecases.find_order import judge_order
from app.usecases.marketplace_port import LinkState
from app.usecases.queries import OrderList
from tests.simulation.actions.customers import order_something
from tests.simulation.actions.identity import let_the_token_grow_old
from tests.simulation.book import Broken
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import World

GIVING_UP = "giving up"
OLD_LEASES = "old leases"
OLD_TOKENS = "old tokens"
FORGETFUL = "forgetful"
CACHED_PAGES = "cached pages"
LOG_IN_PAGES = "log-in pages"
_LONG_WAY_S = 60.0
_HOURS_TO_HEAR = 4


@action(per_day=(5, 8), hours=(8, 19), scenario=GIVING_UP)
def a_till_is_cut_off_while_it_gives_a_lease_up(world: World, chance: Random) -> None:
    """The marketplace heard it and passed the lease on; the till never hears that it did."""
    found = _a_lease_between_two(world, chance)
    if found is None:
        return
    holder, other, order_id = found
    holder_id = holder.paired_as
    holder.link.lag_s = _LONG_WAY_S
    other.want_lease(order_id)

    def watch(seconds_left: float) -> None:
        if _holder_there(world, order_id) != holder_id:
            holder.link.go_down()
            world.after(300.0, world.check_now)
            world.after(3600.0, holder.link.heal)
        elif seconds_left > 0:
            world.after(3.0, lambda: watch(seconds_left - 3.0))
        else:
            holder.link.heal()

    watch(600.0)


@action(per_day=(5, 8), hours=(8, 17), scenario=GIVING_UP)
def a_release_comes_again_when_the_lease_is_back(world: World, chance: Random) -> None:
    """Everything this till says arrives twice; by the second time it has the lease anew and is off line with it."""
    found = _a_lease_between_two(world, chance)
    if found is None:
        return
    holder, other, order_id = found
    holder.link.weather, holder.link.fault_share = ("duplicate",), 1.0
    other.want_lease(order_id)

    def comes_back() -> None:
        holder.link.fault_share = 0.0
        holder.want_lease(order_id)

    world.after(300.0, comes_back)
    world.after(600.0, holder.link.go_down)
    for quarter in range(1, 9):
        world.after(600.0 + 900.0 * quarter, world.check_now)
    world.after(2.5 * 3600.0, holder.link.heal)


@action(per_day=(5, 8), hours=(8, 19), scenario=LOG_IN_PAGES)
def a_lease_is_asked_back_behind_a_log_in_page(world: World, chance: Random) -> None:
    """A hotel's Wi-Fi says "200 OK" to most of what the holder says."""
    found = _a_lease_between_two(world, chance)
    if found is None:
        return
    holder, other, order_id = found
    holder.link.weather, holder.link.fault_share = ("html",), 0.6
    other.want_lease(order_id)
    world.after(900.0, holder.link.heal)


@action(per_day=(3, 5), hours=(8, 17), scenario=OLD_LEASES)
def a_till_goes_back_to_when_it_had_the_lease(world: World, chance: Random) -> None:
    """A copy of its database of before the lease passed on takes its place, off line."""
    found = _a_lease_between_two(world, chance)
    if found is None:
        return
    holder, other, order_id = found
    kept = holder.keep_copy()
    copy = Path(shutil.copyfile(kept, kept.with_name(f"lease-{chance.getrandbits(32)}.sqlite3")))
    by_hand = chance.random() < 0.5
    other.want_lease(order_id)

    def goes_back() -> None:
        if holder.running:
            holder.link.go_down()
            holder.put_back(copy, by_hand=by_hand)
            world.check_now()

    world.after(900.0, goes_back)
    world.after(3600.0, holder.link.heal)


@action(per_day=(3, 5), hours=(6, 20), scenario=OLD_TOKENS)
def a_token_is_renewed_on_a_bad_line(world: World, chance: Random) -> None:
    """The marketplace hears every question; every other answer is lost."""
    till = world.a_running_till(chance)
    if till is None:
        return
    let_the_token_grow_old(till)
    link = till.link
    link.heal()
    link.weather, link.fault_share = ("lost_answer",), 0.5
    world.after(3 * 3600.0, link.heal)
    world.after(4 * 3600.0, lambda: _look_for_a_lockout(world, till))


def _look_for_a_lockout(world: World, till: Till) -> None:
    """Hours with a good line and never a word: one that is told for a moment mends itself."""
    refused_since = _refused_since(world, till)

    def look_again() -> None:
        if refused_since is not None and refused_since == _refused_since(world, till):
            raise Broken("I9", f"the marketplace does not know {till.name} any more, and nobody shut it out")

    world.after(4 * 3600.0, look_again)


def _refused_since(world: World, till: Till) -> datetime | None:
    """When it was answered last, None if it is not refused."""
    status = till.link_status
    if status is None or till.shut_out or world.server.set_back or status.state is not LinkState.REFUSED:
        return None
    return status.last_ok_at


@action(per_day=(1, 1), hours=(7, 12), scenario=FORGETFUL)
def the_marketplace_forgets_its_morning(world: World, chance: Random) -> None:
    """It is set back by hours, and a customer orders before as much has happened again as it forgot: tills that are on
    line hear of it, although they stand further on in a history that is no more."""
    if world.server.is_down:
        return
    copy = world.server.keep_copy()

    def forgets() -> None:
        knew = {fact_id for (fact_id,) in world.ask_server("SELECT fact_id FROM fact")}
        world.server.put_back(copy)
        world.server.come_up()
        for till in world.tills:
            till.link.heal()
        _expect_told_again(world, knew, world.tills, _HOURS_TO_HEAR * 6)
        placed = world.server.visit(lambda transaction: order_something(transaction, chance))
        if isinstance(placed, PlacedOrder):
            world.orders.append(placed)
            _expect(world, {placed.order_id: 0}, world.tills, _HOURS_TO_HEAR * 6)

    world.after(3600.0 * chance.uniform(2.0, 5.0), forgets)


@action(per_day=(2, 3), hours=(8, 16), scenario=CACHED_PAGES)
def a_cache_answers_an_older_copy(world: World, chance: Random) -> None:
    """With pages of the time that this copy of the till's database does not know: what lies between must come too."""
    till = world.a_running_till(chance)
    if till is None:
        return
    kept = till.keep_copy()
    copy = Path(shutil.copyfile(kept, kept.with_name(f"cached-{chance.getrandbits(32)}.sqlite3")))
    till.link.heal()

    def goes_back() -> None:
        if not till.running:
            return
        till.put_back(copy, by_hand=False)
        till.link.heal()
        till.link.weather, till.link.fault_share = ("stale_page",), 0.7
        known = dict(world.ask_server("SELECT order_id, version FROM shop_order"))
        world.after(1800.0, till.link.heal)
        world.after(1801.0, lambda: _expect(world, known, [till], _HOURS_TO_HEAR * 6))

    world.after(3600.0 * chance.uniform(1.0, 4.0), goes_back)


_SETTLED_HERE = "SELECT fact_id FROM fact WHERE fact_id NOT IN (SELECT fact_id FROM outbox WHERE state <> 'conflicted')"
"""What the till believes to be told."""


def _expect(world: World, orders: Mapping[str, int], tills: list[Till], times: int) -> None:
    """That tills have orders, at least as new as these; looked at every ten minutes. Whoever was not on line all the
    time need not have heard."""
    on_line = [till for till in tills if _is_on_line(world, till)]
    if times:
        world.after(600.0, lambda: _expect(world, orders, on_line, times - 1))
        return
    for till in on_line:
        here = dict(till.ask("SELECT order_id, version FROM server_order"))
        for order_id, version in orders.items():
            if here.get(order_id, -1) < version:
                raise Broken("I3", f"{till.name} has not heard of order {order_id} of {_HOURS_TO_HEAR} hours ago")


def _expect_told_again(world: World, knew: set[str], tills: list[Till], times: int) -> None:
    """That what the marketplace forgot is told again while it is worth something, not with the comparison of tomorrow;
    by tills that were on line all the time."""
    on_line = [till for till in tills if _is_on_line(world, till)]
    if times:
        world.after(600.0, lambda: _expect_told_again(world, knew, on_line, times - 1))
        return
    knows = {fact_id for (fact_id,) in world.ask_server("SELECT fact_id FROM fact")}
    for till in on_line:
        own = {fact_id for (fact_id,) in till.ask(_SETTLED_HERE)}
        for fact_id in sorted(own & knew - knows):
            raise Broken("I3", f"{till.name} has not told fact {fact_id} again, which was forgotten hours ago")


def _is_on_line(world: World, till: Till) -> bool:
    troubled = till.link.is_down or till.link.fault_share or till.link.lag_s > _LONG_WAY_S or till.needs_pairing
    return till.running and not troubled and not world.server.is_down


def _a_lease_between_two(world: World, chance: Random) -> tuple[Till, Till, str] | None:
    """A till that may hand a ready order over, another one that knows the order too, and its id; their lines are good
    from now on."""
    up = [till for till in world.tills if till.running and not till.needs_pairing]
    chance.shuffle(up)
    for holder in up:
        for order_id in _may_hand_over(holder):
            others = [till for till in up if till is not holder and till.queries.order(order_id) is not None]
            if others and _holder_there(world, order_id) == holder.paired_as:
                for till in (holder, others[0]):
                    till.link.heal()
                return holder, others[0], order_id
    return None


def _may_hand_over(till: Till) -> Iterator[str]:
    now = till.clock.now()
    for row in till.queries.orders(OrderList.READY, now):
        if judge_order(till.queries, row.order_id, now).may_hand_over:
            yield row.order_id


def _holder_there(world: World, order_id: str) -> str:
    held = world.ask_server("SELECT lease_till_id FROM shop_order WHERE order_id = :order", order=order_id)
    return held[0][0] or "" if held else ""
