"""Owns the audit of what a storm left behind: every till's database, its clerk's journal and a photograph of the
marketplace's. Reads with sqlite3 alone (the ledger apart, which Comptoir's own check verifies). Never writes.

Each check returns sentences about what is wrong.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.demo.audit import (
    Books,
    check_chains,
    check_copies,
    check_documents,
    check_done_is_there,
    check_files,
    check_goods_left,
    check_levels,
    check_numbers,
    rows,
)
from tests.storm.weather import SHORT_MARGIN

LEFT = ("given", "replaced", "weighed")
_DISAGREEMENT = "SELECT exception_id, kind, order_id, product_id, answer, settled_by, settled_at IS NULL AS is_open"
_FACT = "SELECT fact_id, till_seq, kind, subject, happened_at, payload FROM fact"


@dataclass(frozen=True)
class TillLeft:
    """What one till left behind."""

    name: str
    database: Path
    journal: Path

    @property
    def promises(self) -> list[dict[str, Any]]:
        """What the clerk said was done."""
        if not self.journal.exists():
            return []
        lines = self.journal.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def check_storm(tills: Sequence[TillLeft], market_photograph: Path) -> list[str]:
    """Every check but the one of the ledgers (`ledgers.check_ledgers`)."""
    market = _open(market_photograph)
    open_tills = [(till, _open(till.database)) for till in tills]
    try:
        faults = [
            f"{till.name}: {fault}" for till, database in open_tills for fault in _check_till(till, database, market)
        ]
        databases = [database for _, database in open_tills]
        return [
            *faults,
            *check_server_effects(market),
            *check_handed_over_once(databases, market),
            *check_disagreements(databases, market),
        ]
    finally:
        for _, database in open_tills:
            database.close()
        market.close()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


def _check_till(till: TillLeft, database: sqlite3.Connection, market: sqlite3.Connection) -> Iterable[str]:
    books, promises = Books(database, market), till.promises
    yield from check_files(books)
    yield from check_done_is_there(database, promises)
    yield from check_promises_told(promises, database, market)
    yield from check_facts(database, market)
    yield from check_copies(books)
    yield from check_levels(books)
    yield from check_goods_left(database)
    yield from check_numbers(database)
    yield from check_chains(database)
    yield from check_documents(database)
    yield from check_witness(database, market)


# --- I2, I3: what was promised is there, once, on both sides ---


def check_promises_told(
    promises: Sequence[Mapping[str, Any]], till: sqlite3.Connection, market: sqlite3.Connection
) -> Iterable[str]:
    """What the clerk said was done took effect at the marketplace, once, as done by this till."""
    (till_id,) = till.execute("SELECT till_id FROM till").fetchone()
    sales = Counter(row["sale_id"] for row in rows(market, "SELECT sale_id FROM sale WHERE till_id = ?", till_id))
    handed = rows(market, "SELECT handover_id, undone_at FROM handover WHERE till_id = ?", till_id)
    handovers = Counter(row["handover_id"] for row in handed)
    undone = {row["handover_id"] for row in handed if row["undone_at"]}
    moved = Counter(row["movement_id"] for row in rows(market, "SELECT movement_id FROM stock_movement"))
    closed = {row["record_id"] for row in rows(till, "SELECT record_id FROM ledger WHERE series = 'closures'")}
    for promise in promises:
        found = [
            *([sales[promise["sale_id"]]] if "sale_id" in promise else []),
            *([handovers[promise["handover_id"]]] if "handover_id" in promise else []),
            *([int(promise["undone"] in undone)] if "undone" in promise else []),
            *(moved[movement_id] for movement_id in promise.get("movements", ())),
            *(int(closure_id in closed) for closure_id in promise.get("closed", ())),
        ]
        if any(times != 1 for times in found):
            yield f"I2: promised, and {found} times there: {dict(promise)}"


def check_facts(till: sqlite3.Connection, market: sqlite3.Connection) -> Iterable[str]:
    """I3: the marketplace has each fact of the till once, with the same content, and no other; nothing waits."""
    (till_id,) = till.execute("SELECT till_id FROM till").fetchone()
    here = {row["fact_id"]: row for row in rows(till, _FACT)}
    told = rows(market, f"{_FACT} WHERE till_id = ?", till_id)
    times = Counter(row["fact_id"] for row in told)
    there = {row["fact_id"]: row for row in told}
    yield from (f"I3: told {count} times: {fact_id}" for fact_id, count in times.items() if count > 1)
    yield from (f"I3: never told: {_named(here[fact_id])}" for fact_id in sorted(here.keys() - there.keys()))
    yield from (f"I3: invented: {_named(there[fact_id])}" for fact_id in sorted(there.keys() - here.keys()))
    for fact_id in sorted(here.keys() & there.keys()):
        if _content(here[fact_id]) != _content(there[fact_id]):
            yield f"I3: told otherwise than it happened: {_named(here[fact_id])}"
    for row in rows(till, "SELECT fact_id, state, message FROM outbox WHERE state <> 'conflicted'"):
        yield f"I3: {row['state']}: {_named(here[row['fact_id']])}: {row['message']}"


def _named(fact: Mapping[str, Any]) -> str:
    return f"{fact['till_seq']} {fact['kind']} {fact['fact_id']}"


def _content(fact: Mapping[str, Any]) -> tuple[object, ...]:
    moment = str(fact["happened_at"]).replace("Z", "+00:00")
    return fact["till_seq"], fact["kind"], fact["subject"], moment, json.loads(fact["payload"])


def check_server_effects(market: sqlite3.Connection) -> Iterable[str]:
    """I3: what the facts say is in the marketplace's own tables, once, and nothing else is."""
    told: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    for row in rows(market, "SELECT kind, payload FROM fact"):
        payload = json.loads(row["payload"])
        name = {"sale_recorded": "sale_id", "order_handed_over": "handover_id"}.get(row["kind"])
        if name is not None:
            told[str(payload.get(name))] += 1
        moved.update(movement["movement_id"] for movement in payload.get("movements", ()))
    kept = Counter(row["sale_id"] for row in rows(market, "SELECT sale_id FROM sale"))
    kept += Counter(row["handover_id"] for row in rows(market, "SELECT handover_id FROM handover"))
    if told != kept:
        yield f"I3: sales and handovers differ from the facts: {sorted((told - kept) + (kept - told))[:5]}"
    there = Counter(row["movement_id"] for row in rows(market, "SELECT movement_id FROM stock_movement"))
    of_tills = Counter(
        row["movement_id"] for row in rows(market, "SELECT movement_id FROM stock_movement WHERE till_id <> ''")
    )
    if moved != of_tills or max(there.values(), default=1) > 1:
        yield f"I4: movements differ from the facts: {sorted((moved - of_tills) + (of_tills - moved))[:5]}"


