"""Owns what each paper shows while nobody asks for a real one: previews, and samples to try a printer with. Each says
SPECIMEN, tickets are training ones besides: no sample can pass for a document. Nothing of it enters the ledger.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.domain.cash import CashCount, CashTotals
from app.domain.catalogue import LineNature, Unit
from app.domain.closure import ActivityCounts, Closure, ClosureKind, PeriodReport
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money
from app.domain.order import CounterFacts, Order, OrderAtCounter, OrderLine, PastHandover, as_ordered
from app.domain.period_totals import PeriodTotals, VatTotal
from app.domain.receipt import (
    BagLabels,
    CashCountSlip,
    CounterNotice,
    HandoverSlip,
    ListedOrder,
    MarketSheet,
    PickupSlip,
    PreparationList,
    Printable,
    PrintKind,
    SaleReceipt,
    SelfTest,
    ServiceNote,
    ShelfLabel,
    ShelfLabels,
    ShopIdentity,
    WeighedPiece,
    WeighSlip,
    XReport,
    ZReport,
)
from app.domain.rules_fr import NO_PAPER_NOTICE
from app.domain.sale import (
    TRAINING_SERIES,
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    freeze_lines,
    vat_parts,
)
from app.usecases.ports import Counter, PrintJob, Touched
from app.usecases.print_document import SELF_TEST_QR
from app.usecases.queue_print import queue_print

SPECIMEN = "SPECIMEN"
GIFT = "gift"
"""The one sample that shares its kind with another."""

SampleName = str
"""A `PrintKind`'s value, or GIFT."""

SAMPLES: tuple[SampleName, ...] = (
    PrintKind.SALE_RECEIPT,
    GIFT,
    PrintKind.SERVICE_NOTE,
    PrintKind.HANDOVER_SLIP,
    PrintKind.PREPARATION_LIST,
    PrintKind.BAG_LABELS,
    PrintKind.PICKUP_SLIP,
    PrintKind.SHELF_LABELS,
    PrintKind.WEIGH_SLIP,
    PrintKind.X_REPORT,
    PrintKind.Z_REPORT,
    PrintKind.CASH_COUNT,
    PrintKind.MARKET_SHEET,
    PrintKind.COUNTER_NOTICE,
    PrintKind.SELF_TEST,
)
"""Every paper that can be looked at, in the order in which a shop meets them."""

_CODE = "P1 SPECIMEN"
"""In the QR: no code of any shop."""


def sample_paper(name: SampleName, shop: ShopIdentity, till_name: str, software: str, now: datetime) -> Printable:
    """The paper as this shop would hand it out.

    Args:
        name: one of SAMPLES.
        now: aware UTC.
    """
    shown = replace(shop, name=f"{SPECIMEN} {shop.name}".strip())
    match name:
        case PrintKind.SALE_RECEIPT:
            return SaleReceipt(shown, _sale(now), till_name, software, order_number="1042")
        case "gift":
            return SaleReceipt(shown, _sale(now), till_name, software, gift=True)
        case PrintKind.SERVICE_NOTE:
            return ServiceNote(SaleReceipt(shown, _sale(now, _SERVICE), till_name, software))
        case PrintKind.HANDOVER_SLIP:
            return HandoverSlip(shown, _order(now, handed_over=True), _handover(now, till_name), till_name, ZERO, ZERO)
        case PrintKind.PREPARATION_LIST:
            return PreparationList(shown, _order(now), now)
        case PrintKind.BAG_LABELS:
            return BagLabels(shown, "", "1042", SPECIMEN, "7F3K9X", _CODE, "B2", 1, now + timedelta(days=3))
        case PrintKind.PICKUP_SLIP:
            return PickupSlip(shown, "1042", "S", _CODE, "7F3K9X", now, now + timedelta(days=3))
        case PrintKind.SHELF_LABELS:
            return ShelfLabels(shown, _shelf_labels())
        case PrintKind.WEIGH_SLIP:
            piece = WeighedPiece("Maroilles fermier AOP", 456, Unit.KG, Money(18_90), Money(8_62))
            return WeighSlip(shown, now, (piece,), training=True)
        case PrintKind.X_REPORT:
            return XReport(shown, _period(now), till_name, software, SPECIMEN)
        case PrintKind.Z_REPORT:
            return ZReport(shown, _closure(now), till_name, software)
        case PrintKind.CASH_COUNT:
            return _count(shown, till_name, now)
        case PrintKind.MARKET_SHEET:
            return MarketSheet(shown, till_name, now, _listed())
        case PrintKind.COUNTER_NOTICE:
            return CounterNotice(shown, NO_PAPER_NOTICE)
        case _:
            return SelfTest(shown, now, SELF_TEST_QR)


def print_sample(counter: Counter, name: SampleName) -> PrintJob:
    """Queue a sample of a paper."""
    kind = PrintKind.SALE_RECEIPT if name == GIFT else PrintKind(name)
    with counter.unit_of_work() as uow:
        till = uow.identity()
        document = sample_paper(name, till.shop, till.till_name, counter.software, counter.clock.now())
        job = queue_print(uow, counter, kind, document, SPECIMEN)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


