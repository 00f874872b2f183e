"""Owns what an order of Vendure means at the counter: a `WireOrder` to the order of the domain. Pure: asks nobody,
reads no clock.

Payment is computed from amounts, what left from fulfilments; a state's name is believed only where nothing else tells
(`Cancelled`, and payment of an order of type Seller, whose money is on the aggregate).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.catalogue import Product, Unit
from app.domain.lease import Lease
from app.domain.money import MAX_AMOUNT_MINOR, VAT_RATES_BP, Money, allocate
from app.domain.order import CounterFacts, HandoverState, Order, OrderLine, PickupMode, Preparation
from app.i18n import tr
from app.sync.connectors.codes import OrderCodes, read_operation
from app.sync.connectors.vendure.wire import WireFulfilment, WireLine, WireOrder, WirePayment
from app.sync.wire_values import clean, require, utc

PREFIX = "vendure:"
CANCELLED, DELIVERED, SHIPPED, PENDING = "Cancelled", "Delivered", "Shipped", "Pending"
_READY_STATES = (PENDING, SHIPPED)
OPEN_STATES = (
    "PaymentAuthorized",
    "PaymentSettled",
    "PartiallyShipped",
    "Shipped",
    "PartiallyDelivered",
    "Modifying",
    "ArrangingAdditionalPayment",
)
EDIT_TO_PAY = "ArrangingAdditionalPayment"
UNSETTLED_STATES = frozenset({"Modifying", EDIT_TO_PAY})
"""Somebody is editing the order on the site, or the edit is not paid: there its state cannot follow its fulfilments,
and Vendure answers an attempt with an internal error."""
_SELLER, _AGGREGATE = "Seller", "Aggregate"
_PAID_STATES = frozenset(OPEN_STATES[1:]) - UNSETTLED_STATES | {DELIVERED}
_LONGEST_ORDER = timedelta(days=365)
_SHIPPING_LINE_NO, _FIRST_SURCHARGE_LINE_NO = 0, 1_000_000_000
_LONGEST_LABEL, _LONGEST_TEXT = 1000, 200
_MAX_QUANTITY = 1_000_000


@dataclass(frozen=True, slots=True)
class Left:
    """The last state that an order was in before somebody edited it, and when it left that."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Whose till reads, and what was pinned when it was linked.

    Attributes:
        letter: the till's, as it stands in the tracking codes of its fulfilments.
        pickup_methods: codes of the shipping methods that mean "fetched in the shop"; empty: all do.
        only_till: no other till hands over this channel's orders, as far as is known now.
        counter_methods: codes of the payment methods by which a customer promises to pay at the counter.
    """

    till_id: str
    letter: str
    pickup_methods: frozenset[str]
    only_till: bool = False
    counter_methods: frozenset[str] = frozenset()


def order_id_of(raw_id: str) -> str:
    return PREFIX + raw_id


def raw_id_of(order_or_product_id: str) -> str:
    return order_or_product_id.removeprefix(PREFIX)


def line_no_of(line_id: str) -> int:
    """A number for a line that stays its own whatever is taken out or added; Vendure's ids need not be numbers."""
    return (
        int(line_id) if line_id.isascii() and line_id.isdigit() and len(line_id) <= 9 else zlib.crc32(line_id.encode())
    )


def is_the_tills_business(order: WireOrder) -> bool:
    """Whether it concerns a shop at all: not the aggregate of several sellers' orders, whose goods nobody here has."""
    return order.type != _AGGREGATE and order.order_placed_at is not None


