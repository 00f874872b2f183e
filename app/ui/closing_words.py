"""Owns the sentences about the drawer and closures: what was refused and what to do, what may explain a difference. No
Qt: the command line says them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.cash import CashMovementKind
from app.domain.cash_gap import GapCause, GapKind
from app.domain.closure import Closure, ClosureKind
from app.i18n import tr, trn
from app.ui import formats
from app.ui.clock_words import another_day_words
from app.usecases.close_period import CloseRefusal, CloseRefused, DuePeriod
from app.usecases.keep_cash import CashRefusal, CashRefused


def close_refusal_words(refused: CloseRefused) -> str:
    """Why nothing was closed, and what to do."""
    gap = formats.amount(refused.difference, plus=True)
    match refused.reason:
        case CloseRefusal.NOTHING_TO_CLOSE:
            return tr("Nothing to close: no ticket and no cash movement since the last closure.")
        case CloseRefusal.CLOCK_BEHIND:
            return tr("The computer's clock is behind the last ticket. Set date and time right, then close.")
        case CloseRefusal.ANOTHER_DAY:
            return another_day_words(refused.clock_told)
        case CloseRefusal.DIFFERENCE_NEEDS_REASON:
            return tr("The drawer differs by {gap}. Count again, or say why and close.").format(gap=gap)
        case CloseRefusal.DIFFERENCE_NEEDS_APPROVAL:
            return tr("The drawer differs by {gap}. A manager must accept it with their PIN.").format(gap=gap)
        case CloseRefusal.FLOAT_OVER_CASH:
            return tr("The float for tomorrow is more than there is in the drawer. Type a smaller one.")
        case CloseRefusal.NOT_OVER:
            return tr("The period is not over, or it is closed already. It can be closed from the day after its end.")
        case CloseRefusal.DAYS_OPEN:
            return tr("A day of this period is still open. Close the day first.")
        case CloseRefusal.NEEDS_APPROVAL:
            return tr("You may not close. Ask a manager for their PIN.")


def cash_refusal_words(refused: CashRefused) -> str:
    """Why the drawer's journal was not written, and what to do."""
    match refused.reason:
        case CashRefusal.AMOUNT_NOT_POSITIVE:
            return tr("Type an amount above zero.")
        case CashRefusal.REASON_MISSING:
            return tr("Say what it is for.")
        case CashRefusal.MORE_THAN_THERE_IS:
            available = formats.amount(refused.available)
            return tr("There should be only {amount} in the drawer. Type a smaller amount.").format(amount=available)
        case CashRefusal.ALREADY_OPEN:
            return tr("The float was entered already. Put money in or take it out instead.")
        case CashRefusal.NEEDS_APPROVAL:
            return tr("You may not do this alone. Ask a manager for their PIN.")
        case CashRefusal.UNKNOWN_CLOSURE:
            return tr("This closure is not here. Choose one from the list.")
        case CashRefusal.NOT_COUNTED:
            return tr("The drawer was not counted at this closure: there is nothing to correct.")
        case CashRefusal.SAME_COUNT:
            return tr("This is the count that is recorded already.")


def movement_kind_words(kind: CashMovementKind) -> str:
    """What a movement of the drawer is called."""
    return {
        CashMovementKind.OPENED: tr("Float"),
        CashMovementKind.CASH_IN: tr("Cash in"),
        CashMovementKind.CASH_OUT: tr("Cash out"),
        CashMovementKind.COUNTED: tr("Count"),
        CashMovementKind.DIFFERENCE: tr("Difference"),
        CashMovementKind.BANKED: tr("Taken out at closing"),
        CashMovementKind.CORRECTED: tr("Count corrected"),
        CashMovementKind.DRAWER: tr("Drawer opened"),
    }[kind]


def closure_kind_words(kind: ClosureKind) -> str:
    return {ClosureKind.DAY: tr("Day"), ClosureKind.MONTH: tr("Month"), ClosureKind.YEAR: tr("Year")}[kind]


def closure_words(closure: Closure) -> str:
    """A closure in one line: its number, kind, period."""
    period = _period(closure.kind, closure.first_day)
    rank = f" ({closure.rank})" if closure.rank > 1 else ""
    return f"{closure.display_number} · {closure_kind_words(closure.kind)} {period}{rank}"


def due_words(due: DuePeriod) -> str:
    """A period that can be closed."""
    period = f"{closure_kind_words(due.kind)} {_period(due.kind, due.first_day)}"
    if due.kind is not ClosureKind.DAY:
        return period
    tickets = trn("{count} ticket", "{count} tickets", due.document_count).format(count=due.document_count)
    return f"{period} · {tickets}"


def overdue_words(days: Sequence[date]) -> str:
    """That past days were not closed, and what to do."""
    if len(days) == 1:
        text = tr("{day} is not closed yet. Count the drawer and close it; you can sell meanwhile.")
        return text.format(day=_period(ClosureKind.DAY, days[0]))
    text = tr("{count} days since {day} are not closed yet. One closing closes them all; you can sell meanwhile.")
    return text.format(count=len(days), day=_period(ClosureKind.DAY, days[0]))


def _period(kind: ClosureKind, first_day: date) -> str:
    form = {ClosureKind.DAY: "%d/%m/%Y", ClosureKind.MONTH: "%m/%Y", ClosureKind.YEAR: "%Y"}[kind]
    return first_day.strftime(form)


def cause_words(cause: GapCause) -> str:
    """A candidate for a cash difference, in one sentence with its tickets and times."""
    text = _cause(cause).format(
        tickets=", ".join(f"{n} ({formats.clock_time(at)})" for n, at in zip(cause.numbers, cause.times, strict=False)),
        time=formats.clock_time(cause.times[0]) if cause.times else "",
        amount=formats.amount(cause.amount),
        reason=cause.reason,
        received=formats.amount(cause.received),
        recorded=formats.amount(cause.recorded),
    )
    if not cause.alike:
        return text
    more = trn("{count} other would fit too.", "{count} others would fit too.", cause.alike).format(count=cause.alike)
    return f"{text} {more}"


def _cause(cause: GapCause) -> str:
    match cause.kind:
        case GapKind.CARD_ENTERED_AS_CASH:
            return tr("{tickets}: {amount} recorded as cash; perhaps paid by card.")
        case GapKind.CASH_ENTERED_AS_CARD:
            return tr("{tickets}: {amount} recorded as card or another means; perhaps paid in cash.")
        case GapKind.REFUND_NOT_GIVEN:
            return tr("{tickets}: {amount} to give back in cash; perhaps not given.")
        case GapKind.CHANGE_ERROR:
            return tr("{tickets}: change given for {recorded}; perhaps {received} was received.")
        case GapKind.MOVEMENT_NOT_MADE:
            return tr("{amount} at {time} ({reason}): recorded; perhaps the money did not move.")
        case GapKind.MOVEMENT_NOT_RECORDED:
            return tr("{amount} at {time} ({reason}): perhaps it was done twice and recorded once.")
        case GapKind.MOVEMENT_REVERSED:
            return tr("Movement at {time} ({reason}): perhaps in was entered as out, or the reverse.")
        case GapKind.PIECE_MISCOUNTED:
            return tr("Exactly one piece of {amount}: perhaps counted once too many or too few.")
