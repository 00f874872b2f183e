"""Owns the order placed on line: its three axes, what preparation did to it, what is left to pay, and the handover
verdict.

Preparation, payment and handover are three separate axes, never one status:

    preparation   to_prepare -> in_preparation -> ready
    payment       unpaid -> partly_paid -> paid            (computed from amounts, never stored)
    handover      open -> partly -> handed_over            (undone within 10 minutes: back to what it was)

The server's copy (`Order`) and what happened at this counter (`CounterFacts`) are different values; `OrderAtCounter`
reads both, so a newer copy from the server can never undo a handover. One function, `judge_handover`, decides on line
and off line alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from app.domain.catalogue import Unit, price_of
from app.domain.lease import Lease, is_held, newest_time
from app.domain.money import ZERO, Money, allocate, total_of
from app.domain.pickup_code import CodeJudgement

UNDO_WINDOW = timedelta(minutes=10)


class Preparation(StrEnum):
    TO_PREPARE = "to_prepare"
    IN_PREPARATION = "in_preparation"
    READY = "ready"


class PaymentState(StrEnum):
    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"


class HandoverState(StrEnum):
    OPEN = "open"
    PARTLY = "partly"
    HANDED_OVER = "handed_over"


class PickupMode(StrEnum):
    PICKUP = "pickup"
    DELIVERY = "delivery"
    RELAY = "relay"


class LineOutcome(StrEnum):
    """What became of an order line, in preparation or at the handover."""

    GIVEN = "given"
    MISSING = "missing"
    REPLACED = "replaced"
    WEIGHED = "weighed"
    REFUSED = "refused"
    TO_FOLLOW = "to_follow"


GOODS_LEAVE = frozenset({LineOutcome.GIVEN, LineOutcome.REPLACED, LineOutcome.WEIGHED})


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as ordered. `total` is what the customer agreed to on line; `unit_price` includes VAT, for one priced
    unit."""

    line_no: int
    product_id: str
    label: str
    quantity: int
    unit: Unit
    unit_price: Money
    vat_rate_bp: int
    total: Money
    shelf: str = ""
    age_limit: int = 0
    withdrawal_right: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """The marketplace's copy of an order, as last pulled.

    Attributes:
        order_id: opaque, unique on the marketplace.
        reference: the 7 symbols in the pickup code, unique in the shop.
        number: what people say ("1042").
        paid_online: what the marketplace has already cashed.
        server_preparation, server_handover: what the marketplace knows, other tills included.
        handed_over_at, handed_over_by: set with server_handover, who is the other till's name.
        version: grows with each change on the server; an older copy never replaces a newer one.
        language: the customer's, two letters ("fr", "en"), "" if nobody said.
    """

    order_id: str
    reference: str
    number: str
    spoken_code: str
    customer_name: str
    placed_at: datetime
    total: Money
    paid_online: Money
    lines: tuple[OrderLine, ...]
    mode: PickupMode = PickupMode.PICKUP
    pickup_from: datetime | None = None
    keep_until: datetime | None = None
    note: str = ""
    cancelled_at: datetime | None = None
    server_preparation: Preparation = Preparation.TO_PREPARE
    server_handover: HandoverState = HandoverState.OPEN
    handed_over_at: datetime | None = None
    handed_over_by: str = ""
    lease: Lease | None = None
    version: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line: outcome, base units concerned, and what is owed for them.

    Attributes:
        quantity: base units that leave or left with the customer (0 for missing, refused, to follow).
        amount: what is owed for them, VAT included.
        label: what was given instead, for REPLACED, else "".
        product_id: the product that leaves the stock (the replacement's for REPLACED), "" for none.
    """

    line_no: int
    outcome: LineOutcome
    quantity: int
    amount: Money
    label: str = ""
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class PastHandover:
    """A handover that happened at this till and was not undone.

    Attributes:
        results: one for each line that was open then; what was left for later says TO_FOLLOW.
        sale_id: the sale that took money for it in the same act, "" if none did.
    """

    handover_id: str
    handed_over_at: datetime
    operator: str
    till_name: str
    how: str
    handed_to: str
    results: tuple[LineResult, ...]
    sale_id: str = ""


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """What this counter did with an order; never changed by the server.

    Attributes:
        paid_here: what sales of this till took for the order's own lines.
        paid_here_by_rate: the same by VAT rate (basis points), so that the rest is taxed at the rates still to pay.
        handovers: not undone, oldest first.
        undone_at: `handed_over_at` of the handovers that were undone here: a server copy that still tells of one of
            these moments is behind.
        lease_given_up: the number of the last lease of it that this till gave up for good, None for none.
    """

    prepared: tuple[LineResult, ...] = ()
    ready_at: datetime | None = None
    bags: int = 0
    shelf: str = ""
    paid_here: Money = ZERO
    handovers: tuple[PastHandover, ...] = ()
    paid_here_by_rate: tuple[tuple[int, Money], ...] = ()
    undone_at: tuple[datetime, ...] = ()
    lease_given_up: int | None = None


def as_ordered(line: OrderLine) -> LineResult:
    """The line found exactly as ordered."""
    return LineResult(line.line_no, LineOutcome.GIVEN, line.quantity, line.total, "", line.product_id)


def weighed(line: OrderLine, quantity: int) -> LineResult:
    """The line with the weight (base units) it really has, at the price agreed for one unit."""
    return LineResult(
        line.line_no, LineOutcome.WEIGHED, quantity, price_of(line.unit_price, quantity, line.unit), "", line.product_id
    )


def replaced(
    line: OrderLine, product_id: str, label: str, quantity: int, price: Money, agreed_dearer: bool = False
) -> LineResult:
    """The line replaced by another article; a dearer one is billed at the old price unless the customer agreed."""
    amount = price if agreed_dearer or price <= line.total else line.total
    return LineResult(line.line_no, LineOutcome.REPLACED, quantity, amount, label, product_id)


def without_goods(line: OrderLine, outcome: LineOutcome) -> LineResult:
    """The line missing, refused or to follow: nothing leaves, nothing is owed for it now."""
    return LineResult(line.line_no, outcome, 0, ZERO)


@dataclass(frozen=True)
class OrderAtCounter:
    """An order with both views of it: the only thing screens and verdicts look at. No slots: it keeps its results, from
    which everything else follows."""

    order: Order
    facts: CounterFacts = field(default_factory=CounterFacts)

    @property
    def preparation(self) -> Preparation:
        """The furthest that either side knows: states only move forward."""
        if self.facts.ready_at is not None or self.order.server_preparation is Preparation.READY:
            return Preparation.READY
        if self.facts.prepared or self.order.server_preparation is Preparation.IN_PREPARATION:
            return Preparation.IN_PREPARATION
        return Preparation.TO_PREPARE

    @cached_property
    def results(self) -> tuple[LineResult, ...]:
        """One result for each line, in line order: what became of it at a handover, else what a handover now would do:
        what preparation found, else as ordered."""
        settled = self._settled
        return tuple([settled.get(line.line_no) or self._expected(line) for line in self.order.lines])

    @property
    def open_lines(self) -> tuple[OrderLine, ...]:
        """Lines that no handover has settled yet (to follow counts as open)."""
        settled = self._settled
        return tuple(line for line in self.order.lines if line.line_no not in settled)

    @property
    def _settled(self) -> dict[int, LineResult]:
        return {
            result.line_no: result
            for handover in self.facts.handovers
            for result in handover.results
            if result.outcome is not LineOutcome.TO_FOLLOW
        }

    def _expected(self, line: OrderLine) -> LineResult:
        """What a handover now would do with an open line; one the customer has come back for is there as ordered."""
        if not self.facts.prepared:
            return as_ordered(line)
        prepared = next((result for result in self.facts.prepared if result.line_no == line.line_no), None)
        if prepared is None:
            return as_ordered(line)
        if prepared.outcome is LineOutcome.TO_FOLLOW and line.line_no in self._promised_later:
            return as_ordered(line)
        return prepared

    @property
    def _promised_later(self) -> frozenset[int]:
        results = (result for handover in self.facts.handovers for result in handover.results)
        return frozenset(result.line_no for result in results if result.outcome is LineOutcome.TO_FOLLOW)

    @property
    def handover(self) -> HandoverState:
        """The furthest that either side knows, unless what the server knows was undone here since."""
        here = self._handed_over_here
        if here is HandoverState.HANDED_OVER or self._server_is_behind:
            return here
        elsewhere = self.order.server_handover
        return here if elsewhere is HandoverState.OPEN else elsewhere

    @property
    def _handed_over_here(self) -> HandoverState:
        if not self.facts.handovers:
            return HandoverState.OPEN
        return HandoverState.PARTLY if self.open_lines else HandoverState.HANDED_OVER

    @property
    def _server_is_behind(self) -> bool:
        return self.order.handed_over_at is not None and self.order.handed_over_at in self.facts.undone_at

    @property
    def partly_elsewhere(self) -> bool:
        """Whether another till gave part of it: which lines left is known only there."""
        if self.handover is not HandoverState.PARTLY:
            return False
        if self._handed_over_here is HandoverState.OPEN:
            return True
        ours = (None, *(handover.handed_over_at for handover in self.facts.handovers), *self.facts.undone_at)
        return self.order.server_handover is HandoverState.PARTLY and self.order.handed_over_at not in ours

    @property
    def when_and_who(self) -> tuple[datetime | None, str]:
        """When it was handed over last, and by whom; this till's word comes first if it gave everything."""
        if self.facts.handovers and self.handover is self._handed_over_here:
            last = self.facts.handovers[-1]
            return last.handed_over_at, f"{last.operator}, {last.till_name}" if last.operator else last.till_name
        return self.order.handed_over_at, self.order.handed_over_by

    @property
    def owed(self) -> Money:
        """What all lines cost as they turned out or will, lines to follow not counted."""
        return total_of([result.amount for result in self.results])

    @property
    def paid(self) -> Money:
        return self.order.paid_online + self.facts.paid_here

    @property
    def amount_due(self) -> Money:
        """What is left to pay at the counter, never negative."""
        return max(self.owed - self.paid, ZERO)

    @property
    def to_refund(self) -> Money:
        """What was paid too much, never negative; lines to follow stay paid."""
        awaited = total_of(
            [
                line.total
                for line, result in zip(self.order.lines, self.results, strict=True)
                if result.outcome is LineOutcome.TO_FOLLOW
            ]
        )
        return max(self.paid - self.owed - awaited, ZERO)

    @property
    def payment(self) -> PaymentState:
        if not self.amount_due:
            return PaymentState.PAID
        return PaymentState.PARTLY_PAID if self.paid else PaymentState.UNPAID

    def with_results(self, results: Sequence[LineResult]) -> OrderAtCounter:
        """The same order if these open lines turn out so: for asking "what would be due?" before it happens."""
        changed = {result.line_no for result in results}
        kept = tuple(result for result in self.facts.prepared if result.line_no not in changed)
        # a line left for later once, and again now, must stay "to follow": the first promise is replaced by this one
        handovers = tuple(
            replace(handover, results=tuple(result for result in handover.results if not _is_later(result, changed)))
            for handover in self.facts.handovers
        )
        return OrderAtCounter(self.order, replace(self.facts, prepared=kept + tuple(results), handovers=handovers))

    def results_at_handover(self, chosen: Sequence[LineResult] = ()) -> tuple[LineResult, ...]:
        """One result for each open line: as chosen, lines not chosen to follow; nothing chosen: all as expected.

        Results for lines that have left already, or that the order does not have, are left out.
        """
        if not chosen:
            return tuple(self._expected(line) for line in self.open_lines)
        by_line = {result.line_no: result for result in chosen}
        return tuple(
            by_line.get(line.line_no) or without_goods(line, LineOutcome.TO_FOLLOW) for line in self.open_lines
        )

    def after(self, handover: PastHandover) -> OrderAtCounter:
        """The same order once this handover has happened here."""
        return OrderAtCounter(self.order, replace(self.facts, handovers=(*self.facts.handovers, handover)))


def _is_later(result: LineResult, lines: set[int]) -> bool:
    return result.outcome is LineOutcome.TO_FOLLOW and result.line_no in lines


def amount_due_by_rate(order: OrderAtCounter) -> list[tuple[int, Money]]:
    """The amount due split over VAT rates, to the cent: (rate in basis points, amount), highest rate first.

    Used when part was already paid, so that the till's document carries the right VAT for the rest alone: each rate is
    due what it costs, less what this till took for it, less its share of what was paid on line (the marketplace taxed
    that in proportion to the order).
    """
    if not order.amount_due:
        return []
    open_minor: dict[int, int] = {}
    for line, result in zip(order.order.lines, order.results, strict=True):
        open_minor[line.vat_rate_bp] = open_minor.get(line.vat_rate_bp, 0) + result.amount.minor
    for rate, paid in order.facts.paid_here_by_rate:
        open_minor[rate] = open_minor.get(rate, 0) - paid.minor
    online = allocate(order.order.paid_online, [line.total.minor for line in order.order.lines])
    for line, share in zip(order.order.lines, online, strict=True):
        open_minor[line.vat_rate_bp] -= share.minor
    rates = sorted(open_minor, reverse=True)
    parts = allocate(order.amount_due, [max(open_minor[rate], 0) for rate in rates])
    return [(rate, part) for rate, part in zip(rates, parts, strict=True) if part]


class VerdictKind(StrEnum):
    """Every answer a scan, a typed code or a chosen order can get."""

    READY = "ready"
    NOT_READY = "not_ready"
    ALREADY_HANDED_OVER = "already_handed_over"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WRONG_SHOP = "wrong_shop"
    UNKNOWN_CODE = "unknown_code"
    MISREAD = "misread"
    BAD_SIGNATURE = "bad_signature"
    KEY_REPLACED = "key_replaced"
    """The order is here, but its code was sealed with a key that this till does not hold: withdrawn, or newer."""
    NOT_HERE_YET = "not_here_yet"
    CANNOT_TELL = "cannot_tell"


OVERRIDABLE = frozenset(
    {
        VerdictKind.NOT_READY,
        VerdictKind.EXPIRED,
        VerdictKind.CANNOT_TELL,
        VerdictKind.CANCELLED,
        VerdictKind.ALREADY_HANDED_OVER,
    }
)
"""Verdicts a person may overrule, with a recorded reason; the goods of all others stay here."""


@dataclass(frozen=True, slots=True)
class HandoverVerdict:
    """Whether the goods may go, and what the card must show.

    Attributes:
        order: present whenever the order is in this till.
        handed_over_at, handed_over_by: for ALREADY_HANDED_OVER.
        lease_holder: till id that holds the lease, for CANNOT_TELL ("" if nobody).
        lacks_lease: for CANNOT_TELL: with the lease it would be READY, so it is worth asking for.
        reference: the reference in a genuine code whose order is not here yet.
    """

    kind: VerdictKind
    order: OrderAtCounter | None = None
    handed_over_at: datetime | None = None
    handed_over_by: str = ""
    lease_holder: str = ""
    lacks_lease: bool = False
    reference: str = ""

    @property
    def may_hand_over(self) -> bool:
        return self.kind is VerdictKind.READY

    @property
    def may_override(self) -> bool:
        """Whether a recorded reason lets the goods go: never twice from here, so something must still be open."""
        return self.kind in OVERRIDABLE and self.order is not None and bool(self.order.open_lines)


_CODE_VERDICTS = {
    CodeJudgement.NOT_A_PICKUP_CODE: VerdictKind.UNKNOWN_CODE,
    CodeJudgement.MISREAD: VerdictKind.MISREAD,
    CodeJudgement.WRONG_SHOP: VerdictKind.WRONG_SHOP,
    CodeJudgement.FORGED: VerdictKind.BAD_SIGNATURE,
}


def verdict_for_bad_code(judgement: CodeJudgement, *, names_an_order: bool = False) -> HandoverVerdict:
    """The verdict on a code that is not a genuine one of this shop.

    Args:
        names_an_order: its reference is that of an order of this till.
    """
    if names_an_order and judgement is CodeJudgement.WRONG_SHOP:
        return HandoverVerdict(VerdictKind.KEY_REPLACED)
    return HandoverVerdict(_CODE_VERDICTS[judgement])


def judge_handover(
    order: OrderAtCounter | None,
    till_id: str,
    now: datetime,
    reference: str = "",
    server_time: datetime | None = None,
) -> HandoverVerdict:
    """Decide whether an order may be handed over by this till, now. The same on line and off line.

    Facts of this till come first (what left here, left), then what the marketplace said last, then the lease: without
    it another till could be giving the same goods at this moment, and only the marketplace would know. The same if
    another till gave part of it: which part, this till cannot tell.

    Args:
        order: the order, or None if a genuine code names one that was not downloaded yet.
        till_id: this till.
        now: aware UTC.
        reference: the genuine code's reference.
        server_time: the newest time the marketplace told: a clock that was set back revives no lease.
    """
    if order is None:
        return HandoverVerdict(VerdictKind.NOT_HERE_YET, reference=reference)
    if order.handover is HandoverState.HANDED_OVER:
        at, by = order.when_and_who
        return HandoverVerdict(VerdictKind.ALREADY_HANDED_OVER, order, at, by)
    if order.order.cancelled_at is not None:
        return HandoverVerdict(VerdictKind.CANCELLED, order)
    if order.order.keep_until is not None and now > order.order.keep_until:
        return HandoverVerdict(VerdictKind.EXPIRED, order)
    if order.preparation is not Preparation.READY:
        return HandoverVerdict(VerdictKind.NOT_READY, order)
    lease = order.order.lease
    held_here = is_held(lease, till_id, order.facts.lease_given_up, newest_time(now, server_time))
    if not held_here or order.partly_elsewhere:
        holder = lease.till_id if lease else ""
        lacks_lease = not held_here and not order.partly_elsewhere
        return HandoverVerdict(VerdictKind.CANNOT_TELL, order, lease_holder=holder, lacks_lease=lacks_lease)
    return HandoverVerdict(VerdictKind.READY, order)


def may_undo(handover: PastHandover, now: datetime) -> bool:
    """Whether a handover can still be taken back with one key (10 minutes)."""
    return timedelta(0) <= now - handover.handed_over_at <= UNDO_WINDOW
