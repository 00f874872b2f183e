"""Owns the plain form in which facts and ends of the ledger leave a till, on the network and on a stick alike: however
it arrives, it is the same fact. Never decides what is told, nor how plain values become bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.domain.facts import Fact
from app.domain.fiscal import KnownHead


def plain_fact(fact: Fact) -> dict[str, Any]:
    return {
        "fact_id": fact.fact_id,
        "till_seq": fact.till_seq,
        "kind": fact.kind.value,
        "subject": fact.subject,
        "happened_at": plain_moment(fact.happened_at),
        "payload": dict(fact.payload),
    }


def plain_head(head: KnownHead) -> dict[str, Any]:
    return {
        "till_letter": head.till_letter,
        "series": head.series.value,
        "number": head.number,
        "hash": head.hash.hex(),
        "signature": head.signature.hex(),
        "perpetual_minor": head.perpetual.minor,
        "perpetual_absolute_minor": head.perpetual_absolute.minor,
        "trading_day": head.trading_day.isoformat() if head.trading_day else None,
        "happened_at": plain_moment(head.happened_at) if head.happened_at else None,
    }


def plain_moment(moment: datetime) -> str:
    """RFC 3339, UTC, microseconds always written: `2026-11-22T14:30:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
