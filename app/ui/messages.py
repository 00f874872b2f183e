"""Owns the words: verdicts, refusals, failures of the world, reasons and states, as sentences that say what to do next.

No Qt here: the command line says the same. Formats of amounts and times come from `formats` and are offered here too,
so that a screen has one door to words. Decides nothing: every function turns a value into a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.catalogue import MovementReason
from app.domain.order import HandoverVerdict, LineOutcome, OrderAtCounter, Preparation, VerdictKind
from app.domain.sale import PaymentMeans
from app.i18n import tr, trn
from app.ui.clock_words import skew_words
from app.ui.formats import (
    amount,
    clock_time,
    day,
    day_and_time,
    duration,
    parse_quantity,
    quantity,
    slot,
    times_quantity,
    unit_price,
    unit_word,
    vat_rate,
    when,
)
from app.usecases.archive_ports import FileNotWritten
from app.usecases.long_work import WorkStopped
from app.usecases.ports import (
    KeyStoreUnavailable,
    MarketplaceRefused,
    MarketplaceUnreachable,
    PrinterUnavailable,
    PrintState,
    StoreUnavailable,
    Unavailable,
)

__all__ = [
    "amount",
    "clock_time",
    "day",
    "day_and_time",
    "duration",
    "parse_quantity",
    "quantity",
    "slot",
    "times_quantity",
    "unit_price",
    "unit_word",
    "vat_rate",
    "when",
]


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """A verdict for people: one or two words that can be read from an arm's length, then what to do."""

    word: str
    what_to_do: str


def verdict_words(verdict: HandoverVerdict, now: datetime) -> VerdictWords:
    """The verdict's word and its sentence."""
    words = {
        VerdictKind.READY: tr("Ready to hand over"),
        VerdictKind.NOT_READY: tr("Not ready yet"),
        VerdictKind.ALREADY_HANDED_OVER: tr("Already handed over"),
        VerdictKind.CANCELLED: tr("Order cancelled"),
        VerdictKind.EXPIRED: tr("Pickup period over"),
        VerdictKind.WRONG_SHOP: tr("Code of another shop"),
        VerdictKind.UNKNOWN_CODE: tr("Unknown code"),
        VerdictKind.MISREAD: tr("Code misread"),
        VerdictKind.BAD_SIGNATURE: tr("Code not valid here"),
        VerdictKind.KEY_REPLACED: tr("Code replaced"),
        VerdictKind.NOT_HERE_YET: tr("Genuine code, order not here yet"),
        VerdictKind.CANNOT_TELL: tr("Cannot tell"),
    }
    return VerdictWords(words[verdict.kind], _what_to_do(verdict, now))


def _what_to_do(verdict: HandoverVerdict, now: datetime) -> str:
    match verdict.kind:
        case VerdictKind.READY:
            return _what_to_give(verdict.order)
        case VerdictKind.NOT_READY:
            return tr("Prepare the order first, or hand it over anyway with a reason.")
        case VerdictKind.ALREADY_HANDED_OVER:
            return _handed_over_when(verdict, now)
        case VerdictKind.CANCELLED:
            return tr("The customer or the shop cancelled it: the goods stay here.")
        case VerdictKind.EXPIRED:
            return _expired_since(verdict, now)
        case VerdictKind.WRONG_SHOP:
            return tr("Ask the customer which shop the order was placed with: its name is on their order page.")
        case VerdictKind.UNKNOWN_CODE:
            return tr("This is no pickup code and no spoken code. Look the order up by the customer's name.")
        case VerdictKind.MISREAD:
            return tr("Scan it once more, or type the six symbols under the customer's code.")
        case VerdictKind.BAD_SIGNATURE:
            return tr("This code was not made for this shop. Look the order up by the customer's name.")
        case VerdictKind.KEY_REPLACED:
            return tr("The shop's keys changed since. Ask for the six symbols under the code, or search by name.")
        case VerdictKind.NOT_HERE_YET:
            return tr("It was placed a moment ago or this till is off line: it appears here as soon as it arrives.")
        case VerdictKind.CANNOT_TELL:
            return tr("Another till may be handing it over and cannot be asked now. Ask there, or give a reason.")


