"""Mistakes in how a till takes in what the marketplace tells."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, update

from app.storage.repositories import stock
from app.storage.repositories.orders import OrderRows
from app.storage.tables import server_order
from app.sync import pull, wire
from app.usecases import apply_server_orders
from app.usecases.ports import MarketplaceUnreachable
from tests.simulation.actions.worst_moments import CACHED_PAGES
from tests.simulation.mutations import Patch, mutation


@mutation("the cursor is committed before the page is applied", seed=88_001, days=2)
def early_cursor(patch: Patch) -> None:
    original = apply_server_orders.apply_page

    def cursor_first(counter: Any, secrets: Any, page: Any, *, asked_after: str | None = None) -> Any:
        with counter.unit_of_work() as uow:
            if asked_after in (None, uow.pulled.cursor()):
                uow.pulled.set_cursor(page.cursor)
                uow.commit()
                asked_after = page.cursor  # or it would find itself overtaken
        return original(counter, secrets, page, asked_after=asked_after)

    patch.attribute(pull, "apply_page", cursor_first)


@mutation("a page is taken whatever cursor it answers", scenario=CACHED_PAGES, seed=3, days=2)
def page_of_another_cursor(patch: Patch) -> None:
    original = wire.read_page
    patch.attribute(wire, "read_page", lambda body, asked_after=None: original(body))


@mutation("an older copy of an order replaces a newer one", seed=17, days=2)
def older_page_wins(patch: Patch) -> None:
    """With the pages of other cursors, for it takes one of them to bring an older copy."""
    page_of_another_cursor(patch)
    original = OrderRows.save_server_copies
    any_is_newer = (
        update(server_order).where(server_order.c.order_id == bindparam("of_order")).values(version=bindparam("none"))
    )

    def save(self: Any, orders: Any) -> Any:
        self._session.run_many(any_is_newer, [{"of_order": order.order_id, "none": -1} for order in orders])
        return original(self, orders)

    patch.attribute(OrderRows, "save_server_copies", save)


@mutation("a movement told twice is kept once, but counts twice", seed=1, days=1)
def told_twice_counts_twice(patch: Patch) -> None:
    original = stock.StockRows.record

    def record(self: Any, movements: Any) -> Any:
        told = list(movements)
        new = original(self, told)
        again = {each.movement_id: each for each in told if each not in new}
        self._session.run_many(
            stock._ADD_TO_LEVEL,
            [
                {"product_id": each.product_id, "location": each.location, "quantity": each.quantity}
                for each in again.values()
            ],
        )
        return new

    patch.attribute(stock.StockRows, "record", record)


@mutation("a record that makes no sense stops its page", seed=1, days=3)
def nonsense_stops_the_page(patch: Patch) -> None:
    original = apply_server_orders._sort_out

    def sort_out(changes: Any) -> Any:
        sensible, broken = original(changes)
        if broken:
            raise MarketplaceUnreachable("not_understood", broken[0].reason)
        return sensible, broken

    patch.attribute(apply_server_orders, "_sort_out", sort_out)


@mutation("a key that was withdrawn still opens at the till", seed=11, days=3)
def withdrawn_key_stays(patch: Patch) -> None:
    original = apply_server_orders._keep_pickup_keys

    def keep(secrets: Any, changes: Any) -> None:
        original(secrets, [change for change in changes if change.key is not None])

    patch.attribute(apply_server_orders, "_keep_pickup_keys", keep)
