"""The tolerant reader: what passes, what becomes one broken record, what refuses the page, nothing else."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, MovementReason, Unit
from app.domain.facts import movement_payload, product_payload
from app.domain.lease import Lease
from app.domain.money import Money
from app.domain.order import HandoverState, PickupMode, Preparation
from app.sync import wire
from app.usecases.marketplace_port import (
    BrokenChange,
    ChangePage,
    FactOutcome,
    MovementChange,
    OrderChange,
    PickupKeyChange,
    ProductChange,
)
from app.usecases.ports import MarketplaceUnreachable
from tests.fakes.samples import COFFEE
from tests.fakes.wire_samples import a_fact, wire_line, wire_movement, wire_order, wire_product

A_KEY_TEXT = base64.b64encode(bytes(range(32))).decode()


def page_of(*changes: Any, **other: Any) -> bytes:
    return json.dumps({"changes": list(changes), "cursor": "17", "more": False, **other}).encode()


def change(kind: str, data: Any, seq: int = 1, record_id: str = "r-1", **other: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "id": record_id, "data": data, **other}


def only_change(data: Any, kind: str = "order") -> Any:
    changes = wire.read_page(page_of(change(kind, data))).changes
    assert len(changes) == 1
    return changes[0]


def test_an_order_is_read_whole() -> None:
    read = only_change(
        wire_order(
            mode="relay",
            note="Sans sac\nmerci",
            cancelled_at="2026-11-21T10:00:00+01:00",
            handover="handed_over",
            handed_over_at="2026-11-21T10:00:00Z",
            handed_over_by="Caisse B",
            preparation="in_preparation",
            version=7,
        )
    )
    assert isinstance(read, OrderChange)
    order = read.order
    assert (order.order_id, order.reference, order.number, order.spoken_code) == (
        "order-1",
        "K7F3K9X",
        "1042",
        "22RPSY",
    )
    assert order.placed_at == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert order.keep_until == datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert order.cancelled_at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert order.cancelled_at.tzinfo is UTC
    assert order.total == order.paid_online == Money(998)
    assert order.mode is PickupMode.RELAY
    assert order.note == "Sans sac\nmerci"
    assert order.server_preparation is Preparation.IN_PREPARATION
    assert order.server_handover is HandoverState.HANDED_OVER
    assert order.handed_over_by == "Caisse B"
    assert order.lease == Lease("till-a", datetime(2026, 12, 6, 12, tzinfo=UTC))
    assert order.version == 7
    (line,) = order.lines
    assert (line.quantity, line.unit, line.unit_price, line.total) == (2, Unit.PIECE, Money(499), Money(998))


@pytest.mark.parametrize(
    ("told", "kept"),
    [("en", "en"), ("fr-FR", "fr"), ("EN_gb", "en"), ("de", "de"), ("", ""), ("anglais", ""), ("é", ""), ("1", "")],
)
def test_the_customers_language_is_two_letters_or_unknown(told: str, kept: str) -> None:
    assert only_change(wire_order(language=told)).order.language == kept


def test_an_order_need_not_say_its_customers_language() -> None:
    told = wire_order()
    told.pop("language", None)
    assert only_change(told).order.language == ""


def test_what_we_send_of_a_product_and_a_movement_is_what_we_read() -> None:
    read = only_change({**product_payload(COFFEE), "version": 3}, "product")
    assert read == ProductChange(COFFEE, 3)
    sent = only_change(wire_movement(), "stock_movement")
    assert isinstance(sent, MovementChange)
    assert sent.movement.reason is MovementReason.ONLINE_SHIPPED
    again = only_change({**movement_payload(sent.movement), "till_id": "", "operator": ""}, "stock_movement")
    assert again == sent


def test_what_a_marketplace_does_not_know_of_a_product_is_named() -> None:
    bare = only_change(wire_product(unit="hour"), "product")
    assert bare.untold == {"nature", "meal_voucher", "legal_guarantee", "weigh_slip"}
    assert bare.product.nature is LineNature.SERVICE
    told = only_change(wire_product(nature="container", meal_voucher=False, weigh_slip=True), "product")
    assert told.untold == {"legal_guarantee"}
    assert (told.product.nature, told.product.weigh_slip) == (LineNature.CONTAINER, True)


@pytest.mark.parametrize("wrong", [{"nature": "gift"}, {"meal_voucher": "oui"}, {"legal_guarantee": 1}])
def test_a_flag_that_is_none_breaks_its_product_only(wrong: dict[str, object]) -> None:
    product = wire_product(**wrong)  # type: ignore[arg-type]  # wrong on purpose
    assert isinstance(only_change(product, "product"), BrokenChange)


def test_the_codes_of_a_product_are_read_in_the_form_they_are_looked_up_in() -> None:
    """A catalogue made elsewhere says a UPC with 12 digits; the scanner's 13 must find the same article."""
    read = only_change(wire_product(codes=["036000291452", "0036000291452", " A1 ", " "]), "product")
    assert read.product.codes == ("0036000291452", "A1")


