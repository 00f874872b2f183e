"""What people decide: a customer changes an order, a clerk settles a disagreement or sees to what was refused."""

from __future__ import annotations

from random import Random

from app.marketplace.order_edits import EditedOrder, edit_order
from app.marketplace.orders import Item
from app.marketplace.stock import available_quantities
from app.marketplace.store import ShopTransaction
from app.usecases.repair_fact import repair_fact
from app.usecases.resend_fact import resend_fact
from app.usecases.set_aside_fact import set_aside_fact
from app.usecases.settle_exception import settle_exception
from tests.simulation.registry import action
from tests.simulation.world import World

WHO = "Zoé"


@action(per_day=(1, 5), hours=(6, 20))
def a_customer_changes_an_order(world: World, chance: Random) -> None:
    """More, less, something else, or something taken out, while the clerks may be preparing it."""
    if not world.orders:
        return
    placed = chance.choice(world.orders[-15:])
    edited = world.server.visit(lambda transaction: _edit(transaction, placed.order_id, chance))
    changed = isinstance(edited, EditedOrder) and edited.changed
    world.trace.note("site", f"order {placed.number} changed: {changed}")


def _edit(transaction: ShopTransaction, order_id: str, chance: Random) -> object:
    rows = transaction.connection.core.exec_driver_sql(
        "SELECT product_id, quantity, unit FROM order_line WHERE order_id = ? AND removed_version IS NULL "
        "ORDER BY line_no",
        (order_id,),
    ).all()
    others = transaction.connection.core.exec_driver_sql(
        "SELECT product_id, unit FROM product WHERE published AND active ORDER BY product_id"
    ).all()
    wanted = {row.product_id: row.quantity for row in rows}
    what = chance.choice(("more", "less", "out", "another"))
    if what == "another" and others:
        chosen = chance.choice(others)
        wanted.setdefault(chosen.product_id, 1 if chosen.unit == "piece" else 250)
    elif rows:
        row = chance.choice(rows)
        step = 1 if row.unit == "piece" else 250
        wanted[row.product_id] = {"more": row.quantity + step, "less": row.quantity - step, "out": 0}.get(what, step)
    left = available_quantities(transaction.connection, transaction.shop_id, list(wanted))
    kept = {row.product_id: row.quantity for row in rows}
    items = [
        Item(product_id, min(quantity, kept.get(product_id, 0) + left[product_id]))
        for product_id, quantity in wanted.items()
    ]
    return edit_order(transaction, order_id, items)


@action(per_day=(0, 4), hours=(8, 19))
def somebody_settles_a_disagreement(world: World, chance: Random) -> None:
    """With any of its answers; at two tills at once, or twice, if it falls so."""
    till = world.a_running_till(chance)
    found = till.queries.exceptions() if till else []
    if till is None or not found:
        return
    row = chance.choice(found)
    answer = chance.choice(row.choices).value
    till.act(f"settle {row.kind}", lambda: settle_exception(till.counter, row.exception_id, WHO, "vu", answer))


@action(per_day=(0, 1), hours=(8, 19))
def somebody_sees_to_what_was_refused(world: World, chance: Random) -> None:
    """Sent again, worded anew where that may be, or given up."""
    till = world.a_running_till(chance)
    refused = [row for row in till.queries.outbox() if row.state == "refused"] if till else []
    if till is None or not refused:
        return
    row = chance.choice(refused)
    what = chance.choice(("resend", "repair", "set aside"))
    if what == "resend":
        till.act("resend", lambda: resend_fact(till.counter, row.fact_id))
    elif what == "repair":
        wording = {words.name: f"{words.text[:20]} bis" for words in row.editable}
        till.act("repair", lambda: repair_fact(till.counter, row.fact_id, wording, WHO))
    else:
        till.act("set aside", lambda: set_aside_fact(till.counter, row.fact_id, WHO, "sans espoir"))
