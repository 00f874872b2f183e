"""Owns what papers are called on the screens and in answers of commands. No Qt, no decision."""

from __future__ import annotations

from app.domain.receipt import PrintKind
from app.i18n import LANGUAGES, language, tr
from app.usecases.sample_papers import GIFT


def paper_name(kind: PrintKind) -> str:
    """What a paper is, in a word or two."""
    return {
        PrintKind.SALE_RECEIPT: tr("Ticket"),
        PrintKind.HANDOVER_SLIP: tr("Handover slip"),
        PrintKind.PREPARATION_LIST: tr("Preparation list"),
        PrintKind.SELF_TEST: tr("Test page"),
        PrintKind.SERVICE_NOTE: tr("Note of services"),
        PrintKind.WEIGH_SLIP: tr("Weighing slip"),
        PrintKind.COUNTER_NOTICE: tr("Notice for customers"),
        PrintKind.VERIFICATION_REPORT: tr("Report of a check"),
        PrintKind.Z_REPORT: tr("Closure Z"),
        PrintKind.X_REPORT: tr("Reading X"),
        PrintKind.CASH_COUNT: tr("Cash count"),
        PrintKind.INVOICE_SLIP: tr("Invoice"),
        PrintKind.PICKUP_SLIP: tr("Pickup slip"),
        PrintKind.BAG_LABELS: tr("Bag labels"),
        PrintKind.SHELF_LABELS: tr("Shelf labels"),
        PrintKind.MARKET_SHEET: tr("Market sheet"),
    }[kind]


def sample_name(name: str) -> str:
    """What a sample of `usecases/sample_papers` shows."""
    return tr("Gift ticket") if name == GIFT else paper_name(PrintKind(name))


def other_language(customers: str = "") -> str:
    """The language that a ticket would not be in: for a customer who reads that one.

    Args: customers: what is known of it, "" for nothing; a ticket is then in the language of the program.
    """
    usual = customers if customers in LANGUAGES else language()
    return "fr" if usual == "en" else "en"


def in_other_language(customers: str = "") -> str:
    """What gives a ticket in it."""
    return tr("Ticket in French") if other_language(customers) == "fr" else tr("Ticket in English")


def code_words(whole: bool) -> str:
    """What a code holds, for whoever reads it with a phone."""
    if whole:
        return tr("Scan it with the phone: a copy of the ticket, as text. Nothing is sent anywhere.")
    return tr("Scan it with the phone: a copy of the ticket without its articles; they are on paper.")


def sample_sent_words() -> str:
    return tr("The sample goes to the printer.")


def paper_title(kind: PrintKind, number: str) -> str:
    """A paper and the number people know it by, if it has one: `Ticket A-000042`, `Notice for customers`."""
    return f"{paper_name(kind)} {number}".strip()
