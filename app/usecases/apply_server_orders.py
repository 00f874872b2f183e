"""Takes one pulled page of changes into the store, with the cursor in the same commit. Never touches local facts.

A page may come twice, in pieces or out of order: an older copy never replaces a newer one, a movement counts once by
its id. A record that makes no sense is quarantined with its reason and all others pass (I9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from app.domain.catalogue import Product, StockMovement, contradiction_in
from app.domain.disagreements import Answer, DisagreementKind, changes_in, edit_seen, edited_id
from app.domain.merchant import PrepaidOrders
from app.domain.money import VAT_RATES_BP, ZERO, total_of
from app.domain.order import Order, OrderAtCounter
from app.usecases.give_up_leases import tell_again_of_leases
from app.usecases.marketplace_port import (
    BrokenChange,
    Change,
    ChangePage,
    Disagreement,
    ExceptionChange,
    MovementChange,
    OrderChange,
    PickupKeyChange,
    ProductChange,
)
from app.usecases.ports import Counter, Secrets, Touched, UnitOfWork
from app.usecases.prepare_order import say_ready_again
from app.usecases.reconciliation_ports import HISTORY_LOST
from app.usecases.record_prepaid import record_when_first_paid
from app.usecases.settle_exception import tell_answer_again

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class AppliedPage:
    """What a page brought: numbers of orders, products and movements that were news, of quarantined records, and of
    disagreements told or noticed. `overtaken`: nothing was kept, see `apply_page`."""

    orders_new: int = 0
    orders_changed: int = 0
    products: int = 0
    movements: int = 0
    quarantined: int = 0
    disagreements: int = 0
    overtaken: bool = False


def apply_page(counter: Counter, secrets: Secrets, page: ChangePage, *, asked_after: str | None = None) -> AppliedPage:
    """Keep what a page says and where it ended.

    New pickup keys go to the key store first: should the commit fail, the page comes again and nothing is lost.

    Args:
        asked_after: the stored cursor when the page was asked for; None: nobody else pulls. Is another one stored now,
            somebody else (a comparison, the other lane) took a page in meanwhile. Then nothing of this one is kept:
            what is known may be newer than it, and its cursor may skip what the other one began anew to read.

    Raises:
        KeyStoreUnavailable, StoreUnavailable: nothing of the page is kept; ask for it again.
    """
    keys = _of(PickupKeyChange, page.changes)
    if keys and asked_after is not None and _cursor(counter) != asked_after:
        return AppliedPage(overtaken=True)  # a key may have been withdrawn since
    _keep_pickup_keys(secrets, keys)
    with counter.unit_of_work() as uow:
        stored = uow.pulled.cursor()
        if asked_after not in (None, stored):
            return AppliedPage(overtaken=True)
        if not page.changes and stored == page.cursor:
            return AppliedPage()
        if page.begins_anew:
            uow.pulled.begin_anew()
        if page.history_lost:
            uow.upkeep.note_done(HISTORY_LOST, counter.clock.now())  # a comparison tells again what was forgotten
        applied, touched = _apply(uow, counter, page.changes)
        uow.pulled.set_cursor(page.cursor)
        if page.server_time is not None:
            uow.pulled.note_server_time(page.server_time, counter.clock.now())
        uow.commit()
    counter.announce(touched)
    return applied


def _cursor(counter: Counter) -> str:
    with counter.unit_of_work() as uow:
        return uow.pulled.cursor()


def apply_changes(counter: Counter, secrets: Secrets, changes: Sequence[Change]) -> AppliedPage:
    """Keep what some records say, asked for one by one; where the feed was read to does not change.

    Raises as `apply_page`.
    """
    _keep_pickup_keys(secrets, _of(PickupKeyChange, changes))
    with counter.unit_of_work() as uow:
        applied, touched = _apply(uow, counter, changes)
        uow.commit()
    counter.announce(touched)
    return applied


def _apply(uow: UnitOfWork, counter: Counter, changes: Sequence[Change]) -> tuple[AppliedPage, Touched]:
    sensible, broken = _sort_out(changes)
    orders = _save_orders(uow, counter, [change.order for change in _of(OrderChange, sensible)])
    products = _save_products(uow, _of(ProductChange, sensible))
    movements = _save_movements(uow, [change.movement for change in _of(MovementChange, sensible)])
    told = _save_disagreements(uow, counter, [change.disagreement for change in _of(ExceptionChange, sensible)])
    for change in broken:
        uow.pulled.quarantine(change, counter.clock.now())
    applied = AppliedPage(orders.new, orders.changed, products, movements, len(broken), told + orders.edited)
    touched = Touched(
        orders=orders.new + orders.changed + told > 0,
        stock=movements > 0,
        catalogue=products > 0,
        outbox=bool(broken or orders.documents or told or orders.edited),
        sales=orders.documents > 0,
    )
    return applied, touched


def _of(kind: type[_Kind], changes: Iterable[Change]) -> list[_Kind]:
    return [change for change in changes if isinstance(change, kind)]


def _keep_pickup_keys(secrets: Secrets, changes: Sequence[PickupKeyChange]) -> None:
    if not changes:
        return
    keys = dict(secrets.pickup_keys())
    for change in changes:
        if change.key is None:
            keys.pop(change.key_id, None)
        else:
            keys[change.key_id] = change.key
    secrets.set_pickup_keys(keys)


@dataclass(frozen=True, slots=True)
class _SavedOrders:
    """`documents`: how many recorded a payment on line (R30); `edited`: how many orders that are being prepared here
    turned out to be edited."""

    new: int
    changed: int
    documents: int
    edited: int


def _save_orders(uow: UnitOfWork, counter: Counter, orders: Sequence[Order]) -> _SavedOrders:
    if not orders:
        return _SavedOrders(0, 0, 0, 0)
    known = _known_before(uow, orders) if uow.merchant().prepaid_orders is PrepaidOrders.TILL else {}
    begun = uow.orders.begun_here([order.order_id for order in orders])
    kept = uow.orders.save_server_copies(orders)
    tell_again_of_leases(uow, orders)
    now_here = [order for order in orders if order.order_id in kept]
    documents = record_when_first_paid(uow, counter, known, now_here)
    newest = {order.order_id: order for order in sorted(now_here, key=lambda order: order.version)}
    edited = sum(_open_if_edited(uow, counter, before, newest[key]) for key, before in begun.items() if key in newest)
    new = sum(kept.values())
    return _SavedOrders(new, len(kept) - new, documents, edited)


def _open_if_edited(uow: UnitOfWork, counter: Counter, before: OrderAtCounter, order: Order) -> bool:
    """What was prepared stays as it is; a person is told what changed."""
    view = edit_seen(before, order)
    if view is None:
        return False
    uow.exceptions.open(
        Disagreement(
            exception_id=edited_id(order.order_id, order.version),
            kind=DisagreementKind.ORDER_EDITED.value,
            opened_at=counter.clock.now(),
            order_id=order.order_id,
            view=view,
        )
    )
    return True


def _save_movements(uow: UnitOfWork, movements: Sequence[StockMovement]) -> int:
    if not movements:
        return 0
    uow.pulled.understood("stock_movement", [movement.movement_id for movement in movements])
    return len(uow.stock.record(movements))


def _save_disagreements(uow: UnitOfWork, counter: Counter, disagreements: Sequence[Disagreement]) -> int:
    if not disagreements:
        return 0
    uow.pulled.understood("disagreement", [disagreement.exception_id for disagreement in disagreements])
    for disagreement in disagreements:
        _decided_here_too(uow, counter, disagreement)
        tell_answer_again(uow, counter, disagreement)
        uow.exceptions.told(disagreement)
        if disagreement.settled_at is not None:
            uow.outbox.leave(disagreement.exception_id)
    return len(disagreements)


def _decided_here_too(uow: UnitOfWork, counter: Counter, told: Disagreement) -> None:
    """Decided at another till that began to prepare the same order: it holds for what was prepared here as well."""
    if not told.order_id or told.answer not in (Answer.PREPARE_AGAIN, Answer.KEEP_AS_PREPARED):
        return
    known = uow.exceptions.get(told.exception_id)
    if known is None or known.settled_at is not None:
        return
    if told.answer == Answer.PREPARE_AGAIN:
        uow.orders.forget_preparation(known.order_id, [change.line_no for change in changes_in(known.view)])
    else:
        say_ready_again(uow, counter, known.order_id, told.settled_by)


def _known_before(uow: UnitOfWork, orders: Sequence[Order]) -> dict[str, Order]:
    found = (uow.orders.get(order.order_id) for order in orders)
    return {known.order.order_id: known.order for known in found if known is not None}


def _save_products(uow: UnitOfWork, changes: Sequence[ProductChange]) -> int:
    newest = {change.product.product_id: change for change in sorted(changes, key=lambda change: change.version)}
    if newest:
        versions = {product_id: change.version for product_id, change in newest.items()}
        uow.catalogue.save_all(_with_own_flags(uow, list(newest.values())), versions)
    return len(newest)


def _with_own_flags(uow: UnitOfWork, changes: Sequence[ProductChange]) -> list[Product]:
    """The products as told, with the till's own word on what the marketplace does not know of."""
    unsure = [change.product.product_id for change in changes if change.untold]
    known = uow.catalogue.get_all(unsure) if unsure else {}
    return [_completed(change, known.get(change.product.product_id)) for change in changes]


