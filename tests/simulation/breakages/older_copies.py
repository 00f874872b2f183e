"""Mistakes about a till whose database is an older copy of itself."""

from __future__ import annotations

from typing import Any

from app.marketplace import intake
from app.sync import greeting, push
from app.usecases import give_up_leases, start_ledger
from tests.simulation.actions.misfortune import OLDER_COPIES
from tests.simulation.actions.worst_moments import OLD_LEASES
from tests.simulation.mutations import Patch, mutation


@mutation(
    "an older copy goes on with the numbers it finds; one that is refused stays refused",
    scenario=OLDER_COPIES,
    seed=1,
    days=3,
)
def number_reused_after_restore(patch: Patch) -> None:
    patch.attribute(greeting, "know_older_copy", lambda counter, status: None)
    patch.attribute(push, "_is_clash", lambda answer: False)


@mutation("a fact is known by its number instead of its id", scenario=OLDER_COPIES, seed=6, days=3)
def known_by_number(patch: Patch) -> None:
    original = intake._take_fact

    def take(transaction: Any, till: Any, fact: Any) -> Any:
        if intake._number_used(transaction, till, fact.till_seq):
            return intake.Answer(fact.fact_id, intake.DUPLICATE)
        return original(transaction, till, fact)

    patch.attribute(greeting, "know_older_copy", lambda counter, status: None)
    patch.attribute(intake, "_take_fact", take)


@mutation("the ledger of an older copy goes on from its own last row", scenario=OLDER_COPIES, seed=1, days=3)
def ticket_number_reused(patch: Patch) -> None:
    original = start_ledger.look_at_ends
    patch.attribute(start_ledger, "look_at_ends", lambda books, known_heads, check: original(books, (), check))


@mutation("an older copy goes on with the leases it finds", scenario=OLD_LEASES, seed=1, days=2)
def leases_of_an_older_copy(patch: Patch) -> None:
    patch.everywhere(give_up_leases.give_up_all_leases, lambda uow, now: 0)