# --- I1 ---


def check_handed_over_once(tills: Sequence[sqlite3.Connection], market: sqlite3.Connection) -> Iterable[str]:
    """I1: no line of an order left twice unless a person said why, or a till kept silent about its handover until the
    lease was another's (`docs/sync.md`, what is not guaranteed); whenever one did, there is a disagreement."""
    told_late = _told_late(market)
    left: dict[tuple[str, int], list[str]] = defaultdict(list)
    for till in tills:
        found = rows(
            till,
            "SELECT h.handover_id, h.order_id, l.line_no, l.outcome, h.override_reason FROM handover h "
            "JOIN handover_line l USING (handover_id) WHERE h.undone_at IS NULL",
        )
        for row in found:
            if row["outcome"] in LEFT:
                why = row["override_reason"] or ("told too late" if row["handover_id"] in told_late else "")
                left[row["order_id"], row["line_no"]].append(why)
    told_apart = {
        row["subject"].removeprefix("order:")
        for row in rows(market, "SELECT subject FROM fact WHERE outcome = 'conflict' AND kind = 'order_handed_over'")
    }
    for (order_id, line_no), reasons in sorted(left.items()):
        if sum(not reason for reason in reasons) > 1:
            yield f"I1: line {line_no} of {order_id} left {len(reasons)} times, and nobody said why"
        if len(reasons) > 1 and order_id not in told_apart:
            yield f"I1: line {line_no} of {order_id} left {len(reasons)} times, and the marketplace never noticed"
    settled: Counter[tuple[str, int]] = Counter()
    for row in rows(market, "SELECT order_id, settled_lines FROM handover WHERE undone_at IS NULL"):
        settled.update((row["order_id"], line_no) for line_no in json.loads(row["settled_lines"]))
    yield from (f"I1: the marketplace settled {key} {count} times" for key, count in settled.items() if count > 1)
    if settled.keys() < left.keys():
        yield f"I1: left, and not settled at the marketplace: {sorted(left.keys() - settled.keys())[:5]}"


