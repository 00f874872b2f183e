"""Owns what of a ticket can still come back, and what each part of it is worth. Never looks anything up.

What comes back has the price, the discount and the rate it was sold with. However often part of a line comes back, the
parts add up to the line: each is its share of what is left, and the last one is all that is left (R2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.money import ZERO, Money, divide_half_up
from app.domain.sale import BasketLine, DocumentKind, Payment, PaymentMeans, SaleDocument, SaleLine


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a line: base units, and the amount and discount that go with them.

    Attributes:
        amount: what was paid for it, VAT included, the discount taken off already.
    """

    quantity: int
    amount: Money
    discount: Money

    def part(self, quantity: int) -> Rest:
        """The share of some of it, to the cent; all of it is exactly what is left.

        Args:
            quantity: 1 to `quantity`.
        """
        if quantity == self.quantity:
            return self
        return Rest(
            quantity,
            Money(divide_half_up(self.amount.minor * quantity, self.quantity)),
            Money(divide_half_up(self.discount.minor * quantity, self.quantity)),
        )

    def __add__(self, other: Rest) -> Rest:
        return Rest(self.quantity + other.quantity, self.amount + other.amount, self.discount + other.discount)

    def __sub__(self, other: Rest) -> Rest:
        return Rest(self.quantity - other.quantity, self.amount - other.amount, self.discount - other.discount)


NOTHING_LEFT = Rest(0, ZERO, ZERO)


def rest_of(line: SaleLine) -> Rest:
    """The line as it was sold."""
    return Rest(line.quantity, line.total, line.discount)


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line of a ticket.

    Attributes:
        rest: what may still come back; nothing for a line that is itself a return.
        stock_tracked: what comes back goes back to the shelf, as things are now.
    """

    line: SaleLine
    rest: Rest
    stock_tracked: bool = False

    @property
    def quantity(self) -> int:
        """Base units that may still come back."""
        return self.rest.quantity

    @property
    def amount(self) -> Money:
        """What would be given back for all of them."""
        return self.rest.amount


@dataclass(frozen=True, slots=True)
class ReturnableSale:
    """A ticket as later documents left it.

    Attributes:
        payments: what each means has paid of it, later changes of means included; none that is nought.
        cancelled: a cancellation undid it as a whole.
        came_back: something of it was returned.
    """

    sale: SaleDocument
    lines: tuple[ReturnableLine, ...]
    payments: Mapping[PaymentMeans, Money]
    cancelled: bool = False

    @property
    def came_back(self) -> bool:
        return any(entry.rest != rest_of(entry.line) for entry in self.lines if entry.line.quantity > 0)

    def line(self, line_no: int) -> ReturnableLine | None:
        return next((entry for entry in self.lines if entry.line.line_no == line_no), None)


def may_come_back(sale: SaleDocument, line: SaleLine) -> bool:
    """Whether goods of this line left the shop with this document. What a cancellation gives back to a ticket can come
    back on that ticket."""
    return line.quantity > 0 and sale.kind is not DocumentKind.CANCELLATION


def paid_by_means(payments: Sequence[Payment]) -> dict[PaymentMeans, Money]:
    """What each means has paid, those that come to nought left out."""
    paid: dict[PaymentMeans, Money] = {}
    for payment in payments:
        paid[payment.means] = paid.get(payment.means, ZERO) + payment.amount
    return {means: amount for means, amount in paid.items() if amount}


def line_coming_back(line_id: str, sale: SaleDocument, entry: ReturnableLine, quantity: int) -> BasketLine:
    """The basket line that gives back part of a ticket's line.

    Args:
        quantity: base units, 1 to what is left.
    """
    part = entry.rest.part(quantity)
    line = entry.line
    return BasketLine(
        line_id=line_id,
        label=line.label,
        unit_price=line.unit_price,
        vat_rate_bp=line.vat_rate_bp,
        quantity=-quantity,
        unit=line.unit,
        product_id=line.product_id,
        code=line.code,
        stock_tracked=entry.stock_tracked,
        discount=-part.discount,
        fixed_total=-(part.amount + part.discount),
        discount_reason=line.discount_reason or (sale.discount_reason if line.ticket_discount else ""),
        nature=line.nature,
        corrects_sale_id=sale.sale_id,
        corrects_line_no=line.line_no,
    )


def is_part_of(line: BasketLine, entry: ReturnableLine) -> bool:
    """Whether a basket line gives back exactly what its part of the ticket's line is worth now."""
    quantity = -line.quantity
    if not 0 < quantity <= entry.rest.quantity:
        return False
    part = entry.rest.part(quantity)
    sold = entry.line
    told = (line.total, line.discount, line.vat_rate_bp, line.nature, line.unit, line.product_id)
    return told == (-part.amount, -part.discount, sold.vat_rate_bp, sold.nature, sold.unit, sold.product_id)


def mirrored(line: SaleLine, line_id: str, sale_id: str) -> SaleLine:
    """The line that takes a whole line back: every sign turned, its share of the base before VAT too."""
    return replace(
        line,
        line_id=line_id,
        quantity=-line.quantity,
        discount=-line.discount,
        ticket_discount=-line.ticket_discount,
        total=-line.total,
        net=-line.net,
        corrects_sale_id=sale_id,
        corrects_line_no=line.line_no,
    )
