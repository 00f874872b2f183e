"""Somebody with the file and the time changes the ledger, in more than two hundred ways: each is found, and named.

The attacker drops the triggers, edits with plain SQL, puts the triggers back, and knows how the chain is made, but has
no key. A ledger that nobody touched gives no false alarm.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.domain.fiscal import KnownHead
from app.domain.ledger_check import FindingKind
from app.storage.fiscal_tables import NEVER_CHANGED
from app.storage.signing import LedgerSigner, SignatureChecker
from app.storage.store import open_store
from app.usecases.start_ledger import check_at_start, witness_heads
from app.usecases.verify_ledger import LedgerReport, Outside, verify_ledger
from tests.fakes.surroundings import HandSetClock, MemorySecrets
from tests.integration.ledger.trade import drop_guards, restore_guards, traded

EDITS_OF_EACH_KIND = 6
ZEROS = bytes(32) + bytes(64)


@dataclass(frozen=True)
class Scene:
    """An untouched ledger and what is known of it outside."""

    database: Path
    older: Path
    known_heads: tuple[KnownHead, ...]
    key_id: str


@dataclass(frozen=True)
class Named:
    """What must be among the findings: one of the kinds, at a row (0: any) or a table's record."""

    kinds: frozenset[FindingKind]
    series: str = ""
    number: int = 0
    details: tuple[tuple[str, Any], ...] = ()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Three days of trade; the older copy is of the evening before the last."""
    folder = tmp_path_factory.mktemp("ledger")
    database, older = folder / "till.sqlite3", folder / "older.sqlite3"
    till = traded(database, days=2, sales_a_day=60)
    till.store.backup(older)
    check_at_start(till.counter, till.secrets, SignatureChecker())
    chance = random.Random(2)
    till.trade_a_day(chance, 60)
    till.sell(chance, copies=2)  # of a day that is not closed yet
    witness_heads(till.store.queries.ledger_books(), till.secrets)
    till.store.close()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Scene(database, older, tuple(till.secrets.known_heads()), till.counter.signer.key_id)


def verified(scene: Scene, database: Path, *, every_signature: bool = False, tables: bool = True) -> LedgerReport:
    clock = HandSetClock()
    store = open_store(database, clock=clock, read_only=True)
    try:
        outside = Outside(scene.known_heads, scene.key_id)
        return verify_ledger(
            store.queries.ledger_books(),
            SignatureChecker(),
            clock,
            outside,
            every_signature=every_signature,
            tables=tables,
        )
    finally:
        store.close()


def is_named(report: LedgerReport, wanted: Named) -> bool:
    return any(
        finding.kind in wanted.kinds
        and wanted.series in ("", finding.series)
        and wanted.number in (0, finding.number)
        and all(finding.details.get(name) == value for name, value in wanted.details)
        for finding in report.findings
    )


class Attacker:
    """Edits one copy of the ledger."""

    def __init__(self, connection: sqlite3.Connection, chance: random.Random) -> None:
        self.sql = connection
        self.chance = chance

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.sql.execute(statement, values).fetchall()

    def any_row(self, series: str = "", last_too: bool = True) -> tuple[str, int]:
        """Series and number of some row of the ledger."""
        if not series:
            series = self.chance.choice(("sales", "sales", "events", "events", "closures"))
        count = self.rows("SELECT count(*) FROM ledger WHERE series = ?", series)[0][0]
        return series, self.chance.randint(1, count if last_too else count - 1)

    def change(self, series: str, number: int, column: str, value: Any) -> None:
        self.sql.execute(
            f"UPDATE ledger SET {column} = ? WHERE series = ? AND number = ?",  # noqa: S608  # the attacker's own
            (value, series, number),
        )

    def value(self, series: str, number: int, column: str) -> Any:
        return self.rows(f"SELECT {column} FROM ledger WHERE series = ? AND number = ?", series, number)[0][0]  # noqa: S608  # the attacker's own

    def flip(self, value: bytes) -> bytes:
        """One bit of one byte changed."""
        place = self.chance.randrange(len(value))
        changed = bytearray(value)
        changed[place] ^= 1 << self.chance.randrange(8)
        return bytes(changed)

    def recompute(self, series: str, first: int) -> None:
        """Plain digests down the chain, as if no signature existed; the counter is brought along."""
        rows = self.rows(
            "SELECT number, canonical, hash, signature FROM ledger WHERE series = ? ORDER BY number", series
        )
        before = ZEROS
        for number, canonical, stored, signature in rows:
            digest = hashlib.sha256(before + canonical).digest() if number >= first else stored
            self.change(series, number, "hash", digest)
            before = digest + signature
        self.sql.execute(
            "UPDATE ledger_head SET hash = ?, signature = ? WHERE series = ?", (before[:32], before[32:], series)
        )


def _other(value: Any, chance: random.Random) -> Any:
    """Another value of the same type."""
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 100, 4096))
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if not value:
        return "x"
    place = chance.randrange(len(value))
    return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]


# --- edits: each returns what must be named ---


def content_byte(attacker: Attacker) -> Named:
    series, number = attacker.any_row()
    attacker.change(series, number, "canonical", attacker.flip(attacker.value(series, number, "canonical")))
    return Named(frozenset({FindingKind.CONTENT_CHANGED}), series, number)


def hash_byte(attacker: Attacker) -> Named:
    series, number = attacker.any_row()
    attacker.change(series, number, "hash", attacker.flip(attacker.value(series, number, "hash")))
    return Named(frozenset({FindingKind.HASH_CHANGED}), series, number)


def signature_byte(attacker: Attacker) -> Named:
    series, number = attacker.any_row()
    attacker.change(series, number, "signature", attacker.flip(attacker.value(series, number, "signature")))
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, number)


def column(attacker: Attacker) -> Named:
    series, number = attacker.any_row()
    name = attacker.chance.choice(("kind", "record_id", "happened_at", "trading_day"))
    attacker.change(series, number, name, _other(attacker.value(series, number, name), attacker.chance))
    return Named(frozenset({FindingKind.COLUMN_CHANGED}), series, number, (("field", name),))


def chain_name(attacker: Attacker) -> Named:
    series, number = attacker.any_row(attacker.chance.choice(("sales", "events")), last_too=False)
    name = attacker.chance.choice(("till_letter", "series"))
    attacker.change(series, number, name, "Q")
    return Named(frozenset({FindingKind.ROWS_MISSING}), series, number)


def row_number(attacker: Attacker) -> Named:
    series, number = attacker.any_row(attacker.chance.choice(("sales", "events")), last_too=False)
    attacker.change(series, number, "number", 100_000)
    return Named(frozenset({FindingKind.ROWS_MISSING}), series, number)


def key_name(attacker: Attacker) -> Named:
    series, number = attacker.any_row()
    attacker.change(series, number, "key_id", "0123456789abcdef")
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, number)


def row_removed(attacker: Attacker) -> Named:
    series, number = attacker.any_row(attacker.chance.choice(("sales", "events")), last_too=False)
    attacker.sql.execute("DELETE FROM ledger WHERE series = ? AND number = ?", (series, number))
    return Named(frozenset({FindingKind.ROWS_MISSING}), series, number, (("last", number),))


def row_removed_and_the_rest_moved_up(attacker: Attacker) -> Named:
    series, number = attacker.any_row(attacker.chance.choice(("sales", "events")), last_too=False)
    attacker.sql.execute("DELETE FROM ledger WHERE series = ? AND number = ?", (series, number))
    attacker.sql.execute("UPDATE ledger SET number = -number WHERE series = ? AND number > ?", (series, number))
    attacker.sql.execute("UPDATE ledger SET number = -number - 1 WHERE series = ? AND number < 0", (series,))
    return Named(frozenset({FindingKind.ROW_MOVED}), series, number, (("sealed_as", number + 1),))


def rows_swapped(attacker: Attacker) -> Named:
    series, number = attacker.any_row(attacker.chance.choice(("sales", "events")), last_too=False)
    other = number + 1
    attacker.change(series, number, "number", -1)
    attacker.change(series, other, "number", number)
    attacker.change(series, -1, "number", other)
    return Named(frozenset({FindingKind.ROW_MOVED}), series, number, (("sealed_as", other),))


def row_added(attacker: Attacker) -> Named:
    """A ticket of the attacker's own at the end, well chained, with the counter brought along."""
    series = attacker.chance.choice(("sales", "events"))
    last = attacker.rows("SELECT max(number) FROM ledger WHERE series = ?", series)[0][0]
    names = "till_letter, series, number, kind, record_id, happened_at, trading_day, canonical, hash, signature, key_id"
    row = attacker.rows(f"SELECT {names} FROM ledger WHERE series = ? AND number = ?", series, last)[0]  # noqa: S608  # the attacker's own
    canonical = (
        row[7]
        .replace(f'"number":{last},'.encode(), f'"number":{last + 1},'.encode())
        .replace(row[4].encode(), b"forged")
    )
    digest = hashlib.sha256(row[8] + row[9] + canonical).digest()
    forged = (*row[:2], last + 1, row[3], "forged", *row[5:7], canonical, digest, row[9], row[10])
    attacker.sql.execute(f"INSERT INTO ledger ({names}) VALUES (?,?,?,?,?,?,?,?,?,?,?)", forged)  # noqa: S608  # the attacker's own
    attacker.sql.execute("UPDATE ledger_head SET number = ?, hash = ? WHERE series = ?", (last + 1, digest, series))
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, last + 1)


