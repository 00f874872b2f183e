"""Owns the wording of refused invoices. No Qt, no decision."""

from __future__ import annotations

from app.domain.invoice import MAX_DUE_DAYS, BuyerProblem, SellerProblem
from app.i18n import tr
from app.usecases.issue_invoice import FileMissing, InvoiceRefusal, InvoiceRefused


def refusal_words(refused: InvoiceRefused) -> str:
    """Why there is no invoice and what to do, in a sentence or two."""
    if refused.buyer_problems:
        return buyer_problem_words(refused.buyer_problems[0])
    if refused.seller_problems:
        return seller_problem_words(refused.seller_problems[0])
    number = refused.earlier.display_number if refused.earlier else ""
    return {
        InvoiceRefusal.UNKNOWN_TICKET: tr("No ticket has this number. It looks like A-000042."),
        InvoiceRefusal.NOT_SEALED: tr("This ticket is older than the ledger: no invoice can be made of it here."),
        InvoiceRefusal.NOTHING_TO_INVOICE: tr("Nothing on this ticket is turnover: there is nothing to invoice."),
        InvoiceRefusal.CANCELLED: tr("This ticket was cancelled: make the invoice from the one that replaced it."),
        InvoiceRefusal.ALREADY_INVOICED: tr("This ticket has its invoice already: {number}."),
        InvoiceRefusal.NOT_INVOICED: tr(
            "What comes back here was never invoiced: the ticket is enough, no credit note is needed."
        ),
        InvoiceRefusal.ANOTHER_BUYER: tr("{number} was made out to another business: it alone can be credited."),
        InvoiceRefusal.SELLER_INCOMPLETE: tr("The merchant's details are not complete."),
        InvoiceRefusal.BUYER_WRONG: tr("Say whom the invoice is for: SIREN, name and address."),
        InvoiceRefusal.WRONG_DUE_DAYS: tr("What is on account must be paid within {days} days."),
    }[refused.reason].format(number=number, days=MAX_DUE_DAYS)


def missing_words(missing: FileMissing, number: str) -> str:
    """Why the file of an invoice cannot be had again."""
    return {
        FileMissing.ERASED: tr("Whom {number} was made out to was erased, and its file with it."),
        FileMissing.CHANGED: tr(
            "The file kept for {number} is not the one that was made: somebody changed the database. Check the ledger."
        ),
    }[missing].format(number=number)


def buyer_problem_words(problem: BuyerProblem) -> str:
    """What to put right about who buys."""
    return {
        BuyerProblem.NO_NAME: tr("Say whom the invoice is for: SIREN, name and address."),
        BuyerProblem.NO_ADDRESS: tr("Give the address of the business: the law wants it on the invoice."),
        BuyerProblem.TEXT_TOO_LONG: tr("Name or address is too long: five lines of 120 ordinary characters at most."),
        BuyerProblem.SIREN: tr("This SIREN cannot be right. It has nine digits; check them."),
        BuyerProblem.VAT_NUMBER: tr("This VAT number cannot be right. A French one is FR, two signs, the SIREN."),
        BuyerProblem.VAT_NUMBER_OF_ANOTHER: tr("This VAT number belongs to another SIREN."),
    }[problem]


def seller_problem_words(problem: SellerProblem) -> str:
    """What the shop must tell of itself first."""
    missing = {
        SellerProblem.NO_NAME: tr("its legal name"),
        SellerProblem.NO_SIRET: tr("its SIRET"),
        SellerProblem.NO_ADDRESS: tr("its address"),
        SellerProblem.NO_VAT_NUMBER: tr("its VAT number"),
    }[problem]
    text = tr("An invoice needs the shop's details, and {missing} is missing: enter it in the settings.")
    return text.format(missing=missing)
