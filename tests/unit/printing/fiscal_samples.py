"""Owns the fiscal documents that the printing tests set on paper; the domain checks every amount when they are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.domain.catalogue import LineNature, Unit
from app.domain.merchant import Merchant, VatRegime
from app.domain.money import Money
from app.domain.receipt import (
    CheckedChain,
    CorrectedDocument,
    CounterNotice,
    Printable,
    SaleReceipt,
    ServiceNote,
    VerificationReport,
    WeighedPiece,
    WeighSlip,
)
from app.domain.rules_fr import NO_PAPER_NOTICE
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
from tests.unit.printing.samples import NOON, SHOP

MERCHANT = Merchant(
    legal_name="Épicerie du Hainaut",
    legal_form="SARL",
    siret="73282932000074",
    vat_number="FR44732829320",
    rcs="RCS Valenciennes",
    address_lines=("3, place d’Armes", "59300 Valenciennes"),
)

TOY = BasketLine(
    "l1",
    "Train en bois",
    Money(2490),
    2000,
    discount=Money(249),
    discount_reason="boîte abîmée",
    legal_guarantee=True,
)
MEAT = BasketLine("l2", "Côte de bœuf", Money(2890), 550, quantity=1234, unit=Unit.KG, weigh_slip=True)
LABELLED = BasketLine(
    "l3", "Rôti étiqueté", Money(1890), 550, quantity=767, unit=Unit.KG, fixed_total=Money(1451), weigh_slip=True
)
SERVICE = BasketLine("l4", "Affûtage de 3 couteaux", Money(2700), 2000, nature=LineNature.SERVICE)
CONTAINER = BasketLine("l5", "Bouteille consignée 75 cl", Money(20), 0, quantity=6, nature=LineNature.CONTAINER)
VOUCHER = BasketLine("l6", "Bon d'achat n° 2291", Money(3000), 0, nature=LineNature.VOUCHER)

TICKET = Basket((TOY, MEAT, LABELLED, CONTAINER, VOUCHER), discount=Money(500), discount_reason="fidélité")


def document(
    basket: Basket,
    payments: tuple[Payment, ...] = (),
    kind: DocumentKind = DocumentKind.SALE,
    regime: VatRegime = VatRegime.NORMAL,
    series: str = "sales",
    corrects: str = "",
) -> SaleDocument:
    """A document of this basket; paid by card unless payments are given."""
    lines = freeze_lines(basket, regime)
    made = SaleDocument(
        sale_id="s1",
        till_id="t1",
        till_letter="A",
        series=series,
        number=43,
        kind=kind,
        happened_at=NOON,
        utc_offset_minutes=60,
        operator="Camille",
        lines=lines,
        vat=vat_parts(lines),
        payments=payments or (Payment(PaymentMeans.CARD, basket.total, basket.total),),
        total=basket.total,
        corrects=corrects,
        trading_day=date(2026, 11, 21),
        vat_regime=regime,
        discount_reason=basket.discount_reason,
    )
    check_document(made)
    return made


def receipt_of(sale: SaleDocument, *corrected: CorrectedDocument, copy_no: int = 0, gift: bool = False) -> SaleReceipt:
    return SaleReceipt(
        shop=SHOP,
        sale=sale,
        till_name="Caisse A",
        software="Comptoir 0.1.0",
        copy_no=copy_no,
        signature_extract="1A2B",
        fiscal_version="1.0",
        merchant=MERCHANT,
        gift=gift,
        corrected=corrected,
    )


FORTY_TWO = CorrectedDocument("s42", "A-000042", date(2026, 11, 20))
FORTY = CorrectedDocument("s40", "A-000040", date(2026, 11, 19))


def full_ticket() -> SaleReceipt:
    """Discounts, weights, a guarantee, what is outside turnover."""
    return receipt_of(document(TICKET))


def franchise_ticket() -> SaleReceipt:
    return receipt_of(document(Basket((TOY, CONTAINER)), regime=VatRegime.FRANCHISE))


def training_ticket() -> SaleReceipt:
    return receipt_of(document(Basket((TOY, MEAT)), series="training"), copy_no=1)


def cancellation() -> SaleReceipt:
    back = replace(TOY, quantity=-1, discount=-TOY.discount, corrects_sale_id="s42", corrects_line_no=1)
    basket = Basket((back,))
    paid = Payment(PaymentMeans.CARD, basket.total, basket.total)
    return receipt_of(document(basket, (paid,), DocumentKind.CANCELLATION, corrects="s42"), FORTY_TWO)


def exchange() -> SaleReceipt:
    """One comes back of each of two tickets, another leaves."""
    back = replace(TOY, quantity=-1, discount=-TOY.discount, corrects_sale_id="s42", corrects_line_no=1)
    old = BasketLine("l8", "Toupie", Money(450), 2000, quantity=-2, corrects_sale_id="s40", corrects_line_no=3)
    new = BasketLine("l9", "Puzzle de 500 pièces", Money(3500), 2000, legal_guarantee=True)
    return receipt_of(document(Basket((back, old, new))), FORTY_TWO, FORTY)


def payment_change() -> SaleReceipt:
    payments = (
        Payment(PaymentMeans.CARD, Money(-1200), Money(-1200)),
        Payment(PaymentMeans.CASH, Money(1200), Money(1200)),
    )
    changed = document(Basket(), payments, DocumentKind.PAYMENT_CHANGE, corrects="s42")
    return receipt_of(changed, FORTY_TWO)


def gift_receipt() -> SaleReceipt:
    return receipt_of(document(Basket((TOY, MEAT, CONTAINER))), gift=True)


def service_note() -> ServiceNote:
    return ServiceNote(receipt_of(document(Basket((SERVICE,)))))


def weigh_slip(training: bool = False) -> WeighSlip:
    pieces = (
        WeighedPiece("Côte de bœuf", 1234, Unit.KG, Money(2890), Money(3566)),
        WeighedPiece("Rôti étiqueté", 767, Unit.KG, Money(1890), Money(1451)),
    )
    return WeighSlip(SHOP, NOON, pieces, "A-000043", training)


def counter_notice() -> CounterNotice:
    return CounterNotice(SHOP, NO_PAPER_NOTICE)


def verification(findings: tuple[str, ...] = ()) -> VerificationReport:
    return VerificationReport(
        shop=SHOP,
        merchant=MERCHANT,
        checked_at=NOON,
        till_name="Caisse A",
        operator="Camille",
        software="Comptoir 0.1.0",
        fiscal_version="1.0",
        scope="Registre entier, chaque signature",
        chains=(
            CheckedChain("Ventes", 12042, 12042, "1A2B"),
            CheckedChain("Événements techniques", 903, 903, "99FE"),
            CheckedChain("Formation", 0, 0),
        ),
        findings=findings,
        remarks=("Le 12 novembre, 3 tickets ont été perdus avec une ancienne copie : A-000031 à A-000033.",)
        if findings
        else (),
    )


FINDINGS = (
    "Ticket A-000042 : le libellé d’une ligne a été changé.",
    "Tickets A-000044 à A-000046 : ils manquent à la fin du registre ; la clôture imprimée du 20 novembre les connaît.",
)

DOCUMENTS: dict[str, Printable] = {
    "full-ticket": full_ticket(),
    "franchise": franchise_ticket(),
    "training": training_ticket(),
    "cancellation": cancellation(),
    "exchange": exchange(),
    "payment-change": payment_change(),
    "gift": gift_receipt(),
    "note": service_note(),
    "weigh-slip": weigh_slip(),
    "weigh-slip-training": weigh_slip(training=True),
    "notice": counter_notice(),
    "verified": verification(),
    "tampered": verification(FINDINGS),
}
