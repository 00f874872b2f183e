"""Owns the wording of the outbox's two pages: the comparison with the marketplace, the rescue file. No Qt, no
decision."""

from __future__ import annotations

from datetime import datetime

from app.domain.reconciliation import Gap, GapKind, ReconciliationRun
from app.i18n import tr, trn
from app.ui import messages, rescue_words
from app.ui.formats import amount
from app.ui.outbox.comparison import ComparisonState
from app.ui.outbox.rescue import RescueState
from app.ui.reconciliation_words import gap_sentence, not_offered_words, run_summary
from app.ui.style.tokens import Role, Shape
from app.usecases.reconcile import NotCompared
from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten

# --- comparison -------------------------------------------------------------------------------------------------------


def run_verdict(run: ReconciliationRun | None, now: datetime) -> tuple[Shape, Role, str, str]:
    """Shape, role, word and sentence of the newest comparison."""
    if run is None:
        sentence = tr("The till compares once a day by itself. You may also do it now.")
        return Shape.QUESTION, Role.INFO, tr("Not compared yet"), sentence
    moment = tr("Compared {time}.").format(time=messages.when(run.ended_at, now))
    open_gaps = len(run.open_gaps) + run.left_out
    if not open_gaps:
        return Shape.TICK, Role.SUCCESS, tr("Everything agrees"), f"{run_summary(run)} {moment}"
    if all(is_mended(gap) for gap in run.open_gaps) and not run.left_out:
        text = trn("{count} gap found and mended", "{count} gaps found and mended", open_gaps)
        return Shape.HOURGLASS, Role.INFO, text.format(count=open_gaps), f"{moment} {_again()}"
    text = trn("{count} gap", "{count} gaps", open_gaps)
    return Shape.OCTAGON, Role.WARNING, text.format(count=open_gaps), f"{run_summary(run)} {moment}"


def _again() -> str:
    return tr("The next comparison shows whether all agrees.")


def is_mended(gap: Gap) -> bool:
    """Whether what closes the gap was done or set in motion."""
    return gap.can_be_mended


def run_figures(run: ReconciliationRun | None) -> str:
    """How much was compared."""
    if run is None:
        return ""
    facts = sum(here.count for here, _there in run.facts.values())
    parts = (
        trn("{count} action", "{count} actions", facts).format(count=facts),
        trn("{count} article", "{count} articles", run.products).format(count=run.products),
        trn("{count} open order", "{count} open orders", run.orders).format(count=run.orders),
    )
    figures = tr("Compared one by one: {parts}.").format(parts=", ".join(parts))
    return " ".join(part for part in (figures, _sales(run)) if part)


def _sales(run: ReconciliationRun) -> str:
    if not run.days:
        return ""
    from app.domain.money import Money

    here = sum(day.here.sum_minor for day in run.days)
    there = sum(day.there.sum_minor for day in run.days)
    text = tr("Tickets: {here} here, {there} at the marketplace.")
    return text.format(here=amount(Money(here)), there=amount(Money(there)))


def gap_line(gap: Gap) -> tuple[str, Role, str]:
    """A gap as a row: its sentence, what it means, the icon."""
    sentence = gap_sentence(gap)
    if gap.explains_itself:
        waits = gap.kind is GapKind.FACT_WAITING
        return sentence, Role.MUTED if waits else Role.INFO, "clock" if waits else "info"
    if is_mended(gap):
        return sentence, Role.SUCCESS, "circle-check"
    return sentence, Role.WARNING, "triangle-alert"


def left_out_words(run: ReconciliationRun, shown: int) -> str:
    """How many gaps are not listed; "" if all are."""
    missing = len(run.gaps) - shown + run.left_out
    if missing <= 0:
        return ""
    return trn("and {count} more", "and {count} more", missing).format(count=missing)


def comparison_said(state: ComparisonState) -> tuple[str, Role]:
    """What there is to say besides the result."""
    if state.failure is not None:
        return messages.describe_failure(state.failure), Role.DANGER
    if state.said is NotCompared.NOT_OFFERED:
        return not_offered_words(), Role.WARNING
    if state.said is NotCompared.STOPPED:
        return tr("Stopped. Nothing was changed."), Role.INFO
    return "", Role.INFO


# --- rescue file ------------------------------------------------------------------------------------------------------


def rescue_sentence(unsent: int) -> str:
    """What there would be to save."""
    if not unsent:
        return tr("Everything was told to the marketplace: there is nothing to rescue.")
    text = trn(
        "{count} action exists on this computer alone. On a stick it is safe, even if this computer breaks.",
        "{count} actions exist on this computer alone. On a stick they are safe, even if this computer breaks.",
        unsent,
    )
    return text.format(count=unsent)


def rescue_said(state: RescueState) -> tuple[str, Role]:
    """What came of the last file."""
    outcome = state.outcome
    if state.failure is not None:
        return messages.describe_failure(state.failure), Role.DANGER
    match outcome:
        case None:
            return "", Role.INFO
        case RescueWritten():
            return rescue_words.written(outcome), Role.SUCCESS
        case NothingWritten():
            return rescue_words.nothing_written(outcome), Role.INFO
        case RescueImported():
            return rescue_words.imported(outcome), Role.SUCCESS
        case _:
            return rescue_words.refusal(outcome), Role.DANGER
