"""Owns the documents that the printing tests set on paper; the domain checks every amount when they are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from app.domain.catalogue import Unit
from app.domain.money import Money, total_of
from app.domain.order import (
    CounterFacts,
    LineOutcome,
    Order,
    OrderAtCounter,
    OrderLine,
    PastHandover,
    as_ordered,
    replaced,
    weighed,
    without_goods,
)
from app.domain.receipt import HandoverSlip, PickupSlip, PreparationList, SaleReceipt, SelfTest, ShopIdentity
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    freeze_lines,
    vat_parts,
)

PARIS_WINTER = timezone(timedelta(hours=1))
NOON = datetime(2026, 11, 21, 11, 5, tzinfo=UTC)

SHOP = ShopIdentity(
    name="Épicerie du Hainaut — Chez Zoé",
    address_lines=("12, rue du Général-Leclerc", "59300 Valenciennes"),
    siret="123 456 789 00012",
    vat_number="FR 12 123456789",
    footer="Merci de votre visite ! Échange sous 15 jours sur présentation du ticket.",
)

BASKET = (
    BasketLine("l1", "Baguette de tradition française", Money(130), 550, quantity=3, product_id="p1"),
    BasketLine("l2", "Maroilles fermier AOP « Cœur d’Avesnois »", Money(1890), 550, quantity=456, unit=Unit.KG),
    BasketLine(
        "l3", "Huile d'olive vierge extra 1ʳᵉ pression à froid, bidon de 5 litres, récolte 2026", Money(123450), 2000
    ),
    BasketLine("l4", "Cours de cuisine", Money(4500), 2000, quantity=90, unit=Unit.HOUR),
    BasketLine("l5", "Bière ambrée 75 cl", Money(590), 2000, quantity=2, discount=Money(100)),
    BasketLine("l6", "Presse", Money(220), 210),
)


def sale(
    lines: tuple[BasketLine, ...] = BASKET,
    payments: tuple[Payment, ...] = (),
    kind: DocumentKind = DocumentKind.SALE,
) -> SaleDocument:
    """A document of these lines; paid by card unless payments are given."""
    total = total_of([line.total for line in lines])
    document = SaleDocument(
        sale_id="s1",
        till_id="t1",
        till_letter="A",
        series="sales",
        number=42,
        kind=kind,
        happened_at=NOON,
        utc_offset_minutes=60,
        operator="Camille",
        lines=freeze_lines(Basket(tuple(lines))),
        vat=vat_parts(lines),
        payments=payments or (Payment(PaymentMeans.CARD, total, total),),
        total=total,
    )
    check_document(document)
    return document


def mixed_payments() -> tuple[Payment, ...]:
    total = total_of([line.total for line in BASKET])
    card = Money(100000)
    cash = total - card
    return (
        Payment(PaymentMeans.CARD, card, card, "autorisation 004711"),
        Payment(PaymentMeans.CASH, cash, Money(40000)),
    )


def sale_receipt(copy_no: int = 0) -> SaleReceipt:
    return SaleReceipt(SHOP, sale(payments=mixed_payments()), "Caisse A", "Comptoir 0.1.0", copy_no, "1042")


def return_receipt() -> SaleReceipt:
    lines = (BasketLine("l1", "Bière ambrée 75 cl", Money(590), 2000, quantity=-2),)
    payments = (Payment(PaymentMeans.CASH, Money(-1180), Money(-1180)),)
    return SaleReceipt(SHOP, sale(lines, payments, DocumentKind.RETURN), "Caisse A", "Comptoir 0.1.0")


ORDER_LINES = (
    OrderLine(1, "p1", "Panier de légumes d’hiver", 1, Unit.PIECE, Money(1500), 550, Money(1500), shelf="Frais 2"),
    OrderLine(
        2, "p2", "Maroilles fermier AOP", 500, Unit.KG, Money(1890), 550, Money(945), "Frais 1", withdrawal_right=False
    ),
    OrderLine(3, "p3", "Genièvre de Houlle", 1, Unit.PIECE, Money(2490), 2000, Money(2490), shelf="Cave", age_limit=18),
    OrderLine(4, "p4", "Confiture de mûres", 2, Unit.PIECE, Money(450), 550, Money(900)),
    OrderLine(
        5,
        "p5",
        "Coffret de bières du Nord, douze bouteilles de 33 cl et deux verres",
        1,
        Unit.PIECE,
        Money(3900),
        2000,
        Money(3900),
        shelf="Cave",
    ),
)

ORDER = Order(
    order_id="o1",
    reference="7F3K9XR",
    number="1042",
    spoken_code="7F3K9X",
    customer_name="Aurélie Lefebvre-Dœuf",
    placed_at=NOON - timedelta(days=1),
    total=Money(9735),
    paid_online=Money(9735),
    lines=ORDER_LINES,
    pickup_from=NOON,
    keep_until=NOON + timedelta(days=5),
    note="Sans oignons, s’il vous plaît",
)

RESULTS = (
    as_ordered(ORDER_LINES[0]),
    weighed(ORDER_LINES[1], 487),
    without_goods(ORDER_LINES[2], LineOutcome.MISSING),
    replaced(ORDER_LINES[3], "p9", "Gelée de groseilles", 2, Money(840)),
    without_goods(ORDER_LINES[4], LineOutcome.TO_FOLLOW),
)

HANDOVER = PastHandover("h1", NOON, "Camille", "Caisse A", "scan", "M. Lefebvre", RESULTS)


def handover_slip(copy_no: int = 0) -> HandoverSlip:
    order = OrderAtCounter(ORDER, CounterFacts(handovers=(HANDOVER,)))
    return HandoverSlip(SHOP, order, HANDOVER, "Caisse A", Money(0), order.to_refund, copy_no)


def preparation_list() -> PreparationList:
    return PreparationList(SHOP, OrderAtCounter(ORDER), NOON)


def self_test() -> SelfTest:
    return SelfTest(SHOP, NOON, "P1K7F3K9XRLT8T4R6BC2B2N9S")


def pickup_slip() -> PickupSlip:
    """For an order of a marketplace without codes."""
    return PickupSlip(
        SHOP, "X7KLM2", "C", "P17K7F3K9X5TTJDCCV9H9KS9P", "K7F3K9", NOON + timedelta(hours=2), NOON + timedelta(days=3)
    )
