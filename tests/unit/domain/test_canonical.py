"""Version 1 of the canonical form never changes: stored bytes, stored digests, a stored signature (R4, R4b)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import canonical_bytes, content_of, event_body, local_time_text, moment_of, sale_body
from app.domain.catalogue import LineNature, Unit
from app.domain.errors import BrokenInvariant
from app.domain.fiscal import GENESIS, EventCode, LedgerHead, Series, link, signature_extract
from app.domain.ledger_check import money_faults, turnover_of
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.sale import DocumentKind, Payment, PaymentMeans, SaleDocument, SaleLine, VatPart

VECTORS = Path(__file__).with_name("canonical_v1.json")
"""Made once, on the day the form was frozen. Never made again: what they say is the form."""

AT = datetime(2026, 11, 22, 13, 30, 15, 123456, tzinfo=UTC)
A_SALE = SaleDocument(
    sale_id="019ab000-0000-7000-8000-000000000001",
    till_id="till-a",
    till_letter="A",
    series="sales",
    number=42,
    kind=DocumentKind.SALE,
    happened_at=AT,
    utc_offset_minutes=60,
    operator="Zoé",
    lines=(
        SaleLine(
            line_id="l-1",
            line_no=1,
            label="Crème brûlée « maison » œuf",
            quantity=2,
            unit=Unit.PIECE,
            unit_price=Money(450),
            discount=Money(90),
            total=Money(810),
            net=Money(768),
            vat_rate_bp=550,
            product_id="p-1",
            code="3760123456784",
            ticket_discount=Money(40),
            discount_reason="fidélité",
            legal_guarantee=True,
        ),
        SaleLine(
            line_id="l-2",
            line_no=2,
            label="Bouteille reprise",
            quantity=-1,
            unit=Unit.PIECE,
            unit_price=Money(25),
            discount=Money(0),
            total=Money(-25),
            net=Money(-25),
            vat_rate_bp=0,
            nature=LineNature.CONTAINER,
            corrects_sale_id="earlier",
            corrects_line_no=3,
            weigh_slip=True,
        ),
    ),
    vat=(VatPart(550, Money(810), Money(768), Money(42)),),
    payments=(
        Payment(PaymentMeans.CASH, Money(285), Money(500)),
        Payment(PaymentMeans.CARD, Money(500), Money(500), "1234"),
    ),
    total=Money(785),
    order_id="o-1",
    trading_day=date(2026, 11, 22),
    vat_regime=VatRegime.NORMAL,
    discount_reason="fidélité",
)
AFTER = LedgerHead(perpetual=Money(123456), perpetual_absolute=Money(234567))


BOUNDS = (datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  # Hypothesis wants them without a zone


def vectors() -> dict[str, str]:
    read: dict[str, str] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return read


def a_row(body: dict[str, object], **other: object) -> bytes:
    fields: dict[str, object] = {
        "series": Series.SALES,
        "number": 42,
        "kind": DocumentKind.SALE,
        "till_letter": "A",
        "till_id": "till-a",
        "happened_at": AT,
        "utc_offset_minutes": 60,
        "trading_day": date(2026, 11, 22),
        "record_id": A_SALE.sale_id,
        "operator": "Zoé",
        "software": "Comptoir 0.1.0",
    }
    return canonical_bytes(**{**fields, **other}, body=body)  # type: ignore[arg-type]  # told by name


def the_sale() -> bytes:
    return a_row(dict(sale_body(A_SALE, AFTER)))


def the_event() -> bytes:
    return a_row(
        dict(event_body({"number": "A-000042", "copy": 3})),
        series=Series.EVENTS,
        number=7,
        kind=EventCode.DUPLICATE,
        record_id="e-7",
        utc_offset_minutes=-150,
    )


def test_r04b_the_bytes_of_a_sale_are_those_of_the_day_the_form_was_frozen() -> None:
    assert the_sale().decode() == vectors()["sale"]


def test_r04b_the_bytes_of_an_event_are_those_of_the_day_the_form_was_frozen() -> None:
    assert the_event().decode() == vectors()["event"]


def test_r04b_links_are_those_of_the_day_the_form_was_frozen() -> None:
    first = link(GENESIS, the_sale())
    second = link(LedgerHead(1, first, bytes(range(64))), the_event())
    assert (first.hex(), second.hex()) == (vectors()["first_link"], vectors()["second_link"])


@pytest.mark.parametrize("name", ["sale", "event"])
def test_r04b_stored_rows_are_read_for_ever(name: str) -> None:
    content = content_of(vectors()[name].encode())
    assert content["v"] == 1
    assert moment_of(content["at"]) == AT
    if name == "sale":
        assert money_faults(content) == []
        assert turnover_of(content) == (810, 810)


def test_r03_everything_of_a_line_and_a_payment_is_in_the_sealed_bytes() -> None:
    content = content_of(the_sale())
    line, payment = content["lines"][0], content["payments"][0]
    assert (line["label"], line["quantity"], line["unit_price"], line["net"], line["rate"]) == (
        "Crème brûlée « maison » œuf", 2, 450, 768, 550,
    )  # fmt: skip
    assert (payment["means"], payment["amount"], payment["tendered"]) == ("cash", 285, 500)
    assert content["at"] == "2026-11-22T14:30:15.123456+01:00"
    assert (content["till"], content["number"], content["total"]) == ("A", 42, 785)


@pytest.mark.parametrize("wrong", [1.5, None, True, b"x", {"deep": [1.5]}, "\ud800"])
def test_r04b_a_float_or_nothing_is_never_sealed(wrong: object) -> None:
    with pytest.raises(BrokenInvariant):
        a_row({"x": wrong})


@pytest.mark.parametrize("rubbish", [b"", b"[]", b"{}", b'{"v":2}', b"\xff", b'{"v":1', b"[" * 100_000])
def test_what_is_no_row_of_a_known_version_is_refused(rubbish: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        content_of(rubbish)


@given(
    st.datetimes(*BOUNDS).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.integers(-14 * 60, 14 * 60),
)
def test_r10_a_local_time_gives_its_moment_back(moment: datetime, offset: int) -> None:
    assert moment_of(local_time_text(moment, offset)) == moment


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(min_size=96, max_size=96))
def test_r04_another_byte_gives_another_link(one: bytes, other: bytes, before: bytes) -> None:
    previous = LedgerHead(1, before[:32], before[32:])
    assert (link(previous, one) == link(previous, other)) == (one == other)
    changed = LedgerHead(1, before[:32], before[32:-1] + bytes([before[-1] ^ 1]))
    assert link(previous, one) != link(changed, one)


def test_the_ticket_shows_the_third_seventh_thirteenth_and_nineteenth_symbol() -> None:
    assert signature_extract(bytes.fromhex("0123456789abcdef" * 8)) == "26C2"