def _told_late(market: sqlite3.Connection) -> frozenset[str]:
    """Handovers that the marketplace heard of so late that the lease they were made under may have been over, and all
    clocks' margin with it."""
    found = rows(
        market,
        "SELECT json_extract(payload, '$.handover_id') AS handover_id, happened_at, received_at FROM fact "
        "WHERE kind = 'order_handed_over'",
    )
    return frozenset(
        row["handover_id"]
        for row in found
        if datetime.fromisoformat(row["received_at"]) - datetime.fromisoformat(row["happened_at"]) > SHORT_MARGIN
    )


# --- disagreements ---


def check_disagreements(tills: Sequence[sqlite3.Connection], market: sqlite3.Connection) -> Iterable[str]:
    """Each conflict judged is a disagreement, and all tills know of the same disagreements and the same answers."""
    kept = {row["exception_id"]: row for row in rows(market, f"{_DISAGREEMENT} FROM disagreement")}
    judged = {row["fact_id"] for row in rows(market, "SELECT fact_id FROM fact WHERE outcome = 'conflict'")}
    yield from (f"a conflict without a disagreement: {fact_id}" for fact_id in sorted(judged - kept.keys()))
    for till in tills:
        (name,) = till.execute("SELECT till_name FROM till").fetchone()
        shown = {row["exception_id"]: row for row in rows(till, f"{_DISAGREEMENT} FROM exception")}
        yield from (f"{name}: never heard of {dict(kept[id_])}" for id_ in sorted(kept.keys() - shown.keys()))
        for exception_id in sorted(shown):
            here, there = shown[exception_id], kept.get(exception_id)
            if there is None and (here["kind"] != "order_edited" or not here["is_open"]):
                yield f"{name}: nobody else knows of {dict(here)}"
            if there is not None and here != there:
                yield f"{name}: disagrees on a disagreement: {dict(here)} here, {dict(there)} there"
        waiting = {row["fact_id"] for row in rows(till, "SELECT fact_id FROM outbox WHERE state = 'conflicted'")}
        still_open = {exception_id for exception_id, row in shown.items() if row["is_open"]}
        yield from (
            f"{name}: waits for an answer that was given: {fact_id}" for fact_id in sorted(waiting - still_open)
        )


# --- witness ---


def check_witness(till: sqlite3.Connection, market: sqlite3.Connection) -> Iterable[str]:
    """What the marketplace was told of the ledger's ends is what the ledger holds there."""
    (till_id,) = till.execute("SELECT till_id FROM till").fetchone()
    heads = rows(market, "SELECT till_letter, series, number, hash FROM ledger_head WHERE till_id = ?", till_id)
    if not heads:
        yield "R5: the marketplace never heard of this ledger"
    for head in heads:
        found = till.execute(
            "SELECT hash FROM ledger WHERE till_letter = ? AND series = ? AND number = ?",
            (head["till_letter"], head["series"], head["number"]),
        ).fetchone()
        if found is None or bytes(found[0]).hex() != head["hash"]:
            yield f"R5: the marketplace remembers another row {head['number']} of {head['series']}"
