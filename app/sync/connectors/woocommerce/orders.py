"""Owns what an order of WooCommerce means at the counter: a `WireOrder` to the order of the domain. Pure: asks nobody,
reads no clock.

Paid is what has a date of payment, less refunds: never a status, for cash on delivery is `processing` too. A date that
the site set only because a till completed the order is no payment. What left is in the tills' own fields; an order that
somebody on the site completed has left whole. A refund with lines takes them out of the order; one without gives money
back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.catalogue import Product, Unit
from app.domain.lease import Lease
from app.domain.money import MAX_AMOUNT_MINOR, VAT_RATES_BP, Money, allocate
from app.domain.order import CounterFacts, HandoverState, Order, OrderLine, PickupMode, Preparation
from app.i18n import tr
from app.sync.connectors.codes import OrderCodes
from app.sync.connectors.woocommerce.marks import HandoverMark, OrderMarks, Units, order_marks, summed_up
from app.sync.connectors.woocommerce.wire import WireLine, WireOrder, WireRefund, cents, gmt
from app.sync.wire_values import clean, require

PREFIX = "woo:"
COMPLETED, CANCELLED, PROCESSING, PENDING = "completed", "cancelled", "processing", "pending"
OPEN_STATUSES = ("processing", "on-hold")
LISTED_STATUSES = ("processing", "completed", "cancelled", "refunded", "on-hold", "failed")
"""Asked for by name each time: left to itself the list has baskets (`checkout-draft`) and leaves out the bin."""
ALL_STATUSES = (*LISTED_STATUSES, PENDING, "trash")
_NEVER_PLACED = frozenset({PENDING, "checkout-draft", "auto-draft"})
_GONE = frozenset({CANCELLED, "failed", "trash"})
_STOCK_GIVEN_BACK = _GONE | _NEVER_PLACED
_LONGEST_ORDER = timedelta(days=365)
_LONGEST_LABEL, _LONGEST_TEXT = 1000, 200
_MAX_QUANTITY = 1_000_000
ON_SITE = "WooCommerce"


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Whose till reads, and what was pinned when it was linked.

    Attributes:
        letter: the till's, as it stands in what it writes.
        pickup_methods: ids of the shipping methods that mean "fetched in the shop" (`local_pickup`, or one instance of
            it, `local_pickup:3`); empty: all do.
        only_till: no other till hands over this site's orders, as far as is known now.
    """

    till_id: str
    letter: str
    pickup_methods: frozenset[str]
    only_till: bool = False


def order_id_of(raw_id: int) -> str:
    return f"{PREFIX}{raw_id}"


def product_id_of(line: WireLine) -> str:
    """ "" for an article that the site has deleted since."""
    if not line.product_id:
        return ""
    return f"{PREFIX}{line.product_id}-{line.variation_id}" if line.variation_id else f"{PREFIX}{line.product_id}"