def test_a_pickup_key_is_given_or_withdrawn() -> None:
    assert only_change({"key_id": "7", "key": A_KEY_TEXT}, "pickup_key") == PickupKeyChange("7", bytes(range(32)))
    assert only_change({"key_id": "7", "key": None}, "pickup_key") == PickupKeyChange("7", None)


@pytest.mark.parametrize(("named", "taken"), [("16", True), (None, True), ("", False), ("15", False), (16, False)])
def test_a_page_of_another_cursor_is_not_taken(named: object, taken: bool) -> None:
    body = page_of(after=named)
    if taken:
        assert wire.read_page(body, "16").cursor == "17"
        return
    with pytest.raises(MarketplaceUnreachable, match="not_understood"):
        wire.read_page(body, "16")


def test_a_page_whose_cursor_is_not_named_is_believed() -> None:
    assert wire.read_page(page_of(), "16").cursor == "17"


def test_unknown_kinds_and_fields_are_ignored() -> None:
    body = page_of(
        change("appointment", {"anything": [1, 2]}),
        change("order", wire_order(colour="blue", lines=[wire_line(gift=True)]), seq=2, trace="x"),
        shard=4,
    )
    page = wire.read_page(body)
    assert [type(each) for each in page.changes] == [OrderChange]
    assert (page.cursor, page.more) == ("17", False)


def test_a_page_out_of_order_is_put_in_order() -> None:
    body = page_of(*(change("product", wire_product(f"p-{seq}"), seq) for seq in (3, 1, 2)))
    assert [c.product.product_id for c in wire.read_page(body).changes if isinstance(c, ProductChange)] == [
        "p-1",
        "p-2",
        "p-3",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        wire_order(total_minor=998.0),
        wire_order(total_minor="998"),
        wire_order(total_minor=True),
        wire_order(total_minor=-998),
        wire_order(total_minor=10**30),
        wire_order(paid_minor=None),
        wire_order(currency="USD"),
        wire_order(placed_at="2026-11-20T16:00:00"),
        wire_order(placed_at="yesterday"),
        wire_order(placed_at="0001-01-01T00:00:00+05:00"),
        wire_order(placed_at="0001-01-01T00:00:00Z"),
        wire_order(keep_until="9999-12-31T23:59:59Z"),
        wire_order(reference="k7f3k9x"),
        wire_order(reference="K7F3K9X\n"),
        wire_order(reference=""),
        wire_order(order_id=""),
        wire_order(order_id="a\x00b"),
        wire_order(mode="drone"),
        wire_order(handover="perhaps"),
        wire_order(lines=[wire_line(quantity=0)]),
        wire_order(lines=[wire_line(quantity=1.5)]),
        wire_order(lines=[wire_line(vat_rate_bp=5.5)]),
        wire_order(lines=[wire_line(unit="dozen")]),
        wire_order(lines=None),
        wire_order(version=-1),
        {key: value for key, value in wire_order().items() if key != "handover"},
        [],
        None,
        "order",
    ],
)
def test_a_broken_order_is_quarantined_alone(broken: Any) -> None:
    body = page_of(change("order", broken, record_id="order-9"), change("order", wire_order("order-2"), seq=2))
    first, second = wire.read_page(body).changes
    assert isinstance(first, BrokenChange)
    assert (first.kind, first.record_id) == ("order", "order-9")
    assert first.reason
    assert json.loads(first.raw) == broken
    assert isinstance(second, OrderChange)


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        ("product", wire_product(price_minor=-1)),
        ("product", wire_product(name="")),
        ("product", wire_product(vat_rate_bp=-1)),
        ("product", wire_product(codes=[""])),
        ("stock_movement", wire_movement(quantity=2.5)),
        ("stock_movement", wire_movement(reason="gnomes")),
        ("stock_movement", wire_movement(happened_at=0)),
    ],
)
def test_other_broken_records_are_quarantined_too(kind: str, broken: Any) -> None:
    assert isinstance(only_change(broken, kind), BrokenChange)


def test_a_change_without_a_usable_head_is_quarantined() -> None:
    page = wire.read_page(page_of(5, {"kind": "order"}, change("product", wire_product())))
    assert [type(each) for each in page.changes] == [BrokenChange, BrokenChange, ProductChange]


@pytest.mark.parametrize("data", [{"key_id": "7", "key": "c2VjcmV0"}, {"key_id": "77", "key": A_KEY_TEXT}, A_KEY_TEXT])
def test_a_broken_pickup_key_is_not_kept(data: Any) -> None:
    broken = only_change(data, "pickup_key")
    assert isinstance(broken, BrokenChange)
    assert broken.raw == ""
    assert A_KEY_TEXT not in broken.reason
    (headless,) = wire.read_page(page_of({"data": {"key_id": "7", "key": A_KEY_TEXT}})).changes
    assert isinstance(headless, BrokenChange)
    assert A_KEY_TEXT not in headless.raw


def test_marks_that_drive_printers_or_turn_text_round_are_taken_out() -> None:
    order = only_change(wire_order(customer_name="Zoé\x1b@\u202eeiram\u202f!", number="10\t42")).order
    assert order.customer_name == "Zoé @ eiram\u202f!"
    assert order.number == "10 42"


