"""Owns the wording of the outbox screen: what waits, why, and what to do about it. No Qt, no decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.i18n import tr, trn
from app.ui import messages
from app.ui.clock_words import skew_words
from app.ui.exception_sides import settled_words
from app.ui.exception_words import (
    answer_words,
    asked_again_words,
    broken_words,
    change_words,
    exception_explanation,
    exception_title,
    fact_title,
    repair_words,
    setting_aside_words,
    settling_words,
)
from app.ui.outbox.state import Act, Deed, Item, Said, Tab
from app.ui.paper_words import paper_title
from app.ui.style.tokens import Role
from app.usecases.ask_again import AskedAgain
from app.usecases.exception_queries import ExceptionRow, OutboxRow, SetAsideRow
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import PRINTED_ON, MarketplaceRefused, MarketplaceUnreachable, PrintState
from app.usecases.queries import PrintJobRow, QuarantineRow
from app.usecases.repair_fact import RepairRefused
from app.usecases.set_aside_fact import SettingAside


def tab_words(tab: Tab) -> str:
    return {
        Tab.TO_SEND: tr("To send"),
        Tab.REFUSED: tr("Turned down"),
        Tab.DISAGREEMENTS: tr("To settle"),
        Tab.PRINTS: tr("Prints"),
        Tab.COMPARISON: tr("Comparison"),
        Tab.RESCUE: tr("Rescue"),
    }[tab]


def empty_words(tab: Tab) -> tuple[str, str]:
    """What a list says when there is nothing in it: what it is for, and that all is well."""
    return {
        Tab.TO_SEND: (
            tr("Everything has been sent"),
            tr("What happens here while there is no network waits in this list, and leaves by itself."),
        ),
        Tab.REFUSED: (
            tr("Nothing was refused"),
            tr("If the marketplace refuses something, its reason appears here with a button to send it again."),
        ),
        Tab.DISAGREEMENTS: (
            tr("No disagreement"),
            tr("If two tills hand over the same order, or a record cannot be read, it is said here."),
        ),
        Tab.PRINTS: (
            tr("Nothing printed yet"),
            tr("Tickets and slips appear here; a printer that fails never stops a sale."),
        ),
    }.get(tab, ("", ""))


_MORE_ANSWERS = "EFGHJ"


def deed_words(deed: Deed, place: int = 0) -> tuple[str, str]:
    """A button's words and its key; `place`: the how many-th of the row's deeds it is."""
    if deed.act is Act.SETTLE:
        return answer_words(deed.answer), _MORE_ANSWERS[place : place + 1]
    return {
        Act.RESEND: (tr("Send again"), "R"),
        Act.REPAIR: (tr("Correct…"), "C"),
        Act.SET_ASIDE: (tr("Set aside…"), "A"),
        Act.ASK_AGAIN: (tr("Ask for it again"), "R"),
        Act.PRINT_AGAIN: (tr("Print again"), "I"),
        Act.CANCEL_PRINT: (tr("Do not print"), "X"),
        Act.WAS_PRINTED: (tr("It was printed"), tr("Y")),
    }[deed.act]


def all_letters() -> frozenset[str]:
    """Every letter that does something with one row or another: with others it does nothing."""
    return frozenset(_MORE_ANSWERS) | {deed_words(Deed(act))[1] for act in Act if act is not Act.SETTLE}


def done_words(act: Act) -> str:
    return {
        Act.RESEND: tr("It will be sent again with the next contact."),
        Act.REPAIR: tr("Mended: it will be sent with the next contact. The first wording is kept."),
        Act.SET_ASIDE: setting_aside_words(SettingAside.DONE),
        Act.SETTLE: tr("Noted: it is settled. Nothing of it is erased."),
        Act.ASK_AGAIN: asked_again_words(AskedAgain.UNDERSTOOD),
        Act.PRINT_AGAIN: tr("It is on its way to the printer again."),
        Act.CANCEL_PRINT: tr("It will not be printed."),
        Act.WAS_PRINTED: tr("Noted: it was printed."),
    }[act]


def said_words(said: Said) -> str:
    """Why a deed was not done."""
    match said:
        case RepairRefused():
            return repair_words(replace(said, field=field_words(said.field)))
        case SettingAside():
            return setting_aside_words(said)
        case AskedAgain():
            return asked_again_words(said)
        case _:
            return settling_words(said)


def field_words(name: str) -> str:
    """A field that may be worded anew."""
    return {
        "operator": tr("Who did it"),
        "shelf": tr("Shelf"),
        "override_reason": tr("Why it was handed over all the same"),
        "reason": tr("Reason"),
        "name": tr("Name of the article"),
        "category": tr("Category"),
        "note": tr("Note"),
        "location": tr("Place"),
    }.get(name, name)


# --- rows ------------------------------------------------------------------------------------------------


def item_title(item: Item) -> str:
    """The row's headline."""
    match item:
        case OutboxRow() | SetAsideRow():
            return fact_title(item.kind, item.title)
        case ExceptionRow():
            return exception_title(item)
        case QuarantineRow():
            return _unreadable(item)
        case PrintJobRow():
            return paper_title(item.kind, item.title)