def _completed(change: ProductChange, known: Product | None) -> Product:
    if known is None or not change.untold:
        return change.product
    own: dict[str, Any] = {name: getattr(known, name) for name in change.untold}
    completed = replace(change.product, **own)
    return change.product if contradiction_in(completed) else completed


def _sort_out(changes: Iterable[Change]) -> tuple[list[Change], list[BrokenChange]]:
    """Records to keep, and those that were not understood or cannot be true."""
    sensible: list[Change] = []
    broken: list[BrokenChange] = []
    for change in changes:
        wrong = change if isinstance(change, BrokenChange) else _senseless(change)
        if wrong is None:
            sensible.append(change)
        else:
            broken.append(wrong)
    return sensible, broken


def _senseless(change: Change) -> BrokenChange | None:
    if isinstance(change, OrderChange) and (reason := _wrong_with_order(change.order)):
        return BrokenChange("order", change.order.order_id, change.order.number, reason)
    if isinstance(change, ProductChange) and (reason := _wrong_with_product(change.product)):
        return BrokenChange("product", change.product.product_id, change.product.name, reason)
    if isinstance(change, MovementChange) and change.movement.quantity == 0:
        return BrokenChange("stock_movement", change.movement.movement_id, "", "moves nothing")
    return None


def _wrong_with_order(order: Order) -> str:
    """What makes an order unusable at the counter, "" for nothing; in English, for the log and the quarantine list."""
    if not order.lines:
        return "no lines"
    if len({line.line_no for line in order.lines}) < len(order.lines):
        return "two lines with one number"
    if any(line.quantity <= 0 or line.total.minor < 0 or line.unit_price.minor < 0 for line in order.lines):
        return "a line with a negative amount or no quantity"
    if any(line.vat_rate_bp not in VAT_RATES_BP for line in order.lines):
        return "a VAT rate that does not exist"
    if total_of([line.total for line in order.lines]) != order.total:
        return "lines do not add up to the total"
    if order.paid_online < ZERO:
        return "a negative payment"
    return ""


_CONTRADICTIONS = {
    "": "",
    "vat_outside_turnover": "VAT on what is no turnover",
    "meal_voucher_age": "meal vouchers for what minors may not buy",
}


def _wrong_with_product(product: Product) -> str:
    if not product.name.strip():
        return "no name"
    if product.price < ZERO:
        return "a negative price"
    if product.vat_rate_bp not in VAT_RATES_BP:
        return "a VAT rate that does not exist"
    return _CONTRADICTIONS[contradiction_in(product)]
