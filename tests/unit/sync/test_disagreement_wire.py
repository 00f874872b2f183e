"""Disagreements as they come, and the keyword of an answer: read tolerantly, never trusted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.sync import wire
from app.sync.disagreement_wire import MAX_VIEW_BYTES
from app.usecases.marketplace_port import BrokenChange, Disagreement, ExceptionChange, FactOutcome, OrderChange
from tests.fakes.wire_samples import a_fact, wire_order

WHEN = datetime(2026, 11, 22, 14, 31, tzinfo=UTC)


def as_sent(**values: Any) -> dict[str, Any]:
    return {
        "exception_id": "oversold:p-1:m-1",
        "kind": "oversold",
        "opened_at": "2026-11-22T15:31:00+01:00",
        "order_id": "",
        "product_id": "p-1",
        "fact_id": "",
        "reason": "oversold",
        "view": {"missing": 2},
        "settled_at": None,
        "settled_by": "",
        "answer": "",
        "note": "",
        **values,
    }


def read(data: dict[str, Any]) -> Any:
    record = {"seq": 1, "kind": "disagreement", "id": data.get("exception_id", ""), "data": data}
    (change,) = wire.read_page(json.dumps({"changes": [record], "cursor": "1", "more": False}).encode()).changes
    return change


def test_a_disagreement_is_read_whole() -> None:
    expected = Disagreement("oversold:p-1:m-1", "oversold", WHEN, "", "p-1", "", "oversold", {"missing": 2})
    assert read(as_sent()) == ExceptionChange(expected)
    settled = read(as_sent(settled_at="2026-11-22T16:00:00Z", settled_by="Zoé", answer="call_customer", note="vu"))
    assert settled.disagreement.settled_at == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert (settled.disagreement.settled_by, settled.disagreement.answer) == ("Zoé", "call_customer")


def test_what_only_a_newer_marketplace_says_is_kept_to_be_looked_at() -> None:
    change = read(as_sent(kind="parcel_lost", answer="send_another", shelf="unknown field"))
    assert (change.disagreement.kind, change.disagreement.answer) == ("parcel_lost", "send_another")


def test_the_least_there_must_be() -> None:
    least = {"exception_id": "x", "kind": "conflict", "opened_at": "2026-11-22T14:31:00Z"}
    assert read(least) == ExceptionChange(Disagreement("x", "conflict", WHEN))


@pytest.mark.parametrize(
    "wrong",
    [
        {"exception_id": ""},
        {"exception_id": "a b"},
        {"exception_id": "x" * 201},
        {"kind": ""},
        {"opened_at": "yesterday"},
        {"opened_at": "2026-11-22T14:31:00"},
        {"opened_at": "0001-01-01T00:00:00Z"},
        {"view": []},
        {"view": {"label": "x" * MAX_VIEW_BYTES}},
        {"note": 3},
    ],
)
def test_nonsense_is_one_broken_record(wrong: dict[str, Any]) -> None:
    change = read(as_sent(**wrong))
    assert isinstance(change, BrokenChange)
    assert change.kind == "disagreement"


def test_nothing_in_it_can_drive_a_printer() -> None:
    assert read(as_sent(settled_by="\x1b[2JZoé")).disagreement.settled_by == " [2JZoé"


def test_an_answer_comes_with_its_keyword_or_without() -> None:
    facts = [a_fact(1), a_fact(2), a_fact(3)]
    results: list[dict[str, Any]] = [
        {"fact_id": facts[0].fact_id, "outcome": "refused", "message": "Mal formé.", "reason": "bad_payload"},
        {"fact_id": facts[1].fact_id, "outcome": "refused", "message": "Non.", "reason": 7},
        {"fact_id": facts[2].fact_id, "outcome": "applied", "message": ""},
    ]
    answers = wire.read_answers(json.dumps({"results": results}).encode(), facts)
    assert [answer.reason for answer in answers] == ["bad_payload", "", ""]
    assert [answer.outcome for answer in answers] == [FactOutcome.REFUSED, FactOutcome.REFUSED, FactOutcome.APPLIED]


def test_one_record_asked_for_is_read_as_in_the_feed() -> None:
    assert isinstance(wire.read_record("order", "order-1", json.dumps(wire_order()).encode()), OrderChange)
    broken = wire.read_record("order", "order-1", b'{"order_id": 3}')
    assert isinstance(broken, BrokenChange)
    assert (broken.kind, broken.record_id) == ("order", "order-1")
    assert isinstance(wire.read_record("order", "order-1", b"<html>"), BrokenChange)
    assert wire.read_record("parcel", "p-1", b"{}") is None
