"""Owns the sale made at the counter: basket, lines, VAT, payments, and the document they become. Never knows of tills'
storage or printers.

A `SaleDocument` is complete and frozen: labels, prices, rates and payments are copied into it, so it can be signed,
printed and archived without looking anything up (R3). What is corrected later is another document with the opposite
sign (R2), never a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.catalogue import Product, Unit, price_of
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.money import ZERO, Money, allocate, net_of_vat, total_of

MAX_PIECES = 999
"""More pieces than this in one line are asked again: a bar code in the quantity field looks like that."""


class DocumentKind(StrEnum):
    SALE = "sale"
    RETURN = "return"
    CANCELLATION = "cancellation"


class PaymentMeans(StrEnum):
    CASH = "cash"
    CARD = "card"
    CHEQUE = "cheque"
    MEAL_VOUCHER = "meal_voucher"
    GIFT_VOUCHER = "gift_voucher"
    ONLINE = "online"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line while the sale is being made.

    Attributes:
        line_id: unique, minted when the line is added; becomes the sale line's id and the source of its stock movement.
        product_id: "" for an open price.
        quantity: base units (pieces, grams, millilitres, minutes); positive.
        order_id, order_line_no: set for what an online order brought into the basket; such lines move no stock here,
            the handover does.
    """

    line_id: str
    label: str
    unit_price: Money
    vat_rate_bp: int
    quantity: int = 1
    unit: Unit = Unit.PIECE
    product_id: str = ""
    code: str = ""
    stock_tracked: bool = False
    age_limit: int = 0
    order_id: str = ""
    order_line_no: int = 0
    discount: Money = ZERO
    fixed_total: Money | None = None

    @property
    def total(self) -> Money:
        """What the line costs, VAT included; `fixed_total` wins where an order fixed the amount."""
        gross = (
            self.fixed_total if self.fixed_total is not None else price_of(self.unit_price, self.quantity, self.unit)
        )
        return gross - self.discount


def line_for_product(line_id: str, product: Product, quantity: int, code: str = "") -> BasketLine:
    """A basket line with the product's name, price and rate of this moment."""
    return BasketLine(
        line_id=line_id,
        label=product.name,
        unit_price=product.price,
        vat_rate_bp=product.vat_rate_bp,
        quantity=quantity,
        unit=product.unit,
        product_id=product.product_id,
        code=code,
        stock_tracked=product.stock_tracked,
        age_limit=product.age_limit,
    )


@dataclass(frozen=True, slots=True)
class Basket:
    """The sale under way, an immutable value: each change gives a new one, so parking and undoing are free.

    Attributes:
        order_id: the online order this visit is for, "" for a plain sale: what a pickup brought along will be measured.
    """

    lines: tuple[BasketLine, ...] = ()
    order_id: str = ""

    @property
    def total(self) -> Money:
        return total_of([line.total for line in self.lines])

    @property
    def age_limit(self) -> int:
        """The strictest age asked by any line (R32)."""
        return max((line.age_limit for line in self.lines), default=0)

    def add(self, line: BasketLine) -> Basket:
        """Add a line; the article of the last line again, by the piece, adds to its quantity."""
        if self.lines and _same_article(self.lines[-1], line):
            return self.with_quantity(self.lines[-1].line_id, self.lines[-1].quantity + line.quantity)
        return Basket((*self.lines, line), self.order_id)

    def with_quantity(self, line_id: str, quantity: int) -> Basket:
        """Change a line's quantity (base units, positive); lines of an order keep theirs."""
        return self._replace(line_id, quantity)

    def without(self, line_id: str) -> Basket:
        return Basket(tuple(line for line in self.lines if line.line_id != line_id), self.order_id)

    def _replace(self, line_id: str, quantity: int) -> Basket:
        changed = tuple(
            replace(line, quantity=quantity) if line.line_id == line_id and not line.order_id else line
            for line in self.lines
        )
        return Basket(changed, self.order_id)


def _same_article(last: BasketLine, line: BasketLine) -> bool:
    return (
        bool(line.product_id)
        and last.product_id == line.product_id
        and last.unit is Unit.PIECE
        and last.unit_price == line.unit_price
        and not (last.order_id or last.discount or last.fixed_total)
        and not (line.order_id or line.discount or line.fixed_total)
    )


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, or given back when negative.

    Attributes:
        amount: what it settles of the document; for cash it is the tendered amount less the change.
        tendered: cash handed over by the customer; equal to amount for other means.
        reference: what a card terminal's slip or a voucher says; never a card number.
    """

    means: PaymentMeans
    amount: Money
    tendered: Money
    reference: str = ""

    @property
    def change(self) -> Money:
        return self.tendered - self.amount


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A frozen line of a document. `net` is the share of the document's base before VAT (largest remainder), so lines
    sum up."""

    line_id: str
    line_no: int
    label: str
    quantity: int
    unit: Unit
    unit_price: Money
    discount: Money
    total: Money
    net: Money
    vat_rate_bp: int
    product_id: str = ""
    code: str = ""
    order_id: str = ""
    order_line_no: int = 0


