"""Owns years of trade for the measures: a ledger of real rows (sealed by the program's own functions), written in bulk.

One ticket takes the time of its canonical bytes, its signature and its inserts; closures are made by the use case.
Facts and stock are left out: nothing that is measured on these years reads them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from app.bootstrap.core import Core
from app.domain.canonical import canonical_bytes, sale_body
from app.domain.fiscal import LedgerHead, Series, link
from app.domain.money import Money
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    freeze_lines,
    vat_parts,
)

FIRST_DAY = date(2016, 1, 4)
OPENS_AT_HOUR_UTC = 8
TILL_LETTER, TILL_ID = "A", "till-a"
_RATES = (550, 550, 2000, 1000)
_CARD_SHARE = 0.6

_SALE = (
    "INSERT INTO sale (sale_id, till_id, till_letter, series, number, kind, happened_at, utc_offset_minutes, operator, "
    "total_minor, order_id, corrects, trading_day, vat_regime, discount_reason) "
    "VALUES (?, ?, ?, 'sales', ?, 'sale', ?, 60, 'Zoé', ?, '', '', ?, 'normal', '')"
)
_LINE = (
    "INSERT INTO sale_line (sale_id, line_no, line_id, label, quantity, unit, unit_price_minor, discount_minor, "
    "total_minor, net_minor, vat_rate_bp, product_id, code, order_id, order_line_no, nature, ticket_discount_minor, "
    "discount_reason, corrects_sale_id, corrects_line_no, legal_guarantee, weigh_slip) "
    "VALUES (?, ?, ?, ?, ?, 'piece', ?, 0, ?, ?, ?, '', '', '', 0, 'goods', 0, '', '', 0, 0, 0)"
)
_PAYMENT = (
    "INSERT INTO sale_payment (sale_id, position, means, amount_minor, tendered_minor, reference) "
    "VALUES (?, 0, ?, ?, ?, '')"
)
_VAT = "INSERT INTO sale_vat (sale_id, rate_bp, gross_minor, net_minor, vat_minor) VALUES (?, ?, ?, ?, ?)"
_LEDGER = (
    "INSERT INTO ledger (till_letter, series, number, kind, record_id, happened_at, trading_day, canonical, hash, "
    "signature, key_id) VALUES ('A', 'sales', ?, 'sale', ?, ?, ?, ?, ?, ?, ?)"
)


class YearsClock:
    """Goes where it is told: each day of trade in its turn."""

    def __init__(self) -> None:
        self.moment = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, OPENS_AT_HOUR_UTC, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def utc_offset_minutes(self) -> int:
        return 60

    def next_day(self) -> None:
        """On to the next morning."""
        self.moment = (self.moment + timedelta(days=1)).replace(hour=OPENS_AT_HOUR_UTC, minute=0, second=0)


def trade(
    core: Core,
    clock: YearsClock,
    tickets: int,
    a_day: int,
    close: Callable[[], None],
    *,
    closed_last: bool = False,
    first_id: int = 1,
) -> None:
    """Sell so many tickets, so many a day, and close each day but the last (which, unless `closed_last`, stays open).

    Args:
        first_id: of the sales' ids, which must not repeat.
        close: closes the day that is open; called after the day's last ticket.
    """
    chance = random.Random(tickets)
    ids = count(first_id)
    left = tickets
    while left:
        todays = min(a_day, left)
        left -= todays
        _sell_a_day(core, clock, todays, chance, ids)
        if left or closed_last:
            clock.moment += timedelta(minutes=1)
            close()
            clock.next_day()


def _sell_a_day(core: Core, clock: YearsClock, tickets: int, chance: random.Random, ids: Iterator[int]) -> None:
    signer, software = core.counter.signer, core.counter.software
    rows: dict[str, list[tuple[Any, ...]]] = {sql: [] for sql in (_SALE, _LINE, _PAYMENT, _VAT, _LEDGER)}
    step = timedelta(seconds=36_000 // max(tickets, 1))
    with core.counter.unit_of_work() as uow:
        head = uow.ledger.head(TILL_LETTER, Series.SALES)
        for _ in range(tickets):
            clock.moment += step
            sale = _a_sale(f"s-{next(ids):08d}", head.number + 1, clock.moment, chance)
            head = _sealed(sale, head, signer, software, rows)
        connection = uow.session._connection  # type: ignore[attr-defined]  # noqa: SLF001  # in bulk, past the repositories
        for sql, values in rows.items():
            connection.executemany(sql, values)
        uow.ledger.set_head(TILL_LETTER, Series.SALES, head)
        uow.commit()


def _sealed(
    sale: SaleDocument, head: LedgerHead, signer: Any, software: str, rows: dict[str, list[tuple[Any, ...]]]
) -> LedgerHead:
    at, day = sale.happened_at, sale.trading_day
    assert day is not None
    after = LedgerHead(
        perpetual=head.perpetual + sale.turnover, perpetual_absolute=head.perpetual_absolute + sale.turnover
    )
    canonical = canonical_bytes(
        series=Series.SALES,
        number=sale.number,
        kind=sale.kind,
        till_letter=TILL_LETTER,
        till_id=TILL_ID,
        happened_at=at,
        utc_offset_minutes=60,
        trading_day=day,
        record_id=sale.sale_id,
        operator=sale.operator,
        software=software,
        body=sale_body(sale, after),
    )
    digest = link(head, canonical)
    signature = signer.sign(digest)
    moment = _time_text(at)
    rows[_SALE].append((sale.sale_id, TILL_ID, TILL_LETTER, sale.number, moment, sale.total.minor, day.isoformat()))
    rows[_LINE] += [
        (
            sale.sale_id,
            line.line_no,
            line.line_id,
            line.label,
            line.quantity,
            line.unit_price.minor,
            line.total.minor,
            line.net.minor,
            line.vat_rate_bp,
        )
        for line in sale.lines
    ]
    (payment,) = sale.payments
    rows[_PAYMENT].append((sale.sale_id, payment.means.value, payment.amount.minor, payment.tendered.minor))
    rows[_VAT] += [(sale.sale_id, p.rate_bp, p.gross.minor, p.net.minor, p.vat.minor) for p in sale.vat]
    rows[_LEDGER].append(
        (sale.number, sale.sale_id, moment, day.isoformat(), canonical, digest, signature, signer.key_id)
    )
    return LedgerHead(sale.number, digest, signature, after.perpetual, after.perpetual_absolute, day, at)


def _a_sale(sale_id: str, number: int, at: datetime, chance: random.Random) -> SaleDocument:
    lines = freeze_lines(
        Basket(
            tuple(
                BasketLine(
                    f"{sale_id}-{place}",
                    f"Article {chance.randrange(2000)}",
                    Money(chance.randrange(90, 2500)),
                    chance.choice(_RATES),
                    chance.choice((1, 1, 1, 2)),
                )
                for place in range(chance.choice((1, 1, 2, 3)))
            )
        )
    )
    total = Money(sum(line.total.minor for line in lines))
    means = PaymentMeans.CARD if chance.random() < _CARD_SHARE else PaymentMeans.CASH
    return SaleDocument(
        sale_id=sale_id,
        till_id=TILL_ID,
        till_letter=TILL_LETTER,
        series="sales",
        number=number,
        kind=DocumentKind.SALE,
        happened_at=at,
        utc_offset_minutes=60,
        operator="Zoé",
        lines=lines,
        vat=vat_parts(lines),
        payments=(Payment(means, total, total),),
        total=total,
        trading_day=at.date(),
    )


def _time_text(moment: datetime) -> str:
    from app.storage.values import time_text

    return time_text(moment)
