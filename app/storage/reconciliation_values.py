"""Owns how a comparison becomes text and back. Never knows a table."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.domain.reconciliation import KindFigures, ReconciliationRun

_KINDS = msgspec.json.Decoder(dict[str, KindFigures])
_RUN = msgspec.json.Decoder(ReconciliationRun)


def kinds_text(kinds: Mapping[str, KindFigures]) -> str:
    return msgspec.json.encode(kinds, order="sorted").decode()


def kinds_of(text: str) -> Mapping[str, KindFigures]:
    return _KINDS.decode(text)


def run_text(run: ReconciliationRun) -> str:
    return msgspec.json.encode(run, order="sorted").decode()


def run_of(text: str) -> ReconciliationRun:
    return _RUN.decode(text)
