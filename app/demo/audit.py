"""Owns the audit of what a tour or a journey left behind: both databases, read with nothing but sqlite3, none of
Comptoir's own code. Never writes.

Each check returns sentences about what is wrong, none if the invariant of `architecture.md` section 4 holds.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEFT = ("given", "replaced", "weighed")
SERVER_KINDS = {"sale_recorded": "sale", "order_handed_over": "handover"}


@dataclass(frozen=True)
class Books:
    """Both databases, open for reading."""

    till: sqlite3.Connection
    market: sqlite3.Connection

    def close(self) -> None:
        self.till.close()
        self.market.close()


def open_books(till: Path, market: Path) -> Books:
    """Through the write-ahead log, as the next start would read them."""
    return Books(_open(till), _open(market))


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


def rows(connection: sqlite3.Connection, sql: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sql, values)]


def check_all(books: Books, diary: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every check; `diary` is what the till's process said was done."""
    return [
        *check_files(books),
        *check_handed_over_once(books),
        *check_done_is_there(books.till, diary),
        *check_facts(books),
        *check_server_effects(books),
        *check_copies(books),
        *check_levels(books),
        *check_goods_left(books.till),
        *check_numbers(books.till),
        *check_chains(books.till),
        *check_documents(books.till),
        *check_paper(books.till, diary),
    ]


def named_checks(books: Books) -> list[tuple[str, list[str]]]:
    """Each check with its name, for a story in which nothing crashed."""
    return [
        ("both databases are whole", check_files(books)),
        ("I1: nothing left twice", check_handed_over_once(books)),
        ("I3: each fact took effect once", [*check_facts(books), *check_server_effects(books)]),
        ("I3: the till has what the marketplace says", check_copies(books)),
        ("I4: stock is the sum of its movements, the same on both sides", check_levels(books)),
        ("I4: what was sold or handed over left the stock", check_goods_left(books.till)),
        ("I5: tickets and facts are numbered without gap", check_numbers(books.till)),
        ("I5: every row of the ledger is chained, every ticket sealed", check_chains(books.till)),
        ("I6: every document adds up", check_documents(books.till)),
        ("every print came out, once", check_all_printed(books.till)),
    ]


def turnover_minor(till: Path) -> int:
    """Cents of turnover of all documents, by another way than the program's closures."""
    connection = _open(till)
    try:
        return int(connection.execute("SELECT coalesce(sum(gross_minor), 0) FROM sale_vat").fetchone()[0])
    finally:
        connection.close()


_SAFE_TABLES = (
    "sale",
    "sale_line",
    "sale_payment",
    "sale_vat",
    "handover",
    "handover_line",
    "fact",
    "stock_movement",
    "stock_level",
    "product",
)


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the tables that no restart may change, by table."""
    connection = _open(path)
    try:
        return {
            table: sorted((tuple(row) for row in connection.execute(f"SELECT * FROM {table}")), key=repr)  # noqa: S608
            for table in _SAFE_TABLES
        }
    finally:
        connection.close()


def check_files(books: Books) -> list[str]:
    faults = []
    for name, connection in (("till", books.till), ("marketplace", books.market)):
        faults += [f"{name}: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"{name}: broken reference {tuple(row)}" for row in connection.execute("PRAGMA foreign_key_check")]
    return faults


# --- I1 ---


def check_handed_over_once(books: Books) -> list[str]:
    """I1: no line of an order left twice, on either side."""
    here = Counter(
        (row["order_id"], row["line_no"])
        for row in rows(
            books.till,
            "SELECT h.order_id, l.line_no, l.outcome FROM handover h JOIN handover_line l USING (handover_id) "
            "WHERE h.undone_at IS NULL",
        )
        if row["outcome"] != "to_follow"
    )
    there = Counter(
        (row["order_id"], line_no)
        for row in rows(books.market, "SELECT order_id, settled_lines FROM handover WHERE undone_at IS NULL")
        for line_no in json.loads(row["settled_lines"])
    )
    faults = [f"I1 till: line {key} left {count} times" for key, count in here.items() if count > 1]
    faults += [f"I1 marketplace: line {key} left {count} times" for key, count in there.items() if count > 1]
    if set(here) != set(there):
        faults.append(f"I1: lines that left differ: {sorted(set(here) ^ set(there))[:5]}")
    return faults


# --- I2 ---


def check_done_is_there(till: sqlite3.Connection, diary: Sequence[Mapping[str, Any]]) -> list[str]:
    """I2: everything that was said to be done is in the till's database."""
    faults: list[str] = []
    taken = {line["taking"] for line in diary if "taking" in line}
    _list_for_looking_up(till)
    facts = rows(till, "SELECT kind, payload FROM fact")
    prepared = {_prepared_key(json.loads(fact["payload"])) for fact in facts if fact["kind"] == "order_prepared"}
    for line in diary:
        if "done" not in line:
            continue
        for what, sql, values in _traces(line, taken):
            if till.execute(sql, values).fetchone() is None:
                faults.append(f"I2: {what} was done and is not there: {dict(line)}")
        if "prepared" in line:
            key = (line["order_id"], tuple(tuple(result) for result in line["prepared"]))
            if key not in prepared:
                faults.append(f"I2: a preparation was done and is not there: {dict(line)}")
    return faults


