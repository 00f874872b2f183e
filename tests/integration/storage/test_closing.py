"""Closures on a real file: triggers, plans that do not grow with the years, a year of 60,000 tickets."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.cash import CashCount
from app.domain.closure import ClosureKind
from app.domain.fiscal import Series
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    freeze_lines,
    vat_parts,
)
from app.storage import closing_reads
from app.storage.repositories import cash, closures
from app.storage.session import Compiler
from app.storage.signing import LedgerSigner, SignatureChecker
from app.storage.store import Store
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day, close_year
from app.usecases.keep_cash import open_drawer
from app.usecases.ports import Counter
from app.usecases.record_document import record_document
from app.usecases.seal_row import next_place
from app.usecases.verify_ledger import verify_ledger
from tests.fakes.surroundings import HandSetClock, MemorySecrets, a_counter


def signing(store: Store, clock: HandSetClock) -> Counter:
    """A counter with a real key."""
    return replace(a_counter(store.unit_of_work, clock=clock), signer=LedgerSigner(MemorySecrets()))


STATEMENTS = {
    "movements": cash.AFTER,
    "cash_of_sales": cash.CASH_OF_SALES,
    "corrections": cash.CORRECTIONS,
    "last_closure": closures.LAST,
    "closures_between": closures.BETWEEN,
    "turnover": closures.TURNOVER,
    "open_days": closures.OPEN_DAYS,
    "last_event": closures.LAST_EVENT,
    "event_counts": closures.EVENT_COUNTS,
    "closures": closing_reads.CLOSURES,
    "documents": closing_reads.DOCUMENTS,
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_l1_closing_reads_ranges_of_indexes_only(store: Store, name: str) -> None:
    engine_connection = store.unit_of_work.connection  # type: ignore[attr-defined]  # to ask SQLite itself
    compiler: Compiler = store.unit_of_work.compiler  # type: ignore[attr-defined]  # the same SQL as in use
    prepared = compiler.prepared(STATEMENTS[name])
    values = prepared.places(dict.fromkeys(prepared.names, 1))
    steps = [row[3] for row in engine_connection.execute(f"EXPLAIN QUERY PLAN {prepared.sql}", values)]
    assert not any(step.startswith("SCAN") for step in steps), steps
    # the range begins after the last closure, not at the first row of the till
    ranged = any("number>" in step or "number<" in step or "period>" in step for step in steps)
    assert ranged or name == "last_closure", steps


def test_r01_closures_and_movements_refuse_to_be_changed(store: Store, clock: HandSetClock) -> None:
    counter = signing(store, clock)
    open_drawer(counter, "monnaie", "Léa")
    assert isinstance(close_day(counter, CloseDayRequest("Léa")), DayClosed)
    connection: Any = store.unit_of_work.connection  # type: ignore[attr-defined]  # as somebody with a tool would
    for sql in (
        "UPDATE closure SET turnover_minor = 1",
        "DELETE FROM closure",
        "UPDATE cash_movement SET amount_minor = 1",
        "DELETE FROM cash_movement",
    ):
        with pytest.raises(Exception, match="never changed or removed"):
            connection.execute(sql)


DAMAGES = {
    "destroyed": b"\x00",
    "not_a_document": b'{"v":1,"kind":"sale"}',
    "another_amount": None,
    "no_bytes": "text",
}


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("damage", DAMAGES)
def test_i7_a_damaged_row_stops_no_closing_and_is_not_believed(
    store: Store, clock: HandSetClock, damage: str, number: int
) -> None:
    counter = signing(store, clock)
    year = YearOfTrade(counter)
    year.trade(3)
    connection: Any = store.unit_of_work.connection  # type: ignore[attr-defined]  # as somebody with a tool would
    ((true,),) = connection.execute("SELECT canonical FROM ledger WHERE series = 'sales' AND number = ?", (number,))
    written = DAMAGES[damage] or true.replace(b'"amount":', b'"amount":9')
    connection.execute("DROP TRIGGER ledger_no_update")
    connection.execute("UPDATE ledger SET canonical = ? WHERE series = 'sales' AND number = ?", (written, number))
    done = close_day(counter, CloseDayRequest("Léa"))
    assert isinstance(done, DayClosed)
    (z,) = done.closures
    assert (z.totals.turnover.minor, z.totals.cash.minor) == (year.sums["turnover"], year.sums["cash"])
    assert (z.perpetual.minor, z.perpetual_absolute.minor) == (year.sums["turnover"], year.sums["absolute"])
    assert verify_ledger(store.queries.ledger_books(), SignatureChecker(), clock).faults


def test_i7_a_document_that_nobody_knows_any_more_is_left_out(store: Store, clock: HandSetClock) -> None:
    counter = signing(store, clock)
    year = YearOfTrade(counter)
    year.trade(3)
    connection: Any = store.unit_of_work.connection  # type: ignore[attr-defined]  # as somebody with a tool would
    connection.execute("DROP TRIGGER ledger_no_update")
    connection.execute("UPDATE ledger SET canonical = x'00' WHERE series = 'sales' AND number = 2")
    for sql in (
        "DELETE FROM sale_line WHERE sale_id = (SELECT sale_id FROM sale WHERE number = 2)",
        "DELETE FROM sale_payment WHERE sale_id = (SELECT sale_id FROM sale WHERE number = 2)",
        "DELETE FROM sale_vat WHERE sale_id = (SELECT sale_id FROM sale WHERE number = 2)",
        "DELETE FROM sale WHERE number = 2",
    ):
        connection.execute(f"DROP TRIGGER {sql.split()[2]}_no_delete")
        connection.execute(sql)
    done = close_day(counter, CloseDayRequest("Léa"))
    assert isinstance(done, DayClosed)
    assert done.closures[0].totals.document_count == 2
    assert done.closures[0].perpetual.minor == year.sums["turnover"]


# --- a year of trade ---

TICKETS_A_DAY, DAYS = 200, 300
FIRST_DAY = date(2026, 1, 2)
RATES = (2000, 1000, 550, 210, 0)


class YearOfTrade:
    """Records documents of every kind, a day's in one transaction, and remembers what they come to."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.chance = random.Random(26)
        self.sums: dict[str, int] = dict.fromkeys(("turnover", "absolute", "vat", "cash"), 0)

    def trade(self, count: int) -> None:
        with self.counter.unit_of_work() as uow:
            for _ in range(count):
                place = next_place(uow, self.counter, Series.SALES)
                lines = freeze_lines(Basket(self._lines()))
                total = Money(sum(line.total.minor for line in lines))
                means = self.chance.choice([PaymentMeans.CASH, PaymentMeans.CARD])
                document = SaleDocument(
                    sale_id=self.counter.ids.new(),
                    till_id="till-a",
                    till_letter=place.till.till_letter,
                    series=place.series,
                    number=place.number,
                    kind=DocumentKind.SALE if total.minor >= 0 else DocumentKind.RETURN,
                    happened_at=place.happened_at,
                    utc_offset_minutes=place.utc_offset_minutes,
                    operator="Léa",
                    lines=lines,
                    vat=vat_parts(lines),
                    payments=(Payment(means, total, total),),
                    total=total,
                    trading_day=place.trading_day,
                    vat_regime=VatRegime.NORMAL,
                )
                record_document(uow, self.counter, place, document)
                self._remember(document)
            uow.commit()

    def _lines(self) -> tuple[BasketLine, ...]:
        sign = -1 if self.chance.random() < 0.03 else 1
        return tuple(
            BasketLine(
                str(number),
                "Divers",
                Money(self.chance.randrange(1, 5_000)),
                self.chance.choice(RATES),
                quantity=sign * self.chance.randrange(1, 4),
            )
            for number in range(1 if self.chance.random() < 0.8 else 2)
        )

    def _remember(self, document: SaleDocument) -> None:
        self.sums["turnover"] += document.turnover.minor
        self.sums["absolute"] += document.turnover_absolute.minor
        self.sums["vat"] += sum(part.vat.minor for part in document.vat)
        self.sums["cash"] += sum(p.amount.minor for p in document.payments if p.means is PaymentMeans.CASH)


