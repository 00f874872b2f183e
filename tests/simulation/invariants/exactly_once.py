"""I1, I2, I3, I9: what people did arrived, once, whole; nothing else did."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from app.domain.order import GOODS_LEAVE
from tests.simulation.book import Seen
from tests.simulation.clock import FIRST_MORNING
from tests.simulation.excuses import (
    facts_behind_refused_ones,
    facts_of_what_was_forgotten,
    facts_seen_to,
)
from tests.simulation.registry import invariant
from tests.simulation.world import SHORT_LEASES, World

_LEAVES = frozenset(outcome.value for outcome in GOODS_LEAVE)


@invariant("I3")
def every_fact_arrived_and_none_was_invented(world: World) -> Iterator[str]:
    taken = {
        fact_id: (kind, subject, json.loads(payload))
        for fact_id, kind, subject, payload in world.ask_server("SELECT fact_id, kind, subject, payload FROM fact")
    }
    named = {fact_id for till in world.tills for fact_id, _reason in facts_seen_to(till)}
    named |= facts_behind_refused_ones(world)
    for fact_id, seen in world.book.facts.items():
        if fact_id not in taken and not (seen.lost or fact_id in named):
            yield f"fact {fact_id} of {seen.till} ({seen.kind} {seen.seq}) never arrived"
    for fact_id, (kind, subject, payload) in taken.items():
        known = world.book.facts.get(fact_id)
        if known is None:
            yield f"the marketplace has a fact {fact_id} ({kind}) that no till ever told"
        elif (known.kind, known.subject, known.payload) != (kind, subject, payload):
            yield f"fact {fact_id} ({kind}) arrived with another content"


@invariant("I3")
def every_effect_happened_once(world: World) -> Iterator[str]:
    """The marketplace's own tables hold what the facts say: each sale, handover and movement, once. A movement may be
    told in two facts: alone, by a comparison that found only it to be missing, and with what it belongs to."""
    sales, handovers = [], []
    moved: set[tuple[str, int]] = set()
    orders = {order_id for (order_id,) in world.ask_server("SELECT order_id FROM shop_order")}
    for kind, text in world.ask_server("SELECT kind, payload FROM fact ORDER BY received_at, till_id, till_seq"):
        payload = json.loads(text)
        if kind == "sale_recorded":
            sales.append((payload["sale_id"], payload["total_minor"]))
        if kind == "order_handed_over" and payload["order_id"] in orders:  # of a forgotten one the movements are kept
            handovers.append((payload["handover_id"], payload["order_id"]))
        moved |= {(each["movement_id"], each["quantity"]) for each in payload.get("movements", ())}
    yield from _differences("sale", sales, world.ask_server("SELECT sale_id, total_minor FROM sale"))
    yield from _differences("handover", handovers, world.ask_server("SELECT handover_id, order_id FROM handover"))
    there = world.ask_server("SELECT movement_id, quantity FROM stock_movement WHERE till_id <> ''")
    yield from _differences("movement", moved, there)


def _differences(what: str, told: Iterable[tuple[Any, ...]], there: list[tuple[Any, ...]]) -> Iterator[str]:
    told_of, kept = Counter(told), Counter(there)
    for row in sorted(told_of.keys() | kept.keys()):
        if told_of[row] != kept[row]:
            yield f"{what} {row} was told {told_of[row]} times and took effect {kept[row]} times"


@invariant("I9")
def only_what_must_be_is_refused(world: World) -> Iterator[str]:
    excused = facts_of_what_was_forgotten(world)
    for till in world.tills:
        for fact_id, reason in facts_seen_to(till):
            seen = world.book.facts[fact_id]
            if not (seen.poisoned or fact_id in excused):
                yield f"{till.name}: {seen.kind} {fact_id} of {seen.subject} was refused: {reason}"


@invariant("I9")
def nothing_is_in_quarantine(world: World) -> Iterator[str]:
    spoiled = world.notes.get("spoiled records", ())
    for till in world.tills:
        for kind, record_id, reason in till.ask("SELECT kind, record_id, reason FROM quarantine"):
            if record_id not in spoiled:
                yield f"{till.name}: {kind} {record_id} is in quarantine: {reason}"


@invariant("I1")
def goods_leave_once(world: World) -> Iterator[str]:
    """A line that left twice left by somebody's word, and the disagreement is known."""
    undone = {seen.payload["handover_id"] for seen in world.book.facts.values() if seen.kind == "handover_undone"}
    by_line: dict[tuple[str, int], list[tuple[str, Any]]] = defaultdict(list)
    for fact_id, seen in world.book.facts.items():
        if seen.kind != "order_handed_over" or seen.payload["handover_id"] in undone:
            continue
        for line in seen.payload["lines"]:
            if line["outcome"] in _LEAVES:
                by_line[seen.payload["order_id"], line["line_no"]].append((fact_id, seen))
    conflicts = {fact_id for (fact_id,) in world.ask_server("SELECT fact_id FROM fact WHERE outcome = 'conflict'")}
    forgotten = facts_of_what_was_forgotten(world) | facts_behind_refused_ones(world)
    unwitnessed = {till.name for till in world.tills if till.cannot_know}
    for (order_id, line_no), left in by_line.items():
        if len(left) < 2:
            continue
        by_hand = any(seen.payload["override_reason"] or seen.lost or seen.till in unwitnessed for _, seen in left)
        if not by_hand and not _outlived_a_lease(world, left):
            yield f"line {line_no} of order {order_id} left twice: {[(s.till, s.seq) for _, s in left]}"
        arrived = [fact_id for fact_id, seen in left if not (seen.lost or fact_id in forgotten)]
        if len(arrived) > 1 and not any(fact_id in conflicts for fact_id in arrived):
            yield f"line {line_no} of order {order_id} left twice and nobody was told"


def _outlived_a_lease(world: World, left: Sequence[tuple[str, Seen]]) -> bool:
    """Whether the first till kept silent for so long that another one could get the lease, or the marketplace forgot
    what it had told and it could not tell again in time: by promise this is shown, not prevented. Elsewhere leases run
    for longer than a town lives."""
    if world.town.scenario != SHORT_LEASES and not world.server.set_back:
        return False
    heard = dict(world.ask_server("SELECT fact_id, received_at FROM fact"))
    in_turn = sorted(left, key=lambda each: each[1].at_s)
    return all(
        fact_id not in heard or datetime.fromisoformat(heard[fact_id]) > FIRST_MORNING + timedelta(seconds=after.at_s)
        for (fact_id, _), (_, after) in pairwise(in_turn)
    )


@invariant("I5")
def no_number_is_used_twice(world: World) -> Iterator[str]:
    """A ticket's number stands for one ticket, but for one that was lost before anybody outside knew of it."""
    tickets: dict[str, str] = {}
    for seen in world.book.facts.values():
        if seen.kind == "sale_recorded" and not seen.unwitnessed:
            other = tickets.setdefault(seen.payload["number"], seen.payload["sale_id"])
            if other != seen.payload["sale_id"]:
                yield f"ticket {seen.payload['number']} stands for two sales"