def tail_cut(attacker: Attacker) -> Named:
    series = attacker.chance.choice(("sales", "events", "closures"))
    last = attacker.rows("SELECT max(number) FROM ledger WHERE series = ?", series)[0][0]
    first = max(1, last - attacker.chance.randint(0, 5))
    attacker.sql.execute("DELETE FROM ledger WHERE series = ? AND number >= ?", (series, first))
    return Named(frozenset({FindingKind.TAIL_CUT}), series, first, (("last", last),))


def tail_cut_with_its_counter(attacker: Attacker) -> Named:
    named = tail_cut(attacker)
    if named.number == 1:
        attacker.sql.execute("DELETE FROM ledger_head WHERE series = ?", (named.series,))
    attacker.sql.execute(
        "UPDATE ledger_head SET (number, hash, signature, happened_at, trading_day) = "
        "(SELECT number, hash, signature, happened_at, trading_day FROM ledger WHERE series = ? AND number = ?) "
        "WHERE series = ?",
        (named.series, named.number - 1, named.series),
    )
    return Named(frozenset({FindingKind.TAIL_CUT, FindingKind.OLDER_COPY}), named.series, named.number, named.details)


def tail_cut_everywhere(attacker: Attacker) -> Named:
    """Ledger and tables alike, so that they agree with each other."""
    named = tail_cut_with_its_counter(attacker)
    for table, key in (("sale_line", "sale_id"), ("sale_payment", "sale_id"), ("sale_vat", "sale_id")):
        attacker.sql.execute(
            f"DELETE FROM {table} WHERE {key} NOT IN (SELECT record_id FROM ledger)"  # noqa: S608  # the attacker's own
        )
    for table, key in (("sale", "sale_id"), ("closure", "closure_id"), ("cash_movement", "movement_id")):
        attacker.sql.execute(
            f"DELETE FROM {table} WHERE {key} NOT IN (SELECT record_id FROM ledger)"  # noqa: S608  # the attacker's own
        )
    return named