def _list_for_looking_up(till: sqlite3.Connection) -> None:
    """What the till itself never looks up that way, beside its database: a day's diary names thousands."""
    for table, sql in (
        ("told_subject", "SELECT DISTINCT subject FROM fact"),
        ("printed_document", "SELECT DISTINCT document_id FROM print_job"),
        ("told_ready", "SELECT DISTINCT json_extract(payload, '$.order_id') FROM fact WHERE kind = 'order_ready'"),
    ):
        till.execute(f"DROP TABLE IF EXISTS temp.{table}")
        till.execute(f"CREATE TEMP TABLE {table} (id PRIMARY KEY)")
        till.execute(f"INSERT INTO {table} SELECT * FROM ({sql}) WHERE true ON CONFLICT DO NOTHING")  # noqa: S608  # no input in it


_Trace = tuple[str, str, tuple[object, ...]]


def _traces(line: Mapping[str, Any], taken: set[str]) -> Iterable[_Trace]:
    if "sale_id" in line:
        lines = "(SELECT count(*) FROM sale_line l WHERE l.sale_id = s.sale_id)"
        letter_number = "s.till_letter || '-' || printf('%06d', s.number)"
        yield (
            "a sale",
            f"SELECT 1 FROM sale s WHERE sale_id = ? AND {letter_number} = ? AND total_minor = ? AND {lines} = ?",  # noqa: S608  # no input in it
            (line["sale_id"], line["number"], line["total_minor"], line["lines"]),
        )
        yield "its fact", "SELECT 1 FROM told_subject WHERE id = ?", (f"sale:{line['sale_id']}",)
        if line["receipt"]:
            yield "its receipt", "SELECT 1 FROM printed_document WHERE id = ?", (line["sale_id"],)
    if "handover_id" in line:
        yield (
            "a handover",
            "SELECT 1 FROM handover WHERE handover_id = ? AND order_id = ?",
            (line["handover_id"], line["order_id"]),
        )
        if line["slip"]:
            yield "its slip", "SELECT 1 FROM printed_document WHERE id = ?", (line["handover_id"],)
    if "undone" in line:
        yield (
            "an undone handover",
            "SELECT 1 FROM handover WHERE handover_id = ? AND undone_at IS NOT NULL",
            (line["undone"],),
        )
    if line.get("ready"):  # what was edited since may be prepared again: the fact is what stays
        yield "a ready order", "SELECT 1 FROM told_ready WHERE id = ?", (line["order_id"],)
    for movement_id in line.get("movements", ()):
        yield "a movement", "SELECT 1 FROM stock_movement WHERE movement_id = ?", (movement_id,)
    if "job_id" in line:
        yield "a copy", "SELECT 1 FROM print_job WHERE job_id = ?", (line["job_id"],)
    if "parked" in line and line["parked"] not in taken:
        yield (
            "a parked basket",
            "SELECT 1 FROM parked_basket WHERE basket_id = ? AND total_minor = ?",
            (line["parked"], line["total_minor"]),
        )


def _prepared_key(payload: Mapping[str, Any]) -> tuple[str, tuple[tuple[object, ...], ...]]:
    lines = tuple((line["line_no"], line["outcome"], line["quantity"]) for line in payload["lines"])
    return payload["order_id"], lines


# --- I3 ---


