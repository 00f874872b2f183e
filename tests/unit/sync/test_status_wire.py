"""What a marketplace says of itself is read with tolerance: what is missing or odd keeps its default."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.sync.status_wire import read_status
from app.usecases.marketplace_port import MarketplaceStatus
from app.usecases.ports import MarketplaceUnreachable


def test_a_whole_status() -> None:
    body = {
        "till_id": "till-b",
        "server_time": "2026-11-23T02:44:30.652804+02:00",
        "heads": [],
        "last_seq": 57,
        "last_fact_id": "f-57",
        "accepts_gzip": True,
        "orders_open": 3,
    }
    at = datetime(2026, 11, 23, 0, 44, 30, 652804, UTC)
    assert read_status(json.dumps(body).encode()) == MarketplaceStatus("till-b", at, (), 57, "f-57", True)


def test_an_older_marketplace_says_less() -> None:
    assert read_status(b'{"heads": []}') == MarketplaceStatus()


@pytest.mark.parametrize(
    "odd",
    [
        {"last_seq": "57"},
        {"last_seq": 5.5},
        {"server_time": "yesterday"},
        {"server_time": "2026-11-23T00:44:30"},
        {"server_time": "0001-01-01T00:00:00+14:00"},
        {"last_fact_id": None},
        {"last_fact_id": "f" * 999},
        {"accepts_gzip": "yes"},
        {"till_id": 7},
    ],
)
def test_a_field_that_is_not_understood_keeps_its_default(odd: dict[str, object]) -> None:
    assert read_status(json.dumps(odd).encode()) == MarketplaceStatus()


@pytest.mark.parametrize(("told", "read"), [(-7, -1), (2**53, 2**53), (2**70, 2**53), (10**30, 2**53)])
def test_a_number_that_cannot_be_is_not_taken_for_none(told: int, read: int) -> None:
    assert read_status(json.dumps({"last_seq": told}).encode()) == MarketplaceStatus(last_seq=read)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'{"heads": 7}', b"{"])
def test_what_is_no_status_is_a_failure(body: bytes) -> None:
    with pytest.raises(MarketplaceUnreachable, match="not_understood"):
        read_status(body)
