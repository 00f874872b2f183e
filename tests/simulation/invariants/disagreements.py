"""What is disagreed on is known to everybody, none of it is lost, and nothing waits for what is settled."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.registry import ALWAYS, invariant
from tests.simulation.world import World

_ONLY_HERE = ("edited:", "older_copy:")
"""What a till notices by itself: the others hear of it once it is settled."""
_SERVERS = "SELECT exception_id, kind, answer, settled_at IS NOT NULL FROM disagreement"
_TILLS = "SELECT exception_id, kind, answer, settled_at IS NOT NULL FROM exception"


@invariant("I1", when=ALWAYS)
def each_conflict_is_a_disagreement(world: World) -> Iterator[str]:
    missing = """SELECT f.fact_id, f.reason FROM fact f WHERE f.outcome = 'conflict' AND NOT EXISTS (
        SELECT 1 FROM disagreement d WHERE d.shop_id = f.shop_id AND d.exception_id = f.fact_id)"""
    for fact_id, reason in world.ask_server(missing):
        yield f"fact {fact_id} is in conflict ({reason}) and nobody is asked"


@invariant("I1")
def all_tills_know_all_disagreements(world: World) -> Iterator[str]:
    """The same ones with the same answers; but for the edits of what only this till prepares."""
    there = {row[0]: row for row in world.ask_server(_SERVERS)}
    for till in world.tills:
        here = {row[0]: row for row in till.ask(_TILLS)}
        for id_ in sorted(there.keys() - here.keys()):
            yield f"{till.name} does not know of {there[id_]}"
        for id_ in sorted(here.keys() - there.keys()):
            only_here = id_.startswith(_ONLY_HERE) and not here[id_][3]
            if not (only_here or world.server.set_back):  # it forgot some, and the tills did not
                yield f"{till.name} alone knows of {here[id_]}"
        for id_ in sorted(here.keys() & there.keys()):
            if tuple(here[id_]) != tuple(there[id_]):
                yield f"{till.name} has {here[id_]}, the marketplace {there[id_]}"


@invariant("I1", when=ALWAYS)
def what_waits_for_a_person_is_open(world: World) -> Iterator[str]:
    settled = """SELECT o.fact_id FROM outbox o LEFT JOIN exception e ON e.exception_id = o.fact_id
        WHERE o.state = 'conflicted' AND (e.exception_id IS NULL OR e.settled_at IS NOT NULL)"""
    for till in world.tills:
        for (fact_id,) in till.ask(settled) if till.running else ():
            yield f"{till.name}: fact {fact_id} waits for a person, and there is nothing to settle"


@invariant("I4", when=ALWAYS)
def goods_promised_and_not_there_are_named(world: World) -> Iterator[str]:
    short = """SELECT l.product_id, l.physical, p.promised, l.oversold_since FROM stock_level l JOIN (
            SELECT product_id, sum(open_quantity) AS promised FROM order_line GROUP BY product_id
        ) p ON p.product_id = l.product_id WHERE p.promised > 0 AND l.physical < p.promised"""
    named = {
        product_id for (product_id,) in world.ask_server("SELECT product_id FROM disagreement WHERE kind = 'oversold'")
    }
    for product_id, physical, promised, since in world.ask_server(short):
        if since is None or product_id not in named:
            yield f"{physical} of {product_id} are left, {promised} are promised, and nobody was told"


@invariant("I4", when=ALWAYS)
def returns_of_unknown_sales_are_named_until_the_sale_comes(world: World) -> Iterator[str]:
    wrong = """SELECT d.exception_id FROM disagreement d WHERE d.kind = 'return_unknown' AND d.settled_at IS NULL
        AND EXISTS (SELECT 1 FROM sale s WHERE 'returned:' || s.sale_id = d.exception_id)"""
    for (exception_id,) in world.ask_server(wrong):
        yield f"{exception_id} is open, and its sale has come"


@invariant("I6", when=ALWAYS)
def orders_add_up_after_edits(world: World) -> Iterator[str]:
    wrong = """SELECT o.order_id, o.total_minor, l.total FROM shop_order o JOIN (
            SELECT order_id, sum(total_minor) AS total FROM order_line WHERE removed_version IS NULL GROUP BY order_id
        ) l ON l.order_id = o.order_id WHERE o.total_minor <> l.total"""
    for order_id, total, summed in world.ask_server(wrong):
        yield f"order {order_id} is {total}, its lines {summed}"
    promised = "SELECT order_id FROM order_line WHERE removed_version IS NOT NULL AND open_quantity <> 0"
    for (order_id,) in world.ask_server(promised):
        yield f"order {order_id} promises a line that was taken out"


@invariant("I9")
def what_was_set_aside_is_kept_and_no_longer_told(world: World) -> Iterator[str]:
    there = {fact_id for (fact_id,) in world.ask_server("SELECT fact_id FROM fact")}
    for till in world.tills:
        for fact_id, kept, queued in till.ask(
            "SELECT s.fact_id, EXISTS (SELECT 1 FROM fact f WHERE f.fact_id = s.fact_id), "
            "EXISTS (SELECT 1 FROM outbox o WHERE o.fact_id = s.fact_id) FROM set_aside s"
        ):
            if not kept or queued:
                yield f"{till.name}: fact {fact_id} was set aside, kept {bool(kept)}, queued {bool(queued)}"
            if fact_id in there:
                yield f"{till.name}: fact {fact_id} was set aside and told all the same"