class OrderThere:
    """One order as it stands on the site. Attributes: marks: what tills wrote into it."""

    def __init__(self, wire: WireOrder, refunds: Sequence[WireRefund] = ()) -> None:
        self.wire = wire
        self.marks: OrderMarks = order_marks(wire.meta_data)
        self._refunded = _refunded_lines(wire, refunds)

    @property
    def is_the_tills_business(self) -> bool:
        """A basket is not, nor what nobody has paid for yet where it was to be paid at once."""
        return self.wire.status not in _NEVER_PLACED

    @property
    def is_cancelled(self) -> bool:
        """As well if every line was refunded."""
        if self.wire.status in _GONE:
            return True
        return self.wire.status == "refunded" and not any(self.ordered.values())

    @property
    def ordered(self) -> dict[int, int]:
        """Pieces by line id, those refunded and not given taken out."""
        left = summed_up(mark.lines for mark in self.marks.standing)
        never = summed_up(mark.never for mark in self.marks.standing)
        units = {}
        for line in self.wire.line_items:
            refunded = self._refunded.get(line.id, 0)
            if self.wire.status == COMPLETED:  # of what left a refund takes nothing back
                refunded = min(refunded, never.get(line.id, 0))
            units[line.id] = min(line.quantity, max(line.quantity - refunded, left.get(line.id, 0)))
        return {line_id: pieces for line_id, pieces in units.items() if pieces > 0}

    def gone(self, *, but_of: HandoverMark | None = None) -> dict[int, int]:
        """Pieces by line id that left, wherever: all of it once somebody completed the order."""
        told = [mark for mark in self.marks.standing if but_of is None or mark.operation != but_of.operation]
        left = summed_up(mark.lines for mark in told)
        if not self.was_completed_on_site:
            return left
        never = summed_up(mark.never for mark in told)
        return {line_id: pieces - never.get(line_id, 0) for line_id, pieces in self.ordered.items()}

    @property
    def settled(self) -> dict[int, int]:
        """Pieces by line id that left, or never will."""
        return summed_up([*(mark.lines for mark in self.marks.standing), *(mark.never for mark in self.marks.standing)])

    @property
    def is_settled(self) -> bool:
        settled = self.settled
        return all(settled.get(line_id, 0) >= pieces for line_id, pieces in self.ordered.items())

    @property
    def was_completed_on_site(self) -> bool:
        """By somebody there, not by tills that handed over all of it."""
        return self.wire.status == COMPLETED and not self.is_settled

    def held(self) -> dict[str, int]:
        """Pieces by product id that its stock let go when it was ordered and that still stand in the shop."""
        if self.wire.status in _STOCK_GIVEN_BACK or self.wire.status == COMPLETED:
            return {}
        settled, ordered = self.settled, self.ordered
        held: dict[str, int] = {}
        for line in self.wire.line_items:
            pieces, product_id = ordered.get(line.id, 0) - settled.get(line.id, 0), product_id_of(line)
            if pieces > 0 and product_id:
                held[product_id] = held.get(product_id, 0) + pieces
        return held


def _refunded_lines(order: WireOrder, refunds: Sequence[WireRefund]) -> dict[int, int]:
    lines = [line for refund in refunds for line in refund.line_items if line.quantity]
    return summed_up({_line_refunded(line, order): abs(line.quantity)} for line in lines)


def _line_refunded(refund_line: WireLine, order: WireOrder) -> int:
    told = next((str(one.value) for one in refund_line.meta_data if one.key == "_refunded_item_id"), "")
    if told.isascii() and told.isdigit():
        return int(told)
    same = [line.id for line in order.line_items if product_id_of(line) == product_id_of(refund_line)]
    return same[0] if same else 0


def order_of(
    there: OrderThere,
    codes: OrderCodes,
    viewpoint: Viewpoint,
    here: CounterFacts | None,
    articles: Mapping[str, Product],
) -> Order:
    """The order as a till knows it, version 0.

    Args:
        here: what this counter did with it: a handover told from here is known by its moment.
        articles: as this till has them, by product id, for what WooCommerce does not know of them.

    Raises:
        BrokenRuleError: no till can make sense of it.
    """
    order = there.wire
    require(order.currency == "EUR", f"in {order.currency[:10]}, not in euros")
    placed_at = gmt(order.date_created_gmt)
    lines = _lines(there, articles)
    total = Money(sum(line.total.minor for line in lines))
    handover, at, by = _handover(there, viewpoint, here)
    return Order(
        order_id=order_id_of(order.id),
        reference=codes.reference,
        number=clean(order.number or str(order.id))[:_LONGEST_TEXT],
        spoken_code=codes.spoken_code,
        customer_name=clean(f"{order.billing.first_name} {order.billing.last_name}".strip())[:_LONGEST_TEXT],
        placed_at=placed_at,
        total=total,
        paid_online=_paid(there, total, viewpoint),
        lines=lines,
        mode=_mode(order, viewpoint),
        note=_note(order),
        cancelled_at=gmt(order.date_modified_gmt) if there.is_cancelled else None,
        server_preparation=Preparation.READY if there.marks.ready_for(there.ordered) else Preparation.TO_PREPARE,
        server_handover=handover,
        handed_over_at=at,
        handed_over_by=by,
        lease=_lease(there, viewpoint, placed_at),
    )


