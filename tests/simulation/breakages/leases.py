"""Mistakes about who may hand an order over without asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.domain import lease, order
from app.domain.order import HandoverVerdict, VerdictKind
from app.marketplace import lease_terms, leases, leases_api
from app.marketplace.orders import find_order
from app.sync import client, lease_calls
from app.sync import leases as lease_talk
from app.usecases.lease_ports import GivenUp
from tests.simulation.actions.leases import TO_AND_FRO
from tests.simulation.actions.worst_moments import GIVING_UP, LOG_IN_PAGES
from tests.simulation.mutations import Patch, mutation
from tests.simulation.world import SHORT_LEASES


@mutation("the till does not look at the lease before the goods go", seed=1, days=1)
def lease_ignored(patch: Patch) -> None:
    original = order.judge_handover

    def without_lease(*arguments: Any, **named: Any) -> HandoverVerdict:
        verdict = original(*arguments, **named)
        if verdict.kind is VerdictKind.CANNOT_TELL:
            return replace(verdict, kind=VerdictKind.READY)
        return verdict

    patch.everywhere(original, without_lease)


@mutation("a lease is used after it was given up", scenario=TO_AND_FRO, seed=2, days=3)
def used_after_given_up(patch: Patch) -> None:
    original = lease.is_held

    def held(of: Any, till_id: str, given_up: int | None, newest: datetime) -> bool:
        return original(of, till_id, None, newest)

    patch.everywhere(original, held)


@mutation("a wish for a lease is granted while another till holds it", seed=3, days=3)
def wish_takes_the_lease(patch: Patch) -> None:
    patch.attribute(leases, "is_free_for", lambda order, till_id, now: True)


@mutation("a release does not say which lease it gives up", scenario=GIVING_UP, seed=2, days=2)
def release_without_number(patch: Patch) -> None:
    original = leases.release_lease

    def release(transaction: Any, order_id: str, number: int, till_id: str) -> Any:
        found = find_order(transaction.connection, transaction.shop_id, order_id)
        return original(transaction, order_id, number if found is None else found.lease_number, till_id)

    patch.attribute(leases_api, "release_lease", release)


@mutation("the marketplace gives a lease on as soon as it has run out", scenario=SHORT_LEASES, seed=5, days=3)
def no_margin(patch: Patch) -> None:
    patch.attribute(lease_terms, "LEASE_MARGIN", timedelta(0))


@mutation("a lease is used after it has run out", scenario=SHORT_LEASES, seed=1, days=3)
def used_after_it_ran_out(patch: Patch) -> None:
    original = lease.is_held

    def held(of: Any, till_id: str, given_up: int | None, newest: datetime) -> bool:
        return original(of, till_id, given_up, min(newest, of.until) if of is not None else newest)

    patch.everywhere(original, held)


@mutation("a lease is told to be given up before it is", scenario=GIVING_UP, seed=1, days=2)
def told_before_given_up(patch: Patch) -> None:
    original = lease_talk.settle_leases

    def settle(counter: Any, marketplace: Any) -> int:
        with counter.unit_of_work() as uow:
            till_id = uow.identity().till_id
            orders = [uow.orders.get(order_id) for order_id in uow.leases.asked_back(till_id)]
        of_orders = [each.order for each in orders if each is not None and each.order.lease is not None]
        given_up = [GivenUp(each.order_id, each.lease.number) for each in of_orders if each.lease is not None]
        if given_up:
            marketplace.release_leases(given_up)
        return original(counter, marketplace)

    patch.attribute(lease_talk, "settle_leases", settle)


@mutation("whatever comes back counts as the answer to a release", scenario=LOG_IN_PAGES, seed=2, days=2)
def any_page_is_an_answer(patch: Patch) -> None:
    patch.attribute(client, "_BEGINS_JSON", b"")
    patch.attribute(lease_calls, "see_answered", lambda body: None)