def order_of(
    order: WireOrder,
    codes: OrderCodes,
    viewpoint: Viewpoint,
    here: CounterFacts | None,
    articles: Mapping[str, Product],
    before_edit: Left | None = None,
) -> Order:
    """The order as a till knows it, version 0.

    Args:
        here: what this counter did with it: a handover told from here is known by its moment.
        articles: as this till has them, by product id, for what Vendure does not know of them.
        before_edit: of an order of which `tells_no_payment` is true.

    Raises:
        BrokenRuleError: no till can make sense of it.
    """
    require(order.currency_code == "EUR", f"in {order.currency_code[:10]}, not in euros")
    require(order.order_placed_at is not None, "not placed yet")
    placed_at = utc(order.order_placed_at or order.updated_at)
    lines = _lines(order, articles)
    total = Money(sum(line.total.minor for line in lines))
    handover, at, by = _handover(order, viewpoint, here)
    return Order(
        order_id=order_id_of(order.id),
        reference=codes.reference,
        number=clean(order.code)[:_LONGEST_TEXT],
        spoken_code=codes.spoken_code,
        customer_name=_name(order),
        placed_at=placed_at,
        total=total,
        paid_online=_paid(order, total, viewpoint, here, before_edit),
        lines=lines,
        mode=_mode(order, viewpoint),
        note=_note(order, viewpoint.counter_methods),
        cancelled_at=utc(order.updated_at) if order.state == CANCELLED else None,
        server_preparation=_preparation(order),
        server_handover=handover,
        handed_over_at=at,
        handed_over_by=by,
        lease=_lease(order, viewpoint, placed_at),
    )


def _name(order: WireOrder) -> str:
    customer = order.customer
    return "" if customer is None else clean(f"{customer.first_name} {customer.last_name}".strip())[:_LONGEST_TEXT]


def _mode(order: WireOrder, viewpoint: Viewpoint) -> PickupMode:
    codes = {line.shipping_method.code for line in order.shipping_lines if line.shipping_method is not None}
    picked_up = not viewpoint.pickup_methods or bool(codes & viewpoint.pickup_methods)
    return PickupMode.PICKUP if picked_up else PickupMode.DELIVERY


def _note(order: WireOrder, counter_methods: frozenset[str]) -> str:
    sentences = []
    if authorised_payments(order, counter_methods):
        sentences.append(tr("Payment authorised on line, not cashed yet"))
    if order.type == _SELLER and order.aggregate_order_id:
        sentences.append(tr("Part of the order {number} of the marketplace").format(number=order.aggregate_order_id))
    customer = order.customer
    if customer is not None:
        reached = (customer.email_address, customer.phone_number or "")
        sentences += [clean(word)[:_LONGEST_TEXT] for word in reached if word]
    return " · ".join(sentences)


# --- amounts ---


def _lines(order: WireOrder, articles: Mapping[str, Product]) -> tuple[OrderLine, ...]:
    """What is promised. Of a cancelled order: what was, for whoever asks for it."""
    cancelled = order.state == CANCELLED
    goods = [_line(line, articles, cancelled) for line in order.lines]
    lines = [line for line in goods if line is not None] + _further_lines(order)
    return tuple(lines) if cancelled else _adding_up_to(order.total_with_tax, lines)


def _line(line: WireLine, articles: Mapping[str, Product], cancelled: bool) -> OrderLine | None:
    quantity = line.order_placed_quantity or line.quantity if cancelled else line.quantity
    require(0 <= quantity <= _MAX_QUANTITY, "a quantity out of this world")
    if quantity == 0:
        return None  # taken out by an edit, or cancelled alone
    unit_minor = line.prorated_unit_price_with_tax
    product_id = order_id_of(line.product_variant.id)
    total_minor = unit_minor * quantity if cancelled else line.prorated_line_price_with_tax
    known = articles.get(product_id)
    return OrderLine(
        line_no=line_no_of(line.id),
        product_id=product_id,
        label=clean(line.product_variant.name or line.product_variant.sku)[:_LONGEST_LABEL],
        quantity=quantity,
        unit=Unit.PIECE,
        unit_price=_amount(unit_minor),
        vat_rate_bp=rate_bp(line.tax_rate),
        total=_amount(total_minor),
        shelf=known.shelf if known else "",
        age_limit=known.age_limit if known else 0,
        withdrawal_right=known.withdrawal_right if known else True,
    )


def _further_lines(order: WireOrder) -> list[OrderLine]:
    """What is paid beside goods: fetching or sending them, and surcharges; reductions are spread over the goods."""
    lines = []
    if order.shipping_with_tax > 0:
        gross, net = _amount(order.shipping_with_tax).minor, min(order.shipping, MAX_AMOUNT_MINOR)
        rate = 0 if net <= 0 else round((gross / net - 1) * 10_000)
        lines.append(_extra(_SHIPPING_LINE_NO, tr("Delivery or collection"), order.shipping_with_tax, rate))
    for number, surcharge in enumerate(order.surcharges):
        if surcharge.price_with_tax > 0:
            label = clean(surcharge.description)[:_LONGEST_LABEL] or tr("Surcharge")
            lines.append(
                _extra(_FIRST_SURCHARGE_LINE_NO + number, label, surcharge.price_with_tax, _bp(surcharge.tax_rate))
            )
    return lines


