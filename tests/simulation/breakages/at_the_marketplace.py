"""Mistakes in how the marketplace takes facts in, and in its feed of changes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.marketplace import changes, effects, intake, relay, stock, tokens
from app.marketplace import tables as t
from app.marketplace.orders import find_order, hash_of
from app.marketplace.schemas import MovementPayload
from app.usecases.record_fact import record_fact
from tests.simulation.actions.worst_moments import FORGETFUL, OLD_TOKENS
from tests.simulation.mutations import Patch, mutation


@mutation("the marketplace does not look whether it knows a fact already", seed=3, days=3)
def no_idempotency_check(patch: Patch) -> None:
    """A fact told again takes effect again: the row of the fact is written anew, under the same id."""
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


@mutation("levels are told as what is left, not as what moved", seed=2, days=3)
def levels_as_absolutes(patch: Patch) -> None:
    original = effects.take_effect

    def tell(uow: Any, counter: Any, kind: Any, subject: str, happened_at: Any, payload: Any) -> Any:
        products = {each["product_id"] for each in payload.get("movements", ())}
        left = {product_id: uow.stock.level(product_id) for product_id in sorted(products)}
        return record_fact(uow, counter, kind, subject, happened_at, {**payload, "levels": left} if left else payload)

    def take(transaction: Any, told: Any) -> Any:
        effect = original(transaction, told)
        levels = t.stock_level.c
        for product_id, left in told.payload.get("levels", {}).items():
            at_product = (levels.shop_id == transaction.shop_id) & (levels.product_id == product_id)
            transaction.connection.execute(t.stock_level.update().where(at_product).values(physical=left))
        return effect

    patch.everywhere(record_fact, tell)
    patch.attribute(intake, "take_effect", take)


@mutation("a second handover of the same goods moves nothing", seed=3, days=3)
def second_handover_moves_nothing(patch: Patch) -> None:
    effect = effects._order_handed_over

    def hand_over(transaction: Any, told: Any) -> Any:
        order = find_order(transaction.connection, transaction.shop_id, told.payload["order_id"])
        second = order is not None and effects._all_settled(transaction, order)
        return effect(transaction, _without_movements(told) if second else told)

    patch.attribute(effects, "_EFFECTS", {**effects._EFFECTS, "order_handed_over": hand_over})


def _without_movements(told: Any) -> Any:
    return replace(told, payload={**told.payload, "movements": []})


@mutation("a fact told again moves the stock again", seed=3, days=1)
def duplicate_moves_again(patch: Patch) -> None:
    original = intake._answer_again

    def answer(transaction: Any, known: Any, row: dict[str, Any]) -> Any:
        moved = [MovementPayload.model_validate(each) for each in json.loads(row["payload"]).get("movements", ())]
        stock._raise_levels(transaction, [stock._row(transaction, each, known.till_id) for each in moved])
        return original(transaction, known, row)

    patch.attribute(intake, "_answer_again", answer)


@mutation("a conflict is kept and nobody is asked", seed=2, days=3)
def conflict_in_silence(patch: Patch) -> None:
    patch.attribute(intake, "open_for_conflict", lambda *arguments, **named: None)


@mutation("what was sold twice is not told to anybody", seed=1, days=2)
def oversold_in_silence(patch: Patch) -> None:
    patch.attribute(effects, "notice_oversold", lambda transaction, moved: None)


@mutation("goods that come back by an undone handover are not put back", seed=1, days=2)
def undone_without_goods(patch: Patch) -> None:
    undo = effects._handover_undone

    def without_goods(transaction: Any, told: Any) -> Any:
        return undo(transaction, _without_movements(told))

    patch.attribute(effects, "_EFFECTS", {**effects._EFFECTS, "handover_undone": without_goods})


@mutation("a cursor of a history that was lost is taken for one of today", scenario=FORGETFUL, seed=1, days=2)
def lost_history_is_not_noticed(patch: Patch) -> None:
    patch.attribute(changes, "_is_gone", lambda connection, shop_id, since, mark, any_rows: False)


@mutation("a new token makes the old one void before it was used", scenario=OLD_TOKENS, seed=2, days=2)
def old_token_void_at_once(patch: Patch) -> None:
    def renew(transaction: Any, till_id: str) -> str:
        token = tokens.new_token(transaction.surroundings)
        of_till = t.till.c.till_id == till_id
        transaction.connection.execute(t.till.update().where(of_till).values(token_hash=hash_of(token)))
        return token

    patch.everywhere(tokens.renew_token, renew)


@mutation("facts of a rescue file are taken in under new ids", seed=3, days=3)
def rescued_facts_are_new(patch: Patch) -> None:
    original = relay._take_fact

    def take(transaction: Any, till: Any, plain: Any) -> Any:
        known = select(t.fact.c.fact_id).where(t.fact.c.fact_id == plain["fact_id"])
        told_before = transaction.connection.execute(known).first() is not None
        seq = relay._highest_seq(transaction, till) + 1
        new = {**plain, "fact_id": transaction.surroundings.new_id(), "till_seq": seq} if told_before else plain
        return original(transaction, till, new)

    patch.attribute(relay, "_take_fact", take)