def _what_to_give(order: OrderAtCounter | None) -> str:
    if order is None:
        return ""
    if order.amount_due:
        return tr("Take {amount} first, then give the goods.").format(amount=amount(order.amount_due))
    return tr("Everything is paid: give the goods.")


def _handed_over_when(verdict: HandoverVerdict, now: datetime) -> str:
    if verdict.handed_over_at is None:
        return tr("The marketplace knows of its handover. Nothing is left to give.")
    moment = when(verdict.handed_over_at, now)
    if verdict.handed_over_by:
        return tr("At {time} by {who}.").format(time=moment, who=verdict.handed_over_by)
    return tr("At {time}.").format(time=moment)


def _expired_since(verdict: HandoverVerdict, now: datetime) -> str:
    until = verdict.order.order.keep_until if verdict.order is not None else None
    if until is None:
        return tr("Hand it over anyway with a reason, or put the goods back.")
    text = tr("It was kept until {time}. Hand it over anyway with a reason, or put the goods back.")
    return text.format(time=when(until, now))


def describe_verdict(verdict: HandoverVerdict, now: datetime | None = None) -> str:
    """The verdict in one line, for the command line and screen readers."""
    moment = now or datetime.now().astimezone()
    words = verdict_words(verdict, moment)
    return f"{words.word}. {words.what_to_do}" if words.what_to_do else f"{words.word}."


def bags(count: int) -> str:
    return trn("{count} bag", "{count} bags", count).format(count=count)


def preparation(state: Preparation) -> str:
    return {
        Preparation.TO_PREPARE: tr("To prepare"),
        Preparation.IN_PREPARATION: tr("In preparation"),
        Preparation.READY: tr("Ready"),
    }[state]


def outcome(value: LineOutcome) -> str:
    """What became of a line, as on its button."""
    return {
        LineOutcome.GIVEN: tr("Given"),
        LineOutcome.MISSING: tr("Missing"),
        LineOutcome.REPLACED: tr("Replaced"),
        LineOutcome.WEIGHED: tr("Weighed"),
        LineOutcome.REFUSED: tr("Refused"),
        LineOutcome.TO_FOLLOW: tr("To follow"),
    }[value]


def how_found(how: str) -> str:
    """How the order was found, for its history; an unknown word is shown as it is."""
    known = {
        "scan": tr("scanned code"),
        "typed": tr("typed code"),
        "image": tr("picture of the code"),
        "spoken": tr("spoken code"),
        "name": tr("name"),
    }
    return known.get(how, how)


def movement_reason(reason: MovementReason) -> str:
    return {
        MovementReason.OPENING: tr("Opening stock"),
        MovementReason.SALE: tr("Sale"),
        MovementReason.HANDOVER: tr("Handover"),
        MovementReason.HANDOVER_UNDONE: tr("Handover undone"),
        MovementReason.GOODS_IN: tr("Goods in"),
        MovementReason.CORRECTION: tr("Correction"),
        MovementReason.LOSS: tr("Loss"),
        MovementReason.TRANSFER: tr("Transfer"),
        MovementReason.CUSTOMER_RETURN: tr("Customer return"),
        MovementReason.ONLINE_SHIPPED: tr("Shipped by the site"),
    }[reason]


def payment_means(means: PaymentMeans) -> str:
    return {
        PaymentMeans.CASH: tr("Cash"),
        PaymentMeans.CARD: tr("Card"),
        PaymentMeans.CHEQUE: tr("Cheque"),
        PaymentMeans.MEAL_VOUCHER: tr("Meal voucher"),
        PaymentMeans.GIFT_VOUCHER: tr("Gift voucher"),
        PaymentMeans.ONLINE: tr("Paid on line"),
        PaymentMeans.ACCOUNT: tr("On account"),
    }[means]


