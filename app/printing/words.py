"""Owns the words and number forms on paper, in French and English.

They are not in the screens' catalogue: what a ticket says must not depend on which translations are installed, and a
person may work in English and still hand out tickets in French.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.catalogue import Unit
from app.domain.money import Money
from app.domain.order import LineOutcome, PickupMode
from app.domain.sale import DocumentKind, PaymentMeans


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Templates take their values by name."""

    decimal_mark: str
    thousands_mark: str
    siret: str
    vat_number: str
    document_number: dict[DocumentKind, str]
    duplicate: str
    operator: str
    order_number: str
    total: str
    line_count: tuple[str, str]
    discount: str
    means: dict[PaymentMeans, str]
    given_back: str
    change: str
    vat_rate: str
    net: str
    vat: str
    gross: str
    handover_slip: str
    not_fiscal: str
    customer: str
    placed: str
    handed_over: str
    handed_to: str
    outcomes: dict[LineOutcome, str]
    replaced_by: str
    total_handed_over: str
    paid_online: str
    collected: str
    left_to_pay: str
    to_refund: str
    withdrawal: str
    withdrawal_except: str
    preparation_list: str
    modes: dict[PickupMode, str]
    pickup_from: str
    keep_until: str
    note: str
    printed: str
    to_collect: str
    already_paid: str
    adults_only: str
    no_shelf: str
    pickup_slip: str
    pickup_slip_use: str
    spoken_code: str
    self_test: str
    self_test_hint: str
    date_format: str
    day_format: str


FRENCH = Words(
    decimal_mark=",",
    thousands_mark="\u202f",
    siret="SIRET {number}",
    vat_number="TVA {number}",
    document_number={
        DocumentKind.SALE: "Ticket {number}",
        DocumentKind.RETURN: "Retour {number}",
        DocumentKind.CANCELLATION: "Annulation {number}",
        DocumentKind.PAYMENT_CHANGE: "Changement {number}",
    },
    duplicate="DUPLICATA n°{copy_no}",
    operator="Vendeur {name}",
    order_number="Commande n°{number}",
    total="TOTAL",
    line_count=("{count} ligne", "{count} lignes"),
    discount="Remise",
    means={
        PaymentMeans.CASH: "Espèces",
        PaymentMeans.CARD: "Carte bancaire",
        PaymentMeans.CHEQUE: "Chèque",
        PaymentMeans.MEAL_VOUCHER: "Titre-restaurant",
        PaymentMeans.GIFT_VOUCHER: "Bon cadeau",
        PaymentMeans.ONLINE: "Payé en ligne",
        PaymentMeans.ACCOUNT: "En compte",
    },
    given_back="Remboursé : {means}",
    change="Rendu",
    vat_rate="Taux",
    net="HT",
    vat="TVA",
    gross="TTC",
    handover_slip="BON DE REMISE",
    not_fiscal="Ce bon n'est pas un ticket de caisse.",
    customer="Client : {name}",
    placed="Commandé le {moment}",
    handed_over="Remis le {moment}",
    handed_to="Remis à : {name}",
    outcomes={
        LineOutcome.GIVEN: "",
        LineOutcome.MISSING: "manquant",
        LineOutcome.REPLACED: "remplacé",
        LineOutcome.WEIGHED: "pesé",
        LineOutcome.REFUSED: "refusé",
        LineOutcome.TO_FOLLOW: "à suivre",
    },
    replaced_by="remplacé par {label}",
    total_handed_over="Total remis",
    paid_online="Payé en ligne",
    collected="Encaissé à la remise",
    left_to_pay="RESTE À PAYER",
    to_refund="À REMBOURSER",
    withdrawal="Droit de rétractation jusqu’au {day} inclus (achat à distance)",
    withdrawal_except="sauf : {labels}",
    preparation_list="À PRÉPARER",
    modes={
        PickupMode.PICKUP: "Retrait en boutique",
        PickupMode.DELIVERY: "Livraison à domicile",
        PickupMode.RELAY: "Point relais",
    },
    pickup_from="Retrait à partir du {moment}",
    keep_until="À garder jusqu'au {moment}",
    note="Note : {text}",
    printed="Imprimé le {moment}",
    to_collect="À encaisser",
    already_paid="Déjà payé",
    adults_only="majorité à vérifier ({age} ans)",
    no_shelf="Sans emplacement",
    pickup_slip="BON DE RETRAIT",
    pickup_slip_use="Montrez ce bon, ou dites le code.",
    spoken_code="Code à dire",
    self_test="PAGE D'ESSAI",
    self_test_hint="Les accents, l'euro et le cadre doivent être justes. "
    "Sinon, changez la page de caractères dans les réglages.",
    date_format="%d/%m/%Y %H:%M",
    day_format="%d/%m/%Y",
)

