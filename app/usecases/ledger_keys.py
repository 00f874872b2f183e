"""Owns what a check must know of keys and of the events that turn a chain: keys made and replaced, gaps, clock set
back. Never walks a chain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from app.domain.fiscal import EventCode, Series
from app.domain.ledger_check import (
    Finding,
    FindingKind,
    Gap,
    RawKey,
    RawRow,
    content_or_none,
    gaps_of,
    key_id_of,
)
from app.usecases.fiscal_ports import SignatureCheck
from app.usecases.ledger_books import EndsReader


class Turning:
    """The events that a chain's check must know beforehand, read once for each till letter."""

    def __init__(self, books: EndsReader) -> None:
        self._books = books
        self._events: dict[str, Sequence[RawRow]] = {}

    def events(self, letter: str) -> Sequence[RawRow]:
        if letter not in self._events:
            self._events[letter] = self._books.turning_events(letter)
        return self._events[letter]

    def of_all(self, letters: Iterable[str]) -> list[RawRow]:
        return [row for letter in dict.fromkeys(letters) for row in self.events(letter)]

    def gaps(self, letter: str, series: str) -> list[Gap]:
        return gaps_of(self.events(letter), series)

    def gaps_of_all(self, letters: Iterable[str]) -> dict[tuple[str, str], Sequence[Gap]]:
        return {(letter, series.value): self.gaps(letter, series) for letter in letters for series in Series}

    def clock_set_back(self, letter: str, series: str) -> Collection[int]:
        """Numbers of a chain at which the journal says so."""
        said = [_details(row) for row in self.events(letter) if row.kind == EventCode.CLOCK_SET_BACK]
        return {int(details.get("number", 0)) for details in said if details.get("series") == series}


class KnownKeys:
    """The public keys of the database, and which of them the rows name."""

    def __init__(self, keys: Sequence[RawKey], check: SignatureCheck) -> None:
        self._keys = keys
        self._check = check
        self._by_id = {key.key_id: key.public_pem for key in keys if isinstance(key.public_pem, str)}
        self.unknown: dict[str, None] = {}

    def is_signed(self, row: RawRow, digest: bytes) -> bool:
        """Implements `ledger_check.RowCheck`."""
        public_pem = self._by_id.get(row.key_id)
        if public_pem is None:
            self.unknown[str(row.key_id)] = None
            return False
        return isinstance(row.signature, bytes) and self._check(public_pem, digest, row.signature)

    def findings(self, turning: Sequence[RawRow], own_key_id: str, books: EndsReader) -> list[Finding]:
        """What is wrong with the keys: each is what its id says, and was declared by an event."""
        found: list[Finding] = []
        declared = {str(_details(row).get("key_id")): row for row in turning if row.kind in _KEY_EVENTS}
        for key in self._keys:
            row = declared.get(key.key_id)
            if row is None:
                found.append(Finding(FindingKind.KEY_UNDECLARED, details={"key": str(key.key_id)}))
            elif not _is_as_declared(key, row):
                found.append(
                    Finding(FindingKind.KEY_CHANGED, row.till_letter, row.series, row.number, {"key": key.key_id})
                )
        found += [
            Finding(FindingKind.KEY_REPLACED, row.till_letter, row.series, row.number, {"key": key_id})
            for key_id, row in declared.items()
            if row.kind == EventCode.KEY_REPLACED
        ]
        return found + _not_ours(own_key_id, books)


_KEY_EVENTS = frozenset({EventCode.KEY_CREATED.value, EventCode.KEY_REPLACED.value})


def _is_as_declared(key: RawKey, event: RawRow) -> bool:
    details = _details(event)
    as_said = key.public_pem == details.get("public_key") and key.created_at == event.happened_at
    return bool(as_said and key_id_of(key.public_pem) == key.key_id)


def _not_ours(own_key_id: str, books: EndsReader) -> list[Finding]:
    """The last event must be signed with the key of the key store."""
    last = [end.last for end in books.ends() if end.series == Series.EVENTS and end.last is not None]
    newest = max(last, key=lambda row: str(row.happened_at), default=None)
    if newest is None or not own_key_id or newest.key_id == own_key_id:
        return []
    return [Finding(FindingKind.KEY_NOT_OURS, newest.till_letter, newest.series, newest.number, {"key": newest.key_id})]


def _details(row: RawRow) -> Mapping[str, Any]:
    content = content_or_none(row) or {}
    details = content.get("details")
    return details if isinstance(details, dict) else {}
