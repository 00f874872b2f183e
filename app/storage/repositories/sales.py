"""Owns sales in the database: documents are added, never changed; numbers have no gap and no double (R7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.catalogue import LineNature, Unit
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.sale import DocumentKind, Payment, PaymentMeans, SaleDocument, SaleLine, VatPart
from app.storage.repositories.order_rows import paid_for_order
from app.storage.repositories.order_views import OrderViews
from app.storage.sale_reads import correcting_ids, recorded_online_ids
from app.storage.sale_tables import sale, sale_line, sale_payment, sale_vat
from app.storage.session import Row, Session
from app.storage.tables import product_popularity
from app.storage.values import time_of, time_text

_INSERT_SALE = insert(sale).values({c.name: bindparam(c.name) for c in sale.c if c.name != "row_id"})
_INSERT_LINE = insert(sale_line)
_INSERT_PAYMENT = insert(sale_payment)
_INSERT_VAT = insert(sale_vat)
_INSERT_POPULARITY = insert(product_popularity)
_SOLD_AGAIN = _INSERT_POPULARITY.on_conflict_do_update(
    index_elements=[product_popularity.c.product_id],
    set_={"sold_count": product_popularity.c.sold_count + _INSERT_POPULARITY.excluded.sold_count},
)
_SALE = select(*(column for column in sale.c if column.name != "row_id")).where(sale.c.sale_id == bindparam("sale_id"))
_LINES = (
    select(*(column for column in sale_line.c if column.name != "sale_id"))
    .where(sale_line.c.sale_id == bindparam("sale_id"))
    .order_by(sale_line.c.line_no)
)
_PAYMENTS = (
    select(sale_payment.c.means, sale_payment.c.amount_minor, sale_payment.c.tendered_minor, sale_payment.c.reference)
    .where(sale_payment.c.sale_id == bindparam("sale_id"))
    .order_by(sale_payment.c.position)
)
_VAT = (
    select(sale_vat.c.rate_bp, sale_vat.c.gross_minor, sale_vat.c.net_minor, sale_vat.c.vat_minor)
    .where(sale_vat.c.sale_id == bindparam("sale_id"))
    .order_by(sale_vat.c.rate_bp.desc())
)


class SaleRows:
    """Implements `ports.Sales`."""

    def __init__(self, session: Session, views: OrderViews) -> None:
        self._session = session
        self._views = views

    def add(self, sale: SaleDocument) -> None:
        self._session.run(
            _INSERT_SALE,
            sale_id=sale.sale_id,
            till_id=sale.till_id,
            till_letter=sale.till_letter,
            series=sale.series,
            number=sale.number,
            kind=sale.kind.value,
            happened_at=time_text(sale.happened_at),
            utc_offset_minutes=sale.utc_offset_minutes,
            operator=sale.operator,
            total_minor=sale.total.minor,
            order_id=sale.order_id,
            corrects=sale.corrects,
            trading_day=sale.trading_day.isoformat() if sale.trading_day else "",
            vat_regime=sale.vat_regime.value,
            discount_reason=sale.discount_reason,
        )
        self._session.run_many(_INSERT_LINE, [_line_row(sale.sale_id, line) for line in sale.lines])
        self._session.run_many(
            _INSERT_PAYMENT,
            [_payment_row(sale.sale_id, position, payment) for position, payment in enumerate(sale.payments)],
        )
        self._session.run_many(_INSERT_VAT, [_vat_row(sale.sale_id, part) for part in sale.vat])
        self._count_favourites(sale)
        for order_id in {line.order_id for line in sale.lines if line.order_id}:
            self._views.facts_changed(order_id)

    def get(self, sale_id: str) -> SaleDocument | None:
        return load_sale(self._session, sale_id)

    def correcting(self, sale_id: str) -> Sequence[SaleDocument]:
        return self._all(correcting_ids(self._session, sale_id))

    def recorded_online(self, order_id: str) -> Sequence[SaleDocument]:
        return self._all(recorded_online_ids(self._session, order_id))

    def _all(self, sale_ids: Sequence[str]) -> list[SaleDocument]:
        return [found for sale_id in sale_ids if (found := load_sale(self._session, sale_id)) is not None]

    def paid_for_order(self, order_id: str) -> int:
        return paid_for_order(self._session, order_id)

    def _count_favourites(self, sale: SaleDocument) -> None:
        if sale.kind is not DocumentKind.SALE:
            return
        leaving = (line for line in sale.lines if line.quantity > 0 and not line.order_id)
        sold = Counter(line.product_id for line in leaving if line.product_id)
        self._session.run_many(
            _SOLD_AGAIN, [{"product_id": product_id, "sold_count": count} for product_id, count in sold.items()]
        )


def load_sale(session: Session, sale_id: str) -> SaleDocument | None:
    row = session.one(_SALE, sale_id=sale_id)
    if row is None:
        return None
    return SaleDocument(
        sale_id=row[0],
        till_id=row[1],
        till_letter=row[2],
        series=row[3],
        number=row[4],
        kind=DocumentKind(row[5]),
        happened_at=time_of(row[6]),
        utc_offset_minutes=row[7],
        operator=row[8],
        total=Money(row[9]),
        order_id=row[10],
        corrects=row[11],
        trading_day=date.fromisoformat(row[12]) if row[12] else None,
        vat_regime=VatRegime(row[13]),
        discount_reason=row[14],
        lines=tuple(_line_of(line) for line in session.rows(_LINES, sale_id=sale_id)),
        vat=tuple(
            VatPart(rate, Money(gross), Money(net), Money(vat))
            for rate, gross, net, vat in session.rows(_VAT, sale_id=sale_id)
        ),
        payments=tuple(
            Payment(PaymentMeans(means), Money(amount), Money(tendered), reference)
            for means, amount, tendered, reference in session.rows(_PAYMENTS, sale_id=sale_id)
        ),
    )


def _line_of(row: Row) -> SaleLine:
    return SaleLine(
        line_no=row[0],
        line_id=row[1],
        label=row[2],
        quantity=row[3],
        unit=Unit(row[4]),
        unit_price=Money(row[5]),
        discount=Money(row[6]),
        total=Money(row[7]),
        net=Money(row[8]),
        vat_rate_bp=row[9],
        product_id=row[10],
        code=row[11],
        order_id=row[12],
        order_line_no=row[13],
        nature=LineNature(row[14]),
        ticket_discount=Money(row[15]),
        discount_reason=row[16],
        corrects_sale_id=row[17],
        corrects_line_no=row[18],
        legal_guarantee=bool(row[19]),
        weigh_slip=bool(row[20]),
    )


def _line_row(sale_id: str, line: SaleLine) -> dict[str, object]:
    return {
        "sale_id": sale_id,
        "line_no": line.line_no,
        "line_id": line.line_id,
        "label": line.label,
        "quantity": line.quantity,
        "unit": line.unit.value,
        "unit_price_minor": line.unit_price.minor,
        "discount_minor": line.discount.minor,
        "total_minor": line.total.minor,
        "net_minor": line.net.minor,
        "vat_rate_bp": line.vat_rate_bp,
        "product_id": line.product_id,
        "code": line.code,
        "order_id": line.order_id,
        "order_line_no": line.order_line_no,
        "nature": line.nature.value,
        "ticket_discount_minor": line.ticket_discount.minor,
        "discount_reason": line.discount_reason,
        "corrects_sale_id": line.corrects_sale_id,
        "corrects_line_no": line.corrects_line_no,
        "legal_guarantee": line.legal_guarantee,
        "weigh_slip": line.weigh_slip,
    }


def _payment_row(sale_id: str, position: int, payment: Payment) -> dict[str, object]:
    return {
        "sale_id": sale_id,
        "position": position,
        "means": payment.means.value,
        "amount_minor": payment.amount.minor,
        "tendered_minor": payment.tendered.minor,
        "reference": payment.reference,
    }


def _vat_row(sale_id: str, part: VatPart) -> dict[str, object]:
    return {
        "sale_id": sale_id,
        "rate_bp": part.rate_bp,
        "gross_minor": part.gross.minor,
        "net_minor": part.net.minor,
        "vat_minor": part.vat.minor,
    }