ENGLISH = Words(
    decimal_mark=".",
    thousands_mark=",",
    siret="SIRET {number}",
    vat_number="VAT {number}",
    document_number={
        DocumentKind.SALE: "Receipt {number}",
        DocumentKind.RETURN: "Return {number}",
        DocumentKind.CANCELLATION: "Cancellation {number}",
        DocumentKind.PAYMENT_CHANGE: "Change {number}",
    },
    duplicate="DUPLICATA n°{copy_no}",  # the French word is the one the law asks for
    operator="Served by {name}",
    order_number="Order no. {number}",
    total="TOTAL",
    line_count=("{count} line", "{count} lines"),
    discount="Discount",
    means={
        PaymentMeans.CASH: "Cash",
        PaymentMeans.CARD: "Card",
        PaymentMeans.CHEQUE: "Cheque",
        PaymentMeans.MEAL_VOUCHER: "Meal voucher",
        PaymentMeans.GIFT_VOUCHER: "Gift voucher",
        PaymentMeans.ONLINE: "Paid online",
        PaymentMeans.ACCOUNT: "On account",
    },
    given_back="Refunded: {means}",
    change="Change",
    vat_rate="Rate",
    net="Net",
    vat="VAT",
    gross="Gross",
    handover_slip="HANDOVER SLIP",
    not_fiscal="This slip is not a sales receipt.",
    customer="Customer: {name}",
    placed="Ordered on {moment}",
    handed_over="Handed over on {moment}",
    handed_to="Handed to: {name}",
    outcomes={
        LineOutcome.GIVEN: "",
        LineOutcome.MISSING: "missing",
        LineOutcome.REPLACED: "replaced",
        LineOutcome.WEIGHED: "weighed",
        LineOutcome.REFUSED: "refused",
        LineOutcome.TO_FOLLOW: "to follow",
    },
    replaced_by="replaced by {label}",
    total_handed_over="Total handed over",
    paid_online="Paid online",
    collected="Collected at handover",
    left_to_pay="LEFT TO PAY",
    to_refund="TO REFUND",
    withdrawal="Right of withdrawal until {day} included (distance sale)",
    withdrawal_except="except: {labels}",
    preparation_list="TO PREPARE",
    modes={
        PickupMode.PICKUP: "Collected in the shop",
        PickupMode.DELIVERY: "Home delivery",
        PickupMode.RELAY: "Relay point",
    },
    pickup_from="Pickup from {moment}",
    keep_until="Keep until {moment}",
    note="Note: {text}",
    printed="Printed on {moment}",
    to_collect="To collect",
    already_paid="Already paid",
    adults_only="check age ({age})",
    no_shelf="No shelf",
    pickup_slip="PICKUP SLIP",
    pickup_slip_use="Show this slip, or say the code.",
    spoken_code="Code to say",
    self_test="TEST PAGE",
    self_test_hint="Accents, the euro sign and the frame must be right. "
    "If not, change the character page in the settings.",
    date_format="%d/%m/%Y %H:%M",
    day_format="%d/%m/%Y",
)


def words_for(language: str) -> Words:
    """French unless English is asked for."""
    return ENGLISH if language == "en" else FRENCH


def bare_amount(words: Words, money: Money) -> str:
    """An amount without its currency: `1 234,50`, `-3,00`."""
    whole, cents = divmod(abs(money.minor), 100)
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{whole:,}".replace(",", words.thousands_mark) + f"{words.decimal_mark}{cents:02d}"


def amount(words: Words, money: Money) -> str:
    """An amount in euros: `1 234,50 €`."""
    return f"{bare_amount(words, money)}\u00a0€"


def rate(words: Words, rate_bp: int) -> str:
    """A VAT rate: `20 %`, `5,5 %`."""
    whole, rest = divmod(rate_bp, 100)
    decimals = f"{words.decimal_mark}{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}\u00a0%"


_UNIT_SIGNS = {Unit.KG: "kg", Unit.LITRE: "l", Unit.HOUR: "h"}


def quantity_text(words: Words, quantity: int, unit: Unit) -> str:
    """A quantity in base units as people say it: `3`, `0,456 kg`, `1 h 30`."""
    if unit is Unit.PIECE:
        return str(quantity)
    sign = "-" if quantity < 0 else ""
    whole, rest = divmod(abs(quantity), unit.base_per_priced)
    if unit is Unit.HOUR:
        return f"{sign}{whole}\u00a0h\u00a0{rest:02d}"
    return f"{sign}{whole}{words.decimal_mark}{rest:03d}\u00a0{_UNIT_SIGNS[unit]}"


def unit_price_text(words: Words, price: Money, unit: Unit) -> str:
    """The price of one unit: `1,30 €`, `3,90 €/kg`."""
    return amount(words, price) + (f"/{_UNIT_SIGNS[unit]}" if unit in _UNIT_SIGNS else "")


def moment_text(words: Words, local: datetime) -> str:
    """A moment that is already in local time: `22/11/2026 14:05`."""
    return local.strftime(words.date_format)


def exact_moment_text(words: Words, local: datetime) -> str:
    """A moment that is already in local time, to the second: `22/11/2026 14:05:31`."""
    return local.strftime(f"{words.date_format}:%S")
