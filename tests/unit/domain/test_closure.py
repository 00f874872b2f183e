"""Closures as they are sealed, and the head of the chain as it is printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import canonical_bytes, content_of
from app.domain.cash import CashTotals
from app.domain.catalogue import LineNature
from app.domain.closure import (
    ActivityCounts,
    ChainHead,
    Closure,
    ClosureKind,
    chain_head_text,
    closure_body,
    closure_of,
    joined_parts,
    last_day_of_month,
    parse_chain_head,
    range_of,
)
from app.domain.errors import BrokenInvariant, MoneyDoesNotAddUp
from app.domain.fiscal import Series
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money
from app.domain.period_totals import PeriodTotals, VatTotal, check_totals
from app.domain.sale import DocumentKind, PaymentMeans

CLOSED = datetime(2026, 11, 22, 18, 30, 5, 123456, tzinfo=UTC)

A_DAY = Closure(
    closure_id="id-1",
    till_letter="A",
    number=12,
    kind=ClosureKind.DAY,
    period="2026-11-22",
    rank=1,
    first_day=date(2026, 11, 22),
    last_day=date(2026, 11, 22),
    opened_at=CLOSED - timedelta(hours=9),
    closed_at=CLOSED,
    utc_offset_minutes=60,
    operator="Léa",
    first_number=41,
    last_number=43,
    first_event=7,
    last_event=9,
    totals=PeriodTotals(
        sales=Money(1500),
        refunds=Money(300),
        vat=(VatTotal(VatRegime.NORMAL, 2000, Money(1200), Money(1000), Money(200)),),
        means=((PaymentMeans.CASH, Money(700)), (PaymentMeans.CARD, Money(1000))),
        outside=((LineNature.VOUCHER, Money(500)),),
        documents=((DocumentKind.SALE, 2), (DocumentKind.RETURN, 1)),
        discount_count=1,
        discounts=Money(50),
    ),
    cash=CashTotals(Money(15_000), ZERO, ZERO, Money(700), ZERO, ZERO, Money(15_690), Money(-10), Money(690)),
    activity=ActivityCounts(duplicates=2, drawer_openings=1, training=3, parked=1),
    year_first_day=date(2026, 1, 1),
    year_to_date=Money(99_000),
    perpetual=Money(500_000),
    perpetual_absolute=Money(510_000),
    heads=(ChainHead(Series.SALES, 43, bytes(range(32))),),
    parts=(),
)


def sealed(closure: Closure) -> bytes:
    return canonical_bytes(
        series=Series.CLOSURES,
        number=closure.number,
        kind=closure.kind,
        till_letter=closure.till_letter,
        till_id="till-a",
        happened_at=closure.closed_at,
        utc_offset_minutes=closure.utc_offset_minutes,
        trading_day=closure.last_day,
        record_id=closure.closure_id,
        operator=closure.operator,
        software="Comptoir 0.1.0",
        body=closure_body(closure),
    )


def test_r04b_the_sealed_form_of_a_closure_never_changes() -> None:
    assert sealed(A_DAY).decode() == (
        '{"v":1,"series":"closures","number":12,"kind":"day","till":"A","till_id":"till-a",'
        '"at":"2026-11-22T19:30:05.123456+01:00","day":"2026-11-22","id":"id-1","operator":"Léa",'
        '"software":"Comptoir 0.1.0","fiscal":"1.0","period":"2026-11-22","rank":1,"first_day":"2026-11-22",'
        '"last_day":"2026-11-22","opened_at":"2026-11-22T10:30:05.123456+01:00","first_number":41,"last_number":43,'
        '"first_event":7,"last_event":9,"documents":[{"kind":"sale","count":2},{"kind":"return","count":1}],'
        '"sales":1500,"refunds":300,"turnover":1200,"outside":[{"nature":"voucher","amount":500}],"total":1700,'
        '"vat":[{"regime":"normal","rate":2000,"gross":1200,"net":1000,"vat":200}],'
        '"means":[{"means":"cash","amount":700},{"means":"card","amount":1000}],'
        '"discounts":{"count":1,"amount":50},"counts":{"duplicates":2,"gift_receipts":0,"drawer_openings":1,'
        '"approvals":0,"price_overrides":0,"abandoned_baskets":0,"training":3,"parked":1},'
        '"cash":{"carried":15000,"float_change":0,"corrections":0,"float":15000,"sales":700,"ins":0,"outs":0,'
        '"expected":15700,"was_counted":1,"counted":15690,"difference":-10,"banked":690,"left":15000},'
        '"year_first_day":"2026-01-01","year_to_date":99000,"perpetual":500000,"perpetual_absolute":510000,'
        '"parts":[],"heads":[{"series":"sales","number":43,'
        '"hash":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}]}'
    )


def test_r08_a_closure_is_read_from_its_sealed_bytes() -> None:
    assert closure_of(content_of(sealed(A_DAY))) == A_DAY
    assert A_DAY.documents_up_to == 43
    assert A_DAY.events_up_to == 9
    assert A_DAY.display_number == "A-Z0012"


def test_r08_a_closure_that_does_not_add_up_is_refused() -> None:
    check_totals(A_DAY.totals)
    wrong = PeriodTotals(sales=Money(100), means=((PaymentMeans.CASH, Money(99)),))
    with pytest.raises(MoneyDoesNotAddUp, match="means"):
        check_totals(wrong)


@given(st.text("ABZ0", min_size=1, max_size=2), st.integers(1, 10**9 - 1), st.binary(min_size=32, max_size=32))
def test_r06_the_head_on_paper_is_read_as_it_was_printed(letter: str, number: int, digest: bytes) -> None:
    text = chain_head_text(letter, number, digest)
    read = parse_chain_head(text)
    assert read is not None
    assert (read.till_letter, read.number, read.hash_start) == (letter, number, digest[:16])
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")  # QR's alphanumeric mode


@pytest.mark.parametrize("text", ["", "P1 7K7F3K9X", "Z1 A 12", "Z1 A 12 00", "Z2 A 12 " + "0" * 32])
def test_other_codes_are_no_heads(text: str) -> None:
    assert parse_chain_head(text) is None


def test_a_head_that_cannot_be_printed_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        chain_head_text("é", 1, bytes(32))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_last_day_of_a_month(day: date) -> None:
    last = last_day_of_month(day)
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1


def test_parts_are_joined_but_parked_baskets_are_those_of_the_last() -> None:
    later = replace(A_DAY, number=13, activity=ActivityCounts(duplicates=1, parked=4))
    totals, _, activity = joined_parts([A_DAY, later])
    assert activity == ActivityCounts(duplicates=3, drawer_openings=1, training=3, parked=4)
    assert (totals.turnover, totals.discount_count) == (Money(2400), 2)


def test_ranges_follow_each_other() -> None:
    assert range_of([(0, 0), (3, 7), (0, 0), (8, 9)]) == (3, 9)
    assert range_of([(0, 0)]) == (0, 0)
