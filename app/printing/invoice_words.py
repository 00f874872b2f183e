"""Owns the words of an invoice. French whatever language the shop works in: it is a document of French law."""

from __future__ import annotations

from datetime import date

from app.domain.invoice import RECOVERY_FEE, Invoice, InvoiceKind, Operation, sale_day_of
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
