"""Owns the JSON of a marketplace's status, contract `/v1`. Never sends, stores or logs.

Tolerant as `wire` is: a field that is missing or not understood leaves its default, for the marketplace may be older.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from app.sync.heads_wire import read_heads
from app.usecases.marketplace_port import MarketplaceStatus
from app.usecases.ports import MarketplaceUnreachable


class _Status(msgspec.Struct, kw_only=True, gc=False):
    till_id: msgspec.Raw = msgspec.Raw(b'""')
    server_time: msgspec.Raw = msgspec.Raw(b"null")
    heads: list[msgspec.Raw] = []
    last_seq: msgspec.Raw = msgspec.Raw(b"0")
    last_fact_id: msgspec.Raw = msgspec.Raw(b'""')
    accepts_gzip: msgspec.Raw = msgspec.Raw(b"false")


_STATUS = msgspec.json.Decoder(_Status)
_INSTANT = msgspec.json.Decoder(Annotated[datetime, msgspec.Meta(tz=True)])
_NUMBER = msgspec.json.Decoder(int)
_GREATEST = 2**53
_ID = msgspec.json.Decoder(Annotated[str, msgspec.Meta(max_length=200)])
_FLAG = msgspec.json.Decoder(bool)
_UNREADABLE = (msgspec.MsgspecError, RecursionError, OverflowError, ValueError)


def read_status(body: bytes) -> MarketplaceStatus:
    """What a status says.

    Raises:
        MarketplaceUnreachable: `not_understood`: it is no status.
    """
    try:
        status = _STATUS.decode(body)
    except _UNREADABLE:
        raise MarketplaceUnreachable("not_understood", "no status") from None
    return MarketplaceStatus(
        _read(_ID, status.till_id, ""),
        _read_instant(status.server_time),
        read_heads(status.heads),
        _within_bounds(_read(_NUMBER, status.last_seq, 0)),
        _read(_ID, status.last_fact_id, ""),
        _read(_FLAG, status.accepts_gzip, False),
    )


def _within_bounds(number: int) -> int:
    """What cannot be stays one that cannot be, so that it is noticed, and can be written down."""
    return max(-1, min(number, _GREATEST))


def _read_instant(raw: msgspec.Raw) -> datetime | None:
    try:
        found: datetime = _INSTANT.decode(raw)
        return found.astimezone(UTC)
    except _UNREADABLE:
        return None


def _read(decoder: msgspec.json.Decoder[Any], raw: msgspec.Raw, otherwise: Any) -> Any:
    try:
        return decoder.decode(raw)
    except _UNREADABLE:
        return otherwise
