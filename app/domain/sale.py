"""Owns the sale made at the counter: basket, lines, VAT, payments, and the document they become. Never knows of tills'
storage or printers.

A `SaleDocument` is complete and frozen: labels, prices, rates and payments are copied into it, so it can be signed,
printed and archived without looking anything up (R3). What is corrected later is another document with the opposite
sign (R2), never a change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from app.domain.catalogue import LineNature, Product, Unit, price_of
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money, allocate, net_of_vat, total_of

MAX_PIECES = 999
"""More pieces than this in one line are asked again: a bar code in the quantity field looks like that."""


TURNOVER_NATURES = frozenset({LineNature.GOODS, LineNature.SERVICE})
"""What makes turnover and VAT; vouchers sold, deposits and container deposits pass through the till only (R29)."""


TRAINING_SERIES = "training"
"""`fiscal.Series.TRAINING`, of which this module knows only the name."""


class DocumentKind(StrEnum):
    """What a document of the ledger does. A payment change moves money between means and has no line (R2)."""

    SALE = "sale"
    RETURN = "return"
    CANCELLATION = "cancellation"
    PAYMENT_CHANGE = "payment_change"


class PaymentMeans(StrEnum):
    CASH = "cash"
    CARD = "card"
    CHEQUE = "cheque"
    MEAL_VOUCHER = "meal_voucher"
    GIFT_VOUCHER = "gift_voucher"
    ONLINE = "online"
    ACCOUNT = "account"


@dataclass(frozen=True)  # without slots: its total is asked for dozens of times in a sale and computed once
class BasketLine:
    """A line while the sale is being made.

    Attributes:
        line_id: unique, minted when the line is added; becomes the sale line's id and the source of its stock movement.
        product_id: "" for an open price.
        quantity: base units (pieces, grams, millilitres, minutes); negative for goods that come back, never nought.
        discount: taken off this line, with `discount_reason`; the discount of the whole ticket is the basket's.
        nature: what it is to the books; outside turnover for anything but goods and services (R29).
        meal_voucher, legal_guarantee, weigh_slip: as the product says (R27, R22, R23).
        corrects_sale_id, corrects_line_no: the line of an earlier document that comes back, "" and 0 for none.
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
    discount_reason: str = ""
    nature: LineNature = LineNature.GOODS
    meal_voucher: bool = False
    legal_guarantee: bool = False
    weigh_slip: bool = False
    corrects_sale_id: str = ""
    corrects_line_no: int = 0

    @cached_property
    def takes_ticket_discount(self) -> bool:
        """Whether a discount of the whole ticket is spread over this line too: not over deposits and vouchers, nor
        over what comes back or what an online order fixed."""
        return self.nature in TURNOVER_NATURES and self.total > ZERO and not self.order_id

    @cached_property
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
        nature=product.nature,
        meal_voucher=product.meal_voucher,
        legal_guarantee=product.legal_guarantee,
        weigh_slip=product.weigh_slip,
    )


@dataclass(frozen=True)  # the same
class Basket:
    """The sale under way, an immutable value: each change gives a new one, so parking and undoing are free.

    Attributes:
        order_id: the online order this visit is for, "" for a plain sale: what a pickup brought along will be measured.
        discount: taken off the whole ticket, with `discount_reason`; never more than `discountable`.
    """

    lines: tuple[BasketLine, ...] = ()
    order_id: str = ""
    discount: Money = ZERO
    discount_reason: str = ""

    @cached_property
    def total(self) -> Money:
        return total_of([line.total for line in self.lines]) - self.discount

    @cached_property
    def discountable(self) -> Money:
        """What a discount of the whole ticket can be taken from."""
        return total_of([line.total for line in self.lines if line.takes_ticket_discount])

    @property
    def age_limit(self) -> int:
        """The strictest age asked by any line (R32)."""
        return max((line.age_limit for line in self.lines), default=0)

    def add(self, line: BasketLine) -> Basket:
        """Add a line; the article of the last line again, by the piece, adds to its quantity."""
        if self.lines and _same_article(self.lines[-1], line):
            return self.with_quantity(self.lines[-1].line_id, self.lines[-1].quantity + line.quantity)
        return replace(self, lines=(*self.lines, line))

    def with_quantity(self, line_id: str, quantity: int) -> Basket:
        """Change a line's quantity (base units, positive); lines of an order and of a return keep theirs."""
        return replace(self, lines=tuple(_of_quantity(line, line_id, quantity) for line in self.lines))

    def without(self, line_id: str) -> Basket:
        return replace(self, lines=tuple(line for line in self.lines if line.line_id != line_id))

    def with_line_discount(self, line_id: str, discount: Money, reason: str) -> Basket:
        """Take so much off one line, instead of what was taken off before."""
        changed = (
            replace(line, discount=discount, discount_reason=reason) if line.line_id == line_id else line
            for line in self.lines
        )
        return replace(self, lines=tuple(changed))

    def with_discount(self, discount: Money, reason: str) -> Basket:
        """Take so much off the whole ticket, instead of what was taken off before."""
        return replace(self, discount=discount, discount_reason=reason)


