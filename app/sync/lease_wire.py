"""Owns the JSON of leases and of the marketplace's clock, contract `/v1`. Never sends, stores or logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from app.usecases.lease_ports import GivenUp
from app.usecases.ports import MarketplaceUnreachable


class _Timed(msgspec.Struct, gc=False):
    """Any answer: everything but the time is skipped."""

    server_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


_TIMED = msgspec.json.Decoder(_Timed)


def read_server_time(body: bytes) -> datetime | None:
    """What time it was at the marketplace when it answered; None if it does not say so, or not in a way we know."""
    try:
        told = _TIMED.decode(body).server_time
        return None if told is None else told.astimezone(UTC)
    except (msgspec.MsgspecError, RecursionError, OverflowError, ValueError):
        return None


class _Answered(msgspec.Struct, gc=False):
    leases: list[msgspec.Raw]


_ANSWERED = msgspec.json.Decoder(_Answered)


def see_answered(body: bytes) -> None:
    """Raises MarketplaceUnreachable (`not_understood`) if this is no answer about leases: what was said of them
    was not heard then."""
    try:
        _ANSWERED.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MarketplaceUnreachable("not_understood", str(error)) from None


def write_claim(order_ids: Sequence[str], wanted: bool) -> bytes:
    return msgspec.json.encode({"order_ids": list(order_ids), **({"wanted": True} if wanted else {})})


def write_release(leases: Sequence[GivenUp]) -> bytes:
    return msgspec.json.encode({"leases": [{"order_id": each.order_id, "number": each.number} for each in leases]})