def counter_rolled_back(attacker: Attacker) -> Named:
    series = attacker.chance.choice(("sales", "events"))
    by = attacker.chance.randint(1, 30)
    attacker.sql.execute("UPDATE ledger_head SET number = number - ? WHERE series = ?", (by, series))
    return Named(frozenset({FindingKind.COUNTER_BEHIND}), series)


def counter_column(attacker: Attacker) -> Named:
    series = attacker.chance.choice(("sales", "events", "closures"))
    names = ("hash", "signature", "perpetual_minor", "perpetual_absolute_minor", "trading_day", "happened_at")
    name = attacker.chance.choice(names)
    value = attacker.rows(f"SELECT {name} FROM ledger_head WHERE series = ?", series)[0][0]  # noqa: S608  # the attacker's own
    attacker.sql.execute(
        f"UPDATE ledger_head SET {name} = ? WHERE series = ?",  # noqa: S608  # the attacker's own
        (_other(value, attacker.chance), series),
    )
    return Named(frozenset({FindingKind.COUNTER_CHANGED}), series)


def counter_removed(attacker: Attacker) -> Named:
    series = attacker.chance.choice(("sales", "events", "closures"))
    attacker.sql.execute("DELETE FROM ledger_head WHERE series = ?", (series,))
    return Named(frozenset({FindingKind.COUNTER_BEHIND}), series)


