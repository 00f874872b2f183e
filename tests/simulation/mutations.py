"""Owns the deliberate breakages by which the simulator shows that it would notice: each takes one safeguard of the
product away for the length of a town.

A **mutation** is a function that takes a `Patch` and replaces what the safeguard is made of; add it with its decorator:

    @mutation("the cursor is committed before the page")
    def early_cursor(patch: Patch) -> None:
        patch.attribute(pull, "store_page", broken_store_page)

`caught_by(...)` plays towns until one breaks. A mutation that no town of 200 shop days catches is a hole in the
simulator (or a safeguard that nothing needs): mend it, never take the mutation off the list.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.simulation.world import Played, TownToPlay, play

DAYS_ALLOWED = 200.0


class Patch:
    """Replaces attributes until it is undone."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        """Args: owner: a class, a module, or a module's dotted name."""
        place = importlib.import_module(owner) if isinstance(owner, str) else owner
        original = place.__dict__[name]  # as it is stored: a static method stays one
        setattr(place, name, value)
        self._undo.append(lambda: setattr(place, name, original))

    def undo(self) -> None:
        for one in reversed(self._undo):
            one()


Breakage = Callable[[Patch], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """`what`: the safeguard that is gone, in words. `scenario`, `tills`: of the towns that can notice."""

    name: str
    what: str
    apply: Breakage
    scenario: str = ""
    tills: int = 2


MUTATIONS: dict[str, Mutation] = {}


def mutation(what: str, *, scenario: str = "", tills: int = 2) -> Callable[[Breakage], Breakage]:
    def keep(apply: Breakage) -> Breakage:
        MUTATIONS[apply.__name__] = Mutation(apply.__name__, what, apply, scenario, tills)
        return apply

    return keep


@contextlib.contextmanager
def applied(name: str) -> Iterator[Mutation]:
    """The product with one safeguard gone."""
    patch = Patch()
    try:
        MUTATIONS[name].apply(patch)
        yield MUTATIONS[name]
    finally:
        patch.undo()


def caught_by(name: str, first_seed: int, *, days_a_town: int = 10) -> tuple[TownToPlay, Played] | None:
    """The first town that notices, None if none of 200 shop days does."""
    with applied(name) as mutated:
        days = 0.0
        seed = first_seed
        while days < DAYS_ALLOWED:
            town = TownToPlay(seed, days_a_town, mutated.tills, mutated.scenario)
            played = play(town)
            if played.broken is not None:
                return town, played
            days += played.shop_days
            seed += 1
    return None


@mutation("the marketplace does not look whether it knows a fact already")
def no_idempotency_check(patch: Patch) -> None:
    """A fact told again takes effect again: the row of the fact is written anew, under the same id."""
    from app.marketplace import intake
    from app.marketplace import tables as t

    original = intake._keep_and_apply

    def apply_again(transaction: Any, row: dict[str, Any], *others: Any) -> Any:
        facts = t.fact.c
        transaction.connection.execute(
            t.fact.delete().where(facts.shop_id == row["shop_id"], facts.fact_id == row["fact_id"])
        )
        return original(transaction, row, *others)

    patch.attribute(intake, "_known", lambda transaction, fact_id: None)
    patch.attribute(intake, "_number_used", lambda transaction, till, till_seq: False)
    patch.attribute(intake, "_keep_and_apply", apply_again)


@mutation("the cursor is committed before the page is applied")
def early_cursor(patch: Patch) -> None:
    lanes: Any = importlib.import_module("app.sync.lane_steps")
    original = lanes.store_page

    def cursor_first(counter: Any, secrets: Any, cursor: str, page: Any) -> Any:
        with counter.unit_of_work() as uow:
            uow.pulled.set_cursor(page.cursor)
            uow.commit()
        return original(counter, secrets, cursor, page)

    patch.attribute(lanes, "store_page", cursor_first)


@mutation("the till does not look at the lease before the goods go")
def lease_ignored(patch: Patch) -> None:
    from dataclasses import replace

    from app.domain import order as order_module
    from app.domain.order import HandoverVerdict, VerdictKind
    from app.usecases import find_order, hand_over_order

    original = order_module.judge_handover

    def without_lease(*arguments: Any, **named: Any) -> HandoverVerdict:
        verdict = original(*arguments, **named)
        if verdict.kind is VerdictKind.CANNOT_TELL:
            return replace(verdict, kind=VerdictKind.READY)
        return verdict

    patch.attribute(find_order, "judge_handover", without_lease)
    patch.attribute(hand_over_order, "judge_handover", without_lease)
