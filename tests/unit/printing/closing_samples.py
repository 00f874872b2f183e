"""Owns the closures that the printing tests set on paper; their sums come from documents, as everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain.cash import CashCount, CashTotals
from app.domain.catalogue import LineNature
from app.domain.closure import ActivityCounts, Closure, ClosureKind, PeriodReport, chain_head_text
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.period_totals import PeriodTotals, VatTotal
from app.domain.receipt import CashCountSlip, Printable, XReport, ZReport
from app.domain.sale import DocumentKind, PaymentMeans
from tests.unit.printing.fiscal_samples import MERCHANT
from tests.unit.printing.samples import SHOP

TOTALS = PeriodTotals(
    sales=Money(1_284_90),
    refunds=Money(34_90),
    vat=(
        VatTotal(VatRegime.NORMAL, 2000, Money(840_00), Money(700_00), Money(140_00)),
        VatTotal(VatRegime.NORMAL, 1000, Money(15_00), Money(13_65), Money(1_35)),
        VatTotal(VatRegime.NORMAL, 550, Money(395_00), Money(374_41), Money(20_59)),
    ),
    means=(
        (PaymentMeans.CASH, Money(412_30)),
        (PaymentMeans.CARD, Money(840_90)),
        (PaymentMeans.MEAL_VOUCHER, Money(30_00)),
    ),
    outside=((LineNature.CONTAINER, Money(3_20)), (LineNature.VOUCHER, Money(30_00))),
    documents=(
        (DocumentKind.SALE, 61),
        (DocumentKind.RETURN, 2),
        (DocumentKind.CANCELLATION, 1),
        (DocumentKind.PAYMENT_CHANGE, 1),
    ),
    discount_count=4,
    discounts=Money(12_50),
)

CASH = CashTotals(
    carried=Money(150_00),
    sales=Money(412_30),
    ins=Money(20_00),
    outs=Money(8_40),
    counted=Money(568_90),
    difference=Money(-5_00),
    banked=Money(418_90),
)

DAY = Closure(
    closure_id="z1",
    till_letter="A",
    number=12,
    kind=ClosureKind.DAY,
    period="2026-11-21",
    rank=1,
    first_day=date(2026, 11, 21),
    last_day=date(2026, 11, 21),
    opened_at=datetime(2026, 11, 21, 7, 30, 2, tzinfo=UTC),
    closed_at=datetime(2026, 11, 21, 18, 45, 31, tzinfo=UTC),
    utc_offset_minutes=60,
    operator="Camille",
    first_number=43,
    last_number=107,
    first_event=12,
    last_event=31,
    totals=TOTALS,
    cash=CASH,
    activity=ActivityCounts(duplicates=2, drawer_openings=1, approvals=3, training=5, parked=1),
    year_first_day=date(2026, 1, 1),
    year_to_date=Money(312_840_15),
    perpetual=Money(1_204_331_07),
    perpetual_absolute=Money(1_241_902_33),
)


def z_report(closure: Closure = DAY, copy_no: int = 0) -> ZReport:
    return ZReport(
        shop=SHOP,
        closure=closure,
        till_name="Caisse A",
        software="Comptoir 0.1.0",
        chain_head=chain_head_text("A", closure.number, bytes(range(32))),
        signature_extract="7C0D",
        fiscal_version="1.0",
        merchant=MERCHANT,
        copy_no=copy_no,
    )


def fiscal_year() -> ZReport:
    """A year that began under franchise: no row mixes the two."""
    franchise = VatTotal(VatRegime.FRANCHISE, 0, Money(9_800_00), Money(9_800_00), Money(0))
    sales = TOTALS.sales + franchise.gross
    card = (PaymentMeans.CARD, Money(10_640_90))
    totals = replace(
        TOTALS, sales=sales, vat=(*TOTALS.vat, franchise), means=(TOTALS.means[0], card, *TOTALS.means[2:])
    )
    closure = replace(
        DAY,
        closure_id="z2",
        number=404,
        kind=ClosureKind.YEAR,
        period="2026",
        first_day=date(2026, 7, 1),
        last_day=date(2027, 6, 30),
        year_first_day=date(2026, 7, 1),
        totals=totals,
        cash=replace(CASH, counted=None),
        parts=tuple(range(380, 392)),
    )
    return z_report(closure)


def franchise_day() -> ZReport:
    """A second closure of the same day, by a merchant without VAT."""
    part = VatTotal(VatRegime.FRANCHISE, 0, Money(84_00), Money(84_00), Money(0))
    totals = PeriodTotals(
        sales=Money(84_00),
        vat=(part,),
        means=((PaymentMeans.CASH, Money(84_00)),),
        documents=((DocumentKind.SALE, 4),),
    )
    return z_report(replace(DAY, totals=totals, rank=2, cash=CashTotals(sales=Money(84_00)), activity=ActivityCounts()))


def x_report() -> XReport:
    report = PeriodReport(
        till_letter="A",
        made_at=datetime(2026, 11, 21, 13, 2, 3, tzinfo=UTC),
        utc_offset_minutes=60,
        since=datetime(2026, 11, 20, 18, 45, 31, tzinfo=UTC),
        days=(date(2026, 11, 21),),
        first_number=43,
        last_number=107,
        totals=TOTALS,
        cash=replace(CASH, counted=None, difference=Money(0), banked=Money(0)),
        activity=DAY.activity,
        perpetual=DAY.perpetual,
        perpetual_absolute=DAY.perpetual_absolute,
    )
    return XReport(SHOP, report, "Caisse A", "Comptoir 0.1.0", "Camille", MERCHANT)


def count_slip() -> CashCountSlip:
    return CashCountSlip(
        shop=SHOP,
        till_name="Caisse A",
        closure_number="A-Z0012",
        counted_at=DAY.closed_at,
        utc_offset_minutes=60,
        operator="Camille",
        count=CashCount(pieces=((5000, 6), (2000, 10), (1000, 3), (200, 9), (50, 3), (10, 6)), loose=Money(18_80)),
        expected=CASH.expected,
        difference=CASH.difference,
        reason="billet de 5 € rendu en trop, signalé par le client suivant",
        banked=CASH.banked,
        left=CASH.left,
    )


DOCUMENTS: dict[str, Printable] = {
    "z-day": z_report(),
    "z-day-copy": z_report(copy_no=2),
    "z-year": fiscal_year(),
    "z-franchise": franchise_day(),
    "x": x_report(),
    "cash-count": count_slip(),
}