def label_and_plain_hashes(attacker: Attacker) -> Named:
    """R6 worked example, row swap: a label edited, then plain SHA-256 recomputed down the chain, tables alike."""
    series, number = attacker.any_row("sales")
    canonical = attacker.value(series, number, "canonical")
    changed = canonical.replace(b'"label":"', b'"label":"x', 1)
    assert changed != canonical
    attacker.change(series, number, "canonical", changed)
    attacker.recompute(series, number)
    attacker.sql.execute(
        "UPDATE sale_line SET label = 'x' || label WHERE line_no = 1 AND sale_id = "
        "(SELECT record_id FROM ledger WHERE series = 'sales' AND number = ?)",
        (number,),
    )
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, number)


def amounts_and_plain_hashes(attacker: Attacker) -> Named:
    """Every amount of a closure, an event or a ticket made smaller, and the digests recomputed."""
    series, number = attacker.any_row()
    canonical = attacker.value(series, number, "canonical")
    attacker.change(series, number, "canonical", canonical.replace(b'"day":"2026', b'"day":"2025', 1))
    attacker.recompute(series, number)
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, number)


def signatures_swapped(attacker: Attacker) -> Named:
    series, number = attacker.any_row(attacker.chance.choice(("sales", "events")), last_too=False)
    other = number + 1
    first, second = (attacker.value(series, place, "signature") for place in (number, other))
    attacker.change(series, number, "signature", second)
    attacker.change(series, other, "signature", first)
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, number)


TABLES = {
    "sale": "sale_id",
    "sale_line": "sale_id",
    "sale_payment": "sale_id",
    "sale_vat": "sale_id",
    "closure": "closure_id",
    "cash_movement": "movement_id",
}
_OF_TABLES = frozenset({FindingKind.TABLE_CHANGED, FindingKind.TABLE_ROW_MISSING, FindingKind.TABLE_ROW_ADDED})


def _any_record(attacker: Attacker, table: str) -> tuple[dict[str, Any], str, tuple[Any, ...]]:
    """A row of a table, and how to find it again."""
    names = [row[1] for row in attacker.rows(f"PRAGMA table_info({table})")]
    keys = [row[1] for row in attacker.rows(f"PRAGMA table_info({table})") if row[5]]
    row = dict(zip(names, attacker.chance.choice(attacker.rows(f"SELECT * FROM {table}")), strict=True))  # noqa: S608  # the attacker's own
    where = " AND ".join(f"{key} = ?" for key in keys)
    return row, where, tuple(row[key] for key in keys)


def table_value(attacker: Attacker) -> Named:
    """Any column of any row of any table that repeats the ledger."""
    table = attacker.chance.choice(list(TABLES))
    row, where, place = _any_record(attacker, table)
    name = attacker.chance.choice([name for name in row if name != "row_id"])
    attacker.sql.execute("PRAGMA foreign_keys=OFF")
    attacker.sql.execute(
        f"UPDATE {table} SET {name} = ? WHERE {where}",  # noqa: S608  # the attacker's own
        (_other(row[name], attacker.chance), *place),
    )
    if name in (TABLES[table], "line_no", "position", "rate_bp"):
        return Named(_OF_TABLES, details=(("table", table),))
    return Named(_OF_TABLES, details=(("table", table), ("record", row[TABLES[table]]), ("field", name)))


def table_row_removed(attacker: Attacker) -> Named:
    table = attacker.chance.choice(list(TABLES))
    row, where, place = _any_record(attacker, table)
    attacker.sql.execute(f"DELETE FROM {table} WHERE {where}", place)  # noqa: S608  # the attacker's own
    return Named(frozenset({FindingKind.TABLE_ROW_MISSING}), details=(("table", table), ("record", row[TABLES[table]])))


