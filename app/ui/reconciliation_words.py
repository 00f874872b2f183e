"""Owns what comparing with the marketplace says to people: each gap a sentence, and what becomes of it. No Qt: the
command line says the same."""

from __future__ import annotations

from app.domain.catalogue import Unit
from app.domain.facts import FactKind
from app.domain.money import Money
from app.domain.reconciliation import Gap, GapKind, Mend, ReconciliationRun
from app.i18n import tr, trn
from app.ui.formats import amount, day_and_time, quantity

_K = GapKind


def run_summary(run: ReconciliationRun) -> str:
    """The whole run in a sentence."""
    found = len(run.open_gaps) + run.left_out
    if found:
        text = trn("{count} difference with the marketplace.", "{count} differences with the marketplace.", found)
        return text.format(count=found)
    waiting = len(run.gaps)
    if waiting:
        text = trn(
            "This till and the marketplace agree, but for {count} fact that explains itself.",
            "This till and the marketplace agree, but for {count} facts that explain themselves.",
            waiting,
        )
        return text.format(count=waiting)
    return tr("This till and the marketplace agree.")


def gap_sentence(gap: Gap) -> str:
    """What differs, named, and what becomes of it."""
    what = _what(gap)
    then = _what_then(gap)
    return f"{what} {then}" if then else what


def _what(gap: Gap) -> str:
    text = {
        _K.FACT_WAITING: tr("{what}: waits to be sent."),
        _K.FACT_REFUSED: tr("{what}: refused by the marketplace; see the outbox."),
        _K.FACT_SET_ASIDE: tr("{what}: refused by the marketplace and set aside by a person."),
        _K.FACT_LOST_BEFORE: tr("{what}: lost here with an older copy, as was found before."),
        _K.FACT_MISSING_THERE: tr("{what}: told, and the marketplace has lost it."),
        _K.FACT_LOST_HERE: tr("{what}: the marketplace has it, this till does not. It was lost with an older copy."),
        _K.FACT_NUMBER_DIFFERS: tr("{what}: number {here} here, {there} at the marketplace."),
        _K.SALE_DIFFERS: _sale_differs(gap),
        _K.MOVEMENT_MISSING_THERE: tr("{what}: {here} of {when}{document}; the marketplace has lost this movement."),
        _K.MOVEMENT_MISSING_HERE: tr("{what}: {there} of {when}{document}; this till had lost this movement."),
        _K.MOVEMENT_DIFFERS: tr("{what}: a movement of {when}{document} is {here} here, {there} at the marketplace."),
        _K.LEVEL_WRONG_HERE: tr("{what}: the stock here said {here}, its movements add up to {there}."),
        _K.LEVEL_WRONG_THERE: tr("{what}: the stock at the marketplace said {here}, its movements add up to {there}."),
        _K.ORDER_MISSING_HERE: tr("Order {title}: open at the marketplace, missing here."),
        _K.ORDER_MISSING_THERE: tr("Order {title}: open here, no longer at the marketplace."),
        _K.ORDER_DIFFERS: tr("Order {title}: the copy here is not as the marketplace has it."),
        _K.CHAIN_SHORTER_HERE: tr("Ledger {title}: the marketplace knows row {there}, which is not here."),
        _K.CHAIN_DIFFERS: tr("Ledger {title}: row {here} is not the one the marketplace knows."),
    }[gap.kind]
    return text.format(
        what=_name(gap),
        title=gap.title,
        here=_figure(gap, gap.here),
        there=_figure(gap, gap.there),
        when=day_and_time(gap.happened_at) if gap.happened_at else "?",
        document=tr(" (no. {number})").format(number=gap.document) if gap.document else "",
    )


def _sale_differs(gap: Gap) -> str:
    if gap.there is None:
        return tr("{what}: {here} here; the marketplace knows of it, but has lost the sale itself.")
    return tr("{what}: {here} here, {there} at the marketplace.")


def _what_then(gap: Gap) -> str:
    return {
        Mend.NONE: _by_hand(gap),
        Mend.TELL_AGAIN: tr("It is sent again."),
        Mend.TELL_RENUMBERED: tr("It is sent again."),
        Mend.TELL_MOVEMENT: tr("It is sent again."),
        Mend.RECORD_MOVEMENT: tr("It is recorded again."),
        Mend.RECOUNT_HERE: tr("The sum counts from now on."),
        Mend.RECOUNT_THERE: tr("The sum counts from now on."),
        Mend.FRESH_PULL: tr("It was fetched again."),
    }[gap.mend]


def _by_hand(gap: Gap) -> str:
    if gap.kind is _K.MOVEMENT_MISSING_THERE:
        return tr("The till it happened at sends it again.")
    if gap.kind is _K.MOVEMENT_DIFFERS:
        return tr("Count this article, then call support: one of the two was changed by hand.")
    if gap.kind is _K.SALE_DIFFERS:
        return tr("What was sold here stands. Call support: the marketplace must put it right.")
    if gap.kind in (_K.CHAIN_SHORTER_HERE, _K.CHAIN_DIFFERS):
        return tr("Check the ledger: comptoir verify.")
    return ""


def _name(gap: Gap) -> str:
    """What a gap is about, with the moment for what happened once."""
    if not gap.fact_kind:
        return gap.title or gap.record_id
    kinds = {
        FactKind.SALE_RECORDED.value: tr("Ticket {title}"),
        FactKind.STOCK_MOVED.value: tr("Stock movement of {title}"),
        FactKind.PRODUCT_CHANGED.value: tr("Change of article {title}"),
        FactKind.ORDER_PREPARED.value: tr("Preparation of order {title}"),
        FactKind.ORDER_READY.value: tr("Order {title} ready"),
        FactKind.ORDER_HANDED_OVER.value: tr("Handover of order {title}"),
        FactKind.HANDOVER_UNDONE.value: tr("Undone handover of order {title}"),
    }
    text = kinds.get(gap.fact_kind, "{title}").format(title=gap.title or f"({gap.till_seq})")
    return f"{text}, {day_and_time(gap.happened_at)}" if gap.happened_at else text


def _figure(gap: Gap, value: int | None) -> str:
    if value is None:
        return "?"
    if gap.kind is _K.SALE_DIFFERS:
        return amount(Money(value))
    return quantity(value, Unit(gap.unit)) if gap.unit else str(value)


def not_offered_words() -> str:
    """Why nothing was compared."""
    return tr("This marketplace cannot be compared with the till: it is older than this till, or of another kind.")
