"""Owns the words of an invoice. French whatever language the shop works in: it is a document of French law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.domain.invoice import RECOVERY_FEE, Invoice, InvoiceKind, Operation, sale_day_of
from app.domain.money import Money
from app.domain.rules_fr import franchise_mention
from app.domain.sale import PaymentMeans
from app.printing.words import FRENCH, amount

TITLES = {InvoiceKind.INVOICE: "Facture", InvoiceKind.CREDIT_NOTE: "Avoir"}
OPERATIONS = {
    Operation.GOODS: "Livraison de biens",
    Operation.SERVICES: "Prestation de services",
    Operation.MIXED: "Livraison de biens et prestation de services",
}
ON_DEBITS = "Option pour le paiement de la taxe d'après les débits."
LATE_PENALTY = (
    "En cas de retard de paiement, pénalités au taux de trois fois le taux d'intérêt légal, exigibles sans rappel."
)
RECOVERY_FEE_MENTION = (
    f"Indemnité forfaitaire pour frais de recouvrement en cas de retard : {amount(FRENCH, RECOVERY_FEE)}."
)
NO_EARLY_PAYMENT_DISCOUNT = "Pas d'escompte pour paiement anticipé."


def ticket_reference(invoice: Invoice) -> str:
    """What links it to the ticket: "Facture du ticket A-000042 du 21/11/2026"."""
    return f"{TITLES[invoice.kind]} du ticket {invoice.sale.display_number} du {day_text(sale_day_of(invoice.sale))}"


def payment_terms(invoice: Invoice) -> str:
    """When it is or was paid, and what a late payment costs."""
    if invoice.due:
        return f"À payer au plus tard le {day_text(invoice.due_day)}. {LATE_PENALTY}"
    return f"Réglé le {day_text(invoice.due_day)}. {LATE_PENALTY}"


def day_text(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def sums(invoice: Invoice) -> Iterator[tuple[str, Money]]:
    """What it comes to, what was paid of it, what is left, each with its name."""
    if invoice.charges_vat:
        yield "Total HT", invoice.net
        yield "Total TVA", invoice.vat_total
        yield "Total TTC", invoice.total
    else:
        yield "Total", invoice.total
    if invoice.kind is InvoiceKind.INVOICE:
        if invoice.paid:
            yield f"Déjà réglé ({_means(invoice)})", invoice.paid
        yield "Net à payer", invoice.due
    else:
        if invoice.paid:
            yield f"Déjà remboursé ({_means(invoice)})", invoice.paid
        yield "À déduire du compte", invoice.due


def _means(invoice: Invoice) -> str:
    used = (payment.means for payment in invoice.sale.payments if payment.means is not PaymentMeans.ACCOUNT)
    return ", ".join(dict.fromkeys(FRENCH.means[means].lower() for means in used))


def legal_mentions(invoice: Invoice) -> Iterator[str]:
    """What the law wants said below the sums; of a merchant in franchise that comes first."""
    if not invoice.charges_vat:
        yield franchise_mention(invoice.issue_day)
    if invoice.vat_on_debits:
        yield ON_DEBITS
    if invoice.outside:
        outside = amount(FRENCH, invoice.outside)
        yield f"Le même ticket porte {outside} hors TVA (consigne, acompte ou bon), non facturés ici."
    if invoice.kind is InvoiceKind.INVOICE:
        yield from (payment_terms(invoice), RECOVERY_FEE_MENTION, NO_EARLY_PAYMENT_DISCOUNT)


def price_text(price: Decimal) -> str:
    """A unit price with two to four decimals: rounding more would not give the line's total."""
    text = f"{price:.4f}"
    text = text[:-2] if text.endswith("00") else text
    return text.replace(".", FRENCH.decimal_mark)


def in_threes(number: str) -> str:
    """`732 829 320`."""
    return "\u00a0".join(number[at : at + 3] for at in range(0, len(number), 3))