def table_row_added(attacker: Attacker) -> Named:
    table = attacker.chance.choice(list(TABLES))
    row, _, _ = _any_record(attacker, table)
    own = {"sale": {"sale_id": "mine", "number": 9_999}, "closure": {"closure_id": "mine", "number": 999, "rank": 9}}
    parts = {"sale_line": {"line_no": 99}, "sale_payment": {"position": 9}, "sale_vat": {"rate_bp": 77}}
    row |= own.get(table, parts.get(table, {"movement_id": "mine"}))
    row.pop("row_id", None)
    names = ", ".join(row)
    marks = ", ".join("?" for _ in row)
    attacker.sql.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608  # the attacker's own
    return Named(frozenset({FindingKind.TABLE_ROW_ADDED}), details=(("table", table), ("record", row[TABLES[table]])))


def copy_on_paper(attacker: Attacker) -> Named:
    """A duplicate that never was, one less, or another moment or person."""
    document, copy_no = attacker.chance.choice(
        attacker.rows("SELECT document_id, copy_no FROM document_copy WHERE copy_no > 0")
    )
    place = (document, copy_no)
    act = attacker.chance.choice(("less", "more", "operator", "made_at", "original"))
    if act == "less":
        attacker.sql.execute("DELETE FROM document_copy WHERE document_id = ? AND copy_no = ?", place)
    elif act == "more":
        attacker.sql.execute("INSERT INTO document_copy VALUES (?, 77, 'paper', '2026-01-01', 'x')", (document,))
    elif act == "original":
        attacker.sql.execute("DELETE FROM document_copy WHERE document_id = ? AND copy_no = 0", (document,))
    else:
        attacker.sql.execute(
            f"UPDATE document_copy SET {act} = 'x' WHERE document_id = ? AND copy_no = ?",  # noqa: S608  # the attacker's own
            place,
        )
    return Named(_OF_TABLES, details=(("table", "document_copy"), ("record", document)))


def sealed_totals(attacker: Attacker) -> Named:
    """Perpetual totals inside a sealed ticket, digests recomputed."""
    series, number = attacker.any_row("sales")
    canonical = attacker.value(series, number, "canonical")
    attacker.change(series, number, "canonical", canonical.replace(b'"perpetual":', b'"perpetual":1', 1))
    attacker.recompute(series, number)
    return Named(frozenset({FindingKind.PERPETUAL_WRONG}), series, number)


def sealed_money(attacker: Attacker) -> Named:
    series, number = attacker.any_row("sales")
    canonical = attacker.value(series, number, "canonical")
    attacker.change(series, number, "canonical", canonical.replace(b'"tendered":', b'"tendered":9', 1))
    attacker.recompute(series, number)
    return Named(frozenset({FindingKind.SIGNATURE_WRONG}), series, number)


def closure_body(attacker: Attacker) -> Named:
    """A smaller Z, in the ledger and in its table, digests recomputed."""
    series, number = attacker.any_row("closures")
    canonical = attacker.value(series, number, "canonical").replace(b'"sales":', b'"sales":1', 1)
    attacker.change(series, number, "canonical", canonical)
    attacker.recompute(series, number)
    attacker.sql.execute("UPDATE closure SET body = ? WHERE number = ?", (canonical.decode(), number))
    return Named(frozenset({FindingKind.CLOSURE_WRONG}), series, number, (("field", "sales"),))


def key_replaced_in_the_table(attacker: Attacker) -> Named:
    other = LedgerSigner(MemorySecrets())
    attacker.sql.execute("UPDATE fiscal_key SET public_pem = ?", (other.public_pem,))
    return Named(frozenset({FindingKind.KEY_CHANGED}), "events", 1)


