"""Mistakes in how a till keeps what happened and tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from app.storage import outbox
from app.storage import store as store_module
from app.storage.tables import fact
from app.storage.tables import outbox as queue
from app.storage.unit_of_work import StoreUnitOfWork
from app.sync import push
from app.usecases import apply_server_orders, sell_at_counter
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.record_fact import record_fact
from tests.simulation.actions.worst_moments import FORGETFUL
from tests.simulation.mutations import Patch, mutation

_o = queue.c
_earlier = queue.alias("before")


def _claimable(*held_back: Any, newest_first: bool = False, states: Any = None) -> Any:
    """The product's statement with other conditions."""
    due = or_(_o.due_at.is_(None), _o.due_at <= bindparam("now"), _o.due_at > bindparam("absurd"))
    open_states = states if states is not None else and_(_o.state != outbox.REFUSED, _o.state != outbox.CONFLICTED)
    order = _o.till_seq.desc() if newest_first else _o.till_seq
    return (
        select(*outbox._FACT)
        .join(queue, _o.till_seq == fact.c.till_seq)
        .where(open_states, due, *held_back)
        .order_by(_o.urgency, order)
        .limit(bindparam("most"))
    )


@mutation("a fact leaves the queue when it is sent, not when it is answered", seed=1, days=3)
def settled_when_sent(patch: Patch) -> None:
    original = outbox.OutboxRows.claim

    def claim_and_forget(self: Any, limit: int, now: Any, lease_s: float) -> Any:
        claimed = original(self, limit, now, lease_s)
        for one in claimed:
            self._session.run(outbox._DONE, of_fact=one.fact_id)
        return claimed

    patch.attribute(outbox.OutboxRows, "claim", claim_and_forget)


@mutation("the answer to a part is taken for the answer to all that was claimed", seed=1, days=4)
def one_answer_settles_all(patch: Patch) -> None:
    claimed: dict[int, Sequence[Any]] = {}
    original_claim, original_settle = push._claim, push._settle

    def claim(counter: Any, limit: int) -> Any:
        facts, heads = original_claim(counter, limit)
        claimed[id(counter)] = facts
        return facts, heads

    def settle(counter: Any, answers: Sequence[FactAnswer], server_time: Any) -> None:
        answered = {answer.fact_id for answer in answers}
        others = [each for each in claimed.get(id(counter), ()) if each.fact_id not in answered]
        taken = [FactAnswer(each.fact_id, FactOutcome.APPLIED) for each in others] if answers else []
        original_settle(counter, [*answers, *taken], server_time)

    patch.attribute(push, "_claim", claim)
    patch.attribute(push, "_settle", settle)


@mutation("a sale and its fact are two transactions", seed=1, days=3)
def fact_after_the_sale(patch: Patch) -> None:
    later: dict[int, tuple[Any, ...]] = {}
    original = StoreUnitOfWork.__exit__

    def put_off(uow: Any, *told: Any) -> None:
        later[id(uow)] = told

    def then_the_fact(self: Any, kind: Any, error: Any, trace: Any) -> None:
        committed = not self._in_transaction
        original(self, kind, error, trace)
        told = later.pop(id(self), None)
        if told is not None and committed and kind is None:
            with StoreUnitOfWork(self._writer) as second:
                record_fact(second, *told)
                second.commit()

    patch.attribute(sell_at_counter, "record_fact", put_off)
    patch.attribute(StoreUnitOfWork, "__exit__", then_the_fact)


@mutation("no answer is taken for a refusal", seed=2, days=3)
def silence_is_a_refusal(patch: Patch) -> None:
    original = push._release

    def refuse(counter: Any, facts: Any, error: str, pause: Any) -> None:
        if error != "timeout":
            original(counter, facts, error, pause)
            return
        with counter.unit_of_work() as uow:
            refused = [FactAnswer(fact_id, FactOutcome.REFUSED, "no answer", reason=error) for fact_id in facts]
            uow.outbox.settle(refused, counter.clock.now())
            uow.commit()

    patch.attribute(push, "_release", refuse)


@mutation("what follows a refused fact of its subject is sent all the same", seed=7, days=1)
def refused_holds_nothing_back(patch: Patch) -> None:
    patch.attribute(outbox, "CLAIMABLE", _claimable())


@mutation("a refused fact holds everything back", seed=1, days=3)
def refused_holds_everything_back(patch: Patch) -> None:
    any_refused = exists().where(_earlier.c.till_seq < _o.till_seq, _earlier.c.state == outbox.REFUSED)
    patch.attribute(outbox, "CLAIMABLE", _claimable(~any_refused))


@mutation("the newest fact of a subject goes first", seed=1, days=3)
def newest_first(patch: Patch) -> None:
    patch.attribute(outbox, "CLAIMABLE", _claimable(newest_first=True))


@mutation("what was claimed when the machine died stays claimed", seed=5, days=3)
def claims_for_ever(patch: Patch) -> None:
    patch.attribute(outbox, "CLAIMABLE", _claimable(states=_o.state == outbox.PENDING))
    patch.attribute(store_module, "free_claims", lambda session: None)


@mutation("what a marketplace forgot is told again tomorrow, not at once", scenario=FORGETFUL, seed=1, days=2)
def forgotten_until_tomorrow(patch: Patch) -> None:
    patch.attribute(apply_server_orders, "HISTORY_LOST", "not looked for")