def _mode(order: WireOrder, viewpoint: Viewpoint) -> PickupMode:
    methods = {line.method_id for line in order.shipping_lines}
    methods |= {f"{line.method_id}:{line.instance_id}" for line in order.shipping_lines}
    picked_up = not viewpoint.pickup_methods or bool(methods & viewpoint.pickup_methods)
    return PickupMode.PICKUP if picked_up else PickupMode.DELIVERY


def _note(order: WireOrder) -> str:
    unpaid = order.date_paid_gmt is None and order.payment_method_title
    sentences = [
        tr("Payment on the site: {means}").format(means=order.payment_method_title) if unpaid else "",
        order.customer_note,
        order.billing.email,
        order.billing.phone,
    ]
    return " · ".join(clean(one)[:_LONGEST_TEXT] for one in sentences if one)


# --- amounts ---


def _lines(there: OrderThere, articles: Mapping[str, Product]) -> tuple[OrderLine, ...]:
    """What is promised. Of a cancelled order: what was, for whoever asks for it."""
    order = there.wire
    rates = {line.rate_id: line.rate_percent for line in order.tax_lines}
    ordered = {line.id: line.quantity for line in order.line_items} if there.is_cancelled else there.ordered
    goods = [_line(line, ordered.get(line.id, 0), rates, articles) for line in order.line_items]
    extras = [_extra(line, rates) for line in (*order.shipping_lines, *order.fee_lines)]
    lines = [line for line in (*goods, *extras) if line is not None]
    return _adding_up_to(_total_of_what_is_left(there, ordered), lines)


def _total_of_what_is_left(there: OrderThere, ordered: Units) -> int:
    """The site's own total, less the lines that were refunded. Raises BrokenRuleError: it is not that of its lines."""
    order = there.wire
    every_line = [*order.line_items, *order.shipping_lines, *order.fee_lines]
    total = cents(order.total)
    summed = sum(cents(line.total, line.total_tax) for line in every_line)
    require(abs(summed - total) <= len(every_line), "lines that do not add up to the total")
    out = sum(
        _share(cents(line.total, line.total_tax), line.quantity - ordered.get(line.id, 0), line.quantity)
        for line in order.line_items
    )
    return max(total - out, 0)


def _share(amount: int, pieces: int, of: int) -> int:
    return round(amount * pieces / of) if of > 0 else 0


def _line(line: WireLine, pieces: int, rates: Mapping[int, float], articles: Mapping[str, Product]) -> OrderLine | None:
    require(0 <= line.quantity <= _MAX_QUANTITY, "a quantity out of this world")
    if pieces == 0:
        return None
    amount, product_id = cents(line.total, line.total_tax), product_id_of(line)
    known = articles.get(product_id)
    return OrderLine(
        line_no=line.id,
        product_id=product_id,
        label=clean(line.name)[:_LONGEST_LABEL],
        quantity=pieces,
        unit=Unit.PIECE,
        unit_price=_amount(_share(amount, 1, line.quantity)),
        vat_rate_bp=_rate_of(line, rates),
        total=_amount(_share(amount, pieces, line.quantity)),
        shelf=known.shelf if known else "",
        age_limit=known.age_limit if known else 0,
        withdrawal_right=known.withdrawal_right if known else True,
    )


def _extra(line: WireLine, rates: Mapping[int, float]) -> OrderLine | None:
    """What is paid beside goods: fetching or sending them, fees; a fee below nought is spread over the others."""
    minor = cents(line.total, line.total_tax)
    if minor <= 0:
        return None
    label = clean(line.method_title or line.name)[:_LONGEST_LABEL] or tr("Delivery or collection")
    amount = _amount(minor)
    return OrderLine(line.id, "", label, 1, Unit.PIECE, amount, _rate_of(line, rates), amount)