@pytest.mark.timeout(600)
def test_r08_a_year_of_60000_tickets_closes_month_by_month_and_verifies(store: Store, clock: HandSetClock) -> None:
    counter = signing(store, clock)
    year = YearOfTrade(counter)
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number * 365 // DAYS)
        clock._now = datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC)
        year.trade(TICKETS_A_DAY)
        clock.go_on(hours=8)
        expected = store.queries.cash_session().expected
        request = CloseDayRequest("Léa", CashCount.of_amount(expected), next_float=min(expected, Money(15_000)))
        assert isinstance(close_day(counter, request), DayClosed)
    clock._now = datetime(2027, 1, 1, 10, 0, tzinfo=UTC)
    close_year(counter, "Léa")

    rows = {kind: [row for row in store.queries.closures(10_000) if row.kind is kind] for kind in ClosureKind}
    assert {kind: len(found) for kind, found in rows.items()} == {
        ClosureKind.DAY: DAYS,
        ClosureKind.MONTH: 12,
        ClosureKind.YEAR: 1,
    }
    for found in rows.values():
        assert sum(row.totals.turnover.minor for row in found) == year.sums["turnover"]
        assert sum(row.totals.turnover_absolute.minor for row in found) == year.sums["absolute"]
        assert sum(part.vat.minor for row in found for part in row.totals.vat) == year.sums["vat"]
        assert sum(row.cash.sales.minor for row in found) == year.sums["cash"]
        assert sum(row.totals.document_count for row in found) == DAYS * TICKETS_A_DAY
    (whole,) = rows[ClosureKind.YEAR]
    assert (whole.perpetual.minor, whole.perpetual_absolute.minor) == (year.sums["turnover"], year.sums["absolute"])
    report = verify_ledger(store.queries.ledger_books(), SignatureChecker(), clock)
    assert report.faults == ()