def test_half_a_character_spoils_neither_the_page_nor_its_record() -> None:
    whole = page_of(
        change("order", wire_order(note="Merci \ud83d")),
        change("order", wire_order("order-2", note="Merci \U0001f600, C:\\ud83d")),
    )
    notes = [each.order.note for each in wire.read_page(whole).changes if isinstance(each, OrderChange)]
    assert notes == ["Merci \ufffd", "Merci \U0001f600, C:\\ud83d"]
    torn = wire.read_page(whole.replace(rb'\ud83d"', b'\xf0\x9f"', 1))
    assert [type(each) for each in torn.changes] == [BrokenChange, OrderChange]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><h1>Hotel Wi-Fi</h1>",
        b"[]",
        b"null",
        b'{"changes": []}',
        b'{"changes": {}, "cursor": "1", "more": false}',
        b'{"changes": [], "cursor": 17, "more": false}',
        b'{"changes": [], "cursor": "1", "more": "no"}',
        page_of(change("order", wire_order()))[:-5],
        b"\xff\xfe" + page_of(),
        b"[" * 100_000,
        b'{"changes":[' + b"[" * 100_000 + b"]" * 100_000 + b'],"cursor":"1","more":false}',
    ],
)
def test_a_broken_envelope_refuses_the_page(body: bytes) -> None:
    with pytest.raises(MarketplaceUnreachable) as caught:
        wire.read_page(body)
    assert caught.value.reason == "not_understood"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_page_or_not_understood(body: bytes) -> None:
    for read in (
        wire.read_page,
        wire.read_pairing,
        lambda body: wire.read_answers(body, [a_fact(1)]),
    ):
        with contextlib.suppress(MarketplaceUnreachable):
            read(body)
    wire.read_problem(body)


@given(
    st.sampled_from(["order", "product", "stock_movement", "pickup_key"]),
    st.data(),
)
def test_any_damage_to_a_record_stays_in_the_record(kind: str, data: st.DataObject) -> None:
    whole = {
        "order": wire_order(),
        "product": wire_product(),
        "stock_movement": wire_movement(),
        "pickup_key": {"key_id": "7", "key": A_KEY_TEXT},
    }[kind]
    field = data.draw(st.sampled_from(sorted(whole)))
    record = {**whole, field: data.draw(json_values)}
    page = wire.read_page(page_of(change(kind, record), change("product", wire_product("p-2"), seq=2)))
    assert isinstance(page, ChangePage)
    assert len(page.changes) == 2
    assert isinstance(page.changes[1], ProductChange)


def test_facts_are_written_the_same_way_each_time() -> None:
    paris = timezone(timedelta(hours=1))
    fact = a_fact(1, b=1, a={"z": "é", "y": [1, 2]})
    elsewhere = type(fact)(
        fact.fact_id,
        fact.till_seq,
        fact.kind,
        fact.subject,
        fact.happened_at.astimezone(paris),
        {"a": {"y": [1, 2], "z": "é"}, "b": 1, "movements": []},
    )
    assert wire.write_facts([fact]) == wire.write_facts([elsewhere])
    assert json.loads(wire.write_facts([fact])) == {
        "facts": [
            {
                "fact_id": "fact-0001",
                "till_seq": 1,
                "kind": "stock_moved",
                "subject": "stock:1",
                "happened_at": "2026-11-21T12:00:01.000000Z",
                "payload": {"a": {"y": [1, 2], "z": "é"}, "b": 1, "movements": []},
            }
        ]
    }


def test_answers_keep_the_order_of_the_facts_and_leave_out_what_is_not_understood() -> None:
    facts = [a_fact(seq) for seq in range(1, 6)]
    body = json.dumps(
        {
            "results": [
                {"fact_id": "fact-0003", "outcome": "conflict", "message": "Déjà remise", "view": {"a": 1}, "new": 1},
                {"fact_id": "fact-0001", "outcome": "applied", "message": "", "view": None},
                {"fact_id": "fact-0002", "outcome": "postponed"},
                {"fact_id": "fact-0099", "outcome": "applied"},
                17,
                {"fact_id": "fact-0005", "outcome": "refused"},
            ]
        }
    ).encode()
    answers = wire.read_answers(body, facts)
    assert [(a.fact_id, a.outcome) for a in answers] == [
        ("fact-0001", FactOutcome.APPLIED),
        ("fact-0003", FactOutcome.CONFLICT),
        ("fact-0005", FactOutcome.REFUSED),
    ]
    assert answers[1].message == "Déjà remise"
    assert answers[1].view == {"a": 1}


def test_a_pairing_answer_without_a_usable_token_is_not_understood() -> None:
    answer = {
        "till_id": "t",
        "till_letter": "A",
        "till_name": "Caisse",
        "device_token": "secret-token\r\nX: 1",
        "shop": {"shop_id": "s", "name": "S"},
        "pickup_keys": [],
    }
    with pytest.raises(MarketplaceUnreachable) as caught:
        wire.read_pairing(json.dumps(answer).encode())
    assert "secret-token" not in str(caught.value)