def check_facts(books: Books) -> list[str]:
    """I3: the marketplace has each fact of the till once, with the same content, and no other; nothing waits."""
    faults: list[str] = []
    here = {row["fact_id"]: row for row in rows(books.till, "SELECT * FROM fact")}
    till_id = books.till.execute("SELECT till_id FROM till").fetchone()[0]
    told = rows(books.market, "SELECT * FROM fact WHERE till_id = ?", till_id)
    there = {row["fact_id"]: row for row in told}
    if len(told) != len(there):
        faults.append(f"I3: {len(told)} facts told, {len(there)} ids")
    faults += [f"I3: never told: {_named(here[fact_id])}" for fact_id in here.keys() - there.keys()]
    faults += [f"I3: told, but not in the till: {_named(there[fact_id])}" for fact_id in there.keys() - here.keys()]
    for fact_id in here.keys() & there.keys():
        if _content(here[fact_id]) != _content(there[fact_id]):
            faults.append(f"I3: told otherwise than it happened: {_named(here[fact_id])}")
    queued = {row["fact_id"]: row["state"] for row in rows(books.till, "SELECT fact_id, state FROM outbox")}
    conflicts = {fact_id for fact_id, fact in there.items() if fact["outcome"] == "conflict"}
    faults += [f"I3: {state}: {_named(here[fact_id])}" for fact_id, state in queued.items() if state != "conflicted"]
    if set(queued) != conflicts:
        faults.append(f"I3: {len(conflicts)} conflicts on the marketplace, {len(queued)} rows left in the outbox")
    exceptions = {
        row["exception_id"] for row in rows(books.till, "SELECT exception_id FROM exception WHERE fact_id <> ''")
    }
    if exceptions != conflicts:
        faults.append(f"I3: {len(conflicts)} conflicts, {len(exceptions)} exceptions shown")
    return faults


def _named(fact: Mapping[str, Any]) -> str:
    return f"{fact['till_seq']} {fact['kind']} {fact['fact_id']}"


def _content(fact: Mapping[str, Any]) -> tuple[object, ...]:
    moment = str(fact["happened_at"]).replace("Z", "+00:00")
    return fact["till_seq"], fact["kind"], fact["subject"], moment, json.loads(fact["payload"])


def check_server_effects(books: Books) -> list[str]:
    """I3: what the facts say is in the marketplace's own tables, once."""
    faults: list[str] = []
    told = Counter(
        str(json.loads(row["payload"]).get(f"{name}_id"))
        for row in rows(books.market, "SELECT kind, payload FROM fact")
        if (name := SERVER_KINDS.get(row["kind"])) is not None
    )
    kept = Counter(row["sale_id"] for row in rows(books.market, "SELECT sale_id FROM sale"))
    kept += Counter(row["handover_id"] for row in rows(books.market, "SELECT handover_id FROM handover"))
    if told != kept:
        faults.append(f"I3: sales and handovers differ from the facts: {list((told - kept) + (kept - told))[:5]}")
    sales = {row["sale_id"]: row["total_minor"] for row in rows(books.till, "SELECT sale_id, total_minor FROM sale")}
    shown = {row["sale_id"]: row["total_minor"] for row in rows(books.market, "SELECT sale_id, total_minor FROM sale")}
    if sales != shown:
        faults.append(f"I3: sales differ: {sorted(sales.items() ^ shown.items())[:5]}")
    return faults


def check_copies(books: Books) -> list[str]:
    """The other direction of I3: the till has each order and each article of the marketplace, at its latest state."""
    order = (
        "SELECT order_id, version, number, total_minor, paid_minor, preparation, handover, cancelled_at IS NULL FROM "
    )
    product = "SELECT product_id, version, name, price_minor FROM product"
    faults: list[str] = []
    for what, here_sql, there_sql in (
        ("orders", order + "server_order", order + "shop_order"),
        ("articles", product, product),
    ):
        here = {tuple(row) for row in books.till.execute(here_sql)}
        there = {tuple(row) for row in books.market.execute(there_sql)}
        if here != there:
            faults.append(f"I3: {what} differ: {sorted(here - there)[:3]} here, {sorted(there - here)[:3]} there")
    if quarantined := rows(books.till, "SELECT kind, record_id, reason FROM quarantine"):
        faults.append(f"I9: quarantined: {quarantined[:3]}")
    return faults


# --- I4 ---


