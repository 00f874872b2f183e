"""Owns the JSON of passing on another till's rescue file, contract `/v1`. Never sends, stores or logs."""

from __future__ import annotations

from typing import Any

import msgspec

from app.sync.wire import write_json
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import MarketplaceUnreachable
from app.usecases.rescue_ports import RescuedPart

_MOST_OF_A_SENTENCE = 1000


class _Answer(msgspec.Struct, kw_only=True, gc=False):
    fact_id: str
    outcome: FactOutcome
    message: str | None = ""


class _Answers(msgspec.Struct, kw_only=True, gc=False):
    results: list[msgspec.Raw]


_ANSWERS = msgspec.json.Decoder(_Answers)
_ANSWER = msgspec.json.Decoder(_Answer)
_UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError)


def write_part(part: RescuedPart) -> bytes:
    body: dict[str, Any] = {
        "statement": dict(part.statement),
        "signature": part.signature.hex(),
        "part": part.number,
        "facts": [dict(fact) for fact in part.facts],
    }
    return write_json(body)


def read_part_answers(body: bytes, part: RescuedPart) -> list[FactAnswer]:
    """The understood answers to the facts of a part; a fact without one is left out.

    Raises:
        MarketplaceUnreachable: `not_understood`: no answer can be used.
    """
    try:
        results = _ANSWERS.decode(body).results
    except _UNREADABLE:
        raise MarketplaceUnreachable("not_understood", "no answers") from None
    sent = {fact["fact_id"] for fact in part.facts}
    answers = (_read(raw) for raw in results)
    return [answer for answer in answers if answer is not None and answer.fact_id in sent]


def _read(raw: msgspec.Raw) -> FactAnswer | None:
    try:
        wire = _ANSWER.decode(raw)
    except _UNREADABLE:
        return None
    message = " ".join((wire.message or "").split())[:_MOST_OF_A_SENTENCE]
    return FactAnswer(wire.fact_id, wire.outcome, message)
