"""Owns the wording of the tickets' page. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.money import Money
from app.domain.returns import ReturnableLine, ReturnableSale
from app.domain.sale import DocumentKind, PaymentMeans
from app.i18n import tr
from app.ui import messages
from app.ui.returns.state import Page, ReturnsNotice, ReturnsState, Said
from app.ui.sale_words import correction_refusal
from app.ui.screen import KeyHint
from app.ui.style.tokens import Role
from app.usecases.sale_queries import DocumentRow

_GOOD = frozenset({ReturnsNotice.PRINT_ASKED, ReturnsNotice.GIFT_ASKED, ReturnsNotice.MEANS_CHANGED})
_BAD = frozenset({ReturnsNotice.REFUSED, ReturnsNotice.STORE_FAILED})


def said_role(said: Said) -> Role:
    return Role.SUCCESS if said.kind in _GOOD else Role.DANGER if said.kind in _BAD else Role.WARNING


def said_words(said: Said) -> str:
    """The sentence: what happened, and what to do."""
    if said.kind is ReturnsNotice.REFUSED:
        return correction_refusal(said.values["reason"])
    if said.kind is ReturnsNotice.STORE_FAILED:
        return messages.describe_failure(said.values["error"])
    return {
        ReturnsNotice.NOT_FOUND: tr("No ticket found for “{text}”. Type its number (A-42), or its amount: 12.50"),
        ReturnsNotice.CHOOSE_LINES: tr("First choose what comes back: 1-9, or T for everything."),
        ReturnsNotice.NOTHING_LEFT: tr("{name}: nothing of it is left to come back."),
        ReturnsNotice.QUANTITY_UNCLEAR: tr("“{text}” is not clear, or more than can come back. Type *2 or *0.300"),
        ReturnsNotice.REASON_MISSING: tr("Choose a reason by its number, or type one."),
        ReturnsNotice.NOT_APPROVED: tr("Not approved: nothing was done. A manager's PIN is needed for this."),
        ReturnsNotice.PRINT_ASKED: tr("A duplicate of {number} is on its way to the printer."),
        ReturnsNotice.GIFT_ASKED: tr("The gift receipt, without prices, is on its way to the printer."),
        ReturnsNotice.MEANS_CHANGED: tr("{amount} moved from {old} to {new}, in a document of its own."),
        ReturnsNotice.AMOUNT_TOO_LARGE: tr("At most {most} can be moved: type the amount again."),
        ReturnsNotice.TRAINING_FIRST: tr("End the training first: this ticket is real."),
    }[said.kind].format(**{name: _value(value) for name, value in said.values.items()})


def _value(value: object) -> object:
    if isinstance(value, Money):
        return messages.amount(value)
    return messages.payment_means(value) if isinstance(value, PaymentMeans) else value


def kind_words(kind: DocumentKind) -> str:
    """What a document is, if it is no plain sale."""
    return {
        DocumentKind.SALE: "",
        DocumentKind.RETURN: tr("Return"),
        DocumentKind.CANCELLATION: tr("Cancellation"),
        DocumentKind.PAYMENT_CHANGE: tr("Payment corrected"),
    }[kind]


def row_title(row: DocumentRow) -> str:
    kind = kind_words(row.kind)
    return f"{row.display_number}  ·  {kind}" if kind else row.display_number


def row_detail(row: DocumentRow) -> str:
    parts = (messages.day_and_time(row.happened_at), means_words(row.means), row.operator)
    return "  ·  ".join(part for part in parts if part)


def means_words(values: Sequence[str]) -> str:
    """The means of payment of a document, each said once."""
    known = {str(means): means for means in PaymentMeans}
    said = [messages.payment_means(known[value]) if value in known else value for value in dict.fromkeys(values)]
    return " + ".join(said)


def list_title(state: ReturnsState) -> str:
    if state.searched:
        return tr("Tickets found for “{text}”").format(text=state.searched)
    return tr("Tickets of the day")


def ticket_title(ticket: ReturnableSale) -> str:
    kind = kind_words(ticket.sale.kind)
    words = tr("Ticket {number}").format(number=ticket.sale.display_number)
    return f"{words}  ·  {kind}" if kind else words


def ticket_detail(ticket: ReturnableSale) -> str:
    """When, who, how it was paid."""
    paid = [f"{messages.payment_means(means)} {messages.amount(amount)}" for means, amount in ticket.payments.items()]
    parts = (messages.day_and_time(ticket.sale.happened_at), ticket.sale.operator, *paid)
    return "  ·  ".join(part for part in parts if part)


def ticket_state(ticket: ReturnableSale) -> str:
    """What became of it, "" for nothing."""
    if ticket.cancelled:
        return tr("This ticket is cancelled.")
    return tr("Part of this ticket came back already.") if ticket.came_back else ""


def line_detail(entry: ReturnableLine, chosen: int, *, broken: bool) -> str:
    """Sold, still to come back, chosen."""
    line = entry.line
    sold = tr("sold {quantity}").format(quantity=messages.quantity(line.quantity, line.unit))
    if not chosen:
        left = messages.quantity(entry.quantity, line.unit)
        rest = tr("nothing left to come back") if not entry.quantity else tr("{left} can come back").format(left=left)
        return sold if entry.quantity == line.quantity else f"{sold}  ·  {rest}"
    back = tr("{quantity} comes back").format(quantity=messages.quantity(chosen, line.unit))
    kept = tr("not to the shelf") if broken else ""
    return "  ·  ".join(part for part in (back, kept, sold) if part)


def bring_back_words(state: ReturnsState) -> str:
    if not state.chosen:
        return tr("Take back")
    return tr("Take back {amount}").format(amount=messages.amount(state.amount_back))


def reason_title(state: ReturnsState) -> str:
    if state.redo:
        return tr("Cancel this ticket and sell it again corrected: why?")
    return tr("Cancel this ticket: why?")


def means_title(state: ReturnsState) -> str:
    ticket, old = state.ticket, state.means_from
    if ticket is None or old is None:
        return ""
    amount = messages.amount(Money(abs(ticket.payments[old].minor)))
    return tr("{amount} noted as {means}: really paid by?").format(amount=amount, means=messages.payment_means(old))


def cancelled_words(number: str, document: str, given_back: Sequence[tuple[PaymentMeans, Money]]) -> dict[str, object]:
    """The values of the sale screen's notice after a cancellation."""
    given = " + ".join(f"{messages.amount(amount)} {messages.payment_means(means)}" for means, amount in given_back)
    return {"number": number, "document": document, "given": given or messages.amount(Money(0))}


