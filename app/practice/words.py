"""Owns the sentences of the practice shop: what to do in each exercise, what was seen in it, the sheet at the end. No
Qt, no decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import tr, trn
from app.practice.exercises import LESSONS, Exercise
from app.practice.progress import Progress


@dataclass(frozen=True, slots=True)
class OrderWords:
    """What a sentence names of an order: never more than its customer's page shows."""

    number: str = ""
    name: str = ""
    spoken_code: str = ""


def task(exercise: Exercise, order: OrderWords) -> str:
    """What to do, in one sentence."""
    return {
        Exercise.SALE: tr("Sell: type 2,50 and Enter twice, then F12 to pay and Enter: paid in cash."),
        Exercise.PREPARE: tr(
            "An order has come: type its number {number} and Enter, put its goods together, then Enter twice: it is "
            "ready."
        ),
        Exercise.HAND_OVER: tr("{name} is here: type {number} and Enter, then Enter once more: the goods leave."),
        Exercise.SHOWN_AGAIN: tr(
            "Somebody shows the code of {name} once more: type {code} and Enter, and read what the till answers."
        ),
        Exercise.OFF_LINE_SALE: tr(
            "The network is gone. Sell all the same: 2,50 and Enter twice, F12, Enter. It waits to be sent."
        ),
        Exercise.OFF_LINE_HANDOVER: tr(
            "Still no network, and {name} is here: type {number} and Enter, then Enter once more."
        ),
        Exercise.BACK_ON_LINE: tr("The network is back. F8 shows how all that waited goes by itself."),
        Exercise.LATE_TWICE: tr(
            "The order {number} was placed during the cut and came late, then twice. It is there once: type its number "
            "and Enter, then Enter twice."
        ),
        Exercise.CANCELLED: tr(
            "{name} cancelled order {number} after it was made ready: type its number and Enter, and read what the "
            "till says. Nothing leaves."
        ),
        Exercise.NO_PAPER: tr(
            "The printer has no paper. Sell 2,50 in cash as before, then P for the ticket; read what the till says, "
            "then put paper in."
        ),
    }[exercise].format(number=order.number, name=order.name, code=order.spoken_code)


def title(exercise: Exercise) -> str:
    return {
        Exercise.SALE: tr("A sale in cash"),
        Exercise.PREPARE: tr("An order made ready"),
        Exercise.HAND_OVER: tr("An order handed over"),
        Exercise.SHOWN_AGAIN: tr("A code shown twice"),
        Exercise.OFF_LINE_SALE: tr("A sale without a network"),
        Exercise.OFF_LINE_HANDOVER: tr("A handover without a network"),
        Exercise.BACK_ON_LINE: tr("The network comes back"),
        Exercise.LATE_TWICE: tr("An order late, and sent twice"),
        Exercise.CANCELLED: tr("An order cancelled after it was ready"),
        Exercise.NO_PAPER: tr("A printer without paper"),
    }[exercise]


def seen(exercise: Exercise) -> str:
    """What it has shown."""
    return {
        Exercise.SALE: tr("A price is enough to sell; the ticket is printed only if the customer wants it."),
        Exercise.PREPARE: tr("The customer is told by the marketplace that the order is ready."),
        Exercise.HAND_OVER: tr("A code, a name or a number opens the order; Enter hands it over."),
        Exercise.SHOWN_AGAIN: tr("The till says when, and to whom, the goods have left; nothing leaves twice."),
        Exercise.OFF_LINE_SALE: tr("The shop goes on; the number waiting stands at the top."),
        Exercise.OFF_LINE_HANDOVER: tr("What this till holds it may hand over without asking anybody."),
        Exercise.BACK_ON_LINE: tr("Nothing has to be done again: it goes by itself, once."),
        Exercise.LATE_TWICE: tr("An order that comes twice is one order."),
        Exercise.CANCELLED: tr("The card says that it is cancelled: the goods go back on the shelf."),
        Exercise.NO_PAPER: tr("The sale is safe before anything is printed; the ticket waits for the paper."),
    }[exercise]


def time_used(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return trn("{count} minute", "{count} minutes", minutes).format(count=minutes)


def sheet_text(progress: Progress, requests_refused: int, day: str) -> str:
    """The sheet as Markdown: one page, to print and keep."""
    return "\n".join(_sheet_lines(progress, requests_refused, day))


def _sheet_lines(progress: Progress, requests_refused: int, day: str) -> Sequence[str]:
    lesson = LESSONS[progress.lesson]
    done = [exercise for exercise in lesson if exercise in progress.done]
    left_out = [exercise for exercise in lesson if exercise not in progress.done]
    lines = ["# " + tr("FACTICE: practice at the till"), "", f"{day}, {time_used(progress.seconds)}.", ""]
    if done:
        lines += ["## " + tr("What was done"), ""]
        lines += [
            "- " + tr("**{what}**: {seen}").format(what=title(exercise), seen=seen(exercise)) for exercise in done
        ]
    if left_out:
        lines += ["", "## " + tr("What was left out"), ""]
        lines += [f"- [ ] {title(exercise)}" for exercise in left_out]
    if requests_refused:
        count = trn(
            "The cut network swallowed {count} request: nothing was lost.",
            "The cut network swallowed {count} requests: nothing was lost.",
            requests_refused,
        )
        lines += ["", count.format(count=requests_refused)]
    return [*lines, "", tr("Nothing of this is real, and nothing of it is in the shop’s books.")]