def print_state(state: PrintState) -> str:
    return {
        PrintState.QUEUED: tr("Waiting to be printed"),
        PrintState.PRINTING: tr("Printing"),
        PrintState.DONE: tr("Printed"),
        PrintState.FAILED: tr("Not printed"),
        PrintState.UNKNOWN: tr("Maybe printed"),
        PrintState.CANCELLED: tr("Given up"),
    }[state]


def undo_refusal(reason: str) -> str:
    """Why a handover cannot be undone with one key (`too_late`, `nothing_to_undo`, `paid`)."""
    return {
        "too_late": tr("More than 10 minutes have passed: this handover can no longer be undone with one key."),
        "nothing_to_undo": tr("Nothing to undo: this till has not handed this order over."),
        "paid": tr("Money was taken with this handover: cancel the sale first."),
    }.get(reason, tr("This handover cannot be undone."))


def waiting_to_be_sent(count: int) -> str:
    return trn("{count} to send", "{count} to send", count).format(count=count)


def link_words(online: bool, waiting: int, since: datetime | None, now: datetime) -> str:
    """The sync chip: `En ligne`, `En ligne, 3 à envoyer`, `Hors ligne, 3 à envoyer depuis 12 min`."""
    if online:
        return f"{tr('On line')}, {waiting_to_be_sent(waiting)}" if waiting else tr("On line")
    if not waiting:
        return tr("Off line for {span}").format(span=duration(now - since)) if since is not None else tr("Off line")
    text = f"{tr('Off line')}, {waiting_to_be_sent(waiting)}"
    return tr("{what}, for {span}").format(what=text, span=duration(now - since)) if since is not None else text


def describe_failure(failure: Exception) -> str:
    """A failure of the world in a sentence or two: what happened, what to do."""
    if isinstance(failure, StoreUnavailable):
        return _store(failure.reason)
    if isinstance(failure, PrinterUnavailable):
        return printer_failure(failure.reason)
    if isinstance(failure, MarketplaceUnreachable):
        return _unreachable(failure.reason)
    if isinstance(failure, MarketplaceRefused):
        by_how_much = _clock_off(failure.detail) if failure.reason == "clock_wrong" else ""
        return f"{_refused(failure.reason)} {by_how_much}".rstrip()
    if isinstance(failure, KeyStoreUnavailable):
        return tr("The keys of this till cannot be read. Unlock the computer's key store, then start Comptoir again.")
    if isinstance(failure, FileNotWritten):
        return _file_not_written(failure.reason)
    if isinstance(failure, WorkStopped):
        return tr("Stopped. Everything is as it was.")
    if isinstance(failure, Unavailable):
        return tr("Something this till needs is not available. Try again.")
    return tr("The computer refused it ({reason}).").format(reason=type(failure).__name__)


def _clock_off(seconds: str) -> str:
    return skew_words(int(seconds)) if seconds.lstrip("-").isdecimal() else ""


def _store(reason: str) -> str:
    return {
        "disk_full": tr("The disk is full: nothing was recorded. Free some space, then do it again."),
        "locked": tr("Another Comptoir is using this till's data. Close it, then start again."),
        "newer_version": tr("This till's data come from a newer Comptoir. Install that version; nothing was changed."),
        "damaged": tr(
            "This till's data are damaged. Close Comptoir, then put the last backup back by “comptoir restore FILE”."
        ),
        "read_only": tr("This till's data may not be written. Ask whoever looks after the computer."),
        "busy": tr("The till's data are busy. Nothing was recorded; do it again."),
    }.get(reason, tr("The disk did not answer: nothing was recorded. Do it again."))