def placeholder(state: ReturnsState) -> str:
    return {
        Page.LIST: tr("Scan a ticket, or type its number or amount"),
        Page.TICKET: tr("1-9: lines that come back, *2: quantity"),
        Page.REASON: tr("Number of the reason, or your own words"),
        Page.MEANS: tr("Letter of the right payment; 5.00c for a part"),
    }[state.page]


def preview(state: ReturnsState, text: str) -> str:
    """What Enter would do."""
    match state.page:
        case Page.LIST if text:
            return tr("Find the ticket")
        case Page.LIST if state.rows:
            return tr("Show the ticket")
        case Page.TICKET if state.chosen and not text:
            return bring_back_words(state)
        case _:
            return ""


def hints(state: ReturnsState) -> list[KeyHint]:
    enter, escape = tr("Enter"), tr("Esc")
    match state.page:
        case Page.LIST:
            return [
                KeyHint(enter, tr("Show the ticket")),
                KeyHint("↑ ↓", tr("Choose")),
                KeyHint("Ctrl+S", tr("Return without ticket")),
                KeyHint("Ctrl+E", tr("Training")),
                KeyHint(escape, tr("Back")),
            ]
        case Page.TICKET:
            return [
                KeyHint("1-9", tr("Lines")),
                KeyHint("+ −", tr("One more, one less")),
                KeyHint(enter, tr("Take back")),
                KeyHint(escape, tr("Back")),
            ]
        case _:
            return [KeyHint(escape, tr("Back"))]
