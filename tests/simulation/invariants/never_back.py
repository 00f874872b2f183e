"""What nothing may undo: a newer copy by an older one, the order of what happened, an act without its fact; and the
comparison, which must have nothing to mend while nobody's database was set back."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.reconciliation import GapKind
from tests.simulation.actions.misfortune import HELD_BACK
from tests.simulation.actions.reconciliation import HANDS
from tests.simulation.actions.rescue import STICKS
from tests.simulation.registry import ALWAYS, invariant
from tests.simulation.tills import Till
from tests.simulation.world import World

_MOVED_WITHOUT_FACT = """SELECT movement_id FROM stock_movement WHERE till_id = ? AND movement_id NOT IN (
    SELECT json_extract(each.value, '$.movement_id') FROM fact, json_each(fact.payload, '$.movements') AS each)"""
_SOLD_WITHOUT_FACT = """SELECT sale_id FROM sale WHERE sale_id NOT IN (
    SELECT json_extract(payload, '$.sale_id') FROM fact WHERE kind = 'sale_recorded')"""
_HANDED_OVER_WITHOUT_FACT = """SELECT handover_id FROM handover WHERE handover_id NOT IN (
    SELECT json_extract(payload, '$.handover_id') FROM fact WHERE kind = 'order_handed_over')"""


@invariant("I3", when=ALWAYS)
def no_older_copy_replaces_a_newer_one(world: World) -> Iterator[str]:
    if not world.server.set_back:
        yield from world.book.went_back


@invariant("I2")
def every_act_has_its_fact(world: World) -> Iterator[str]:
    for till in world.tills:
        for what, sql in (("sale", _SOLD_WITHOUT_FACT), ("handover", _HANDED_OVER_WITHOUT_FACT)):
            for (act_id,) in till.ask(sql):
                yield f"{what} {act_id} happened at {till.name}, and no fact tells of it"
        if till.set_back:
            continue  # the movements of lost facts come down again, without them
        for (movement_id,) in till.ask(_MOVED_WITHOUT_FACT, till.till_id):
            yield f"movement {movement_id} happened at {till.name}, and no fact tells of it"


@invariant("I3")
def facts_of_a_subject_arrive_in_order(world: World) -> Iterator[str]:
    """In the order in which they happened at their till, if no database was set back."""
    if world.server.set_back:
        return
    happened = {fact_id: place for place, fact_id in enumerate(world.book.facts)}
    newest: dict[tuple[str, str], str] = {}
    for (fact_id,) in world.ask_server("SELECT fact_id FROM fact ORDER BY rowid"):
        seen = world.book.facts.get(fact_id)
        if seen is None or seen.till in {till.name for till in world.tills if till.set_back}:
            continue
        before = newest.setdefault((seen.till, seen.subject), fact_id)
        if happened[before] > happened[fact_id]:
            yield f"{seen.subject}: fact {fact_id} of {seen.till} arrived behind {before}, which happened later"
        newest[seen.till, seen.subject] = fact_id


@invariant("I3", when=ALWAYS)
def what_follows_a_refused_fact_waits(world: World) -> Iterator[str]:
    """Until a person has seen to it: sent again, worded anew or set aside."""
    for till, refused_id, next_id, attempts, sticks in world.notes.get(HELD_BACK, ()):
        if not till.running or till.set_back or len(world.notes.get(STICKS, ())) > sticks:
            continue  # a rescue file tells all there is; an older copy knows nothing of what was sent again since
        still = till.ask(
            "SELECT 1 FROM outbox WHERE fact_id = ? AND state = 'refused' AND attempts = ?", refused_id, attempts
        )
        here = till.ask("SELECT 1 FROM fact WHERE fact_id = ?", next_id)
        if still and here and world.ask_server("SELECT 1 FROM fact WHERE fact_id = :fact", fact=next_id):
            yield f"{till.name}: fact {next_id} was told although {refused_id}, before it, is refused"


@invariant("I4", when=ALWAYS)
def the_comparison_has_nothing_to_mend(world: World) -> Iterator[str]:
    if world.server.set_back or world.town.scenario == HANDS or any(till.set_back for till in world.tills):
        return
    for till in world.tills:
        run = till.queries.last_reconciliation() if till.running else None
        for gap in run.open_gaps if run is not None else ():
            yield f"{till.name} names a gap that there cannot be: {_said(gap.kind, gap.record_id)} {gap.title}"


@invariant("I1")
def tills_have_the_keys_that_are_valid(world: World) -> Iterator[str]:
    valid = {key_id for (key_id,) in world.ask_server("SELECT key_id FROM pickup_key WHERE key_base64 IS NOT NULL")}
    for till in world.tills:
        held = _keys_of(till)
        if held != valid and not (world.server.set_back and held > valid):  # one that it made since, and forgot
            yield f"{till.name} holds the pickup keys {sorted(held)}, valid are {sorted(valid)}"


def _keys_of(till: Till) -> set[str]:
    return set(till.secrets.pickup_keys())


def _said(kind: GapKind, record_id: str) -> str:
    return f"{kind.value} {record_id}"