def item_moment(item: Item) -> datetime:
    match item:
        case OutboxRow() | SetAsideRow():
            return item.happened_at
        case ExceptionRow():
            return item.opened_at
        case QuarantineRow():
            return item.at
        case PrintJobRow():
            return item.created_at


def item_state(item: Item, now: datetime) -> tuple[str, Role]:
    """The row's second line and what it means."""
    age = tr("since {span}").format(span=messages.duration(now - item_moment(item)))
    match item:
        case OutboxRow() if item.state == "refused":
            return item.message or tr("refused without a reason"), Role.DANGER
        case OutboxRow():
            tries = tr("tried {count} times").format(count=item.attempts) if item.attempts > 1 else ""
            return "  ·  ".join(part for part in (age, tries) if part), Role.MUTED
        case SetAsideRow():
            return _given_up(item), Role.MUTED
        case ExceptionRow() if item.settled_at is not None:
            return settled_words(item, _answered(item)), Role.MUTED
        case ExceptionRow():
            return exception_explanation(item), Role.WARNING
        case QuarantineRow():
            return item.reason, Role.WARNING
        case PrintJobRow():
            return messages.print_state(item.state), _PRINT_ROLES[item.state]


_PRINT_ROLES = {
    PrintState.QUEUED: Role.INFO,
    PrintState.PRINTING: Role.INFO,
    PrintState.DONE: Role.SUCCESS,
    PrintState.FAILED: Role.DANGER,
    PrintState.UNKNOWN: Role.WARNING,
    PrintState.CANCELLED: Role.MUTED,
}


def item_explanation(item: Item) -> str:
    """What happened, in sentences, and the proposed answer."""
    match item:
        case OutboxRow() if item.state == "refused":
            said = tr("The marketplace answered: “{message}”").format(message=item.message)
            todo = (
                tr("It stays here and nothing is lost. Correct its words, or set it aside and say why.")
                if item.editable
                else tr("It stays here and nothing is lost. Mend what it says, then send it again.")
            )
            return "\n\n".join(part for part in (said if item.message else "", todo, _held_back(item)) if part)
        case OutboxRow():
            return tr("It is kept safely on this till and leaves by itself as soon as there is a network.")
        case SetAsideRow():
            said = tr("The marketplace had answered: “{message}”").format(message=item.message)
            return "\n\n".join(part for part in (_given_up(item), said if item.message else "") if part)
        case ExceptionRow() if item.settled_at is not None:
            return "\n\n".join((exception_explanation(item), settled_words(item, _answered(item))))
        case ExceptionRow():
            changes = "\n".join(change_words(change) for change in item.changes)
            parts = (exception_explanation(item), changes, _proposed(item))
            return "\n\n".join(part for part in parts if part)
        case QuarantineRow():
            todo = tr("Everything else went on. If it comes back, tell the marketplace this number: {number}.")
            return f"{broken_words(item.reason)}\n\n{todo.format(number=item.record_id)}"
        case PrintJobRow():
            return _print_explanation(item)