def check_levels(books: Books) -> list[str]:
    """I4: levels are the sums of movements on both sides, and both sides have the same movements."""
    faults: list[str] = []
    summed = _sums(books.till, "SELECT product_id, location, quantity FROM stock_movement")
    levels = _sums(books.till, "SELECT product_id, location, quantity FROM stock_level")
    if summed != levels:
        faults.append(f"I4 till: levels are not the sums of movements: {sorted(summed.items() ^ levels.items())[:5]}")
    summed = _sums(books.market, "SELECT product_id, '' AS location, quantity FROM stock_movement")
    levels = _sums(books.market, "SELECT product_id, '' AS location, physical AS quantity FROM stock_level")
    if summed != levels:
        faults.append(f"I4 marketplace: levels are not the sums: {sorted(summed.items() ^ levels.items())[:5]}")
    movement = "SELECT movement_id, product_id, location, quantity, reason, source_id, till_id FROM stock_movement"
    here, there = ({tuple(row) for row in side.execute(movement)} for side in (books.till, books.market))
    if here != there:
        faults.append(f"I4: {len(here - there)} movements only here, {len(there - here)} only there")
        faults += [f"I4: {row}" for row in sorted(here ^ there)[:5]]
    return faults


_SOLD = """
SELECT l.line_id, l.quantity AS sold, COALESCE(SUM(-m.quantity), 0) AS moved
FROM sale_line l JOIN product p USING (product_id) LEFT JOIN stock_movement m ON m.source_id = l.line_id
WHERE p.stock_tracked AND l.order_id = '' GROUP BY l.line_id HAVING sold <> moved
"""
_HANDED_OVER = """
SELECT h.handover_id, l.product_id, SUM(l.quantity) AS given, (
    SELECT COALESCE(SUM(-m.quantity), 0) FROM stock_movement m
    WHERE m.source_id = h.handover_id AND m.product_id = l.product_id AND m.reason = 'handover') AS moved
FROM handover h JOIN handover_line l USING (handover_id) JOIN product p USING (product_id)
WHERE p.stock_tracked GROUP BY h.handover_id, l.product_id HAVING given <> moved
"""


def check_goods_left(till: sqlite3.Connection) -> list[str]:
    """I4, the other half: what was sold or handed over also left the stock, line by line."""
    return [
        *(f"I4: sold, not moved: {row}" for row in rows(till, _SOLD)),
        *(f"I4: handed over, not moved: {row}" for row in rows(till, _HANDED_OVER)),
    ]


def _sums(connection: sqlite3.Connection, sql: str) -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(sql):
        sums[row["product_id"], row["location"]] += row["quantity"]
    return {key: quantity for key, quantity in sums.items() if quantity}


# --- I5 (numbers) ---


def check_numbers(till: sqlite3.Connection) -> list[str]:
    """I5: tickets and facts are numbered 1, 2, 3 ... without gap or double, in the order in which they happened."""
    faults: list[str] = []
    for series in rows(till, "SELECT DISTINCT till_letter, series FROM sale"):
        numbers = rows(
            till,
            "SELECT number, happened_at FROM sale WHERE till_letter = ? AND series = ? ORDER BY number",
            *series.values(),
        )
        faults += _gaps(f"tickets {series}", [row["number"] for row in numbers])
        times = [row["happened_at"] for row in numbers]
        if times != sorted(times):
            faults.append(f"I5: tickets {series} are not in the order of time")
    faults += _gaps("facts", [row["till_seq"] for row in rows(till, "SELECT till_seq FROM fact ORDER BY till_seq")])
    return faults


def _gaps(what: str, numbers: Sequence[int]) -> list[str]:
    wanted = list(range(1, len(numbers) + 1))
    return [] if list(numbers) == wanted else [f"I5: {what} are not numbered 1 to {len(numbers)} without gap"]


# --- I6 ---


def check_chains(till: sqlite3.Connection) -> list[str]:
    """I5: each row's digest takes in the digest and signature before it and its own bytes; every ticket has its row."""
    faults = []
    ends: dict[tuple[str, str], tuple[int, bytes]] = {}
    for row in till.execute("SELECT * FROM ledger ORDER BY till_letter, series, number"):
        chain = (row["till_letter"], row["series"])
        number, before = ends.get(chain, (0, bytes(96)))
        if row["number"] != number + 1 or hashlib.sha256(before + row["canonical"]).digest() != row["hash"]:
            faults.append(f"I5: row {row['number']} of {' '.join(chain)} does not follow row {number}")
        ends[chain] = (row["number"], row["hash"] + row["signature"])
    unsealed = (
        "SELECT sale_id, number FROM sale WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE record_id = sale_id AND "
        "ledger.number = sale.number AND ledger.series = sale.series)"
    )
    return faults + [f"I5: ticket {row['number']} is not sealed" for row in rows(till, unsealed)]