def _extra(line_no: int, label: str, total_minor: int, rate: int) -> OrderLine:
    amount = _amount(total_minor)
    return OrderLine(line_no, "", label, 1, Unit.PIECE, amount, _nearest_rate(rate), amount)


def _adding_up_to(total_minor: int, lines: list[OrderLine]) -> tuple[OrderLine, ...]:
    """The lines with amounts that add up to the order's own total: surcharges below nought and tax computed on the
    whole order are spread over them."""
    sums = [line.total.minor for line in lines]
    if sum(sums) == total_minor or not sum(sums):
        return tuple(lines)
    shares = allocate(_amount(total_minor), sums)
    return tuple(replace(line, total=share) for line, share in zip(lines, shares, strict=True))


def _amount(minor: int) -> Money:
    require(0 <= minor <= MAX_AMOUNT_MINOR, "an amount out of this world")
    return Money(minor)


def rate_bp(percent: float) -> int:
    """A VAT rate in basis points. Raises BrokenRuleError for one that France does not have."""
    rate = _bp(percent)
    require(rate in VAT_RATES_BP, f"a VAT rate of {percent} %")
    return rate


def _bp(percent: float) -> int:
    require(0 <= percent <= 100, f"a VAT rate of {percent} %")
    return round(percent * 100)


def _nearest_rate(bp: int) -> int:
    """The rate behind a rounded amount with and without tax."""
    return min(VAT_RATES_BP, key=lambda rate: abs(rate - bp))


def tells_no_payment(order: WireOrder) -> bool:
    """Whether only the state it had before an edit says if it is paid."""
    return order.type == _SELLER and order.state in UNSETTLED_STATES


def _paid(
    order: WireOrder, total: Money, viewpoint: Viewpoint, here: CounterFacts | None, before_edit: Left | None
) -> Money:
    """What the till need not take. What it took itself and noted on the site is in its own books."""
    if tells_no_payment(order):
        return _paid_before(order, total, before_edit)
    if order.type == _SELLER:
        return total if order.state in _PAID_STATES else Money(0)
    took_some = here is not None and bool(here.paid_here)
    elsewhere = [
        payment
        for payment in order.payments or ()
        if _letter_in(payment.transaction_id) != viewpoint.letter
        and not (took_some and payment.method in viewpoint.counter_methods)
    ]
    return _amount(max(sum(_cashed(payment) for payment in elsewhere), 0))


def _paid_before(order: WireOrder, total: Money, before_edit: Left | None) -> Money:
    """What was paid of it to the marketplace stays paid; what its edit made dearer is not yet."""
    if before_edit is None or before_edit.state not in _PAID_STATES:
        return Money(0)
    dearer_by = sum(one.price_change for one in order.modifications if one.created_at >= before_edit.at)
    return Money(max(total.minor - max(dearer_by, 0), 0))


def cashed_so_far(order: WireOrder) -> int:
    """Cents, wherever they were taken."""
    return sum(_cashed(payment) for payment in order.payments or ())


def _cashed(payment: WirePayment) -> int:
    """Cents that came in and did not go out again; what is on its way out counts as gone."""
    came = payment.amount if payment.state == "Settled" else 0
    return came - sum(refund.total for refund in payment.refunds or () if refund.state in ("Settled", "Pending"))


def authorised_payments(order: WireOrder, counter_methods: frozenset[str]) -> list[str]:
    """Ids of the payments that a bank has promised, to be cashed by whoever has the goods ready."""
    return [one.id for one in _promised(order) if one.method not in counter_methods]


def paid_at_counter(order: WireOrder, counter_methods: frozenset[str], paid_here: Money) -> list[str]:
    """Ids of the payments that a customer promised to make at the counter, and made: they are covered by what this till
    took for the order."""
    return [one.id for one in _promised(order) if one.method in counter_methods and one.amount <= paid_here.minor]


def _promised(order: WireOrder) -> list[WirePayment]:
    return [payment for payment in order.payments or () if payment.state == "Authorized"]