def _rate_of(line: WireLine, rates: Mapping[int, float]) -> int:
    """Basis points. Raises BrokenRuleError for a rate that France does not have."""
    taxed = [tax for tax in line.taxes if cents(tax.total)]
    require(len(taxed) <= 1, "a line with two taxes")
    if not taxed:
        return 0
    require(taxed[0].id in rates, "a tax that the order does not name")
    return rate_bp(rates[taxed[0].id])


def rate_bp(percent: float) -> int:
    """A VAT rate in basis points. Raises BrokenRuleError for one that France does not have."""
    rate = round(percent * 100)
    require(rate in VAT_RATES_BP, f"a VAT rate of {percent} %")
    return rate


def _adding_up_to(total_minor: int, lines: list[OrderLine]) -> tuple[OrderLine, ...]:
    sums = [line.total.minor for line in lines]
    if sum(sums) == total_minor or not sum(sums):
        return tuple(lines)
    shares = allocate(_amount(total_minor), sums)
    return tuple(replace(line, total=share) for line, share in zip(lines, shares, strict=True))


def _amount(minor: int) -> Money:
    require(0 <= minor <= MAX_AMOUNT_MINOR, "an amount out of this world")
    return Money(minor)


def _paid(there: OrderThere, total: Money, viewpoint: Viewpoint) -> Money:
    """What the till need not take. What it took itself is in its own books."""
    order = there.wire
    if _paid_by_completing(there):
        elsewhere = [mark for mark in there.marks.standing if mark.operation.letter != viewpoint.letter]
        return min(_amount(sum(mark.collected_minor for mark in elsewhere)), total)
    if order.date_paid_gmt is None:
        return Money(0)
    came, went = cents(order.total), -sum(cents(refund.total) for refund in order.refunds)
    return _amount(max(came - went, 0))


def _paid_by_completing(there: OrderThere) -> bool:
    """Whether the date of payment is only that a till completed the order, even if it was taken back since."""
    return any(mark.paid_by_completing for mark in there.marks.handovers)


# --- what left, what stands ready ---


def _handover(
    there: OrderThere, viewpoint: Viewpoint, here: CounterFacts | None
) -> tuple[HandoverState, datetime | None, str]:
    order, standing = there.wire, there.marks.standing
    if there.was_completed_on_site:
        return HandoverState.HANDED_OVER, gmt(order.date_completed_gmt or order.date_modified_gmt), ON_SITE
    if not any(mark.lines for mark in standing):
        return HandoverState.OPEN, None, ""
    state = HandoverState.HANDED_OVER if there.is_settled else HandoverState.PARTLY
    elsewhere = [mark for mark in standing if mark.operation.letter != viewpoint.letter]
    last = max(elsewhere or standing, key=lambda mark: mark.at)
    own_moment = None if elsewhere or here is None else _own_moment(here)
    return state, own_moment or gmt(last.at), last.operation.letter


def _own_moment(here: CounterFacts) -> datetime | None:
    """When what left from here left, by this till's own books: by it the till knows its own handover again."""
    if here.handovers:
        return here.handovers[-1].handed_over_at
    return here.undone_at[-1] if here.undone_at else None


def _lease(there: OrderThere, viewpoint: Viewpoint, placed_at: datetime) -> Lease | None:
    """WooCommerce has none: the only till may always, of several the one that has it ready."""
    until = placed_at + _LONGEST_ORDER
    if viewpoint.only_till:
        return Lease(viewpoint.till_id, until)
    ready = there.marks.ready_for(there.ordered)
    if ready is None:
        return None
    letter = ready.operation.letter
    return Lease(viewpoint.till_id if letter == viewpoint.letter else f"letter:{letter}", until)
