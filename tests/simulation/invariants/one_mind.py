"""I4 and the pull: after all was sent, tills and marketplace say the same, and levels are the sums of movements."""

from __future__ import annotations

from collections.abc import Iterator

from app.marketplace.changes import read_cursor
from tests.simulation.excuses import forgotten_orders, movements_of_what_was_forgotten
from tests.simulation.registry import ALWAYS, invariant
from tests.simulation.world import World


@invariant("I4", when=ALWAYS)
def levels_are_sums_of_movements(world: World) -> Iterator[str]:
    wrong = """SELECT l.product_id, l.location, l.quantity FROM stock_level l WHERE l.quantity <> (
        SELECT coalesce(sum(m.quantity), 0) FROM stock_movement m
        WHERE m.product_id = l.product_id AND m.location = l.location)"""
    for till in world.tills:
        for product_id, location, quantity in till.ask(wrong) if till.running else ():
            yield f"{till.name}: {product_id} at {location} is {quantity}, not the sum of its movements"
    on_the_server = """SELECT l.product_id, l.physical FROM stock_level l WHERE l.physical <> (
        SELECT coalesce(sum(m.quantity), 0) FROM stock_movement m
        WHERE m.shop_id = l.shop_id AND m.product_id = l.product_id)"""
    for product_id, physical in world.ask_server(on_the_server):
        yield f"marketplace: {product_id} is {physical}, not the sum of its movements"


@invariant("I4")
def levels_agree(world: World) -> Iterator[str]:
    on_the_server = dict(world.ask_server("SELECT product_id, physical FROM stock_level"))
    excused = set(movements_of_what_was_forgotten(world).values())  # `movements_agree` looks at each
    for till in world.tills:
        here = dict(till.ask("SELECT product_id, sum(quantity) FROM stock_level GROUP BY product_id"))
        for product_id in sorted((here.keys() | on_the_server.keys()) - excused):
            ours, theirs = here.get(product_id, 0), on_the_server.get(product_id, 0)
            if ours != theirs:
                yield f"{till.name} has {ours} of {product_id}, the marketplace {theirs}"


@invariant("I4")
def movements_agree(world: World) -> Iterator[str]:
    there = set(world.ask_server("SELECT movement_id, product_id, quantity FROM stock_movement"))
    excused = movements_of_what_was_forgotten(world)
    for till in world.tills:
        here = set(till.ask("SELECT movement_id, product_id, quantity FROM stock_movement"))
        for row in sorted(row for row in here ^ there if row[0] not in excused):
            yield f"movement {row} is {'only' if row in here else 'not'} at {till.name}"


@invariant("I3")
def every_change_came_down(world: World) -> Iterator[str]:
    """The cursor stands at the end of the feed, and each order here is the newest there is."""
    ((head,),) = world.ask_server("SELECT head_seq FROM shop")
    there = dict(world.ask_server("SELECT order_id, version FROM shop_order"))
    forgotten = forgotten_orders(world)
    for till in world.tills:
        ((cursor,),) = till.ask("SELECT value FROM pulled_state WHERE name = 'cursor'")
        at = read_cursor(cursor)[0]
        if at != head:
            yield f"{till.name} stands at {at} of {head}"
        here = dict(till.ask("SELECT order_id, version FROM server_order"))
        for order_id in sorted((here.keys() | there.keys()) - forgotten):
            if here.get(order_id) != there.get(order_id):
                yield f"{till.name} has order {order_id} at {here.get(order_id)}, not {there.get(order_id)}"


@invariant("I4")
def prices_agree(world: World) -> Iterator[str]:
    """Of what is sold on line, unless two people changed it and nobody has decided yet."""
    open_ones = "SELECT product_id FROM disagreement WHERE kind = 'price_changed' AND settled_at IS NULL"
    undecided = {product_id for (product_id,) in world.ask_server(open_ones)}
    there = dict(world.ask_server("SELECT product_id, price_minor FROM product WHERE published"))
    for till in world.tills:
        for product_id, price in till.ask("SELECT product_id, price_minor FROM product WHERE published"):
            if there.get(product_id) != price and product_id not in undecided:
                yield f"{till.name} sells {product_id} at {price}, the site at {there.get(product_id)}"