def signed_again_with_another_key(attacker: Attacker) -> Named:
    """The whole ledger sealed anew by the attacker's own key: only who knew the head or the key before can tell."""
    other = LedgerSigner(MemorySecrets())
    old_key, old_pem = attacker.rows("SELECT key_id, public_pem FROM fiscal_key")[0]
    series_of = attacker.rows("SELECT DISTINCT series FROM ledger")
    attacker.sql.execute("UPDATE fiscal_key SET key_id = ?, public_pem = ?", (other.key_id, other.public_pem))
    for (series,) in series_of:
        before = ZEROS
        for number, canonical in attacker.rows(
            "SELECT number, canonical FROM ledger WHERE series = ? ORDER BY number", series
        ):
            said = canonical.replace(old_key.encode(), other.key_id.encode()).replace(
                old_pem.replace("\n", "\\n").encode(), other.public_pem.replace("\n", "\\n").encode()
            )
            digest = hashlib.sha256(before + said).digest()
            signature = other.sign(digest)
            attacker.sql.execute(
                "UPDATE ledger SET canonical = ?, hash = ?, signature = ?, key_id = ? WHERE series = ? AND number = ?",
                (said, digest, signature, other.key_id, series, number),
            )
            before = digest + signature
        attacker.sql.execute(
            "UPDATE ledger_head SET hash = ?, signature = ? WHERE series = ?", (before[:32], before[32:], series)
        )
    return Named(
        attacker.chance.choice((frozenset({FindingKind.KEY_NOT_OURS}), frozenset({FindingKind.HISTORY_REWRITTEN})))
    )


EDITS: tuple[Callable[[Attacker], Named], ...] = (
    content_byte,
    hash_byte,
    signature_byte,
    column,
    chain_name,
    row_number,
    key_name,
    row_removed,
    row_removed_and_the_rest_moved_up,
    rows_swapped,
    row_added,
    tail_cut,
    tail_cut_with_its_counter,
    tail_cut_everywhere,
    counter_rolled_back,
    counter_column,
    counter_removed,
    label_and_plain_hashes,
    amounts_and_plain_hashes,
    signatures_swapped,
    table_value,
    table_row_removed,
    table_row_added,
    copy_on_paper,
    sealed_totals,
    sealed_money,
    closure_body,
    key_replaced_in_the_table,
    signed_again_with_another_key,
)
MORE_OF: dict[Callable[[Attacker], Named], int] = {table_value: 30, content_byte: 15, column: 12}


def test_there_are_at_least_two_hundred_edits() -> None:
    assert sum(MORE_OF.get(edit, EDITS_OF_EACH_KIND) for edit in EDITS) >= 200


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_r01_r04_r14_every_edit_is_found_and_named(
    scene: Scene, tmp_path: Path, edit: Callable[[Attacker], Named]
) -> None:
    for seed in range(MORE_OF.get(edit, EDITS_OF_EACH_KIND)):
        copy = tmp_path / "copy.sqlite3"
        shutil.copy(scene.database, copy)
        connection = sqlite3.connect(copy)
        drop_guards(connection)
        wanted = edit(Attacker(connection, random.Random(f"{edit.__name__} {seed}")))
        restore_guards(connection)
        connection.commit()
        connection.close()
        report = verified(scene, copy)
        assert not report.is_sound
        assert is_named(report, wanted), f"seed {seed}: {wanted} not among {report.findings[:6]}"


def test_r14_an_untouched_ledger_gives_no_false_alarm(scene: Scene) -> None:
    for every_signature, tables in ((False, True), (True, True), (False, False)):
        report = verified(scene, scene.database, every_signature=every_signature, tables=tables)
        assert report.findings == ()
        assert report.is_sound
        assert report.row_count > 300


def test_r06_an_older_copy_of_the_whole_file_is_named(scene: Scene) -> None:
    report = verified(scene, scene.older)
    assert {(finding.kind, finding.series) for finding in report.findings} == {
        (FindingKind.OLDER_COPY, "sales"),
        (FindingKind.OLDER_COPY, "events"),
        (FindingKind.OLDER_COPY, "closures"),
    }


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_r01_triggers_that_were_dropped_are_missed(scene: Scene, tmp_path: Path, table: str) -> None:
    copy = tmp_path / "copy.sqlite3"
    shutil.copy(scene.database, copy)
    connection = sqlite3.connect(copy)
    connection.execute(f"DROP TRIGGER {table}_no_delete")
    connection.execute(f"DROP TRIGGER {table}_no_update")
    connection.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT 1; END")
    connection.commit()
    connection.close()
    named = {finding.details.get("guard") for finding in verified(scene, copy).findings}
    assert named == {f"{table}_no_delete", f"{table}_no_update"}
