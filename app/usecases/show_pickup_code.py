"""Gives the shop what it needs to show a customer the code of an order: for marketplaces that give none, and for a
customer whose phone is dead. Makes the code anew each time; keeps nothing but the print job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.order import HandoverState, OrderAtCounter
from app.domain.pickup_code import ALPHABET, REFERENCE_LENGTH, make_pickup_code
from app.domain.receipt import PickupSlip, PrintKind
from app.usecases.connector_kinds import CODE_PAGE_OPTION
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.ports import Counter, PickupKeys, PrintJob, TillIdentity, Touched
from app.usecases.queries import Queries
from app.usecases.queue_print import queue_print


@dataclass(frozen=True, slots=True)
class PickupPass:
    """What a customer is given for an order.

    Attributes:
        link: a page that shows the code as QR, "" if there is none.
        spoken_code: "" if the order has none.
    """

    order_id: str
    order_number: str
    shop_name: str
    pickup_code: str
    spoken_code: str
    link: str
    pickup_from: datetime | None
    keep_until: datetime | None


class NoPass(StrEnum):
    """Why there is no code to show."""

    UNKNOWN_ORDER = "unknown_order"
    CANCELLED = "cancelled"
    ALREADY_HANDED_OVER = "already_handed_over"
    NO_KEY = "no_key"
    """This till has no pickup key: it is not linked, or must be linked again."""
    NO_REFERENCE = "no_reference"
    """The order's copy has none that fits into a code."""


def pickup_pass(queries: Queries, keys: PickupKeys, order_id: str) -> PickupPass | NoPass:
    """Raises StoreUnavailable, KeyStoreUnavailable."""
    order, till = queries.order(order_id), queries.identity()
    code = code_of_order(order, till, keys.pickup_keys())
    if order is None or isinstance(code, NoPass):
        return code if isinstance(code, NoPass) else NoPass.UNKNOWN_ORDER
    page = code_page(till, queries.linked())
    return PickupPass(
        order_id=order_id,
        order_number=order.order.number,
        shop_name=till.shop.name,
        pickup_code=code,
        spoken_code=order.order.spoken_code,
        link=f"{page}/{code}" if page else "",
        pickup_from=order.order.pickup_from,
        keep_until=order.order.keep_until,
    )


def print_pickup_slip(counter: Counter, order_id: str) -> PrintJob | NoPass:
    """Queue the slip that a customer shows. Raises StoreUnavailable, KeyStoreUnavailable."""
    keys = counter.keys.pickup_keys()
    with counter.unit_of_work() as uow:
        order, till = uow.orders.get(order_id), uow.identity()
        code = code_of_order(order, till, keys)
        if order is None or isinstance(code, NoPass):
            return code if isinstance(code, NoPass) else NoPass.UNKNOWN_ORDER
        slip = PickupSlip(
            shop=till.shop,
            order_number=order.order.number,
            initial=order.order.customer_name.strip()[:1].upper(),
            pickup_code=code,
            spoken_code=order.order.spoken_code,
            pickup_from=order.order.pickup_from,
            keep_until=order.order.keep_until,
        )
        job = queue_print(uow, counter, PrintKind.PICKUP_SLIP, slip, order.order.number)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def code_page(till: TillIdentity, linked: Linked) -> str:
    """The page that shows codes as QR, without the code; "" if there is none."""
    if linked.kind is MarketplaceKind.COMPTOIR:
        return f"{till.marketplace_url.rstrip('/')}/q" if till.marketplace_url else ""
    return linked.options.get(CODE_PAGE_OPTION, "").rstrip("/")


def code_of_order(order: OrderAtCounter | None, till: TillIdentity, keys: Mapping[str, bytes]) -> str | NoPass:
    """The code of an order that may still be collected."""
    if order is None:
        return NoPass.UNKNOWN_ORDER
    if order.order.cancelled_at is not None:
        return NoPass.CANCELLED
    if order.handover is HandoverState.HANDED_OVER:
        return NoPass.ALREADY_HANDED_OVER
    if not keys:
        return NoPass.NO_KEY
    reference = order.order.reference
    if len(reference) != REFERENCE_LENGTH or not set(reference) <= set(ALPHABET):
        return NoPass.NO_REFERENCE
    key_id = min(keys)
    return make_pickup_code(key_id, keys[key_id], till.shop_id, reference)