_GOODS = Basket(
    (
        BasketLine("l1", "Baguette de tradition française", Money(1_30), 550, quantity=3),
        BasketLine("l2", "Maroilles fermier AOP « Cœur d’Avesnois »", Money(18_90), 550, quantity=456, unit=Unit.KG),
        BasketLine("l3", "Vélo d'appartement", Money(1_234_50), 2000),
    )
)
_SERVICE = Basket((BasketLine("l1", "Affûtage de trois couteaux", Money(27_00), 2000, nature=LineNature.SERVICE),))


def _sale(now: datetime, basket: Basket = _GOODS) -> SaleDocument:
    lines = freeze_lines(basket)
    return SaleDocument(
        sale_id="specimen",
        till_id="",
        till_letter="A",
        series=TRAINING_SERIES,
        number=42,
        kind=DocumentKind.SALE,
        happened_at=now,
        utc_offset_minutes=0,
        operator=SPECIMEN,
        lines=lines,
        vat=vat_parts(lines),
        payments=(Payment(PaymentMeans.CARD, basket.total, basket.total),),
        total=basket.total,
    )


_LINES = (
    OrderLine(1, "p1", "Panier de légumes d’hiver", 1, Unit.PIECE, Money(15_00), 550, Money(15_00), shelf="Frais 2"),
    OrderLine(2, "p2", "Maroilles fermier AOP", 500, Unit.KG, Money(18_90), 550, Money(9_45), shelf="Frais 1"),
    OrderLine(3, "p3", "Genièvre", 1, Unit.PIECE, Money(24_90), 2000, Money(24_90), shelf="Cave", age_limit=18),
)


def _order(now: datetime, *, handed_over: bool = False) -> OrderAtCounter:
    total = Money(49_35)
    order = Order(
        order_id="",
        reference="",
        number="1042",
        spoken_code="7F3K9X",
        customer_name=SPECIMEN,
        placed_at=now - timedelta(days=1),
        total=total,
        paid_online=total,
        lines=_LINES,
        pickup_from=now,
        keep_until=now + timedelta(days=3),
        note="Sans oignons",
    )
    return OrderAtCounter(order, CounterFacts(handovers=(_handover(now, ""),)) if handed_over else CounterFacts())


def _handover(now: datetime, till_name: str) -> PastHandover:
    return PastHandover("", now, SPECIMEN, till_name, "scan", SPECIMEN, tuple(as_ordered(line) for line in _LINES))


def _shelf_labels() -> tuple[ShelfLabel, ...]:
    return (
        ShelfLabel(f"{SPECIMEN} Bière ambrée 75 cl", Money(5_90), Unit.PIECE, Money(7_87), Unit.LITRE, "3057067201236"),
        ShelfLabel(f"{SPECIMEN} Maroilles fermier AOP", Money(18_90), Unit.KG, Money(18_90), Unit.KG),
    )


def _listed() -> tuple[ListedOrder, ...]:
    return (
        ListedOrder("1042", f"{SPECIMEN} Aurélie", "7F3K9X", Money(12_50), 2, "B2", 3, 18),
        ListedOrder("1044", f"{SPECIMEN} Zoé", "K2P4TV", ZERO, 1, "B3", 1),
    )


_TOTALS = PeriodTotals(
    sales=Money(360_00),
    vat=(VatTotal(VatRegime.NORMAL, 2000, Money(360_00), Money(300_00), Money(60_00)),),
    means=((PaymentMeans.CASH, Money(120_00)), (PaymentMeans.CARD, Money(240_00))),
    documents=((DocumentKind.SALE, 12),),
)


def _period(now: datetime) -> PeriodReport:
    return PeriodReport(
        till_letter="A",
        made_at=now,
        utc_offset_minutes=0,
        since=now - timedelta(hours=10),
        days=(now.date(),),
        first_number=0,
        last_number=0,
        totals=_TOTALS,
        cash=CashTotals(carried=Money(100_00), sales=Money(120_00)),
        activity=ActivityCounts(),
        perpetual=Money(360_00),
        perpetual_absolute=Money(360_00),
    )


def _closure(now: datetime) -> Closure:
    day: date = now.date()
    return Closure(
        closure_id="specimen",
        till_letter="A",
        number=0,
        kind=ClosureKind.DAY,
        period=day.isoformat(),
        rank=1,
        first_day=day,
        last_day=day,
        opened_at=now - timedelta(hours=10),
        closed_at=now,
        utc_offset_minutes=0,
        operator=SPECIMEN,
        first_number=0,
        last_number=0,
        first_event=0,
        last_event=0,
        totals=_TOTALS,
        cash=CashTotals(carried=Money(100_00), sales=Money(120_00), counted=Money(220_00), banked=Money(120_00)),
        activity=ActivityCounts(),
        year_first_day=date(day.year, 1, 1),
        year_to_date=Money(360_00),
        perpetual=Money(360_00),
        perpetual_absolute=Money(360_00),
    )


def _count(shop: ShopIdentity, till_name: str, now: datetime) -> CashCountSlip:
    return CashCountSlip(
        shop=shop,
        till_name=till_name,
        closure_number=SPECIMEN,
        counted_at=now,
        utc_offset_minutes=0,
        operator=SPECIMEN,
        count=CashCount(pieces=((5000, 2), (2000, 4), (1000, 3), (200, 5))),
        expected=Money(220_00),
        difference=ZERO,
        banked=Money(120_00),
        left=Money(100_00),
    )