# --- what left, what stands ready ---


def fulfilled(order: WireOrder, *states: str) -> dict[str, int]:
    """Units by line id in fulfilments of these states."""
    return units_in(fulfilment for fulfilment in order.fulfillments or () if fulfilment.state in states)


def units_in(fulfilments: Iterable[WireFulfilment]) -> dict[str, int]:
    units: dict[str, int] = {}
    for fulfilment in fulfilments:
        for line in fulfilment.lines:
            units[line.order_line_id] = units.get(line.order_line_id, 0) + line.quantity
    return units


def held_in_shop(order: WireOrder) -> dict[str, int]:
    """Units by product id that Vendure's stock has let go and that still stand in the shop: ready, not collected. A
    cancelled order gave its goods back; a Seller's order moves no stock there."""
    if order.state == CANCELLED or order.type == _SELLER:
        return {}
    waiting, left = fulfilled(order, PENDING, SHIPPED), fulfilled(order, DELIVERED)
    held: dict[str, int] = {}
    for line in order.lines:
        units = min(waiting.get(line.id, 0), line.quantity - left.get(line.id, 0))
        if units > 0:
            product_id = order_id_of(line.product_variant.id)
            held[product_id] = held.get(product_id, 0) + units
    return held


def _handover(
    order: WireOrder, viewpoint: Viewpoint, here: CounterFacts | None
) -> tuple[HandoverState, datetime | None, str]:
    gone = [fulfilment for fulfilment in order.fulfillments or () if fulfilment.state == DELIVERED]
    units = units_in(gone)
    if not any(units.values()):
        return HandoverState.OPEN, None, ""
    whole = all(units.get(line.id, 0) >= line.quantity for line in order.lines)
    state = HandoverState.HANDED_OVER if whole else HandoverState.PARTLY
    elsewhere = [fulfilment for fulfilment in gone if letter_of(fulfilment) != viewpoint.letter]
    last = max(elsewhere or gone, key=lambda fulfilment: fulfilment.updated_at)
    by = letter_of(last) or clean(last.method)[:_LONGEST_TEXT]
    own_moment = None if elsewhere or here is None else _own_moment(here)
    return state, own_moment or utc(last.updated_at), by


def _own_moment(here: CounterFacts) -> datetime | None:
    """When what left from here left, by this till's own books: by it the till knows its own handover again."""
    if here.handovers:
        return here.handovers[-1].handed_over_at
    return here.undone_at[-1] if here.undone_at else None


def _preparation(order: WireOrder) -> Preparation:
    """Ready: all of it stands in fulfilments, or a till said so, and nobody edited the order since."""
    covered = fulfilled(order, PENDING, SHIPPED, DELIVERED)
    if order.lines and all(covered.get(line.id, 0) >= line.quantity for line in order.lines):
        return Preparation.READY
    told = [one.created_at for one in order.fulfillments or () if one.state in _READY_STATES and letter_of(one)]
    edited = max((modification.created_at for modification in order.modifications), default=None)
    if told and (edited is None or max(told) > edited):
        return Preparation.READY
    return Preparation.TO_PREPARE


def letter_of(fulfilment: WireFulfilment) -> str:
    """The letter of the till that made it, "" if none did."""
    return _letter_in(fulfilment.tracking_code)


def _letter_in(text: str | None) -> str:
    operation = read_operation(text or "")
    return operation.letter if operation else ""


def _lease(order: WireOrder, viewpoint: Viewpoint, placed_at: datetime) -> Lease | None:
    """Vendure has none: the only till may always, of several the one that has it ready."""
    until = placed_at + _LONGEST_ORDER
    if viewpoint.only_till:
        return Lease(viewpoint.till_id, until)
    letter = _letter_that_holds(order)
    if not letter:
        return None
    return Lease(viewpoint.till_id if letter == viewpoint.letter else f"letter:{letter}", until)


def _letter_that_holds(order: WireOrder) -> str:
    """Of the newest ready fulfilment; of one that was taken back where the order can show no new one as ready."""
    for states in (_READY_STATES, (CANCELLED,)) if order.state == DELIVERED else (_READY_STATES,):
        found = [one for one in order.fulfillments or () if one.state in states and letter_of(one)]
        if found:
            return letter_of(max(found, key=lambda one: one.created_at))
    return ""