def printer_failure(reason: str) -> str:
    """Why nothing came out of the printer, and what to do; `reason` as in PrinterUnavailable."""
    return {
        "absent": tr("The printer cannot be found. Check that it is on and plugged in; the ticket waits."),
        "refused": tr("The printer refuses the connection. Another till may be using it; the ticket waits."),
        "timeout": tr("The printer does not answer. Switch it off and on; the ticket waits."),
        "paper_out": tr("No paper left. Put in a new roll; the ticket waits."),
        "cover_open": tr("The printer's cover is open. Close it; the ticket waits."),
        "jammed": tr("The printer is jammed. Switch it off, clear paper and cutter, switch it on; the ticket waits."),
        "offline": tr("The printer is off line. Press its button; the ticket waits."),
        "unknown": tr("Was it printed? Look at the paper, then answer in the print queue."),
        "no_printer": tr("No printer is set up. Choose one in the settings."),
        "no_spooler": tr("This computer's print system does not run. Start the computer again; the ticket waits."),
        "queue_stopped": tr(
            "The printer's queue is paused. Go on with it in the computer's printer settings; the ticket waits."
        ),
        "too_late": tr("It waited too long for the printer and was not printed. Print it again if it is still wanted."),
        "not_live": tr("This printer cannot open the drawer. Open it with its key."),
    }.get(reason, tr("The printer does not work. Check its cable and its paper; the ticket waits."))


def printed_elsewhere(printer: str) -> str:
    """A paper came out of another printer than its own."""
    return tr("The printer did not work: the paper came out of “{printer}”.").format(printer=printer)


def _unreachable(reason: str) -> str:
    return {
        "no_network": tr("No network. Everything goes on here and is sent when it is back."),
        "timeout": tr("The marketplace is slow to answer. Everything goes on here and is sent later."),
        "rate_limited": tr("The marketplace asks us to wait a little. It goes on by itself."),
        "not_understood": tr("Somebody else answered for the marketplace. On a guest network, sign in to it first."),
        "not_trusted": tr(
            "The marketplace cannot prove who it is. Check this computer's date; on a guest network, sign in first."
        ),
        "seq_reused": tr("What was refused is sent again under new numbers; this till may be an older copy."),
        "internal_error": tr(
            "A fault of this program stopped the sending. Close Comptoir and start it again; nothing is lost."
        ),
    }.get(reason, tr("The marketplace has a problem. Everything goes on here and is sent later."))


def _refused(reason: str) -> str:
    return {
        "not_paired": tr("This till is not linked to a shop yet. Link it in the settings."),
        "revoked": tr("The marketplace no longer knows this till. Link it again in the settings; nothing is lost."),
        "wrong_code": tr("This code is wrong, used or too old. Ask for a new one in your marketplace account."),
        "wrong_login": tr("The site does not know this user name and password. Type them again, or ask its owner."),
        "clock_wrong": tr("The site refuses what this computer signs, because of its clock. Set date and time right."),
        "not_over_http": tr(
            "The site shows nothing to a key that comes over http. Use its address that begins with https://."
        ),
        "gone": tr("The marketplace does not find it. Check the address in the settings."),
        "bad_address": tr("This is no address of a marketplace. It begins with https://, for example."),
        "insecure_address": tr("This address is not protected. Use the one that begins with https://."),
        "other_till": tr(
            "The marketplace takes this computer for the till that it was before: this database or the marketplace was "
            "set back to an older copy. Link it again in the settings; nothing is lost."
        ),
        "drawer_open": tr(
            "The drawer is open, and linking again gives the till another letter. Close the day first. To link it all "
            "the same, do it once more: the cash passes to the new letter."
        ),
        "practice": tr(
            "This is the practice shop: it stays with its own marketplace. Link your till in its own window."
        ),
        "another_shop": tr("This till belongs to another shop. To change shop, begin with a new database."),
        "conflict": tr("The marketplace disagrees; see the outbox for what it says."),
    }.get(reason, tr("The marketplace refused it; see the outbox for what it says."))


def _file_not_written(reason: str) -> str:
    """Why a file that was asked for is not there, and what to do."""
    return {
        "disk_full": tr("There is no room for the file. Free some space or choose another folder, then do it again."),
        "denied": tr("This folder may not be written. Choose another one, then do it again."),
        "exists": tr("There are too many files of this name. Choose another folder."),
        "no_folder": tr("This folder is not there. Plug the stick in again or choose another folder."),
        "not_kept": tr("The file was not kept as it was written. Use another stick."),
    }.get(reason, tr("The file could not be written. Choose another folder, then do it again."))