def _of_quantity(line: BasketLine, line_id: str, quantity: int) -> BasketLine:
    if line.line_id != line_id or line.order_id or line.corrects_sale_id:
        return line
    return replace(line, quantity=quantity)


def _same_article(last: BasketLine, line: BasketLine) -> bool:
    return (
        bool(line.product_id)
        and last.product_id == line.product_id
        and last.unit is Unit.PIECE
        and last.unit_price == line.unit_price
        and not (last.order_id or last.discount or last.fixed_total)
        and not (line.order_id or line.discount or line.fixed_total)
        and last.quantity > 0 < line.quantity
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
    """A frozen line of a document.

    Attributes:
        discount: all that was taken off, its share of the ticket's discount (`ticket_discount`) included.
        net: its share of the document's base before VAT (largest remainder), so lines sum up.
    """

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
    nature: LineNature = LineNature.GOODS
    ticket_discount: Money = ZERO
    discount_reason: str = ""
    corrects_sale_id: str = ""
    corrects_line_no: int = 0
    legal_guarantee: bool = False
    weigh_slip: bool = False


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
        trading_day: the day of trade it belongs to (cut-off hour, never before an earlier document's); None only in
            documents of before the ledger.
        vat_regime: of the merchant on that day (R21).
        discount_reason: of the whole ticket's discount.
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
    trading_day: date | None = None
    vat_regime: VatRegime = VatRegime.NORMAL
    discount_reason: str = ""

    @property
    def display_number(self) -> str:
        """The number on the ticket: till letter and counter, for example A-000042; that of training has an X."""
        return f"{'X' if self.is_training else ''}{self.till_letter}-{self.number:06d}"

    @property
    def is_training(self) -> bool:
        """Whether it was made to learn the till: nothing of it is real (R12)."""
        return self.series == TRAINING_SERIES

    @property
    def turnover(self) -> Money:
        """What it adds to turnover, VAT included; negative for a return."""
        return total_of([part.gross for part in self.vat])

    @property
    def turnover_absolute(self) -> Money:
        """The same without signs: what was sold plus what came back."""
        return Money(sum(abs(line.total.minor) for line in self.lines if line.nature in TURNOVER_NATURES))

    @property
    def outside(self) -> Money:
        """What passes through the till without being turnover: vouchers sold, deposits, container deposits (R29)."""
        return total_of([line.total for line in self.lines if line.nature not in TURNOVER_NATURES])


_DISPLAY_NUMBER = re.compile(r"([A-Z]{0,2})-?0*([0-9]{1,9})")


def parse_display_number(text: str, own_letter: str) -> tuple[str, int] | None:
    """The till letter and number in `A-000042`, `a42` or, for this till, `42`; None if it is no number of a ticket."""
    match = _DISPLAY_NUMBER.fullmatch(text.strip().upper())
    if match is None or not int(match[2]):
        return None
    return match[1] or own_letter, int(match[2])


class _Taxed(Protocol):
    """A line as far as VAT goes."""

    @property
    def total(self) -> Money: ...
    @property
    def vat_rate_bp(self) -> int: ...
    @property
    def nature(self) -> LineNature: ...


def vat_parts(lines: Sequence[_Taxed]) -> tuple[VatPart, ...]:
    """VAT of the lines by rate, highest rate first; base + VAT = total for each (R20). What is outside turnover has no
    part in it (R29)."""
    gross: dict[int, Money] = {}
    for line in lines:
        if line.nature in TURNOVER_NATURES:
            gross[line.vat_rate_bp] = gross.get(line.vat_rate_bp, ZERO) + line.total
    return tuple(
        VatPart(rate, amount, net_of_vat(amount, rate), amount - net_of_vat(amount, rate))
        for rate, amount in sorted(gross.items(), reverse=True)
    )


def freeze_lines(basket: Basket, regime: VatRegime = VatRegime.NORMAL) -> tuple[SaleLine, ...]:
    """Number the lines, spread the ticket's discount over them, give each its share of the base before VAT.

    Args:
        regime: under franchise no line has VAT (R21).

    Raises:
        MoneyDoesNotAddUp: the ticket's discount is more than it can be taken from.
    """
    shares = _shares_of_discount(basket)
    totals = [line.total - share for line, share in zip(basket.lines, shares, strict=True)]
    rates = [_rate_of(line, regime) for line in basket.lines]
    nets = _nets(basket.lines, totals, rates)
    return tuple(
        _frozen(line, index + 1, shares[index], totals[index], nets[index], rates[index])
        for index, line in enumerate(basket.lines)
    )


def _rate_of(line: BasketLine, regime: VatRegime) -> int:
    # what comes back has the rate it was sold with, whatever the merchant's regime is by now
    taxed = (regime is VatRegime.NORMAL or bool(line.corrects_sale_id)) and line.nature in TURNOVER_NATURES
    return line.vat_rate_bp if taxed else 0


def _nets(lines: Sequence[BasketLine], totals: Sequence[Money], rates: Sequence[int]) -> list[Money]:
    """Each line's share of the base at its rate; what is outside turnover has no VAT in it."""
    nets = list(totals)
    of_rate: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        if line.nature in TURNOVER_NATURES:
            of_rate.setdefault(rates[place], []).append(place)
    for rate_bp, places in of_rate.items():
        for place, net in zip(places, _shares_of_net(rate_bp, [totals[i] for i in places]), strict=True):
            nets[place] = net
    return nets


def _is_of(line: SaleLine, part: VatPart) -> bool:
    return line.vat_rate_bp == part.rate_bp and line.nature in TURNOVER_NATURES


def _shares_of_discount(basket: Basket) -> list[Money]:
    if not basket.discount:
        return [ZERO] * len(basket.lines)
    if not ZERO < basket.discount <= basket.discountable:
        raise MoneyDoesNotAddUp(f"discount of {basket.discount} on {basket.discountable}")
    weights = [line.total.minor if line.takes_ticket_discount else 0 for line in basket.lines]
    return allocate(basket.discount, weights)


def _frozen(
    line: BasketLine, line_no: int, ticket_discount: Money, total: Money, net: Money, vat_rate_bp: int
) -> SaleLine:
    return SaleLine(
        line_id=line.line_id,
        line_no=line_no,
        label=line.label,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount + ticket_discount,
        total=total,
        net=net,
        vat_rate_bp=vat_rate_bp,
        product_id=line.product_id,
        code=line.code,
        order_id=line.order_id,
        order_line_no=line.order_line_no,
        nature=line.nature,
        ticket_discount=ticket_discount,
        discount_reason=line.discount_reason,
        corrects_sale_id=line.corrects_sale_id,
        corrects_line_no=line.corrects_line_no,
        legal_guarantee=line.legal_guarantee,
        weigh_slip=line.weigh_slip,
    )


def _shares_of_net(rate_bp: int, totals: Sequence[Money]) -> list[Money]:
    """Each line's share of the base at one rate, to the cent: a return's shares are the exact mirror of the sale's.

    Where signs are mixed (an exchange) no proportion makes sense: each line has its own base and the biggest one takes
    what rounding left.
    """
    whole = net_of_vat(total_of(totals), rate_bp)
    if all(total.minor >= 0 for total in totals):
        return allocate(whole, [total.minor for total in totals])
    if all(total.minor <= 0 for total in totals):
        return [-share for share in allocate(-whole, [-total.minor for total in totals])]
    shares = [net_of_vat(total, rate_bp) for total in totals]
    biggest = max(range(len(totals)), key=lambda i: abs(totals[i].minor))
    shares[biggest] += whole - total_of(shares)
    return shares


def check_document(document: SaleDocument) -> None:
    """I6: lines = total = base + VAT, at each rate and in all; payments - change = total; change only from cash.

    Raises:
        MoneyDoesNotAddUp: at least one sum differs by at least one cent.
    """
    sums = {
        "lines": total_of([line.total for line in document.lines]),
        "VAT parts and what is outside": document.turnover + document.outside,
        "payments - change": total_of([payment.tendered - payment.change for payment in document.payments]),
    }
    wrong = [f"{name} {amount}" for name, amount in sums.items() if amount != document.total]
    for part in document.vat:
        lines = [line for line in document.lines if _is_of(line, part)]
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