def _unreadable(row: QuarantineRow) -> str:
    return {
        "order": tr("An order cannot be read"),
        "product": tr("An article cannot be read"),
        "stock_movement": tr("A stock movement cannot be read"),
        "disagreement": tr("A disagreement cannot be read"),
        "pickup_key": tr("A key for pickup codes cannot be read"),
    }.get(row.kind, tr("A record cannot be read: this till does not know its kind"))


def _proposed(row: ExceptionRow) -> str:
    """What to do, where the answer's own words do not say it all."""
    return {
        "count_stock": tr("Ask the other till, count these articles (F4), and call the customer if needed."),
        "goods_are_gone": tr(
            "The goods have left: the stock says so on both sides. Call the customer about the payment."
        ),
    }.get(row.proposed_answer, "")


def _answered(row: ExceptionRow) -> str:
    return answer_words(row.answer) if row.answer else ""


def _given_up(row: SetAsideRow) -> str:
    if row.replaced_by:
        text = tr("Corrected by {who}, {time}: sent in other words.")
    else:
        text = tr("Set aside by {who}, {time}: {note}")
    return text.format(who=row.operator or tr("somebody"), time=messages.day_and_time(row.at), note=row.note)


def _held_back(row: OutboxRow) -> str:
    if not row.holds_back:
        return ""
    text = trn(
        "{count} later action about the same thing waits behind it.",
        "{count} later actions about the same thing wait behind it.",
        row.holds_back,
    )
    return text.format(count=row.holds_back)


def _print_explanation(row: PrintJobRow) -> str:
    if row.state is PrintState.UNKNOWN:
        return tr("Nobody knows whether it came out. Look at the paper: was it printed?")
    if row.state is PrintState.FAILED:
        return messages.printer_failure(row.error)
    if row.state is PrintState.QUEUED:
        return tr("It is printed as soon as the printer is free.")
    if row.error.startswith(PRINTED_ON):
        return messages.printed_elsewhere(row.error.removeprefix(PRINTED_ON))
    return messages.print_state(row.state) + "."


# --- the link ------------------------------------------------------------------------------------------------


def link_words(
    link: LinkStatus | None, waiting: int, now: datetime, oldest_at: datetime | None = None
) -> tuple[str, str, Role, str]:
    """The state of the link: headline, sentence, role, icon. What waits is always said, and since when."""
    kept = _waiting_words(waiting, now, oldest_at)
    if link is None or link.state is LinkState.NOT_PAIRED:
        todo = tr("Selling and stock work all the same. Link the till to its shop in the settings (F9).")
        return tr("Not linked to a marketplace"), _said(todo, kept), Role.WARNING, "unlink"
    last = tr("Last contact {time}.").format(time=messages.when(link.last_ok_at, now)) if link.last_ok_at else ""
    match link.state:
        case LinkState.ONLINE:
            if link.clock_skew_s:
                return tr("On line"), _said(skew_words(link.clock_skew_s), kept, last), Role.WARNING, "clock"
            return tr("On line"), _said(kept, last), Role.SUCCESS, "wifi"
        case LinkState.STARTING:
            return tr("Connecting"), _said(kept, last), Role.INFO, "refresh-cw"
        case LinkState.REFUSED:
            todo = messages.describe_failure(MarketplaceRefused(link.message_key or "revoked"))
            return tr("Refused by the marketplace"), _said(todo, kept), Role.DANGER, "ban"
        case _:
            span = messages.duration(now - link.since)
            title = tr("Off line for {span}").format(span=span)
            why = messages.describe_failure(MarketplaceUnreachable(link.message_key)) if link.message_key else ""
            return title, _said(why, kept, last), Role.OFFLINE, "wifi-off"


def _waiting_words(waiting: int, now: datetime, oldest_at: datetime | None) -> str:
    if not waiting:
        return ""
    if oldest_at is None:
        return messages.waiting_to_be_sent(waiting) + "."
    text = tr("{waiting}, the oldest since {span}.")
    return text.format(waiting=messages.waiting_to_be_sent(waiting), span=messages.duration(now - oldest_at))


def _said(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
