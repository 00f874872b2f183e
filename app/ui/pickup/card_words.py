"""Owns what the card says and how its verdict looks: words, shape, role, history. Pure: values in, texts out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.money import ZERO, Money
from app.domain.order import UNDO_WINDOW, HandoverState, OrderAtCounter, VerdictKind
from app.i18n import tr, trn
from app.ui import messages
from app.ui.pickup.state import CardState
from app.ui.style.tokens import Role, Shape

_LOOKS = {
    VerdictKind.READY: (Shape.TICK, Role.SUCCESS),
    VerdictKind.NOT_READY: (Shape.HOURGLASS, Role.WARNING),
    VerdictKind.NOT_HERE_YET: (Shape.HOURGLASS, Role.INFO),
    VerdictKind.EXPIRED: (Shape.HOURGLASS, Role.DANGER),
    VerdictKind.ALREADY_HANDED_OVER: (Shape.DOUBLE_BAR, Role.DANGER),
    VerdictKind.CANCELLED: (Shape.OCTAGON, Role.DANGER),
    VerdictKind.WRONG_SHOP: (Shape.OCTAGON, Role.DANGER),
    VerdictKind.BAD_SIGNATURE: (Shape.OCTAGON, Role.DANGER),
    VerdictKind.KEY_REPLACED: (Shape.QUESTION, Role.WARNING),
    VerdictKind.MISREAD: (Shape.QUESTION, Role.WARNING),
    VerdictKind.UNKNOWN_CODE: (Shape.QUESTION, Role.WARNING),
    VerdictKind.CANNOT_TELL: (Shape.QUESTION, Role.OFFLINE),
}


_SOUNDS = {
    Shape.TICK: "ready",
    Shape.DOUBLE_BAR: "already",
    Shape.HOURGLASS: "wait",
    Shape.OCTAGON: "stop",
    Shape.QUESTION: "question",
}


def look_of(kind: VerdictKind) -> tuple[Shape, Role]:
    """Shape and role of a verdict."""
    return _LOOKS[kind]


def sound_of(kind: VerdictKind) -> str:
    """The sound of a verdict, one for each shape: the ear hears what the eye sees."""
    return _SOUNDS[look_of(kind)[0]]


@dataclass(frozen=True, slots=True)
class BannerWords:
    shape: Shape
    role: Role
    word: str
    sentence: str


def banner_words(card: CardState) -> BannerWords:
    """The banner of a card."""
    if card.just_handed_over:
        return BannerWords(Shape.TICK, Role.SUCCESS, tr("Handed over"), _after_handover(card))
    shape, role = _LOOKS[card.verdict.kind]
    words = messages.verdict_words(card.verdict, card.now)
    asked = tr("Another till has it: asking for it. If nothing comes, ask there, or give a reason.")
    return BannerWords(shape, role, words.word, asked if card.lease_is_asked_for else words.what_to_do)


def _after_handover(card: CardState) -> str:
    order = card.verdict.order
    if order is None or not order.facts.handovers:
        return ""
    parts = []
    if order.open_lines:
        count = len(order.open_lines)
        parts.append(trn("{count} line is still to follow.", "{count} lines are still to follow.", count))
        parts[0] = parts[0].format(count=count)
    until = order.facts.handovers[-1].handed_over_at + UNDO_WINDOW
    parts.append(tr("It can be undone until {time} with Ctrl+Z.").format(time=messages.clock_time(until)))
    return " ".join(parts)


def where_words(order: OrderAtCounter) -> str:
    """Bags and shelf in large letters: what to go and fetch."""
    parts = [messages.bags(order.facts.bags)] if order.facts.bags else []
    parts += [tr("shelf {shelf}").format(shelf=order.facts.shelf)] if order.facts.shelf else []
    return "  ·  ".join(parts)


def details_words(card: CardState, order: OrderAtCounter) -> str:
    """Number and how long it is kept; when it was ordered is in the history."""
    now = card.now
    parts = [tr("No. {number}").format(number=order.order.number)]
    if order.order.keep_until is not None:
        parts.append(tr("kept until {time}").format(time=_until(order.order.keep_until, now)))
    return "  ·  ".join(parts)


def _until(moment: datetime, now: datetime) -> str:
    soon = abs(moment - now) < timedelta(days=2)
    return messages.when(moment, now) if soon else messages.day(moment)


@dataclass(frozen=True, slots=True)
class MoneyWords:
    """What the card says of money: a caption, an amount in large figures or "", and the role of both."""

    caption: str
    amount: str
    role: Role
    detail: str = ""


def money_words(card: CardState) -> MoneyWords:
    order = card.order
    if order is None:
        return MoneyWords("", "", Role.MUTED)
    if order.amount_due and order.order.cancelled_at is None:
        detail = _already_paid(order.paid)
        return MoneyWords(tr("Left to pay"), messages.amount(order.amount_due), Role.DANGER, detail)
    if order.to_refund:
        return MoneyWords(tr("To refund"), messages.amount(order.to_refund), Role.WARNING, _already_paid(order.paid))
    if order.order.paid_online:
        return MoneyWords(tr("Nothing to pay"), "", Role.SUCCESS, _paid_online(order))
    return MoneyWords(tr("Nothing to pay"), "", Role.SUCCESS, _already_paid(order.paid))


def _already_paid(paid: Money) -> str:
    return tr("{amount} already paid").format(amount=messages.amount(paid)) if paid > ZERO else ""


def _paid_online(order: OrderAtCounter) -> str:
    return tr("{amount} paid on line").format(amount=messages.amount(order.order.paid_online))


def history_words(card: CardState) -> list[tuple[str, str]]:
    """What happened to the order, newest last: (when, what)."""
    order = card.verdict.order
    if order is None:
        return []
    now = card.now
    told = [(order.order.placed_at, tr("Ordered on line"))]
    if order.order.cancelled_at is not None:
        told.append((order.order.cancelled_at, tr("Cancelled")))
    if order.facts.ready_at is not None:
        told.append((order.facts.ready_at, tr("Ready")))
    for moment in order.facts.undone_at:
        told.append((moment, tr("Handed over, then undone")))
    for handover in order.facts.handovers:
        who = handover.operator or handover.till_name
        text = tr("Handed over by {who} ({how})").format(who=who, how=messages.how_found(handover.how))
        told.append((handover.handed_over_at, text))
    elsewhere = order.order.server_handover is not HandoverState.OPEN and not order.facts.handovers
    if elsewhere and order.order.handed_over_at is not None:
        text = tr("Handed over at {till}").format(till=order.order.handed_over_by or tr("another till"))
        told.append((order.order.handed_over_at, text))
    return [(messages.when(moment, now), text) for moment, text in sorted(told, key=lambda item: item[0])]
