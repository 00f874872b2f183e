"""What customers do on the site: order, think better of it."""

from __future__ import annotations

from random import Random

from sqlalchemy import select

from app.marketplace import tables as t
from app.marketplace.orders import Item, OrderRefused, PlacedOrder, cancel_order, new_page_token, place_order
from app.marketplace.stock import available_quantities
from app.marketplace.store import ShopTransaction
from tests.simulation.registry import action
from tests.simulation.world import World


@action(per_day=(10, 18), hours=(6, 22))
def somebody_orders(world: World, chance: Random) -> None:
    placed = world.server.visit(lambda transaction: order_something(transaction, chance))
    if isinstance(placed, PlacedOrder):
        world.orders.append(placed)
        world.trace.note("site", f"order {placed.number}")


def order_something(transaction: ShopTransaction, chance: Random) -> PlacedOrder | OrderRefused:
    shop_id, products = transaction.shop_id, t.product.c
    rows = transaction.connection.execute(
        select(products.product_id, products.unit)
        .where(products.shop_id == shop_id, products.published, products.active)
        .order_by(products.product_id)
    ).all()
    chosen = chance.sample(rows, min(len(rows), chance.randint(1, 4)))
    left = available_quantities(transaction.connection, shop_id, [row.product_id for row in chosen])
    wanted = [Item(row.product_id, _amount(row.unit, chance)) for row in chosen]
    items = [item for item in wanted if left[item.product_id] >= item.quantity]
    token = new_page_token(transaction.surroundings)
    return place_order(transaction, items, "Camille", prepaid=chance.random() < 0.6, page_token=token)


@action(per_day=(0, 2), hours=(6, 22))
def somebody_cancels(world: World, chance: Random) -> None:
    if not world.orders:
        return
    placed = chance.choice(world.orders[-20:])
    done = world.server.visit(lambda transaction: cancel_order(transaction, placed.order_id))
    world.trace.note("site", f"order {placed.number} cancelled: {done}")


def _amount(unit: str, chance: Random) -> int:
    return chance.choice((1, 1, 2)) if unit == "piece" else chance.choice((250, 500, 1000))
