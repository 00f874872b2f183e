"""Owns what the closing screen says: what waits, what was found, what was done. Decides nothing."""

from __future__ import annotations

from app.domain.cash import FIRST_NOTE_MINOR
from app.domain.closure import Closure, ClosureKind
from app.domain.money import ZERO, Money
from app.i18n import tr, trn
from app.ui import formats
from app.ui.closing.state import Checked, ClosingState, Said, Step, Wait
from app.ui.closing_words import cash_refusal_words, close_refusal_words, closure_words, due_words
from app.ui.messages import describe_failure
from app.ui.screen import KeyHint
from app.ui.style.tokens import Role, Shape
from app.usecases.close_period import CloseRefused
from app.usecases.keep_cash import CashRefused


def wait_words(wait: Wait, count: int) -> str:
    """What may be seen to first, with how many there are."""
    text = {
        Wait.PARKED: trn(
            "{count} parked basket, kept for tomorrow", "{count} parked baskets, kept for tomorrow", count
        ),
        Wait.UNCOLLECTED: trn("{count} order not collected", "{count} orders not collected", count),
        Wait.CARD_DOUBT: trn("{count} card payment in doubt", "{count} card payments in doubt", count),
        Wait.TO_SEND: trn("{count} thing to send on line", "{count} things to send on line", count),
        Wait.TO_PRINT: trn("{count} paper waiting to be printed", "{count} papers waiting to be printed", count),
    }[wait]
    return text.format(count=count)


def due_lines(state: ClosingState) -> list[str]:
    """Periods that the next closing closes beside today: forgotten days, months and years that are over."""
    over = [due for due in state.picture.due if due.is_over]
    return [tr("Closed with it: {period}").format(period=due_words(due)) for due in over]


def today_line(state: ClosingState) -> str:
    """What the next closing is of."""
    days = [due for due in state.picture.due if due.kind is ClosureKind.DAY]
    if not days:
        return tr("No ticket since the last closure.")
    count = sum(day.document_count for day in days)
    return trn("{count} ticket to close", "{count} tickets to close", count).format(count=count)


def since_line(state: ClosingState) -> str:
    session = state.picture.session
    if session is None or session.since is None:
        return tr("No day was closed here yet.")
    return tr("Last closed {when}").format(when=formats.day_and_time(session.since))


def denomination_words(value_minor: int) -> str:
    """`50 €`, `2 €`, `20 c`."""
    if value_minor < 100:
        return f"{value_minor}{formats.NBSP}c"
    return f"{value_minor // 100}{formats.NBSP}€"


def piece_words(value_minor: int) -> str:
    """What one of them is, for screen readers."""
    kind = tr("Notes of {value}") if value_minor >= FIRST_NOTE_MINOR else tr("Coins of {value}")
    return kind.format(value=denomination_words(value_minor))


def gap_verdict(checked: Checked) -> tuple[Shape, Role, str, str]:
    """How the count compares: shape, role, word, sentence."""
    expected = formats.amount(checked.session.expected)
    if checked.count is None:
        sentence = tr("There should be {amount} in the drawer.").format(amount=expected)
        return Shape.QUESTION, Role.INFO, tr("Not counted"), sentence
    sentence = tr("Counted {counted}, expected {expected}").format(
        counted=formats.amount(checked.counted), expected=expected
    )
    if not checked.difference:
        return Shape.TICK, Role.SUCCESS, tr("The drawer is right"), sentence
    size = formats.amount(Money(abs(checked.difference.minor)))
    if checked.difference < ZERO:
        return Shape.OCTAGON, Role.DANGER, tr("{amount} missing").format(amount=size), sentence
    return Shape.QUESTION, Role.WARNING, tr("{amount} too much").format(amount=size), sentence


def done_verdict(state: ClosingState) -> tuple[Shape, Role, str, str]:
    closed = state.closed
    closures = closed.closures if closed is not None else ()
    names = ", ".join(closure.display_number for closure in closures)
    word = trn("Closed: {numbers}", "Closed: {numbers}", len(closures)).format(numbers=names)
    sentence = tr("The Z is on its way to the printer. {amount} stay in the drawer.")
    return Shape.TICK, Role.SUCCESS, word, sentence.format(amount=formats.amount(state.float_left))


def closure_line(closure: Closure) -> str:
    return f"{closure_words(closure)}  ·  {formats.amount(closure.totals.turnover)}"


def said_words(state: ClosingState) -> str:
    """What there is to say now, "" for nothing."""
    said = state.said
    if said is None:
        return ""
    if isinstance(said, CloseRefused):
        return close_refusal_words(said)
    if isinstance(said, CashRefused):
        return cash_refusal_words(said)
    if isinstance(said, Exception):
        return describe_failure(said)
    return {
        Said.COUNT_FIRST: tr("Type how many of each note and coin there are. Without counting: S."),
        Said.NOT_AN_AMOUNT: tr("Type an amount, for example 150 or 12,50."),
        Said.NOT_APPROVED: tr("Nobody allowed it: nothing was recorded."),
        Said.DOES_NOT_ADD_UP: tr(
            "The tickets do not add up: nothing was closed. Check the ledger (Ctrl+R) and call your accountant."
        ),
        Said.RECORDED: tr("Recorded."),
        Said.X_PRINTED: tr("The X is on its way to the printer."),
        Said.Z_PRINTED: tr("A duplicate of the Z is on its way to the printer."),
    }[said]


def said_role(state: ClosingState) -> Role:
    good = state.said in (Said.RECORDED, Said.X_PRINTED, Said.Z_PRINTED)
    return Role.SUCCESS if good else Role.WARNING


def hints(state: ClosingState) -> list[KeyHint]:
    """The keys that count in this step."""
    enter, tab, escape = tr("Enter"), tr("Tab"), tr("Esc")
    match state.step:
        case Step.COUNT:
            return [
                KeyHint(f"{tab} +", tr("Next")),
                KeyHint(enter, tr("Everything is counted")),
                KeyHint("S", tr("Skip count")),
                KeyHint("D", tr("Drawer")),
                KeyHint("X", tr("Report X")),
            ]
        case Step.CHECK:
            return [
                KeyHint(enter, tr("Close the day")),
                KeyHint(tab, tr("Next field")),
                KeyHint(escape, tr("Count again")),
            ]
        case Step.DONE:
            return [KeyHint(enter, tr("Back to the sale")), KeyHint("Z", tr("Print the Z again"))]
        case Step.DRAWER:
            return [KeyHint(enter, tr("Record")), KeyHint(tab, tr("Next field")), KeyHint(escape, tr("Back"))]
        case Step.REPORT:
            return [KeyHint(enter, tr("Print")), KeyHint(escape, tr("Back"))]