def check_documents(till: sqlite3.Connection) -> list[str]:
    """I6: on every document lines = total = VAT base + VAT, at each rate, and payments - change = total; and each has
    its fact, its lines' movements and its handover, or none of it exists."""
    faults: list[str] = []
    for sale in rows(till, "SELECT * FROM sale"):
        sale_id = sale["sale_id"]
        lines = rows(till, "SELECT * FROM sale_line WHERE sale_id = ?", sale_id)
        vat = rows(till, "SELECT * FROM sale_vat WHERE sale_id = ?", sale_id)
        payments = rows(till, "SELECT * FROM sale_payment WHERE sale_id = ?", sale_id)
        sums = {
            "lines": sum(line["total_minor"] for line in lines),
            "VAT parts": sum(part["net_minor"] + part["vat_minor"] for part in vat),
            "payments": sum(payment["amount_minor"] for payment in payments),
        }
        wrong = [f"{name} {amount}" for name, amount in sums.items() if amount != sale["total_minor"]]
        for part in vat:
            of_rate = [line for line in lines if line["vat_rate_bp"] == part["rate_bp"]]
            if sum(line["net_minor"] for line in of_rate) != part["net_minor"]:
                wrong.append(f"base at {part['rate_bp']}")
            if sum(line["total_minor"] for line in of_rate) != part["gross_minor"]:
                wrong.append(f"total at {part['rate_bp']}")
        for payment in payments:
            change = payment["tendered_minor"] - payment["amount_minor"]
            if change < 0 or (change and payment["means"] != "cash"):
                wrong.append(f"change {change} of {payment['means']}")
        if not lines or [line["line_no"] for line in lines] != list(range(1, len(lines) + 1)):
            wrong.append("line numbers")
        if till.execute("SELECT count(*) FROM fact WHERE subject = ?", (f"sale:{sale_id}",)).fetchone()[0] != 1:
            wrong.append("not one fact")
        faults += [f"I6: sale {sale['number']}, total {sale['total_minor']}: {fault}" for fault in wrong]
    orphans = "SELECT count(*) FROM handover WHERE sale_id <> '' AND sale_id NOT IN (SELECT sale_id FROM sale)"
    if till.execute(orphans).fetchone()[0]:
        faults.append("I6: a handover names a sale that is not there")
    handovers = {row["handover_id"] for row in rows(till, "SELECT handover_id FROM handover")}
    told = {
        json.loads(row["payload"])["handover_id"]
        for row in rows(till, "SELECT payload FROM fact WHERE kind = 'order_handed_over'")
    }
    if handovers != told:
        faults.append(f"I6: handovers and their facts differ: {sorted(handovers ^ told)[:5]}")
    return faults


# --- paper ---


def check_paper(till: sqlite3.Connection, diary: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every print job ended as done or, after a crash, as unknown; as many as were asked for."""
    states = Counter(row["state"] for row in rows(till, "SELECT state FROM print_job"))
    faults = [f"paper: {count} jobs are {state}" for state, count in states.items() if state not in ("done", "unknown")]
    asked = sum(bool(line.get("receipt")) + bool(line.get("slip")) + ("job_id" in line) for line in diary)
    if sum(states.values()) < asked:
        faults.append(f"paper: {asked} prints asked for, {sum(states.values())} jobs")
    return faults


def check_all_printed(till: sqlite3.Connection) -> list[str]:
    """Without a crash no job may be in doubt."""
    states = Counter(row["state"] for row in rows(till, "SELECT state FROM print_job"))
    if not states:
        return ["paper: nothing was printed"]
    return [f"paper: {count} jobs are {state}" for state, count in states.items() if state != "done"]


def check_printed_once(till: sqlite3.Connection, papers: Sequence[bytes]) -> list[str]:
    """No paper of a ticket came out more often than jobs for it exist, and each job that is done came out."""
    faults = []
    jobs = rows(till, "SELECT title, state, kind FROM print_job")
    for title in {job["title"] for job in jobs if job["kind"] == "sale_receipt"}:
        of_ticket = [job["state"] for job in jobs if job["title"] == title]
        seen = sum(title.encode() in paper for paper in papers)
        if not of_ticket.count("done") <= seen <= len(of_ticket):
            faults.append(f"paper: ticket {title} came out {seen} times for jobs {of_ticket}")
    return faults