@dataclass(frozen=True, slots=True)
class VatPart:
    """VAT of a document at one rate: `gross` = `net` + `vat`, computed once per document (R20)."""

    rate_bp: int
    gross: Money
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class SaleDocument:
    """A validated sale, ready to be signed: complete, frozen, self-contained.

    Attributes:
        sale_id: unique for ever; number: gapless in (till, series).
        utc_offset_minutes: local time at the counter, so that the hour change is not a clock set back (R10).
        order_id: the online order whose pickup this sale was part of, "" for none.
        corrects: sale_id of the document this one corrects, "" for none.
    """

    sale_id: str
    till_id: str
    till_letter: str
    series: str
    number: int
    kind: DocumentKind
    happened_at: datetime
    utc_offset_minutes: int
    operator: str
    lines: tuple[SaleLine, ...]
    vat: tuple[VatPart, ...]
    payments: tuple[Payment, ...]
    total: Money
    order_id: str = ""
    corrects: str = ""

    @property
    def display_number(self) -> str:
        """The number on the ticket: till letter and counter, for example A-000042."""
        return f"{self.till_letter}-{self.number:06d}"


def vat_parts(lines: Sequence[BasketLine]) -> tuple[VatPart, ...]:
    """VAT of the lines by rate, highest rate first; base + VAT = total for each (R20)."""
    gross: dict[int, Money] = {}
    for line in lines:
        gross[line.vat_rate_bp] = gross.get(line.vat_rate_bp, ZERO) + line.total
    return tuple(
        VatPart(rate, amount, net_of_vat(amount, rate), amount - net_of_vat(amount, rate))
        for rate, amount in sorted(gross.items(), reverse=True)
    )


def freeze_lines(lines: Sequence[BasketLine]) -> tuple[SaleLine, ...]:
    """Number the lines and give each its share of the document's base before VAT."""
    net_by_line: dict[int, Money] = {}
    for part in vat_parts(lines):
        members = [i for i, line in enumerate(lines) if line.vat_rate_bp == part.rate_bp]
        shares = _shares_of_net(part, [lines[i].total for i in members])
        net_by_line.update(zip(members, shares, strict=True))
    return tuple(
        SaleLine(
            line_id=line.line_id,
            line_no=index + 1,
            label=line.label,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount=line.discount,
            total=line.total,
            net=net_by_line[index],
            vat_rate_bp=line.vat_rate_bp,
            product_id=line.product_id,
            code=line.code,
            order_id=line.order_id,
            order_line_no=line.order_line_no,
        )
        for index, line in enumerate(lines)
    )


def _shares_of_net(part: VatPart, totals: Sequence[Money]) -> list[Money]:
    """Each line's share of the base at one rate, to the cent: a return's shares are the exact mirror of the sale's.

    Where signs are mixed (an exchange) no proportion makes sense: each line has its own base and the biggest one takes
    what rounding left.
    """
    if all(total.minor >= 0 for total in totals):
        return allocate(part.net, [total.minor for total in totals])
    if all(total.minor <= 0 for total in totals):
        return [-share for share in allocate(-part.net, [-total.minor for total in totals])]
    shares = [net_of_vat(total, part.rate_bp) for total in totals]
    biggest = max(range(len(totals)), key=lambda i: abs(totals[i].minor))
    shares[biggest] += part.net - total_of(shares)
    return shares


def check_document(document: SaleDocument) -> None:
    """I6: lines = total = base + VAT, at each rate and in all; payments - change = total; change only from cash.

    Raises:
        MoneyDoesNotAddUp: at least one sum differs by at least one cent.
    """
    sums = {
        "lines": total_of([line.total for line in document.lines]),
        "VAT parts": total_of([part.gross for part in document.vat]),
        "payments - change": total_of([payment.tendered - payment.change for payment in document.payments]),
    }
    wrong = [f"{name} {amount}" for name, amount in sums.items() if amount != document.total]
    for part in document.vat:
        lines = [line for line in document.lines if line.vat_rate_bp == part.rate_bp]
        if not part.gross == part.net + part.vat == total_of([line.total for line in lines]):
            wrong.append(f"VAT at {part.rate_bp}: {part.net} + {part.vat}")
        if part.net != total_of([line.net for line in lines]):
            wrong.append(f"base of lines at {part.rate_bp}")
    wrong.extend(f"change {payment.change} of {payment.means}" for payment in document.payments if not _fits(payment))
    if wrong:
        raise MoneyDoesNotAddUp(f"document total {document.total}, but {', '.join(wrong)}")


def _fits(payment: Payment) -> bool:
    gives_change = payment.means is PaymentMeans.CASH and payment.amount >= ZERO
    return payment.change == ZERO or (gives_change and payment.change > ZERO)
